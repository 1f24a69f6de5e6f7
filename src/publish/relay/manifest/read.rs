//! Reads the manifest of a relay, and names the line and the member that is wrong.
//!
//! In: octets from a stranger. Out: a [`Manifest`] that would be written just so, or [`ManifestError`]. Every line is read into
//! parts, written again and compared: so there is one text for one meaning, and the digest of the text is that of the meaning.

use super::{
    FORMAT, FileLine, HeadLine, Manifest, ManifestFile, ManifestHead, RelayBase, RelayKey, SourceFacts,
    VERSION, WithdrawnFile, WithdrawnLine,
};
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::WithdrawalReason;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;
use url::Url;

/// Longest manifest that is read, in octets.
pub const LONGEST: usize = 128 << 20;

/// Longest line, in octets.
const LONGEST_LINE: usize = 16 << 10;

/// Most lines.
const MOST_LINES: usize = 200_000;

/// Most members of a line: more than any line has.
const MOST_MEMBERS: usize = 32;

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemberFault {
    /// No text.
    #[error("not text")]
    NotText,
    /// No whole number, or one below zero.
    #[error("not a whole number")]
    NotANumber,
    /// No time of RFC 3339.
    #[error("not a time")]
    NotATime,
    /// No address of http or https.
    #[error("not an address of http or https")]
    NotAnAddress,
    /// No hexadecimal digits.
    #[error("not hexadecimal digits")]
    NotHex,
    /// A digest of a wrong length.
    #[error("{found} octets instead of {expected}")]
    WrongLength {
        /// How many octets it has.
        found: usize,
        /// How many a digest of its kind has.
        expected: usize,
    },
    /// None of the words that may stand there.
    #[error("a word that is not known")]
    OtherWord,
    /// Not empty where it must be, or empty where it must not.
    #[error("must be there from the second manifest on, and only then")]
    OutOfPlace,
}

/// How many lines of each kind a manifest has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineCounts {
    /// Lines of files.
    pub files: u64,
    /// Lines of withdrawn files.
    pub withdrawn: u64,
}

impl fmt::Display for LineCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines of files and {} of withdrawn ones", self.files, self.withdrawn)
    }
}

/// Why octets are no manifest; lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// More than 128 MiB, or more than 200,000 lines.
    #[error("too long for a manifest")]
    TooLong,
    /// A line of more than 16 KiB.
    #[error("line {line} is longer than 16 KiB")]
    LineTooLong {
        /// Which.
        line: usize,
    },
    /// No line end at the end: it was cut off.
    #[error("cut off: no line end at the end")]
    CutOff,
    /// The first line names no form, or another one.
    #[error("not a manifest of a relay")]
    OtherFormat,
    /// A version that is not read here.
    #[error("version {found} of the form, not 1")]
    OtherVersion {
        /// Which.
        found: u64,
    },
    /// No JSON object.
    #[error("line {line} is no JSON object")]
    NotAnObject {
        /// Which.
        line: usize,
    },
    /// A member that comes twice.
    #[error("line {line} has {member} twice")]
    MemberTwice {
        /// Which line.
        line: usize,
        /// Which member.
        member: String,
    },
    /// A member that is not there.
    #[error("line {line} lacks {member}")]
    Missing {
        /// Which line.
        line: usize,
        /// Which member.
        member: &'static str,
    },
    /// A member that the form does not have.
    #[error("line {line} has {member}, which is not known")]
    Unknown {
        /// Which line.
        line: usize,
        /// Which member.
        member: String,
    },
    /// A member with something else in it.
    #[error("line {line}: {member} is {why}")]
    Unfit {
        /// Which line.
        line: usize,
        /// Which member.
        member: &'static str,
        /// What is wrong with it.
        why: MemberFault,
    },
    /// Right, but written in another way: order of members, blanks, other digits.
    #[error("line {line} is not in canonical form")]
    NotCanonical {
        /// Which.
        line: usize,
    },
    /// A file that was in the line before already.
    #[error("line {line} tells of a file a second time")]
    FileTwice {
        /// Which.
        line: usize,
    },
    /// A file that belongs before the line before.
    #[error("line {line} is out of order")]
    OutOfOrder {
        /// Which.
        line: usize,
    },
    /// More or fewer lines than the first one says.
    #[error("{found} instead of {told}")]
    OtherCount {
        /// How many there are.
        found: LineCounts,
        /// How many the first line announces.
        told: LineCounts,
    },
}

