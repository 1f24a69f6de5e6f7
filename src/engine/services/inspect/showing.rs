//! Decodes the fields of a file, one at a time, and tells of each as it is done.

use super::inspecting::LARGEST_WHOLE;
use super::opening::{self, Opened};
use super::{compressed, unreadable};
use crate::app::inspect::shown::{DecodeError, LONGEST_MESSAGE, refuse_message, show_message};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::engine::context::EngineContext;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::field::limits::DecodeLimits;
use std::fs::File;
use std::io::Write;
use std::sync::mpsc::Sender;

/// Answers with each field of `target`, then with what is wrong with the file.
pub(in crate::engine) async fn show_values(target: &str, context: &EngineContext, answers: &Sender<Answer>) {
    let done = match open(target, context).await {
        Ok(file) => {
            let (told, stopping) = (answers.clone(), context.stopping.clone());
            let showing = tokio::task::spawn_blocking(move || {
                show_fields(&file, &told, &|| *stopping.borrow())
                    .map_err(|error| compressed::unreadable(&error))
            });
            showing.await.unwrap_or_else(|error| Err(UserMessage::Internal { detail: error.to_string() }))
        }
        Err(message) => Err(message),
    };
    if let Err(message) = done {
        // A front end that has gone away needs no news.
        let _ = answers.send(Answer::ShowDone(Err(message)));
    }
}

/// What is to be shown as a file of this computer: what is inside a compressed one, and a copy of one on a server.
async fn open(target: &str, context: &EngineContext) -> Result<File, UserMessage> {
    let opened = opening::open(target, context).await?;
    if let Some((_, file)) = compressed::inside(&opened, context).await? {
        return Ok(file);
    }
    if let Opened::Local { path, .. } = &opened {
        return File::open(path).map_err(|error| unreadable(path, error));
    }
    let octets = opened.whole(LARGEST_WHOLE, context).await?;
    let copied = tempfile::tempfile().and_then(|mut file| file.write_all(&octets).map(|()| file));
    copied.map_err(|error| compressed::unreadable(&error))
}

fn show_fields(
    file: &File,
    answers: &Sender<Answer>,
    is_given_up: &(dyn Fn() -> bool + Sync),
) -> std::io::Result<()> {
    let index = field_index::walk_file(file)?;
    let mut octets = Vec::new();
    for fields in index.fields.chunk_by(|one, other| one.message == other.message) {
        let range = fields[0].range;
        let length = range.count().0;
        let tell = |shown| answers.send(Answer::Shown(Box::new(shown))).is_ok();
        let goes_on = if length > LONGEST_MESSAGE {
            let error = DecodeError::MessageTooLong { octets: length, most: LONGEST_MESSAGE };
            refuse_message(fields, &error).all(tell)
        } else {
            octets.resize(length as usize, 0);
            let read = read_up_to(file, &mut octets, range.start())?;
            let limits = DecodeLimits::default().until(is_given_up);
            show_message(&octets[..read], fields, limits).all(tell)
        };
        // A front end that has gone away wants no more.
        if !goes_on || is_given_up() {
            return Ok(());
        }
    }
    let _ = answers.send(Answer::ShowDone(Ok(index.problems)));
    Ok(())
}
