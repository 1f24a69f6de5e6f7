//! What a target is, once its first octets are here: a .torrent or a data file, on a server or on this machine.
//!
//! In: octets, and what a server says of them. Out: a [`Target`], with who vouches for it and how far its names may lead.

use super::job_end::JobEnd;
use super::remote::{RemoteTarget, StreamedTarget, name_of};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::metainfo::{self, LARGEST_TORRENT, Metainfo, MetainfoError};
use crate::catalog::provider::EntryId;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::compression::Compression;
use crate::domain::file_kind::FileKind;
use crate::domain::integrity::Voucher;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::AnswerHead;
use crate::transfer::verification::{NoProof, SHOWN_OCTETS};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use url::Url;

/// What a person asked for.
#[derive(Debug)]
pub(crate) enum Target {
    Torrent(Box<TorrentTarget>),
    Remote(RemoteTarget),
    /// A file on a server that does not tell its length.
    Streamed(StreamedTarget),
    /// A data file on this machine, of which fields are wanted.
    Local(PathBuf),
}

/// A torrent, with where it came from.
#[derive(Debug)]
pub(crate) struct TorrentTarget {
    pub(crate) metainfo: Metainfo,
    pub(crate) voucher: Voucher,
    pub(crate) place: MetainfoPlace,
    /// How far the names in it may lead.
    pub(crate) reach: Reach,
}

/// Where a .torrent was found: sidecars may lie beside it.
#[derive(Clone, Debug)]
pub(crate) enum MetainfoPlace {
    Folder(PathBuf),
    Server(Url),
    /// Peers gave it.
    Nowhere,
}

/// A file on a server, by whether its length is told.
#[derive(Debug)]
pub(crate) enum FileOnServer {
    File(RemoteTarget),
    Streamed(StreamedTarget),
}

/// What a first look at a file on a server shows.
#[derive(Debug)]
pub(crate) struct ServerLook {
    pub(crate) is_torrent: bool,
    pub(crate) file: FileOnServer,
}

/// What a server answered to a first look.
#[derive(Debug)]
pub(crate) struct FirstAnswer {
    pub(crate) head: AnswerHead,
    /// Whether it gave the part that was asked for.
    pub(crate) gives_parts: bool,
    /// The length of the file, when it is told.
    pub(crate) total: Option<ByteCount>,
    /// The first octets.
    pub(crate) first: Vec<u8>,
}

/// A file of this machine, as far as it was read.
#[derive(Debug)]
pub(crate) struct LocalFile {
    pub(crate) path: PathBuf,
    pub(crate) kind: FileKind,
    /// Its first octets, or all that begins as a .torrent. `None` when that is longer than any .torrent.
    pub(crate) octets: Option<Vec<u8>>,
}

impl FirstAnswer {
    /// What it shows of the file at `url`.
    pub(crate) fn look(self, url: Url, reach: Reach) -> ServerLook {
        let first = &self.first;
        let is_torrent = first.starts_with(b"d")
            && first.windows(8).any(|eight| eight == b"announce" || eight == b"4:infod6")
            || self.head.content_type.as_deref().is_some_and(|kind| kind.contains("x-bittorrent"));
        let name = self.head.file_name.unwrap_or_else(|| name_of(&url));
        let file = match self.total {
            Some(length) => FileOnServer::File(RemoteTarget {
                url,
                reach,
                name,
                length,
                validator: self.head.validator,
                answers_ranges: self.gives_parts,
                compression: Compression::from_magic(first),
                beginning: Bytes::from(self.first),
            }),
            None => FileOnServer::Streamed(StreamedTarget { url, reach, name }),
        };
        ServerLook { is_torrent, file }
    }
}

impl FileOnServer {
    pub(crate) fn into_target(self) -> Target {
        match self {
            Self::File(remote) => Target::Remote(remote),
            Self::Streamed(streamed) => Target::Streamed(streamed),
        }
    }
}

impl LocalFile {
    /// What it is; `shown` is what it was asked as.
    ///
    /// # Errors
    /// When it is neither a sound .torrent nor a data file.
    pub(crate) fn into_target(self, shown: String) -> Result<Target, JobEnd> {
        let Self { path, kind, octets } = self;
        let Some(octets) = octets else {
            let detail = format!("larger than {LARGEST_TORRENT} octets");
            return Err(JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail }));
        };
        if octets.starts_with(b"d") && matches!(kind, FileKind::Torrent | FileKind::Unknown) {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let torrent = torrent_target(&octets, Voucher::Person, MetainfoPlace::Folder(folder.to_owned()))?;
            let reach = torrent.reach_of_places();
            return Ok(torrent.reaching(reach).into());
        }
        if octets.windows(4).any(|four| four == b"GRIB") || Compression::from_magic(&octets).is_some() {
            return Ok(Target::Local(path));
        }
        Err(JobEnd::new(End::Unsound, UserMessage::OfAnotherKind { target: shown, kind }))
    }
}

impl From<TorrentTarget> for Target {
    fn from(torrent: TorrentTarget) -> Self {
        Self::Torrent(Box::new(torrent))
    }
}

