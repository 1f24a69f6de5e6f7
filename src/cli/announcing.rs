//! `announce`: each message once the broker has acknowledged it, and each file that is not announced, with its reason.
//!
//! Exit: 0 when every file was announced, 3 when the broker or the address of the files failed, 5 when a file could not be read, 6 when
//! one cannot be announced as it is or there was none, 130 when it was told to stop.

use super::output::{Output, OutputGone};
use crate::app::input::Action;
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::mesh::announcing::{
    AnnounceNews, AnnounceRequest, AnnounceSummary, FileWithPost, NotAnnounced, PassedOver, passed_over_key,
};
use crate::app::query::{Answer, Query};
use crate::domain::outside_text::show;
use crate::i18n::announcing::not_announced;
use crate::i18n::node::{passed_over, terms_remark};
use crate::i18n::{Translator, broker};
use crate::mesh::post::PostKind;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

type Told<'a> = (&'a Translator, &'a mut Output);

/// Announces to the end.
///
/// # Errors
/// When stdout cannot be written; announcing ends then.
pub fn run(request: &AnnounceRequest, link: &dyn Link, (text, output): Told<'_>) -> Result<u8, OutputGone> {
    let broker = request.broker.as_ref().map_or_else(String::new, ToString::to_string);
    let answers = link.ask(Query::Announce(Box::new(request.clone())));
    let mut told = Ok(());
    loop {
        let Ok(answer) = answers.recv() else { return told.map(|()| End::Interrupted.exit_code()) };
        if told.is_err() {
            // Nobody reads what is told any more.
            link.send(Action::StopAll);
        }
        if let Answer::AnnounceDone(summary) = answer {
            told?;
            tell_end(&summary, request, (text, output))?;
            return Ok(summary.end().exit_code());
        }
        if told.is_ok() {
            if let Answer::Announcing(news) = answer {
                told = tell(&news, &broker, (text, output));
            } else if let Answer::Noted(message) = answer {
                told = note(&text.message(&message), output);
            }
        }
    }
}

fn note(words: &str, output: &mut Output) -> Result<(), OutputGone> {
    output.say(words);
    output.json(&json!({ "event": "note", "message": words }))
}

/// Tells one thing that happened.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn tell(news: &AnnounceNews, broker: &str, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let l = &text.loader;
    match news {
        AnnounceNews::Connected(protocol) => {
            output.say(&fl!(l, "cli-announce-connected", broker = broker, protocol = protocol.name()));
            output.json(&json!({ "event": "connected", "broker": broker, "protocol": protocol.key() }))
        }
        AnnounceNews::Waiting(trouble, next) => {
            let (reason, seconds) = (broker::trouble(text, trouble), next.as_secs_f64());
            let words = text.decimal(seconds, 1);
            output.say(&fl!(l, "cli-listen-waiting", broker = broker, reason = reason, seconds = words));
            output.json(&json!({
                "event": "waiting", "broker": broker, "reason": trouble.key(),
                "detail": trouble.to_string(), "seconds": seconds,
            }))
        }
        AnnounceNews::Checked(url, length) => {
            output.say(&match length {
                Some(_) => fl!(l, "cli-announce-checked", url = show(url)),
                None => fl!(l, "cli-announce-checked-without-length", url = show(url)),
            });
            output.json(&json!({ "event": "checked", "url": url, "bytes": length }))
        }
        AnnounceNews::Shown(file, _) => {
            let post = &file.post;
            // It was made a moment ago.
            let message: Value = serde_json::from_str(&post.payload).unwrap_or_default();
            output.json(&json!({
                "event": "message", "file": file.file, "topic": post.topic, "id": post.id,
                "content_type": post.content_type, "message": message,
            }))?;
            output.line(&format!("{}\n{}", show(&post.topic), post.payload))
        }
        AnnounceNews::Announced(file, _) => tell_announced(file, (text, output)),
        AnnounceNews::Remarked(remark) => note(&terms_remark(text, remark), output),
        AnnounceNews::PassedOver(file, why, _) => tell_passed_over(file, *why, (text, output)),
        AnnounceNews::NotAnnounced(file, why, _) => {
            let words = not_announced(text, why);
            output.complain(&fl!(l, "cli-announce-refused", file = file.as_str(), reason = words.as_str()));
            let url = match why {
                NotAnnounced::NotServed(url, _) | NotAnnounced::OtherLength(url, _) => Some(url),
                _ => None,
            };
            output.json(&json!({
                "event": "refused", "file": file, "reason": why.key(), "detail": words, "url": url,
            }))
        }
    }
}

fn tell_passed_over(file: &str, why: PassedOver, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let words = passed_over(text, why);
    output.say(&fl!(text.loader, "cli-announce-passed-over", file = file, reason = words.as_str()));
    output.json(&json!({
        "event": "passed_over", "file": file, "reason": passed_over_key(why), "detail": words,
    }))
}

fn tell_announced(file: &FileWithPost, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let post = &file.post;
    let is_update = file.news == PostKind::Update;
    let is_deletion = file.news == PostKind::Deletion;
    output.json(&json!({
        "event": "announced", "file": file.file, "topic": post.topic, "id": post.id, "update": is_update,
        "deletion": is_deletion,
    }))?;
    let (file, topic, news) = (file.file.as_str(), show(&post.topic), file.news);
    output.line(&match news {
        PostKind::New => fl!(text.loader, "cli-announce-announced", file = file, topic = topic),
        PostKind::Update => fl!(text.loader, "cli-announce-updated", file = file, topic = topic),
        PostKind::Deletion => fl!(text.loader, "cli-announce-withdrawn", file = file, topic = topic),
    })
}

fn tell_end(
    summary: &AnnounceSummary,
    request: &AnnounceRequest,
    (text, output): Told<'_>,
) -> Result<(), OutputGone> {
    let l = &text.loader;
    if let Some(trouble) = &summary.gave_up {
        output.complain(&fl!(l, "cli-announce-gave-up", reason = broker::trouble(text, trouble)));
    } else if summary.was_stopped {
        output.say(&fl!(l, "cli-announce-stopped"));
    } else if summary.announced + summary.refused + summary.passed_over == 0 {
        output.complain(&fl!(l, "cli-announce-nothing"));
    }
    let (n, n_txt) = (summary.announced, text.count(summary.announced));
    let refused = text.count(summary.refused);
    output.say(&match request.broker {
        Some(_) => fl!(l, "cli-announce-done", n = n, n_txt = n_txt, refused = refused),
        None => fl!(l, "cli-announce-shown", n = n, n_txt = n_txt, refused = refused),
    });
    output.json(&json!({
        "event": "done", "announced": summary.announced, "refused": summary.refused, "passed_over": summary.passed_over,
        "error": summary.gave_up.as_ref().map(|trouble| broker::trouble(text, trouble)),
        "seconds": summary.took.as_secs_f64(),
    }))
}
