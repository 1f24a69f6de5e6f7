//! Sends a file to a server, or asks it to remove one: for stores that belong to the person.
//!
//! In: a signed URL, a file. Out: the status and the beginning of the answer. Nothing is followed and nothing is tried again: whoever
//! asks decides when. A server that takes nothing for a minute is given up.

use super::client::HttpClient;
use super::reasons::reason_of;
use crate::app::journal::Purpose;
use crate::engine::store::positioned::read_up_to;
use crate::transfer::reason::Reason;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use reqwest::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use std::fs::File;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};
use url::Url;

/// So much is read from the disk at a time, and so often ahead of the network.
const PORTION: usize = 256 << 10;
const AHEAD: usize = 4;

/// A server that neither takes nor answers anything for so long is given up.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

/// So much of an answer is read.
const MOST_OF_ANSWER: usize = 4 << 10;

/// What is wished of a server.
#[derive(Debug)]
pub enum StoreCall {
    /// Take this file.
    Put(SentFile),
    /// Remove what is there.
    Remove,
    /// Say how long what is there is.
    Head,
}

/// A file that is sent.
#[derive(Debug)]
pub struct SentFile {
    /// The file, from its first octet.
    pub file: File,
    /// So many octets of it.
    pub length: u64,
    /// What it is.
    pub media_type: &'static str,
    /// How long others may keep it without asking. `None` for what the server says by itself.
    pub cache: Option<&'static str>,
}

/// What a server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// The length that it tells of what is there. `None` when it tells none.
    pub length: Option<u64>,
    /// The beginning of what it said.
    pub words: Vec<u8>,
}

impl HttpClient {
    /// Sends to a server that was named by the person.
    ///
    /// # Errors
    /// The reason when no answer came. An answer that says no is one.
    pub async fn deliver(&self, url: &Url, call: StoreCall) -> Result<Received, Reason> {
        let way = self.way_to(url)?;
        let progress = Arc::new(AtomicU64::new(0));
        let request = match call {
            StoreCall::Put(sent) => {
                let length = sent.length;
                let request = way.put(url.clone()).header(CONTENT_TYPE, sent.media_type);
                let request = request.header(CONTENT_LENGTH, length);
                let request = match sent.cache {
                    Some(rule) => request.header(CACHE_CONTROL, rule),
                    None => request,
                };
                request.body(reqwest::Body::wrap(FileBody::begin(sent, progress.clone())))
            }
            StoreCall::Remove => way.delete(url.clone()),
            StoreCall::Head => way.head(url.clone()),
        };
        self.contacts().ask(url.host_str().unwrap_or_default(), Purpose::Http);
        let answering = async {
            let mut response = request.send().await.map_err(|error| reason_of(&error))?;
            let status = response.status().as_u16();
            let length = response.headers().get(CONTENT_LENGTH);
            let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
            let mut words = Vec::new();
            while words.len() < MOST_OF_ANSWER
                && let Some(part) = response.chunk().await.map_err(|error| reason_of(&error))?
            {
                words.extend_from_slice(&part);
            }
            words.truncate(MOST_OF_ANSWER);
            Ok(Received { status, length, words })
        };
        tokio::select! {
            answer = answering => answer,
            () = silence(&progress) => Err(Reason::Stalled),
        }
    }
}

/// Ends when nothing went on for too long.
async fn silence(progress: &AtomicU64) {
    let mut ticks = interval_at(Instant::now() + Duration::from_secs(1), Duration::from_secs(1));
    let (mut last, mut since) = (0, Instant::now());
    loop {
        ticks.tick().await;
        let now = progress.load(Ordering::Relaxed);
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() >= LONGEST_SILENCE {
            return;
        }
    }
}

/// A file as the body of a request: read on a thread that may wait for the disk, a little ahead of the network.
struct FileBody {
    portions: mpsc::Receiver<std::io::Result<Bytes>>,
    left: u64,
    progress: Arc<AtomicU64>,
}

impl FileBody {
    fn begin(sent: SentFile, progress: Arc<AtomicU64>) -> Self {
        let (give, portions) = mpsc::channel(AHEAD);
        let length = sent.length;
        tokio::task::spawn_blocking(move || {
            let mut at = 0;
            while at < length {
                let mut portion = vec![0; PORTION.min(usize::try_from(length - at).unwrap_or(PORTION))];
                let read = read_up_to(&sent.file, &mut portion, at).and_then(|count| match count {
                    0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
                    count => Ok(count),
                });
                let told = read.map(|count| {
                    portion.truncate(count);
                    at += count as u64;
                    Bytes::from(portion)
                });
                let is_over = told.is_err();
                // Nobody takes it any more, or it cannot be read.
                if give.blocking_send(told).is_err() || is_over {
                    return;
                }
            }
        });
        Self { portions, left: length, progress }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let portion = std::task::ready!(self.portions.poll_recv(context));
        Poll::Ready(portion.map(|portion| {
            let portion = portion?;
            let count = portion.len() as u64;
            self.left = self.left.saturating_sub(count);
            self.progress.fetch_add(count, Ordering::Relaxed);
            Ok(Frame::data(portion))
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// The reason that an answer is, when it says no.
pub fn refusal(received: &Received) -> Option<Reason> {
    match received.status {
        200..=299 => None,
        status @ (429 | 503) => Some(Reason::Busy { status, wait: None }),
        status => Some(Reason::Status(status)),
    }
}
