//! The demo in the terminal: catalogue, two hours, peers that leave, one hour out of a large file, and who gave what; then a
//! relay with two clients.
//!
//! In: what the demo's publisher offers, and a way to let its peers leave. Out: the same lines as `get`, then a table.
//! Start reading at [`play`].

use super::get::follow;
use super::json::EndLine;
use super::output::{Output, OutputGone};
use super::relay_demo;
use crate::app::Policy;
use crate::app::catalog::offer::{Offer, OfferedTorrent};
use crate::app::input::Action;
use crate::app::jobs::request::{GetRequest, GivingPlan};
use crate::app::jobs::view::{End, Job, Phase};
use crate::app::link::Link;
use crate::app::relay_demo::StartRelayDemo;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::selection::Selection;
use crate::domain::source::SourceKind;
use crate::i18n::{Language, Translator, proof};
use i18n_embed_fl::fl;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The hour that comes from peers alone, the one in which they leave, and the one that is cut out of a large file.
const HOURS: [u32; 3] = [6, 12, 18];

/// Peers leave when so much of an hour is here.
const LEAVE_AFTER: f64 = 0.3;

/// What the journey needs.
pub struct Stage<'a> {
    /// What is offered.
    pub offer: &'a Offer,
    /// Where files go.
    pub out: &'a Path,
    /// Whether they stay there.
    pub stays: bool,
    /// Lets the publisher's peers leave.
    pub peers_leave: &'a mut dyn FnMut(),
    /// Begins the second part.
    pub relay_demo: StartRelayDemo,
}

/// The engine, and where what it does is told.
struct Terminal<'a> {
    text: &'a Translator,
    link: &'a dyn Link,
    output: &'a mut Output,
}

/// Plays the journey; returns the exit code.
pub fn play(stage: &mut Stage<'_>, language: Language, (link, output): (&dyn Link, &mut Output)) -> u8 {
    let text = Translator::new(language);
    let played = play_all(stage, &mut Terminal { text: &text, link, output });
    played.unwrap_or(super::OUTPUT_GONE)
}

fn play_all(stage: &mut Stage<'_>, terminal: &mut Terminal<'_>) -> Result<u8, OutputGone> {
    let text = terminal.text;
    terminal.output.line(&fl!(text.loader, "demo-welcome"))?;
    for entry in &stage.offer.entries {
        terminal.output.line(&entry_text(entry, text))?;
    }
    let lead = |hour: u32| format!("+{hour} h");
    terminal.output.line(&fl!(
        text.loader,
        "demo-choose",
        first = lead(HOURS[0]),
        second = lead(HOURS[1])
    ))?;
    let hourly = stage.offer.entries.iter().find(|entry| entry.is_hourly).cloned();
    let of_ranges = stage.offer.entries.iter().find(|entry| holds(entry, HOURS[2])).cloned();
    let (Some(hourly), Some(of_ranges)) = (hourly, of_ranges) else { return Ok(End::NoSource.exit_code()) };
    let mut jobs = vec![follow_one(hour_of(&hourly, HOURS[0], stage.out), terminal)?];
    if was_interrupted(&jobs) {
        return tell_end(&jobs, stage, terminal);
    }
    let leaving = hour_of(&hourly, HOURS[1], stage.out);
    jobs.push(get_while_peers_leave(leaving, stage, terminal)?);
    if was_interrupted(&jobs) {
        return tell_end(&jobs, stage, terminal);
    }
    terminal.output.line(&fl!(text.loader, "demo-slice", lead = lead(HOURS[2])))?;
    jobs.push(follow_one(slice_of(&of_ranges, HOURS[2], stage.out), terminal)?);
    tell_end(&jobs, stage, terminal)
}

fn was_interrupted(jobs: &[Arc<Job>]) -> bool {
    jobs.iter().any(|job| job.outcome.as_ref().is_none_or(|outcome| outcome.end == End::Interrupted))
}

fn holds(entry: &OfferedTorrent, hour: u32) -> bool {
    !entry.is_hourly && (entry.lead_hours.0..=entry.lead_hours.1).contains(&hour)
}

fn entry_text(entry: &OfferedTorrent, text: &Translator) -> String {
    let leads = format!("{} – {} h", entry.lead_hours.0, entry.lead_hours.1);
    let size = text.size(ByteCount(entry.length));
    fl!(text.loader, "demo-catalogue-line", name = entry.name.as_str(), size = size, leads = leads)
}

fn request(entry: &OfferedTorrent, out: &Path) -> GetRequest {
    GetRequest {
        targets: vec![entry.url.clone()],
        out: PathBuf::from(out),
        policy: Policy::SwarmFirst,
        giving: GivingPlan::WhileReceiving,
        wait: Duration::from_secs(5),
        ..GetRequest::default()
    }
}

fn hour_of(entry: &OfferedTorrent, hour: u32, out: &Path) -> GetRequest {
    GetRequest { files: Some(format!("*_{hour:03}H.grib2")), ..request(entry, out) }
}

fn slice_of(entry: &OfferedTorrent, hour: u32, out: &Path) -> GetRequest {
    let chosen = Selection::everything().with_leads(&hour.to_string());
    GetRequest { selection: chosen.unwrap_or_default(), ..request(entry, out) }
}

