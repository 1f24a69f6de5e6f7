//! Publishes: makes, writes, and serves for as long as the process is not told to stop.

use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, PublishRequest};
use crate::catalog::tracker::TrackerUrl;
use crate::domain::outside_text::{show, show_with_urls};
use crate::engine::context::EngineContext;
use crate::engine::services::publish::making;
use crate::engine::services::publish::service::Service;
use crate::publish::canonical::Extras;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::Sender;
use url::Url;

/// Publishes, telling each torrent, then what is served. With a service it ends only when the process is told to stop.
pub(in crate::engine) async fn publish(
    request: PublishRequest,
    context: &EngineContext,
    answers: &Sender<Answer>,
) {
    let outcome = make_and_serve(request, context, answers).await;
    match outcome {
        Ok(None) => {
            let _ = answers.send(Answer::PublishDone(Ok(Vec::new())));
        }
        Ok(Some((mut service, urls))) => {
            let _ = answers.send(Answer::PublishDone(Ok(urls)));
            let mut stopping = context.stopping.clone();
            loop {
                tokio::select! {
                    // Nobody can tell it to stop any more when the other end is gone: the process ends.
                    _ = stopping.wait_for(|stop| *stop) => break,
                    Some(note) = service.note() => drop(answers.send(Answer::PublishNote(note))),
                }
            }
            service.peers_leave().await;
        }
        Err(message) => {
            let _ = answers.send(Answer::PublishDone(Err(message)));
        }
    }
}

async fn make_and_serve(
    request: PublishRequest,
    context: &EngineContext,
    answers: &Sender<Answer>,
) -> Result<Option<(Service, Vec<ServedUrl>)>, UserMessage> {
    let extras = extras_of(&request, context)?;
    let urls = extras.withheld();
    if !urls.is_empty() {
        let _ = answers.send(Answer::PublishNote(FileMessage::SecretsWithheld { urls }.into()));
    }
    let bind = match request.serve.as_ref().and_then(|serve| serve.bind.clone()) {
        None => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        Some(text) => {
            let found = tokio::net::lookup_host(&text).await.ok().and_then(|mut found| found.next());
            found.ok_or_else(|| UserMessage::Unreadable { text: show(&text) })?
        }
    };
    let (paths, out, cut) = (request.paths.clone(), request.out.clone(), request.cut);
    let making = tokio::task::spawn_blocking(move || making::make(&paths, out.as_deref(), cut));
    let made = making.await.map_err(|error| UserMessage::Internal { detail: error.to_string() })??;
    let (service, torrents) = if request.serve.is_some() {
        let (service, served) = Service::start(&made, bind, extras, context).await?;
        (Some((service, served.urls)), served.torrents)
    } else {
        let torrents = made.iter().map(|made| made.write(&extras).map(|(published, _)| published));
        (None, torrents.collect::<Result<_, _>>()?)
    };
    for torrent in torrents {
        let _ = answers.send(Answer::Published(Box::new(torrent)));
    }
    Ok(service)
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
