//! Publishes: makes, writes, and serves for as long as the process is not told to stop.

use crate::app::messages::file_message::FileMessage;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, PublishRequest};
use crate::app::share::PublishNews;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::outside_text::{show, show_with_urls};
use crate::engine::context::EngineContext;
use crate::engine::services::publish::making::{self, MadeTorrent};
use crate::engine::services::publish::service::{ServedAt, Service};
use crate::publish::canonical::Extras;
use crate::publish::relay::places::RelayBase;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::Sender;
use url::Url;

/// Publishes, telling each torrent, then what is served. With a service it ends only when the process is told to stop.
pub(in crate::engine) async fn publish(
    request: PublishRequest,
    context: &EngineContext,
    answers: &Sender<Answer>,
) {
    // Who asked is gone only when the process ends.
    let tell = |answer| drop(answers.send(answer));
    let telling = |news| match news {
        PublishNews::Made(torrent) => tell(Answer::Published(torrent)),
        PublishNews::Serving(urls) => tell(Answer::PublishDone(Ok(urls))),
        PublishNews::Reached(at) => tell(Answer::PublishReached(at)),
        PublishNews::Note(message) => tell(Answer::PublishNote(message)),
        // A terminal has no line that changes.
        PublishNews::Uploading(..) => {}
    };
    if let Err(message) = carry_out(request, context, &telling).await {
        tell(Answer::PublishDone(Err(message)));
    }
}

/// Publishes, telling what comes of it; with a service until the context says stop.
///
/// # Errors
/// What cannot be read, written or listened on.
pub(in crate::engine::services) async fn carry_out(
    request: PublishRequest,
    context: &EngineContext,
    telling: &(dyn Fn(PublishNews) + Send + Sync),
) -> Result<(), UserMessage> {
    let extras = extras_of(&request, context)?;
    let urls = extras.withheld();
    if !urls.is_empty() {
        telling(PublishNews::Note(FileMessage::SecretsWithheld { urls }.into()));
    }
    let at = served_at(&request).await?;
    let (paths, out, cut) = (request.paths.clone(), request.out.clone(), request.cut);
    let stopping = context.stopping.clone();
    let goes_on = move || !*stopping.borrow();
    let making =
        tokio::task::spawn_blocking(move || making::make_while(&paths, (out.as_deref(), cut), &goes_on));
    let made = making.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })??;
    let made: Vec<MadeTorrent> = made.into_iter().map(|made| made.with_privacy(request.privacy)).collect();
    if request.serve.is_none() {
        for made in made {
            let (published, _) = made.write(&extras)?;
            telling(PublishNews::Made(Box::new(published)));
        }
        telling(PublishNews::Serving(Vec::new()));
        return Ok(());
    }
    let (mut service, served) = Service::start(&made, at, extras, context).await?;
    served.torrents.into_iter().for_each(|torrent| telling(PublishNews::Made(Box::new(torrent))));
    telling(PublishNews::Serving(served.urls));
    let mut stopping = context.stopping.clone();
    loop {
        tokio::select! {
            // Nobody can tell it to stop any more when the other end is gone: the process ends.
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(news) = service.news() => telling(news),
        }
    }
    service.end().await;
    Ok(())
}

/// Where it is to be served: on this computer alone unless told.
async fn served_at(request: &PublishRequest) -> Result<ServedAt, UserMessage> {
    let bind = match request.serve.as_ref().and_then(|serve| serve.bind.clone()) {
        None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        Some(text) => {
            let found = tokio::net::lookup_host(&text).await.ok().and_then(|mut found| found.next());
            found.ok_or_else(|| UserMessage::Unreadable { text: show(&text) })?
        }
    };
    let typed = request.serve.as_ref().and_then(|serve| serve.base_url.as_deref());
    let base_of = |text: &str| {
        let base = Url::parse(text.trim()).ok().and_then(RelayBase::new);
        base.ok_or_else(|| RelayMessage::AddressUnsound { address: show_with_urls(text) })
    };
    Ok(ServedAt { bind, base: typed.map(base_of).transpose()? })
}

fn extras_of(request: &PublishRequest, context: &EngineContext) -> Result<Extras, UserMessage> {
    let tracker = |text: &String| {
        TrackerUrl::parse(text)
            .map(|url| vec![url])
            .map_err(|_| UserMessage::Unreadable { text: show_with_urls(text) })
    };
    let web_seed = |text: &String| match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(UserMessage::Unreadable { text: show_with_urls(text) }),
    };
    Ok(Extras {
        trackers: request.trackers.iter().map(tracker).collect::<Result<_, _>>()?,
        web_seeds: request.web_seeds.iter().map(web_seed).collect::<Result<_, _>>()?,
        comment: None,
        created_by: Some(concat!("Nuee ", env!("CARGO_PKG_VERSION")).to_owned()),
        created_at: Some(context.shared.clock.utc()),
    })
}
