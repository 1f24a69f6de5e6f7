//! The demo's mesh: a broker on this computer, on which the run is announced hour by hour.
//!
//! | file | what it is |
//! |---|---|
//! | [`broker`] | a small MQTT broker |
//! | `packets` | what clients and broker tell each other |
//! | [`announcing`] | the messages, and what goes wrong on purpose |
//!
//! In: the files of the run and where they are served. Out: a [`DemoMesh`] with its URL. Nothing is announced before somebody
//! listens; then an hour every few seconds, again and again. Start reading at [`DemoMesh::start`].

pub mod announcing;
pub mod broker;
mod packets;
#[cfg(test)]
mod tests;

use crate::mesh::post::Inlining;
use announcing::{Bulletin, DemoFile, Post, post_of_bulletin, posts_of_hour};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use broker::DemoBroker;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::engine::clock::Clock;

/// How long from one hour's announcement to the next.
pub const BETWEEN_HOURS: Duration = Duration::from_secs(2);

/// How long a new listener has to get ready: `nuee listen` prints where it is first.
const BEFORE_FIRST: Duration = Duration::from_millis(500);

/// How long the publisher rests between one round and the next.
const BETWEEN_ROUNDS: Duration = Duration::from_secs(20);

/// A broker and whoever announces on it; ends when it is dropped.
#[derive(Debug)]
pub struct DemoMesh {
    broker: Arc<DemoBroker>,
    tasks: [JoinHandle<()>; 2],
}

/// Filters that bring everything the demo announces, and nothing else.
pub const FILTERS: [&str; 3] =
    ["origin/a/wis2/xx-nuee-demo/#", "cache/a/wis2/xx-nuee-demo/#", "xpublic/v03/post/#"];

/// What stands in the small files of an hour.
struct Bulletins {
    observation: DemoFile,
    warning: Option<DemoFile>,
}

impl DemoMesh {
    /// Opens the broker and waits for the first listener. `hours` are the files of the run in their order.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(hours: Vec<DemoFile>) -> std::io::Result<Self> {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let broker = Arc::new(DemoBroker::start(local).await?);
        // A port on which nobody listens any more: the server that is dead.
        let dead = format!("http://{}/", TcpListener::bind(local).await?.local_addr()?);
        let listener = TcpListener::bind(local).await?;
        let base = format!("http://{}/", listener.local_addr()?);
        let mut shelf = BTreeMap::new();
        let bulletins = (0..hours.len() as u32).map(|hour| bulletins_of(hour, &base, &mut shelf)).collect();
        let router = axum::Router::new().fallback(answer).with_state(Arc::new(shelf));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo's bulletins are no longer served");
            }
        });
        let plan = Plan { hours, bulletins, dead };
        let announcing = tokio::spawn(announce(broker.clone(), plan));
        Ok(Self { broker, tasks: [serving, announcing] })
    }

    /// The broker's URL.
    pub fn url(&self) -> String {
        self.broker.url()
    }
}

impl Drop for DemoMesh {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

struct Plan {
    hours: Vec<DemoFile>,
    bulletins: Vec<Bulletins>,
    dead: String,
}

/// Announces hour by hour for as long as somebody listens.
async fn announce(broker: Arc<DemoBroker>, plan: Plan) {
    let mut audience = broker.audience();
    for round in 0.. {
        for hour in 0..plan.hours.len() as u32 {
            // The other end lives as long as the broker, which this task holds.
            if audience.wait_for(|listeners| *listeners > 0).await.is_err() {
                return;
            }
            if (round, hour) == (0, 0) {
                tokio::time::sleep(BEFORE_FIRST).await;
            }
            for Post { topic, content_type, payload, .. } in plan.posts(hour, round) {
                broker.publish(&topic, content_type, payload);
            }
            tokio::time::sleep(BETWEEN_HOURS).await;
        }
        tokio::time::sleep(BETWEEN_ROUNDS).await;
    }
}

impl Plan {
    fn posts(&self, hour: u32, round: u32) -> Vec<Post> {
        let now = Clock::start().utc_millis();
        let at = hour as usize;
        let mut posts = posts_of_hour(&self.hours[at], hour, (now, round), &self.dead);
        let bulletins = &self.bulletins[at];
        posts.extend(post_of_bulletin(&bulletins.observation, Bulletin::Observation, (now, round)));
        if let Some(warning) = &bulletins.warning {
            posts.extend(post_of_bulletin(warning, Bulletin::Warning, (now, round)));
        }
        posts
    }
}

/// The bulletins of an hour; they are also put on the shelf from which they are served.
fn bulletins_of(hour: u32, base: &str, shelf: &mut BTreeMap<String, String>) -> Bulletins {
    let mut make = |name: String, text: String| {
        let path = format!("bulletins/{name}");
        let file = DemoFile::new(&name, (base, path.clone()), text.as_bytes());
        shelf.insert(format!("/{path}"), text);
        DemoFile { inlining: Inlining::Small, ..file }
    };
    let observation = make(
        format!("DEMO_SMFR01_LFPW_{hour:02}.txt"),
        format!("DEMO SMFR01 LFPW {hour:02}00\nAAXX {hour:02}001 07156 11/82 /2205 10087 20041=\n"),
    );
    let has_warning = hour % 8 == 1;
    let warning = has_warning.then(|| {
        make(
            format!("DEMO_WWFR50_LFPW_{hour:02}.txt"),
            format!("DEMO WWFR50 LFPW {hour:02}00\nDEMO: no warning of anything, made for a demonstration\n"),
        )
    });
    Bulletins { observation, warning }
}

async fn answer(State(shelf): State<Arc<BTreeMap<String, String>>>, uri: Uri) -> Response {
    match shelf.get(uri.path()) {
        Some(text) => text.clone().into_response(),
        None => (StatusCode::NOT_FOUND, "not here\n").into_response(),
    }
}
