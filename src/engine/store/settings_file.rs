//! The settings file: read at the start, written at each change, never against a later version of the program.
//!
//! In: paths. Out: [`SettingsRead`] with what was wrong and what was done; a broken file is kept under another name
//! before the next is written. Start reading at [`SettingsFile::open`].

use crate::app::input::SettingsRead;
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::Settings;
use crate::app::settings::laid_down::SystemProxy;
use crate::app::settings::text::{LARGEST, SettingsReading, read, write};
use crate::domain::outside_text::show;
use crate::engine::store::positioned::read_bounded;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The person's settings file.
#[derive(Debug)]
pub(in crate::engine) struct SettingsFile {
    path: PathBuf,
    /// Whether it may be written: not when it is of a later version, or could not be read or kept.
    may_write: bool,
}

impl SettingsFile {
    /// Reads the file at `path` over the system's. Every trouble is in what is returned.
    pub(in crate::engine) fn open(path: &Path, system: &Path) -> (Self, SettingsRead) {
        let mut file = Self { path: path.to_owned(), may_write: true };
        let own = text_of(path);
        let system = text_of(system);
        let unreadable = own.as_ref().err().cloned();
        let reading = read(own.as_deref().unwrap_or_default(), system.as_deref().unwrap_or_default());
        let trouble = match unreadable.or_else(|| system.err()) {
            Some(detail) => {
                file.may_write = false;
                Some(UserMessage::SettingsBroken { detail, kept_as: String::new() })
            }
            None => file.trouble_of(&reading),
        };
        let SettingsReading { settings, laid_down, .. } = reading;
        (file, SettingsRead { settings, laid_down, system_proxy: system_proxy(), trouble })
    }

    fn trouble_of(&mut self, reading: &SettingsReading) -> Option<UserMessage> {
        if reading.is_newer {
            self.may_write = false;
            return Some(UserMessage::SettingsNewer);
        }
        if reading.wrong.is_empty() {
            return None;
        }
        let detail = show(&reading.wrong.join("; "));
        let kept = self.keep_copy();
        self.may_write = kept.is_ok();
        let kept_as = kept.unwrap_or_default();
        Some(UserMessage::SettingsBroken { detail, kept_as })
    }

    /// Copies what a person wrote under the first free name, before it is replaced.
    fn keep_copy(&self) -> std::io::Result<String> {
        let octets = match std::fs::read(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
            read => read?,
        };
        for number in 1..1_000 {
            let path = self.path.with_extension(format!("toml.kept-{number}"));
            let opened = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
            match opened {
                Ok(mut file) => {
                    file.write_all(&octets)?;
                    return Ok(path.display().to_string());
                }
                // The same broken file at each start is kept once.
                Err(_) if std::fs::read(&path).is_ok_and(|kept| kept == octets) => {
                    return Ok(path.display().to_string());
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::ErrorKind::AlreadyExists.into())
    }

    /// Writes `settings` in one step, readable by this person only.
    ///
    /// # Errors
    /// What is said to the person; the settings hold until the end of this start.
    pub(in crate::engine) fn write(&self, settings: &Settings) -> Result<(), UserMessage> {
        if !self.may_write {
            return Ok(());
        }
        let failed =
            |error: std::io::Error| UserMessage::SettingsNotKept { detail: show(&error.to_string()) };
        // A link that a person made to their own file is followed, not replaced.
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        if std::fs::metadata(&path).is_ok_and(|metadata| metadata.permissions().readonly()) {
            return Err(failed(std::io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(write(settings).as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The text of a file; empty when there is none.
fn text_of(path: &Path) -> Result<String, String> {
    match read_bounded(path, LARGEST) {
        Ok(Some(octets)) => Ok(String::from_utf8_lossy(&octets).into_owned()),
        Ok(None) => Err(format!("larger than {LARGEST} octets")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(show(&error.to_string())),
    }
}

/// Whether the environment names a proxy, as the HTTP client reads it.
fn system_proxy() -> SystemProxy {
    let names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if names.iter().any(is_set) { SystemProxy::Some } else { SystemProxy::None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::settings::Zoom;

    fn a_file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let path = scratch.path().join("settings.toml");
        std::fs::write(&path, text).expect("room");
        (scratch, path)
    }

    fn open(path: &Path) -> (SettingsFile, SettingsRead) {
        SettingsFile::open(path, Path::new("/nowhere/settings.toml"))
    }

    fn zoomed() -> Settings {
        Settings { zoom: Zoom::new(150), ..Settings::default() }
    }

    #[test]
    fn without_a_file_the_usual_settings_hold_and_the_first_change_makes_one() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let path = scratch.path().join("config/settings.toml");
        let (file, read) = open(&path);
        assert_eq!((read.settings, read.trouble), (Settings::default(), None));
        file.write(&zoomed()).expect("room");
        assert_eq!(open(&path).1.settings, zoomed());
    }

    #[test]
    fn a_broken_file_is_kept_under_another_name_before_it_is_replaced() {
        let (scratch, path) = a_file("zoom = oops");
        let (file, read) = open(&path);
        assert!(
            matches!(&read.trouble, Some(UserMessage::SettingsBroken { kept_as, .. }) if !kept_as.is_empty())
        );
        file.write(&zoomed()).expect("room");
        let kept = std::fs::read_to_string(scratch.path().join("settings.toml.kept-1")).expect("kept");
        assert_eq!(kept, "zoom = oops");
        assert_eq!(open(&path).1.settings, zoomed());
    }

    #[test]
    fn a_file_of_a_later_version_is_used_and_never_written() {
        let text = "version = 99\nzoom = 200\n";
        let (_scratch, path) = a_file(text);
        let (file, read) = open(&path);
        assert_eq!((read.settings.zoom.percent(), read.trouble), (200, Some(UserMessage::SettingsNewer)));
        file.write(&zoomed()).expect("nothing to do");
        assert_eq!(std::fs::read_to_string(&path).expect("readable"), text);
    }

    #[test]
    fn a_read_only_file_is_said_and_left() {
        let (_scratch, path) = a_file("zoom = 200\n");
        let mut rights = std::fs::metadata(&path).expect("a file").permissions();
        rights.set_readonly(true);
        std::fs::set_permissions(&path, rights).expect("rights");
        let (file, _) = open(&path);
        assert!(matches!(file.write(&zoomed()), Err(UserMessage::SettingsNotKept { .. })));
        assert_eq!(std::fs::read_to_string(&path).expect("readable"), "zoom = 200\n");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_only_this_person_can_read() {
        use std::os::unix::fs::PermissionsExt;
        let (_scratch, path) = a_file("");
        open(&path).0.write(&zoomed()).expect("room");
        let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
