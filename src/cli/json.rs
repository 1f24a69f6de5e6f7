//! The JSON lines of the terminal contract, as types.

use crate::app::jobs::giving::{GivingState, given_size};
use crate::app::jobs::peers::key_of;
use crate::app::jobs::peers_state::PeersState;
use crate::app::jobs::view::{End, FileInPlace, Job, SourceLine, Transfer};
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::{UserMessage, Wished};
use crate::app::{Ratio, Reason};
use crate::domain::integrity::Verdict;
use crate::domain::source::{BytesBySource, SourceKind};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file in its place, with its verdict.
#[derive(Debug, Serialize)]
pub struct FileLine {
    /// Its whole path.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// `verified` and others.
    pub verdict: &'static str,
    /// How it was verified.
    pub method: Option<&'static str>,
    /// Who vouches: `https://host`, `http://host`, `person`, `nobody`.
    pub voucher: Option<String>,
    /// Where the file went that had its name before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_as: Option<String>,
    /// When it was read and verified, where it was not read again now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<String>,
}

impl FileLine {
    /// The line of a file.
    pub fn of(file: &FileInPlace) -> Self {
        let (method, voucher) = method_and_voucher(&file.verdict);
        let verified_at = file.disk.verified_at.map(|time| time.to_string());
        Self {
            path: file.path.clone(),
            bytes: file.length.0,
            verdict: file.verdict.key(),
            method,
            voucher,
            kept_as: file.kept_as.clone(),
            verified_at,
        }
    }
}

/// How it was verified, and who vouches.
pub fn method_and_voucher(verdict: &Verdict) -> (Option<&'static str>, Option<String>) {
    match verdict {
        Verdict::Verified { method, voucher } => (Some(method.key()), Some(voucher.key())),
        _ => (None, None),
    }
}

/// The last line of `get`: `done`, or `failed` with the reason.
#[derive(Debug, Serialize)]
pub struct EndLine {
    event: &'static str,
    files: Vec<FileLine>,
    bytes_wanted: u64,
    bytes_received: u64,
    bytes_by_source: BTreeMap<&'static str, u64>,
    /// Who had given what counts as `disk`, in earlier runs.
    held_before: BTreeMap<&'static str, u64>,
    bytes_wasted: u64,
    bytes_given: u64,
    seconds: f64,
    /// What of the wish was not found.
    lacking: Vec<LackingLine>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceTrouble>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit: Option<u8>,
}

/// A source with what is wrong with it.
#[derive(Debug, Serialize)]
pub struct SourceTrouble {
    source: &'static str,
    label: String,
    reason: &'static str,
    detail: String,
}

impl EndLine {
    /// The line of a job that is over; `error` is its message in the person's language.
    pub fn of(job: &Job, error: Option<String>) -> Self {
        let transfer = &job.transfer;
        let outcome = job.outcome.as_ref();
        let exit = outcome.map(|outcome| outcome.end.exit_code()).filter(|&code| code != 0);
        Self {
            event: if exit.is_none() { "done" } else { "failed" },
            files: job.files.iter().map(FileLine::of).collect(),
            bytes_wanted: job
                .plan
                .as_ref()
                .map_or(transfer.wanted, |plan| plan.wanted_before + plan.wanted)
                .0,
            bytes_received: transfer.received.0,
            bytes_by_source: by_source(&transfer.by_source),
            held_before: by_source(&transfer.live().held_before),
            bytes_wasted: transfer.wasted.0,
            bytes_given: transfer.given.0,
            seconds: outcome.map_or(0.0, |outcome| f64::from(outcome.took_ms) / 1000.0),
            lacking: lacking_of(job),
            sources: troubles_of(job),
            error,
            exit,
        }
    }

    /// One line of several jobs: their figures added up.
    pub fn of_all(jobs: &[Arc<Job>], error: Option<String>) -> Self {
        let mut sum = Self::empty();
        for line in jobs.iter().map(|job| Self::of(job, None)) {
            sum.files.extend(line.files);
            sum.bytes_wanted += line.bytes_wanted;
            sum.bytes_received += line.bytes_received;
            for (total, of_line) in
                [(&mut sum.bytes_by_source, line.bytes_by_source), (&mut sum.held_before, line.held_before)]
            {
                of_line.into_iter().for_each(|(kind, octets)| *total.entry(kind).or_default() += octets);
            }
            sum.bytes_wasted += line.bytes_wasted;
            sum.bytes_given += line.bytes_given;
            sum.seconds += line.seconds;
            sum.lacking.extend(line.lacking);
            sum.sources.extend(line.sources);
            sum.exit = sum.exit.or(line.exit);
        }
        Self { event: if sum.exit.is_none() { "done" } else { "failed" }, error, ..sum }
    }

