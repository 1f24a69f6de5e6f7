//! What a row of the table says, worked out once for each change of its job.
//!
//! In: a job. Out: [`RowWords`], kept by [`RowCache`] while the job is the same.

use super::acts::is_done;
use super::tally::{group_of, is_troubled};
use crate::app::jobs::order::JobGroup;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{DiskState, End, Job, Phase};
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::domain::utc::UtcTime;
use crate::i18n::{Translator, giving};
use crate::ui::widgets::badge::{self, Badge, Tone};
use crate::ui::widgets::bar::Shares;
use crate::ui::widgets::mark::Mark;
use i18n_embed_fl::fl;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Most rows that are kept; more than any screen shows.
const MOST_KEPT: usize = 512;

/// What a row says.
#[derive(Clone, Debug)]
pub struct RowWords {
    /// The slice: what may be cut where there is little room, and what tells it apart.
    pub name: (String, String),
    /// Its size.
    pub size: String,
    /// Who gave how much.
    pub shares: Shares,
    /// How much is here.
    pub progress: String,
    /// Its rate; empty when nothing moves.
    pub rate: String,
    /// Its peers; empty when it is over.
    pub peers: String,
    /// The share by HTTP; empty when nothing came.
    pub http_share: String,
    /// Octets given.
    pub given: String,
    /// When it was asked for.
    pub added: String,
    /// Where it stands, or what proves it.
    pub state: Badge,
    /// Why it failed or waits, or what of the wish is lacking.
    pub reason: Option<String>,
    /// The whole row as one sentence, once somebody asked for it.
    sentence: OnceCell<String>,
}

/// Words of rows that were on screen lately.
#[derive(Debug, Default)]
pub struct RowCache {
    rows: HashMap<JobId, (Arc<Job>, RowWords)>,
    language: &'static str,
}

impl RowCache {
    /// The words of `job`.
    pub fn words(&mut self, job: &Arc<Job>, (text, now): (&Translator, UtcTime)) -> &RowWords {
        if self.language != text.language().code() || self.rows.len() > MOST_KEPT {
            self.rows.clear();
            self.language = text.language().code();
        }
        let kept = self.rows.entry(job.id).or_insert_with(|| (job.clone(), words(job, (text, now))));
        if !Arc::ptr_eq(&kept.0, job) {
            *kept = (job.clone(), words(job, (text, now)));
        }
        &kept.1
    }
}

/// How much of what was wanted is here, 0 to 1.
pub fn progress(job: &Job) -> f64 {
    let wanted = job.transfer.wanted.0;
    match wanted {
        _ if is_done(job) => job.disk.part_there(),
        0 => 0.0,
        _ => wanted.saturating_sub(job.transfer.missing.0) as f64 / wanted as f64,
    }
}

/// The share that came by HTTP of all that came over a network. `None` when nothing did.
pub fn http_share(job: &Job) -> Option<f64> {
    let given = by_origin(job);
    let http = given.get(SourceKind::WebSeed).0 + given.get(SourceKind::Mirror).0;
    let all = http + given.get(SourceKind::Swarm).0;
    (all > 0).then(|| http as f64 / all as f64)
}

/// Works out what the row of `job` says.
pub fn words(job: &Job, (text, now): (&Translator, UtcTime)) -> RowWords {
    let size = job.transfer.wanted;
    let moves = matches!(job.phase, Phase::Receiving | Phase::Giving | Phase::Resolving);
    let rate = job.transfer.live().peer_rate + job.transfer.live().http_rate;
    RowWords {
        name: name(job, text),
        size: if size == ByteCount::ZERO { String::new() } else { text.size(size) },
        shares: shares(job),
        progress: text.share(progress(job)),
        rate: if !moves || rate == 0 { String::new() } else { text.rate(rate) },
        peers: if !moves { String::new() } else { text.count(job.transfer.live().peers_live as u64) },
        http_share: http_share(job).map(|share| text.share(share)).unwrap_or_default(),
        given: match (job.transfer.given, job.phase) {
            (ByteCount::ZERO, phase) if phase != Phase::Giving => String::new(),
            (given, _) => text.size(given),
        },
        added: if job.added.civil().date() == now.civil().date() {
            text.local_time(job.added, 0)
        } else {
            text.day(job.added)
        },
        state: state(job, text),
        reason: is_troubled(job).then(|| reason(job, text)).flatten(),
        sentence: OnceCell::new(),
    }
}

