//! Asks trackers for peers, under our rules: addresses, sizes, intervals and redirects are bounded.
//!
//! In: trackers of a torrent and what we are to say of ourselves. Out: peers, and how each tracker stands.
//! One task a tracker, all at once: `started` first, then at the tracker's pace within our bounds, `completed` once,
//! `stopped` at the end. Start reading at [`Announcer::start`].

mod ask;

use super::http::client::HttpClient;
use super::peers::discovery::CallPort;
use crate::catalog::tracker::{Announce, AnnounceAnswer, AnnounceEvent, PeerId, RetryAdvice, TrackerUrl};
use crate::domain::octets::ByteCount;
use crate::domain::torrent::InfoHash;
use crate::swarm::tracker_tiers::TrackerAnswer;
use crate::transfer::address_rule::AddressRule;
use crate::transfer::reason::Reason;
use ask::{Refusal, TrackerClient};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many peers are wanted of one tracker.
const WANTED: u16 = 100;

/// The pause after a tracker failed: it doubles each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);

/// How often one that has never answered is asked again in a moment before it counts as failed, and how soon. When a crowd
/// begins, all its members ask one tracker in the same second, and it cannot take every call.
const EARLY_ATTEMPTS: u32 = 2;
const EARLY_PAUSE: Duration = Duration::from_millis(1_500);

/// How soon a tracker that named nobody is asked again while there is no peer at all, at the soonest allowed.
const SOON: Duration = Duration::from_secs(30);

/// How one tracker stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackerState {
    /// It has not answered yet.
    Asking,
    /// It answered.
    Told {
        /// Peers that it named.
        peers: usize,
        /// When it is asked again.
        again_in: Duration,
        /// What it wants people to know.
        warning: Option<String>,
    },
    /// It failed in a way that passes, and is asked again in a moment.
    AskedAgain(Reason),
    /// It failed.
    Failed(Reason),
}

impl TrackerState {
    /// How it stands, for who waits for it.
    pub fn answer(&self) -> TrackerAnswer {
        match self {
            Self::Asking | Self::AskedAgain(_) => TrackerAnswer::Awaited,
            Self::Told { .. } => TrackerAnswer::Given,
            Self::Failed(_) => TrackerAnswer::Failed,
        }
    }

    /// Why it gives nothing, or what it warns of.
    pub fn trouble(&self) -> Option<Reason> {
        match self {
            Self::Asking | Self::Told { warning: None, .. } => None,
            Self::Told { warning: Some(words), .. } => Some(Reason::TrackerWarns(words.clone())),
            Self::AskedAgain(reason) | Self::Failed(reason) => Some(reason.clone()),
        }
    }
}

/// One tracker, for rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerRow {
    /// Its URL.
    pub url: TrackerUrl,
    /// How it stands.
    pub standing: TrackerState,
}

impl TrackerRow {
    /// A tracker that is being asked.
    pub fn asking(url: &TrackerUrl) -> Self {
        Self { url: url.clone(), standing: TrackerState::Asking }
    }
}

/// What a tracker said.
#[derive(Debug)]
pub struct TrackerNews {
    /// Of which swarm.
    pub torrent: InfoHash,
    /// How it stands.
    pub row: TrackerRow,
    /// Peers that it named.
    pub peers: Vec<SocketAddr>,
    /// How many still want something, as it says.
    pub leechers: Option<u32>,
}

/// What trackers are told of us.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// The swarm.
    pub info_hash: InfoHash,
    /// Our name in it.
    pub peer_id: [u8; 20],
    /// Where peers may call us.
    pub port: CallPort,
}

/// What was given, got and is missing; changes while trackers are told.
#[derive(Debug, Default)]
pub struct TrackerSums {
    /// Octets given to peers.
    pub given: AtomicU64,
    /// Octets got from peers.
    pub got: AtomicU64,
    /// Octets missing of the content.
    pub left: AtomicU64,
}

/// Where the announcing content stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Completed,
    Leaving,
}

/// The tasks that announce one content.
#[derive(Debug)]
pub struct Announcer {
    stage: watch::Sender<Stage>,
    tasks: JoinSet<()>,
}

impl Announcer {
    /// Starts to announce at every tracker; what they say goes to `news`.
    pub fn start<'a>(
        trackers: impl IntoIterator<Item = &'a TrackerUrl>,
        who: Introduction,
        sums: &Arc<TrackerSums>,
        (client, rule): (&HttpClient, &AddressRule),
        news: &UnboundedSender<TrackerNews>,
    ) -> Self {
        let (stage, _) = watch::channel(Stage::Running);
        let mut tasks = JoinSet::new();
        for tracker in trackers {
            let one = OneTracker {
                asker: TrackerClient::new(tracker.clone(), client.clone(), rule.clone()),
                who: who.clone(),
                sums: sums.clone(),
                stage: stage.subscribe(),
                news: news.clone(),
                key: fastrand::u32(..),
                tracker_id: None,
                failures: 0,
                early: 0,
                is_known_there: false,
            };
            tasks.spawn(one.run());
        }
        Self { stage, tasks }
    }

    /// Tells every tracker that the last piece has arrived.
    pub fn complete(&self) {
        self.stage.send_if_modified(|stage| {
            let is_news = *stage == Stage::Running;
            if is_news {
                *stage = Stage::Completed;
            }
            is_news
        });
    }

    /// Says goodbye to every tracker that knows us; the caller bounds the time.
    pub async fn farewell(mut self) {
        self.stage.send_replace(Stage::Leaving);
        while self.tasks.join_next().await.is_some() {}
    }
}

