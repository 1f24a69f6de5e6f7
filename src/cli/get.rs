//! Follows one job to its end: plan, progress, files, notes, and the last word.

use super::finding::PortNotes;
use super::json::{
    EndLine, FileEvent, FileLine, GivingLine, LackingLine, NoteLine, PeersLine, PlanLine, ProgressLine,
};
use super::output::{Output, OutputGone};
use super::paint::WordTone;
use super::progress::Bar;
use crate::app::input::Action;
use crate::app::jobs::peers::ConnectionFlow;
use crate::app::jobs::request::{GetRequest, Intent};
use crate::app::jobs::view::{End, FileInPlace, Job, Phase, PlanSummary, SourceLine, Transfer};
use crate::app::link::Link;
use crate::app::{Ratio, Reason};
use crate::domain::integrity::{Method, Verdict};
use crate::domain::source::SourceKind;
use crate::domain::utc::UtcTime;
use crate::i18n::{Translator, giving, misfit, proof};
use i18n_embed_fl::fl;
use std::sync::Arc;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Gets what is asked for and tells how it ended.
///
/// # Errors
/// When stdout cannot be written; the job is stopped then.
pub fn run(
    request: &GetRequest,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<End, OutputGone> {
    let before = link.snapshot();
    link.send(Action::Get(Box::new(request.clone())));
    let followed = follow(before.jobs.len(), link, (text, output));
    if followed.is_err() {
        link.send(Action::StopAll);
    }
    let job = followed?;
    tell_end(&job, (text, output))?;
    Ok(job.outcome.as_ref().map_or(End::Interrupted, |outcome| outcome.end))
}

/// Shows a job as it goes; returns it when it is over.
///
/// # Errors
/// When stdout cannot be written.
pub fn follow(
    number: usize,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<Arc<Job>, OutputGone> {
    let bar = Bar::new(output);
    let mut told = Told::default();
    let (mut seen, mut port) = (0, PortNotes::default());
    loop {
        let snapshot = link.wait_newer(seen, LOOK_EVERY);
        seen = snapshot.version;
        if let Some(message) = port.next(&snapshot, text) {
            bar.say(output, &message);
            output.json(&NoteLine { event: "note", message })?;
        }
        let Some(job) = snapshot.jobs.get(number) else { continue };
        told.tell(job, &bar, (text, output))?;
        bar.show(job, text);
        // What was asked for when everything was told to end is never begun.
        if job.phase == Phase::Ended || (snapshot.is_stopping && !job.phase.is_running()) {
            bar.end();
            return Ok(job.clone());
        }
    }
}

/// What was printed already.
#[derive(Debug, Default)]
struct Told {
    plan: Option<PlanSummary>,
    files: usize,
    notes: usize,
    transfer: Transfer,
    giving: Option<(UtcTime, Option<Ratio>)>,
    peers: Vec<PeerMark>,
}

/// By what it is seen that a peer came, went or changed its mind.
type PeerMark = (String, bool, ConnectionFlow, ConnectionFlow, usize);

impl Told {
    fn tell(
        &mut self,
        job: &Job,
        bar: &Bar,
        (text, output): (&Translator, &mut Output),
    ) -> Result<(), OutputGone> {
        for note in &job.notes[self.notes..] {
            let message = text.message(note);
            output.json(&NoteLine { event: "note", message: message.clone() })?;
            bar.say(output, &message);
        }
        self.notes = job.notes.len();
        // A plan grows from file to file; what counts is the sum.
        let is_whole = !is_only_planned(job) || job.phase == Phase::Ended;
        if is_whole
            && self.plan.as_ref() != job.plan.as_deref()
            && let Some(plan) = job.plan.as_deref()
        {
            output.json(&plan_line(job, plan))?;
            if !is_only_planned(job) {
                bar.say(output, &plan_text(plan, text));
            }
            self.plan = Some(plan.clone());
        }
        if output.is_json() && self.transfer != job.transfer {
            output.json(&progress_line(&job.transfer))?;
            let peers = peer_marks(&job.transfer);
            if self.peers != peers {
                output.json(&PeersLine::of(&job.transfer.live().sources))?;
                self.peers = peers;
            }
            self.transfer = job.transfer.clone();
        }
        for file in &job.files[self.files..] {
            bar.aside(|| {
                output.json(&FileEvent { event: "file", file: FileLine::of(file) })?;
                output.path(&file.path)?;
                let line = output.paint().mark(tone_of(&file.verdict), &file_text(file, text));
                output.line(&line)
            })?;
        }
        self.files = job.files.len();
        self.tell_giving(job, bar, (text, output))
    }
}

impl Told {
    /// Everything is in its place: says so at once, and until when it is uploaded. Nothing waits for that.
    fn tell_giving(
        &mut self,
        job: &Job,
        bar: &Bar,
        (text, output): (&Translator, &mut Output),
    ) -> Result<(), OutputGone> {
        let Some(giving) = job.giving.as_deref().filter(|_| job.phase == Phase::Giving) else {
            return Ok(());
        };
        let end = Some((giving.until, giving.ratio));
        if self.giving == end {
            return Ok(());
        }
        self.giving = end;
        output.json(&GivingLine::of(giving, &job.transfer))?;
        let until = giving::gives_until(text, giving, &job.transfer);
        bar.say(output, &fl!(text.loader, "cli-giving-begins", until = until));
        Ok(())
    }
}

fn peer_marks(transfer: &Transfer) -> Vec<PeerMark> {
    let lines = transfer.live().sources.iter();
    let mark = |line: &SourceLine| {
        let peer = line.peer.as_deref()?;
        Some((peer.address.clone(), peer.is_live, peer.to_us, peer.from_us, line.troubles.len()))
    };
    lines.filter_map(mark).collect()
}

fn plan_line<'a>(job: &'a Job, plan: &PlanSummary) -> PlanLine<'a> {
    PlanLine {
        event: "plan",
        name: &job.name,
        bytes_wanted: plan.wanted.0,
        bytes_to_transfer: plan.to_transfer.0,
        bytes_of_index: plan.index_octets.0,
        road: plan.road.key(),
        bytes_by_road: plan.roads.iter().map(|cost| (cost.road.key(), cost.octets.0)).collect(),
        fields: plan.fields,
        lacking: LackingLine::all(&plan.lacking),
    }
}

