//! Writes the .torrent: the canonical `info`, and around it what does not change its hash.
//!
//! In: a plan, the hash of each piece, and [`Extras`]. Out: octets. No secret is written: a tracker or web seed that holds
//! one is left out, since everybody may read a .torrent; [`Extras::withheld`] names those.
//! Start reading at [`write_torrent`].

use super::{CanonicalPlan, PublishError, TorrentPrivacy};
use crate::catalog::bencode::Node;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::info_hash_of;
use crate::catalog::tracker::TrackerUrl;
use crate::catalog::web_seed::WebSeed;
use crate::domain::content::ContentFile;
use crate::domain::outside_text::{redacted, show_url};
use crate::domain::torrent::PieceHashes;
use crate::domain::utc::UtcTime;
use std::borrow::Cow;
use std::collections::BTreeMap;
use url::Url;

/// What stands around `info`; none of it changes the info-hash.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Trackers by tier (BEP 12).
    pub trackers: Vec<Vec<TrackerUrl>>,
    /// Web seeds (BEP 19): URLs of the file, or of the folder that holds the file or folder that is offered.
    pub web_seeds: Vec<Url>,
    /// For people.
    pub comment: Option<String>,
    /// The program that makes it.
    pub created_by: Option<String>,
    /// When it is made.
    pub created_at: Option<UtcTime>,
}

impl Extras {
    /// Trackers and web seeds that are not written because they hold a secret; fit to be shown.
    pub fn withheld(&self) -> Vec<String> {
        let trackers = self.trackers.iter().flatten().filter(|tracker| tracker.has_secret());
        let seeds = self.web_seeds.iter().filter(|seed| has_secret(seed));
        trackers.map(ToString::to_string).chain(seeds.map(show_url)).collect()
    }

    fn public_trackers(&self) -> Vec<Vec<&TrackerUrl>> {
        let public = |tier: &'_ Vec<TrackerUrl>| -> bool { tier.iter().any(|tracker| !tracker.has_secret()) };
        let tiers = self.trackers.iter().filter(|tier| public(tier));
        tiers.map(|tier| tier.iter().filter(|tracker| !tracker.has_secret()).collect()).collect()
    }
}

fn has_secret(url: &Url) -> bool {
    redacted(url) != *url
}

/// The canonical `info` dictionary; its SHA-1 is the info-hash.
///
/// # Errors
/// [`PublishError::HashCount`] when there are not as many hashes as pieces.
pub fn info_octets(plan: &CanonicalPlan, hashes: &PieceHashes) -> Result<Vec<u8>, PublishError> {
    let layout = plan.layout();
    if u32::try_from(hashes.len()) != Ok(layout.pieces()) {
        return Err(PublishError::HashCount { hashes: hashes.len(), pieces: layout.pieces() });
    }
    let content = if layout.is_single_file() {
        ("length", integer(layout.total().0))
    } else {
        ("files", Node::List(layout.files().iter().map(entry_of).collect()))
    };
    let mut info = BTreeMap::from([
        content,
        ("name", Node::text(layout.name.as_str())),
        ("piece length", integer(layout.piece_length())),
        ("pieces", Node::Text(Cow::Borrowed(hashes.as_octets()))),
    ]);
    if plan.privacy == TorrentPrivacy::Private {
        info.insert("private", Node::Integer(1));
    }
    Ok(Node::Dictionary(info).to_octets())
}

/// The whole .torrent.
///
/// # Errors
/// [`PublishError::HashCount`], and [`PublishError::WebSeed`] for a URL that cannot name these files.
pub fn write_torrent(
    plan: &CanonicalPlan,
    hashes: &PieceHashes,
    extras: &Extras,
) -> Result<Vec<u8>, PublishError> {
    let info = info_octets(plan, hashes)?;
    let mut outer = BTreeMap::from([("info", Node::Encoded(&info))]);
    let tiers = extras.public_trackers();
    let url = |tracker: &&TrackerUrl| Node::text(tracker.url().to_string());
    if let Some(first) = tiers.iter().flatten().next() {
        outer.insert("announce", url(first));
    }
    if tiers.iter().map(Vec::len).sum::<usize>() > 1 {
        let tiers = tiers.iter().map(|tier| Node::List(tier.iter().map(url).collect()));
        outer.insert("announce-list", Node::List(tiers.collect()));
    }
    let seeds = web_seeds_of(plan, extras)?;
    if !seeds.is_empty() {
        outer.insert("url-list", Node::List(seeds.into_iter().map(Node::text).collect()));
    }
    let prose = [("comment", &extras.comment), ("created by", &extras.created_by)];
    outer.extend(prose.into_iter().filter_map(|(key, text)| Some((key, Node::text(text.as_deref()?)))));
    outer.extend(extras.created_at.map(|time| ("creation date", Node::Integer(time.unix_seconds()))));
    Ok(Node::Dictionary(outer).to_octets())
}

/// A magnet link to the same content, with the same trackers and web seeds; no secret stands in it.
///
/// # Errors
/// The same as of [`write_torrent`].
pub fn magnet_for(
    plan: &CanonicalPlan,
    hashes: &PieceHashes,
    extras: &Extras,
) -> Result<Magnet, PublishError> {
    let mut magnet = Magnet::bare(info_hash_of(&info_octets(plan, hashes)?));
    magnet.name = Some(plan.layout().name.clone());
    magnet.trackers = extras.public_trackers().into_iter().flatten().cloned().collect();
    magnet.web_seeds = web_seeds_of(plan, extras)?.iter().filter_map(|url| Url::parse(url).ok()).collect();
    Ok(magnet)
}

fn web_seeds_of(plan: &CanonicalPlan, extras: &Extras) -> Result<Vec<String>, PublishError> {
    let mut entries = Vec::new();
    for url in extras.web_seeds.iter().filter(|url| !has_secret(url)) {
        let seed = WebSeed::new(url.clone(), plan.layout())?;
        entries.extend(seed.to_url_list_entry().filter(|entry| !entries.contains(entry)));
    }
    Ok(entries)
}

fn entry_of(file: &ContentFile) -> Node<'_> {
    let path = Node::List(file.published.iter().map(|name| Node::text(name.as_str())).collect());
    let mut entry = BTreeMap::from([("length", integer(file.length.0)), ("path", path)]);
    if file.is_padding {
        entry.insert("attr", Node::text("p"));
    }
    Node::Dictionary(entry)
}

fn integer(number: u64) -> Node<'static> {
    Node::Integer(i64::try_from(number).expect("a plan is smaller than 2^62"))
}
