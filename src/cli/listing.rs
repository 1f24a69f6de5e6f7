//! `index`, `inspect` and `verify`: one question, its answer printed.

use super::arguments::{IndexKind, IndexTask};
use super::json::method_and_voucher;
use super::output::{Output, OutputGone};
use super::table::{Align, Column, lay_out};
use crate::app::inspect::report::{FieldListing, GribReport, Inspection, ServerReport};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::messages::user_message::UserMessage;
use crate::app::messages::{mesh_notice::MeshNotice, relay_message::RelayMessage};
use crate::app::query::{Answer, Finding, Query, VerifiedFile, VerifyRequest};
use crate::catalog::metainfo::report::{TorrentReport, TorrentVerdict};
use crate::domain::compression::Compression;
use crate::domain::field::{Field, Level, MemberRole};
use crate::domain::integrity::{Method, Verdict};
use crate::domain::octets::ByteCount;
use crate::grib::index::{GribIndex, Problem};
use crate::grib::sidecar;
use crate::i18n::problem::problem_words;
use crate::i18n::{Translator, proof};
use i18n_embed_fl::fl;
use serde_json::{Value, json};
use std::sync::mpsc::Receiver;

/// Lists the fields of a file, or writes an index of it.
///
/// # Errors
/// When stdout cannot be written.
pub fn index(
    task: &IndexTask,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let query = match task.kind {
        IndexKind::Slice => Query::IndexWithDigests(task.target.clone()),
        _ => Query::Index(task.target.clone()),
    };
    let Some(Answer::Index(listing)) = answer(&link.ask(query), (text, output)) else {
        return Ok(End::Interrupted.exit_code());
    };
    let listing = match listing {
        Ok(listing) => listing,
        Err(message) => return refuse(&message, (text, output)),
    };
    match task.kind {
        IndexKind::Slice => output.raw(&sidecar::slice_index(&index_of(&listing)))?,
        IndexKind::Wgrib2 => output.raw(&sidecar::wgrib2_index(&index_of(&listing)))?,
        IndexKind::List if output.is_json() => {
            for field in &listing.fields {
                output.json(&field_json(field))?;
            }
        }
        IndexKind::List => {
            let rows: Vec<Vec<String>> =
                listing.fields.iter().map(|field| field_cells(field, text).to_vec()).collect();
            let table = lay_out(&COLUMNS, &rows, output.width());
            table.lines.iter().try_for_each(|line| output.line(line))?;
            if !table.gone.is_empty() {
                output.say(&fl!(text.loader, "cli-index-narrow"));
            }
            output.say(&summary(&listing, text));
            if let Some(compression) = listing.compression {
                output.say(&fl!(text.loader, "cli-inspect-compressed", compression = compression.name()));
            }
        }
    }
    for problem in &listing.problems {
        output.json(&problem_json(problem))?;
        if !output.is_json() {
            output.say(&problem_words(text, problem));
        }
    }
    let is_sound = !listing.fields.is_empty() || listing.problems.is_empty();
    Ok(if is_sound { End::Done } else { End::Unsound }.exit_code())
}

fn index_of(listing: &FieldListing) -> GribIndex {
    GribIndex { fields: listing.fields.clone(), digests: listing.digests.clone(), ..GribIndex::default() }
}

/// The answer; `None` when the engine ended before. What is told before it is said.
pub(super) fn answer(
    answers: &Receiver<Answer>,
    (text, output): (&Translator, &mut Output),
) -> Option<Answer> {
    loop {
        let answer = answers.recv().ok()?;
        let Answer::Noted(message) = answer else { return Some(answer) };
        output.say(&text.message(&message));
    }
}

pub(super) fn refuse(
    message: &UserMessage,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let words = text.message(message);
    output.say(&words);
    output.json(&json!({ "error": words }))?;
    Ok(exit_of(message))
}

