//! Turns messages, reasons, verdicts and sources into sentences: exhaustive matches with literal keys.
//!
//! In: data from `app`. Out: text in the translator's language. The compiler checks keys and arguments.

use super::Translator;
use crate::app::state::{LineKind, Road};
use crate::app::user_message::{Trouble, UserMessage};
use crate::app::{AddressClass, Reason};
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::domain::source::SourceKind;
use i18n_embed_fl::fl;

/// Most piece numbers that are written out.
const MOST_PIECES: usize = 8;

impl Translator {
    /// What is said to a person. Troubles of single sources stand on lines of their own below.
    pub fn message(&self, message: &UserMessage) -> String {
        let first = self.first_line(message);
        match message {
            UserMessage::NoSource { troubles } | UserMessage::OnlyWrongData { troubles } => {
                let lines = troubles.iter().map(|trouble| format!("\n  {}", self.trouble(trouble)));
                first + &lines.collect::<String>()
            }
            _ => first,
        }
    }

    fn first_line(&self, message: &UserMessage) -> String {
        use UserMessage as M;
        match message {
            M::DigestMismatch { .. }
            | M::NotWellFormed { .. }
            | M::OnlyWrongData { .. }
            | M::NoSource { .. } => self.about_proof(message),
            M::DiskFull
            | M::DiskTooSmall { .. }
            | M::DiskDenied { .. }
            | M::FolderGone { .. }
            | M::LinkInTheWay { .. }
            | M::FolderInUse { .. }
            | M::DatabaseTrouble { .. }
            | M::DiskTrouble { .. }
            | M::KeptExisting { .. }
            | M::WaitingForFolder { .. } => self.about_disk(message),
            _ => self.about_target(message),
        }
    }

    fn about_proof(&self, message: &UserMessage) -> String {
        let l = &self.loader;
        match message {
            UserMessage::DigestMismatch { what, announced, computed } => fl!(
                l,
                "message-digest-mismatch",
                what = what.as_str(),
                announced = announced.as_str(),
                computed = computed.as_str()
            ),
            UserMessage::NotWellFormed { detail } => {
                fl!(l, "message-not-well-formed", detail = detail.as_str())
            }
            UserMessage::OnlyWrongData { .. } => fl!(l, "message-only-wrong-data"),
            _ => fl!(l, "message-no-source"),
        }
    }

    fn about_disk(&self, message: &UserMessage) -> String {
        use UserMessage as M;
        let l = &self.loader;
        match message {
            M::DiskTooSmall { needed, free } => {
                fl!(l, "message-disk-too-small", needed = self.size(*needed), free = self.size(*free))
            }
            M::DiskDenied { what } => fl!(l, "message-disk-denied", what = what.as_str()),
            M::FolderGone { path } => fl!(l, "message-folder-gone", path = path.as_str()),
            M::LinkInTheWay { name } => fl!(l, "message-link-in-the-way", name = name.as_str()),
            M::FolderInUse { by } => fl!(l, "message-folder-in-use", by = by.as_str()),
            M::WaitingForFolder { by } => fl!(l, "message-waiting-for-folder", by = by.as_str()),
            M::DatabaseTrouble { detail } => fl!(l, "message-database-trouble", detail = detail.as_str()),
            M::DiskTrouble { detail } => fl!(l, "message-disk-trouble", detail = detail.as_str()),
            M::KeptExisting { kept_as, .. } => fl!(l, "message-kept-existing", kept_as = kept_as.as_str()),
            _ => fl!(l, "message-disk-full"),
        }
    }

