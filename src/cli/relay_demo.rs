//! The second part of the demo in the terminal: how far relay and clients are, then what the publisher was spared.
//!
//! In: what the second part tells. Out: lines, and why it did not come to its end.

use super::output::{Output, OutputGone};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::relay_demo::{
    BytesByGiver, RelayDemoClient, RelayDemoEvent, RelayDemoReport, RelayDemoTrouble, RelayedRun,
};
use crate::domain::octets::ByteCount;
use crate::i18n::{Translator, relay_demo as words};
use i18n_embed_fl::fl;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often is looked whether the program is to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why the second part did not end well.
pub(super) struct RelayDemoFailure {
    /// How the demo ends by it.
    pub(super) end: End,
    /// The same in words.
    pub(super) words: String,
}

/// Tells what happens, to the end. `None` when it went well.
///
/// # Errors
/// When stdout cannot be written.
pub(super) fn follow(
    told: Receiver<RelayDemoEvent>,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<Option<RelayDemoFailure>, OutputGone> {
    output.line("")?;
    let mut run = RelayedRun { files: 0, length: ByteCount::ZERO };
    loop {
        let event = match told.recv_timeout(LOOK_EVERY) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) if !link.snapshot().is_stopping => continue,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                RelayDemoEvent::Failed(RelayDemoTrouble::Stopped)
            }
        };
        match event {
            RelayDemoEvent::Published(published) => {
                run = published;
                let told = json!({ "step": "published", "files": run.files, "run_bytes": run.length.0 });
                output.json(&with_event(told))?;
                output.line(&words::published(text, run))?;
            }
            RelayDemoEvent::Relaying { offered, sent } => {
                let told = json!({ "step": "relaying", "offered": offered, "publisher_sent": sent.0 });
                output.json(&with_event(told))?;
                output.say(&words::relaying(text, (offered, run), sent));
            }
            RelayDemoEvent::Relayed { relay, fingerprint, sent } => {
                let told = json!({
                    "step": "relayed", "url": relay, "key": fingerprint, "publisher_sent": sent.0,
                });
                output.json(&with_event(told))?;
                output.line(&words::relayed(text, run, sent))?;
            }
            RelayDemoEvent::Receiving { held, sent } => {
                let told = json!({ "step": "receiving", "bytes_held": held.0, "publisher_sent": sent.0 });
                output.json(&with_event(told))?;
            }
            RelayDemoEvent::Ended(report) => return ended(&report, (text, output)),
            RelayDemoEvent::Failed(trouble) => return failed(&trouble, (text, output)),
        }
    }
}

fn with_event(mut told: Value) -> Value {
    told["event"] = json!("relay_demo");
    told
}

/// Tells the figures.
fn ended(
    report: &RelayDemoReport,
    (text, output): (&Translator, &mut Output),
) -> Result<Option<RelayDemoFailure>, OutputGone> {
    for (number, client) in (1..).zip(&report.clients) {
        output.json(&client_json(number, client))?;
    }
    output.json(&json!({
        "event": "copies", "files": report.run.files, "run_bytes": report.run.length.0,
        "publisher_sent": report.sent.0, "publisher_sent_to_relay": report.sent_to_relay.0,
        "classic_bytes": report.classic().0, "copies_sent": rounded(report.copies_sent()),
        "copies_received": rounded(report.copies_received()),
        "copies_spared": rounded(report.copies_spared()), "bytes_by_giver": by_giver(report.by_giver()),
    }))?;
    output.line("")?;
    output.line(&fl!(text.loader, "relay-demo-title"))?;
    words::figures(text, report).iter().try_for_each(|line| output.line(line))?;
    let words = (!report.is_whole()).then(|| fl!(text.loader, "demo-failed"));
    Ok(words.map(|words| RelayDemoFailure { end: End::NotProven, words }))
}

/// Says why there are no figures. A build without peers is none that failed.
fn failed(
    trouble: &RelayDemoTrouble,
    (text, output): (&Translator, &mut Output),
) -> Result<Option<RelayDemoFailure>, OutputGone> {
    let words = words::trouble(text, trouble);
    output.json(&json!({ "event": "note", "message": words }))?;
    output.say(&words);
    let end = trouble.end();
    Ok((end != End::Done).then_some(RelayDemoFailure { end, words }))
}

fn client_json(number: u64, client: &RelayDemoClient) -> Value {
    let trust = client.trust;
    json!({
        "event": "client", "number": number, "files": client.files, "bytes_verified": client.verified.0,
        "bytes_received": client.received.0, "bytes_by_giver": by_giver(client.by_giver),
        "bytes_wasted": client.wasted.0, "bytes_given": client.uploaded.0, "only_relay": trust.only_relay,
        "checked": trust.checked, "pieces_right": trust.right, "pieces": trust.pieces,
    })
}

fn by_giver(by: BytesByGiver) -> Value {
    json!({
        "relay": by.relay.0, "clients": by.clients.0, "publisher": by.publisher.0, "others": by.others.0,
    })
}

/// With three decimals: more would only seem exact.
fn rounded(copies: f64) -> f64 {
    (copies * 1_000.0).round() / 1_000.0
}
