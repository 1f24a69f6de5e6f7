//! `follow`: wishes added, listed, removed; and news of them as they come.

use super::arguments::{FollowTask, TellDesktop};
use super::json::FileLine;
use super::listing::exit_of;
use super::output::{Output, OutputGone};
use crate::app::follow::view::Pace;
use crate::app::follow::{FollowNews, FollowQuery, FollowRow, RunNews};
use crate::app::input::Action;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::app::state::End;
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
    let answers = link.ask(Query::Follow(query.clone()));
    let mut count = 0;
    loop {
        let answer = answers.recv();
        // A server is asked again after a pause: following goes on.
        if let Ok(Answer::Noted(message)) = &answer {
            let words = text.message(message);
            output.say(&words);
            output.json(&json!({ "event": "note", "message": words }))?;
            continue;
        }
        let Ok(Answer::Follow(news)) = answer else { return Ok(End::Interrupted.exit_code()) };
        match news {
            FollowNews::Done => {
                desktop.hear(LAST_TOLD, (text, output));
                return done(query, count, (text, output));
            }
            FollowNews::Refused(message) => {
                let words = text.message(&message);
                output.say(&words);
                output.json(&json!({ "event": "failed", "error": words }))?;
                return Ok(exit_of(&message));
            }
            news => {
                count += usize::from(matches!(news, FollowNews::Listed { .. } | FollowNews::InWindow(_)));
                desktop.tell(&news, (text, output));
                if let Err(gone) = tell(news, (text, output)) {
                    link.send(Action::StopAll);
                    return Err(gone);
                }
            }
        }
    }
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
    fn tell(&mut self, news: &FollowNews, (text, output): (&Translator, &mut Output)) {
        let (name, words) = match news {
            FollowNews::Run { name, run, news } if self.told >= TellDesktop::Runs => {
                (name, run_text(*run, *news, text))
            }
            FollowNews::File { name, file, .. } if self.told >= TellDesktop::Files => {
                (name, super::get::file_text(file, text))
            }
            FollowNews::Run { .. }
            | FollowNews::File { .. }
            | FollowNews::Listed { .. }
            | FollowNews::InWindow(_)
            | FollowNews::Executed { .. }
            | FollowNews::Missing { .. }
            | FollowNews::Removed { .. }
            | FollowNews::Note { .. }
            | FollowNews::Waiting { .. }
            | FollowNews::Done
            | FollowNews::Refused(_) => return,
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
    match query {
        FollowQuery::Add { name, .. } => {
            output.line(&fl!(text.loader, "follow-added", name = name.as_str()))?
        }
        FollowQuery::Remove { name, .. } => {
            output.line(&fl!(text.loader, "follow-removed", name = name.as_str()))?
        }
        FollowQuery::List { .. } if count == 0 => output.line(&fl!(text.loader, "follow-none"))?,
        FollowQuery::List { .. } | FollowQuery::Run { .. } => {}
    }
    output.json(&json!({ "event": "done" }))?;
    Ok(End::Done.exit_code())
}

/// One line of the window's list.
fn in_window(row: &FollowRow, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let (l, kept) = (&text.loader, &row.kept);
    let time = |time: Option<UtcTime>| time.map(|time| time.to_string());
    let trouble = kept.source_trouble.as_ref().map(|(why, _)| why).or(kept.hour_trouble.as_ref());
    let error = trouble.map(|why| text.message(why));
    output.json(&json!({
        "event": "followed", "in": "window", "name": row.name, "wish": row.wish, "paused": kept.pace == Pace::Paused,
        "fetched": kept.fetched, "looked": time(kept.looked), "last_success": time(kept.last_success),
        "next_due": time(kept.next_due), "error": error,
    }))?;
    let or_dash = |time: Option<UtcTime>| time.map_or_else(|| "–".to_owned(), |time| text.moment(time));
    let state = match (kept.pace, &error) {
        (Pace::Paused, _) => fl!(l, "followed-paused"),
        (Pace::Active, Some(error)) => error.replace('\n', " "),
        (Pace::Active, None) => fl!(l, "followed-active"),
    };
    let words = fl!(
        l,
        "follow-in-window",
        name = row.name.as_str(),
        leads = row.wish.lead.as_deref().unwrap_or("*"),
        fetched = text.count(kept.fetched.into()),
        success = or_dash(kept.last_success),
        due = or_dash(kept.next_due),
        state = state
    );
    output.line(&words)
}

fn tell(news: FollowNews, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let l = &text.loader;
    match news {
        FollowNews::Listed { name, wish, here, missing } => {
            output.json(
                &json!({ "event": "followed", "name": name, "wish": wish, "here": here, "missing": missing }),
            )?;
            output.line(&fl!(l, "follow-listed", name = name, id = wish.id, here = here, missing = missing))
        }
        FollowNews::InWindow(row) => in_window(&row, (text, output)),
        FollowNews::File { name, key, file } => {
            output
                .json(&json!({ "event": "file", "name": name, "key": key, "file": FileLine::of(&file) }))?;
            output.line(&super::get::file_text(&file, text))
        }
        FollowNews::Executed { name, key, code } => {
            output.json(&json!({ "event": "executed", "name": name, "key": key, "code": code }))?;
            let code = code.map_or_else(|| "?".to_owned(), |code| code.to_string());
            output.line(&fl!(l, "follow-executed", key = key, code = code))
        }
        FollowNews::Missing { name, key } => {
            output.json(&json!({ "event": "missing", "name": name, "key": key }))?;
            output.line(&fl!(l, "follow-missing", key = key))
        }
        FollowNews::Run { name, run, news } => {
            let start = run.to_string();
            output.json(&json!({ "event": "run", "name": name, "run": start, "state": news.key() }))?;
            output.line(&run_text(run, news, text))
        }
        FollowNews::Removed { name, path } => {
            output.json(&json!({ "event": "removed", "name": name, "path": path }))?;
            output.line(&fl!(l, "follow-file-removed", path = path))
        }
        FollowNews::Note { name, message } => {
            let words = text.message(&message);
            output.json(&json!({ "event": "note", "name": name, "message": words }))?;
            output.say(&words);
            Ok(())
        }
        FollowNews::Waiting { until } => {
            output.json(&json!({ "event": "waiting", "until": until.to_string() }))?;
            if output.has_watcher() {
                output.say(&fl!(l, "follow-waiting", until = text.moment(until)));
            }
            Ok(())
        }
        FollowNews::Done | FollowNews::Refused(_) => Ok(()),
    }
}