    fn about_target(&self, message: &UserMessage) -> String {
        use UserMessage as M;
        let l = &self.loader;
        match message {
            M::TargetNotFound { target } => fl!(l, "message-target-not-found", target = target.as_str()),
            M::TargetUnknown { target } => fl!(l, "message-target-unknown", target = target.as_str()),
            M::TargetUnreachable { url, reason } => {
                fl!(l, "message-target-unreachable", url = url.as_str(), reason = self.reason(reason))
            }
            M::LengthUnknown { url } => fl!(l, "message-length-unknown", url = url.as_str()),
            M::TorrentUnsound { detail } => fl!(l, "message-torrent-unsound", detail = detail.as_str()),
            M::TorrentIsV2Only => fl!(l, "message-torrent-v2-only"),
            M::MagnetUnsound { detail } => fl!(l, "message-magnet-unsound", detail = detail.as_str()),
            M::NoMetadata => fl!(l, "message-no-metadata"),
            M::NoSwarmInThisBuild => fl!(l, "message-no-swarm-in-this-build"),
            M::NoWayToPeers => fl!(l, "message-no-way-to-peers"),
            M::NoFileMatches { wanted } => fl!(l, "message-no-file-matches", wanted = wanted.as_str()),
            _ => self.about_fields_and_sources(message),
        }
    }

    fn about_fields_and_sources(&self, message: &UserMessage) -> String {
        use UserMessage as M;
        let l = &self.loader;
        match message {
            M::NothingChosen { available } => {
                fl!(l, "message-nothing-chosen", available = available.as_str())
            }
            M::NoFields { name } => fl!(l, "message-no-fields", name = name.as_str()),
            M::Unreadable { text } => fl!(l, "message-unreadable", text = text.as_str()),
            M::IndexFrom { place } => fl!(l, "message-index-from", place = place.as_str()),
            M::IndexUnusable { place, detail } => {
                fl!(l, "message-index-unusable", place = place.as_str(), detail = detail.as_str())
            }
            M::WalkedHeaders { requests } => {
                fl!(l, "message-walked-headers", requests = self.count(*requests))
            }
            M::MessageHoldsMore => fl!(l, "message-message-holds-more"),
            M::PeerUnusable { peer } => fl!(l, "message-peer-unusable", peer = peer.as_str()),
            M::WebSeedUnusable { url, detail } => {
                fl!(l, "message-web-seed-unusable", url = url.as_str(), detail = detail.as_str())
            }
            M::Stopped => fl!(l, "message-stopped"),
            M::Internal { detail } => fl!(l, "message-internal", detail = detail.as_str()),
            // Every other message is said by one of the functions above.
            other => format!("{other:?}"),
        }
    }

    /// A source with the reason why it gives nothing.
    pub fn trouble(&self, trouble: &Trouble) -> String {
        let kind = self.source(trouble.kind);
        fl!(
            self.loader,
            "cli-trouble",
            kind = kind,
            label = trouble.label.as_str(),
            reason = self.reason(&trouble.reason)
        )
    }

    /// Why a source gives nothing.
    pub fn reason(&self, reason: &Reason) -> String {
        let l = &self.loader;
        match reason {
            Reason::NoAnswer => fl!(l, "reason-no-answer"),
            Reason::ConnectionRefused => fl!(l, "reason-connection-refused"),
            Reason::Closed => fl!(l, "reason-closed"),
            Reason::NameNotFound => fl!(l, "reason-name-not-found"),
            Reason::Tls(detail) => fl!(l, "reason-tls", detail = detail.as_str()),
            Reason::AddressRefused(class) => {
                fl!(l, "reason-address-refused", class = self.address_class(*class))
            }
            Reason::SchemeRefused(scheme) => fl!(l, "reason-scheme-refused", scheme = scheme.as_str()),
            Reason::RedirectRefused => fl!(l, "reason-redirect-refused"),
            Reason::TooManyRedirects => fl!(l, "reason-too-many-redirects"),
            Reason::Status(status) => fl!(l, "reason-status", status = status.to_string()),
            Reason::Busy { status, wait: None } => fl!(l, "reason-busy", status = status.to_string()),
            Reason::Busy { status, wait: Some(wait) } => {
                fl!(l, "reason-busy-wait", status = status.to_string(), wait = self.duration(*wait))
            }
            other => self.reason_of_data(other),
        }
    }

