//! Decides whether HTTP may take part in a transfer that has peers, by the person's policy.
//!
//! In: the policy, what is seen of the swarm, and the time. Out: yes or no, asked again before each HTTP request.
//! The publisher's servers are to be spared: under the default policy HTTP fills in, and leaves when peers suffice.

use crate::domain::octets::ByteCount;
use crate::domain::rate::Rate;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// Who may give bytes, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Peers first; HTTP when they do not suffice.
    #[default]
    SwarmFirst,
    /// Everybody at once.
    Fastest,
    /// Peers only.
    SwarmOnly,
    /// HTTP only, and no other packet.
    HttpOnly,
}

impl Policy {
    /// The word on the command line and in settings.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SwarmFirst => "swarm-first",
            Self::Fastest => "fastest",
            Self::SwarmOnly => "swarm-only",
            Self::HttpOnly => "http-only",
        }
    }

    /// Every policy with its name on the command line and in settings.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::SwarmFirst, "swarm-first"),
        (Self::Fastest, "fastest"),
        (Self::SwarmOnly, "swarm-only"),
        (Self::HttpOnly, "http-only"),
    ];

    /// The policy of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == key).map(|(policy, _)| policy)
    }

    /// Whether peers may be contacted at all.
    pub fn allows_swarm(self) -> bool {
        self != Self::HttpOnly
    }

    /// Whether HTTP may ever carry data.
    pub fn allows_http(self) -> bool {
        self != Self::SwarmOnly
    }
}

/// Without a piece from peers for so long, HTTP joins.
const PATIENCE: Duration = Duration::from_secs(5);

/// Peers alone may take so long before HTTP joins for being much faster.
const LONG_ALONE: Duration = Duration::from_secs(60);

/// So many peers together are not judged by their pace before [`WARM_UP`]: each of them unchokes us in its own time.
const SEVERAL: usize = 4;
const WARM_UP: Duration = Duration::from_secs(10);

/// How much faster HTTP must be to join peers that do make progress.
const MUCH_FASTER: f64 = 3.0;

/// A publisher's server gives so many clients at once what was measured. Of more that want the same, each gets its part.
const SERVED_AT_ONCE: usize = 20;

/// However many are said to want the same, a client expects one of so many parts at least: trackers may lie.
const MOST_PARTS: usize = 20;

/// Octets per second that an HTTP server is expected to give before it was measured.
const EXPECTED_HTTP: f64 = 8e6;

/// What is seen of a content's swarm.
#[derive(Clone, Copy, Debug, Default)]
pub struct SwarmView {
    /// Trackers that have not answered yet.
    pub trackers_asked: usize,
    /// Peers whose address is known and that have not failed for good.
    pub peers_hoped: usize,
    /// Peers with whom data may be exchanged now.
    pub peers_live: usize,
    /// What they give.
    pub rate: Rate,
    /// How many others want the same, as far as is known.
    pub others: usize,
    /// Octets a second that may be received, from whomever. `None` without a limit.
    pub limit: Option<u32>,
}

impl SwarmView {
    /// Whether a peer could still come from anywhere.
    pub fn can_provide(&self) -> bool {
        self.trackers_asked > 0 || self.peers_hoped > 0 || self.peers_live > 0
    }

    /// Whether they give about as much as the limit lets through: whoever gave beside them would only take their share.
    fn fills_the_limit(&self) -> bool {
        let (Some(limit), Some(rate)) = (self.limit, self.rate.per_second()) else { return false };
        self.peers_live > 0 && rate * MUCH_FASTER >= f64::from(limit)
    }
}

/// The state of the decision for one content.
#[derive(Clone, Debug)]
pub struct Fallback {
    policy: Policy,
    started: SteadyTime,
    /// When the transfer should be done, counted from its start.
    target: Option<Duration>,
    last_piece: SteadyTime,
    /// Since when there are peers.
    peers_since: SteadyTime,
    has_joined: bool,
}

impl Fallback {
    /// A transfer that starts now.
    pub fn new(policy: Policy, target: Option<Duration>, now: SteadyTime) -> Self {
        Self { policy, started: now, target, last_piece: now, peers_since: now, has_joined: false }
    }

    /// The policy it follows.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Peers are there, after none was.
    pub fn on_peers(&mut self, now: SteadyTime) {
        self.has_joined = false;
        self.last_piece = now;
        self.peers_since = now;
    }

    /// Since when there are peers; since the start while there is none.
    pub fn peers_since(&self) -> SteadyTime {
        self.peers_since
    }

