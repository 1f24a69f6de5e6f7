//! A command that runs on: its events as they come, until the last one gives the exit code.

use super::output::{Output, OutputGone};
use crate::app::input::Action;
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::i18n::Translator;
use serde_json::json;

/// Asks, and hands each event that `pick` finds in an answer to `tell`, until that returns an exit code.
///
/// # Errors
/// When stdout cannot be written; what was asked is stopped then.
pub(super) fn tell_events<E>(
    (query, link): (Query, &dyn Link),
    pick: impl Fn(Answer) -> Option<E>,
    mut tell: impl FnMut(E, &mut Output) -> Result<Option<u8>, OutputGone>,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(query);
    loop {
        let answer = answers.recv();
        // A server is asked again after a pause: the command goes on.
        if let Ok(Answer::Noted(message)) = &answer {
            note(message, (text, output))?;
            continue;
        }
        let Some(event) = answer.ok().and_then(&pick) else { return Ok(End::Interrupted.exit_code()) };
        match tell(event, output) {
            Ok(None) => {}
            Ok(Some(code)) => return Ok(code),
            Err(gone) => {
                link.send(Action::StopAll);
                return Err(gone);
            }
        }
    }
}

/// Says something that is worth a line.
pub(super) fn note(
    message: &UserMessage,
    (text, output): (&Translator, &mut Output),
) -> Result<(), OutputGone> {
    let words = text.message(message);
    output.say(&words);
    output.json(&json!({ "event": "note", "message": words }))
}
