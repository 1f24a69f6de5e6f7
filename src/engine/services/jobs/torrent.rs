//! Gets what is wanted of a torrent: everything, some of its files, or some fields of a file.
//!
//! In: a validated .torrent and the request. Out: files in their place.

use super::messages::JobEnd;
use super::target::TorrentTarget;
use super::{Event, Job};
use crate::app::request::GivingPlan;
use crate::app::state::{End, PlanSummary, RoadCost, Route};
use crate::app::user_message::UserMessage;
use crate::catalog::metainfo::Note;
use crate::catalog::web_seed::WebSeed;
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::data_kind::Promised;
use crate::domain::octets::{ByteCount, RangeSet};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::source::{SourceId, SourceKind};
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{Afterwards, ContentBrief, Ended, Receives, SwarmBrief, SwarmNeeds};
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::engine::transfer::http::look_up;
use crate::engine::transfer::peers::IS_BUILT_IN;
use crate::swarm::torrent::Gives;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::assembly::ContentGrid;
use crate::transfer::http_source::PartsHope;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Most oddities of one kind of a torrent that are told.
const MOST_ODDITIES: usize = 8;

/// How long peers are hoped for without any progress.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

impl Job {
    pub(super) async fn get_torrent(
        &mut self,
        torrent: TorrentTarget,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let layout = torrent.metainfo.layout().clone();
        self.tell(Event::Named(self.id, show(&layout.name)));
        self.note_oddities(&torrent.metainfo.notes);
        let chosen = self.choose_files(&layout)?;
        if self.request.wants_whole_files() {
            self.get_whole_files(&torrent, &chosen, open).await
        } else {
            self.get_slices_of_torrent(&torrent, &chosen, open).await
        }
    }

    /// The files that match the pattern; padding never does.
    fn choose_files(&self, layout: &Layout) -> Result<Vec<usize>, JobEnd> {
        let is_data = |file: &&ContentFile| !file.is_padding;
        let pattern = self.request.files.as_deref();
        let matches = |file: &ContentFile| {
            pattern.is_none_or(|pattern| {
                crate::domain::pattern::matches(pattern, &file.path.to_string())
                    || crate::domain::pattern::matches(pattern, file.path.file_name())
            })
        };
        let numbered = layout.files().iter().enumerate();
        let chosen: Vec<usize> =
            numbered.filter(|(_, file)| is_data(file) && matches(file)).map(|(number, _)| number).collect();
        if chosen.is_empty() {
            let wanted = show(pattern.unwrap_or("*"));
            return Err(JobEnd::new(End::NoSource, UserMessage::NoFileMatches { wanted }));
        }
        Ok(chosen)
    }

    async fn get_whole_files(
        &mut self,
        torrent: &TorrentTarget,
        chosen: &[usize],
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let layout = torrent.metainfo.layout();
        let ranges = || chosen.iter().filter_map(|&file| layout.files()[file].range());
        let want: RangeSet = ranges().map(|range| layout.widened(range)).collect();
        let plan = PlanSummary {
            wanted_before: ByteCount::ZERO,
            wanted: ranges().map(|range| range.count()).sum(),
            to_transfer: want.count(),
            road: Route::WholeFiles,
            fields: None,
            lacking: Vec::new(),
            index_octets: ByteCount::ZERO,
            roads: vec![RoadCost { road: Route::WholeFiles, octets: want.count() }],
        };
        if !self.goes_on_with(plan) {
            return Ok(());
        }
        let data_files = layout.files().iter().filter(|file| !file.is_padding).count();
        let needs = match chosen.len() == data_files {
            true => SwarmNeeds::Everything,
            false => SwarmNeeds::Files(chosen.to_vec()),
        };
        let mut brief = self.brief_of(torrent, want, needs).await?;
        brief.whole_files = chosen.to_vec();
        let mut ended = self.run_content(brief, open).await;
        let settled = self.settle(&mut ended);
        if matches!(&settled, Err(end) if matches!(end.end, End::NoSource | End::NotProven)) {
            self.note_lacking(layout, chosen, &ended);
        }
        settled
    }

