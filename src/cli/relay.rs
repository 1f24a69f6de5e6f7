//! `relay`: datasets added, listed, removed; files as they go through their stages; what is served.

use super::events::{note, tell_events};
use super::listing::failed;
use super::output::{Output, OutputGone};
use super::publishing::reached;
use super::relay_used::{forgotten, used};
use crate::app::follow::{FollowCommand, FollowEvent};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::app::relay::event::RelayCheck;
use crate::app::relay::file::RelayFile;
use crate::app::relay::{RelayEvent, RelayKey, RelayQuery};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::i18n::Translator;
use crate::i18n::relay::{stage_words, why_words};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// Carries `relay` out and returns the exit code.
///
/// # Errors
/// When stdout cannot be written; relaying ends then.
pub fn run(
    query: &RelayQuery,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let pick = |answer| if let Answer::Relay(event) = answer { Some(event) } else { None };
    let asked = (Query::Relay(query.clone()), link);
    tell_events(asked, pick, |event, output| tell(event, query, (text, output)), (text, output))
}

/// Tells one thing; the last word gives the exit code.
fn tell(
    event: RelayEvent,
    query: &RelayQuery,
    (text, output): (&Translator, &mut Output),
) -> Result<Option<u8>, OutputGone> {
    let l = &text.loader;
    match event {
        RelayEvent::Follow(event) => follow(event, query, (text, output))?,
        RelayEvent::Serving { urls, fingerprint } => {
            let addresses: Value =
                urls.iter().map(|served| json!({ "what": served.what, "url": served.url })).collect();
            output.json(&json!({ "event": "serving", "urls": addresses, "key": fingerprint }))?;
            for served in &urls {
                output.line(&fl!(l, "cli-served", what = served.what, url = served.url.as_str()))?;
            }
            output.say(&fl!(l, "cli-relay-key", fingerprint = fingerprint));
        }
        RelayEvent::Stage(file) => {
            output.json(&with_key(&file.key, json!({ "event": "stage", "stage": file.stage.key() })))?;
            let stage = stage_words(text, file.stage);
            output.line(&fl!(l, "cli-relay-stage", file = show(&file.key.name), stage = stage))?;
        }
        RelayEvent::Trouble(key, message) => {
            let words = text.message(&message);
            output.json(&with_key(&key, json!({ "event": "trouble", "error": words })))?;
            output.say(&words);
        }
        RelayEvent::Published { offered, withdrawn } => {
            output.json(&json!({ "event": "published", "offered": offered, "withdrawn": withdrawn }))?;
            let (offered, withdrawn) = (text.count(offered as u64), text.count(withdrawn as u64));
            output.line(&fl!(l, "cli-relay-published", offered = offered, withdrawn = withdrawn))?;
        }
        RelayEvent::Withdrawn(key, why) => {
            output.json(&with_key(&key, json!({ "event": "withdrawn", "why": why.key() })))?;
            let why = why_words(text, why);
            output.line(&fl!(l, "cli-relay-withdrawn", file = show(&key.name), why = why))?;
        }
        RelayEvent::Process(by) => {
            output.json(&json!({ "event": "process", "by": by }))?;
            if by.is_none() {
                output.line(&fl!(l, "cli-relay-not-running"))?;
            }
        }
        RelayEvent::Uploading(key, look) => {
            let said = json!({ "event": "uploading", "bytes": look.uploaded.0, "peers": look.peers });
            output.json(&with_key(&key, said))?;
        }
        RelayEvent::Reached(at) => reached(at, (text, output))?,
        // What was there before the start is nothing new.
        RelayEvent::Files(_) if !matches!(query, RelayQuery::List { .. }) => {}
        RelayEvent::Files(files) => {
            files.iter().try_for_each(|file| listed(file, (text, output)))?;
            if files.is_empty() {
                output.line(&fl!(l, "cli-relay-no-files"))?;
            }
        }
        RelayEvent::Checked(check) => checked(&check, (text, output))?,
        RelayEvent::Used(report) => used(&report, (text, output))?,
        RelayEvent::Forgotten { url } => forgotten(&url, (text, output))?,
        RelayEvent::Note(message) => note(&message, (text, output))?,
        RelayEvent::Done => return done(query, (text, output)).map(Some),
        RelayEvent::Refused(message) => return failed(&message, (text, output)).map(Some),
    }
    Ok(None)
}