    fn reason_of_data(&self, reason: &Reason) -> String {
        let l = &self.loader;
        match reason {
            Reason::WebPage => fl!(l, "reason-web-page"),
            Reason::WrongRange(told) => fl!(l, "reason-wrong-range", told = told.as_str()),
            Reason::WrongLength { expected, told } => {
                fl!(l, "reason-wrong-length", told = self.size(*told), expected = self.size(*expected))
            }
            Reason::RangeIgnored => fl!(l, "reason-range-ignored"),
            Reason::Encoded(name) => fl!(l, "reason-encoded", name = name.as_str()),
            Reason::NotHttp => fl!(l, "reason-not-http"),
            Reason::Stalled => fl!(l, "reason-stalled"),
            Reason::Changed => fl!(l, "reason-changed"),
            Reason::WrongData { pieces } => {
                fl!(l, "reason-wrong-data", count = pieces.len(), pieces = piece_list(pieces))
            }
            Reason::NoPeers => fl!(l, "reason-no-peers"),
            Reason::PeersSilent(time) => fl!(l, "reason-peers-silent", time = self.duration(*time)),
            Reason::TrackerRefused(words) => fl!(l, "reason-tracker-refused", words = words.as_str()),
            Reason::NotATracker => fl!(l, "reason-not-a-tracker"),
            Reason::Other(words) => fl!(l, "reason-other", words = words.as_str()),
            // Every other reason is said by `reason`.
            other => other.to_string(),
        }
    }

    fn address_class(&self, class: AddressClass) -> String {
        let l = &self.loader;
        match class {
            AddressClass::Loopback => fl!(l, "class-loopback"),
            AddressClass::Private => fl!(l, "class-private"),
            AddressClass::LinkLocal => fl!(l, "class-link-local"),
            AddressClass::CarrierNat => fl!(l, "class-shared"),
            AddressClass::Special => fl!(l, "class-other"),
        }
    }

    /// The name of a kind of source.
    pub fn source(&self, kind: SourceKind) -> String {
        let l = &self.loader;
        match kind {
            SourceKind::Swarm => fl!(l, "source-swarm"),
            SourceKind::WebSeed => fl!(l, "source-web-seed"),
            SourceKind::Mirror => fl!(l, "source-mirror"),
            SourceKind::Inline => fl!(l, "source-inline"),
            SourceKind::Disk => fl!(l, "source-disk"),
        }
    }

    /// What a line of the sources table is about.
    pub fn line_kind(&self, kind: LineKind) -> String {
        match kind {
            LineKind::Source(kind) => self.source(kind),
            LineKind::Peer => fl!(self.loader, "source-peer"),
            LineKind::Tracker => fl!(self.loader, "source-tracker"),
        }
    }

    /// What is known of a file's integrity, without who vouches for it.
    pub fn verdict(&self, verdict: &Verdict) -> String {
        let l = &self.loader;
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

    /// Who vouches for a verdict.
    pub fn voucher(&self, verdict: &Verdict) -> String {
        let l = &self.loader;
        match verdict {
            Verdict::Verified { voucher: Voucher::Host { host, tls: true }, .. } => {
                fl!(l, "voucher-host-tls", host = host.as_str())
            }
            Verdict::Verified { voucher: Voucher::Host { host, tls: false }, .. } => {
                fl!(l, "voucher-host-plain", host = host.as_str())
            }
            Verdict::Verified { voucher: Voucher::Person, .. } => fl!(l, "voucher-person"),
            _ => fl!(l, "voucher-nobody"),
        }
    }

    /// By which road octets are fetched, and why.
    pub fn road(&self, road: Road) -> String {
        let l = &self.loader;
        match road {
            Road::WholeFiles => fl!(l, "road-whole-files"),
            Road::Pieces => fl!(l, "road-pieces"),
            Road::ProvenRanges => fl!(l, "road-proven-ranges"),
            Road::Ranges => fl!(l, "road-ranges"),
            Road::NoIndex => fl!(l, "road-no-index"),
            Road::OnDisk => fl!(l, "road-on-disk"),
        }
    }
}

fn piece_list(pieces: &[u32]) -> String {
    let mut list: Vec<String> = pieces.iter().take(MOST_PIECES).map(u32::to_string).collect();
    if pieces.len() > MOST_PIECES {
        list.push("…".to_owned());
    }
    list.join(", ")
}
