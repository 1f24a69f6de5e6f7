//! What follows for the mesh from a message or a file: told with the news of listening.

use super::output::{Output, OutputGone};
use crate::app::mesh::listening::{FileNews, ForwardingStep};
use crate::domain::outside_text::show;
use crate::i18n::Translator;
use crate::i18n::forwarding::{not_forwarded, set_aside};
use crate::mesh::forwarding::aside::MessageAside;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

type Told<'a> = (&'a Translator, &'a mut Output);

/// Tells of a message that cannot be used.
pub(super) fn tell_aside(aside: &MessageAside, (text, output): Told<'_>) -> Result<(), OutputGone> {
    let (broker, topic) = (&*aside.broker, show(&aside.topic));
    let detail = set_aside(text, &aside.reason);
    output.line(&fl!(text.loader, "cli-mesh-aside", topic = topic, reason = detail.as_str()))?;
    output.json(&json!({
        "event": "set_aside", "broker": broker, "topic": aside.topic, "reason": aside.reason.key(),
        "codes": aside.reason.codes(), "detail": detail, "bytes": aside.message.len(),
    }))
}

/// Tells what follows from what became of a file, where anything is announced again.
pub(super) fn tell_step(
    news: &FileNews,
    (text, output): Told<'_>,
    object: &mut Value,
) -> Result<(), OutputGone> {
    let (key, l) = (show(&news.key), &text.loader);
    let (word, seconds) = match &news.forwarding {
        None => return Ok(()),
        Some(ForwardingStep::Queued) => ("queued", None),
        Some(ForwardingStep::NotForwarded(why)) => {
            let reason = not_forwarded(text, why);
            output.line(&fl!(l, "cli-mesh-not-forwarded", key = key, reason = reason))?;
            (why.key(), None)
        }
        Some(ForwardingStep::RetryIn(wait)) => {
            let seconds = text.count(wait.as_secs());
            output.line(&fl!(l, "cli-mesh-retry", key = key, seconds = seconds))?;
            ("retry", Some(wait.as_secs_f64()))
        }
        Some(ForwardingStep::GivenUp) => {
            output.line(&fl!(l, "cli-mesh-given-up", key = key))?;
            ("given_up", None)
        }
    };
    object["forward"] = json!(word);
    object["retry_seconds"] = json!(seconds);
    Ok(())
}
