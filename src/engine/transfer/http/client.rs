//! Asks HTTP servers: the address rule at every resolution and redirect, bounded heads, reasons instead of errors.
//!
//! In: a URL, a range, and who named it. Out: an [`HttpAnswer`] whose head was read and whose body was not.
//! Follows at most five redirects itself: none from a public address to a private one, none from https to http.

use super::reasons::{head_of, phrase_of, reason_of, refusal_of};
use super::waiting::{WaitNotice, Waiting};
use super::way::Clients;
pub use super::way::OutboundRoute;
use crate::app::journal::Purpose;
use crate::app::settings::Proxy;
use crate::domain::octets::ByteRange;
use crate::engine::clock::Clock;
use crate::engine::contacts::{Contacts, HostCounts};
use crate::transfer::address_rule::{AddressClass, Reach};
use crate::transfer::host_limits::{Admission, HostLimits};
use crate::transfer::http_answer::{AnswerHead, is_web_page};
use crate::transfer::http_words::{limit_in, title_of};
use crate::transfer::reason::Reason;
use crate::transfer::retry::{Attempts, BODY_SILENCE, Next, RetryPolicy, is_too_slow};
use arc_swap::ArcSwap;
use bytes::Bytes;
use parking_lot::Mutex;
use reqwest::header::LOCATION;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use url::Url;

/// Most redirects followed for one request.
const MOST_REDIRECTS: usize = 5;

/// So much of a web page is read to see whether it tells of a limit.
const MOST_OF_PAGE: usize = 16 << 10;

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
    pub method: HttpMethod,
    /// How many redirects may be followed.
    pub most_redirects: usize,
    /// What the host is contacted for.
    pub purpose: Purpose,
    /// Whether a failure is told at once.
    pub persistence: Persistence,
}

/// Who tries again after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// The client, as its policy says; answers have limits of time.
    Retried,
    /// Whoever asks: it knows other sources, and watches the time itself.
    Once,
}

/// What is done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpMethod {
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
            method: HttpMethod::Get,
            most_redirects: MOST_REDIRECTS,
            purpose: Purpose::Http,
            persistence: Persistence::Retried,
        }
    }

    /// Some octets of `url`.
    pub fn range(url: Url, reach: Reach, range: ByteRange) -> Self {
        Self { range: Some(range), ..Self::whole(url, reach) }
    }
}

/// An answer: its head is known, its body is still to come.
#[derive(Debug)]
pub struct HttpAnswer {
    /// The head.
    pub head: AnswerHead,
    /// The URL that answered, after redirects.
    pub url: Url,
    response: reqwest::Response,
    counts: Arc<HostCounts>,
    /// Which kind of address gave it; `None` for a public one, and where a proxy stands between.
    from: Option<AddressClass>,
    /// What was read of the body already.
    begun: Option<Bytes>,
    /// When the body began and how much came, where its time is limited.
    watched: Option<(Instant, u64)>,
}

impl HttpAnswer {
    /// The next stretch of the body; `None` at its end.
    ///
    /// # Errors
    /// The reason when the connection breaks, falls silent, or only drips.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Reason> {
        if let Some(begun) = self.begun.take() {
            return Ok(Some(begun));
        }
        let stretch = match &mut self.watched {
            None => self.response.chunk().await,
            Some((began, received)) => {
                if is_too_slow(*received, began.elapsed()) {
                    return Err(Reason::Stalled);
                }
                let stretch =
                    timeout(BODY_SILENCE, self.response.chunk()).await.map_err(|_| Reason::Stalled)?;
                *received +=
                    stretch.as_ref().ok().and_then(Option::as_ref).map_or(0, |stretch| stretch.len() as u64);
                stretch
            }
        };
        let stretch = stretch.map_err(|error| reason_of(&error))?;
        if let Some(stretch) = &stretch {
            self.counts.received(stretch.len() as u64);
        }
        Ok(stretch)
    }

    /// The words of a limit, when this is a web page that tells of one. What is read of it is given again.
    async fn limit_told(&mut self) -> Result<Option<String>, Reason> {
        if !self.head.content_type.as_deref().is_some_and(is_web_page) {
            return Ok(None);
        }
        let mut page = Vec::new();
        while page.len() < MOST_OF_PAGE
            && let Some(stretch) = self.next().await?
        {
            page.extend_from_slice(&stretch);
        }
        let words = title_of(&String::from_utf8_lossy(&page)).and_then(limit_in);
        self.begun = (!page.is_empty()).then(|| page.into());
        Ok(words)
    }
}