fn follow_one(request: GetRequest, terminal: &mut Terminal<'_>) -> Result<Arc<Job>, OutputGone> {
    let number = terminal.link.snapshot().jobs.len();
    terminal.link.send(Action::Get(Box::new(request)));
    follow(number, terminal.link, (terminal.text, terminal.output))
}

/// Gets a file; when a part of it is here, the peers leave.
fn get_while_peers_leave(
    request: GetRequest,
    stage: &mut Stage<'_>,
    terminal: &mut Terminal<'_>,
) -> Result<Arc<Job>, OutputGone> {
    let Terminal { text, link, output } = terminal;
    let number = link.snapshot().jobs.len();
    link.send(Action::Get(Box::new(request)));
    let mut seen = 0;
    loop {
        let snapshot = link.wait_newer(seen, Duration::from_millis(100));
        seen = snapshot.version;
        let Some(job) = snapshot.jobs.get(number) else { continue };
        let transfer = &job.transfer;
        let held = transfer.wanted.saturating_sub(transfer.missing).0 as f64;
        let is_time = transfer.wanted.0 > 0 && held >= LEAVE_AFTER * transfer.wanted.0 as f64;
        if job.phase == Phase::Ended || is_time || snapshot.is_stopping {
            break;
        }
    }
    (stage.peers_leave)();
    output.line(&fl!(text.loader, "demo-peers-leave"))?;
    follow(number, *link, (*text, output))
}

/// Tells who gave what, plays the second part where the first one ended well, and says the last word.
fn tell_end(jobs: &[Arc<Job>], stage: &Stage<'_>, terminal: &mut Terminal<'_>) -> Result<u8, OutputGone> {
    let (text, link) = (terminal.text, terminal.link);
    terminal.output.line("")?;
    terminal.output.line(&fl!(text.loader, "demo-table"))?;
    for line in table(jobs, text) {
        terminal.output.line(&line)?;
    }
    let first = end_of(jobs);
    let mut problem = None;
    for message in jobs.iter().filter_map(|job| job.outcome.as_ref()?.message.as_deref()) {
        let words = text.message(message);
        terminal.output.say(&words);
        problem = problem.or(Some(words));
    }
    let second = match first {
        End::Done => relay_demo::follow((stage.relay_demo)(), link, (text, terminal.output))?,
        _ => None,
    };
    let end = second.as_ref().map_or(first, |failed| failed.end);
    problem = problem.or(second.map(|failed| failed.words));
    terminal.output.line(&match (end, stage.stays) {
        (End::Done, true) => {
            fl!(text.loader, "demo-kept", dir = stage.out.display().to_string())
        }
        (End::Done, false) => fl!(text.loader, "demo-done"),
        _ => fl!(text.loader, "demo-failed"),
    })?;
    terminal.output.json(&EndLine::of_all(jobs, problem).ended_by(end))?;
    Ok(end.exit_code())
}

/// How the first part ended.
fn end_of(jobs: &[Arc<Job>]) -> End {
    let ends = jobs.iter().map(|job| job.outcome.as_ref().map_or(End::Interrupted, |outcome| outcome.end));
    let is_proven = |job: &Arc<Job>| {
        !job.files.is_empty() && job.files.iter().all(|file| matches!(file.verdict, Verdict::Verified { .. }))
    };
    match End::gravest(ends) {
        End::Done if !jobs.iter().all(is_proven) => End::NotProven,
        end => end,
    }
}

/// A line a file: who gave what, and what proves it.
fn table(jobs: &[Arc<Job>], text: &Translator) -> Vec<String> {
    let mut rows =
        vec![fl!(text.loader, "demo-table-heads").split(", ").map(str::to_owned).collect::<Vec<_>>()];
    for job in jobs {
        let by = &job.transfer.by_source;
        for file in &job.files {
            let name = Path::new(&file.path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            let from = |kind| text.size(by.get(kind));
            rows.push(vec![
                name,
                from(SourceKind::Swarm),
                from(SourceKind::WebSeed),
                proof::verdict(text, &file.verdict),
                proof::voucher(text, &file.verdict),
            ]);
        }
    }
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| {
            rows.iter().map(|row| row.get(column).map_or(0, |cell| cell.chars().count())).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Tells what is served, with the folder of the provider's file that leads to its catalogue, and waits until the process is told to stop.
pub fn serve(
    (offer, providers): (&Offer, &Path),
    language: Language,
    (link, output): (&dyn Link, &mut Output),
) -> u8 {
    let text = Translator::new(language);
    let providers = providers.display().to_string();
    let urls = super::publishing::urls_json(&offer.urls);
    let object = json!({ "event": "serving", "urls": urls, "providers": providers });
    // Scripts read this line, whether JSON was asked for or not.
    if output.raw(&format!("{object}\n")).is_err() {
        return super::OUTPUT_GONE;
    }
    output.say(&fl!(text.loader, "demo-serving"));
    output.say(&fl!(text.loader, "demo-serving-catalogue", dir = providers));
    let mut seen = 0;
    loop {
        let snapshot = link.wait_newer(seen, Duration::from_secs(3_600));
        seen = snapshot.version;
        if snapshot.is_stopping {
            return End::Done.exit_code();
        }
    }
}
