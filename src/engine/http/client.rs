//! Asks HTTP servers: the address rule at every resolution and redirect, bounded heads, reasons instead of errors.
//!
//! In: a URL, a range, and who named it. Out: an [`Answer`] whose head was read and whose body was not.
//! Follows at most five redirects itself: none from a public address to a private one, none from https to http.

use super::reasons::{head_of, reason_of};
use super::resolver::RuledResolver;
use crate::app::journal::Purpose;
use crate::app::settings::Proxy;
use crate::domain::octets::ByteRange;
use crate::engine::contacts::{Contacts, Counts};
use crate::engine::network::has_route;
use crate::transfer::address_rule::{AddressClass, AddressRule, Reach};
use crate::transfer::http_answer::AnswerHead;
use crate::transfer::reason::Reason;
use arc_swap::ArcSwap;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    LOCATION, RANGE,
};
use reqwest::redirect::Policy;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::{Host, Url};

/// Most redirects followed for one request.
const MOST_REDIRECTS: usize = 5;

/// Largest head of an answer; the library itself stops reading at about six times this.
const LARGEST_HEAD: usize = 64 << 10;

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where.
    pub url: Url,
    /// How far names in it may reach.
    pub reach: Reach,
    /// Which octets; the whole when `None`.
    pub range: Option<ByteRange>,
    /// Sent as `If-Range`: the whole is wanted if the file is not this one any more.
    pub if_range: Option<String>,
    /// The ETag or date of what is known already: an answer with status 304 says that it is still so.
    pub unless_still: Option<String>,
    /// Whether only the head is wanted.
    pub method: Method,
    /// How many redirects may be followed.
    pub most_redirects: usize,
    /// What the host is contacted for.
    pub purpose: Purpose,
}

/// What is done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Its octets are wanted.
    Get,
    /// Only what would be said of it.
    Head,
}

impl Question {
    /// The whole of `url`.
    pub fn whole(url: Url, reach: Reach) -> Self {
        Self {
            url,
            reach,
            range: None,
            if_range: None,
            unless_still: None,
            method: Method::Get,
            most_redirects: MOST_REDIRECTS,
            purpose: Purpose::Http,
        }
    }

    /// Some octets of `url`.
    pub fn range(url: Url, reach: Reach, range: ByteRange) -> Self {
        Self { range: Some(range), ..Self::whole(url, reach) }
    }
}

/// An answer: its head is known, its body is still to come.
#[derive(Debug)]
pub struct Answer {
    /// The head.
    pub head: AnswerHead,
    /// The URL that answered, after redirects.
    pub url: Url,
    response: reqwest::Response,
    counts: Arc<Counts>,
    /// Which kind of address gave it; `None` for a public one, and where a proxy stands between.
    from: Option<AddressClass>,
}

impl Answer {
    /// The next stretch of the body; `None` at its end.
    ///
    /// # Errors
    /// The reason when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<bytes::Bytes>, Reason> {
        let stretch = self.response.chunk().await.map_err(|error| reason_of(&error))?;
        if let Some(stretch) = &stretch {
            self.counts.received(stretch.len() as u64);
        }
        Ok(stretch)
    }
}

/// By which way requests go out, and where to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// Which addresses files, trackers and redirects may lead to.
    pub rule: AddressRule,
    /// The proxy, if any: nothing goes around it.
    pub proxy: Proxy,
    /// The only hosts that may be asked; any when empty.
    pub hosts: Vec<String>,
    /// Whom servers may write to; nobody when `None`. One line of ASCII.
    pub contact: Option<String>,
}

/// Asks HTTP servers. Clones share the way, which can be changed at any time.
#[derive(Clone, Debug)]
pub struct HttpClient {
    clients: Arc<ArcSwap<Clients>>,
    contacts: Contacts,
}

#[derive(Debug)]
struct Clients {
    public: reqwest::Client,
    anywhere: reqwest::Client,
    /// Made when a file first leads inwards.
    network: OnceLock<Option<reqwest::Client>>,
    computer: OnceLock<Option<reqwest::Client>>,
    way: Way,
}

impl Clients {
    fn new(way: Way) -> Result<Self, reqwest::Error> {
        let with_reach = |reach| build(way.rule.with_reach(reach), &way);
        let (public, anywhere) = (with_reach(Reach::Public)?, with_reach(Reach::Anywhere)?);
        Ok(Self { public, anywhere, network: OnceLock::new(), computer: OnceLock::new(), way })
    }

