//! Runs one content task and passes on what it tells, added to what earlier contents of the job came to.

use super::giving::GivenContent;
use super::messages::JobEnd;
use super::provenance::{self, CatalogOrigin, Origin};
use super::{Event, Job};
use crate::app::detail::DetailView;
use crate::app::peers::{Flow, PeerFacts};
use crate::app::rate_history::{LineRates, RateHistory};
use crate::app::request::Provenance;
use crate::app::state::{FileInPlace, LineKind, Live, OnDisk, SourceLine, Transfer};
use crate::app::user_message::UserMessage;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show_url;
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::engine::store::database::GivenTerms;
use crate::engine::store::file_set::Published;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::output::OutputFolder;
use crate::engine::transfer::content::{
    ContentBrief, ContentEnd, ContentNews, ContentTask, Ended, Progress, Watched,
};
use crate::engine::transfer::peers::PeerLook;
use crate::engine::transfer::tracker::Standing;
use crate::swarm::address_book::NamedBy;
use crate::transfer::reason::Reason;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What the contents that are done came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    done: Transfer,
}

impl Sums {
    pub(super) fn of(done: Transfer) -> Self {
        Self { done }
    }

    pub(super) fn into_transfer(self) -> Transfer {
        self.done
    }

    pub(super) fn with(&self, current: &Transfer) -> Transfer {
        let mut sum = current.clone();
        for (figure, done) in [
            (&mut sum.wanted, self.done.wanted),
            (&mut sum.missing, self.done.missing),
            (&mut sum.received, self.done.received),
            (&mut sum.wasted, self.done.wasted),
            (&mut sum.given, self.done.given),
        ] {
            *figure += done;
        }
        sum.by_source.merge(&self.done.by_source);
        let (live, done) = (sum.live_mut(), self.done.live());
        live.held_before.merge(&done.held_before);
        live.offered += done.offered;
        live.sources.splice(0..0, done.sources.iter().cloned());
        sum
    }
}

impl Job {
    /// How long the files may take that are to come. `None` when they may take as long as it takes.
    fn time_left(&self) -> Option<Duration> {
        let within = self.request.products.within?;
        let now = self.context.shared.clock.utc();
        let since = self.entry.as_ref().and_then(CatalogOrigin::run).unwrap_or(self.began);
        let gone = u64::try_from(now.unix_seconds() - since.unix_seconds()).unwrap_or(0);
        Some(within.saturating_sub(Duration::from_secs(gone)))
    }

    /// A content task of this job.
    pub(super) fn content_task(
        &self,
        brief: ContentBrief,
        news: UnboundedSender<ContentNews>,
        open: &OpenFolder,
    ) -> ContentTask {
        ContentTask {
            shared: self.context.shared.clone(),
            folder: open.folder.clone(),
            database: open.database.clone(),
            brief,
            news,
            stop: self.stop.clone(),
            watched: Watched::new(self.id, self.context.looking.clone()),
        }
    }

    /// Runs a content to its end.
    pub(super) async fn run_content(&mut self, mut brief: ContentBrief, open: &OpenFolder) -> Ended {
        brief.target = self.time_left();
        if let Some(folders) = &self.below {
            brief.grid = brief.grid.below(folders);
        }
        self.end_giving_of(&brief.id).await;
        let (id, kept) = (brief.id.clone(), GivenTerms::of(&brief, self.below.as_ref()));
        let (news, heard) = unbounded_channel();
        let task = self.content_task(brief, news, open);
        let mut rates = std::mem::take(&mut self.rates);
        let ((ended, giver), ()) = tokio::join!(task.run(), self.pass_on(heard, &open.folder, &mut rates));
        self.rates = rates;
        let sum = self.sums_of_all().with(&transfer_of(&ended.last));
        self.tell(Event::Moved(self.id, Box::new(sum)));
        match giver {
            Some(giver) => {
                self.keep_giving(&ended, kept, open);
                self.giving.push(GivenContent::start(id, giver, &ended.last));
            }
            None => {
                self.sums = Sums::of(self.sums.with(&transfer_of(&ended.last)));
                self.sums.done.settle();
                // Peers of what is done are of no more use.
                let lines = &mut self.sums.done.live_mut().sources;
                lines.retain(|line| matches!(line.kind, LineKind::Source(_)));
            }
        }
        ended
    }

    /// Tells how far something is that no content task receives.
    pub(super) fn tell_moved(&self, transfer: &Transfer) {
        self.tell(Event::Moved(self.id, Box::new(self.sums.with(transfer))));
    }

    /// Tells the same at its end, and counts it.
    pub(super) fn count_moved(&mut self, transfer: &Transfer) {
        self.tell_moved(transfer);
        self.sums.done = self.sums.with(transfer);
        self.sums.done.settle();
    }