    /// The same of what failed by something beside its jobs.
    #[must_use]
    pub fn ended_by(self, end: End) -> Self {
        let exit = self.exit.or(Some(end.exit_code()).filter(|&code| code != 0));
        Self { event: if exit.is_none() { "done" } else { "failed" }, exit, ..self }
    }

    fn empty() -> Self {
        Self {
            event: "done",
            files: Vec::new(),
            bytes_wanted: 0,
            bytes_received: 0,
            bytes_by_source: BTreeMap::new(),
            held_before: BTreeMap::new(),
            bytes_wasted: 0,
            bytes_given: 0,
            seconds: 0.0,
            lacking: Vec::new(),
            sources: Vec::new(),
            error: None,
            exit: None,
        }
    }
}

fn by_source(bytes: &BytesBySource) -> BTreeMap<&'static str, u64> {
    SourceKind::ALL.into_iter().map(|kind| (kind.key(), bytes.get(kind).0)).collect()
}

/// What is wrong with each source: as the rows say, and as the message says that ended the job.
fn troubles_of(job: &Job) -> Vec<SourceTrouble> {
    let of_line = |line: &SourceLine| {
        let source = line.kind.key();
        let label = line.label.clone();
        line.troubles.clone().into_iter().map(move |reason| SourceTrouble {
            source,
            label: label.clone(),
            reason: reason.key(),
            detail: reason.to_string(),
        })
    };
    let mut found: Vec<SourceTrouble> = job.transfer.live().sources.iter().flat_map(of_line).collect();
    if let Some(UserMessage::TargetUnreachable { url, reason }) =
        job.outcome.as_ref().and_then(|outcome| outcome.message.as_deref())
    {
        let (label, detail) = (url.clone(), reason.to_string());
        found.push(SourceTrouble { source: "mirror", label, reason: reason.key(), detail });
    }
    found
}

/// One thing that is wished and was not found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct LackingLine {
    /// The option by which it was chosen: `param`, `level`, `lead`, `member`.
    pub what: &'static str,
    /// What was named.
    pub value: String,
}

impl LackingLine {
    /// A line for each.
    pub fn all(lacking: &[Wished]) -> Vec<Self> {
        let line = |wished: &Wished| Self { what: wished.what.key(), value: wished.words.clone() };
        lacking.iter().map(line).collect()
    }
}

/// What the end of a job, and its notes, say to be lacking; of each target of several.
fn lacking_of(job: &Job) -> Vec<LackingLine> {
    let last = job.outcome.as_ref().and_then(|outcome| outcome.message.as_deref());
    let mut all: Vec<LackingLine> = Vec::new();
    for message in
        job.notes.iter().filter(|note| !matches!(note, UserMessage::NothingChosen { .. })).chain(last)
    {
        let lacking = match message {
            UserMessage::Lacking { lacking, .. } | UserMessage::NothingChosen { lacking, .. } => lacking,
            UserMessage::NoSuchLead { wanted, .. } => wanted,
            UserMessage::File(FileMessage::NotYetThere { lacking }) => lacking,
            _ => continue,
        };
        for line in LackingLine::all(lacking) {
            if !all.contains(&line) {
                all.push(line);
            }
        }
    }
    all
}

/// What will be fetched.
#[derive(Debug, Serialize)]
pub struct PlanLine<'a> {
    /// Always `plan`.
    pub event: &'static str,
    /// What the target is called.
    pub name: &'a str,
    /// Octets of the files or fields that were asked for.
    pub bytes_wanted: u64,
    /// Octets that will be transferred for them.
    pub bytes_to_transfer: u64,
    /// Octets read to find out.
    pub bytes_of_index: u64,
    /// By which road.
    pub road: &'static str,
    /// Octets by each road that is open.
    pub bytes_by_road: BTreeMap<&'static str, u64>,
    /// Fields, for a slice.
    pub fields: Option<usize>,
    /// What of the wish was not found in what is planned so far.
    pub lacking: Vec<LackingLine>,
}