struct OneTracker {
    asker: TrackerClient,
    who: Introduction,
    sums: Arc<TrackerSums>,
    stage: watch::Receiver<Stage>,
    news: UnboundedSender<TrackerNews>,
    key: u32,
    tracker_id: Option<Vec<u8>>,
    failures: u32,
    /// How often it was asked again in a moment.
    early: u32,
    /// Whether it has answered once, so that it is owed a goodbye.
    is_known_there: bool,
}

impl OneTracker {
    async fn run(mut self) {
        let mut event = Some(AnnounceEvent::Started);
        loop {
            if *self.stage.borrow_and_update() == Stage::Leaving {
                return self.say_goodbye().await;
            }
            let announce = self.announce(event);
            let answered = tokio::select! {
                answered = self.asker.ask(&announce) => Some(answered),
                _ = self.stage.wait_for(|stage| *stage == Stage::Leaving) => None,
            };
            let pause = match answered {
                Some(Ok(answer)) => Some(self.take_in(answer)),
                Some(Err(refusal)) => self.note_failure(refusal),
                None => continue,
            };
            event = if self.is_known_there { None } else { Some(AnnounceEvent::Started) };
            // One that will never answer is only waited with, for the goodbye that it is not owed.
            let rest = tokio::time::sleep(pause.unwrap_or(Duration::MAX));
            tokio::select! {
                () = rest => {}
                () = self.asker.is_lost(), if self.failures == 0 => {}
                changed = self.stage.changed() => match changed {
                    Ok(()) if *self.stage.borrow() == Stage::Completed && self.is_known_there => {
                        event = Some(AnnounceEvent::Completed);
                    }
                    Ok(()) => {}
                    Err(_) => return,
                },
            }
        }
    }

    fn announce(&self, event: Option<AnnounceEvent>) -> Announce {
        let sum = |of: &AtomicU64| ByteCount(of.load(Ordering::Relaxed));
        Announce {
            info_hash: self.who.info_hash,
            peer_id: PeerId(self.who.peer_id),
            port: self.who.port.now(),
            uploaded: sum(&self.sums.given),
            downloaded: sum(&self.sums.got),
            left: sum(&self.sums.left),
            event,
            wanted: if event == Some(AnnounceEvent::Stopped) { 0 } else { WANTED },
            key: self.key,
            tracker_id: self.tracker_id.clone(),
        }
    }

    /// Passes the peers on, and says when to ask again.
    fn take_in(&mut self, answer: AnnounceAnswer) -> Duration {
        self.failures = 0;
        self.is_known_there = true;
        let mut again_in = answer.next_announce_in();
        if answer.peers.is_empty() {
            again_in = again_in.min(answer.least_interval.unwrap_or(SOON).max(SOON));
        }
        if answer.tracker_id.is_some() {
            self.tracker_id = answer.tracker_id;
        }
        let (peers, warning) = (answer.peers.len(), answer.warning);
        self.tell(TrackerState::Told { peers, again_in, warning }, answer.peers, answer.leechers);
        again_in
    }

    /// Tells the reason, and says when to ask again: never when that makes no sense.
    fn note_failure(&mut self, refusal: Refusal) -> Option<Duration> {
        let is_early = !self.is_known_there && self.early < EARLY_ATTEMPTS && refusal.advice.is_none();
        if is_early && was_too_much(&refusal.reason) {
            self.early += 1;
            self.tell(TrackerState::AskedAgain(refusal.reason), Vec::new(), None);
            return Some(EARLY_PAUSE.mul_f64(0.5 + fastrand::f64()));
        }
        let usual = FIRST_PAUSE.saturating_mul(1 << self.failures.min(7)).min(LONGEST_PAUSE);
        self.failures += 1;
        self.tell(TrackerState::Failed(refusal.reason), Vec::new(), None);
        match refusal.advice {
            Some(RetryAdvice::Never) => None,
            Some(RetryAdvice::After(pause)) => Some(pause),
            None => Some(usual.mul_f64(0.75 + fastrand::f64() / 2.0)),
        }
    }

    fn tell(&self, standing: TrackerState, peers: Vec<SocketAddr>, leechers: Option<u32>) {
        let row = TrackerRow { url: self.asker.tracker().clone(), standing };
        // Whoever listened is gone when the content is; then nobody needs to know.
        let _ = self.news.send(TrackerNews { torrent: self.who.info_hash, row, peers, leechers });
    }

    async fn say_goodbye(mut self) {
        if self.is_known_there {
            let announce = self.announce(Some(AnnounceEvent::Stopped));
            // Its answer changes nothing any more; a failed goodbye ends by the tracker's own clock.
            let _ = self.asker.ask(&announce).await;
        }
    }
}

/// Whether a failure is one of somebody who has too much to do. Where nobody listens, nobody will in a moment.
fn was_too_much(reason: &Reason) -> bool {
    use Reason::{Busy, Closed, NoAnswer, Offline, Stalled, Status};
    matches!(reason, NoAnswer | Closed | Stalled | Offline | Busy { .. } | Status(500 | 502 | 504))
}
