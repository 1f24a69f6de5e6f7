//! Looks at a file on a server: its first octets, and what the server says of it.

use super::super::messages::JobEnd;
use super::super::scene::JobScene;
use crate::app::jobs::target::{
    FirstAnswer, MetainfoPlace, ServerLook, TorrentTarget, page_instead, torrent_target,
};
use crate::catalog::listing::is_web_page;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::domain::integrity::Voucher;
use crate::domain::octets::ByteRange;
use crate::engine::transfer::http::client::{HttpAnswer, Question};
use crate::transfer::address_rule::Reach;
use crate::transfer::http_answer::{Body, RangeRequest, judge};
use crate::transfer::reason::Reason;
use std::time::Duration;
use url::Url;

/// How long the beginning of a page is waited for.
const PAGE_PATIENCE: Duration = Duration::from_secs(5);

/// How much of a remote file is asked for to see what it is.
const FIRST_LOOK: u64 = 256;

/// How much of a remote file must have come, if it has so much.
const LEAST_LOOK: usize = 16;

/// The .torrent at `url`.
///
/// # Errors
/// When the server does not give it, or it is not sound.
pub(in crate::engine) async fn torrent_of_url(
    scene: &JobScene,
    url: Url,
    reach: Reach,
) -> Result<TorrentTarget, JobEnd> {
    let question = Question { persistence: scene.persistence(), ..Question::whole(url.clone(), reach) };
    let small = scene.context.shared.client.small(&question, LARGEST_TORRENT).await;
    let small = small.map_err(|reason| JobEnd::unreachable(&url, reason))?;
    if !small.bytes.starts_with(b"d") && is_web_page(&small.bytes) {
        return Err(JobEnd::unreachable(&url, Reason::WebPage));
    }
    let voucher = Voucher::of_server(&small.url);
    // Only where a person typed the address does the server's own place say anything of the file's.
    let reach = if reach == Reach::Anywhere { Reach::of_file_from(small.from) } else { Reach::Public };
    Ok(torrent_target(&small.bytes, voucher, MetainfoPlace::Server(small.url))?.reaching(reach))
}

/// Looks at the first octets of a file on a server, and at what the server says of it.
///
/// # Errors
/// When the server does not answer with data.
pub(in crate::engine) async fn look_at(
    scene: &JobScene,
    url: &Url,
    reach: Reach,
) -> Result<ServerLook, JobEnd> {
    let unreachable = |reason| JobEnd::unreachable(url, reason);
    let range = ByteRange::new(0, FIRST_LOOK).expect("a first look is not empty");
    let asked = RangeRequest { range, length: None };
    let client = &scene.context.shared.client;
    let persistence = scene.persistence();
    let part = Question { persistence, ..Question::range(url.clone(), reach, range) };
    let mut answer = client.ask(&part).await.map_err(unreachable)?;
    let mut judged = judge(asked, &answer.head);
    let gives_parts = matches!(judged, Ok(Body::Part { .. }));
    // An empty file answers 416 to any range, a part may not say which it is, or of how long a file: then the answer
    // to a plain request tells.
    if answer.head.status == 416
        || matches!(judged, Ok(Body::Part { total: None, .. }) | Err(Reason::RangeIgnored))
    {
        let whole = Question { persistence, ..Question::whole(url.clone(), reach) };
        answer = client.ask(&whole).await.map_err(unreachable)?;
        judged = judge(asked, &answer.head);
    }
    let total = match judged {
        Err(Reason::WebPage) => return Err(page_instead(url, &beginning_of_page(&mut answer).await)),
        judged => match judged.map_err(unreachable)? {
            Body::Part { total, .. } | Body::Whole { total } => total,
        },
    };
    let mut first = Vec::new();
    while first.len() < LEAST_LOOK
        && let Some(stretch) = answer.next().await.map_err(unreachable)?
    {
        first.extend_from_slice(&stretch[..stretch.len().min(FIRST_LOOK as usize)]);
    }
    Ok(FirstAnswer { head: answer.head.clone(), gives_parts, total, first }.look(url.clone(), reach))
}

/// A page where data was asked, as far as it comes soon.
async fn beginning_of_page(answer: &mut HttpAnswer) -> Vec<u8> {
    let first = tokio::time::timeout(PAGE_PATIENCE, answer.next()).await;
    first.ok().and_then(Result::ok).flatten().unwrap_or_default().to_vec()
}