    async fn pass_on(
        &self,
        mut heard: UnboundedReceiver<ContentNews>,
        folder: &Arc<OutputFolder>,
        rates: &mut RateHistory,
    ) {
        let mut lines = LineRates::default();
        while let Some(news) = heard.recv().await {
            match news {
                ContentNews::Begun(figures) => {
                    let progress = Progress { figures, sources: Vec::new(), swarm: Default::default() };
                    self.tell(Event::Moved(
                        self.id,
                        Box::new(self.sums_of_all().with(&transfer_of(&progress))),
                    ));
                }
                ContentNews::Progress(progress) => {
                    let now = self.context.shared.clock.now();
                    let mut transfer = transfer_of(&progress);
                    lines.rate(&mut transfer, now);
                    let transfer = self.sums_of_all().with(&transfer);
                    rates.note(&transfer, now);
                    self.tell(Event::Moved(self.id, Box::new(transfer)));
                }
                ContentNews::Pieces(pieces) => {
                    let (job, rates) = (Some(self.id), rates.points().to_vec());
                    let detail = DetailView { job, pieces: *pieces, fields: Vec::new(), rates };
                    self.tell(Event::Detailed(Arc::new(detail)));
                }
                ContentNews::InPlace { published, verdict, .. } => {
                    self.tell_in_place(&published, verdict, folder).await;
                }
            }
        }
    }

    /// Tells that a file is in its place, and whether another had to make room; writes where it comes from when that is
    /// wished.
    pub(super) async fn tell_in_place(
        &self,
        published: &Published,
        verdict: Verdict,
        folder: &Arc<OutputFolder>,
    ) {
        let whole = |path: &crate::domain::safe_path::SafePath| {
            folder
                .root()
                .path()
                .join(path.components().iter().collect::<std::path::PathBuf>())
                .display()
                .to_string()
        };
        let kept_as = published.kept_as.as_ref().map(whole);
        let path = whole(&published.path);
        if let Some(kept_as) = kept_as.clone() {
            self.note(UserMessage::KeptExisting { path: path.clone(), kept_as });
        }
        let file = FileInPlace { path, length: published.length, verdict, kept_as, disk: disk_of(published) };
        if self.request.products.provenance == Provenance::Beside {
            self.write_provenance(&published.path, &file, folder).await;
        }
        self.tell(Event::InPlace(self.id, Box::new(file)));
    }

    async fn write_provenance(&self, path: &SafePath, file: &FileInPlace, folder: &Arc<OutputFolder>) {
        let origin = Origin {
            targets: self.request.targets.clone(),
            chosen: self.request.selection.to_words(),
            members: self.request.selection.member_words(),
            entry: self.entry.clone(),
            at: self.context.shared.clock.utc(),
        };
        let (path, file, folder) = (path.clone(), file.clone(), folder.clone());
        let writing =
            tokio::task::spawn_blocking(move || provenance::write(folder.root(), (&path, &file), &origin));
        match writing.await.map_err(JobEnd::internal) {
            Ok(Ok(())) => {}
            // The file itself is in its place and proven.
            Ok(Err(error)) => self.note(JobEnd::from(error).message),
            Err(end) => self.note(end.message),
        }
    }

    /// Success, or why the content did not become complete.
    pub(super) fn settle(&self, ended: &mut Ended) -> Result<(), JobEnd> {
        match std::mem::replace(&mut ended.end, ContentEnd::Complete) {
            ContentEnd::Complete => Ok(()),
            ContentEnd::Exhausted(troubles) => {
                let mut end = JobEnd::exhausted(&troubles, &ended.last.sources);
                add_trackers(&mut end.message, &ended.last);
                Err(end)
            }
            ContentEnd::Store(error) => Err(error.into()),
            ContentEnd::NotProven(error) => Err(error.into()),
            ContentEnd::Stopped => Err(JobEnd::stopped()),
        }
    }
}

/// How a file was left, and when it was read last where it was not read now.
fn disk_of(published: &Published) -> OnDisk {
    OnDisk { stamp: Some(published.stamp), verified_at: published.not_read_since }
}

/// Names the trackers that failed among the troubles of a transfer that found nobody.
fn add_trackers(message: &mut UserMessage, last: &Progress) {
    let (UserMessage::NoSource { troubles } | UserMessage::OnlyWrongData { troubles }) = message else {
        return;
    };
    for row in &last.swarm.finders {
        if let Some((label, reason)) = super::magnet::trouble_of(row.clone()) {
            troubles.push(super::messages::trouble(crate::domain::source::SourceKind::Swarm, label, reason));
        }
    }
    for row in &last.swarm.trackers {
        if let Some(reason) = row.standing.trouble() {
            let label = show_url(row.url.url());
            troubles.push(super::messages::trouble(crate::domain::source::SourceKind::Swarm, label, reason));
        }
    }
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
            Standing::Told { peers, .. } => Some(*peers),
            Standing::Asking | Standing::AskedAgain(_) | Standing::Failed(_) => None,
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
        client: peer.client.as_deref().map(crate::domain::outside_text::show),
        is_live: peer.is_live,
        given: peer.given,
        rate_out: peer.rates.1,
        holds: peer.holds,
        to_us: Flow::of((terms.is_wanted, terms.chokes_us)),
        from_us: Flow::of((terms.wants_ours, terms.is_choked)),
        is_near: peer.is_near,
        round_trip: peer.round_trip,
        named_by: peer.named_by,
    }
}

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
            Some(client) => format!("{} · {}", peer.address, crate::domain::outside_text::show(client)),
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
