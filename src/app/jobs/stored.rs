//! A job as rows of the window's database hold it: small texts of JSON, read back with care.
//!
//! In: a [`Job`]. Out: [`StoredJob`], and the job again; `None` where what was stored makes no sense. A job that was
//! under way comes back as one that waits for its turn.

#[cfg(test)]
mod tests;

use crate::app::Policy;
use crate::app::catalog::asked::RunWish;
use crate::app::catalog::hours::DatasetId;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::{
    CompressedFiles, GetRequest, GivingPlan, Intent, JobId, Partial, Products, Provenance, Split,
    TransferLimits, Trust,
};
use crate::app::jobs::view::{
    DiskState, End, FileInPlace, Job, JobOrigin, Live, OnDisk, Outcome, Phase, Subject, Transfer,
};
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::{Digest, DigestAlgorithm, Method, Verdict, Voucher};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::Stamp;
use crate::domain::selection::Selection;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::domain::utc::UtcTime;
use crate::transfer::giving::{GiveUntil, USUAL_GIVING};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The texts of one row.
#[derive(Debug)]
pub(crate) struct StoredJob {
    pub(crate) phase: String,
    pub(crate) request: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) figures: String,
    pub(crate) verdict: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) giving: Option<String>,
}

/// What many jobs have in common, kept once.
#[derive(Debug, Default)]
pub(crate) struct SharedFacts {
    words: HashSet<Arc<str>>,
    verdicts: HashMap<String, Arc<Verdict>>,
}

impl SharedFacts {
    fn word(&mut self, word: String) -> Arc<str> {
        if let Some(known) = self.words.get(word.as_str()) {
            return known.clone();
        }
        let word: Arc<str> = word.into();
        self.words.insert(word.clone());
        word
    }

    fn verdict(&mut self, text: String) -> Option<Arc<Verdict>> {
        if let Some(known) = self.verdicts.get(&text) {
            return Some(known.clone());
        }
        let verdict = Arc::new(verdict_of(serde_json::from_str(&text).ok()?)?);
        self.verdicts.insert(text, verdict.clone());
        Some(verdict)
    }
}

impl StoredJob {
    pub(crate) fn of(job: &Job) -> Self {
        Self {
            phase: phase_key(job.phase).to_owned(),
            request: job.request.as_deref().map(|request| json(&StoredRequest::of(request))),
            subject: job.subject.as_deref().map(|subject| json(&StoredSubject::of(subject))),
            figures: json(&figures_of(&job.transfer)),
            verdict: job.verdict.as_deref().map(|verdict| json(&StoredVerdict::of(verdict))),
            outcome: job.outcome.as_ref().map(|outcome| json(&StoredOutcome::of(outcome))),
            giving: job.giving.as_deref().map(json),
        }
    }

    /// The job again. What ended well leaves its request in the store: there may be 200,000 of them.
    pub(crate) fn job(
        self,
        (id, is_removed): (JobId, bool),
        (name, added): (Box<str>, i64),
        shared: &mut SharedFacts,
    ) -> Option<Job> {
        let mut outcome =
            self.outcome.and_then(|text| serde_json::from_str::<StoredOutcome>(&text).ok()?.outcome());
        let giving: Option<Box<GivingState>> = self.giving.and_then(|text| serde_json::from_str(&text).ok());
        let phase = match self.phase.as_str() {
            "paused" => Phase::Paused,
            "giving" if giving.is_some() && self.request.is_some() => Phase::Giving,
            "giving" => {
                outcome = Some(Outcome { end: End::Done, took_ms: 0, message: None });
                Phase::Ended
            }
            "ended" => {
                outcome.as_ref()?;
                Phase::Ended
            }
            _ => Phase::Queued,
        };
        let outcome = outcome.filter(|_| phase == Phase::Ended);
        // What was announced was never asked for.
        let origin = if self.request.is_none() { JobOrigin::Announcement } else { JobOrigin::Wish };
        let is_done = outcome.as_ref().is_some_and(|outcome| outcome.end == End::Done);
        let request = if is_done {
            None
        } else {
            let stored: StoredRequest = serde_json::from_str(&self.request?).ok()?;
            Some(Arc::new(stored.request()?))
        };
        let subject = self.subject.and_then(|text| {
            serde_json::from_str::<StoredSubject>(&text).ok().map(|stored| Arc::new(stored.subject(shared)))
        });
        Some(Job {
            id,
            phase,
            is_removed,
            request,
            name,
            subject,
            plan: None,
            transfer: transfer_of(&serde_json::from_str::<Vec<u64>>(&self.figures).ok()?),
            files: Vec::new(),
            verdict: self.verdict.and_then(|text| shared.verdict(text)),
            notes: Vec::new(),
            outcome,
            added: UtcTime::from_unix_seconds(added)?,
            origin,
            held_up: None,
            disk: DiskState::Unknown.into(),
            giving: giving.filter(|_| phase == Phase::Giving),
        })
    }
}

