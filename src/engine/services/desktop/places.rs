//! Where the window keeps its things: settings, data, the socket, finished files.

use std::path::{Path, PathBuf};

/// The folders and files of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The person's settings.
    pub settings: PathBuf,
    /// Settings of whoever runs this computer; they need not exist.
    pub system_settings: PathBuf,
    /// The database, the lock, reports.
    pub data: PathBuf,
    /// The socket of the single instance.
    pub runtime: PathBuf,
    /// Finished files, unless the person set another folder.
    pub downloads: PathBuf,
}

impl Places {
    /// Those of this person on this system. `None` when there is no home folder.
    pub fn of_system() -> Option<Self> {
        let dirs = directories::ProjectDirs::from("", "", "nuee")?;
        let user = directories::UserDirs::new()?;
        let data = dirs.data_local_dir().to_owned();
        Some(Self {
            settings: dirs.config_dir().join("settings.toml"),
            system_settings: system_settings(),
            runtime: dirs.runtime_dir().map_or_else(|| data.join("run"), Path::to_owned),
            data,
            downloads: user
                .download_dir()
                .map_or_else(|| user.home_dir().join("Downloads"), Path::to_owned)
                .join("Nuee"),
        })
    }

    /// All of them below one folder: for the demonstration and for tests.
    pub fn below(folder: &Path) -> Self {
        Self {
            settings: folder.join("config/settings.toml"),
            system_settings: folder.join("system/settings.toml"),
            data: folder.join("data"),
            runtime: folder.join("run"),
            downloads: folder.join("downloads"),
        }
    }
}

fn system_settings() -> PathBuf {
    if cfg!(windows) {
        std::env::var_os("ProgramData")
            .map_or_else(PathBuf::new, PathBuf::from)
            .join("Nuee")
            .join("settings.toml")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/nuee/settings.toml")
    } else {
        PathBuf::from("/etc/nuee/settings.toml")
    }
}
