//! Why a source is not used: each reason is a fact that was seen, never a guess.
//!
//! In: what happened on a connection, in an answer, or to a piece. Out: [`Reason`], and whether to try again.
//! Front ends turn a reason into a sentence and a remedy; the text here is for the log.

use super::address_rule::AddressClass;
use crate::domain::octets::ByteCount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// What was seen of a source that does not serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Reason {
    /// Nothing came back in time.
    #[error("no answer")]
    NoAnswer,
    /// The machine answered that nobody listens there.
    #[error("connection refused")]
    ConnectionRefused,
    /// The connection ended before the answer was whole.
    #[error("connection closed")]
    Closed,
    /// The name has no address.
    #[error("name not found")]
    NameNotFound,
    /// No name server said anything of the name.
    #[error("no name server answers")]
    NameServiceSilent,
    /// This computer has no way to any public address.
    #[error("offline")]
    Offline,
    /// The proxy, and not the server behind it.
    #[error("proxy {proxy}: {reason}")]
    Proxy {
        /// Host and port of the proxy.
        proxy: String,
        /// What was seen of it.
        reason: Box<Reason>,
    },
    /// Whoever runs this computer allows other hosts only.
    #[error("host not allowed here")]
    HostNotAllowed,
    /// TLS failed, for instance by its certificate.
    #[error("tls failed: {0}")]
    Tls(String),
    /// The address rule forbids where the name or redirect leads.
    #[error("address refused: {0:?}")]
    AddressRefused(AddressClass),
    /// A URL that is neither http nor https (for a tracker: nor udp).
    #[error("scheme refused: {0}")]
    SchemeRefused(String),
    /// A redirect from https to http, or from a public address to a private one.
    #[error("redirect refused")]
    RedirectRefused,
    /// Redirects in a ring, or more than five.
    #[error("too many redirects")]
    TooManyRedirects,
    /// An answer that says no.
    #[error("status {0}")]
    Status(u16),
    /// Too many requests, or out of service: the server asks for patience.
    #[error("busy: status {status}, asks to wait {wait:?}")]
    Busy {
        /// 429 or 503.
        status: u16,
        /// What `Retry-After` asks, when it does.
        wait: Option<Duration>,
    },
    /// The server says, in words of its own, that it was asked too often.
    #[error("limit of requests reached: {words}")]
    OverLimit {
        /// What it says.
        words: String,
    },
    /// The first line of the answer is not as HTTP has it; NOMADS answers so above its limit of requests.
    #[error("odd status line")]
    OddStatusLine,
    /// A web page where data was asked: a portal, a login, an error page.
    #[error("a web page instead of data")]
    WebPage,
    /// Another range than the one asked.
    #[error("wrong range: {0}")]
    WrongRange(String),
    /// The file has another length than published.
    #[error("length {told:?} instead of {expected:?}")]
    WrongLength {
        /// What was published.
        expected: ByteCount,
        /// What the server says.
        told: ByteCount,
    },
    /// The server ignores ranges, or answers with a part and does not tell which.
    #[error("range ignored")]
    RangeIgnored,
    /// The data came compressed or in parts, though neither was asked.
    #[error("encoded as {0}")]
    Encoded(String),
    /// The answer's head is larger than 64 KiB, or no HTTP.
    #[error("not an http answer")]
    NotHttp,
    /// No byte for five seconds, or fewer than a kibibyte a second.
    #[error("stalled")]
    Stalled,
    /// The file changed on the server while it was read.
    #[error("changed on the server")]
    Changed,
    /// Bytes that do not have the published digest.
    #[error("sent wrong data in {} pieces", pieces.len())]
    WrongData {
        /// The pieces, in order.
        pieces: Vec<u32>,
    },
    /// A tracker or an introduction gave no peer.
    #[error("no peers")]
    NoPeers,
    /// Peers were there and gave nothing of what is missing.
    #[error("peers gave nothing for {0:?}")]
    PeersSilent(Duration),
    /// A tracker refused, in its own words.
    #[error("tracker says: {0}")]
    TrackerRefused(String),
    /// A tracker answers, and wants people to know something.
    #[error("tracker warns: {0}")]
    TrackerWarns(String),
    /// What a tracker answered is not a tracker's answer.
    #[error("not a tracker answer")]
    NotATracker,
    /// What came in place of a listing is none.
    #[error("not a listing: {0}")]
    NotAListing(String),
    /// No URL can name a file that is missing: its path holds `.` or `..`, or is too long.
    #[error("no url can name the file")]
    NoUrl,
    /// These files here were changed, moved or removed since they were found right: they are not uploaded.
    #[error("not as they were left, not uploaded: {}", files.join(", "))]
    NotAsLeft {
        /// Their paths.
        files: Vec<String>,
    },
    /// Something else, in the words of the library that saw it.
    #[error("{0}")]
    Other(String),
}