/// Reads a manifest.
///
/// # Errors
/// [`ManifestError`] for the first thing that is wrong.
pub fn read_manifest(octets: &[u8]) -> Result<Manifest, ManifestError> {
    if octets.len() > LONGEST {
        return Err(ManifestError::TooLong);
    }
    let body = octets.strip_suffix(b"\n").ok_or(ManifestError::CutOff)?;
    let mut lines = body.split(|octet| *octet == b'\n').zip(1..);
    let (first, number) = lines.next().ok_or(ManifestError::OtherFormat)?;
    let (head, told) = read_head(first, number)?;
    let mut manifest = Manifest { head, files: Vec::new(), withdrawn: Vec::new() };
    for (text, number) in lines {
        if number > MOST_LINES {
            return Err(ManifestError::TooLong);
        }
        read_line(text, number, &mut manifest)?;
    }
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let found = LineCounts { files: count(manifest.files.len()), withdrawn: count(manifest.withdrawn.len()) };
    if found != told {
        return Err(ManifestError::OtherCount { found, told });
    }
    // Compared last, since it holds the counts.
    is_canonical(first, &HeadLine::from(&manifest), number)?;
    Ok(manifest)
}

fn read_head(text: &[u8], number: usize) -> Result<(ManifestHead, LineCounts), ManifestError> {
    let mut line = Line::read(text, number).map_err(|error| match error {
        ManifestError::NotAnObject { .. } => ManifestError::OtherFormat,
        other => other,
    })?;
    if line.first() != Some("format") || line.text("format")? != FORMAT {
        return Err(ManifestError::OtherFormat);
    }
    match line.number("version")? {
        VERSION => {}
        found => return Err(ManifestError::OtherVersion { found }),
    }
    let relay = line.address("relay")?;
    let relay = RelayBase::new(relay).ok_or_else(|| line.unfit("relay", MemberFault::NotAnAddress))?;
    let sequence = line.number("sequence")?;
    let time = line.time("time")?;
    let previous = line.optional("previous", |line, name| line.digest(name, DigestAlgorithm::Sha256))?;
    if sequence == 0 {
        return Err(line.unfit("sequence", MemberFault::NotANumber));
    }
    if (sequence == 1) != previous.is_none() {
        return Err(line.unfit("previous", MemberFault::OutOfPlace));
    }
    let told = LineCounts { files: line.number("files")?, withdrawn: line.number("withdrawn")? };
    line.finish()?;
    Ok((ManifestHead { relay, sequence, time, previous }, told))
}

/// Adds a line to what was read before it.
fn read_line(text: &[u8], number: usize, manifest: &mut Manifest) -> Result<(), ManifestError> {
    let line = Line::read(text, number)?;
    if line.first() == Some("withdrawn") {
        let file = read_withdrawn(line)?;
        is_canonical(text, &WithdrawnLine::from(&file), number)?;
        let last = manifest.withdrawn.last().map(|last| (&last.key, last.info_hash));
        follows(last, (&file.key, file.info_hash), number)?;
        manifest.withdrawn.push(file);
        return Ok(());
    }
    let file = read_file(line)?;
    is_canonical(text, &FileLine::from(&file), number)?;
    if !manifest.withdrawn.is_empty() {
        return Err(ManifestError::OutOfOrder { line: number });
    }
    follows(manifest.files.last().map(|last| &last.key), &file.key, number)?;
    manifest.files.push(file);
    Ok(())
}

fn read_file(mut line: Line) -> Result<ManifestFile, ManifestError> {
    let key = line.key()?;
    let source = SourceFacts {
        address: line.address("url")?,
        length: line.number("length")?,
        etag: line.optional("etag", Line::text)?,
        modified: line.optional("last_modified", Line::time)?,
    };
    let file = ManifestFile {
        key,
        source,
        fetched: line.time("fetched")?,
        sha256: line.digest("sha256", DigestAlgorithm::Sha256)?,
        sha512: line.digest("sha512", DigestAlgorithm::Sha512)?,
        info_hash: line.info_hash("btih")?,
        index_sha256: line
            .optional("index_sha256", |line, name| line.digest(name, DigestAlgorithm::Sha256))?,
        expires: line.time("expires")?,
        replaces: line.optional("replaces", Line::info_hash)?,
    };
    line.finish()?;
    Ok(file)
}

fn read_withdrawn(mut line: Line) -> Result<WithdrawnFile, ManifestError> {
    let why = line.text("withdrawn")?;
    let why =
        WithdrawalReason::from_key(&why).ok_or_else(|| line.unfit("withdrawn", MemberFault::OtherWord))?;
    let file = WithdrawnFile {
        key: line.key()?,
        info_hash: line.info_hash("btih")?,
        since: line.time("since")?,
        why,
    };
    line.finish()?;
    Ok(file)
}

