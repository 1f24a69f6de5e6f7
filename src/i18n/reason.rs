//! Turns the reasons why a source gives nothing into words.
//!
//! In: [`Reason`] and [`Trouble`]. Out: text in the translator's language; an exhaustive match with literal keys.

use super::{Translator, proof};
use crate::app::messages::user_message::Trouble;
use crate::app::{AddressClass, Reason};
use i18n_embed_fl::fl;

/// Most piece numbers that are written out.
const MOST_PIECES: usize = 8;

impl Translator {
    /// Why a source gives nothing.
    #[allow(clippy::too_many_lines, reason = "one arm for each reason, so that none can be forgotten")]
    pub fn reason(&self, reason: &Reason) -> String {
        let l = &self.loader;
        match reason {
            Reason::NoAnswer => fl!(l, "reason-no-answer"),
            Reason::ConnectionRefused => fl!(l, "reason-connection-refused"),
            Reason::Closed => fl!(l, "reason-closed"),
            Reason::NameNotFound => fl!(l, "reason-name-not-found"),
            Reason::NameServiceSilent => fl!(l, "reason-name-service-silent"),
            Reason::Offline => fl!(l, "reason-offline"),
            Reason::Proxy { proxy, reason } => {
                fl!(l, "reason-proxy", proxy = proxy.as_str(), reason = self.reason(reason))
            }
            Reason::HostNotAllowed => fl!(l, "reason-host-not-allowed"),
            Reason::Tls(detail) => fl!(l, "reason-tls", detail = detail.as_str()),
            Reason::AddressRefused(class) => {
                fl!(l, "reason-address-refused", class = address_class(self, *class))
            }
            Reason::SchemeRefused(scheme) => fl!(l, "reason-scheme-refused", scheme = scheme.as_str()),
            Reason::RedirectRefused => fl!(l, "reason-redirect-refused"),
            Reason::TooManyRedirects => fl!(l, "reason-too-many-redirects"),
            Reason::Status(status) => fl!(l, "reason-status", status = status.to_string()),
            Reason::Busy { status, wait: None } => fl!(l, "reason-busy", status = status.to_string()),
            Reason::Busy { status, wait: Some(wait) } => {
                fl!(l, "reason-busy-wait", status = status.to_string(), wait = self.duration(*wait))
            }
            Reason::OverLimit { words } => fl!(l, "reason-over-limit", words = words.as_str()),
            Reason::OddStatusLine => fl!(l, "reason-odd-status-line"),
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
            Reason::WrongData { pieces } if pieces.is_empty() => fl!(l, "reason-wrong-file"),
            Reason::WrongData { pieces } => {
                fl!(l, "reason-wrong-data", count = pieces.len(), pieces = piece_list(pieces))
            }
            Reason::NoPeers => fl!(l, "reason-no-peers"),
            Reason::PeersSilent(time) => fl!(l, "reason-peers-silent", time = self.duration(*time)),
            Reason::TrackerRefused(words) => fl!(l, "reason-tracker-refused", words = words.as_str()),
            Reason::TrackerWarns(words) => fl!(l, "reason-tracker-warns", words = words.as_str()),
            Reason::NotATracker => fl!(l, "reason-not-a-tracker"),
            Reason::NotAListing(detail) => fl!(l, "reason-not-a-listing", detail = detail.as_str()),
            Reason::NoUrl => fl!(l, "reason-no-url"),
            Reason::NotAsLeft { files } => {
                let first = files.first().map(String::as_str).unwrap_or_default();
                fl!(
                    l,
                    "reason-not-as-left",
                    count = files.len(),
                    file = crate::domain::outside_text::show(first)
                )
            }
            Reason::Other(words) => fl!(l, "reason-other", words = words.as_str()),
        }
    }
}

/// A source with the reason why it gives nothing.
pub fn trouble(text: &Translator, trouble: &Trouble) -> String {
    let kind = proof::source(text, trouble.kind);
    if trouble.label.is_empty() {
        return fl!(text.loader, "cli-trouble-of-kind", kind = kind, reason = text.reason(&trouble.reason));
    }
    fl!(
        text.loader,
        "cli-trouble",
        kind = kind,
        label = trouble.label.as_str(),
        reason = text.reason(&trouble.reason)
    )
}

fn address_class(text: &Translator, class: AddressClass) -> String {
    let l = &text.loader;
    match class {
        AddressClass::Loopback => fl!(l, "class-loopback"),
        AddressClass::Private => fl!(l, "class-private"),
        AddressClass::LinkLocal => fl!(l, "class-link-local"),
        AddressClass::CarrierNat => fl!(l, "class-shared"),
        AddressClass::Special => fl!(l, "class-other"),
    }
}

fn piece_list(pieces: &[u32]) -> String {
    let mut list: Vec<String> = pieces.iter().take(MOST_PIECES).map(u32::to_string).collect();
    if pieces.len() > MOST_PIECES {
        list.push("…".to_owned());
    }
    list.join(", ")
}
