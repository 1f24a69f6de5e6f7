//! `pledge`: what an archive takes, holds, uploads and lets go.

use super::events::{note, tell_events};
use super::listing::failed;
use super::output::{Output, OutputGone};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::file::PledgedFile;
use crate::app::pledge::terms::PledgeTerms;
use crate::app::pledge::{PledgeEvent, PledgeQuery};
use crate::app::query::{Answer, Query};
use crate::app::relay::RelayKey;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::i18n::Translator;
use crate::i18n::pledge::{let_go_words, seeds_words, stage_words, sums_words};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// Carries `pledge` out and returns the exit code.
///
/// # Errors
/// When stdout cannot be written; the archive ends then.
pub fn run(
    query: &PledgeQuery,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let pick = |answer| if let Answer::Pledge(event) = answer { Some(event) } else { None };
    let asked = (Query::Pledge(query.clone()), link);
    tell_events(asked, pick, |event, output| tell(event, query, (text, output)), (text, output))
}

/// Tells one thing; the last word gives the exit code.
fn tell(
    event: PledgeEvent,
    query: &PledgeQuery,
    (text, output): (&Translator, &mut Output),
) -> Result<Option<u8>, OutputGone> {
    let l = &text.loader;
    match event {
        PledgeEvent::Terms { terms, by } => pledged(&terms, by.as_deref(), (text, output))?,
        PledgeEvent::Kept(file) => kept(&file, (text, output))?,
        PledgeEvent::Stage(file) => {
            output.json(&with_key(&file.key, json!({ "event": "stage", "stage": file.stage.key() })))?;
            let stage = stage_words(text, file.stage);
            output.line(&fl!(l, "cli-pledge-stage", file = show(&file.key.name), stage = stage))?;
        }
        PledgeEvent::LetGo(key, why) => {
            output.json(&with_key(&key, json!({ "event": "let_go", "why": why.key() })))?;
            let why = let_go_words(text, why);
            output.line(&fl!(l, "cli-pledge-let-go", file = show(&key.name), why = why))?;
        }
        PledgeEvent::Trouble(key, message) => {
            let words = text.message(&message);
            output.json(&with_key(&key, json!({ "event": "trouble", "error": words })))?;
            output.say(&fl!(l, "cli-pledge-trouble", file = show(&key.name), trouble = words));
        }
        PledgeEvent::Sums { sums, most, offered } => {
            output.json(&json!({
                "event": "held", "files": sums.files, "bytes": sums.held, "most": most, "alone": sums.alone,
                "given": sums.given, "offered": offered,
            }))?;
            output.line(&sums_words(text, sums, ByteCount(most)))?;
        }
        PledgeEvent::Note(message) => note(&message, (text, output))?,
        PledgeEvent::Done => {
            if let PledgeQuery::Forget { .. } = query {
                output.line(&fl!(l, "cli-pledge-forgotten"))?;
            }
            output.json(&json!({ "event": "done" }))?;
            return Ok(Some(End::Done.exit_code()));
        }
        PledgeEvent::Refused(message) => {
            let code = failed(&message, (text, output))?;
            let is_usage = matches!(message, UserMessage::Relay(RelayMessage::Pledge(_)));
            return Ok(Some(if is_usage { End::Usage.exit_code() } else { code }));
        }
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

fn pledged(
    terms: &PledgeTerms,
    by: Option<&str>,
    (text, output): (&Translator, &mut Output),
) -> Result<(), OutputGone> {
    output.json(&json!({
        "event": "pledged", "most": terms.most, "datasets": terms.datasets, "relays": terms.relays, "by": by,
    }))?;
    let (size, datasets) = (text.size(ByteCount(terms.most)), terms.datasets.join(", "));
    output.line(&fl!(text.loader, "cli-pledge-terms", size = size, datasets = datasets))?;
    match by {
        Some(_) => Ok(()),
        None => output.line(&fl!(text.loader, "cli-pledge-not-running")),
    }
}

fn kept(file: &PledgedFile, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    output.json(&with_key(
        &file.key,
        json!({
            "event": "file", "stage": file.stage.key(), "since": file.since.to_string(), "length": file.length,
            "info_hash": file.info_hash.hex(), "seeds": file.seeds, "given": file.given,
        }),
    ))?;
    output.line(&fl!(
        text.loader,
        "cli-pledge-file",
        stage = stage_words(text, file.stage),
        size = text.size(ByteCount(file.length)),
        file = show(&file.key.name),
        seeds = seeds_words(text, file.seeds),
        given = text.size(ByteCount(file.given))
    ))
}
