//! What `inspect` says of a .torrent.
//!
//! In: what [`read`](super::read) gave, sound or not. Out: [`TorrentReport`], the object of the terminal contract.
//! Holds no secret, no padding and no character that would move what is printed around it.

use super::{Metainfo, MetainfoError};
use crate::domain::content::ContentFile;
use crate::domain::outside_text::show;
use serde::Serialize;

/// What to think of a file that was inspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TorrentVerdict {
    /// Sound; problems, if any, only say how it is used here.
    Valid,
    /// Usable, though it departs from what a sound one is.
    Deviant,
    /// Not usable.
    Invalid,
}

/// One thing to know about a torrent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TorrentProblem {
    /// Its stable name.
    pub code: &'static str,
    /// English, for people.
    pub detail: String,
}

/// One file of a torrent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedFile {
    /// Where it would be written, below the folder of the person's choice; the torrent's name is its first component.
    pub path: String,
    /// Its length in octets.
    pub length: u64,
}

/// What `inspect --json` prints of a .torrent; what an unusable one does not tell is `null` or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TorrentReport {
    /// Always `torrent`.
    pub kind: &'static str,
    /// What to think of it.
    pub verdict: TorrentVerdict,
    /// What is wrong or odd.
    pub problems: Vec<TorrentProblem>,
    /// Its name as published, fit to be shown.
    pub name: Option<String>,
    /// 40 hexadecimal digits.
    pub info_hash: Option<String>,
    /// In octets.
    pub piece_length: Option<u64>,
    /// How many.
    pub pieces: Option<usize>,
    /// Its files without padding, in order.
    pub files: Vec<ReportedFile>,
    /// URLs without their secrets.
    pub web_seeds: Vec<String>,
    /// URLs without their secrets, tier after tier.
    pub trackers: Vec<String>,
    /// Whether peers may come from the trackers only.
    pub private: Option<bool>,
}

impl TorrentReport {
    /// The report on what was read.
    pub fn of(read: Result<&Metainfo, &MetainfoError>) -> Self {
        match read {
            Ok(metainfo) => Self::of_usable(metainfo),
            Err(error) => Self::of_unusable(error),
        }
    }

    fn of_usable(metainfo: &Metainfo) -> Self {
        let is_deviant = metainfo.notes.iter().any(super::Note::is_deviation);
        let problem = |note: &super::Note| TorrentProblem { code: note.code(), detail: note.to_string() };
        let layout = metainfo.layout();
        Self {
            kind: "torrent",
            verdict: if is_deviant { TorrentVerdict::Deviant } else { TorrentVerdict::Valid },
            problems: metainfo.notes.iter().map(problem).collect(),
            name: Some(show(&layout.name)),
            info_hash: Some(metainfo.info_hash().hex()),
            piece_length: Some(layout.piece_length()),
            pieces: Some(metainfo.hashes().len()),
            files: layout.files().iter().filter(|file| !file.is_padding).map(reported).collect(),
            web_seeds: metainfo.web_seeds.iter().map(|seed| seed.shown()).collect(),
            trackers: metainfo.trackers.iter().flatten().map(ToString::to_string).collect(),
            private: Some(metainfo.is_private),
        }
    }

    fn of_unusable(error: &MetainfoError) -> Self {
        Self {
            kind: "torrent",
            verdict: TorrentVerdict::Invalid,
            problems: vec![TorrentProblem { code: error.code(), detail: error.to_string() }],
            name: None,
            info_hash: None,
            piece_length: None,
            pieces: None,
            files: Vec::new(),
            web_seeds: Vec::new(),
            trackers: Vec::new(),
            private: None,
        }
    }
}

/// A safe path holds no character that `show` would write out, so it stands here whole.
fn reported(file: &ContentFile) -> ReportedFile {
    ReportedFile { path: file.path.to_string(), length: file.length.0 }
}
