//! Turns sources, verdicts, vouchers and roads into words.
//!
//! In: data from `domain` and `app`. Out: text in the translator's language; exhaustive matches with literal keys.

use super::Translator;
use crate::app::catalog::route::Route;
use crate::app::jobs::view::FileInPlace;
use crate::app::messages::line_kind::LineKind;
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::domain::source::SourceKind;
use i18n_embed_fl::fl;

/// The name of a kind of source.
pub fn source(text: &Translator, kind: SourceKind) -> String {
    let l = &text.loader;
    match kind {
        SourceKind::Swarm => fl!(l, "source-swarm"),
        SourceKind::WebSeed => fl!(l, "source-web-seed"),
        SourceKind::Mirror => fl!(l, "source-mirror"),
        SourceKind::Inline => fl!(l, "source-inline"),
        SourceKind::Disk => fl!(l, "source-disk"),
    }
}

/// What a line of the sources table is about.
pub fn line_kind(text: &Translator, kind: LineKind) -> String {
    match kind {
        LineKind::Source(kind) => source(text, kind),
        LineKind::Peer => fl!(text.loader, "source-peer"),
        LineKind::Tracker => fl!(text.loader, "source-tracker"),
        LineKind::Dht => fl!(text.loader, "source-dht"),
        LineKind::LocalNetwork => fl!(text.loader, "source-local-network"),
    }
}

/// What is known of a file's integrity, without who vouches for it.
pub fn verdict(text: &Translator, verdict: &Verdict) -> String {
    let l = &text.loader;
    match verdict {
        Verdict::Verified { method: Method::PieceHashes, .. } => fl!(l, "verdict-piece-hashes"),
        Verdict::Verified { method: Method::IndexedDigest, .. } => fl!(l, "verdict-indexed-digest"),
        Verdict::Verified { method: Method::AnnouncedDigest(algorithm), .. } => {
            fl!(l, "verdict-announced-digest", algorithm = algorithm.key())
        }
        Verdict::Verified { method: Method::Structure, .. } => fl!(l, "verdict-structure"),
        Verdict::Mismatch { announced, computed } => {
            fl!(l, "verdict-mismatch", announced = announced.hex(), computed = computed.hex())
        }
        Verdict::NotAnnounced => fl!(l, "verdict-not-announced"),
        Verdict::CannotBeVerified { named } => {
            fl!(l, "verdict-cannot-be-verified", named = named.as_str())
        }
        Verdict::UnreadableDigest => fl!(l, "verdict-unreadable-digest"),
        Verdict::NotChecked => fl!(l, "verdict-not-checked"),
    }
}

/// The same of a file, with the date where it was not read again.
pub fn verdict_of(text: &Translator, file: &FileInPlace) -> String {
    dated(text, file, verdict(text, &file.verdict))
}

/// What is said of a file's integrity, with the date where it was not read again.
pub fn dated(text: &Translator, file: &FileInPlace, verdict: String) -> String {
    match file.disk.verified_at {
        Some(at) => {
            fl!(text.loader, "verdict-not-read-again", verdict = verdict, date = text.moment(at))
        }
        None => verdict,
    }
}

/// Who vouches for a verdict.
pub fn voucher(text: &Translator, verdict: &Verdict) -> String {
    let l = &text.loader;
    match verdict {
        Verdict::Verified { voucher: Voucher::Host { host, tls: true }, .. } => {
            fl!(l, "voucher-host-tls", host = host.as_str())
        }
        Verdict::Verified { voucher: Voucher::Host { host, tls: false }, .. } => {
            fl!(l, "voucher-host-plain", host = host.as_str())
        }
        Verdict::Verified {
            voucher: Voucher::Broker { host, tls: true } | Voucher::QueueBroker { host, tls: true },
            ..
        } => {
            fl!(l, "voucher-broker-tls", host = host.as_str())
        }
        Verdict::Verified {
            voucher: Voucher::Broker { host, tls: false } | Voucher::QueueBroker { host, tls: false },
            ..
        } => {
            fl!(l, "voucher-broker-plain", host = host.as_str())
        }
        Verdict::Verified { voucher: Voucher::Person, .. } => fl!(l, "voucher-person"),
        _ => fl!(l, "voucher-nobody"),
    }
}

/// By which road octets are fetched, and why.
pub fn road(text: &Translator, road: Route) -> String {
    let l = &text.loader;
    match road {
        Route::WholeFiles => fl!(l, "road-whole-files"),
        Route::Pieces => fl!(l, "road-pieces"),
        Route::ProvenRanges => fl!(l, "road-proven-ranges"),
        Route::Ranges => fl!(l, "road-ranges"),
        Route::Decompressed => fl!(l, "road-decompressed"),
        Route::NoIndex => fl!(l, "road-no-index"),
        Route::OnDisk => fl!(l, "road-on-disk"),
    }
}
