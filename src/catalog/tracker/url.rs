//! The URL of a tracker.
//!
//! In: text from a .torrent, a magnet or a command line. Out: [`TrackerUrl`], which speaks HTTP or UDP to a known port.
//! Resolves no name. Shown anywhere, it is shown without its secrets.

use crate::domain::outside_text::{REDACTED, redacted, show, show_with_urls};
use std::fmt;
use url::{Host, Url};

/// Longest URL of a tracker, in octets.
const LONGEST_URL: usize = 2 << 10;

/// Shortest component of a path that is taken for a member's key; trackers use 20 to 64 digits and letters.
const SHORTEST_PASSKEY: usize = 16;

/// The URL of a tracker that can be asked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TrackerUrl {
    url: Url,
    host: Host<String>,
    port: u16,
}

/// What a tracker speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackerTransport {
    /// HTTP or HTTPS (BEP 3).
    Http,
    /// UDP (BEP 15).
    Udp,
}

/// Why a text is not the URL of a tracker that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrackerUrlError {
    /// Longer than 2 KiB.
    #[error("url of {octets} octets")]
    TooLong {
        /// Its length.
        octets: usize,
    },
    /// Not a URL with a host.
    #[error("not a url: {shown}")]
    NotAUrl {
        /// The text without secrets, fit to be shown.
        shown: String,
    },
    /// Neither http, https nor udp.
    #[error("scheme {scheme:?} is neither http, https nor udp")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// A UDP tracker without a port, or any with port 0.
    #[error("no port: {shown}")]
    NoPort {
        /// The URL without secrets, fit to be shown.
        shown: String,
    },
}

impl TrackerUrl {
    /// Reads `http://…`, `https://…` or `udp://host:port/…`.
    ///
    /// # Errors
    /// [`TrackerUrlError`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, TrackerUrlError> {
        let text = text.trim();
        if text.len() > LONGEST_URL {
            return Err(TrackerUrlError::TooLong { octets: text.len() });
        }
        let refused = || TrackerUrlError::NotAUrl { shown: show_with_urls(text) };
        let mut url = Url::parse(text).map_err(|_| refused())?;
        if !matches!(url.scheme(), "http" | "https" | "udp") {
            return Err(TrackerUrlError::Scheme { scheme: show(url.scheme()) });
        }
        url.set_fragment(None);
        // For udp the URL parser leaves a host as it is written; here 127.1 becomes the address that it means.
        let host = Host::parse(url.host_str().unwrap_or_default()).map_err(|_| refused())?;
        let port = url.port_or_known_default().filter(|&port| port != 0);
        let port = port.ok_or_else(|| TrackerUrlError::NoPort { shown: show_tracker(&url) })?;
        Ok(Self { url, host, port })
    }

    /// What it speaks.
    pub fn transport(&self) -> TrackerTransport {
        if self.url.scheme() == "udp" { TrackerTransport::Udp } else { TrackerTransport::Http }
    }

    /// The URL with its secrets: for asking, and for nothing else.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Name or address of the host.
    pub fn host(&self) -> &Host<String> {
        &self.host
    }

    /// Port of the host.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL without secrets: user, password, values of secret keys, and a member's key in the path.
    pub fn redacted(&self) -> Url {
        without_secrets(&self.url)
    }

    /// Whether the URL holds a secret.
    pub fn has_secret(&self) -> bool {
        self.redacted() != self.url
    }
}

/// The trackers that are asked, in their order. One that speaks both protocols on one port is asked once, over HTTP: UDP is
/// there for clients that know nothing else, and asking twice tells nothing more.
pub fn each_once<'a>(trackers: impl IntoIterator<Item = &'a TrackerUrl>) -> Vec<TrackerUrl> {
    let all: Vec<&TrackerUrl> = trackers.into_iter().collect();
    let is_http = |of: &TrackerUrl| of.transport() == TrackerTransport::Http;
    let is_spare = |udp: &TrackerUrl| {
        let is_same = |other: &&&TrackerUrl| other.host == udp.host && other.port == udp.port;
        !is_http(udp) && all.iter().filter(is_same).any(|other| is_http(other))
    };
    all.iter().filter(|tracker| !is_spare(tracker)).map(|&tracker| tracker.clone()).collect()
}