fn progress_line(transfer: &Transfer) -> ProgressLine {
    ProgressLine {
        event: "progress",
        bytes_wanted: transfer.wanted.0,
        bytes_missing: transfer.missing.0,
        bytes_received: transfer.received.0,
        peer_rate: transfer.live().peer_rate,
        http_rate: transfer.live().http_rate,
        peers: transfer.live().peers_live,
        bytes_given: transfer.given.0,
        given_rate: transfer.live().given_rate,
    }
}

fn plan_text(plan: &PlanSummary, text: &Translator) -> String {
    let (wanted, transfer) = (text.size(plan.wanted), text.size(plan.to_transfer));
    let road = proof::road(text, plan.road);
    let mut line = match plan.fields {
        Some(fields) => {
            fl!(
                text.loader,
                "cli-plan-fields",
                fields = fields,
                wanted = wanted,
                transfer = transfer,
                road = road
            )
        }
        None => fl!(text.loader, "cli-plan", wanted = wanted, transfer = transfer, road = road),
    };
    if plan.index_octets.0 > 0 {
        line.push_str(" · ");
        line.push_str(&fl!(text.loader, "cli-plan-index", octets = text.size(plan.index_octets)));
    }
    if !plan.lacking.is_empty() {
        line.push_str(" · ");
        line.push_str(&fl!(
            text.loader,
            "cli-plan-lacking",
            lacking = misfit::all_wished(text, &plan.lacking)
        ));
    }
    line
}

/// Whether nothing but the cost is asked.
fn is_only_planned(job: &Job) -> bool {
    job.request.as_ref().is_some_and(|request| request.products.intent == Intent::Plan)
}