/// Dataset, run and name of a file, before what is said of it.
fn with_key(key: &RelayKey, mut said: Value) -> Value {
    said["dataset"] = key.dataset.as_str().into();
    said["run"] = key.run.map(|run| run.to_string()).into();
    said["file"] = key.name.as_str().into();
    said
}

/// What of following matters to who relays; files are told by their stages.
fn follow(
    event: FollowEvent,
    query: &RelayQuery,
    (text, output): (&Translator, &mut Output),
) -> Result<(), OutputGone> {
    match event {
        FollowEvent::Note { message, .. } => note(&message, (text, output)),
        FollowEvent::Missing { name, key } => {
            output.json(&json!({ "event": "missing", "name": name, "key": key }))?;
            output.line(&fl!(text.loader, "follow-missing", key = key))
        }
        FollowEvent::Waiting { until } => {
            output.json(&json!({ "event": "waiting", "until": until.to_string() }))
        }
        // The list as it changes while it is relayed is nothing new.
        FollowEvent::Listed(_, rows) if matches!(query, RelayQuery::List { .. }) => {
            rows.iter().try_for_each(|row| {
                output.json(&json!({ "event": "relayed", "name": row.name, "lead": row.wish.lead }))
            })
        }
        FollowEvent::Listed(..)
        | FollowEvent::File { .. }
        | FollowEvent::Appeared(_)
        | FollowEvent::Executed { .. }
        | FollowEvent::Run { .. }
        | FollowEvent::Removed { .. }
        | FollowEvent::Done
        | FollowEvent::Refused(_) => Ok(()),
    }
}

fn listed(file: &RelayFile, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let l = &text.loader;
    let time = |time: Option<crate::domain::utc::UtcTime>| time.map(|time| time.to_string());
    let computed = file.computed.as_ref();
    output.json(&with_key(
        &file.key,
        json!({
            "event": "file", "stage": file.stage.key(), "since": file.since.to_string(),
            "source": crate::domain::outside_text::show_url(&file.source.address), "length": file.source.length,
            "info_hash": computed.map(|computed| computed.info_hash.hex()),
            "sha256": computed.map(|computed| computed.sha256.hex()),
            "offered": time(file.offer.map(|offer| offer.since)),
            "expires": time(file.offer.map(|offer| offer.until)),
            "why": file.why.map(|why| why.key()),
            "acknowledged": time(file.broadcast), "waits": file.waits.map(|waits| waits.key()),
        }),
    ))?;
    let (stage, name) = (stage_words(text, file.stage), show(&file.key.name));
    let size = text.size(ByteCount(file.source.length));
    output.line(&match file.offer {
        Some(offer) => {
            let until = text.moment(offer.until);
            fl!(l, "cli-relay-file", stage = stage, size = size, file = name, until = until)
        }
        None => fl!(l, "cli-relay-file-unoffered", stage = stage, size = size, file = name),
    })
}

fn checked(check: &RelayCheck, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let (l, what) = (&text.loader, check.what.as_str());
    let trouble = check.trouble.as_ref().map(|message| text.message(message));
    output.json(&json!({ "event": "checked", "what": what, "error": trouble }))?;
    output.line(&match trouble {
        None => fl!(l, "cli-relay-right", what = what),
        Some(trouble) => fl!(l, "cli-relay-wrong", what = what, trouble = trouble),
    })
}

fn done(query: &RelayQuery, (text, output): (&Translator, &mut Output)) -> Result<u8, OutputGone> {
    let l = &text.loader;
    if let RelayQuery::Command { commands, .. } = query {
        for command in commands {
            match command {
                FollowCommand::Add { name, wish } => {
                    let name = name.as_deref().unwrap_or(&wish.id);
                    output.line(&fl!(l, "cli-relay-added", name = name))?;
                }
                FollowCommand::Remove(name) => {
                    output.line(&fl!(l, "cli-relay-removed", name = name.as_str()))?;
                }
                // Said by the list of the window.
                FollowCommand::Pause(_)
                | FollowCommand::Resume(_)
                | FollowCommand::LookNow(_)
                | FollowCommand::Stop(_)
                | FollowCommand::PutBack(_)
                | FollowCommand::Settled(..) => {}
            }
        }
    }
    output.json(&json!({ "event": "done" }))?;
    Ok(End::Done.exit_code())
}
