//! `listen`: what a broker announces, and what became of the files, line by line.
//!
//! Exit: 0 when it ended as asked, 3 when no broker was ever connected or a file could not be got, 4 when a file was
//! refused as wrong and came right from no other source, 5 when a file could not be written, 130 when interrupted before
//! anything was heard.

use super::json::FileLine;
use super::messages::object_of;
use super::output::{Output, OutputGone};
use crate::app::Reason;
use crate::app::input::Action;
use crate::app::jobs::view::{End, FileInPlace};
use crate::app::link::Link;
use crate::app::mesh::listening::{
    BrokerStanding, BrokerState, CaughtUp, FileNews, FileOutcome, ListenNews, ListenRequest, ListenSummary,
};
use crate::app::query::{Answer, Query};
use crate::domain::outside_text::show;
use crate::i18n::{Translator, archive_trouble, broker, proof};
use crate::mesh::announcement::MessageReading;
use crate::mesh::lag::{Lag, LagFigures, Thresholds};
use crate::mesh::mirror::LocalCopy;
use crate::mesh::recent::Heard;
use i18n_embed_fl::fl;
use serde_json::{Value, json};
use std::sync::mpsc::TryRecvError;

type Told<'a> = (&'a Translator, &'a mut Output);

/// Listens to the end.
///
/// # Errors
/// When stdout cannot be written; listening ends then.
pub fn run(request: &ListenRequest, link: &dyn Link, (text, output): Told<'_>) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::Listen(Box::new(request.clone())));
    let mut told = Ok(());
    output.hold();
    loop {
        let answer = answers.try_recv().or_else(|empty| {
            // Lines are written together while answers come without a pause, and at once where there is one.
            if empty == TryRecvError::Empty && told.is_ok() {
                told = output.release();
                stop_without_output(told, link);
            }
            answers.recv()
        });
        if let Ok(Answer::Listening(news)) = answer {
            if told.is_ok() {
                told = tell(&news, (text, output));
                stop_without_output(told, link);
            }
            continue;
        }
        // A server is asked again after a pause, as that of an archive or of a file: listening goes on.
        if let Ok(Answer::Noted(message)) = &answer {
            let words = text.message(message);
            output.say(&words);
            if told.is_ok() {
                told = output.json(&json!({ "event": "note", "message": words }));
                stop_without_output(told, link);
            }
            continue;
        }
        let Ok(Answer::ListenDone(done)) = answer else {
            return Ok(End::Interrupted.exit_code());
        };
        return match done {
            Ok(summary) => {
                told?;
                tell_end(&summary, (text, output))?;
                output.release()?;
                Ok(end_of(&summary).exit_code())
            }
            Err(message) => {
                let code = super::listing::failed(&message, (text, output))?;
                output.release()?;
                Ok(code)
            }
        };
    }
}

/// Nobody reads what is told any more: listening ends.
fn stop_without_output(told: Result<(), OutputGone>, link: &dyn Link) {
    if told.is_err() {
        link.send(Action::StopAll);
    }
}

fn end_of(summary: &ListenSummary) -> End {
    match summary {
        ListenSummary { was_connected: false, .. } => End::NoSource,
        ListenSummary { refused: 1.., .. } => End::NotProven,
        ListenSummary { unsettled: 1.., .. } => End::Disk,
        ListenSummary { failed: 1.., .. } => End::NoSource,
        _ => End::Done,
    }
}

/// Tells one thing that happened.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn tell(news: &ListenNews, told: Told<'_>) -> Result<(), OutputGone> {
    match news {
        ListenNews::Broker(broker, state) => tell_broker(broker, state, told),
        ListenNews::Heard(broker, heard, _) => {
            let (text, output) = told;
            heard.iter().try_for_each(|heard| tell_heard(heard, broker.as_deref(), (text, output)))
        }
        ListenNews::Gap(broker, period) => {
            let (from, to) = (period.0.to_second().to_string(), period.1.to_second().to_string());
            told.1.say(&fl!(told.0.loader, "cli-listen-gap", from = from.as_str(), to = to.as_str()));
            told.1.json(&json!({ "event": "gap", "broker": **broker, "from": from, "to": to }))
        }
        ListenNews::CaughtUp(caught) => tell_caught_up(caught, told),
        ListenNews::File(news) => tell_file(news, told),
        ListenNews::Removed(path) => {
            told.1.json(&json!({ "event": "removed", "path": path }))?;
            told.1.line(&fl!(told.0.loader, "follow-file-removed", path = path))
        }
        ListenNews::SetAside(aside) => super::forwarding::tell_aside(aside, told),
        ListenNews::Dropped(count) => {
            let (text, output) = told;
            output.say(&fl!(text.loader, "cli-listen-dropped", count = text.count(*count)));
            output.json(&json!({ "event": "dropped", "count": count }))
        }
    }
}

