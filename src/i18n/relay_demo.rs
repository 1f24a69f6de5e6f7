//! What the second part of the demo says: how far it is, its figures, what stands in its way.

use super::Translator;
use crate::app::relay_demo::{
    BytesByGiver, RelayDemoClient, RelayDemoReport, RelayDemoTrouble, RelayedRun, TrustCount,
};
use crate::domain::octets::ByteCount;
use i18n_embed_fl::fl;

/// A number of copies: `1.04` · `1,04`.
fn copies(text: &Translator, number: f64) -> String {
    text.decimal(number, 2)
}

/// What the publisher has, as it begins.
pub fn published(text: &Translator, run: RelayedRun) -> String {
    let (files, size) = (text.count(run.files as u64), text.size(run.length));
    fl!(text.loader, "relay-demo-published", files = files, size = size)
}

/// How much of the run the relay announces.
pub fn relaying(text: &Translator, (offered, run): (usize, RelayedRun), sent: ByteCount) -> String {
    let (offered, files) = (text.count(offered as u64), text.count(run.files as u64));
    fl!(text.loader, "relay-demo-relaying", offered = offered, files = files, sent = text.size(sent))
}

/// That the relay announces all of it.
pub fn relayed(text: &Translator, run: RelayedRun, sent: ByteCount) -> String {
    let (files, copies) = (text.count(run.files as u64), copies(text, run.copies(sent)));
    fl!(text.loader, "relay-demo-relayed", files = files, sent = text.size(sent), copies = copies)
}

/// How far the two clients are.
pub fn receiving(text: &Translator, (held, sent): (ByteCount, ByteCount), run: RelayedRun) -> String {
    let wanted = text.size(run.length + run.length);
    fl!(text.loader, "relay-demo-receiving", held = text.size(held), wanted = wanted, sent = text.size(sent))
}

/// That it begins: the data is made.
pub fn begins(text: &Translator) -> String {
    fl!(text.loader, "relay-demo-begins")
}

/// The figures, a sentence each.
pub fn figures(text: &Translator, report: &RelayDemoReport) -> Vec<String> {
    let (l, run) = (&text.loader, report.run);
    let copies = |number| copies(text, number);
    let BytesByGiver { relay, clients, publisher, .. } = report.by_giver();
    let sum = |of: fn(&RelayDemoClient) -> ByteCount| report.clients.iter().map(of).sum::<ByteCount>();
    let (verified, wasted) = (sum(|client| client.verified), sum(|client| client.wasted));
    let mut lines = vec![
        fl!(
            l,
            "relay-demo-sent",
            sent = text.size(report.sent),
            copies = copies(report.copies_sent()),
            relay = text.size(report.sent_to_relay)
        ),
        fl!(
            l,
            "relay-demo-classic",
            size = text.size(report.classic()),
            copies = copies(run.copies(report.classic()))
        ),
        fl!(l, "relay-demo-received", size = text.size(verified), copies = copies(report.copies_received())),
        fl!(
            l,
            "relay-demo-transferred",
            relay = text.size(relay),
            clients = text.size(clients),
            publisher = text.size(publisher),
            wasted = text.size(wasted)
        ),
        fl!(l, "relay-demo-spared", copies = copies(report.copies_spared())),
    ];
    lines.extend((1..).zip(&report.clients).map(|(number, client)| of_client(text, number, client)));
    lines
}

fn of_client(text: &Translator, number: u64, client: &RelayDemoClient) -> String {
    let (number, files) = (text.count(number), text.count(client.files as u64));
    fl!(text.loader, "relay-demo-client", number = number, files = files, trust = trust(text, client.trust))
}

/// What speaks for the relay's .torrents.
fn trust(text: &Translator, count: TrustCount) -> String {
    let l = &text.loader;
    let only = (count.only_relay > 0).then(|| {
        let n = count.only_relay as u64;
        fl!(l, "relay-demo-trust-only", n = n, n_txt = text.count(n))
    });
    let checked = (count.checked > 0).then(|| {
        let n = count.checked as u64;
        let (right, pieces) = (text.count(count.right), text.count(count.pieces));
        fl!(l, "relay-demo-trust-checked", n = n, n_txt = text.count(n), right = right, pieces = pieces)
    });
    match (checked, only) {
        (Some(checked), Some(only)) => fl!(l, "relay-demo-trust-both", checked = checked, only = only),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "–".to_owned(),
    }
}

/// Why it did not come to its end.
pub fn trouble(text: &Translator, trouble: &RelayDemoTrouble) -> String {
    let l = &text.loader;
    match trouble {
        RelayDemoTrouble::NotBuiltIn => fl!(l, "relay-demo-no-peers"),
        RelayDemoTrouble::NotStarted { detail } => {
            fl!(l, "relay-demo-not-started", detail = detail.as_str())
        }
        RelayDemoTrouble::Refused(message) => text.message(message),
        RelayDemoTrouble::TooLate { seconds } => {
            fl!(l, "relay-demo-too-late", seconds = text.count(*seconds))
        }
        RelayDemoTrouble::Stopped => fl!(l, "relay-demo-stopped"),
    }
}
