//! How a broker is reached, and what is asked of it.
//!
//! In: a URL as a person types it, or a preset. Out: a [`BrokerAddress`] whose secrets never show, and the waits between
//! attempts. Connects to nothing.

use super::amqp::place::AmqpPlace;
use super::amqp::terms::{ANONYMOUS, AmqpTerms, QueueKeeping};
use super::topic::TopicFilter;
use crate::domain::integrity::{Digest, DigestAlgorithm, Voucher};
use crate::domain::outside_text::REDACTED;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::time::Duration;
use url::Url;

/// How one speaks to a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BrokerScheme {
    /// MQTT over TCP.
    Mqtt,
    /// MQTT over TLS.
    Mqtts,
    /// MQTT in a WebSocket.
    Ws,
    /// MQTT in a WebSocket over TLS.
    Wss,
    /// AMQP 0-9-1 over TCP.
    Amqp,
    /// AMQP 0-9-1 over TLS.
    Amqps,
}

impl BrokerScheme {
    /// The scheme of URLs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mqtt => "mqtt",
            Self::Mqtts => "mqtts",
            Self::Ws => "ws",
            Self::Wss => "wss",
            Self::Amqp => "amqp",
            Self::Amqps => "amqps",
        }
    }

    /// Whether the broker proves who it is.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Mqtts | Self::Wss | Self::Amqps)
    }

    /// Whether one reads a queue there, by AMQP; otherwise it is MQTT. What we announce goes by MQTT alone.
    pub const fn is_amqp(self) -> bool {
        matches!(self, Self::Amqp | Self::Amqps)
    }

    const fn usual_port(self) -> u16 {
        match self {
            Self::Mqtt => 1883,
            Self::Mqtts => 8883,
            Self::Ws => 80,
            Self::Wss => 443,
            Self::Amqp => 5672,
            Self::Amqps => 5671,
        }
    }
}

/// User and password; shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user.
    pub user: String,
    /// The password; may be empty.
    pub password: String,
}

impl Credentials {
    /// Whether everybody comes so, as operators say: `everyone:everyone` and `anonymous:anonymous` are no secret.
    pub fn is_public(&self) -> bool {
        matches!(self.user.as_str(), "everyone" | ANONYMOUS) && self.password == self.user
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Where a broker is, and as whom one comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerAddress {
    /// How one speaks to it.
    pub scheme: BrokerScheme,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The path of its WebSocket, or what an AMQP address says of virtual host and queue; empty for the others.
    pub path: String,
    /// As whom one comes. `None` for nobody.
    pub credentials: Option<Credentials>,
}

/// Why text is no address of a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokerUrlError {
    /// No URL at all.
    #[error("not a URL")]
    NotUrl,
    /// Another scheme.
    #[error("not mqtt, mqtts, ws, wss, amqp or amqps")]
    Scheme,
    /// No host.
    #[error("names no host")]
    Host,
    /// A virtual host, a queue or a term of it that cannot be.
    #[error("not a virtual host, or not queue, expire or message_ttl")]
    Place,
}

impl BrokerAddress {
    /// Reads `mqtts://user:password@host:8883`, `wss://host/mqtt`, `amqps://host/vhost?queue=q_user.mine`.
    ///
    /// # Errors
    /// Says what is wrong, and nothing of what was typed: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, BrokerUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| BrokerUrlError::NotUrl)?;
        let scheme = match url.scheme() {
            "mqtt" | "tcp" => BrokerScheme::Mqtt,
            "mqtts" | "ssl" | "tls" => BrokerScheme::Mqtts,
            "ws" => BrokerScheme::Ws,
            "wss" => BrokerScheme::Wss,
            "amqp" => BrokerScheme::Amqp,
            "amqps" => BrokerScheme::Amqps,
            _ => return Err(BrokerUrlError::Scheme),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BrokerUrlError::Host)?.to_owned();
        let is_socket = matches!(scheme, BrokerScheme::Ws | BrokerScheme::Wss);
        let path = match url.path() {
            path if scheme.is_amqp() => {
                AmqpPlace::parse(path, url.query()).ok_or(BrokerUrlError::Place)?.to_url_part()
            }
            _ if !is_socket => String::new(),
            "" | "/" => "/mqtt".to_owned(),
            path => path.to_owned(),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let port = url.port().unwrap_or(scheme.usual_port());
        let (user, password) = (decoded(url.username()), decoded(url.password().unwrap_or_default()));
        Ok(Self { scheme, host, port, path, credentials: None }.with_user(user, password))
    }