fn tell_caught_up(caught: &CaughtUp, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let (from, to) = (caught.period.0.to_second().to_string(), caught.period.1.to_second().to_string());
    output.say(&caught_up(caught, (&from, &to), text));
    output.json(&json!({
        "event": "caught_up", "from": from, "to": to, "messages": caught.messages, "missed": caught.missed.as_ref().map(ToString::to_string),
    }))
}

/// What an archive gave of a period; of one that could not be asked, how many it has is unknown.
fn caught_up(caught: &CaughtUp, (from, to): (&str, &str), text: &Translator) -> String {
    let l = &text.loader;
    let count = text.count(caught.messages);
    match &caught.missed {
        None => fl!(l, "cli-listen-caught-up", from = from, to = to, count = count),
        Some(why) if caught.messages == 0 => {
            fl!(l, "cli-listen-not-caught-up", from = from, to = to, reason = archive_trouble(text, why))
        }
        Some(why) => {
            let got = fl!(l, "cli-listen-caught-up", from = from, to = to, count = count);
            format!("{got} {}", fl!(l, "cli-listen-missed", reason = archive_trouble(text, why)))
        }
    }
}

fn tell_broker(broker: &str, state: &BrokerState, (text, output): Told<'_>) -> Result<(), OutputGone> {
    for (filter, reason) in &state.refused {
        output.say(&fl!(
            text.loader,
            "cli-listen-filter-refused",
            broker = broker,
            filter = show(filter),
            reason = show(reason)
        ));
    }
    match &state.standing {
        BrokerStanding::Listening { protocol, session_present } => {
            output.say(&fl!(
                text.loader,
                "cli-listen-listening",
                broker = broker,
                protocol = protocol.name()
            ));
            let refused: Vec<Value> = state
                .refused
                .iter()
                .map(|(filter, reason)| json!({ "filter": filter, "reason": reason }))
                .collect();
            output.json(&json!({
                "event": "listening", "broker": broker, "protocol": protocol.key(),
                "session_present": session_present, "refused": refused,
            }))
        }
        BrokerStanding::Waiting { trouble, next } => {
            let (reason, seconds) = (broker::trouble(text, trouble), next.as_secs_f64());
            output.say(&fl!(
                text.loader,
                "cli-listen-waiting",
                broker = broker,
                reason = reason,
                seconds = text.decimal(seconds, 1)
            ));
            output.json(&json!({
                "event": "waiting", "broker": broker, "reason": trouble.key(),
                "detail": trouble.to_string(), "seconds": seconds,
            }))
        }
        BrokerStanding::Connecting | BrokerStanding::Ended => Ok(()),
    }
}

fn tell_heard(heard: &Heard, broker: Option<&str>, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let reading = &heard.received.reading;
    if output.is_json() {
        let mut object = object_of(reading);
        let event = object["kind"].clone();
        object["event"] = event;
        object["broker"] = json!(broker);
        object["topic"] = json!(heard.topic);
        object["received_at"] = json!(heard.at.to_string());
        object["arrival"] = json!(heard.arrival.key());
        object["novelty"] = json!(heard.novelty.map(|novelty| novelty.key()));
        object["lag_ms"] = json!(heard.lag.map(|lag| lag.0));
        let timely = heard.lag.filter(|_| heard.arrival.tells_lag());
        object["timeliness"] = json!(timely.map(|lag| lag.timeliness(Thresholds::default()).key()));
        return output.json(&object);
    }
    let name = match reading {
        MessageReading::Announcement(announcement) => show(&announcement.key),
        MessageReading::Event(event) => {
            show(event.title.as_deref().or(event.subtype.as_deref()).unwrap_or_default())
        }
        MessageReading::Record(record) => show(record.id.as_deref().unwrap_or_default()),
        MessageReading::Invalid(invalid) => {
            let reasons: Vec<String> = invalid.remarks.iter().map(ToString::to_string).collect();
            format!("{} ({})", show(&heard.topic), reasons.join("; "))
        }
    };
    let lag = heard.lag.map_or_else(|| "–".to_owned(), |lag| seconds(lag, text));
    let verdict = match reading.soundness().key() {
        "valid" => "✓",
        "deviant" => "~",
        _ => "✗",
    };
    let time = heard.at.to_second().to_string();
    output.line(&fl!(text.loader, "cli-listen-heard", time = time, verdict = verdict, lag = lag, name = name))
}