impl RowWords {
    /// The whole row of `job` as one sentence; worked out only for those who hear the screen.
    pub fn sentence(&self, text: &Translator) -> &str {
        self.sentence.get_or_init(|| sentence(self, text))
    }
}

fn sentence(row: &RowWords, text: &Translator) -> String {
    let l = &text.loader;
    let or_dash = |words: &str| if words.is_empty() { "–".to_owned() } else { words.to_owned() };
    let mut sentence = fl!(
        l,
        "transfers-row",
        name = format!("{}{}", row.name.0, row.name.1),
        size = or_dash(&row.size),
        progress = row.progress.as_str(),
        rate = or_dash(&row.rate),
        peers = or_dash(&row.peers),
        http = or_dash(&row.http_share),
        state = row.state.words.as_str()
    );
    if let Some(reason) = &row.reason {
        sentence = format!("{sentence}. {reason}");
    }
    sentence
}

/// Letters at the end of a file's name that tell it from others of its run.
const TELLING: usize = 14;

/// The slice in a forecaster's words, when it was chosen on the matrix; else what it is called.
pub fn name(job: &Job, text: &Translator) -> (String, String) {
    let Some(subject) = &job.subject else {
        let name = outside_text::show(&job.name);
        let letters = name.chars().count().saturating_sub(TELLING);
        let at = name.char_indices().nth(letters).map_or(0, |(at, _)| at);
        let (head, tail) = name.split_at(at);
        return (head.to_owned(), tail.to_owned());
    };
    let package = subject.package.as_deref().map(|package| format!(" {}", outside_text::show(package)));
    let title = outside_text::show(&subject.title);
    let lead = subject.lead.to_string();
    let tail = fl!(
        &text.loader,
        "transfers-slice",
        run = text.run_short(subject.run),
        lead = lead.as_str(),
        package = package.unwrap_or_default()
    );
    (title, format!(" · {tail}"))
}

/// Who gave how much. What was held before counts for whoever gave it then, as far as that is remembered.
fn by_origin(job: &Job) -> BytesBySource {
    let (now, before) = (&job.transfer.by_source, &job.transfer.live().held_before);
    let mut given = *before;
    for kind in SourceKind::ALL {
        let count = now.get(kind);
        // What was held before stands there as found on the disk.
        given.add(kind, if kind == SourceKind::Disk { count.saturating_sub(before.total()) } else { count });
    }
    given
}

/// The bar of a job.
fn shares(job: &Job) -> Shares {
    let whole = if job.transfer.wanted == ByteCount::ZERO {
        job.transfer.by_source.total()
    } else {
        job.transfer.wanted
    };
    // What is missing is not here, whoever gave it.
    Shares::of(&by_origin(job), whole).times(job.disk.part_there() as f32)
}

fn reason(job: &Job, text: &Translator) -> Option<String> {
    match job.disk.worst {
        DiskState::Missing if is_done(job) => {
            return Some(fl!(&text.loader, "transfers-disk-missing-reason", count = job.disk.missing.max(1)));
        }
        DiskState::Changed if is_done(job) => {
            return Some(fl!(&text.loader, "transfers-disk-changed-reason"));
        }
        DiskState::AsLeft | DiskState::Unknown | DiskState::Missing | DiskState::Changed => {}
    }
    let last = job.outcome.as_ref().and_then(|outcome| outcome.message.as_deref());
    let message = last.or(job.held_up.as_deref()).or(job.lacking_note())?;
    // Reasons of single sources stand on lines of their own; on one line they follow one another.
    Some(text.message(message).replacen("\n  ", " ", 1).replace("\n  ", "; ").replace('\n', " "))
}