/// Asks HTTP servers. Clones share the way, which can be changed at any time.
#[derive(Clone, Debug)]
pub struct HttpClient {
    clients: Arc<ArcSwap<Clients>>,
    contacts: Contacts,
    limits: Arc<Mutex<HostLimits>>,
    clock: Clock,
    wait: Duration,
    waiting: Waiting,
}

impl HttpClient {
    /// A client that keeps to `way`, and notes whom it asks in `contacts`.
    ///
    /// # Errors
    /// When the system has no working TLS or name service at all, or the proxy cannot be meant.
    pub fn new(way: OutboundRoute, contacts: Contacts) -> Result<Self, reqwest::Error> {
        Ok(Self {
            clients: Arc::new(ArcSwap::from_pointee(Clients::new(way)?)),
            contacts,
            limits: Arc::default(),
            clock: Clock::start(),
            wait: Duration::ZERO,
            waiting: Waiting::default(),
        })
    }

    /// The same for one who waits so long for servers that are busy, and is told of each wait.
    #[must_use]
    pub fn waiting_for(&self, wait: Duration, waiting: Waiting) -> Self {
        Self { wait, waiting, ..self.clone() }
    }

    /// How hard requests are tried.
    pub fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy { retries: self.clients.load().way.retries, wait: self.wait }
    }

    /// Goes another way from the next request on; open connections of the old way are not used again.
    ///
    /// # Errors
    /// When the proxy cannot be meant; the old way stays then.
    pub fn set_way(&self, way: OutboundRoute) -> Result<(), reqwest::Error> {
        self.clients.store(Arc::new(Clients::new(way)?));
        Ok(())
    }

    /// Whether requests go out by `way` already.
    pub fn goes(&self, way: &OutboundRoute) -> bool {
        self.clients.load().way == *way
    }

    /// The proxy by which everything goes out.
    pub fn proxy(&self) -> Proxy {
        self.clients.load().way.proxy.clone()
    }

    /// What sends to `url`, which the person named.
    ///
    /// # Errors
    /// When it may not be asked.
    pub(super) fn way_to(&self, url: &Url) -> Result<reqwest::Client, Reason> {
        let clients = self.clients.load();
        clients.way.check_url(url, Reach::Anywhere)?;
        clients.reaching(Reach::Anywhere).cloned()
    }

    /// Whom servers are told they may write to.
    pub fn contact(&self) -> Option<String> {
        self.clients.load().way.contact.clone()
    }

    /// The book of hosts that were contacted.
    pub fn contacts(&self) -> &Contacts {
        &self.contacts
    }

    /// Asks, follows redirects, and returns the answer with its head read; tries again what may pass.
    ///
    /// # Errors
    /// The reason why there is no answer. An answer that says no is one: see [`HttpAnswer::head`].
    pub async fn ask(&self, question: &Question) -> Result<HttpAnswer, Reason> {
        match question.persistence {
            Persistence::Once => self.ask_once(question, None).await,
            Persistence::Retried => self.persist(question, |head| self.ask_once(question, Some(head))).await,
        }
    }

    /// Reads a whole small file: a .torrent, an index, a list.
    ///
    /// # Errors
    /// The reason when it cannot be had, or [`Reason::WrongLength`] when it is larger than `most` octets.
    pub async fn small(&self, question: &Question, most: usize) -> Result<SmallFile, Reason> {
        let small = self.small_whatever_status(question, most).await?;
        match refusal_of(&small.head) {
            Some(reason) => Err(reason),
            None => Ok(small),
        }
    }

    /// Reads the whole body of an answer, even of one that says no.
    ///
    /// # Errors
    /// As [`small`](Self::small), but for the status.
    pub async fn small_whatever_status(&self, question: &Question, most: usize) -> Result<SmallFile, Reason> {
        match question.persistence {
            Persistence::Once => self.read_small(question, (most, None)).await,
            Persistence::Retried => {
                self.persist(question, |head| self.read_small(question, (most, Some(head)))).await
            }
        }
    }

    async fn read_small(
        &self,
        question: &Question,
        (most, head): (usize, Option<Duration>),
    ) -> Result<SmallFile, Reason> {
        let mut answer = self.ask_once(question, head).await?;
        let too_large = |told: u64| Reason::WrongLength { expected: count(most as u64), told: count(told) };
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
    }

    /// Asks once, waiting so long for the head of the answer. For those who read a body within [`persist`](Self::persist).
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn ask_within(&self, question: &Question, head: Duration) -> Result<HttpAnswer, Reason> {
        self.ask_once(question, Some(head)).await
    }

    /// Makes a request until it is answered well or for good, or is not worth another attempt.
    ///
    /// `attempt` is told how long the head of the answer may take.
    ///
    /// # Errors
    /// The reason of the last attempt.
    pub async fn persist<T: HasHead, F: Future<Output = Result<T, Reason>>>(
        &self,
        question: &Question,
        attempt: impl Fn(Duration) -> F,
    ) -> Result<T, Reason> {
        let host = host_of(&question.url);
        let mut attempts = Attempts::new(self.retry_policy());
        loop {
            self.wait_for_admission(&host).await?;
            let was_given_up = self.limits.lock().is_given_up(&host, self.clock.now());
            let began = self.clock.now();
            let outcome = attempt(attempts.time_for_head()).await;
            let now = self.clock.now();
            let trouble = match &outcome {
                Ok(answer) => answer.head().trouble(),
                Err(reason) => Some(reason.clone()),
            };
            let Some(reason) = trouble else {
                self.limits.lock().on_answer(&host);
                return outcome;
            };
            let pause = match attempts.failed(&reason, now.since(began), fastrand::f64()) {
                Next::Again(pause) if !was_given_up => pause,
                Next::Again(_) | Next::GiveUp => {
                    let mut limits = self.limits.lock();
                    limits.on_trouble(&host, (&reason, Duration::ZERO), now);
                    limits.on_given_up(&host, &reason, now);
                    return outcome;
                }
            };
            self.limits.lock().on_trouble(&host, (&reason, pause), now);
            self.waiting.tell(WaitNotice::Trouble { host: host.clone(), reason, wait: pause });
            sleep(pause).await;
        }
    }

    /// Waits until `host` may be asked by anybody in this process.
    ///
    /// # Errors
    /// The reason for which it wants to rest, when that is for longer than it is waited for.
    pub async fn wait_for_admission(&self, host: &str) -> Result<(), Reason> {
        loop {
            let admission = self.limits.lock().admit(host, self.clock.now());
            let pause = match admission {
                Admission::Now => return Ok(()),
                Admission::Resting(left, reason) => {
                    if left > self.retry_policy().patience() {
                        return Err(reason.with_wait(left));
                    }
                    left
                }
                Admission::RateLimited(pause, most) => {
                    self.waiting.tell(WaitNotice::RateLimited { host: host.to_owned(), most, wait: pause });
                    pause
                }
            };
            sleep(pause).await;
        }
    }

    /// A server is busy, and another part of this process decides what follows: everybody leaves it alone meanwhile.
    pub fn note_trouble(&self, host: &str, reason: &Reason, pause: Duration) {
        self.limits.lock().on_trouble(host, (reason, pause), self.clock.now());
        self.waiting.tell(WaitNotice::Trouble { host: host.to_owned(), reason: reason.clone(), wait: pause });
    }

    async fn ask_once(&self, question: &Question, head: Option<Duration>) -> Result<HttpAnswer, Reason> {
        let until = head.map(|head| Instant::now() + head);
        let asking = self.follow_redirects(question, until);
        let mut answer = match until {
            None => asking.await?,
            Some(until) => timeout_at(until, asking).await.map_err(|_| Reason::NoAnswer)??,
        };
        // What says by its status to try again needs no words, and may name a time.
        if answer.head.trouble().is_some() {
            return Ok(answer);
        }
        match answer.limit_told().await? {
            Some(words) => Err(Reason::OverLimit { words }),
            None => Ok(answer),
        }
    }

    async fn follow_redirects(
        &self,
        question: &Question,
        until: Option<Instant>,
    ) -> Result<HttpAnswer, Reason> {
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
                let watched = until.map(|_| (Instant::now(), 0));
                let from = clients.way.class_of(&url, &response);
                return Ok(HttpAnswer { head, url, response, counts, from, begun: None, watched });
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
}

/// What has a head of an answer.
pub trait HasHead {
    /// The head.
    fn head(&self) -> &AnswerHead;
}

impl HasHead for HttpAnswer {
    fn head(&self) -> &AnswerHead {
        &self.head
    }
}

impl HasHead for SmallFile {
    fn head(&self) -> &AnswerHead {
        &self.head
    }
}

/// Host and port, as the book of contacts has them.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

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

fn redirect_of(response: &reqwest::Response) -> Result<Option<Url>, Reason> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location =
        response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    if let Some(target) = location.and_then(|location| response.url().join(location).ok()) {
        return Ok(Some(target));
    }
    // NOMADS answers so above its limit: no place, and words in the first line.
    Err(phrase_of(response)
        .and_then(limit_in)
        .map_or(Reason::RedirectRefused, |words| Reason::OverLimit { words }))
}
