//! A tracker that is another program: its list is written as a file, and it is told to read that again.
//!
//! In: torrents as they come and go. Out: the file, replaced as a whole, and a hang-up signal. Nothing is ever started.

use super::making::{refused, write_whole};
use crate::app::messages::user_message::UserMessage;
use crate::domain::torrent::InfoHash;
use crate::publish::tracker::list_file::TrackerListFile;
use std::path::PathBuf;

/// Such a tracker.
#[derive(Debug)]
pub struct ExternalTracker {
    file: PathBuf,
    /// The process that reads the file. `None` where somebody else tells it.
    process: Option<u32>,
    list: TrackerListFile,
}

impl ExternalTracker {
    /// The tracker that reads `file`, which lists `list` so far.
    pub fn new(file: PathBuf, process: Option<u32>, list: TrackerListFile) -> Self {
        Self { file, process, list }
    }

    /// Has torrents tracked that were not. Returns once the program was told: it reads the file in a moment.
    ///
    /// # Errors
    /// When the file cannot be written, or the process is not there or not ours to signal.
    pub fn list(&mut self, torrents: &[InfoHash]) -> Result<(), UserMessage> {
        let changed = torrents.iter().filter(|&&torrent| self.list.list(torrent)).count();
        self.write(changed)
    }

    /// Has torrents tracked no longer.
    ///
    /// # Errors
    /// The same.
    pub fn unlist(&mut self, torrents: &[InfoHash]) -> Result<(), UserMessage> {
        let changed = torrents.iter().filter(|&&torrent| self.list.unlist(torrent)).count();
        self.write(changed)
    }

    fn write(&self, changed: usize) -> Result<(), UserMessage> {
        if changed == 0 {
            return Ok(());
        }
        write_whole(&self.file, self.list.text().as_bytes())?;
        self.process.map_or(Ok(()), hang_up)
    }
}

/// Tells a process to read its files again. Process 1 is the system's own, and never a tracker.
#[cfg(unix)]
fn hang_up(process: u32) -> Result<(), UserMessage> {
    use rustix::process::{Pid, Signal, kill_process};
    let process = i32::try_from(process).ok().filter(|&process| process > 1).and_then(Pid::from_raw);
    let process = process.ok_or_else(|| refused("no such tracker process"))?;
    kill_process(process, Signal::HUP).map_err(refused)
}

#[cfg(not(unix))]
fn hang_up(_: u32) -> Result<(), UserMessage> {
    Err(refused("this system has no signal by which a tracker reads its list again"))
}