    /// Tells what a person should know of a torrent that is used all the same: names that were made safe, and web seeds
    /// that cannot be asked.
    fn note_oddities(&self, notes: &[Note]) {
        let told = notes.iter().filter_map(|note| match note {
            Note::DangerousName { published, used } => {
                Some(UserMessage::NameMadeSafe { published: show(published), used: show(used) })
            }
            Note::WebSeedIgnored { url, error } if self.request.policy.allows_http() => {
                Some(UserMessage::WebSeedUnusable { url: url.clone(), detail: show(&error.to_string()) })
            }
            _ => None,
        });
        told.take(MOST_ODDITIES).for_each(|message| self.note(message));
    }

    /// Names the files that are not whole at the end.
    fn note_lacking(&self, layout: &Layout, chosen: &[usize], ended: &Ended) {
        let lacks = |file: &&usize| {
            let range = layout.files()[**file].range();
            range.is_some_and(|range| !ended.ledger.is_held(layout.widened(range)))
        };
        let lacking: Vec<usize> = chosen.iter().filter(lacks).copied().collect();
        if lacking.is_empty() || layout.is_single_file() {
            return;
        }
        let names =
            lacking.iter().take(MOST_ODDITIES).map(|&file| show(&layout.files()[file].path.to_string()));
        let (names, count) = (names.collect(), lacking.len() as u64);
        self.note(UserMessage::FilesLacking { names, count });
    }

    /// What a content task is told of a torrent.
    pub(super) async fn brief_of(
        &mut self,
        torrent: &TorrentTarget,
        want: RangeSet,
        needs: SwarmNeeds,
    ) -> Result<ContentBrief, JobEnd> {
        let metainfo = &torrent.metainfo;
        let origins = if self.request.policy.allows_http() { self.origins_of(torrent) } else { Vec::new() };
        let swarm =
            if self.request.policy.allows_swarm() { self.swarm_of(torrent, needs).await? } else { None };
        Ok(ContentBrief {
            id: ContentId::Torrent(metainfo.info_hash()),
            grid: ContentGrid::Pieces(self.placed(metainfo.layout())?),
            hashes: Some(metainfo.hashes().clone()),
            // A digest that was announced for its one file is vouched for by whoever announced it.
            voucher: match &self.announced {
                Some(announced) if announced.digest.is_some() && metainfo.layout().is_single_file() => {
                    announced.voucher.clone()
                }
                _ => torrent.voucher.clone(),
            },
            announced: self.announced.as_ref().and_then(|announced| announced.digest.clone()),
            promised: Promised::Anything,
            trust: self.request.products.trust,
            want,
            receives: Receives::Missing,
            whole_files: Vec::new(),
            expected: Vec::new(),
            origins,
            swarm,
            policy: self.request.policy,
            target: None,
            patience: PATIENCE.max(self.request.wait),
            afterwards: match self.request.giving {
                GivingPlan::Until(_) | GivingPlan::AsSet => Afterwards::GivesOn,
                GivingPlan::WhileReceiving | GivingPlan::Nothing => Afterwards::Ends,
            },
        })
    }