    /// The same address as another user; as nobody when the name is empty. To AMQP nobody comes as nobody: the public is `anonymous`,
    /// with the same password.
    pub fn with_user(mut self, user: String, password: String) -> Self {
        let is_anonymous = self.scheme.is_amqp() && password.is_empty() && matches!(&*user, "" | ANONYMOUS);
        self.credentials = match is_anonymous {
            true => Some(Credentials { user: ANONYMOUS.to_owned(), password: ANONYMOUS.to_owned() }),
            false => (!user.is_empty()).then_some(Credentials { user, password }),
        };
        self
    }

    /// The broker as the one who vouches for what it announces.
    pub fn voucher(&self) -> Voucher {
        let (host, tls) = (self.authority(), self.scheme.is_tls());
        if self.scheme.is_amqp() { Voucher::QueueBroker { host, tls } } else { Voucher::Broker { host, tls } }
    }

    /// The URL with user and password: for the memory of this computer's user, never for people, logs or reports.
    pub fn to_secret_url(&self) -> String {
        let encoded = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let userinfo = self.credentials.as_ref().map_or(String::new(), |credentials| {
            format!("{}:{}@", encoded(&credentials.user), encoded(&credentials.password))
        });
        format!("{}://{userinfo}{}:{}{}", self.scheme.key(), self.host, self.port, self.path)
    }

    /// The same address and user with an empty password.
    pub fn without_password(&self) -> Self {
        let credentials = self.credentials.as_ref();
        let credentials = credentials.map(|known| Credentials { password: String::new(), ..known.clone() });
        Self { credentials, ..self.clone() }
    }

    /// Host and port.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Display for BrokerAddress {
    /// The URL, without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}{}", self.scheme.key(), self.host, self.port, self.path)
    }
}

/// How long a broker keeps what comes while we are away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// Nothing is kept.
    Clean,
    /// Messages are kept for so long after the connection is lost.
    Persistent(Duration),
}

/// How long a broker keeps what comes while we are away, where anything is to be kept.
const SESSION_KEPT: Duration = Duration::from_secs(3_600);

/// As whom one listens to a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSession {
    /// Our name there: unique, or two of us throw each other out.
    pub client: String,
    /// What is kept while we are away.
    pub kind: SessionKind,
}

impl ClientSession {
    /// As somebody of whom nothing is kept; `chance` makes the name unlike any other.
    pub fn clean(chance: u64) -> Self {
        Self { client: format!("nuee-{chance:016x}"), kind: SessionKind::Clean }
    }

    /// As the folder of that `name`, for whom what comes meanwhile is kept. A second program at the same folder has another
    /// `mark`. Other topics are another session: old ones would come as well.
    pub fn kept((name, mark): (&str, &str), broker: &str, filters: &[TopicFilter]) -> Self {
        let digest = Digest::of(DigestAlgorithm::Sha256, format!("{broker}\n{filters:?}").as_bytes());
        let sum = digest.octets().iter().take(4).fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet));
        Self { client: format!("{name}-{mark}{sum:08x}"), kind: SessionKind::Persistent(SESSION_KEPT) }
    }
}

/// What one asks of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Where it is.
    pub broker: BrokerAddress,
    /// Which topics.
    pub filters: Vec<TopicFilter>,
    /// Our name there: unique, or two of us throw each other out.
    pub client: String,
    /// What is kept while we are away.
    pub session: SessionKind,
}

impl Subscription {
    /// What is asked of a broker that speaks AMQP.
    pub fn amqp_terms(&self) -> AmqpTerms {
        let known = self.broker.credentials.as_ref();
        let user =
            known.map_or((ANONYMOUS, ANONYMOUS), |known| (known.user.as_str(), known.password.as_str()));
        let keeping = match self.session {
            SessionKind::Clean => QueueKeeping::Dropped,
            SessionKind::Persistent(kept) => QueueKeeping::Kept(kept),
        };
        AmqpTerms::new(
            user,
            AmqpPlace::of_url_part(&self.broker.path),
            (&self.client, keeping),
            &self.filters,
        )
    }
}