/// Where a job stands: words with a shape, and for what is here what proves it.
fn state(job: &Job, text: &Translator) -> Badge {
    let l = &text.loader;
    let badge = |mark, tone, words| Badge { mark, tone, words };
    if job.is_removed {
        return badge(Mark::Dash, Tone::Quiet, fl!(l, "transfers-state-removed"));
    }
    match job.phase {
        Phase::Queued => badge(Mark::Open, Tone::Quiet, fl!(l, "transfers-state-queued")),
        Phase::Waiting => badge(Mark::Waiting, Tone::Attention, waiting(job, text)),
        Phase::Paused => badge(Mark::Paused, Tone::Quiet, fl!(l, "transfers-state-paused")),
        Phase::Resolving => badge(Mark::Half, Tone::Active, fl!(l, "transfers-state-resolving")),
        Phase::Receiving => badge(Mark::Down, Tone::Active, receiving(job, text)),
        Phase::Giving => giving(job, text),
        Phase::Ended => match job.outcome.as_ref().map(|outcome| outcome.end) {
            Some(End::Done) => in_place(job, text),
            Some(End::Interrupted) => badge(Mark::Paused, Tone::Quiet, fl!(l, "transfers-state-stopped")),
            end => badge(Mark::Failed, Tone::Bad, failure(end, text)),
        },
    }
}

/// Until when its files are uploaded and what is known of them; what is lost stands first because a row is narrow.
fn giving(job: &Job, text: &Translator) -> Badge {
    let mut badge = in_place(job, text);
    if let Some(giving) = &job.giving {
        let until = giving::gives_until_short(text, giving);
        let (first, second) =
            if job.disk.worst.is_lost() { (badge.words, until) } else { (until, badge.words) };
        badge.words = format!("{first} · {second}");
    }
    badge
}

/// What a job waits for: the time of its next try, or room and rights on the disk.
fn waiting(job: &Job, text: &Translator) -> String {
    match job.held_up.as_deref() {
        Some(UserMessage::TriedAgain { at, .. }) => {
            fl!(&text.loader, "transfers-state-next-try", at = text.hour(*at))
        }
        _ => fl!(&text.loader, "transfers-state-waiting"),
    }
}

fn failure(end: Option<End>, text: &Translator) -> String {
    let l = &text.loader;
    match end {
        Some(End::NoSource) => fl!(l, "transfers-failed-no-source"),
        Some(End::NotProven) => fl!(l, "transfers-failed-not-proven"),
        Some(End::Disk) => fl!(l, "transfers-failed-disk"),
        Some(End::NotYet) => fl!(l, "transfers-failed-not-yet"),
        Some(End::Unsound) => fl!(l, "transfers-failed-unsound"),
        _ => fl!(l, "transfers-failed"),
    }
}

/// Receiving, with the time it will take at the present rate.
fn receiving(job: &Job, text: &Translator) -> String {
    let l = &text.loader;
    let rate = job.transfer.live().peer_rate + job.transfer.live().http_rate;
    match job.transfer.missing.0.checked_div(rate) {
        // Beyond two days a forecast of the end says nothing.
        Some(seconds @ 0..172_800) => {
            let left = text.duration(Duration::from_secs(seconds.max(1)));
            fl!(l, "transfers-state-receiving-left", left = left)
        }
        _ => fl!(l, "transfers-state-receiving"),
    }
}

/// What is known of files that were put in their place: whether they are still there, and then what proves them.
pub fn in_place(job: &Job, text: &Translator) -> Badge {
    let l = &text.loader;
    let badge = |mark, tone, words| Badge { mark, tone, words };
    match job.disk.worst {
        DiskState::AsLeft => proof(job, text),
        DiskState::Unknown => badge(Mark::Open, Tone::Quiet, fl!(l, "transfers-disk-unknown")),
        DiskState::Changed => badge(Mark::Attention, Tone::Attention, fl!(l, "transfers-disk-changed")),
        DiskState::Missing => badge(Mark::Attention, Tone::Attention, fl!(l, "transfers-disk-missing")),
    }
}

/// What proves the files that are in place: that of the one that is proven least.
fn proof(job: &Job, text: &Translator) -> Badge {
    match job.verdict.as_deref().or_else(|| badge::worst(job.files.iter().map(|file| &file.verdict))) {
        Some(verdict) => Badge::short(verdict, text),
        None => {
            Badge { mark: Mark::Open, tone: Tone::Quiet, words: fl!(&text.loader, "transfers-state-done") }
        }
    }
}

/// Whether a job failed.
pub fn is_failed(job: &Job) -> bool {
    group_of(job) == Some(JobGroup::Failed)
}
