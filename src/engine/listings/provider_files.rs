//! Reads a person's own providers' files: those of one folder, and nothing below it.

use crate::catalog::provider::read::LONGEST_FILE;
use crate::catalog::provider::{FileOrigin, ProviderFile};
use crate::domain::outside_text::show;
use std::path::Path;

/// Most files that are read.
const MOST_FILES: usize = 500;

/// Every `*.toml` in `folder` but the list of relays; one that cannot be read says why where its text would be, and so is off with a reason.
pub(in crate::engine) fn read_folder(folder: &Path) -> Vec<ProviderFile> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.retain(|path| path.file_name().is_none_or(|name| name != crate::app::relay::used::FILE_NAME));
    paths.sort();
    paths.truncate(MOST_FILES);
    let read = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.to_owned();
        let text = match crate::engine::store::positioned::read_bounded(&path, LONGEST_FILE) {
            Ok(Some(octets)) => String::from_utf8(octets).unwrap_or_else(|_| "# not text\n=".to_owned()),
            Ok(None) => " ".repeat(LONGEST_FILE + 1),
            Err(error) => format!("# {}\n=", show(&error.to_string())),
        };
        let origin = FileOrigin::Own(show(&path.display().to_string()));
        Some(ProviderFile { name, text, origin })
    };
    paths.into_iter().filter_map(read).collect()
}
