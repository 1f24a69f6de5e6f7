//! Finds out where the fields of a file lie: by an index beside it, by reading its headers, or by what was found before.
//!
//! In: a file on this machine or on a server. Out: a [`FoundIndex`] with who vouches for its digests. A remote walk
//! reads a few hundred octets a message, on as many connections as the host may get.

use crate::domain::integrity::Voucher;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::{show, show_url};
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::http::client::{HasHead, HttpClient, Question};
use crate::grib::index::GribIndex;
use crate::grib::sidecar;
use crate::grib::walk::{Ceiling, Step, Walk, WalkedChain, join};
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::{AnswerHead, Asked, Body, judge};
use crate::transfer::reason::Reason;
use std::fs::File;
use std::path::Path;
use std::time::Duration;
use tokio::task::JoinSet;
use url::Url;

/// A file shorter than this is walked by one chain.
const SHORTEST_TO_SPLIT: u64 = 8 << 20;

/// Where the fields of a file lie.
#[derive(Debug)]
pub(crate) struct FoundIndex {
    pub(crate) index: GribIndex,
    /// Who vouches for the digests in it.
    pub(crate) voucher: Voucher,
    /// Where it was found, for people; `None` when headers were read.
    pub(crate) place: Option<String>,
}

/// An index that was there and cannot be used.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) place: String,
    pub(crate) detail: String,
}

/// Looks for an index of `file` in `folder`.
pub(crate) fn beside_in_folder(
    folder: &Path,
    file: &str,
    length: ByteCount,
    unusable: &mut Vec<Unusable>,
) -> Option<FoundIndex> {
    for name in sidecar::names_beside(file) {
        let path = folder.join(&name);
        let place = show(&path.display().to_string());
        let read = match crate::engine::store::positioned::read_bounded(&path, sidecar::LARGEST) {
            Ok(Some(octets)) => sidecar::read(&octets, Some(length.0)).map_err(|error| error.to_string()),
            Ok(None) => Err("too large".to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(index) => return Some(FoundIndex { index, voucher: Voucher::Person, place: Some(place) }),
            Err(detail) => unusable.push(Unusable { place, detail: show(&detail) }),
        }
    }
    None
}

/// Looks for an index beside `url`.
pub(crate) async fn beside_on_server(
    client: &HttpClient,
    (url, reach): (&Url, Reach),
    length: ByteCount,
    unusable: &mut Vec<Unusable>,
) -> Option<FoundIndex> {
    let file = url.path_segments()?.next_back()?.to_owned();
    for name in sidecar::names_beside(&file) {
        let mut at = url.clone();
        at.path_segments_mut()
            .ok()?
            .pop()
            .push(&percent_encoding::percent_decode_str(&name).decode_utf8_lossy());
        let small = match client.small(&Question::whole(at.clone(), reach), sidecar::LARGEST).await {
            Ok(small) => small,
            // A server that cannot be had will not have the next name either.
            Err(
                Reason::NoAnswer
                | Reason::ConnectionRefused
                | Reason::AddressRefused(_)
                | Reason::NameNotFound,
            ) => {
                return None;
            }
            Err(_) => continue,
        };
        match sidecar::read(&small.bytes, Some(length.0)) {
            Ok(index) => {
                return Some(FoundIndex {
                    index,
                    voucher: Voucher::of_server(&small.url),
                    place: Some(show_url(&at)),
                });
            }
            Err(error) => unusable.push(Unusable { place: show_url(&at), detail: error.to_string() }),
        }
    }
    None
}

/// Reads the headers of a file on this machine.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn walk_file(file: &File) -> std::io::Result<GribIndex> {
    let mut walk = Walk::new(file.metadata()?.len());
    let mut buffer = Vec::new();
    while let Step::Read(range) = walk.step() {
        buffer.resize(range.count().0 as usize, 0);
        let count = read_up_to(file, &mut buffer, range.start())?;
        walk.feed(range.start(), &buffer[..count]);
    }
    Ok(walk.finish())
}