/// Tells the cost of the road that would be taken, and of the others.
fn tell_plan(plan: &PlanSummary, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    output.line(&plan_text(plan, text))?;
    let mut others = plan.roads.iter().filter(|cost| cost.road != plan.road).peekable();
    if others.peek().is_some() {
        output.line(&fl!(text.loader, "cli-plan-others"))?;
    }
    others.try_for_each(|cost| {
        output.line(&format!("  {} · {}", text.size(cost.octets), proof::road(text, cost.road)))
    })
}

/// Bytes that a digest verified are good news; what only has the right form is worth a look.
fn tone_of(verdict: &Verdict) -> WordTone {
    match verdict {
        Verdict::Verified { method: Method::Structure, .. } => WordTone::Caution,
        Verdict::Verified { .. } => WordTone::Good,
        Verdict::Mismatch { .. } => WordTone::Bad,
        _ => WordTone::Caution,
    }
}

/// A file with its verdict and voucher.
pub fn file_text(file: &FileInPlace, text: &Translator) -> String {
    fl!(
        text.loader,
        "cli-file",
        path = file.path.as_str(),
        size = text.size(file.length),
        verdict = proof::verdict_of(text, file),
        voucher = proof::voucher(text, &file.verdict)
    )
}

fn tell_end(job: &Job, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let message = job.outcome.as_ref().and_then(|outcome| outcome.message.as_deref());
    let message = message.map(|message| text.message(message));
    match &message {
        Some(message) => output.complain(message),
        None if is_only_planned(job) => {
            if let Some(plan) = job.plan.as_deref() {
                tell_plan(plan, (text, &mut *output))?;
            }
            output.say(&fl!(text.loader, "cli-plan-only"));
        }
        None => {
            tell_set_aside(job, text, output);
            let took = job
                .outcome
                .as_ref()
                .map_or(Duration::ZERO, |outcome| Duration::from_millis(outcome.took_ms.into()));
            output.say(&done_text(&job.transfer, took, text));
        }
    }
    output.json(&EndLine::of(job, message))
}

/// Names the sources that were set aside although all ended well: the person may want to tell their operators.
fn tell_set_aside(job: &Job, text: &Translator, output: &mut Output) {
    let lines = job.transfer.live().sources.iter();
    for line in lines.clone().filter(|line| line.troubles.iter().any(Reason::is_wrong_data)) {
        for reason in &line.troubles {
            let kind = proof::line_kind(text, line.kind);
            let reason = text.reason(reason);
            output.say(&fl!(
                text.loader,
                "cli-set-aside",
                kind = kind,
                label = line.label.as_str(),
                reason = reason
            ));
        }
    }
    let not_as_left = |reason: &&Reason| matches!(reason, Reason::NotAsLeft { .. });
    lines.flat_map(|line| line.troubles.iter().filter(not_as_left)).for_each(|reason| {
        output.say(&text.reason(reason));
    });
}

fn done_text(transfer: &Transfer, took: Duration, text: &Translator) -> String {
    let total = transfer.by_source.total();
    if total.0 == 0 {
        return fl!(text.loader, "cli-done-none");
    }
    let given = SourceKind::ALL.into_iter().map(|kind| (kind, transfer.by_source.get(kind)));
    let parts: Vec<String> = given
        .filter(|(_, octets)| octets.0 > 0)
        .map(|(kind, octets)| {
            let share = text.share(octets.0 as f64 / total.0 as f64);
            fl!(
                text.loader,
                "cli-part",
                source = proof::source(text, kind),
                size = text.size(octets),
                share = share
            )
        })
        .collect();
    let mut line = fl!(
        text.loader,
        "cli-done",
        size = text.size(total),
        time = text.duration(took),
        sources = parts.join(" · ")
    );
    if transfer.wasted.0 > 0 {
        line.push_str(" · ");
        line.push_str(&fl!(text.loader, "cli-wasted", size = text.size(transfer.wasted)));
    }
    line
}