    /// Peers completed a piece.
    pub fn on_piece_from_peers(&mut self, now: SteadyTime) {
        self.last_piece = now;
    }

    /// Whether HTTP may request more, with `missing` octets still to come and HTTP as fast as measured so far.
    pub fn http_may_run(
        &mut self,
        swarm: &SwarmView,
        missing: ByteCount,
        http: &Rate,
        now: SteadyTime,
    ) -> bool {
        let may = match self.policy {
            Policy::Fastest | Policy::HttpOnly => true,
            Policy::SwarmOnly => false,
            Policy::SwarmFirst => self.peers_do_not_suffice(swarm, missing, http, now),
        };
        self.has_joined = may;
        may
    }

    fn peers_do_not_suffice(
        &self,
        swarm: &SwarmView,
        missing: ByteCount,
        http: &Rate,
        now: SteadyTime,
    ) -> bool {
        let silence = now.since(self.last_piece);
        if swarm.can_provide() && swarm.fills_the_limit() && silence < LONG_ALONE {
            return false;
        }
        if !swarm.can_provide() || silence >= PATIENCE {
            return true;
        }
        let Some(alone) = swarm.rate.time_for(missing) else { return self.has_joined };
        if let Some(target) = self.target
            && now.since(self.started) + alone > target
        {
            return true;
        }
        let is_several = swarm.peers_live >= SEVERAL || swarm.others >= SERVED_AT_ONCE;
        if is_several && now.since(self.peers_since) < WARM_UP {
            return self.has_joined;
        }
        let most = swarm.limit.map_or(f64::INFINITY, f64::from);
        let by_http = missing.0 as f64 / http.per_second().unwrap_or(EXPECTED_HTTP).min(most);
        // If this client asked, so would all the others in its place.
        let sharers = (swarm.others / SERVED_AT_ONCE).clamp(1, MOST_PARTS) as f64;
        let is_much_slower = alone.as_secs_f64() > MUCH_FASTER * by_http * sharers;
        is_much_slower && (self.has_joined || (self.target.is_none() && alone > LONG_ALONE))
    }

