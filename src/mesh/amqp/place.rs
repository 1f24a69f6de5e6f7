//! What the URL of an AMQP broker says after its host: the virtual host, and the queue with its terms.
//!
//! In: path and query of a URL. Out: an [`AmqpPlace`], and the one way in which it is written. The names are those of Sarracenia:
//! `queue`, `expire` and `message_ttl`, times in seconds.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::time::Duration;

/// Longest name of a virtual host or queue, in octets: AMQP writes the length in one octet.
pub const LONGEST_NAME: usize = 255;

/// The virtual host of a broker of which nothing else is said.
const USUAL_HOST: &str = "/";

/// Longest time that may be asked for, in seconds: 49 days, as brokers count milliseconds in 32 bits.
const LONGEST_TIME: u64 = 4_294_967;

/// What stands in a path or query as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a URL says of virtual host and queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmqpPlace {
    /// The virtual host; `/` where the URL names none.
    pub virtual_host: String,
    /// The queue. `None` for one of our own, named as Sarracenia names its.
    pub queue: Option<String>,
    /// How long the queue is kept while nobody reads it. `None` for the usual time.
    pub expire: Option<Duration>,
    /// How long a message waits there at most. `None` for as long as the queue is kept.
    pub message_ttl: Option<Duration>,
}

impl AmqpPlace {
    /// Reads what follows the host: `/vhost?queue=q_anonymous.mine&expire=3600`. `None` when it says anything else.
    pub fn parse(path: &str, query: Option<&str>) -> Option<Self> {
        let host = decoded(path.trim_matches('/'))?;
        let mut place = Self {
            virtual_host: if host.is_empty() { USUAL_HOST.to_owned() } else { host },
            queue: None,
            expire: None,
            message_ttl: None,
        };
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=')?;
            match name {
                "queue" => place.queue = Some(decoded(value).filter(|queue| !queue.is_empty())?),
                "expire" => place.expire = Some(seconds(value)?),
                "message_ttl" => place.message_ttl = Some(seconds(value)?),
                _ => return None,
            }
        }
        Some(place)
    }

    /// Reads what [`Self::to_url_part`] wrote. The usual place when it is anything else.
    pub fn of_url_part(part: &str) -> Self {
        let (path, query) = part.split_once('?').map_or((part, None), |(path, query)| (path, Some(query)));
        let usual =
            || Self { virtual_host: USUAL_HOST.to_owned(), queue: None, expire: None, message_ttl: None };
        Self::parse(path, query).unwrap_or_else(usual)
    }

    /// What stands in a URL behind the host; empty for the usual virtual host and a queue of our own.
    pub fn to_url_part(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
        let mut part = match self.virtual_host.as_str() {
            USUAL_HOST => String::new(),
            host => format!("/{}", encoded(host)),
        };
        let terms = [
            ("queue", self.queue.as_deref().map(encoded)),
            ("expire", self.expire.map(|time| time.as_secs().to_string())),
            ("message_ttl", self.message_ttl.map(|time| time.as_secs().to_string())),
        ];
        for (name, value) in terms.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            let sign = match (part.contains('?'), part.is_empty()) {
                (true, _) => "&",
                (false, true) => "/?",
                (false, false) => "?",
            };
            part.push_str(&format!("{sign}{name}={value}"));
        }
        part
    }
}

/// Text without its escapes. `None` when it is too long for a name, no text, or holds NUL.
fn decoded(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    (text.len() <= LONGEST_NAME && !text.contains('\0')).then(|| text.into_owned())
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (1..=LONGEST_TIME).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtual_host_and_queue_are_read_and_written_alike() {
        for (path, query, written) in [
            ("", None, ""),
            ("/", None, ""),
            ("/%2F", None, ""),
            ("/wx", None, "/wx"),
            ("/wx/", None, "/wx"),
            ("", Some("queue=q_a.b"), "/?queue=q_a.b"),
            (
                "/a%2Fb",
                Some("queue=q%20a&expire=60&message_ttl=5"),
                "/a%2Fb?queue=q%20a&expire=60&message_ttl=5",
            ),
        ] {
            let place = AmqpPlace::parse(path, query).expect("a place");
            assert_eq!(place.to_url_part(), written, "{path}");
            assert_eq!(AmqpPlace::of_url_part(written), place, "{path}");
        }
        assert_eq!(AmqpPlace::parse("", None).map(|place| place.virtual_host).as_deref(), Some("/"));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let long = "x".repeat(256);
        for (path, query) in [
            ("/%FF", None),
            ("/a%00", None),
            (long.as_str(), None),
            ("", Some("heartbeat=5")),
            ("", Some("queue=")),
            ("", Some("queue")),
            ("", Some("expire=0")),
            ("", Some("expire=-1")),
            ("", Some("expire=4294968")),
            ("", Some("message_ttl=1h")),
        ] {
            assert_eq!(AmqpPlace::parse(path, query), None, "{path} {query:?}");
        }
    }
}
