//! A magnet link: the name of a swarm, and where to begin (BEP 9, 53; `ws` of BEP 19).
//!
//! In: text from a browser, a command line or a catalogue. Out: [`Magnet`], bounded; or a [`MagnetError`].
//! Contacts nobody and resolves no name. Start reading at [`Magnet::parse`].

mod peer;

pub use peer::MagnetPeer;

use super::tracker::TrackerUrl;
use crate::domain::outside_text::{redacted, show};
use crate::domain::torrent::InfoHash;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt;
use url::Url;

/// Longest link that is read, in octets: room for 100 trackers and web seeds of usual length.
const LONGEST_MAGNET: usize = 64 << 10;

/// Most trackers, web seeds, torrents and peers that are kept, of each.
const MOST_OF_A_KIND: usize = 100;

/// Longest URL in it, in octets.
const LONGEST_URL: usize = 8 << 10;

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 255;

/// What stands in a value as it is; `:` and `/` are harmless in a query and easier to read unencoded.
const VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':').remove(b'/');

/// A link to the content of a torrent.
#[derive(Clone, PartialEq, Eq)]
pub struct Magnet {
    /// The swarm.
    pub info_hash: InfoHash,
    /// What its maker calls it (`dn`), at most 255 characters; to be shown only by `outside_text::show`.
    pub name: Option<String>,
    /// Trackers (`tr`), each once. Every `tr` is a tier of its own.
    pub trackers: Vec<TrackerUrl>,
    /// Web seeds (`ws`), http or https, each once; what they serve is known once the metadata is.
    pub web_seeds: Vec<Url>,
    /// URLs of the whole .torrent (`xs`), http or https, each once.
    pub torrents: Vec<Url>,
    /// Peers to begin with (`x.pe`), each once.
    pub peers: Vec<MagnetPeer>,
    /// The files that are meant (`so`, BEP 53): first and last number, both ends taken. Empty when all are.
    pub files: Vec<(u32, u32)>,
    /// How many values were left out: unreadable, of a kind that is not used, or beyond the hundredth.
    pub ignored: usize,
}

/// Why a text is no magnet link that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MagnetError {
    /// Another scheme, or none.
    #[error("not a magnet link")]
    NotAMagnet,
    /// Longer than 64 KiB.
    #[error("magnet link of {octets} octets, more than {LONGEST_MAGNET}")]
    TooLong {
        /// Its length.
        octets: usize,
    },
    /// No `xt` with `urn:btih:`.
    #[error("no info-hash")]
    NoInfoHash,
    /// An info-hash that is neither 40 hexadecimal digits nor 32 letters of base 32.
    #[error("not an info-hash: {shown}")]
    BadInfoHash {
        /// What was written, fit to be shown.
        shown: String,
    },
    /// Two different info-hashes, so that two readers could take different contents.
    #[error("two info-hashes")]
    TwoInfoHashes,
    /// Only version 2 of the protocol (`urn:btmh:`, BEP 52).
    #[error("magnet link of version 2 only; one of version 1, or of both, is needed")]
    VersionTwoOnly,
}

impl MagnetError {
    /// The name in JSON; stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAMagnet => "not_a_magnet",
            Self::TooLong { .. } => "too_long",
            Self::NoInfoHash => "no_info_hash",
            Self::BadInfoHash { .. } => "bad_info_hash",
            Self::TwoInfoHashes => "two_info_hashes",
            Self::VersionTwoOnly => "version_2_only",
        }
    }
}

impl Magnet {
    /// Whether `text` is meant as a magnet link, sound or not.
    pub fn is_meant_by(text: &str) -> bool {
        parameters_of(text).is_some()
    }

    /// Reads `magnet:?xt=urn:btih:…`. Numbered keys (`tr.1`) count as the plain ones.
    ///
    /// # Errors
    /// [`MagnetError`] when no single info-hash of version 1 can be read. What else cannot be used is left out and counted.
    pub fn parse(text: &str) -> Result<Self, MagnetError> {
        let text = text.trim();
        if text.len() > LONGEST_MAGNET {
            return Err(MagnetError::TooLong { octets: text.len() });
        }
        let parameters = parameters_of(text).ok_or(MagnetError::NotAMagnet)?;
        let mut magnet = Self::bare(info_hash_of(parameters)?);
        for (key, value) in pairs(parameters) {
            magnet.take(key, &value);
        }
        Ok(magnet)
    }

    /// A link with nothing but its swarm.
    pub fn bare(info_hash: InfoHash) -> Self {
        Self {
            info_hash,
            name: None,
            trackers: Vec::new(),
            web_seeds: Vec::new(),
            torrents: Vec::new(),
            peers: Vec::new(),
            files: Vec::new(),
            ignored: 0,
        }
    }