    /// The layout with a file that was announced where its announcement puts it, whatever the .torrent calls it.
    fn placed(&self, layout: &Arc<Layout>) -> Result<Arc<Layout>, JobEnd> {
        let Some(announced) = &self.announced else { return Ok(layout.clone()) };
        let fits = layout.total() <= announced.most;
        let placed = layout.as_ref().clone().at(announced.path.clone()).filter(|_| fits);
        placed.map(Arc::new).ok_or_else(|| {
            let detail = "not the one file that was announced".to_owned();
            JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail })
        })
    }

    /// The web seeds that the .torrent names, and those the person named, who may name any address.
    pub(super) fn origins_of(&self, torrent: &TorrentTarget) -> Vec<HttpOrigin> {
        let layout = torrent.metainfo.layout();
        let mut seeds: Vec<(WebSeed, Reach)> = Vec::new();
        for url in &self.request.web_seeds {
            match WebSeed::parse(url, layout) {
                Ok(seed) => seeds.push((seed, Reach::Anywhere)),
                Err(error) => {
                    let detail = show(&error.to_string());
                    self.note(UserMessage::WebSeedUnusable { url: show_with_urls(url), detail });
                }
            }
        }
        for note in &torrent.metainfo.notes {
            if let Note::WebSeedIgnored { url, error } = note {
                let detail = show(&error.to_string());
                self.note(UserMessage::WebSeedUnusable { url: url.clone(), detail });
            }
        }
        seeds.extend(torrent.metainfo.web_seeds.iter().map(|seed| (seed.clone(), torrent.reach)));
        let mut seen = HashSet::new();
        seeds.retain(|(seed, _)| seen.insert(seed.base()));
        let numbered = (0u16..).zip(seeds);
        numbered.map(|(number, (seed, reach))| origin_of(number, &seed, layout, reach)).collect()
    }

    async fn swarm_of(
        &mut self,
        torrent: &TorrentTarget,
        needs: SwarmNeeds,
    ) -> Result<Option<SwarmBrief>, JobEnd> {
        let metainfo = &torrent.metainfo;
        let trackers: Vec<_> = metainfo.trackers.iter().flatten().cloned().collect();
        let peers = self.named_peers().await;
        let finds_peers = !metainfo.is_private && self.context.sessions.discovery().allowed().finds_peers();
        let has_no_way = trackers.is_empty() && peers.is_empty() && !finds_peers;
        if !self.request.policy.allows_http() {
            if !IS_BUILT_IN {
                return Err(JobEnd::new(End::NoSource, UserMessage::NoSwarmInThisBuild));
            }
            if has_no_way {
                let message = match metainfo.is_private {
                    true => UserMessage::NoWayToPrivatePeers,
                    false => UserMessage::NoWayToPeers,
                };
                return Err(JobEnd::new(End::NoSource, message));
            }
        }
        if !IS_BUILT_IN || has_no_way {
            return Ok(None);
        }
        Ok(Some(SwarmBrief {
            info_hash: metainfo.info_hash(),
            info: metainfo.info_octets().to_vec().into(),
            is_private: metainfo.is_private,
            trackers,
            peers,
            needs,
            gives: if self.request.giving == GivingPlan::Nothing { Gives::Nothing } else { Gives::Held },
            up: self.control.up(),
            rule: self.rule_of(torrent.reach),
            sessions: self.context.sessions.clone(),
        }))
    }

    /// The rule for what something names that may lead as far as that.
    pub(super) fn rule_of(&self, reach: Reach) -> AddressRule {
        self.context.rule.with_reach(reach.max_of(self.context.rule.reach()))
    }

    /// The addresses of peers that the person named.
    pub(super) async fn named_peers(&self) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        for peer in &self.request.peers {
            match look_up(peer.as_str()).await {
                Ok(addresses) => found.extend(addresses),
                Err(_) => self.note(UserMessage::PeerUnusable { peer: show(peer) }),
            }
        }
        found
    }
}

fn origin_of(number: u16, seed: &WebSeed, layout: &Arc<Layout>, reach: Reach) -> HttpOrigin {
    let base = seed.base();
    HttpOrigin {
        id: SourceId { kind: SourceKind::WebSeed, number },
        host: host_of(&base),
        urls: (0..layout.files().len()).map(|file| seed.url_of(file)).collect(),
        reach,
        validator: None,
        parts: PartsHope::Possible,
        pinned: Default::default(),
    }
}

/// Host and port of a URL, for the limit of connections.
pub(super) fn host_of(url: &url::Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
}
