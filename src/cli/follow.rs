//! `follow`: wishes added, listed, removed; and news of them as they come.

use super::arguments::{FollowTask, TellDesktop};
use super::events::tell_events;
use super::json::FileLine;
use super::listing::failed;
use super::output::{Output, OutputGone};
use crate::app::follow::view::Pace;
use crate::app::follow::{FollowCommand, FollowEvent, FollowPlace, FollowQuery, FollowRow, RunNews};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::domain::utc::UtcTime;
use crate::i18n::Translator;
use i18n_embed_fl::fl;
use serde_json::json;
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// How long the last notification may take, once there is nothing else to do.
const LAST_TOLD: Duration = Duration::from_secs(5);

/// Carries `follow` out and returns the exit code.
///
/// # Errors
/// When stdout cannot be written; following ends then.
pub fn run(
    task: &FollowTask,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let query = &task.query;
    let mut desktop = Desktop { told: task.told, link, asked: None, has_refused: false };
    let mut count = 0;
    let pick = |answer| if let Answer::Follow(event) = answer { Some(event) } else { None };
    let told = |event, output: &mut Output| {
        desktop.tell(&event, (text, output));
        if matches!(event, FollowEvent::Done) {
            desktop.hear(LAST_TOLD, (text, output));
        }
        tell(event, (query, &mut count), (text, output))
    };
    tell_events((Query::Follow(query.clone()), link), pick, told, (text, output))
}

/// The desktop, as far as it is told.
struct Desktop<'l> {
    told: TellDesktop,
    link: &'l dyn Link,
    /// Where the answer to the last notification comes.
    asked: Option<Receiver<Answer>>,
    has_refused: bool,
}

impl Desktop<'_> {
    /// Tells what the person wished to be told; that a desktop shows nothing is said once.
    fn tell(&mut self, event: &FollowEvent, (text, output): (&Translator, &mut Output)) {
        let (name, words) = match event {
            FollowEvent::Run { name, run, news } if self.told >= TellDesktop::Runs => {
                (name, run_text(*run, *news, text))
            }
            FollowEvent::File { name, file, .. } if self.told >= TellDesktop::Files => {
                (name, super::get::file_text(file, text))
            }
            FollowEvent::Run { .. }
            | FollowEvent::File { .. }
            | FollowEvent::Listed(..)
            | FollowEvent::Appeared(_)
            | FollowEvent::Executed { .. }
            | FollowEvent::Missing { .. }
            | FollowEvent::Removed { .. }
            | FollowEvent::Note { .. }
            | FollowEvent::Waiting { .. }
            | FollowEvent::Done
            | FollowEvent::Refused(_) => return,
        };
        self.hear(Duration::ZERO, (text, output));
        self.asked = Some(self.link.ask(Query::TellDesktop(format!("{name}\n{words}"))));
    }

    fn hear(&mut self, at_most: Duration, (text, output): (&Translator, &mut Output)) {
        let Some(asked) = &self.asked else { return };
        if let Ok(Answer::DesktopTold(Err(message))) = asked.recv_timeout(at_most)
            && !std::mem::replace(&mut self.has_refused, true)
        {
            output.say(&text.message(&message));
        }
    }
}

fn run_text(run: UtcTime, news: RunNews, text: &Translator) -> String {
    let (l, run) = (&text.loader, text.moment(run));
    match news {
        RunNews::Complete => fl!(l, "follow-run-complete", run = run),
        RunNews::Incomplete => fl!(l, "follow-run-incomplete", run = run),
        RunNews::Late => fl!(l, "follow-run-late", run = run),
    }
}

fn done(
    query: &FollowQuery,
    count: usize,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let l = &text.loader;
    match query {
        FollowQuery::Command { command, .. } => match command {
            FollowCommand::Add { name, wish } => {
                let name = name.as_deref().unwrap_or(&wish.id);
                output.line(&fl!(l, "follow-added", name = name))?;
            }
            FollowCommand::Remove(name) => output.line(&fl!(l, "follow-removed", name = name.as_str()))?,
            // Said by the list of the window.
            FollowCommand::Pause(_)
            | FollowCommand::Resume(_)
            | FollowCommand::LookNow(_)
            | FollowCommand::Stop(_)
            | FollowCommand::PutBack(_)
            | FollowCommand::Settled(..) => {}
        },
        FollowQuery::List { .. } if count == 0 => output.line(&fl!(l, "follow-none"))?,
        FollowQuery::List { .. } | FollowQuery::Run { .. } => {}
    }
    output.json(&json!({ "event": "done" }))?;
    Ok(End::Done.exit_code())
}

