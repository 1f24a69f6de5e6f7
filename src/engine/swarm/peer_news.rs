//! Why peers fail, as librqbit tells it: only in its log. A log layer turns those lines into facts.
//!
//! In: events of librqbit's torrent task. Out: the latest reason for each peer address, and its wrong pieces.
//! Knows the wording of librqbit 9.1.0, to which the version is pinned; a test with a real hostile peer watches it.

use crate::domain::outside_text::show;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Where librqbit tells of its peers.
const TARGET: &str = "librqbit::torrent_state::live";

/// Most peers of which news is kept.
const MOST_PEERS: usize = 10_000;

/// The latest news of each peer.
#[derive(Clone, Debug, Default)]
pub struct PeerNews {
    latest: Arc<Mutex<HashMap<SocketAddr, Reason>>>,
}

impl PeerNews {
    /// Why `peer` failed last. Wrong data outlives whatever came after it.
    pub fn of(&self, peer: SocketAddr) -> Option<Reason> {
        self.latest.lock().get(&peer).cloned()
    }

    /// A log layer that listens for news.
    pub fn listener<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        Listener { news: self.clone() }
    }

    fn note(&self, peer: SocketAddr, news: Reason) {
        let mut latest = self.latest.lock();
        let room = latest.len() < MOST_PEERS;
        match (latest.get_mut(&peer), news) {
            (Some(Reason::WrongData { pieces }), Reason::WrongData { pieces: more }) => pieces.extend(more),
            (Some(Reason::WrongData { .. }), _) => {}
            (Some(known), news) => *known = news,
            (None, news) if room => {
                latest.insert(peer, news);
            }
            (None, _) => {}
        }
    }
}

struct Listener {
    news: PeerNews,
}

/// The peer that a span of librqbit is about.
struct PeerOfSpan(SocketAddr);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_of_interest(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut words = Words::default();
        attributes.record(&mut words);
        if let (Some(span), Some(peer)) = (context.span(id), words.peer) {
            span.extensions_mut().insert(PeerOfSpan(peer));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut words = Words::default();
        event.record(&mut words);
        let of_span = || {
            let mut spans = context.event_scope(event)?;
            spans.find_map(|span| span.extensions().get::<PeerOfSpan>().map(|peer| peer.0))
        };
        if let (Some(reason), Some(peer)) = (reason_of(&words.message), words.peer.or_else(of_span)) {
            self.news.note(peer, reason);
        }
    }
}

/// Spans and events below this are not even formatted.
fn is_of_interest(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && *metadata.level() <= Level::DEBUG
}

#[derive(Default)]
struct Words {
    message: String,
    peer: Option<SocketAddr>,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "peer" | "addr" => self.peer = format!("{value:?}").parse().ok(),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if matches!(field.name(), "peer" | "addr") {
            self.peer = value.parse().ok();
        }
    }
}

/// The reason in a line of librqbit; `None` for lines that say nothing of a failure.
fn reason_of(line: &str) -> Option<Reason> {
    if let Some(rest) = line.strip_prefix("checksum for piece=") {
        let piece = rest.split(' ').next()?.parse().ok()?;
        return Some(Reason::WrongData { pieces: vec![piece] });
    }
    let cause = line.strip_prefix("error managing peer: ")?.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| cause.contains(word));
    Some(if says(&["bogus peer"]) {
        // Told with its piece by the line before.
        return None;
    } else if says(&["connection refused"]) {
        Reason::ConnectionRefused
    } else if says(&["timeout", "timed out", "unreachable", "no route"]) {
        Reason::NoAnswer
    } else if says(&[
        "reset by peer",
        "broken pipe",
        "disconnected",
        "disconnect requested",
        "unexpected eof",
        "early eof",
        "connection closed",
    ]) {
        Reason::Closed
    } else {
        Reason::Other(show(&cause))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn lines_of_the_library_become_reasons() {
        for (line, reason) in [
            (
                "checksum for piece=7 did not validate. disconnecting peer.",
                Reason::WrongData { pieces: vec![7] },
            ),
            (
                "error managing peer: error connecting: Connection refused (os error 111)",
                Reason::ConnectionRefused,
            ),
            ("error managing peer: timeout connecting", Reason::NoAnswer),
            ("error managing peer: peer disconnected while reading handshake", Reason::Closed),
        ] {
            assert_eq!(reason_of(line), Some(reason), "{line}");
        }
        assert_eq!(reason_of("no pieces to request"), None);
    }

    #[test]
    fn news_reach_the_peer_of_their_span_and_wrong_data_is_not_forgotten() {
        let news = PeerNews::default();
        let peer: SocketAddr = "10.0.0.9:6881".parse().expect("an address");
        let subscriber = tracing_subscriber::registry().with(news.listener());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::debug_span!(target: TARGET, "manage_peer", peer = ?peer);
            let _entered = span.enter();
            tracing::debug!(target: TARGET, "error managing peer: {:#}", "Connection refused");
            assert_eq!(news.of(peer), Some(Reason::ConnectionRefused));
            tracing::warn!(target: TARGET, addr = ?peer, "checksum for piece={} did not validate. disconnecting peer.", 3);
            tracing::debug!(target: TARGET, "error managing peer: {:#}", "disconnected");
        });
        assert_eq!(news.of(peer), Some(Reason::WrongData { pieces: vec![3] }));
    }
}