fn follows<T: Ord>(last: Option<T>, now: T, line: usize) -> Result<(), ManifestError> {
    match last.map(|last| last.cmp(&now)) {
        None | Some(std::cmp::Ordering::Less) => Ok(()),
        Some(std::cmp::Ordering::Equal) => Err(ManifestError::FileTwice { line }),
        Some(std::cmp::Ordering::Greater) => Err(ManifestError::OutOfOrder { line }),
    }
}

fn is_canonical(text: &[u8], meant: &impl Serialize, line: usize) -> Result<(), ManifestError> {
    match serde_json::to_vec(meant) {
        Ok(written) if written == text => Ok(()),
        _ => Err(ManifestError::NotCanonical { line }),
    }
}

/// The members of a line that were not taken yet.
struct Line {
    number: usize,
    members: Vec<(String, Value)>,
}

impl Line {
    fn read(text: &[u8], number: usize) -> Result<Self, ManifestError> {
        if text.len() > LONGEST_LINE {
            return Err(ManifestError::LineTooLong { line: number });
        }
        let read = serde_json::from_slice::<Members>(text);
        let Members(members) = read.map_err(|_| ManifestError::NotAnObject { line: number })?;
        for (at, (name, _)) in members.iter().enumerate() {
            if members[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(ManifestError::MemberTwice { line: number, member: name.clone() });
            }
        }
        Ok(Self { number, members })
    }

    fn first(&self) -> Option<&str> {
        self.members.first().map(|(name, _)| name.as_str())
    }

    fn unfit(&self, member: &'static str, why: MemberFault) -> ManifestError {
        ManifestError::Unfit { line: self.number, member, why }
    }

    fn take(&mut self, member: &'static str) -> Result<Value, ManifestError> {
        let at = self.members.iter().position(|(name, _)| name == member);
        let at = at.ok_or(ManifestError::Missing { line: self.number, member })?;
        Ok(self.members.remove(at).1)
    }

    fn text(&mut self, member: &'static str) -> Result<String, ManifestError> {
        match self.take(member)? {
            Value::String(text) => Ok(text),
            _ => Err(self.unfit(member, MemberFault::NotText)),
        }
    }

    fn number(&mut self, member: &'static str) -> Result<u64, ManifestError> {
        self.take(member)?.as_u64().ok_or_else(|| self.unfit(member, MemberFault::NotANumber))
    }

    fn time(&mut self, member: &'static str) -> Result<UtcTime, ManifestError> {
        let text = self.text(member)?;
        UtcTime::parse_rfc3339(&text).ok_or_else(|| self.unfit(member, MemberFault::NotATime))
    }

    fn address(&mut self, member: &'static str) -> Result<Url, ManifestError> {
        let url = Url::parse(&self.text(member)?).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| self.unfit(member, MemberFault::NotAnAddress))
    }

    fn octets(&mut self, member: &'static str, expected: usize) -> Result<Vec<u8>, ManifestError> {
        let text = self.text(member)?;
        let octets = octets_of_hex(&text).ok_or_else(|| self.unfit(member, MemberFault::NotHex))?;
        match octets.len() {
            found if found == expected => Ok(octets),
            found => Err(self.unfit(member, MemberFault::WrongLength { found, expected })),
        }
    }

    fn digest(&mut self, member: &'static str, algorithm: DigestAlgorithm) -> Result<Digest, ManifestError> {
        let octets = self.octets(member, algorithm.octets())?;
        Digest::new(algorithm, &octets).ok_or_else(|| self.unfit(member, MemberFault::NotHex))
    }

    fn info_hash(&mut self, member: &'static str) -> Result<InfoHash, ManifestError> {
        let octets = self.octets(member, 20)?;
        octets.try_into().map(InfoHash).map_err(|_| self.unfit(member, MemberFault::NotHex))
    }

    /// What `read` makes of a member. `None` when it is null; it is never left out.
    fn optional<T>(
        &mut self,
        member: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Result<T, ManifestError>,
    ) -> Result<Option<T>, ManifestError> {
        let is_null = self.members.iter().any(|(name, value)| name == member && value.is_null());
        if is_null { self.take(member).map(|_| None) } else { read(self, member).map(Some) }
    }

    fn key(&mut self) -> Result<RelayKey, ManifestError> {
        Ok(RelayKey {
            dataset: self.text("dataset")?,
            run: self.optional("run", Self::time)?,
            name: self.text("name")?,
        })
    }

    fn finish(mut self) -> Result<(), ManifestError> {
        match self.members.pop() {
            None => Ok(()),
            Some((member, _)) => Err(ManifestError::Unknown { line: self.number, member }),
        }
    }
}

/// The members of a JSON object in their order, also those that come twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with a few members")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                    if members.len() > MOST_MEMBERS {
                        return Err(serde::de::Error::custom("more members than a line has"));
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
