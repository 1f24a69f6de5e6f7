//! How far a content is, as rows that a front end shows: sources, peers, and who named them.

use crate::app::jobs::job_end::trouble;
use crate::app::jobs::peers::{ConnectionFlow, PeerFacts};
use crate::app::jobs::view::{Live, SourceLine, Transfer};
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::user_message::Trouble;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_url};
use crate::domain::source::SourceKind;
use crate::engine::transfer::content::Progress;
use crate::engine::transfer::peers::PeerLook;
use crate::engine::transfer::peers::discovery::FinderRow;
use crate::engine::transfer::tracker::TrackerState;
use crate::swarm::address_book::NamedBy;
use crate::transfer::reason::Reason;

/// The trackers and other finders that failed.
pub(super) fn troubles_of_finders(last: &Progress) -> impl Iterator<Item = Trouble> + '_ {
    let finders = last.swarm.finders.iter().filter_map(FinderRow::labelled_trouble);
    let trackers = last
        .swarm
        .trackers
        .iter()
        .filter_map(|row| row.standing.trouble().map(|reason| (show_url(row.url.url()), reason)));
    finders.chain(trackers).map(|(label, reason)| trouble(SourceKind::Swarm, label, reason))
}

/// Trackers, and other ways to find peers.
fn who_names_peers(progress: &Progress) -> impl Iterator<Item = SourceLine> {
    let line = |kind, label, named: Option<usize>, trouble: Option<Reason>| SourceLine {
        kind,
        label,
        gave: ByteCount::ZERO,
        wasted: ByteCount::ZERO,
        rate: 0,
        named: named.and_then(|named| u32::try_from(named).ok()),
        troubles: trouble.into_iter().collect(),
        peer: None,
    };
    let trackers = progress.swarm.trackers.iter().map(move |row| {
        let named = match &row.standing {
            TrackerState::Told { peers, .. } => Some(*peers),
            TrackerState::Asking | TrackerState::AskedAgain(_) | TrackerState::Failed(_) => None,
        };
        line(LineKind::Tracker, show_url(row.url.url()), named, row.standing.trouble())
    });
    let finders = progress.swarm.finders.iter().map(move |row| {
        let kind = if row.by == NamedBy::Dht { LineKind::Dht } else { LineKind::LocalNetwork };
        line(kind, String::new(), row.named, row.trouble.clone())
    });
    trackers.chain(finders)
}

/// What a row of a peer tells beside what it tells of any source.
fn facts_of(peer: &PeerLook) -> PeerFacts {
    let terms = peer.terms;
    PeerFacts {
        address: peer.address.to_string(),
        client: peer.client.as_deref().map(show),
        is_live: peer.is_live,
        given: peer.given,
        rate_out: peer.rates.1,
        holds: peer.holds,
        to_us: ConnectionFlow::of((terms.is_wanted, terms.chokes_us)),
        from_us: ConnectionFlow::of((terms.wants_ours, terms.is_choked)),
        is_near: peer.is_near,
        round_trip: peer.round_trip,
        named_by: peer.named_by,
    }
}

/// All that is told of it.
pub(super) fn transfer_of(progress: &Progress) -> Transfer {
    let figures = progress.figures;
    let mut sources: Vec<SourceLine> = progress
        .sources
        .iter()
        .map(|row| SourceLine {
            kind: LineKind::Source(row.id.kind),
            label: row.label.clone(),
            gave: row.gave,
            wasted: row.wasted,
            rate: 0,
            named: None,
            troubles: row.troubles.clone(),
            peer: None,
        })
        .collect();
    let swarm = sources.iter_mut().find(|line| line.kind == LineKind::Source(SourceKind::Swarm));
    if let (Some(swarm), false) = (swarm, progress.swarm.lost.is_empty()) {
        swarm.troubles.push(Reason::NotAsLeft { files: progress.swarm.lost.clone() });
    }
    sources.extend(progress.swarm.peers.iter().map(|peer| SourceLine {
        kind: LineKind::Peer,
        label: match &peer.client {
            Some(client) => format!("{} · {}", peer.address, show(client)),
            None => peer.address.to_string(),
        },
        gave: peer.received,
        wasted: ByteCount::ZERO,
        rate: peer.rates.0,
        named: None,
        troubles: peer.trouble.iter().cloned().collect(),
        peer: Some(Box::new(facts_of(peer))),
    }));
    sources.extend(who_names_peers(progress));
    Transfer {
        wanted: figures.wanted,
        missing: figures.missing,
        received: figures.received,
        by_source: figures.by_source,
        wasted: figures.wasted,
        given: figures.given,
        ..Transfer::default()
    }
    .with_live(Live {
        held_before: figures.held_before,
        offered: figures.offered,
        peer_rate: figures.rates.0,
        http_rate: figures.rates.1,
        given_rate: figures.rates.2,
        peers_live: progress.swarm.peers.iter().filter(|peer| peer.is_live).count(),
        sources,
    })
}