    fn reaching(&self, reach: Reach) -> Result<&reqwest::Client, Reason> {
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

impl HttpClient {
    /// A client that keeps to `way`, and notes whom it asks in `contacts`.
    ///
    /// # Errors
    /// When the system has no working TLS or name service at all, or the proxy cannot be meant.
    pub fn new(way: Way, contacts: Contacts) -> Result<Self, reqwest::Error> {
        Ok(Self { clients: Arc::new(ArcSwap::from_pointee(Clients::new(way)?)), contacts })
    }

    /// Goes another way from the next request on; open connections of the old way are not used again.
    ///
    /// # Errors
    /// When the proxy cannot be meant; the old way stays then.
    pub fn set_way(&self, way: Way) -> Result<(), reqwest::Error> {
        self.clients.store(Arc::new(Clients::new(way)?));
        Ok(())
    }

    /// Whether requests go out by `way` already.
    pub fn goes(&self, way: &Way) -> bool {
        self.clients.load().way == *way
    }

    /// The proxy by which everything goes out.
    pub fn proxy(&self) -> Proxy {
        self.clients.load().way.proxy.clone()
    }

    /// Whom servers are told they may write to.
    pub fn contact(&self) -> Option<String> {
        self.clients.load().way.contact.clone()
    }

    /// The book of hosts that were contacted.
    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    /// Asks, follows redirects, and returns the answer with its head read.
    ///
    /// # Errors
    /// The reason why there is no answer. An answer that says no is one: see [`Answer::head`].
    pub async fn ask(&self, question: &Question) -> Result<Answer, Reason> {
        let clients = self.clients.load_full();
        let mut url = question.url.clone();
        let mut reach = question.reach.max_of(clients.way.rule.reach());
        let mut seen = vec![url.clone()];
        loop {
            clients.way.check_url(&url, reach)?;
            let counts = self.contacts.ask(&host_of(&url), question.purpose);
            let response = clients.send(&url, reach, question).await?;
            let Some(next) = redirect_of(&response)? else {
                let head = head_of(&response);
                let from = clients.way.class_of(&url, &response);
                return Ok(Answer { head, url, response, counts, from });
            };
            let came_from_public = response.remote_addr().is_none_or(|a| AddressClass::of(a.ip()).is_none());
            if url.scheme() == "https" && next.scheme() != "https" {
                return Err(Reason::RedirectRefused);
            }
            if came_from_public && reach > Reach::Public && clients.way.rule.reach() == Reach::Public {
                reach = Reach::Public;
            }
            if seen.len() > question.most_redirects || seen.contains(&next) {
                return Err(Reason::TooManyRedirects);
            }
            seen.push(next.clone());
            url = next;
        }
    }

    /// Reads a whole small file: a .torrent, an index, a list.
    ///
    /// # Errors
    /// The reason when it cannot be had, or [`Reason::WrongLength`] when it is larger than `most` octets.
    pub async fn small(&self, question: &Question, most: usize) -> Result<SmallFile, Reason> {
        let small = self.small_whatever_status(question, most).await?;
        if small.head.status != 200 {
            return Err(super::reasons::refusal_of(&small.head));
        }
        Ok(small)
    }

    /// Reads the whole body of an answer, even of one that says no.
    ///
    /// # Errors
    /// As [`small`](Self::small), but for the status.
    pub async fn small_whatever_status(&self, question: &Question, most: usize) -> Result<SmallFile, Reason> {
        let read = async {
            let mut answer = self.ask(question).await?;
            let too_large =
                |told: u64| Reason::WrongLength { expected: count(most as u64), told: count(told) };
            if let Some(told) = answer.head.content_length.filter(|&told| told > most as u64) {
                return Err(too_large(told));
            }
            let mut bytes = Vec::new();
            while let Some(stretch) = answer.next().await? {
                if bytes.len() + stretch.len() > most {
                    return Err(too_large((bytes.len() + stretch.len()) as u64));
                }
                bytes.extend_from_slice(&stretch);
            }
            Ok(SmallFile { bytes, head: answer.head, url: answer.url, from: answer.from })
        };
        tokio::time::timeout(SMALL_TIMEOUT, read).await.unwrap_or(Err(Reason::NoAnswer))
    }
}

/// Host and port, as the book of contacts has them.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

impl Way {
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
    fn class_of(&self, url: &Url, response: &reqwest::Response) -> Option<AddressClass> {
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
    fn check_url(&self, url: &Url, reach: Reach) -> Result<(), Reason> {
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
    async fn send(&self, url: &Url, reach: Reach, question: &Question) -> Result<reqwest::Response, Reason> {
        let client = self.reaching(reach)?;
        let mut request = match question.method {
            Method::Get => client.get(url.clone()),
            Method::Head => client.head(url.clone()),
        };
        if let Some(range) = question.range {
            request = request.header(RANGE, range.to_http_header());
        }
        if let Some(validator) = &question.if_range {
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

/// How long a small file may take.
const SMALL_TIMEOUT: Duration = Duration::from_secs(20);

fn count(octets: u64) -> crate::domain::octets::ByteCount {
    crate::domain::octets::ByteCount(octets)
}

/// A small file, read whole.
#[derive(Debug)]
pub struct SmallFile {
    /// Its octets.
    pub bytes: Vec<u8>,
    /// The head of the answer that brought it.
    pub head: AnswerHead,
    /// The URL that answered, after redirects.
    pub url: Url,
    /// Which kind of address gave it; `None` for a public one, and where a proxy stands between.
    pub from: Option<AddressClass>,
}

/// The name under which servers are asked, with whom to write to.
fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("nuee/", env!("CARGO_PKG_VERSION"));
    contact.map_or_else(|| name.to_owned(), |contact| format!("{name} ({contact})"))
}

fn build(rule: AddressRule, way: &Way) -> Result<reqwest::Client, reqwest::Error> {
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

fn redirect_of(response: &reqwest::Response) -> Result<Option<Url>, Reason> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location =
        response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let target = location.and_then(|location| response.url().join(location).ok());
    target.map(Some).ok_or(Reason::RedirectRefused)
}
