//! What the desktop does for us: opens folders and files, and tells notices while nobody looks.
//!
//! In: paths and texts. Out: nothing, or what is said when it failed. Never waits on the host's thread. The libraries that open
//! files start a program and do not hear whether it could: a button would do nothing and say nothing.

use crate::app::input::{Event, Input};
use crate::app::journal::Weight;
use crate::app::messages::file_message::NotOpened;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tokio::sync::mpsc::UnboundedSender;

/// Opens `path` with what the desktop has for it; a failure becomes a notice.
pub(in crate::engine) fn open(path: PathBuf, events: UnboundedSender<Input>) {
    tokio::task::spawn_blocking(move || {
        if let Err(why) = open_now(&path) {
            let path = show(&path.display().to_string());
            let message = UserMessage::CannotOpen { path, why };
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(Event::Told(Weight::Attention, message)));
        }
    });
}

fn open_now(path: &Path) -> Result<(), NotOpened> {
    if !path.exists() {
        return Err(NotOpened::NotThere);
    }
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut command = Command::new(program);
    command.arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().map_err(|error| match error.kind() {
        ErrorKind::NotFound => NotOpened::NoProgram(program.to_owned()),
        _ => NotOpened::Failed(format!("{program}: {}", show(&error.to_string()))),
    })?;
    // The file manager of Windows ends with 1 even when all went well.
    if status.success() || cfg!(windows) {
        Ok(())
    } else {
        Err(NotOpened::Failed(format!("{program}: {status}")))
    }
}

/// Tells `text` on the desktop. One without notifications has the notice in the window all the same.
pub(in crate::engine) fn tell(text: String) {
    tokio::spawn(async move {
        if let Err(detail) = crate::engine::services::desktop::notification::tell(text).await {
            tracing::info!(detail, "the desktop takes no notifications");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_longer_there_is_not_opened_and_said_to_be_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(open_now(&folder.path().join("a.grib2")), Err(NotOpened::NotThere));
    }
}
