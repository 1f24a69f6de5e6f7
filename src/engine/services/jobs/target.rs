//! Finds out what a target is: a .torrent or a data file, by path or URL, or a magnet.
//!
//! In: what a person typed. Out: [`Target`], read and validated, with who vouches for it.

use super::Job;
use super::messages::JobEnd;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::catalog::listing::is_web_page;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo, MetainfoError};
use crate::catalog::tracker::TrackerUrl;
use crate::domain::compression::Compression;
use crate::domain::data_kind::Promised;
use crate::domain::file_kind::FileKind;
use crate::domain::integrity::Voucher;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::{show, show_with_urls};
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_bounded;
use crate::engine::transfer::http::client::{Answer, Persistence, Question};
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::{Asked, Body, judge};
use crate::transfer::reason::Reason;
use crate::transfer::verification::{NoProof, Received, SHOWN_OCTETS};
use bytes::Bytes;
use std::path::{Path, PathBuf};
use url::Url;

/// How long the beginning of a page is waited for.
const PAGE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// How much of a remote file is asked for to see what it is.
const FIRST_LOOK: u64 = 256;

/// How much of a file on this machine is read for that.
const LOCAL_LOOK: u64 = 4096;

/// How much of a remote file must have come, if it has so much.
const LEAST_LOOK: usize = 16;

/// What a person asked for.
#[derive(Debug)]
pub(super) enum Target {
    Torrent(Box<TorrentTarget>),
    Remote(RemoteTarget),
    /// A file on a server that does not tell its length.
    Streamed(StreamedTarget),
    /// A data file on this machine, of which fields are wanted.
    Local(PathBuf),
}

/// A torrent, with where it came from.
#[derive(Debug)]
pub(super) struct TorrentTarget {
    pub(super) metainfo: Metainfo,
    pub(super) voucher: Voucher,
    pub(super) place: Place,
    /// How far the names in it may lead.
    pub(super) reach: Reach,
}

/// Where a .torrent was found: sidecars may lie beside it.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Folder(PathBuf),
    Server(Url),
    /// Peers gave it.
    Nowhere,
}

/// A file on a server.
#[derive(Clone, Debug)]
pub(super) struct RemoteTarget {
    pub(super) url: Url,
    /// How far names may reach that lead to it.
    pub(super) reach: Reach,
    /// What it is to be called here.
    pub(super) name: String,
    pub(super) length: ByteCount,
    pub(super) validator: Option<String>,
    /// Whether the server answers with the range that was asked for.
    pub(super) answers_ranges: bool,
    /// How it is compressed, by its first octets.
    pub(super) compression: Option<Compression>,
    /// How it begins.
    pub(super) beginning: Bytes,
}

impl RemoteTarget {
    /// What it was asked as.
    pub(super) fn promised(&self) -> Promised {
        Promised::by_url(&self.url).max(Promised::by_name(&self.name))
    }

    /// Why it has no fields: it is no GRIB although it was asked as such, or nothing that can be told apart.
    pub(super) fn without_fields(&self) -> JobEnd {
        let (name, beginning) = (self.name.as_str(), &self.beginning[..]);
        // Fields were asked of it.
        let received = Received { name, promised: Promised::Grib, beginning, length: self.length };
        let is_message = beginning.windows(4).any(|four| four == b"GRIB");
        match received.refusal().filter(|_| !is_message) {
            Some(refusal) => refusal.into(),
            None => JobEnd::new(End::Unsound, UserMessage::NoFields { name: show(name) }),
        }
    }
}

/// A file on a server that does not tell its length: it is read once, to its end.
#[derive(Clone, Debug)]
pub(super) struct StreamedTarget {
    pub(super) url: Url,
    pub(super) reach: Reach,
    /// What it is to be called here.
    pub(super) name: String,
}

