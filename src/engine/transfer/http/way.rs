//! By which way requests go out: address rule, proxy, allowed hosts, and the library's clients that keep to them.
//!
//! In: a [`OutboundRoute`]. Out: `Clients`, one for public addresses and one for any, and single requests sent by them.

use super::client::{HttpMethod, Question};
use super::names::LOOK_UP_PATIENCE;
use super::reasons::reason_of;
use super::resolver::RuledResolver;
use crate::app::settings::Proxy;
use crate::engine::transfer::network::has_route;
use crate::transfer::address_rule::{AddressClass, AddressRule, Reach};
use crate::transfer::http_answer::is_weak;
use crate::transfer::reason::Reason;
use crate::transfer::retry::USUAL_RETRIES;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    RANGE,
};
use reqwest::redirect::Policy;
use std::sync::OnceLock;
use std::time::Duration;
use url::{Host, Url};

/// Largest head of an answer; the library itself stops reading at about six times this.
const LARGEST_HEAD: usize = 64 << 10;

/// So long a connection may take to come about, the look-up of its name included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

// A name server that never answers is to be named, and not the server behind the name.
const _: () = assert!(LOOK_UP_PATIENCE.as_secs() < CONNECT_TIMEOUT.as_secs());

/// By which way requests go out, and where to.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboundRoute {
    /// Which addresses files, trackers and redirects may lead to.
    pub rule: AddressRule,
    /// The proxy, if any: nothing goes around it.
    pub proxy: Proxy,
    /// The only hosts that may be asked; any when empty.
    pub hosts: Vec<String>,
    /// Whom servers may write to; nobody when `None`. One line of ASCII.
    pub contact: Option<String>,
    /// How often a request that failed is made again.
    pub retries: u8,
}

impl Default for OutboundRoute {
    fn default() -> Self {
        Self {
            rule: AddressRule::default(),
            proxy: Proxy::default(),
            hosts: Vec::new(),
            contact: None,
            retries: USUAL_RETRIES,
        }
    }
}

#[derive(Debug)]
pub(super) struct Clients {
    public: reqwest::Client,
    anywhere: reqwest::Client,
    /// Made when a file first leads inwards.
    network: OnceLock<Option<reqwest::Client>>,
    computer: OnceLock<Option<reqwest::Client>>,
    pub(super) way: OutboundRoute,
}

impl Clients {
    pub(super) fn new(way: OutboundRoute) -> Result<Self, reqwest::Error> {
        let with_reach = |reach| build(way.rule.with_reach(reach), &way);
        let (public, anywhere) = (with_reach(Reach::Public)?, with_reach(Reach::Anywhere)?);
        Ok(Self { public, anywhere, network: OnceLock::new(), computer: OnceLock::new(), way })
    }

    pub(super) fn reaching(&self, reach: Reach) -> Result<&reqwest::Client, Reason> {
        let place = match reach {
            Reach::Public => return Ok(&self.public),
            Reach::Anywhere => return Ok(&self.anywhere),
            Reach::Network => &self.network,
            Reach::Computer => &self.computer,
        };
        // What could be made for other reaches can be made for this one.
        let client = place.get_or_init(|| build(self.way.rule.with_reach(reach), &self.way).ok());
        client.as_ref().ok_or_else(|| Reason::Other("no HTTP client".to_owned()))
    }
}

impl OutboundRoute {
    fn proxy_for(&self, url: &Url) -> Option<String> {
        super::proxy::proxy_for(&self.proxy, url)
    }

    /// Why there is no answer: a computer without a network and a dead proxy are named, not the server behind them.
    fn reason_of(&self, url: &Url, error: &reqwest::Error) -> Reason {
        let reason = reason_of(error);
        if !error.is_connect() {
            return reason;
        }
        if reason.is_like_offline() && !has_route() {
            return Reason::Offline;
        }
        match self.proxy_for(url) {
            Some(proxy) => Reason::Proxy { proxy, reason: Box::new(reason) },
            None => reason,
        }
    }

