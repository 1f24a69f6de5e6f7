//! Everything a front end can show of jobs.

use super::request::{GetRequest, JobId};
use super::user_message::UserMessage;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::transfer::reason::Reason;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The state of the program.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Every job of this process.
    pub jobs: BTreeMap<JobId, Arc<Job>>,
    /// The number of the next job.
    pub next_job: u32,
    /// Counts changes, so that front ends see whether anything is new.
    pub version: u64,
}

/// A job: one target, from the wish to the end.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its name.
    pub id: JobId,
    /// What was asked.
    pub request: GetRequest,
    /// What it is called: the target as written, until its own name is known.
    pub name: String,
    /// Where it stands.
    pub phase: Phase,
    /// What will be fetched, and why so.
    pub plan: Option<PlanSummary>,
    /// How far it is.
    pub transfer: Transfer,
    /// Files in their place.
    pub files: Vec<FileInPlace>,
    /// What was worth a line.
    pub notes: Vec<UserMessage>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Finding out what the target is and what of it is wanted.
    Resolving,
    /// Receiving.
    Receiving,
    /// Done, and still giving to peers.
    Giving,
    /// Over.
    Ended,
}

/// What will be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanSummary {
    /// Octets of the files or fields that were asked for.
    pub wanted: ByteCount,
    /// Octets that will be transferred for them.
    pub to_transfer: ByteCount,
    /// By which road, and why by this one.
    pub road: Road,
    /// Fields, for a slice.
    pub fields: Option<usize>,
    /// Octets that were read to find out where the fields lie.
    pub index_octets: ByteCount,
}

/// By which road octets are fetched, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// Whole files.
    WholeFiles,
    /// Whole pieces, because only they can be proven.
    Pieces,
    /// Exact ranges by HTTP, proven by the digests of an index.
    ProvenRanges,
    /// Exact ranges by HTTP, of which nobody published digests.
    Ranges,
    /// The whole file, because nothing says where its fields lie.
    NoIndex,
    /// Nothing: it lies on the disk already.
    OnDisk,
}

impl Road {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::WholeFiles => "whole_files",
            Self::Pieces => "pieces",
            Self::ProvenRanges => "proven_ranges",
            Self::Ranges => "ranges",
            Self::NoIndex => "no_index",
            Self::OnDisk => "on_disk",
        }
    }
}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Octets to hold.
    pub wanted: ByteCount,
    /// Octets missing still.
    pub missing: ByteCount,
    /// Octets that came over the network, useful or not.
    pub received: ByteCount,
    /// Who gave what; what was held before counts as disk.
    pub by_source: BytesBySource,
    /// Who had given what counts as disk, as far as it is remembered.
    pub held_before: BytesBySource,
    /// Octets received in vain.
    pub wasted: ByteCount,
    /// Octets given to peers.
    pub given: ByteCount,
    /// Octets per second from peers.
    pub peer_rate: u64,
    /// Octets per second by HTTP.
    pub http_rate: u64,
    /// Peers with whom data may be exchanged now.
    pub peers_live: usize,
    /// One row a source.
    pub sources: Vec<SourceLine>,
}

/// One source, for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// What it is.
    pub kind: LineKind,
    /// Its URL without secrets, or its address.
    pub label: String,
    /// Octets it gave of what was wanted; for a peer, octets on the wire.
    pub gave: ByteCount,
    /// Octets it sent in vain.
    pub wasted: ByteCount,
    /// Why it gives nothing.
    pub troubles: Vec<Reason>,
}

/// What a line of the sources table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// A source of the ledger.
    Source(SourceKind),
    /// One peer of the swarm.
    Peer,
    /// One tracker.
    Tracker,
}

impl LineKind {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Source(kind) => kind.key(),
            Self::Peer => "peer",
            Self::Tracker => "tracker",
        }
    }
}

/// A file in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInPlace {
    /// Its whole path.
    pub path: String,
    /// Its length.
    pub length: ByteCount,
    /// What is known of its integrity.
    pub verdict: Verdict,
    /// Where a different file of that name was moved to.
    pub kept_as: Option<String>,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How.
    pub end: End,
    /// How long it took.
    pub took: Duration,
    /// What is said to the person; nothing when all went well.
    pub message: Option<UserMessage>,
}

/// The ways a job can end; each has an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything that was asked for is in place.
    Done,
    /// The request cannot be meant so.
    Usage,
    /// No source could serve it.
    NoSource,
    /// Bytes came and were found wrong.
    NotProven,
    /// The folder: full, gone, not allowed, in use.
    Disk,
    /// The target is not sound.
    Unsound,
    /// Not published yet.
    NotYet,
    /// It was told to stop.
    Interrupted,
}

impl End {
    /// The exit code of the terminal contract.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Usage => 2,
            Self::NoSource => 3,
            Self::NotProven => 4,
            Self::Disk => 5,
            Self::Unsound => 6,
            Self::NotYet => 7,
            Self::Interrupted => 130,
        }
    }

    /// The end that says most when several jobs ran: the gravest.
    pub fn gravest(ends: impl IntoIterator<Item = Self>) -> Self {
        const BY_GRAVITY: [End; 8] = [
            End::Interrupted,
            End::Disk,
            End::NotProven,
            End::NoSource,
            End::Unsound,
            End::NotYet,
            End::Usage,
            End::Done,
        ];
        let ends: Vec<Self> = ends.into_iter().collect();
        BY_GRAVITY.into_iter().find(|end| ends.contains(end)).unwrap_or(Self::Done)
    }
}