impl Job {
    pub(super) async fn resolve(&mut self, target: &str) -> Result<Target, JobEnd> {
        if let Some(announced) = self.announced.clone() {
            return self.resolve_announced(target, announced.torrent.as_deref()).await;
        }
        if Magnet::is_meant_by(target) {
            return self.resolve_magnet(target).await;
        }
        match Url::parse(target) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => self.resolve_url(url).await,
            Ok(url) if url.cannot_be_a_base() || url.scheme().len() > 1 && !Path::new(target).exists() => {
                let reason = Reason::SchemeRefused(show(url.scheme()));
                Err(JobEnd::unreachable(&url, reason))
            }
            _ => read_local_file(PathBuf::from(target)).await,
        }
    }

    /// What was announced is what it was announced as, whatever its server says of it.
    async fn resolve_announced(&mut self, target: &str, torrent: Option<&[u8]>) -> Result<Target, JobEnd> {
        let url = Url::parse(target).map_err(|_| {
            JobEnd::new(End::Unsound, UserMessage::TargetUnknown { target: show_with_urls(target) })
        })?;
        match torrent {
            Some(octets) => torrent_target(octets, Voucher::of_server(&url), Place::Server(url)),
            None => Ok(self.look_at(&url, self.reach()).await?.file.into_target()),
        }
    }

    async fn resolve_url(&mut self, url: Url) -> Result<Target, JobEnd> {
        let names_torrent = url.path().to_ascii_lowercase().ends_with(".torrent");
        if names_torrent {
            return self.torrent_of_url(url, self.reach()).await;
        }
        // What a person typed may lead anywhere; what it redirects to may not.
        let look = self.look_at(&url, self.reach()).await?;
        if look.is_torrent {
            return self.torrent_of_url(url, self.reach()).await;
        }
        Ok(look.file.into_target())
    }

    /// An announcement may name other sources, and is tried again as a whole: its requests fail at once.
    fn persistence(&self) -> Persistence {
        if self.announced.is_some() { Persistence::Once } else { Persistence::Retried }
    }

    pub(super) async fn torrent_of_url(&mut self, url: Url, reach: Reach) -> Result<Target, JobEnd> {
        let question = Question { persistence: self.persistence(), ..Question::whole(url.clone(), reach) };
        let small = self.context.shared.client.small(&question, LARGEST_TORRENT).await;
        let small = small.map_err(|reason| JobEnd::unreachable(&url, reason))?;
        if !small.bytes.starts_with(b"d") && is_web_page(&small.bytes) {
            return Err(JobEnd::unreachable(&url, Reason::WebPage));
        }
        let voucher = Voucher::of_server(&small.url);
        // Only where a person typed the address does the server's own place say anything of the file's.
        let reach = if reach == Reach::Anywhere { Reach::of_file_from(small.from) } else { Reach::Public };
        Ok(torrent_target(&small.bytes, voucher, Place::Server(small.url))?.reaching(reach))
    }

    /// Looks at the first octets of a file on a server, and at what the server says of it.
    pub(super) async fn look_at(&self, url: &Url, reach: Reach) -> Result<Look, JobEnd> {
        let unreachable = |reason| JobEnd::unreachable(url, reason);
        let range = ByteRange::new(0, FIRST_LOOK).expect("a first look is not empty");
        let asked = Asked { range, length: None };
        let client = &self.context.shared.client;
        let persistence = self.persistence();
        let part = Question { persistence, ..Question::range(url.clone(), reach, range) };
        let mut answer = client.ask(&part).await.map_err(unreachable)?;
        let mut judged = judge(asked, &answer.head);
        let gives_parts = matches!(judged, Ok(Body::Part { .. }));
        // An empty file answers 416 to any range, a part may not say which it is, or of how long a file: then the answer
        // to a plain request tells.
        if answer.head.status == 416
            || matches!(judged, Ok(Body::Part { total: None, .. }) | Err(Reason::RangeIgnored))
        {
            let whole = Question { persistence, ..Question::whole(url.clone(), reach) };
            answer = client.ask(&whole).await.map_err(unreachable)?;
            judged = judge(asked, &answer.head);
        }
        let total = match judged {
            Err(Reason::WebPage) => return Err(page_instead(url, &mut answer).await),
            judged => match judged.map_err(unreachable)? {
                Body::Part { total, .. } | Body::Whole { total } => total,
            },
        };
        let mut first = Vec::new();
        while first.len() < LEAST_LOOK
            && let Some(stretch) = answer.next().await.map_err(unreachable)?
        {
            first.extend_from_slice(&stretch[..stretch.len().min(FIRST_LOOK as usize)]);
        }
        let is_torrent = first.starts_with(b"d")
            && first.windows(8).any(|w| w == b"announce" || w == b"4:infod6")
            || answer.head.content_type.as_deref().is_some_and(|t| t.contains("x-bittorrent"));
        let (url, validator) = (url.clone(), answer.head.validator.clone());
        let name = answer.head.file_name.clone().unwrap_or_else(|| super::remote::name_of(&url));
        let compression = Compression::from_magic(&first);
        let answers_ranges = gives_parts;
        let file = match total {
            Some(length) => FileOnServer::File(RemoteTarget {
                url,
                reach,
                name,
                length,
                validator,
                answers_ranges,
                compression,
                beginning: Bytes::from(first),
            }),
            None => FileOnServer::Streamed(StreamedTarget { url, reach, name }),
        };
        Ok(Look { is_torrent, file })
    }
}

