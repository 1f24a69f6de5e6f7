//! `publish`: each .torrent as it is made, then what is served.

use super::finding::PortNotes;
use super::listing::failed;
use super::output::{Output, OutputGone};
use crate::app::catalog::offer::ServedUrl;
use crate::app::input::Action;
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, PublishRequest, PublishedTorrent, Query};
use crate::domain::utc::UtcTime;
use crate::i18n::Translator;
use i18n_embed_fl::fl;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often it is looked what became of the port at the router.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Publishes, and serves until told to stop.
///
/// # Errors
/// When stdout cannot be written; the service is ended then.
pub fn run(
    request: &PublishRequest,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::Publish(Box::new(request.clone())));
    let told = tell(&answers, (text, output));
    if told.is_err() {
        link.send(Action::StopAll);
    }
    let code = told?;
    // The engine lets go of the channel when the service has ended.
    let mut port = PortNotes::default();
    loop {
        match answers.recv_timeout(LOOK_EVERY) {
            Ok(answer) => {
                if let Answer::PublishNote(message) = answer {
                    note(&text.message(&message), output)?;
                } else if let Answer::PublishReached(at) = answer {
                    reached(at, (text, output))?;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(code),
        }
        if let Some(words) = port.next(&link.snapshot(), text) {
            note(&words, output)?;
        }
    }
}

fn note(words: &str, output: &mut Output) -> Result<(), OutputGone> {
    output.say(words);
    output.json(&json!({ "event": "note", "message": words }))
}

/// Somebody of another network connected.
pub(super) fn reached(at: UtcTime, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    output.json(&json!({ "event": "reached", "at": at.to_string() }))?;
    output.line(&fl!(text.loader, "cli-reached", at = text.moment(at)))
}

fn tell(answers: &Receiver<Answer>, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    loop {
        let Ok(answer) = answers.recv() else {
            return Ok(End::Interrupted.exit_code());
        };
        if let Answer::Published(torrent) = answer {
            output.json(&torrent_json(&torrent))?;
            output.line(&fl!(
                text.loader,
                "cli-published",
                torrent = torrent.torrent.display().to_string(),
                size = text.size(torrent.length),
                n = torrent.pieces,
                pieces = text.count(u64::from(torrent.pieces)),
                hash = torrent.info_hash.as_str()
            ))?;
            output.line(&torrent.magnet)?;
        } else if let Answer::PublishNote(message) = answer {
            note(&text.message(&message), output)?;
        } else if let Answer::PublishDone(done) = answer {
            return tell_done(done, (text, output));
        }
    }
}

fn tell_done(
    done: Result<Vec<ServedUrl>, UserMessage>,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    match done {
        Ok(urls) => {
            if !urls.is_empty() {
                output.json(&json!({ "event": "serving", "urls": urls_json(&urls) }))?;
                for served in &urls {
                    output.line(&fl!(
                        text.loader,
                        "cli-served",
                        what = served.what,
                        url = served.url.as_str()
                    ))?;
                }
                output.say(&fl!(text.loader, "cli-serving"));
            }
            Ok(End::Done.exit_code())
        }
        Err(message) => failed(&message, (text, output)),
    }
}

fn torrent_json(torrent: &PublishedTorrent) -> Value {
    let shown = |paths: &[std::path::PathBuf]| -> Vec<String> {
        paths.iter().map(|path| path.display().to_string()).collect()
    };
    json!({
        "event": "published",
        "torrent": torrent.torrent.display().to_string(),
        "info_hash": torrent.info_hash,
        "bytes": torrent.length.0,
        "pieces": torrent.pieces,
        "files": shown(&torrent.files),
        "indexes": shown(&torrent.indexes),
        "magnet": torrent.magnet,
    })
}

/// URLs by what they are of.
pub fn urls_json(urls: &[ServedUrl]) -> Value {
    let listed = urls.iter().map(|served| json!({ "what": served.what, "url": served.url }));
    Value::Array(listed.collect())
}