/// Says why what was asked cannot be done, as the last word; the exit code.
pub fn failed(message: &UserMessage, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    let words = text.message(message);
    output.say(&words);
    output.json(&json!({ "event": "failed", "error": words }))?;
    Ok(exit_of(message))
}

/// The exit code of a question that could not be answered.
pub fn exit_of(message: &UserMessage) -> u8 {
    match message {
        UserMessage::TargetNotFound { .. }
        | UserMessage::TargetUnreachable { .. }
        | UserMessage::LengthUnknown { .. }
        | UserMessage::Offline
        | UserMessage::NoSource { .. }
        | UserMessage::Relay(RelayMessage::NotReachable { .. } | RelayMessage::OtherBytes { .. }) => {
            End::NoSource
        }
        UserMessage::Relay(RelayMessage::ListNotKept { .. } | RelayMessage::ListNotWritten { .. })
        | UserMessage::DiskFull
        | UserMessage::DiskDenied { .. }
        | UserMessage::DiskTrouble { .. }
        | UserMessage::DiskTooSmall { .. }
        | UserMessage::DatabaseTrouble { .. }
        | UserMessage::FolderGone { .. }
        | UserMessage::FolderInUse { .. }
        | UserMessage::OfMesh(MeshNotice::TreeNotServed { .. } | MeshNotice::NothingObserved { .. })
        | UserMessage::LinkInTheWay { .. } => End::Disk,
        UserMessage::Unreadable { .. }
        | UserMessage::UnknownEntry { .. }
        | UserMessage::NoNotices { .. }
        | UserMessage::OfMesh(MeshNotice::TooManyBrokers { .. } | MeshNotice::TooManyRules { .. }) => {
            End::Usage
        }
        UserMessage::Relay(relay) if relay.is_misuse() => End::Usage,
        UserMessage::Relay(
            RelayMessage::KeyChanged { .. }
            | RelayMessage::NoLongerSigned { .. }
            | RelayMessage::ManifestReplayed { .. }
            | RelayMessage::AnswerRefused { .. }
            | RelayMessage::IsSetAside { .. },
        ) => End::NotProven,
        _ => End::Unsound,
    }
    .exit_code()
}

fn level_json(level: Option<Level>) -> (Value, Value) {
    match level {
        Some(level) => (json!(level.kind), level.value.map_or(Value::Null, number_json)),
        None => (Value::Null, Value::Null),
    }
}

