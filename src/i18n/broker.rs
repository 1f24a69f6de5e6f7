//! Brokers and what they announce, in words: why one cannot be listened to, what is odd about a message, why a file is refused.

use super::Translator;
use crate::app::mesh::listening::{ArchiveTrouble, BrokerTrouble, NotFetched};
use crate::app::mesh::view::{LocalCopy, Remark};
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

/// Why a connection did not come about, or ended.
pub fn trouble(text: &Translator, trouble: &BrokerTrouble) -> String {
    let l = &text.loader;
    match trouble {
        BrokerTrouble::Version => fl!(l, "broker-version"),
        BrokerTrouble::Credentials => fl!(l, "broker-credentials"),
        BrokerTrouble::Refused(detail) => fl!(l, "broker-refused", detail = detail.as_str()),
        BrokerTrouble::NoVirtualHost(name, detail) => {
            fl!(l, "broker-no-virtual-host", name = show(name), detail = show(detail))
        }
        BrokerTrouble::NoExchange(name, detail) => {
            fl!(l, "broker-no-exchange", name = show(name), detail = show(detail))
        }
        BrokerTrouble::NoQueue(name, detail) => {
            fl!(l, "broker-no-queue", name = show(name), detail = show(detail))
        }
        BrokerTrouble::QueueRemoved(name) => fl!(l, "broker-queue-removed", name = show(name)),
        BrokerTrouble::OtherProtocol(detail) => fl!(l, "broker-other-protocol", detail = detail.as_str()),
        BrokerTrouble::TakenOver => fl!(l, "broker-taken-over"),
        BrokerTrouble::Tls(detail) => fl!(l, "broker-tls", detail = detail.as_str()),
        BrokerTrouble::AddressRefused(_) => fl!(l, "broker-address-refused"),
        BrokerTrouble::NameNotFound => fl!(l, "broker-name-not-found"),
        BrokerTrouble::HungUp => fl!(l, "broker-hung-up"),
        BrokerTrouble::NameServiceSilent => fl!(l, "reason-name-service-silent"),
        BrokerTrouble::Offline => fl!(l, "reason-offline"),
        BrokerTrouble::NotReached(reason) => text.reason(reason),
        BrokerTrouble::Lost(detail) => fl!(l, "broker-lost", detail = detail.as_str()),
    }
}

/// Why an archive did not give all it had.
pub fn archive_trouble(text: &Translator, trouble: &ArchiveTrouble) -> String {
    match trouble {
        ArchiveTrouble::NotReached(url, reason) => format!("{url}: {}", text.reason(reason)),
        ArchiveTrouble::NotRead(url, detail) => format!("{url}: {}", show(detail)),
        ArchiveTrouble::LongPages(left_out) => {
            let (n, n_txt) = (*left_out, text.count(*left_out));
            fl!(&text.loader, "archive-long-pages", n = n, n_txt = n_txt)
        }
        ArchiveTrouble::MorePages(pages) => {
            fl!(&text.loader, "archive-more-pages", n = text.count(*pages))
        }
    }
}

/// Most characters of a digest that are shown in a sentence: two digests differ in the first few.
const DIGEST_SHOWN: usize = 16;

fn shortened(digest: &str) -> String {
    let cut: String = digest.chars().take(DIGEST_SHOWN).collect();
    if cut.len() < digest.len() { format!("{cut}…") } else { cut }
}

/// What was wrong with a file that came.
pub fn wrong_file(text: &Translator, wrong: &WrongFile) -> String {
    let l = &text.loader;
    match wrong {
        WrongFile::Digest { announced, computed } => {
            let (method, value) = announced.split_once(':').unwrap_or(("", announced));
            fl!(
                l,
                "wrong-file-digest",
                announced = format!("{method} {}", shortened(value)).trim().to_owned(),
                computed = shortened(computed)
            )
        }
        WrongFile::Length { announced, found } => {
            let (announced, found) = (text.count(announced.0), text.count(found.0));
            fl!(l, "wrong-file-length", announced = announced, found = found)
        }
        WrongFile::SeveralFiles { files } => {
            fl!(l, "wrong-file-several", files = text.count(*files as u64))
        }
        WrongFile::Form { detail } => fl!(l, "wrong-file-form", detail = detail.as_str()),
    }
}

