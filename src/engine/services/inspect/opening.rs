//! Opens what a person named, on this machine or on a server, so that both are read alike.

use crate::app::inspect::report::ServerReport;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::outside_text::{show_url, show_with_urls};
use crate::engine::context::EngineContext;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::transfer::http::client::{HttpClient, Question};
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::{Body, RangeRequest, judge};
use crate::transfer::reason::Reason;
use std::path::PathBuf;
use url::Url;

/// How much is read to see what something is.
const FIRST_LOOK: u64 = 4_096;

/// Something to look at.
pub(in crate::engine) enum Opened {
    /// A file on this machine.
    Local { path: PathBuf, length: ByteCount, first: Vec<u8> },
    /// A file on a server.
    Remote { url: Url, length: Option<ByteCount>, first: Vec<u8>, server: ServerReport },
}

impl Opened {
    pub(in crate::engine) fn first(&self) -> &[u8] {
        match self {
            Self::Local { first, .. } | Self::Remote { first, .. } => first,
        }
    }

    pub(in crate::engine) fn length(&self) -> ByteCount {
        match self {
            Self::Local { length, .. } => *length,
            Self::Remote { length, first, .. } => length.unwrap_or(ByteCount(first.len() as u64)),
        }
    }

    pub(in crate::engine) fn server(&self) -> Option<ServerReport> {
        match self {
            Self::Local { .. } => None,
            Self::Remote { server, .. } => Some(server.clone()),
        }
    }

    /// Reads all of it, when it has no more than `most` octets.
    pub(in crate::engine) async fn whole(
        &self,
        most: usize,
        context: &EngineContext,
    ) -> Result<Vec<u8>, UserMessage> {
        match self {
            Self::Local { path, .. } => {
                let own = path.clone();
                let read = tokio::task::spawn_blocking(move || {
                    crate::engine::store::positioned::read_bounded(&own, most)
                });
                match read.await {
                    Ok(Ok(Some(octets))) => Ok(octets),
                    Ok(Ok(None)) => {
                        Err(UserMessage::TorrentUnsound { detail: format!("larger than {most} octets") })
                    }
                    Ok(Err(error)) => Err(unreadable(path, error)),
                    Err(error) => Err(UserMessage::Internal { detail: error.to_string() }),
                }
            }
            Self::Remote { url, .. } => {
                let question = Question::whole(url.clone(), Reach::Anywhere);
                let small = context.shared.client.small(&question, most).await;
                small.map(|small| small.bytes).map_err(|reason| unreachable(url, reason))
            }
        }
    }
}

pub(in crate::engine) fn unreachable(url: &Url, reason: Reason) -> UserMessage {
    UserMessage::TargetUnreachable { url: show_url(url), reason }
}

pub(crate) fn unreadable(path: &std::path::Path, error: std::io::Error) -> UserMessage {
    let shown = show_with_urls(&path.display().to_string());
    match error.kind() {
        std::io::ErrorKind::NotFound => UserMessage::TargetNotFound { target: shown },
        _ => message_of_store(&StoreError::from_io(format!("read {shown}"), error)),
    }
}

/// Opens `target` and reads its first octets.
pub(in crate::engine) async fn open(target: &str, context: &EngineContext) -> Result<Opened, UserMessage> {
    match Url::parse(target) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => open_remote(&context.shared.client, url).await,
        _ => open_local(PathBuf::from(target)).await,
    }
}

async fn open_local(path: PathBuf) -> Result<Opened, UserMessage> {
    let own = path.clone();
    let looking = tokio::task::spawn_blocking(move || {
        use std::io::Read;
        let file = std::fs::File::open(&own)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        let mut first = Vec::new();
        file.take(FIRST_LOOK).read_to_end(&mut first)?;
        Ok((ByteCount(metadata.len()), first))
    });
    match looking.await {
        Ok(Ok((length, first))) => Ok(Opened::Local { path, length, first }),
        Ok(Err(error)) => Err(unreadable(&path, error)),
        Err(error) => Err(UserMessage::Internal { detail: error.to_string() }),
    }
}

async fn open_remote(client: &HttpClient, url: Url) -> Result<Opened, UserMessage> {
    let range = ByteRange::new(0, FIRST_LOOK).expect("a first look is not empty");
    let question = Question::range(url.clone(), Reach::Anywhere, range);
    let mut answer = client.ask(&question).await.map_err(|reason| unreachable(&url, reason))?;
    let asked = RangeRequest { range, length: None };
    let mut judged = judge(asked, &answer.head);
    let gives_parts = matches!(judged, Ok(Body::Part { .. }));
    // A part that does not say which it is, or of how long a file: the answer to a plain request tells.
    if matches!(judged, Ok(Body::Part { total: None, .. }) | Err(Reason::RangeIgnored)) {
        let question = Question::whole(url.clone(), Reach::Anywhere);
        answer = client.ask(&question).await.map_err(|reason| unreachable(&url, reason))?;
        judged = judge(asked, &answer.head);
    }
    let (length, answers_ranges, reason) = match judged {
        Ok(Body::Part { total, .. }) => (total, true, None),
        Ok(Body::Whole { total }) if gives_parts => (total, true, None),
        Ok(Body::Whole { total }) => (total, false, Some(Reason::RangeIgnored)),
        Err(Reason::WebPage) => (answer.head.content_length.map(ByteCount), false, Some(Reason::WebPage)),
        Err(Reason::Status(416)) => (Some(ByteCount::ZERO), true, None),
        Err(reason) => return Err(unreachable(&url, reason)),
    };
    let mut first = Vec::new();
    while first.len() < FIRST_LOOK as usize
        && let Some(stretch) = answer.next().await.map_err(|reason| unreachable(&url, reason))?
    {
        first.extend_from_slice(&stretch[..stretch.len().min(FIRST_LOOK as usize - first.len())]);
    }
    let has_validator = answer.head.validator.is_some();
    Ok(Opened::Remote { url, length, first, server: ServerReport { answers_ranges, has_validator, reason } })
}