/// Whole numbers without a fraction.
fn number_json(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

pub(super) fn field_json(field: &Field) -> Value {
    let ((level_type, level), (level2_type, level2)) = (level_json(field.level), level_json(field.level2));
    let identity = field.identity;
    let is_edition_2 = field.edition != 1;
    json!({
        "message": field.message,
        "field": field.field,
        "offset": field.range.start(),
        "length": field.range.count().0,
        "edition": field.edition,
        "discipline": identity.filter(|_| is_edition_2).map(|id| id.discipline),
        "category": identity.map(|id| id.category),
        "number": identity.map(|id| id.number),
        "template": field.template,
        "reference_time": field.reference_time.map(|time| time.to_string()),
        "lead_minutes": field.lead.map(|lead| lead.minutes()),
        "interval_minutes": field.interval.map(|(first, last)| [first.minutes(), last.minutes()]),
        "level_type": level_type,
        "level": level,
        "level2_type": level2_type,
        "level2": level2,
        "member": field.member,
        "ensemble": field.role.map(MemberRole::key),
        "packing": field.packing,
        "param": field.name(),
    })
}

pub(super) fn problem_json(problem: &Problem) -> Value {
    json!({ "problem": problem.code.key(), "offset": problem.offset, "detail": problem.detail })
}

/// Number, bytes, run, lead time, parameter, and level with member. Without room bytes go, then the run.
const COLUMNS: [Column; 6] = [
    Column { align: Align::Right, goes: 0 },
    Column { align: Align::Left, goes: 2 },
    Column { align: Align::Left, goes: 1 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Left, goes: 0 },
    Column { align: Align::Left, goes: 0 },
];

pub(super) fn field_cells(field: &Field, text: &Translator) -> [String; 6] {
    let number = match field.field {
        1 => field.message.to_string(),
        more => format!("{}.{more}", field.message),
    };
    let name = field.name().unwrap_or_else(|| "?".into());
    let lead = match (field.interval, field.lead) {
        (Some((first, last)), _) if first != last => format!("{first} – {last}"),
        (_, Some(lead)) => lead.to_string(),
        _ => "?".to_owned(),
    };
    let run = field.reference_time.map_or_else(|| "?".to_owned(), |time| text.moment(time));
    let level = field.surface().map_or_else(String::new, |level| level.to_string());
    let member = match (field.role, field.member) {
        (Some(role @ (MemberRole::Control | MemberRole::Mean | MemberRole::Spread)), _) => {
            format!(" {}", role.key())
        }
        (_, Some(member)) => format!(" #{member}"),
        (_, None) => String::new(),
    };
    let place = format!("{}+{}", field.range.start(), field.range.count().0);
    [number, place, run, lead, name.into_owned(), format!("{level}{member}").trim().to_owned()]
}

fn summary(listing: &FieldListing, text: &Translator) -> String {
    fl!(
        text.loader,
        "cli-index-summary",
        n = listing.fields.len(),
        fields = text.count(listing.fields.len() as u64),
        size = text.size(listing.length),
        read = text.size(listing.read),
        time = text.duration(listing.took)
    )
}

/// Says what something is.
///
/// # Errors
/// When stdout cannot be written.
pub fn inspect(
    target: &str,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answered = answer(&link.ask(Query::Inspect(target.to_owned())), (text, output));
    let Some(Answer::Inspect(inspection)) = answered else {
        return Ok(End::Interrupted.exit_code());
    };
    let inspection = match inspection {
        Ok(inspection) => inspection,
        Err(message) => return refuse(&message, (text, output)),
    };
    let (object, lines, is_sound) = match &inspection {
        Inspection::Torrent(report) => torrent(report, text),
        Inspection::Grib(report) => grib(report, text),
        Inspection::SliceIndex { entries, has_digests, problems } => {
            slice_index((*entries, *has_digests), problems, text)
        }
        Inspection::Message(captured) => super::messages::shown(captured, text),
        Inspection::Unknown { length, beginning, server } => {
            unknown((*length, beginning), server.as_ref(), text)
        }
    };
    output.json(&object)?;
    for line in lines {
        output.line(&line)?;
    }
    Ok(if is_sound { End::Done } else { End::Unsound }.exit_code())
}

type Shown = (Value, Vec<String>, bool);

fn torrent(report: &TorrentReport, text: &Translator) -> Shown {
    let object = serde_json::to_value(report).unwrap_or(Value::Null);
    let total: u64 = report.files.iter().map(|file| file.length).sum();
    let verdict = match report.verdict {
        TorrentVerdict::Valid => "✓",
        TorrentVerdict::Deviant => "~",
        TorrentVerdict::Invalid => "✗",
    };
    let mut lines = vec![fl!(
        text.loader,
        "cli-inspect-torrent",
        verdict = verdict,
        name = report.name.clone().unwrap_or_default(),
        size = text.size(ByteCount(total)),
        files = text.count(report.files.len() as u64),
        n = i64::try_from(report.files.len()).unwrap_or(i64::MAX),
        n_pieces = i64::try_from(report.pieces.unwrap_or(0)).unwrap_or(i64::MAX),
        pieces = text.count(report.pieces.unwrap_or(0) as u64),
        piece_length = text.size(ByteCount(report.piece_length.unwrap_or(0)))
    )];
    lines.extend(report.info_hash.iter().cloned());
    lines.extend(report.problems.iter().map(|problem| format!("! {}: {}", problem.code, problem.detail)));
    lines.extend(
        report.trackers.iter().map(|tracker| format!("{} {tracker}", fl!(text.loader, "source-tracker"))),
    );
    lines.extend(
        report.web_seeds.iter().map(|seed| format!("{} {seed}", fl!(text.loader, "source-web-seed"))),
    );
    let size = |length| text.size(ByteCount(length));
    lines.extend(report.files.iter().map(|file| format!("{:>10}  {}", size(file.length), file.path)));
    (object, lines, report.verdict != TorrentVerdict::Invalid)
}

fn grib(report: &GribReport, text: &Translator) -> Shown {
    let listing = &report.listing;
    let messages = listing.fields.iter().filter(|field| field.field == 1).count();
    let mut leads: Vec<i64> =
        listing.fields.iter().filter_map(|field| field.lead).map(|lead| lead.minutes()).collect();
    leads.sort_unstable();
    leads.dedup();
    let verdict = if listing.problems.is_empty() { "valid" } else { "deviant" };
    let mut object = json!({
        "kind": "grib",
        "verdict": verdict,
        "problems": problems_json(&listing.problems),
        "messages": messages,
        "fields": listing.fields.len(),
        "length": listing.length.0,
        "lead_minutes": leads,
        "compression": listing.compression.map(Compression::name),
    });
    let mut lines = vec![fl!(
        text.loader,
        "cli-inspect-grib",
        n = i64::try_from(listing.fields.len()).unwrap_or(i64::MAX),
        fields = text.count(listing.fields.len() as u64),
        n_messages = i64::try_from(messages).unwrap_or(i64::MAX),
        messages = text.count(messages as u64),
        size = text.size(listing.length)
    )];
    lines.extend(
        listing
            .compression
            .map(|compression| fl!(text.loader, "cli-inspect-compressed", compression = compression.name())),
    );
    lines.extend(listing.problems.iter().map(|problem| format!("! {}", problem_words(text, problem))));
    add_server(report.server.as_ref(), &mut object, (&mut lines, text));
    (object, lines, true)
}

fn problems_json(problems: &[Problem]) -> Vec<Value> {
    let of = |problem: &Problem| json!({ "code": problem.code.key(), "detail": format!("at {}: {}", problem.offset, problem.detail) });
    problems.iter().map(of).collect()
}

fn slice_index(
    (entries, has_digests): (usize, bool),
    problems: &[(String, String)],
    text: &Translator,
) -> Shown {
    let listed: Vec<Value> =
        problems.iter().map(|(code, detail)| json!({ "code": code, "detail": detail })).collect();
    let verdict = if problems.is_empty() { "valid" } else { "deviant" };
    let object = json!({
        "kind": "slice_index", "verdict": verdict, "problems": listed, "entries": entries, "digests": has_digests,
    });
    let digests = if has_digests { fl!(text.loader, "cli-inspect-with-digests") } else { String::new() };
    let mut lines =
        vec![fl!(text.loader, "cli-inspect-index", entries = text.count(entries as u64), digests = digests)];
    lines.extend(problems.iter().map(|(_, detail)| format!("! {detail}")));
    (object, lines, true)
}

fn unknown(
    (length, beginning): (ByteCount, &str),
    server: Option<&ServerReport>,
    text: &Translator,
) -> Shown {
    let problem = if length == ByteCount::ZERO {
        json!({ "code": "empty", "detail": "there is nothing in it" })
    } else {
        let detail =
            format!("neither a .torrent nor GRIB, an index or a message; it begins with {beginning}");
        json!({ "code": "not_recognised", "detail": detail })
    };
    let mut object =
        json!({ "kind": "unknown", "verdict": "invalid", "problems": [problem], "length": length.0 });
    let mut lines = vec![fl!(text.loader, "cli-inspect-unknown", size = text.size(length))];
    if !beginning.is_empty() {
        lines.push(fl!(text.loader, "cli-inspect-begins", beginning = beginning));
    }
    add_server(server, &mut object, (&mut lines, text));
    (object, lines, false)
}

fn add_server(
    server: Option<&ServerReport>,
    object: &mut Value,
    (lines, text): (&mut Vec<String>, &Translator),
) {
    let Some(server) = server else { return };
    object["server"] = json!({
        "answers_ranges": server.answers_ranges,
        "has_validator": server.has_validator,
        "reason": server.reason.as_ref().map(|reason| reason.key()),
    });
    lines.push(if server.answers_ranges {
        fl!(text.loader, "cli-inspect-server-good")
    } else {
        let reason = match &server.reason {
            Some(reason) => text.reason(reason),
            None => fl!(text.loader, "cli-inspect-no-ranges"),
        };
        fl!(text.loader, "cli-inspect-server-bad", reason = reason)
    });
}

/// Checks files.
///
/// # Errors
/// When stdout cannot be written.
pub fn verify(
    request: &VerifyRequest,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::Verify(request.clone()));
    let mut ends = Vec::new();
    loop {
        let Ok(answer) = answers.recv() else {
            return Ok(End::Interrupted.exit_code());
        };
        let Answer::Verified(file) = answer else { break };
        ends.push(tell_verified(&file, (text, output))?);
    }
    Ok(End::gravest(ends).exit_code())
}