/// Why a file is not fetched.
pub fn not_fetched(text: &Translator, why: &NotFetched) -> String {
    let l = &text.loader;
    match why {
        NotFetched::Scheme(scheme) => fl!(l, "not-fetched-scheme", scheme = scheme.as_str()),
        NotFetched::InParts(count) => fl!(l, "not-fetched-in-parts", n = text.count(*count)),
        NotFetched::NoLink => fl!(l, "not-fetched-no-link"),
        NotFetched::DailyLimit(octets) => fl!(l, "not-fetched-limit", octets = text.size(*octets)),
        NotFetched::LargerThanDay(octets) => {
            fl!(l, "not-fetched-larger-than-day", octets = text.size(*octets))
        }
        NotFetched::Directory => fl!(l, "not-fetched-directory"),
        NotFetched::TorrentWithoutDigest => fl!(l, "not-fetched-torrent"),
        NotFetched::Trouble(detail) => fl!(l, "not-fetched-trouble", detail = detail.as_str()),
    }
}

/// What became of the local copy of a withdrawn file.
pub fn local_copy(text: &Translator, copy: LocalCopy) -> String {
    let l = &text.loader;
    match copy {
        LocalCopy::None => fl!(l, "local-copy-none"),
        LocalCopy::Kept => fl!(l, "local-copy-kept"),
        LocalCopy::Removed => fl!(l, "local-copy-removed"),
        LocalCopy::Changed => fl!(l, "local-copy-changed"),
    }
}

/// What is odd or wrong about a message.
pub fn remark(text: &Translator, remark: &Remark) -> String {
    let l = &text.loader;
    let n = |count: usize| text.count(count as u64);
    match remark {
        Remark::DigestInHex => fl!(l, "remark-digest-in-hex"),
        Remark::DigestWithLineBreaks => fl!(l, "remark-digest-with-line-breaks"),
        Remark::DigestUnreadable => fl!(l, "remark-digest-unreadable"),
        Remark::MethodNotListed { named } => fl!(l, "remark-method-not-listed", named = show(named)),
        Remark::MethodSpelling { named } => fl!(l, "remark-method-spelling", named = show(named)),
        Remark::DigestsDisagree => fl!(l, "remark-digests-disagree"),
        Remark::TimeForm { field } => fl!(l, "remark-time-form", field = (*field).to_owned()),
        Remark::NotUtc { field } => fl!(l, "remark-not-utc", field = (*field).to_owned()),
        Remark::FormerName { found, today } => {
            fl!(l, "remark-former-name", found = (*found).to_owned(), today = (*today).to_owned())
        }
        Remark::SizeAsText { text: size } => fl!(l, "remark-size-as-text", text = show(size)),
        Remark::FormerParts => fl!(l, "remark-former-parts"),
        Remark::UnusableLink { scheme } => fl!(l, "remark-unusable-link", scheme = show(scheme)),
        Remark::LogLine => fl!(l, "remark-log-line"),
        Remark::InlineSize { announced, found } => {
            let (announced, found) = (text.count(*announced), text.count(*found));
            fl!(l, "remark-inline-size", announced = announced, found = found)
        }
        Remark::InlineMismatch => fl!(l, "remark-inline-mismatch"),
        Remark::InlineUnreadable => fl!(l, "remark-inline-unreadable"),
        Remark::InlineTooLong { octets } => fl!(l, "remark-inline-too-long", n = n(*octets)),
        Remark::LongMessage { octets } => fl!(l, "remark-long-message", n = n(*octets)),
        Remark::SeveralActions => fl!(l, "remark-several-actions"),
        Remark::MoreFiles { count } => fl!(l, "remark-more-files", n = n(*count)),
        Remark::InParts { count } => fl!(l, "remark-in-parts", n = text.count(*count)),
        Remark::Empty { field } => fl!(l, "remark-empty", field = (*field).to_owned()),
        Remark::NotListed { field, value } => {
            fl!(l, "remark-not-listed", field = (*field).to_owned(), value = show(value))
        }
        Remark::EmptyList { field } => fl!(l, "remark-empty-list", field = (*field).to_owned()),
        Remark::TooLong { octets } => fl!(l, "remark-too-long", n = n(*octets)),
        Remark::NotText => fl!(l, "remark-not-text"),
        Remark::NotJson { detail } => fl!(l, "remark-not-json", detail = show(detail)),
        Remark::UnknownShape => fl!(l, "remark-unknown-shape"),
        Remark::Missing { field } => fl!(l, "remark-missing", field = (*field).to_owned()),
        Remark::WrongValue { field, value } if value.is_empty() => {
            fl!(l, "remark-wrong-kind", field = (*field).to_owned())
        }
        Remark::WrongValue { field, value } => {
            fl!(l, "remark-wrong-value", field = (*field).to_owned(), value = show(value))
        }
        Remark::InstantAndPeriod => fl!(l, "remark-instant-and-period"),
        Remark::NoAction => fl!(l, "remark-no-action"),
    }
}
