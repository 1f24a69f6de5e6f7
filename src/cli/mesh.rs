//! `mesh run`: what arrives, what is announced again, and what is neither, line by line.
//!
//! Exit: 3 when no broker was ever connected or the one that is announced to refuses the user, 5 when the folder or the port cannot be
//! used, 130 when it was told to stop.

use super::output::{Output, OutputGone};
use super::{announcing, listen};
use crate::app::input::Action;
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::mesh::listening::ListenNews;
use crate::app::mesh::running::{MeshRunNews, MeshRunRequest, MeshRunSummary};
use crate::app::query::{Answer, Query};
use crate::i18n::{Translator, broker};
use i18n_embed_fl::fl;
use serde_json::json;
use std::sync::mpsc::TryRecvError;

type Told<'a> = (&'a Translator, &'a mut Output);

/// Runs the node to its end.
///
/// # Errors
/// When stdout cannot be written; the node ends then.
pub fn run(request: &MeshRunRequest, link: &dyn Link, (text, output): Told<'_>) -> Result<u8, OutputGone> {
    let to = request.to.to_string();
    let answers = link.ask(Query::MeshRun(Box::new(request.clone())));
    let mut told = Ok(());
    output.hold();
    loop {
        let answer = answers.try_recv().or_else(|empty| {
            // Lines are written together while answers come without a pause, and at once where there is one.
            if empty == TryRecvError::Empty && told.is_ok() {
                told = output.release();
            }
            answers.recv()
        });
        if told.is_err() {
            // Nobody reads what is told any more.
            link.send(Action::StopAll);
        }
        let Ok(answer) = answer else { return told.map(|()| End::Interrupted.exit_code()) };
        if let Answer::MeshRunDone(done) = answer {
            told?;
            return match done {
                Ok(summary) => {
                    tell_end(&summary, (text, output))?;
                    output.release()?;
                    Ok(summary.end().exit_code())
                }
                Err(message) => {
                    let code = super::listing::failed(&message, (text, output))?;
                    output.release()?;
                    Ok(code)
                }
            };
        }
        if told.is_ok() {
            told = tell(&answer, &to, (text, output));
        }
    }
}

/// Tells what happened. That a message came is told by what becomes of its file.
fn tell(answer: &Answer, to: &str, (text, output): Told<'_>) -> Result<(), OutputGone> {
    if let Answer::Listening(ListenNews::Heard(..)) = answer {
        Ok(())
    } else if let Answer::Listening(news) = answer {
        listen::tell(news, (text, output))
    } else if let Answer::Announcing(news) = answer {
        announcing::tell(news, to, (text, output))
    } else if let Answer::MeshRun(MeshRunNews::Serving(here, base)) = answer {
        output.say(&fl!(text.loader, "cli-mesh-serving", here = here.as_str(), base = base.as_str()));
        output.json(
            &json!({ "event": "serving", "urls": [{ "what": "files", "url": here }], "base_url": base }),
        )
    } else if let Answer::MeshRun(MeshRunNews::Waiting(count)) = answer {
        let (n, n_txt) = (*count, text.count(*count));
        output.say(&fl!(text.loader, "cli-mesh-resumed", n = n, n_txt = n_txt));
        output.json(&json!({ "event": "resumed", "count": count }))
    } else if let Answer::Noted(message) = answer {
        let words = text.message(message);
        output.say(&words);
        output.json(&json!({ "event": "note", "message": words }))
    } else {
        Ok(())
    }
}

fn tell_end(summary: &MeshRunSummary, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let (l, listened, announced) = (&text.loader, &summary.listened, &summary.announced);
    for broker in &listened.never_connected {
        output.say(&fl!(l, "cli-listen-never", broker = broker.to_string()));
    }
    if let Some(trouble) = &announced.gave_up {
        output.complain(&fl!(l, "cli-mesh-gave-up", reason = broker::trouble(text, trouble)));
    }
    output.say(&fl!(
        l,
        "cli-mesh-summary",
        messages = text.count(listened.tally.messages),
        files = text.count(listened.in_place),
        announced = text.count(announced.announced),
        waiting = text.count(summary.waiting)
    ));
    output.json(&json!({
        "event": "done",
        "messages": listened.tally.messages, "invalid": listened.tally.invalid, "repeats": listened.tally.repeats,
        "files": listened.in_place, "refused": listened.refused, "not_got": listened.failed,
        "dropped": listened.dropped, "announced": announced.announced, "waiting": summary.waiting,
        "error": announced.gave_up.as_ref().map(|trouble| broker::trouble(text, trouble)),
        "seconds": (listened.took.as_secs_f64() * 1000.0).round() / 1000.0,
    }))
}