/// The request that a text stands for. `None` when it makes no sense.
pub(crate) fn request_of(text: &str) -> Option<GetRequest> {
    serde_json::from_str::<StoredRequest>(text).ok()?.request()
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain values are JSON")
}

const fn phase_key(phase: Phase) -> &'static str {
    match phase {
        Phase::Queued => "queued",
        Phase::Waiting => "waiting",
        Phase::Paused => "paused",
        Phase::Resolving => "resolving",
        Phase::Receiving => "receiving",
        Phase::Giving => "giving",
        Phase::Ended => "ended",
    }
}

/// The totals, then what each kind of source gave, then what each had given before.
fn figures_of(transfer: &Transfer) -> Vec<u64> {
    let totals = [transfer.wanted, transfer.missing, transfer.received, transfer.wasted, transfer.given];
    let kinds = |by: &BytesBySource| SourceKind::ALL.map(|kind| by.get(kind));
    let all = totals.into_iter().chain(kinds(&transfer.by_source)).chain(kinds(&transfer.live().held_before));
    all.map(|count| count.0).collect()
}

fn transfer_of(figures: &[u64]) -> Transfer {
    let count = |at: usize| ByteCount(figures.get(at).copied().unwrap_or(0));
    let kinds = |from: usize| {
        let mut by = BytesBySource::default();
        (from..).zip(SourceKind::ALL).for_each(|(at, kind)| by.add(kind, count(at)));
        by
    };
    Transfer {
        wanted: count(0),
        missing: count(1),
        received: count(2),
        wasted: count(3),
        given: count(4),
        by_source: kinds(5),
        ..Transfer::default()
    }
    .with_live(Live { held_before: kinds(10), ..Live::default() })
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredPlan {
    AsSet,
    Until(GiveUntil),
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredRequest {
    targets: Vec<String>,
    run: Option<String>,
    words: [Option<String>; 3],
    #[serde(default)]
    members: Option<String>,
    files: Option<String>,
    out: PathBuf,
    policy: String,
    peers: Vec<String>,
    web_seeds: Vec<String>,
    /// Seconds; 0 for while receiving only, `None` for nothing. Read only where `giving` is not written.
    gives: Option<u64>,
    #[serde(default)]
    giving: Option<StoredPlan>,
    /// Octets a second to receive and to give.
    #[serde(default)]
    limits: [Option<u32>; 2],
    wait: u64,
    #[serde(default)]
    is_split: bool,
    /// Wishes that were kept before this was noted are the window's, which says what is lacking in the row.
    #[serde(default = "accepted")]
    is_partial: bool,
    #[serde(default)]
    has_provenance: bool,
    #[serde(default)]
    keeps_compressed: bool,
    #[serde(default)]
    folder: Option<String>,
    #[serde(default)]
    within: Option<u64>,
    #[serde(default)]
    reads_again: bool,
}

const fn accepted() -> bool {
    true
}

impl StoredRequest {
    fn of(request: &GetRequest) -> Self {
        Self {
            targets: request.targets.clone(),
            run: request.run.map(RunWish::to_words),
            words: request.selection.to_words(),
            members: request.selection.member_words(),
            files: request.files.clone(),
            out: request.out.clone(),
            policy: request.policy.key().to_owned(),
            peers: request.peers.clone(),
            web_seeds: request.web_seeds.clone(),
            gives: match request.giving {
                GivingPlan::WhileReceiving => Some(0),
                GivingPlan::Until(until) => Some(until.time.as_secs()),
                GivingPlan::AsSet => Some(USUAL_GIVING.as_secs()),
                GivingPlan::Nothing => None,
            },
            giving: match request.giving {
                GivingPlan::AsSet => Some(StoredPlan::AsSet),
                GivingPlan::Until(until) => Some(StoredPlan::Until(until)),
                GivingPlan::WhileReceiving | GivingPlan::Nothing => None,
            },
            limits: [request.limits.down, request.limits.up],
            wait: request.wait.as_secs(),
            is_partial: request.products.partial == Partial::Accepted,
            is_split: request.products.split == Split::ByParameter,
            has_provenance: request.products.provenance == Provenance::Beside,
            keeps_compressed: request.products.compressed == CompressedFiles::Kept,
            folder: request.products.folder.clone(),
            within: request.products.within.map(|time| time.as_secs()),
            reads_again: request.products.trust == Trust::Nothing,
        }
    }

    fn request(self) -> Option<GetRequest> {
        let [leads, params, levels] = &self.words;
        let words = [leads.as_deref(), params.as_deref(), levels.as_deref()];
        let run = match &self.run {
            Some(words) => Some(RunWish::parse(words)?),
            None => None,
        };
        Some(GetRequest {
            run,
            selection: match &self.members {
                Some(members) => Selection::of_words(words).ok()?.with_members(members).ok()?,
                None => Selection::of_words(words).ok()?,
            },
            targets: self.targets,
            files: self.files,
            out: self.out,
            policy: Policy::from_key(&self.policy)?,
            peers: self.peers,
            web_seeds: self.web_seeds,
            giving: match (self.giving, self.gives) {
                (Some(StoredPlan::AsSet), _) => GivingPlan::AsSet,
                (Some(StoredPlan::Until(until)), _) => GivingPlan::Until(until.capped()),
                (None, Some(0)) => GivingPlan::WhileReceiving,
                // Before a plan was written, everything was given for as long as is usual.
                (None, Some(_)) => GivingPlan::AsSet,
                (None, None) => GivingPlan::Nothing,
            },
            limits: TransferLimits { down: self.limits[0], up: self.limits[1] },
            wait: Duration::from_secs(self.wait),
            products: Products {
                partial: if self.is_partial { Partial::Accepted } else { Partial::Fails },
                intent: Intent::Fetch,
                compressed: if self.keeps_compressed {
                    CompressedFiles::Kept
                } else {
                    CompressedFiles::Opened
                },
                split: if self.is_split { Split::ByParameter } else { Split::Never },
                provenance: if self.has_provenance { Provenance::Beside } else { Provenance::Left },
                folder: self.folder,
                within: self.within.map(Duration::from_secs),
                trust: if self.reads_again { Trust::Nothing } else { Trust::AsLeft },
            },
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredSubject {
    dataset: String,
    title: String,
    run: UtcTime,
    lead: i64,
    #[serde(default)]
    span: Option<(i64, i64)>,
    package: Option<String>,
}

impl StoredSubject {
    fn of(subject: &Subject) -> Self {
        Self {
            dataset: subject.dataset.0.to_string(),
            title: subject.title.to_string(),
            run: subject.run,
            lead: subject.lead.minutes(),
            span: subject.span.as_deref().map(|(first, last)| (first.minutes(), last.minutes())),
            package: subject.package.as_deref().map(str::to_owned),
        }
    }

    fn subject(self, shared: &mut SharedFacts) -> Subject {
        Subject {
            dataset: DatasetId(shared.word(self.dataset)),
            title: shared.word(self.title),
            run: self.run,
            lead: LeadTime::from_minutes(self.lead),
            span: self.span.map(|(a, b)| Box::new((LeadTime::from_minutes(a), LeadTime::from_minutes(b)))),
            package: self.package.map(|package| shared.word(package)),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredOutcome {
    exit: u8,
    took_ms: u64,
    message: Option<Box<UserMessage>>,
}

impl StoredOutcome {
    fn of(outcome: &Outcome) -> Self {
        Self {
            exit: outcome.end.exit_code(),
            took_ms: outcome.took_ms.into(),
            message: outcome.message.clone(),
        }
    }

    fn outcome(self) -> Option<Outcome> {
        let end = End::from_exit_code(self.exit)?;
        let took_ms = u32::try_from(self.took_ms).unwrap_or(u32::MAX);
        Some(Outcome { end, took_ms, message: self.message })
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct StoredVerdict {
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voucher: Option<String>,
    /// What was named, or the digests that differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

impl StoredVerdict {
    fn of(verdict: &Verdict) -> Self {
        let stored = Self { verdict: verdict.key().to_owned(), ..Self::default() };
        match verdict {
            Verdict::Verified { method, voucher } => Self {
                method: Some(method.key().to_owned()),
                algorithm: match method {
                    Method::AnnouncedDigest(algorithm) => Some(algorithm.key().to_owned()),
                    _ => None,
                },
                voucher: Some(voucher.key()),
                ..stored
            },
            Verdict::Mismatch { announced, computed } => {
                let text = |digest: &Digest| format!("{}:{}", digest.algorithm().key(), digest.hex());
                Self { details: vec![text(announced), text(computed)], ..stored }
            }
            Verdict::CannotBeVerified { named } => Self { details: vec![named.clone()], ..stored },
            Verdict::NotAnnounced | Verdict::UnreadableDigest | Verdict::NotChecked => stored,
        }
    }
}

fn verdict_of(stored: StoredVerdict) -> Option<Verdict> {
    let mut details = stored.details.into_iter();
    match stored.verdict.as_str() {
        "verified" => {
            let algorithm = stored.algorithm.as_deref().and_then(DigestAlgorithm::from_name);
            let method = Method::from_key(&stored.method?, algorithm)?;
            Some(Verdict::Verified { method, voucher: Voucher::from_key(&stored.voucher?)? })
        }
        "mismatch" => {
            let (announced, computed) = (Digest::parse(&details.next()?)?, Digest::parse(&details.next()?)?);
            Some(Verdict::Mismatch { announced, computed })
        }
        "not_announced" => Some(Verdict::NotAnnounced),
        "cannot_be_verified" => Some(Verdict::CannotBeVerified { named: details.next()? }),
        "unreadable_digest" => Some(Verdict::UnreadableDigest),
        "not_checked" => Some(Verdict::NotChecked),
        _ => None,
    }
}

/// A file in its place, as one text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    path: String,
    length: u64,
    verdict: StoredVerdict,
    kept_as: Option<String>,
    /// Nanoseconds since 1970: of the octets, and of anything about the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stamp: Option<(i64, i64)>,
    /// When it was read last, where that is longer ago than the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_at: Option<UtcTime>,
}

impl StoredFile {
    pub(crate) fn of(file: &FileInPlace) -> String {
        json(&Self {
            path: file.path.clone(),
            length: file.length.0,
            verdict: StoredVerdict::of(&file.verdict),
            kept_as: file.kept_as.clone(),
            stamp: file.disk.stamp.and_then(|stamp| {
                Some((i64::try_from(stamp.modified).ok()?, i64::try_from(stamp.altered).ok()?))
            }),
            verified_at: file.disk.verified_at,
        })
    }

    pub(crate) fn file(text: &str) -> Option<FileInPlace> {
        let stored: Self = serde_json::from_str(text).ok()?;
        Some(FileInPlace {
            path: stored.path,
            length: ByteCount(stored.length),
            verdict: verdict_of(stored.verdict)?,
            kept_as: stored.kept_as,
            disk: OnDisk {
                stamp: stored
                    .stamp
                    .map(|(modified, altered)| Stamp { modified: modified.into(), altered: altered.into() }),
                verified_at: stored.verified_at,
            },
        })
    }
}
