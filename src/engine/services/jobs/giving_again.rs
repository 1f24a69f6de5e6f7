//! Goes on with giving what an earlier start of the program received: nothing is asked for and nothing is received.
//!
//! In: what was kept of each content. Out: contents that give. One that is no longer as it was left is not given.

use super::Job;
use super::giving::GivenContent;
use super::messages::JobEnd;
use crate::app::giving::KeptGiving;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::catalog::metainfo;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::database::{GivenTerms, GivenTorrent};
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{ContentBrief, Receives, SwarmBrief, SwarmNeeds};
use crate::swarm::torrent::Gives;
use crate::transfer::address_rule::Reach;
use tokio::sync::mpsc::unbounded_channel;

impl GivenTerms {
    /// How a content is given, as its task was told. `None` when it has no peers.
    pub(super) fn of(brief: &ContentBrief, folders: Option<&SafePath>) -> Option<GivenTorrent> {
        let swarm = brief.swarm.as_ref().filter(|swarm| swarm.gives == Gives::Held)?;
        let terms = Self {
            trackers: swarm.trackers.iter().map(|tracker| tracker.url().to_string()).collect(),
            peers: swarm.peers.clone(),
            reach: swarm.rule.reach().key().to_owned(),
            want: brief.want.iter().map(|range| (range.start(), range.end())).collect(),
            folders: folders.map(|folders| folders.components().to_vec()).unwrap_or_default(),
        };
        Some(GivenTorrent { info: swarm.info.to_vec(), terms })
    }
}

impl Job {
    /// Goes on with giving. Whatever stands in its way only ends the giving: the files are in their place.
    pub(super) async fn give_again(&mut self, kept: &KeptGiving) -> Result<(), JobEnd> {
        let open = self.open_folder(None).await?;
        for key in kept.contents.iter() {
            match open.database.giving(key)? {
                Some(given) => self.give_content_again(&given, &open).await?,
                None => tracing::warn!(key, "nothing is known of what was given"),
            }
        }
        self.give_on(Some(kept), &open).await;
        self.end_giving(Some(kept)).await;
        Ok(())
    }

    async fn give_content_again(&mut self, given: &GivenTorrent, open: &OpenFolder) -> Result<(), JobEnd> {
        let brief = self.brief_again(given)?;
        let id = brief.id.clone();
        // It is complete as it begins: there are no news.
        let (news, _) = unbounded_channel();
        let task = self.content_task(brief, news, open);
        let (ended, giver) = task.run().await;
        match giver.filter(|_| ended.last.figures.wanted > ByteCount::ZERO) {
            Some(giver) => self.giving.push(GivenContent::start(id, giver, &ended.last)),
            None => tracing::info!(end = ?ended.end, "nothing is left to give"),
        }
        Ok(())
    }

    fn brief_again(&self, given: &GivenTorrent) -> Result<ContentBrief, JobEnd> {
        let unsound = |error: metainfo::MetainfoError| {
            JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail: show(&error.to_string()) })
        };
        let metainfo = metainfo::from_info(&given.info).map_err(unsound)?;
        let terms = &given.terms;
        let want: RangeSet =
            terms.want.iter().filter_map(|(start, end)| ByteRange::new(*start, *end)).collect();
        let reach = Reach::from_key(&terms.reach).unwrap_or_default();
        let swarm = SwarmBrief {
            info_hash: metainfo.info_hash(),
            info: given.info.clone().into(),
            is_private: metainfo.is_private,
            trackers: terms.trackers.iter().filter_map(|url| TrackerUrl::parse(url).ok()).collect(),
            peers: terms.peers.clone(),
            needs: SwarmNeeds::Exactly(want.clone()),
            gives: Gives::Held,
            up: self.control.up(),
            rule: self.rule_of(reach),
            sessions: self.context.sessions.clone(),
        };
        let brief = ContentBrief::to_upload(&metainfo, want, swarm);
        let grid = match SafePath::from_outside(&terms.folders) {
            Some(folders) => brief.grid.below(&folders),
            None => brief.grid,
        };
        Ok(ContentBrief { grid, receives: Receives::Nothing, ..brief })
    }
}