/// What a reason means for the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// May be gone in a moment: try again after a pause.
    Passing,
    /// The server named the pause.
    After(Duration),
    /// Trying again would show the same.
    Lasting,
}

impl Reason {
    /// Whether it is what is seen of any host where there is no network.
    pub const fn is_like_offline(&self) -> bool {
        matches!(self, Self::NoAnswer | Self::NameNotFound | Self::NameServiceSilent)
    }

    /// Whether another attempt makes sense.
    pub fn outlook(&self) -> Outlook {
        match self {
            Self::Proxy { reason, .. } => reason.outlook(),
            Self::NoAnswer
            | Self::Closed
            | Self::Stalled
            | Self::ConnectionRefused
            | Self::NameNotFound
            | Self::NameServiceSilent
            | Self::Offline => Outlook::Passing,
            Self::Busy { wait: Some(wait), .. } => Outlook::After(*wait),
            Self::Busy { .. }
            | Self::OverLimit { .. }
            | Self::OddStatusLine
            | Self::Status(408 | 425 | 500 | 502 | 504)
            | Self::NoPeers
            | Self::PeersSilent(_) => Outlook::Passing,
            _ => Outlook::Lasting,
        }
    }

    /// The same of a busy server, with what is left of the pause it asked for.
    #[must_use]
    pub fn with_wait(self, left: Duration) -> Self {
        match self {
            Self::Busy { status, .. } => Self::Busy { status, wait: Some(left) },
            other => other,
        }
    }

    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::NoAnswer => "no_answer",
            Self::ConnectionRefused => "connection_refused",
            Self::Closed => "closed",
            Self::NameNotFound => "name_not_found",
            Self::NameServiceSilent => "name_service_silent",
            Self::Offline => "offline",
            Self::Proxy { .. } => "proxy",
            Self::HostNotAllowed => "host_not_allowed",
            Self::Tls(_) => "tls",
            Self::AddressRefused(_) => "address_refused",
            Self::SchemeRefused(_) => "scheme_refused",
            Self::RedirectRefused => "redirect_refused",
            Self::TooManyRedirects => "too_many_redirects",
            Self::Status(_) => "status",
            Self::Busy { .. } => "busy",
            Self::OverLimit { .. } => "over_limit",
            Self::OddStatusLine => "odd_status_line",
            Self::WebPage => "web_page",
            Self::WrongRange(_) => "wrong_range",
            Self::WrongLength { .. } => "wrong_length",
            Self::RangeIgnored => "range_ignored",
            Self::Encoded(_) => "encoded",
            Self::NotHttp => "not_http",
            Self::Stalled => "stalled",
            Self::Changed => "changed",
            Self::WrongData { .. } => "wrong_data",
            Self::NoPeers => "no_peers",
            Self::PeersSilent(_) => "peers_silent",
            Self::TrackerRefused(_) => "tracker_refused",
            Self::TrackerWarns(_) => "tracker_warns",
            Self::NotATracker => "not_a_tracker",
            Self::NotAListing(_) => "not_a_listing",
            Self::NoUrl => "no_url",
            Self::NotAsLeft { .. } => "not_as_left",
            Self::Other(_) => "other",
        }
    }

    /// Wrong data in these pieces; each is named once, however often it came wrong.
    pub fn wrong_data<'a>(pieces: impl IntoIterator<Item = &'a u32>) -> Self {
        let pieces: BTreeSet<u32> = pieces.into_iter().copied().collect();
        Self::WrongData { pieces: pieces.into_iter().collect() }
    }

    /// Whether bytes were received and found wrong: the proof failed, not the connection.
    pub const fn is_wrong_data(&self) -> bool {
        matches!(self, Self::WrongData { .. })
    }
}