fn tell_file(news: &FileNews, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let tried: Vec<Value> = news
        .tried
        .iter()
        .map(|(url, reason)| json!({ "url": url, "reason": reason.key(), "detail": reason.to_string() }))
        .collect();
    let mut object = json!({
        "key": news.key, "lane": news.lane.key(), "from": news.from,
        "seconds": (news.took.as_secs_f64() * 1000.0).round() / 1000.0, "tried": tried,
    });
    let key = show(&news.key);
    match &news.outcome {
        FileOutcome::InPlace(file) => {
            object["event"] = json!("file");
            tell_changes(news, file, (text, output), &mut object)?;
            if let (Value::Object(object), Ok(Value::Object(line))) =
                (&mut object, serde_json::to_value(FileLine::of(file)))
            {
                object.extend(line);
            }
            output.line(&fl!(
                text.loader,
                "cli-listen-file",
                path = file.path.as_str(),
                size = text.size(file.length),
                verdict = proof::verdict(text, &file.verdict),
                voucher = proof::voucher(text, &file.verdict)
            ))?;
        }
        FileOutcome::Withdrawn(local) => tell_withdrawn((&key, local), (text, output), &mut object)?,
        FileOutcome::Refused(_)
        | FileOutcome::Failed
        | FileOutcome::NotFetched(_)
        | FileOutcome::Unsettled(_) => {
            let (event, detail, words) = why_not(news, text);
            object["event"] = json!(event);
            if let Some(detail) = detail {
                object["detail"] = json!(detail);
            }
            output.line(&words)?;
        }
    }
    super::forwarding::tell_step(news, (text, output), &mut object)?;
    output.json(&object)
}

/// Why a file is not in its place: the event, the detail of its JSON line, and the line for people.
fn why_not(news: &FileNews, text: &Translator) -> (&'static str, Option<String>, String) {
    let (key, l) = (show(&news.key), &text.loader);
    match &news.outcome {
        FileOutcome::Refused(wrong) => {
            let words = fl!(l, "cli-listen-refused", key = key, detail = broker::wrong_file(text, wrong));
            ("refused", Some(wrong.to_string()), words)
        }
        FileOutcome::NotFetched(why) => {
            let words = fl!(l, "cli-listen-not-fetched", key = key, detail = broker::not_fetched(text, why));
            ("not_fetched", Some(why.to_string()), words)
        }
        FileOutcome::Unsettled(message) => {
            let detail = text.message(message);
            let words = fl!(l, "cli-listen-not-settled", key = key, detail = detail.as_str());
            ("not_settled", Some(detail), words)
        }
        FileOutcome::Failed | FileOutcome::InPlace(_) | FileOutcome::Withdrawn(_) => {
            let reason = |(url, reason): &(String, Reason)| format!("{url}: {}", text.reason(reason));
            let reasons: Vec<String> = news.tried.iter().map(reason).collect();
            ("not_got", None, fl!(l, "cli-listen-failed", key = key, reasons = reasons.join(" · ")))
        }
    }
}

/// What became of the local copies of a withdrawn file.
fn tell_withdrawn(
    (key, local): (&str, &[(String, LocalCopy)]),
    (text, output): Told<'_>,
    object: &mut Value,
) -> Result<(), OutputGone> {
    object["event"] = json!("withdrawn");
    object["local"] = local.iter().map(|(path, copy)| json!({ "path": path, "copy": copy.key() })).collect();
    if local.is_empty() {
        return output.line(&fl!(text.loader, "cli-listen-withdrawn", key = key));
    }
    local.iter().try_for_each(|(path, copy)| {
        let (path, became) = (path.as_str(), broker::local_copy(text, *copy));
        output.line(&fl!(text.loader, "cli-listen-withdrawn-local", key = key, path = path, became = became))
    })
}

/// What else a file in its place changed: the version before it, the name before it, other content of its key.
fn tell_changes(
    news: &FileNews,
    file: &FileInPlace,
    (text, output): Told<'_>,
    object: &mut Value,
) -> Result<(), OutputGone> {
    let (changes, l) = (&news.changes, &text.loader);
    for path in &changes.removed {
        output.line(&fl!(l, "cli-listen-version-removed", path = path.as_str()))?;
        output.json(&json!({ "event": "removed", "path": path, "key": news.key }))?;
    }
    object["replaced"] = json!(changes.replaced);
    if let Some(former) = &changes.renamed_from {
        object["renamed_from"] = json!(former);
        output.line(&fl!(l, "cli-listen-renamed", from = former.as_str(), to = file.path.as_str()))?;
    }
    if let Some(first) = &changes.conflict_with {
        object["conflict_with"] = json!(first);
        let (key, first) = (show(&news.key), show(first));
        output.line(&fl!(l, "cli-listen-conflict", key = key, first = first, second = file.path.as_str()))?;
    }
    match &file.kept_as {
        Some(kept) if changes.replaced => output.line(&fl!(l, "cli-listen-version", path = kept.as_str())),
        Some(kept) => output.line(&fl!(l, "message-kept-existing", kept_as = kept.as_str())),
        None if changes.replaced => output.line(&fl!(l, "cli-listen-replaced", path = file.path.as_str())),
        None => Ok(()),
    }
}