    fn take(&mut self, key: &str, value: &str) {
        let was_taken = match key {
            "xt" => true,
            "dn" => self.take_name(value),
            "tr" => TrackerUrl::parse(value).is_ok_and(|tracker| add(&mut self.trackers, tracker)),
            "ws" => web_url(value).is_some_and(|url| add(&mut self.web_seeds, url)),
            "xs" => web_url(value).is_some_and(|url| add(&mut self.torrents, url)),
            "x.pe" => MagnetPeer::parse(value).is_some_and(|peer| add(&mut self.peers, peer)),
            "so" => files_of(value).is_some_and(|files| self.take_files(files)),
            _ => false,
        };
        self.ignored += usize::from(!was_taken);
    }

    fn take_name(&mut self, value: &str) -> bool {
        let is_first = self.name.is_none();
        if is_first && !value.is_empty() {
            self.name = Some(value.chars().take(LONGEST_NAME).collect());
        }
        is_first
    }

    fn take_files(&mut self, files: Vec<(u32, u32)>) -> bool {
        let fits = self.files.len() + files.len() <= MOST_OF_A_KIND;
        if fits {
            self.files.extend(files);
        }
        fits
    }

    /// Whether file number `file` of the torrent, from 0 and padding counted, is among those that are meant.
    pub fn means_file(&self, file: u32) -> bool {
        self.files.is_empty() || self.files.iter().any(|&(first, last)| (first..=last).contains(&file))
    }

    /// The link without its secrets: fit to be shown, logged and passed on. Trackers and web seeds with secrets have `***`.
    pub fn to_uri(&self) -> String {
        let encoded = |value: &str| utf8_percent_encode(value, VALUE).to_string();
        let mut uri = format!("magnet:?xt=urn:btih:{}", self.info_hash.hex());
        let mut push = |key: &str, value: &str| uri.push_str(&format!("&{key}={}", encoded(value)));
        if let Some(name) = &self.name {
            push("dn", name);
        }
        self.trackers.iter().for_each(|tracker| push("tr", tracker.redacted().as_str()));
        self.web_seeds.iter().for_each(|url| push("ws", redacted(url).as_str()));
        self.torrents.iter().for_each(|url| push("xs", redacted(url).as_str()));
        self.peers.iter().for_each(|peer| push("x.pe", &peer.to_string()));
        if !self.files.is_empty() {
            let spans = self.files.iter().map(|&(first, last)| {
                if first == last { first.to_string() } else { format!("{first}-{last}") }
            });
            // Commas stay as they are: clients split before they decode.
            uri.push_str(&format!("&so={}", spans.collect::<Vec<_>>().join(",")));
        }
        uri
    }
}

impl fmt::Debug for Magnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_uri())
    }
}

/// What follows `magnet:?`.
fn parameters_of(text: &str) -> Option<&str> {
    let (scheme, rest) = text.trim().split_once(':')?;
    let rest = scheme.eq_ignore_ascii_case("magnet").then_some(rest)?;
    rest.strip_prefix("//").unwrap_or(rest).trim_start_matches('/').strip_prefix('?')
}

/// Keys without their numbers, and decoded values. In a name `+` is a space, as forms write it; in a URL it is itself.
fn pairs(parameters: &str) -> impl Iterator<Item = (&str, String)> {
    // Pages that paste a link into HTML leave `&amp;` in it.
    parameters.split('&').map(|pair| pair.strip_prefix("amp;").unwrap_or(pair)).filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let key = key.rsplit_once('.').filter(|(_, number)| is_number(number)).map_or(key, |(key, _)| key);
        let value = if key == "dn" { value.replace('+', " ") } else { value.to_owned() };
        Some((key, percent_decode_str(&value).decode_utf8_lossy().into_owned()))
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn info_hash_of(parameters: &str) -> Result<InfoHash, MagnetError> {
    let mut found = None;
    let mut has_version_two = false;
    for (_, topic) in pairs(parameters).filter(|(key, _)| *key == "xt") {
        let topic = topic.trim();
        if let Some(hash) = after_prefix(topic, "urn:btih:") {
            let hash = InfoHash::parse(hash).ok_or_else(|| MagnetError::BadInfoHash { shown: show(hash) })?;
            if found.is_some_and(|found| found != hash) {
                return Err(MagnetError::TwoInfoHashes);
            }
            found = Some(hash);
        }
        has_version_two |= after_prefix(topic, "urn:btmh:").is_some();
    }
    let missing = if has_version_two { MagnetError::VersionTwoOnly } else { MagnetError::NoInfoHash };
    found.ok_or(missing)
}

fn after_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Adds what is not there yet; `false` when there are a hundred already.
fn add<T: PartialEq>(kept: &mut Vec<T>, new: T) -> bool {
    if kept.contains(&new) {
        return true;
    }
    let fits = kept.len() < MOST_OF_A_KIND;
    if fits {
        kept.push(new);
    }
    fits
}

fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok().filter(|_| text.len() <= LONGEST_URL)?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// `0,2,4-7`: numbers and spans with both ends.
fn files_of(text: &str) -> Option<Vec<(u32, u32)>> {
    let number = |text: &str| is_number(text).then(|| text.parse().ok()).flatten();
    let spans = text.split(',').take(MOST_OF_A_KIND + 1).map(|span| {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last)
    });
    spans.collect()
}

#[cfg(test)]
mod tests;