impl TorrentTarget {
    /// The same, whose names may lead as far as that.
    pub(crate) fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// The same with the trackers of another .torrent of the same swarm, as far as its names may lead: one that names no
    /// tracker of its own takes over the reach with them. Who vouches for it stays.
    pub(crate) fn with_trackers_of(mut self, other: &Self) -> Self {
        let is_same = self.metainfo.info_hash() == other.metainfo.info_hash();
        if is_same && self.metainfo.trackers.is_empty() && self.metainfo.web_seeds.is_empty() {
            self.reach = other.reach;
        }
        if is_same && other.reach >= self.reach {
            for tracker in other.metainfo.trackers.iter().flatten() {
                if !self.metainfo.trackers.iter().flatten().any(|known| known == tracker) {
                    self.metainfo.trackers.push(vec![tracker.clone()]);
                }
            }
        }
        self
    }

    /// How far the names in a .torrent may lead that a person has here.
    fn reach_of_places(&self) -> Reach {
        let seeds: Vec<Url> = self.metainfo.web_seeds.iter().map(|seed| seed.base()).collect();
        let trackers = self.metainfo.trackers.iter().flatten().map(TrackerUrl::url);
        Reach::of_places(seeds.iter().chain(trackers))
    }
}

/// The torrent that these octets describe; its names lead to public addresses only.
///
/// # Errors
/// When they are no sound .torrent.
pub(crate) fn torrent_target(
    bytes: &[u8],
    voucher: Voucher,
    place: MetainfoPlace,
) -> Result<TorrentTarget, JobEnd> {
    let metainfo = metainfo::read(bytes).map_err(unsound)?;
    Ok(TorrentTarget { metainfo, voucher, place, reach: Reach::Public })
}

/// The end of a .torrent that cannot be used.
fn unsound(error: MetainfoError) -> JobEnd {
    let message = match error {
        MetainfoError::VersionTwoOnly => UserMessage::TorrentIsV2Only,
        error => UserMessage::TorrentUnsound { detail: show(&error.to_string()) },
    };
    JobEnd::new(End::Unsound, message)
}

/// The end of a page where data was asked: shown with its beginning, as far as that came.
pub(crate) fn page_instead(url: &Url, first: &[u8]) -> JobEnd {
    let name = show(&name_of(url));
    let shown = &first[..first.len().min(SHOWN_OCTETS)];
    let beginning = show(String::from_utf8_lossy(shown).trim());
    NoProof::TextInsteadOfData { name, beginning }.into()
}

/// The id of a catalogue's entry, unless a file of that name is here.
pub(crate) fn entry_id(target: &str, is_here: impl Fn(&str) -> bool) -> Option<EntryId> {
    EntryId::parse(target).filter(|_| !is_here(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("https://host/file").expect("a URL")
    }

    fn answer(first: &[u8], total: Option<u64>) -> FirstAnswer {
        let (head, total) = (AnswerHead::default(), total.map(ByteCount));
        FirstAnswer { head, gives_parts: true, total, first: first.to_vec() }
    }

    #[test]
    fn a_torrent_is_known_by_its_first_octets_or_by_the_kind_that_the_server_names() {
        let look = |answer: FirstAnswer| answer.look(url(), Reach::Public).is_torrent;
        assert!(look(answer(b"d8:announce20:", Some(9))));
        assert!(!look(answer(b"GRIB", Some(9))) && !look(answer(b"dwd", Some(9))));
        let mut named = answer(b"GRIB", Some(9));
        named.head.content_type = Some("application/x-bittorrent".to_owned());
        assert!(look(named));
    }

    #[test]
    fn a_file_without_a_told_length_is_streamed_under_the_name_that_the_server_gives() {
        let mut named = answer(b"GRIB", None);
        named.head.file_name = Some("a.grib2".to_owned());
        assert!(
            matches!(named.look(url(), Reach::Public).file, FileOnServer::Streamed(s) if s.name == "a.grib2")
        );
        let FileOnServer::File(file) = answer(b"BZh91AY&SY", Some(9)).look(url(), Reach::Public).file else {
            panic!("its length is told");
        };
        assert_eq!((file.name.as_str(), file.compression), ("file", Some(Compression::Bzip2)));
    }

    #[test]
    fn a_local_file_is_data_a_torrent_or_named_as_what_it_is() {
        let local = |octets: Option<&[u8]>| {
            let (path, kind) = (PathBuf::from("a"), FileKind::of(octets.unwrap_or_default()));
            LocalFile { path, kind, octets: octets.map(<[u8]>::to_vec) }.into_target("a".to_owned())
        };
        assert!(matches!(local(Some(b"GRIB....")), Ok(Target::Local(_))));
        let refused = |octets| local(octets).err().map(|end| end.message);
        assert!(matches!(refused(None), Some(UserMessage::TorrentUnsound { .. })));
        assert!(matches!(refused(Some(b"%PDF-1.4")), Some(UserMessage::OfAnotherKind { .. })));
    }

    #[test]
    fn a_name_that_is_a_file_here_is_no_entry() {
        assert!(entry_id("demo/arome-0.01", |_| false).is_some());
        assert!(entry_id("demo/arome-0.01", |_| true).is_none());
    }
}