/// One line of a list.
fn listed(
    place: FollowPlace,
    row: &FollowRow,
    (text, output): (&Translator, &mut Output),
) -> Result<(), OutputGone> {
    let (l, kept) = (&text.loader, &row.kept);
    let time = |time: Option<UtcTime>| time.map(|time| time.to_string());
    let trouble = kept.source_trouble.as_ref().map(|(why, _)| why).or(kept.hour_trouble.as_ref());
    let error = trouble.map(|why| text.message(why));
    let mut line = json!({
        "event": "followed", "in": place.key(), "name": row.name, "wish": row.wish,
        "paused": kept.pace == Pace::Paused, "looked": time(kept.looked), "last_success": time(kept.last_success),
        "next_due": time(kept.next_due), "error": error,
    });
    match place {
        FollowPlace::Window => line["fetched"] = kept.fetched.into(),
        FollowPlace::Folder => {
            (line["here"], line["missing"]) = (row.files.here.into(), row.files.missing.into());
        }
    }
    output.json(&line)?;
    let or_dash = |time: Option<UtcTime>| time.map_or_else(|| "–".to_owned(), |time| text.moment(time));
    let state = match (kept.pace, &error) {
        (Pace::Paused, _) => fl!(l, "followed-paused"),
        (Pace::Active, Some(error)) => error.replace('\n', " "),
        (Pace::Active, None) if kept.looked.is_none() => fl!(l, "follow-not-checked"),
        (Pace::Active, None) => fl!(l, "followed-active"),
    };
    let (name, success, due) = (row.name.as_str(), or_dash(kept.last_success), or_dash(kept.next_due));
    output.line(&match place {
        FollowPlace::Window => fl!(
            l,
            "follow-in-window",
            name = name,
            leads = row.wish.lead.as_deref().unwrap_or("*"),
            fetched = text.count(kept.fetched.into()),
            success = success,
            due = due,
            state = state
        ),
        FollowPlace::Folder => fl!(
            l,
            "follow-listed",
            name = name,
            id = row.wish.id.as_str(),
            here = text.count(row.files.here as u64),
            missing = text.count(row.files.missing as u64),
            success = success,
            due = due,
            state = state
        ),
    })
}

/// Tells one thing; the last word gives the exit code.
fn tell(
    event: FollowEvent,
    (query, count): (&FollowQuery, &mut usize),
    (text, output): (&Translator, &mut Output),
) -> Result<Option<u8>, OutputGone> {
    let l = &text.loader;
    match event {
        FollowEvent::Listed(place, rows) => {
            // The list as it changes while it is followed is for windows.
            if matches!(query, FollowQuery::List { .. }) {
                *count += rows.len();
                rows.iter().try_for_each(|row| listed(place, row, (text, output)))?;
            }
        }
        // Hours appear in the window, where transfers fetch them.
        FollowEvent::Appeared(_) => {}
        FollowEvent::File { name, key, file } => {
            output
                .json(&json!({ "event": "file", "name": name, "key": key, "file": FileLine::of(&file) }))?;
            output.line(&super::get::file_text(&file, text))?;
        }
        FollowEvent::Executed { name, key, code } => {
            output.json(&json!({ "event": "executed", "name": name, "key": key, "code": code }))?;
            let code = code.map_or_else(|| "?".to_owned(), |code| code.to_string());
            output.line(&fl!(l, "follow-executed", key = key, code = code))?;
        }
        FollowEvent::Missing { name, key } => {
            output.json(&json!({ "event": "missing", "name": name, "key": key }))?;
            output.line(&fl!(l, "follow-missing", key = key))?;
        }
        FollowEvent::Run { name, run, news } => {
            let start = run.to_string();
            output.json(&json!({ "event": "run", "name": name, "run": start, "state": news.key() }))?;
            output.line(&run_text(run, news, text))?;
        }
        FollowEvent::Removed { name, path } => {
            output.json(&json!({ "event": "removed", "name": name, "path": path }))?;
            output.line(&fl!(l, "follow-file-removed", path = path))?;
        }
        FollowEvent::Note { name, message } => {
            let words = text.message(&message);
            output.json(&json!({ "event": "note", "name": name, "message": words }))?;
            output.say(&words);
        }
        FollowEvent::Waiting { until } => {
            output.json(&json!({ "event": "waiting", "until": until.to_string() }))?;
            if output.has_watcher() {
                output.say(&fl!(l, "follow-waiting", until = text.moment(until)));
            }
        }
        FollowEvent::Done => return done(query, *count, (text, output)).map(Some),
        FollowEvent::Refused(message) => return failed(&message, (text, output)).map(Some),
    }
    Ok(None)
}
