//! The list of a tracker that is another program: a file that is replaced as a whole, and the command by which it is read again.
//!
//! In: torrents as they come and go. Out: whether the tracker was told. What is told together is written once.

use super::off_thread;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::terms::TrackerList;
use crate::domain::outside_text::show;
use crate::domain::torrent::InfoHash;
use crate::engine::services::publish::making::replace_whole;
use crate::publish::tracker::list_file::{LONGEST_LIST, TrackerListFile, is_list, text_of};
use parking_lot::Mutex;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long the command may take, and how often it is looked whether it is over.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Such a list.
pub(super) struct TrackerListing {
    terms: TrackerList,
    list: Mutex<TrackerListFile>,
    /// Held by whoever writes; those who wait find themselves told.
    turn: tokio::sync::Mutex<()>,
    stopping: watch::Receiver<bool>,
}

impl TrackerListing {
    /// Takes up the list of a former process, in which `listed` were.
    ///
    /// # Errors
    /// When the file is there and is something else.
    pub(super) async fn open(
        terms: TrackerList,
        listed: Vec<InfoHash>,
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, UserMessage> {
        let file = terms.file.clone();
        off_thread(move || look_at(&file)).await?;
        let list = Mutex::new(TrackerListFile::of(listed));
        Ok(Self { terms, list, turn: tokio::sync::Mutex::default(), stopping })
    }

    /// Has a torrent tracked. Returns once the file is written and the command has ended well.
    ///
    /// # Errors
    /// When either fails; the next try writes all that is wished by then.
    pub(super) async fn list(&self, torrent: InfoHash) -> Result<(), UserMessage> {
        self.list.lock().list(torrent);
        self.tell(torrent).await
    }

    /// Has a torrent tracked no longer.
    ///
    /// # Errors
    /// The same.
    pub(super) async fn unlist(&self, torrent: InfoHash) -> Result<(), UserMessage> {
        self.list.lock().unlist(torrent);
        self.tell(torrent).await
    }

    async fn tell(&self, torrent: InfoHash) -> Result<(), UserMessage> {
        let _turn = self.turn.lock().await;
        let wanted = {
            let mut list = self.list.lock();
            if list.is_told(torrent) {
                return Ok(());
            }
            list.on_untold();
            list.wanted()
        };
        let (terms, text, stopping) = (self.terms.clone(), text_of(&wanted), self.stopping.clone());
        off_thread(move || {
            write(&terms.file, &text)?;
            terms.reload.map_or(Ok(()), |command| reload(&command, &stopping))
        })
        .await?;
        self.list.lock().on_told(wanted);
        Ok(())
    }
}

/// Refuses what is no list: it would be lost.
fn look_at(file: &Path) -> Result<(), UserMessage> {
    let opened = match std::fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(not_written(file, &error.to_string())),
    };
    let mut text = String::new();
    let read = opened.take(LONGEST_LIST + 1).read_to_string(&mut text);
    match read {
        Ok(octets) if octets as u64 <= LONGEST_LIST && is_list(&text) => Ok(()),
        Ok(_) | Err(_) => Err(RelayMessage::ListIsOther { file: show(&file.display().to_string()) }.into()),
    }
}

fn write(file: &Path, text: &str) -> Result<(), UserMessage> {
    // A bare name lies in the current folder.
    let here = Path::new(".").join(file);
    let file = if file.is_absolute() { file } else { &here };
    replace_whole(file, text.as_bytes()).map_err(|error| not_written(file, &error.to_string()))
}

fn not_written(file: &Path, detail: &str) -> UserMessage {
    let file = show(&file.display().to_string());
    RelayMessage::ListNotWritten { file, detail: show(detail) }.into()
}

/// Runs the person's command to its end. What it says goes to our stderr.
fn reload(command: &str, stopping: &watch::Receiver<bool>) -> Result<(), UserMessage> {
    let failed = |detail| RelayMessage::ListNotReloaded { command: show(command), detail };
    let (program, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(program);
    shell.args([flag, command]).stdin(Stdio::null()).stdout(Stdio::null());
    let told = |error: std::io::Error| failed(Some(show(&error.to_string())));
    let mut running = shell.spawn().map_err(told)?;
    let until = Instant::now() + PATIENCE;
    loop {
        match running.try_wait().map_err(told)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(failed(Some(show(&status.to_string()))).into()),
            None if Instant::now() < until && !*stopping.borrow() => std::thread::sleep(LOOK_EVERY),
            None => {
                // One that has just ended needs no end.
                let _ = running.kill();
                let _ = running.wait();
                return Err(failed(None).into());
            }
        }
    }
}