fn finding_line(file: &VerifiedFile, finding: &Finding, text: &Translator) -> String {
    let (l, path, size) = (&text.loader, file.path.as_str(), text.size(file.length));
    match finding {
        Finding::Verdict(verdict) => fl!(
            l,
            "cli-verify-line",
            path = path,
            size = size,
            verdict = proof::verdict(text, verdict),
            voucher = proof::voucher(text, verdict)
        ),
        Finding::Partly { right, unchecked, voucher } => {
            let of = Verdict::Verified { method: Method::PieceHashes, voucher: voucher.clone() };
            let (right, all) = (text.count(*right), text.count(right + unchecked));
            let voucher = proof::voucher(text, &of);
            fl!(l, "cli-verify-partly", path = path, size = size, right = right, all = all, voucher = voucher)
        }
        Finding::NotVerified => fl!(l, "cli-verify-not-verified", path = path, size = size),
        Finding::Broken => fl!(l, "cli-verify-broken", path = path, size = size),
        Finding::NotGrib { .. } => fl!(l, "cli-verify-not-grib", path = path, size = size),
    }
}

fn tell_verified(file: &VerifiedFile, (text, output): (&Translator, &mut Output)) -> Result<End, OutputGone> {
    let (mut object, line, end) = match &file.finding {
        Ok(finding) => {
            let (method, voucher) = match finding {
                Finding::Verdict(verdict) => method_and_voucher(verdict),
                Finding::Partly { voucher, .. } => (Some(Method::PieceHashes.key()), Some(voucher.key())),
                Finding::NotVerified | Finding::Broken | Finding::NotGrib { .. } => (None, None),
            };
            let object = json!({
                "path": file.path, "bytes": file.length.0, "verdict": finding.key(),
                "method": method, "voucher": voucher,
            });
            let line = finding_line(file, finding, text);
            (object, line, if finding.is_bad() { End::NotProven } else { End::Done })
        }
        Err(message) => {
            let words = text.message(message);
            let object = json!({ "path": file.path, "verdict": "not_checked", "error": words });
            let line = fl!(text.loader, "cli-verify-failed", path = file.path.as_str(), problem = words);
            let end = if exit_of(message) == End::Disk.exit_code() { End::Disk } else { End::NoSource };
            (object, line, end)
        }
    };
    if let Some(detail) = &file.detail {
        object["detail"] = json!(detail);
    }
    output.json(&object)?;
    output.line(&match &file.detail {
        Some(detail) => format!("{line} ({detail})"),
        None => line,
    })?;
    Ok(end)
}
