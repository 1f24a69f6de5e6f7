//! The list of relays in use: one small file for window and terminal alike, read anew each time and written whole.
//!
//! In: where it lies, and a change. Out: the list. What it means is [`crate::app::relay::used`]'s.

use crate::app::messages::relay_message::RelayMessage;
use crate::app::relay::used::LONGEST;
use crate::app::relay::used::list::UsedRelays;
use crate::domain::outside_text::show;
use crate::engine::store::positioned::read_bounded;
use std::io::Write;
use std::path::Path;

/// The relays in use; none without a file.
///
/// # Errors
/// When the file cannot be read or understood.
pub(in crate::engine) fn read(path: &Path) -> Result<UsedRelays, RelayMessage> {
    let file = path.display().to_string();
    let unsound = |detail: &str| RelayMessage::SettingsUnsound { file: show(&file), detail: show(detail) };
    match read_bounded(path, LONGEST) {
        Ok(Some(octets)) => {
            let text = String::from_utf8(octets).map_err(|_| unsound("not text"))?;
            UsedRelays::read(&text, &file)
        }
        Ok(None) => Err(unsound("too long")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(UsedRelays::default()),
        Err(error) => Err(unsound(&error.to_string())),
    }
}

/// Changes the list as it is on the disk now, and writes it in one step, readable by this person only.
///
/// # Errors
/// What the change refuses; or when the file cannot be read or written, and then it stays as it was.
pub(in crate::engine) fn change(
    path: &Path,
    change: impl FnOnce(&mut UsedRelays) -> Result<(), RelayMessage>,
) -> Result<(), RelayMessage> {
    let before = read(path)?;
    let mut list = before.clone();
    change(&mut list)?;
    if list == before {
        return Ok(());
    }
    let failed = |error: std::io::Error| RelayMessage::ListNotKept {
        file: show(&path.display().to_string()),
        detail: show(&error.to_string()),
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(list.write().as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::relay::used::list::{UsedRelay, base_of};

    fn a_relay() -> UsedRelay {
        let base = base_of("https://relay.example/").expect("a base");
        UsedRelay::new(base)
    }

    #[test]
    fn a_relay_that_is_added_is_there_for_the_next_process_and_for_nobody_else() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let path = scratch.path().join("config/relays.toml");
        assert_eq!(read(&path), Ok(UsedRelays::default()));
        change(&path, |list| list.put(a_relay())).expect("room");
        assert_eq!(read(&path).expect("a list").iter().collect::<Vec<_>>(), [&a_relay()]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_not_written_over() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let path = scratch.path().join("relays.toml");
        std::fs::write(&path, "relay = oops").expect("room");
        let refused = change(&path, |list| list.put(a_relay()));
        assert!(matches!(refused, Err(RelayMessage::SettingsUnsound { .. })), "{refused:?}");
        assert_eq!(std::fs::read_to_string(&path).expect("text"), "relay = oops");
    }
}