    /// When the decision may change by time alone.
    pub fn wake_at(&self) -> SteadyTime {
        self.last_piece.after(PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_secs(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    fn rate(per_second: u64) -> Rate {
        let mut rate = Rate::default();
        for second in 0..10 {
            rate.add(ByteCount(per_second), at_secs(second));
        }
        rate
    }

    fn swarm_at(per_second: u64) -> SwarmView {
        SwarmView { peers_live: 1, rate: rate(per_second), ..SwarmView::default() }
    }

    fn swarm_first() -> Fallback {
        Fallback::new(Policy::SwarmFirst, None, at_secs(0))
    }

    fn may(fallback: &mut Fallback, swarm: &SwarmView, missing_mib: u64, now: u64) -> bool {
        fallback.http_may_run(swarm, ByteCount::mebi(missing_mib), &Rate::default(), at_secs(now))
    }

    #[test]
    fn http_joins_at_once_when_nothing_can_provide_a_peer() {
        assert!(may(&mut swarm_first(), &SwarmView::default(), 10, 0));
    }

    #[test]
    fn http_waits_while_a_tracker_may_still_name_a_peer() {
        let asked = SwarmView { trackers_asked: 1, ..SwarmView::default() };
        assert!(!may(&mut swarm_first(), &asked, 10, 4));
        assert!(may(&mut swarm_first(), &asked, 10, 5));
    }

    #[test]
    fn a_silent_swarm_is_joined_five_seconds_after_its_last_piece() {
        let mut fallback = swarm_first();
        fallback.on_piece_from_peers(at_secs(10));
        assert!(!may(&mut fallback, &swarm_at(5_000_000), 10, 14));
        assert!(may(&mut fallback, &swarm_at(5_000_000), 10, 15));
    }

    #[test]
    fn a_trickle_of_pieces_does_not_hold_http_off_for_ever() {
        let mut fallback = swarm_first();
        fallback.on_piece_from_peers(at_secs(10));
        assert!(may(&mut fallback, &swarm_at(2_048), 100, 11));
    }

    #[test]
    fn a_download_limit_that_peers_fill_keeps_http_away() {
        let limited = SwarmView { limit: Some(100_000), ..swarm_at(90_000) };
        let mut fallback = swarm_first();
        assert!(!may(&mut fallback.clone(), &limited, 100, 1), "HTTP would be no faster within the limit");
        assert!(!may(&mut fallback.clone(), &limited, 100, 20), "a piece takes its time within the limit");
        assert!(may(&mut fallback.clone(), &limited, 100, 60), "but not for ever");
        let half = SwarmView { limit: Some(100_000), ..swarm_at(50_000) };
        assert!(!may(&mut fallback, &half, 100, 1), "what comes by HTTP leaves peers a part of the limit");
    }

    #[test]
    fn http_joins_within_a_limit_that_peers_leave_unused() {
        let slow = SwarmView { limit: Some(1_000_000), ..swarm_at(50_000) };
        assert!(may(&mut swarm_first(), &slow, 100, 1));
        let silent = SwarmView { peers_live: 1, limit: Some(1_000_000), ..SwarmView::default() };
        assert!(may(&mut swarm_first(), &silent, 100, 5));
    }

    #[test]
    fn peers_that_finish_in_a_minute_are_left_alone() {
        assert!(!may(&mut swarm_first(), &swarm_at(2_000_000), 100, 1));
    }

    #[test]
    fn once_joined_http_stays_until_peers_are_nearly_as_fast() {
        let mut fallback = swarm_first();
        assert!(may(&mut fallback, &swarm_at(100_000), 100, 1));
        assert!(
            may(&mut fallback, &swarm_at(100_000), 3, 2),
            "peers alone would need 30 s, HTTP less than one"
        );
        assert!(!may(&mut fallback, &swarm_at(6_000_000), 3, 3));
    }

    #[test]
    fn several_peers_are_not_called_slow_before_ten_seconds() {
        let mut fallback = swarm_first();
        fallback.on_peers(at_secs(2));
        let several = SwarmView { peers_live: SEVERAL, ..swarm_at(100_000) };
        fallback.on_piece_from_peers(at_secs(10));
        assert!(may(&mut fallback.clone(), &swarm_at(100_000), 100, 11), "one peer is as slow as it seems");
        assert!(!may(&mut fallback, &several, 100, 11));
        assert!(may(&mut fallback, &several, 100, 12));
    }

    #[test]
    fn in_a_crowd_peers_may_be_slower_since_all_would_share_the_server() {
        let crowd = |others| {
            let mut fallback = swarm_first();
            fallback.on_peers(at_secs(0));
            fallback.on_piece_from_peers(at_secs(29));
            may(&mut fallback, &SwarmView { peers_live: SEVERAL, others, ..swarm_at(500_000) }, 100, 30)
        };
        // Peers alone need 210 s; the server would need 13 s for one client.
        assert!(crowd(0) && crowd(2 * SERVED_AT_ONCE - 1), "it serves so many");
        assert!(!crowd(6 * SERVED_AT_ONCE), "a sixth of its rate is hardly better");
        assert!(!crowd(1_000_000));
    }

    #[test]
    fn a_crowd_that_a_tracker_made_up_does_not_hold_http_off_for_ever() {
        let mut fallback = swarm_first();
        fallback.on_peers(at_secs(0));
        fallback.on_piece_from_peers(at_secs(29));
        let made_up = SwarmView { others: 1_000_000, ..swarm_at(2_048) };
        assert!(may(&mut fallback, &made_up, 100, 30));
    }

    #[test]
    fn the_first_peer_of_a_crowd_is_not_called_slow_before_others_have_come() {
        let mut fallback = swarm_first();
        fallback.on_peers(at_secs(0));
        fallback.on_piece_from_peers(at_secs(1));
        let first = SwarmView { others: SERVED_AT_ONCE, ..swarm_at(2_048) };
        assert!(!may(&mut fallback.clone(), &first, 100, 2));
        assert!(
            may(&mut fallback, &SwarmView { others: 3, ..first }, 100, 2),
            "of a few it may be all there is"
        );
    }

    #[test]
    fn a_target_that_peers_would_miss_brings_http_in() {
        let mut fallback = Fallback::new(Policy::SwarmFirst, Some(Duration::from_secs(20)), at_secs(0));
        assert!(!may(&mut fallback, &swarm_at(10_000_000), 100, 1));
        assert!(may(&mut fallback, &swarm_at(2_000_000), 100, 1));
    }

    #[test]
    fn the_other_policies_do_as_their_names_say() {
        let mut only_swarm = Fallback::new(Policy::SwarmOnly, None, at_secs(0));
        assert!(!may(&mut only_swarm, &SwarmView::default(), 10, 1_000));
        let mut fastest = Fallback::new(Policy::Fastest, None, at_secs(0));
        assert!(may(&mut fastest, &swarm_at(1 << 30), 10, 0));
        assert!(!Policy::HttpOnly.allows_swarm());
        assert_eq!(Policy::from_key("swarm-first"), Some(Policy::SwarmFirst));
    }
}