/// How far it is.
#[derive(Debug, Serialize)]
pub struct ProgressLine {
    /// Always `progress`.
    pub event: &'static str,
    /// Octets to hold.
    pub bytes_wanted: u64,
    /// Octets missing.
    pub bytes_missing: u64,
    /// Octets that came over the network.
    pub bytes_received: u64,
    /// Octets a second from peers.
    pub peer_rate: u64,
    /// Octets a second by HTTP.
    pub http_rate: u64,
    /// Peers with whom data may be exchanged.
    pub peers: usize,
    /// Octets given to peers.
    pub bytes_given: u64,
    /// Octets a second given to peers.
    pub given_rate: u64,
}

/// Everything is in its place and is given to peers: until when.
#[derive(Debug, Serialize)]
pub struct GivingLine {
    event: &'static str,
    /// When it ends at the latest.
    until: String,
    /// Which multiple of its size ends it sooner.
    ratio: Option<f64>,
    /// How many times its size was given so far.
    given_ratio: f64,
    bytes_given: u64,
    /// Octets that peers can get: what the ratio is of.
    bytes_offered: u64,
}

impl GivingLine {
    /// The line of a transfer that gives.
    pub fn of(giving: &GivingState, transfer: &Transfer) -> Self {
        Self {
            event: "giving",
            until: giving.until.to_string(),
            ratio: giving.ratio.map(Ratio::multiple),
            given_ratio: (GivingState::given_of_size(transfer) * 1000.0).round() / 1000.0,
            bytes_given: transfer.given.0,
            bytes_offered: given_size(transfer).0,
        }
    }
}

/// The peers of a transfer, when one came, went or changed its mind.
#[derive(Debug, Serialize)]
pub struct PeersLine<'a> {
    event: &'static str,
    /// Why nothing comes from them, or that some are asked.
    state: &'static str,
    peers: Vec<PeerLine<'a>>,
}

/// One peer.
#[derive(Debug, Serialize)]
struct PeerLine<'a> {
    address: &'a str,
    client: Option<&'a str>,
    connected: bool,
    rate_in: u64,
    rate_out: u64,
    bytes_received: u64,
    bytes_given: u64,
    /// The share of the content that it holds, 0 to 1.
    holds: f64,
    to_us: &'static str,
    from_us: &'static str,
    near: bool,
    round_trip_ms: Option<f64>,
    found_by: &'static str,
    /// Why it failed, or was given up.
    reasons: Vec<&'static str>,
}

impl<'a> PeersLine<'a> {
    /// The line of the peers among `lines`.
    pub fn of(lines: &'a [SourceLine]) -> Self {
        let peer_of = |line: &'a SourceLine| {
            let peer = line.peer.as_deref()?;
            Some(PeerLine {
                address: &peer.address,
                client: peer.client.as_deref(),
                connected: peer.is_live,
                rate_in: line.rate,
                rate_out: peer.rate_out,
                bytes_received: line.gave.0,
                bytes_given: peer.given.0,
                holds: f64::from(peer.holds) / 1000.0,
                to_us: peer.to_us.key(),
                from_us: peer.from_us.key(),
                near: peer.is_near,
                round_trip_ms: peer.round_trip.map(|trip| (trip.as_secs_f64() * 10_000.0).round() / 10.0),
                found_by: key_of(peer.named_by),
                reasons: line.troubles.iter().map(Reason::key).collect(),
            })
        };
        Self {
            event: "peers",
            state: PeersState::of(lines).key(),
            peers: lines.iter().filter_map(peer_of).collect(),
        }
    }
}

/// A file in its place, as it happens.
#[derive(Debug, Serialize)]
pub struct FileEvent {
    /// Always `file`.
    pub event: &'static str,
    /// The file.
    #[serde(flatten)]
    pub file: FileLine,
}

/// Something worth a line.
#[derive(Debug, Serialize)]
pub struct NoteLine {
    /// `note` or `error`.
    pub event: &'static str,
    /// In the person's language.
    pub message: String,
}