/// The wait before the next attempt: doubled each time, with chance in it so that not all come back at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(60);

    /// After a failure: how long to wait, between half and all of what is due. `chance` is 0 to 1.
    pub fn next(&mut self, chance: f64) -> Duration {
        let due = Self::FIRST.saturating_mul(1 << self.failures.min(10)).min(Self::LONGEST);
        self.failures = self.failures.saturating_add(1);
        due.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
    }

    /// After a connection that held.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broker_is_read_with_its_usual_port_and_path() {
        for (text, expected) in [
            ("mqtts://globalbroker.example", "mqtts://globalbroker.example:8883"),
            ("mqtt://h:1884", "mqtt://h:1884"),
            ("wss://h/mqtt", "wss://h:443/mqtt"),
            ("ws://h:9001", "ws://h:9001/mqtt"),
            ("ws://h/ws", "ws://h:80/ws"),
            ("amqp://h", "amqp://h:5672"),
            ("amqps://h/", "amqps://h:5671"),
            ("amqps://h/wx?queue=q_a.b&expire=60", "amqps://h:5671/wx?queue=q_a.b&expire=60"),
        ] {
            assert_eq!(BrokerAddress::parse(text).map(|broker| broker.to_string()).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn credentials_are_read_and_never_shown() {
        let broker = BrokerAddress::parse("mqtts://every%40one:__s3cret__@h").expect("a broker");
        let credentials = broker.credentials.clone().expect("credentials");
        assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("every@one", "__s3cret__"));
        let shown = format!("{broker} {broker:?}");
        assert_eq!(BrokerAddress::parse(&broker.to_secret_url()), Ok(broker.clone()));
        assert!(!shown.contains("s3cret") && !shown.contains("every"), "{shown}");
        let without = broker.without_password().to_secret_url();
        assert!(!without.contains("s3cret") && without.contains("every%40one"), "{without}");
    }

    #[test]
    fn the_public_comes_to_amqp_as_anonymous_and_nobody_needs_to_say_so() {
        let whom = |url: &str| {
            let known = BrokerAddress::parse(url).expect("a broker").credentials.expect("credentials");
            (known.user.clone(), known.password.clone(), known.is_public())
        };
        let public = ("anonymous".to_owned(), "anonymous".to_owned(), true);
        assert_eq!(whom("amqps://h"), public);
        assert_eq!(whom("amqps://anonymous@h"), public);
        assert_eq!(whom("amqps://me:__s3cret__@h"), ("me".to_owned(), "__s3cret__".to_owned(), false));
        assert_eq!(whom("amqps://me@h"), ("me".to_owned(), String::new(), false));
        let kept = BrokerAddress::parse("amqps://h/wx").expect("a broker");
        assert_eq!(BrokerAddress::parse(&kept.to_secret_url()), Ok(kept));
    }

    #[test]
    fn a_session_that_is_kept_is_a_queue_that_is_kept() {
        let mut asked = Subscription {
            broker: BrokerAddress::parse("amqps://me:p@h/wx").expect("a broker"),
            filters: vec![TopicFilter::parse("v02.post.#").expect("a filter")],
            client: "nuee-1".to_owned(),
            session: SessionKind::Persistent(SESSION_KEPT),
        };
        let terms = asked.amqp_terms();
        assert_eq!((terms.user.as_str(), terms.virtual_host.as_str()), ("me", "wx"));
        assert_eq!((terms.queue.as_str(), terms.keeping), ("q_me.nuee.1", QueueKeeping::Kept(SESSION_KEPT)));
        asked.session = SessionKind::Clean;
        assert_eq!(asked.amqp_terms().keeping, QueueKeeping::Dropped);
    }

    #[test]
    fn each_broker_program_and_choice_of_topics_has_a_session_of_its_own() {
        let filters = |text: &str| vec![TopicFilter::parse(text).expect("a filter")];
        let name =
            |mark, broker, topics| ClientSession::kept(("nuee-1", mark), broker, &filters(topics)).client;
        let first = name("", "mqtt://a:1883", "x/#");
        assert_eq!(first, name("", "mqtt://a:1883", "x/#"));
        let others = [
            name("w", "mqtt://a:1883", "x/#"),
            name("", "mqtt://b:1883", "x/#"),
            name("", "mqtt://a:1883", "y/#"),
        ];
        assert!(others.iter().all(|other| *other != first), "{first} {others:?}");
        assert_eq!(ClientSession::clean(7).kind, SessionKind::Clean);
    }

    #[test]
    fn what_is_no_broker_is_refused() {
        assert_eq!(BrokerAddress::parse("https://h"), Err(BrokerUrlError::Scheme));
        assert_eq!(BrokerAddress::parse("h"), Err(BrokerUrlError::NotUrl));
        assert_eq!(BrokerAddress::parse("mqtt:///x"), Err(BrokerUrlError::Host));
        assert_eq!(BrokerAddress::parse("amqps://h?heartbeat=5"), Err(BrokerUrlError::Place));
    }

    #[test]
    fn waits_double_to_a_minute_and_begin_anew_after_success() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..10).map(|_| backoff.next(1.0).as_millis() as u64).collect();
        assert_eq!(waits[..4], [500, 1_000, 2_000, 4_000]);
        assert_eq!(waits[9], 60_000);
        assert_eq!(backoff.next(0.0), Duration::from_secs(30));
        backoff.reset();
        assert_eq!(backoff.next(1.0), Duration::from_millis(500));
    }
}
