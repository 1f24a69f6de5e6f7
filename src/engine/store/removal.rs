//! Removes files that we put into place and that nobody changed since, with the folders that become empty by it.
//!
//! In: a path below a folder, and how the file was left. Out: whether it went. Links are not followed.

use super::directory::{Directory, EntryKind};
use super::error::StoreError;
use std::path::{Path, PathBuf};

/// Removes a file that is as it was left, and what tells where it comes from. A changed one is the person's.
///
/// # Errors
/// When the folder cannot be read or changed.
pub(in crate::engine) fn remove_unchanged(
    root: &Directory,
    below: &Path,
    (length, modified): (u64, i128),
) -> Result<bool, StoreError> {
    let names: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let Some((name, folders)) = names.split_last() else { return Ok(false) };
    let mut entered: Vec<Directory> = Vec::new();
    for folder in folders {
        match entered.last().unwrap_or(root).enter(folder) {
            Ok(directory) => entered.push(directory),
            // Somebody else removed it.
            Err(_) => return Ok(false),
        }
    }
    let directory = entered.last().unwrap_or(root);
    let is_unchanged = directory.entry(name)?.is_some_and(|entry| {
        entry.kind == EntryKind::File && entry.length == length && entry.modified == modified
    });
    if is_unchanged {
        directory.remove_file(name)?;
        directory.remove_file(&format!("{name}.provenance.json"))?;
        remove_empty(root.path(), folders);
    }
    Ok(is_unchanged)
}

/// Whether a file is as it was left.
///
/// # Errors
/// When the folder cannot be read.
pub(in crate::engine) fn is_as_left(
    root: &Directory,
    below: &Path,
    (length, modified): (u64, i128),
) -> Result<bool, StoreError> {
    let names: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    let Some((name, folders)) = names.split_last() else { return Ok(false) };
    let mut entered: Option<Directory> = None;
    for folder in folders {
        match entered.as_ref().unwrap_or(root).enter(folder) {
            Ok(directory) => entered = Some(directory),
            // Somebody removed it, or put a link there.
            Err(_) => return Ok(false),
        }
    }
    Ok(entered.as_ref().unwrap_or(root).entry(name)?.is_some_and(|entry| {
        entry.kind == EntryKind::File && entry.length == length && entry.modified == modified
    }))
}

/// Removes folders that are empty now, innermost first.
pub(in crate::engine) fn remove_empty(root: &Path, folders: &[String]) {
    for depth in (1..=folders.len()).rev() {
        let path: PathBuf = folders[..depth].iter().fold(root.to_owned(), |path, name| path.join(name));
        // One that is not empty stays, as it should.
        if std::fs::remove_dir(path).is_err() {
            return;
        }
    }
}