/// A page where data was asked: shown with its beginning, as far as that comes soon.
async fn page_instead(url: &Url, answer: &mut Answer) -> JobEnd {
    let first = tokio::time::timeout(PAGE_PATIENCE, answer.next()).await;
    let first = first.ok().and_then(Result::ok).flatten().unwrap_or_default();
    let name = show(&super::remote::name_of(url));
    let shown = &first[..first.len().min(SHOWN_OCTETS)];
    let beginning = show(String::from_utf8_lossy(shown).trim());
    NoProof::TextInsteadOfData { name, beginning }.into()
}

/// What a first look at a file on a server shows.
pub(super) struct Look {
    is_torrent: bool,
    pub(super) file: FileOnServer,
}

/// A file on a server, by whether its length is told.
pub(super) enum FileOnServer {
    File(RemoteTarget),
    Streamed(StreamedTarget),
}

impl FileOnServer {
    fn into_target(self) -> Target {
        match self {
            Self::File(remote) => Target::Remote(remote),
            Self::Streamed(streamed) => Target::Streamed(streamed),
        }
    }
}

async fn read_local_file(path: PathBuf) -> Result<Target, JobEnd> {
    let shown = show_with_urls(&path.display().to_string());
    let looking = tokio::task::spawn_blocking(move || {
        if path.is_dir() {
            return Ok((FileKind::Folder, Some(Vec::new()), path));
        }
        let first = read_start(&path)?;
        let kind = FileKind::of(&first);
        let octets =
            if first.starts_with(b"d") { read_bounded(&path, LARGEST_TORRENT)? } else { Some(first) };
        Ok::<_, std::io::Error>((kind, octets, path))
    });
    let (kind, octets, path) =
        looking.await.map_err(JobEnd::internal)?.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                JobEnd::new(End::NoSource, UserMessage::TargetNotFound { target: shown.clone() })
            }
            _ => StoreError::from_io(format!("read {shown}"), error).into(),
        })?;
    let Some(octets) = octets else {
        let detail = format!("larger than {LARGEST_TORRENT} octets");
        return Err(JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail }));
    };
    if octets.starts_with(b"d") && matches!(kind, FileKind::Torrent | FileKind::Unknown) {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let target = torrent_target(&octets, Voucher::Person, Place::Folder(folder.to_owned()))?;
        let reach = target.reach_of_places();
        return Ok(target.reaching(reach));
    }
    if octets.windows(4).any(|four| four == b"GRIB") || Compression::from_magic(&octets).is_some() {
        return Ok(Target::Local(path));
    }
    Err(JobEnd::new(End::Unsound, UserMessage::OfAnotherKind { target: shown, kind }))
}

/// The first octets of a file.
fn read_start(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut first = Vec::new();
    std::fs::File::open(path)?.take(LOCAL_LOOK).read_to_end(&mut first)?;
    Ok(first)
}

pub(super) fn torrent_target(bytes: &[u8], voucher: Voucher, place: Place) -> Result<Target, JobEnd> {
    let metainfo = metainfo::read(bytes).map_err(unsound)?;
    Ok(Target::Torrent(Box::new(TorrentTarget { metainfo, voucher, place, reach: Reach::Public })))
}

impl Target {
    /// The same, whose names may lead as far as that.
    pub(super) fn reaching(mut self, reach: Reach) -> Self {
        if let Self::Torrent(torrent) = &mut self {
            torrent.reach = reach;
        }
        self
    }

    /// How far the names in a .torrent may lead that a person has here.
    pub(super) fn reach_of_places(&self) -> Reach {
        let Self::Torrent(torrent) = self else { return Reach::Public };
        let seeds: Vec<Url> = torrent.metainfo.web_seeds.iter().map(|seed| seed.base()).collect();
        let trackers = torrent.metainfo.trackers.iter().flatten().map(TrackerUrl::url);
        Reach::of_places(seeds.iter().chain(trackers))
    }
}

pub(super) fn unsound(error: MetainfoError) -> JobEnd {
    let message = match error {
        MetainfoError::VersionTwoOnly => UserMessage::TorrentIsV2Only,
        error => UserMessage::TorrentUnsound { detail: show(&error.to_string()) },
    };
    JobEnd::new(End::Unsound, message)
}