impl fmt::Display for TrackerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show_tracker(&self.url))
    }
}

impl fmt::Debug for TrackerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn show_tracker(url: &Url) -> String {
    show(without_secrets(url).as_str())
}

/// Members' keys stand in the path, before `announce` or after it.
fn without_secrets(url: &Url) -> Url {
    let mut clean = redacted(url);
    if url.path().split('/').any(is_passkey) {
        let components = url.path().split('/').map(|part| if is_passkey(part) { REDACTED } else { part });
        clean.set_path(&components.collect::<Vec<_>>().join("/"));
    }
    clean
}

fn is_passkey(component: &str) -> bool {
    component.len() >= SHORTEST_PASSKEY
        && component.bytes().all(|c| c.is_ascii_alphanumeric())
        && component.bytes().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracker(text: &str) -> TrackerUrl {
        TrackerUrl::parse(text).expect("a tracker")
    }

    #[test]
    fn http_https_and_udp_are_spoken_to_a_known_port() {
        for (text, transport, port) in [
            ("http://t.example/announce", TrackerTransport::Http, 80),
            ("https://t.example/announce", TrackerTransport::Http, 443),
            ("udp://t.example:6969", TrackerTransport::Udp, 6969),
            ("udp://[2001:db8::1]:80/announce", TrackerTransport::Udp, 80),
        ] {
            let tracker = tracker(text);
            assert_eq!((tracker.transport(), tracker.port()), (transport, port), "{text}");
        }
    }

    #[test]
    fn every_spelling_of_an_address_is_that_address() {
        let loopback: Host<String> = Host::Ipv4(core::net::Ipv4Addr::LOCALHOST);
        for text in ["udp://127.1:80", "udp://0x7f.1:80/announce", "http://2130706433/", "udp://127.0.0.1:80"]
        {
            assert_eq!(tracker(text).host(), &loopback, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_with_a_reason() {
        use TrackerUrlError as E;
        assert!(
            matches!(TrackerUrl::parse("wss://t/announce"), Err(E::Scheme { scheme }) if scheme == "wss")
        );
        assert!(matches!(TrackerUrl::parse("udp://t.example/announce"), Err(E::NoPort { .. })));
        assert!(matches!(TrackerUrl::parse("http://t:0/"), Err(E::NoPort { .. })));
        assert!(matches!(TrackerUrl::parse("t.example/announce"), Err(E::NotAUrl { .. })));
        assert!(matches!(TrackerUrl::parse("udp:///announce"), Err(E::NotAUrl { .. })));
        assert!(matches!(
            TrackerUrl::parse(&format!("http://t/{}", "a".repeat(2_048))),
            Err(E::TooLong { .. })
        ));
    }

    #[test]
    fn a_tracker_that_speaks_both_protocols_is_asked_once() {
        let asked = |texts: &[&str]| {
            let trackers: Vec<TrackerUrl> = texts.iter().map(|text| tracker(text)).collect();
            each_once(&trackers).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let (http, udp) = ("http://t.example:6969/announce", "udp://t.example:6969/announce");
        assert_eq!(asked(&[http, udp]), [http]);
        assert_eq!(asked(&[udp, http]), [http]);
        assert_eq!(asked(&[udp]), [udp]);
        let other = "udp://t.example:6970/announce";
        assert_eq!(asked(&[http, other, "udp://u.example:6969/announce"]).len(), 3);
    }

    #[test]
    fn keys_of_members_do_not_show() {
        let text = "http://t.example/4d3c2b1a4d3c2b1a4d3c2b1a4d3c2b1a/announce?passkey=abc&x=1";
        assert_eq!(format!("{:?}", tracker(text)), "http://t.example/***/announce?passkey=***&x=1");
        assert!(tracker(text).has_secret() && tracker(text).url().as_str() == text);
        assert_eq!(tracker("udp://t:1/announce/0123456789abcdef0123").to_string(), "udp://t:1/announce/***");
        assert!(!tracker("http://t.example/bittorrent/announce.php").has_secret());
    }
}