    /// Which kind of address gave an answer: as its URL says, else as the connection does where no proxy may be between.
    pub(super) fn class_of(&self, url: &Url, response: &reqwest::Response) -> Option<AddressClass> {
        match url.host() {
            Some(Host::Ipv4(address)) => AddressClass::of(address.into()),
            Some(Host::Ipv6(address)) => AddressClass::of(address.into()),
            Some(Host::Domain(_)) if self.proxy_for(url).is_none() => {
                response.remote_addr().and_then(|address| AddressClass::of(address.ip()))
            }
            Some(Host::Domain(_)) | None => None,
        }
    }

    /// Whether a URL may be asked at all, as far as it can be told before its name is resolved.
    pub(super) fn check_url(&self, url: &Url, reach: Reach) -> Result<(), Reason> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Reason::SchemeRefused(crate::domain::outside_text::show(url.scheme())));
        }
        let is_allowed = |host: &str| self.hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(host));
        if !self.hosts.is_empty() && !url.host_str().is_some_and(is_allowed) {
            return Err(Reason::HostNotAllowed);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Reason::NameNotFound),
        };
        self.rule.with_reach(reach).check(address).map_err(Reason::AddressRefused)
    }
}

impl Clients {
    pub(super) async fn send(
        &self,
        url: &Url,
        reach: Reach,
        question: &Question,
    ) -> Result<reqwest::Response, Reason> {
        let client = self.reaching(reach)?;
        let mut request = match question.method {
            HttpMethod::Get => client.get(url.clone()),
            HttpMethod::Head => client.head(url.clone()),
        };
        if let Some(range) = question.range {
            request = request.header(RANGE, range.to_http_header());
        }
        // RFC 9110 (13.1.5): a client must not send a weak ETag there.
        if let Some(validator) = question.if_range.as_ref().filter(|validator| !is_weak(validator)) {
            request = request.header(IF_RANGE, validator);
        }
        if let Some(known) = &question.unless_still {
            // An ETag is quoted; a date is not.
            let header = if known.ends_with('"') { IF_NONE_MATCH } else { IF_MODIFIED_SINCE };
            request = request.header(header, known);
        }
        let response = request.send().await.map_err(|error| self.way.reason_of(url, &error))?;
        if response.status().as_u16() == 407
            && let Some(proxy) = self.way.proxy_for(url)
        {
            return Err(Reason::Proxy { proxy, reason: Box::new(Reason::Status(407)) });
        }
        let size = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
        if response.headers().iter().map(size).sum::<usize>() > LARGEST_HEAD {
            return Err(Reason::NotHttp);
        }
        Ok(response)
    }
}

/// The name under which servers are asked, with whom to write to.
fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("nuee/", env!("CARGO_PKG_VERSION"));
    contact.map_or_else(|| name.to_owned(), |contact| format!("{name} ({contact})"))
}

fn build(rule: AddressRule, way: &OutboundRoute) -> Result<reqwest::Client, reqwest::Error> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    let builder = match &way.proxy {
        Proxy::System => reqwest::Client::builder(),
        Proxy::Direct => reqwest::Client::builder().no_proxy(),
        Proxy::By(url) => reqwest::Client::builder().proxy(reqwest::Proxy::all(with_remote_names(url))?),
    };
    let mut resolver = RuledResolver::new(rule);
    if let Proxy::By(url) = &way.proxy {
        resolver = resolver.with_proxy(url);
    }
    builder
        .user_agent(user_agent(way.contact.as_deref()))
        .default_headers(headers)
        .http1_only()
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_nodelay(true)
        .dns_resolver(resolver)
        .build()
}

/// With SOCKS5 names are resolved by the proxy as well: a look-up from here would go around it.
fn with_remote_names(url: &str) -> String {
    match url.strip_prefix("socks5://") {
        Some(rest) => format!("socks5h://{rest}"),
        None => url.to_owned(),
    }
}