/// Reads the headers of a file on a server, by ranges.
///
/// # Errors
/// The reason when the server does not give them.
pub(crate) async fn walk_remote(
    client: &HttpClient,
    (url, reach): (&Url, Reach),
    length: ByteCount,
    at_once: usize,
) -> Result<GribIndex, Reason> {
    let count = if length.0 < SHORTEST_TO_SPLIT { 1 } else { at_once as u64 };
    let step = length.0.div_ceil(count);
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let ceiling = Ceiling { reads: Ceiling::ON_SERVER.reads / count, ..Ceiling::ON_SERVER };
        let walk = Walk::chain(number * step, ((number + 1) * step).min(length.0), length.0);
        let walk = walk.with_ceiling(ceiling);
        let (client, url) = (client.clone(), url.clone());
        tasks.spawn(async move { (number, walk_chain(&client, (&url, reach), walk, length).await) });
    }
    let mut chains = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (number, walk) = done.map_err(|error| Reason::Other(error.to_string()))?;
        chains.push((number, walk?));
    }
    chains.sort_by_key(|(number, _)| *number);
    let chains: Vec<_> = chains.into_iter().map(|(_, walk)| WalkedChain::of(walk)).collect();
    let whole = chains.len();
    let (index, joined, _) = join(chains);
    // What lies behind a walk that was given up would have to be asked for again, and again for nothing.
    if joined == whole || index.gave_up().is_some() {
        return Ok(index);
    }
    // A chain began at something that only looked like a message: the file is walked in one go.
    let walk = Walk::new(length.0).with_ceiling(Ceiling::ON_SERVER);
    let walk = walk_chain(client, (url, reach), walk, length).await?;
    Ok(walk.finish())
}

/// Reads the headers of the message that begins at `start`, if one does.
///
/// # Errors
/// The reason when the server does not give them.
pub(crate) async fn walk_start(
    client: &HttpClient,
    at: (&Url, Reach),
    start: u64,
    length: ByteCount,
) -> Result<GribIndex, Reason> {
    let walk = Walk::chain(start, start + 1, length.0);
    Ok(walk_chain(client, at, walk, length).await?.finish())
}

async fn walk_chain(
    client: &HttpClient,
    (url, reach): (&Url, Reach),
    mut walk: Walk,
    length: ByteCount,
) -> Result<Walk, Reason> {
    while let Step::Read(range) = walk.step() {
        let octets = read_range(client, (url, reach), range, length).await?;
        walk.feed(range.start(), &octets);
    }
    Ok(walk)
}

/// Octets of a remote file, with the head of the answer that brought them.
struct ReadRange {
    head: AnswerHead,
    octets: Vec<u8>,
}

impl HasHead for ReadRange {
    fn head(&self) -> &AnswerHead {
        &self.head
    }
}

/// Reads a few octets of a remote file, trying again what may pass.
///
/// # Errors
/// The reason of the last attempt.
pub(crate) async fn read_range(
    client: &HttpClient,
    (url, reach): (&Url, Reach),
    range: ByteRange,
    length: ByteCount,
) -> Result<Vec<u8>, Reason> {
    let question = Question::range(url.clone(), reach, range);
    let read = client.persist(&question, |head| read_once(client, (&question, head), range, length)).await?;
    read.head.trouble().map_or(Ok(read.octets), Err)
}

async fn read_once(
    client: &HttpClient,
    (question, head): (&Question, Duration),
    range: ByteRange,
    length: ByteCount,
) -> Result<ReadRange, Reason> {
    let mut answer = client.ask_within(question, head).await?;
    if answer.head.trouble().is_some() {
        return Ok(ReadRange { head: answer.head, octets: Vec::new() });
    }
    let mut skip = match judge(Asked { range, length: Some(length) }, &answer.head)? {
        Body::Part { range: told, skip, .. } if told == range => skip,
        Body::Part { .. } => return Err(Reason::WrongRange("shorter".to_owned())),
        Body::Whole { .. } => return Err(Reason::RangeIgnored),
    };
    let wanted = range.count().0 as usize;
    let mut octets = Vec::with_capacity(wanted);
    while let Some(mut stretch) = answer.next().await? {
        let unwanted = skip.min(stretch.len() as u64);
        skip -= unwanted;
        let stretch = stretch.split_off(unwanted as usize);
        octets.extend_from_slice(&stretch[..stretch.len().min(wanted - octets.len())]);
        if octets.len() == wanted {
            return Ok(ReadRange { head: answer.head, octets });
        }
    }
    Err(Reason::Closed)
}