fn tell_end(summary: &ListenSummary, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let or = |lag: Option<Lag>| lag.map_or_else(|| "–".to_owned(), |lag| seconds(lag, text));
    let (tally, lag) = (&summary.tally, &summary.lag);
    for broker in &summary.never_connected {
        output.say(&fl!(text.loader, "cli-listen-never", broker = broker.to_string()));
    }
    if lag.apart > 0 {
        output.say(&fl!(text.loader, "cli-listen-apart", count = text.count(u64::from(lag.apart))));
    }
    output.say(&fl!(
        text.loader,
        "cli-listen-summary",
        messages = text.count(tally.messages),
        deviant = text.count(tally.deviant),
        invalid = text.count(tally.invalid),
        news = text.count(tally.news),
        files = text.count(summary.in_place),
        refused = text.count(summary.refused),
        failed = text.count(summary.failed),
        mean = or(summary.mean_lag),
        median = or(lag.median),
        p95 = or(lag.p95),
        max = or(lag.max)
    ));
    for (source, figures, mean) in &summary.by_source {
        output.say(&fl!(
            text.loader,
            "cli-listen-source",
            source = show(source),
            mean = or(*mean),
            max = or(figures.max)
        ));
    }
    let sources: Vec<Value> = summary
        .by_source
        .iter()
        .map(|(source, figures, mean)| json!({ "source": source, "lag_ms": lag_json(figures, *mean) }))
        .collect();
    output.json(&json!({
        "event": "done",
        "messages": tally.messages, "valid": tally.valid, "deviant": tally.deviant, "invalid": tally.invalid,
        "news": tally.news, "further_sources": tally.sources, "repeats": tally.repeats, "conflicts": tally.conflicts,
        "late": tally.late, "clock_skew": tally.clock_skew, "dropped": summary.dropped,
        "files": summary.in_place, "refused": summary.refused, "not_got": summary.failed,
        "withdrawn": summary.withdrawn, "not_settled": summary.unsettled,
        "lag_ms": lag_json(lag, summary.mean_lag), "sources": sources,
        "seconds": (summary.took.as_secs_f64() * 1000.0).round() / 1000.0,
    }))
}

fn lag_json(figures: &LagFigures, mean: Option<Lag>) -> Value {
    let of = |lag: Option<Lag>| lag.map(|lag| lag.0);
    json!({
        "now": of(figures.now), "mean": of(mean), "median": of(figures.median), "p95": of(figures.p95),
        "max": of(figures.max), "apart": figures.apart,
    })
}

fn seconds(lag: Lag, text: &Translator) -> String {
    format!("{} s", text.decimal(lag.0 as f64 / 1_000.0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::mesh::listening::ArchiveTrouble;
    use crate::domain::utc::UtcMillis;
    use crate::i18n::Language;

    #[test]
    fn a_lag_is_written_as_each_language_writes_numbers() {
        let said = |language| seconds(Lag(1_500), &Translator::new(language));
        assert_eq!(
            (said(Language::English), said(Language::French)),
            ("1.5 s".to_owned(), "1,5 s".to_owned())
        );
    }

    #[test]
    fn an_archive_that_was_not_reached_is_not_said_to_have_nothing() {
        let at = UtcMillis::from_unix_millis(0).expect("a time");
        let said = |language, messages| {
            let trouble = ArchiveTrouble::NotReached("https://h/items".to_owned(), Reason::Offline);
            let caught = CaughtUp { period: (at, at), messages, missed: Some(trouble) };
            caught_up(&caught, ("A", "B"), &Translator::new(language))
        };
        let expected =
            "gave nothing from A to B; what it has is unknown: https://h/items: this computer is offline";
        assert!(said(Language::English, 0).contains(expected), "{}", said(Language::English, 0));
        assert!(said(Language::French, 0).contains("est inconnu"), "{}", said(Language::French, 0));
        assert!(said(Language::English, 3).contains("3 announcements"), "{}", said(Language::English, 3));
    }
}
