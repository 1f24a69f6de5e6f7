//! Some fields of a torrent's files: finds them, chooses the road, fetches, cuts.
//!
//! Whole pieces, because only they can be proven; exact ranges by HTTP where an index tells the digest of every
//! message and pieces would cost much more; the whole file where nothing tells where its fields lie.
//! Start reading at [`TorrentSlices::get`].

use super::super::cut::inside::{CompressedFile, compression_of, cut_compressed};
use super::super::cut::{choose_in_file, cut};
use super::super::fetch::torrent_brief::{brief_of, brief_of_ranges};
use super::super::fetch::{Fetched, fetch};
use super::super::messages::JobEnd;
use super::super::origins::origins_of_file;
use super::super::plan::Planned;
use super::super::plan::torrent::{WantedShares, forget_fields, shares_of};
use super::super::run::JobRun;
use super::super::scene::JobScene;
use crate::app::catalog::route::Route;
use crate::app::jobs::field_source::SliceRound;
use crate::app::jobs::ground::{SliceGround, SlicePlan};
use crate::app::jobs::piece_plan::{FileShare, Http, PiecesPlan, by_pieces, coalesced, plan_of, widened};
use crate::app::jobs::target::TorrentTarget;
use crate::app::jobs::torrent::{PeerHope, exact_is_better, expected_of};
use crate::app::jobs::view::PlanSummary;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::engine::transfer::content::{ContentBrief, ContentClaim, SwarmNeeds};
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::engine::transfer::peers;
use crate::grib::claim::Misfit;
use crate::grib::slicing::{NothingChosen, Slices};
use std::collections::BTreeSet;

/// Gets some fields of a torrent.
pub(super) struct TorrentSlices<'a> {
    pub(super) scene: &'a JobScene,
    pub(super) run: &'a mut JobRun,
    pub(super) torrent: &'a TorrentTarget,
}

/// Messages to fetch by themselves, from servers.
struct ExactRanges {
    file: usize,
    plan: SlicePlan,
    /// At least one.
    origins: Vec<HttpOrigin>,
}

/// What a share came to once its content is here.
enum ShareEnd {
    Settled,
    /// The file holds nothing of what is wanted.
    Nothing(NothingChosen),
}

impl TorrentSlices<'_> {
    /// Gets what is wanted of the chosen files.
    ///
    /// # Errors
    /// When nobody gives it, or they have nothing that is wanted.
    pub(super) async fn get(mut self, chosen: &[usize]) -> Result<(), JobEnd> {
        let mut round = SliceRound::first(chosen);
        loop {
            let wanted = shares_of(self.scene, self.run, self.torrent, &round).await?;
            let files: Vec<usize> = wanted.shares.iter().map(|(file, _)| *file).collect();
            let Err(end) = self.get_shares(wanted, &mut round.done).await else { return Ok(()) };
            let Some(misfit) = end.misfit() else { return Err(end) };
            let Some(next) = round.after_misfit(&files) else { return Err(end) };
            self.scene.note(match misfit.clone() {
                misfit @ Misfit::OtherThanNamed { .. } => FileMessage::NameMisfit { misfit }.into(),
                misfit => {
                    let place = show(&self.torrent.metainfo.layout().name);
                    UserMessage::IndexMisfit { place, misfit }
                }
            });
            forget_fields(self.scene, self.run, self.torrent, &files);
            round = next;
        }
    }

    async fn get_shares(&mut self, wanted: WantedShares, done: &mut BTreeSet<usize>) -> Result<(), JobEnd> {
        let (files, index_octets) = (wanted.shares.len(), wanted.index_octets);
        let shares = self.get_exact_ranges(wanted, done).await?;
        // What was read to find fields counts once.
        let unsaid = if shares.len() == files { index_octets } else { 0 };
        if shares.is_empty() {
            return Ok(());
        }
        self.get_by_pieces(WantedShares { shares, index_octets: unsaid }, done).await
    }

    /// Fetches exact ranges for the shares for which that is the better road; returns the others.
    async fn get_exact_ranges(
        &mut self,
        WantedShares { shares, mut index_octets }: WantedShares,
        done: &mut BTreeSet<usize>,
    ) -> Result<Vec<(usize, FileShare)>, JobEnd> {
        let mut others = Vec::new();
        for (file, share) in shares {
            let Some(exact) = self.exact_ranges(file, &share) else {
                others.push((file, share));
                continue;
            };
            let planned = self.plan_exactly(exact, std::mem::take(&mut index_octets));
            let Some(exact) = planned.told(self.scene, self.run) else { continue };
            match self.get_exactly(exact).await {
                Ok(()) => {
                    done.insert(file);
                }
                Err(end) if end.misfit().is_some() => return Err(end),
                // Peers, or whole pieces from the same server, may still give what is right.
                Err(end) if end.is_of_source() => others.push((file, share)),
                Err(end) => return Err(end),
            }
        }
        Ok(others)
    }

    /// The exact ranges of a share, where they are the better road.
    fn exact_ranges(&self, file: usize, share: &FileShare) -> Option<ExactRanges> {
        let FileShare::Some { slices, voucher } = share else { return None };
        let (layout, request) = (self.torrent.metainfo.layout(), self.scene.request());
        let origins = origins_of_file(self.scene, self.torrent, file);
        let has_swarm =
            peers::IS_BUILT_IN && !(self.torrent.metainfo.trackers.is_empty() && request.peers.is_empty());
        let hope = if has_swarm { PeerHope::Some } else { PeerHope::None };
        if origins.is_empty() || !exact_is_better((layout, file), slices, request.policy, hope) {
            return None;
        }
        let ground = SliceGround::Index(voucher.clone());
        let path = layout.files()[file].path.clone();
        let plan = SlicePlan { slices: slices.clone(), ground, start: 0, path };
        Some(ExactRanges { file, plan, origins })
    }

    fn plan_exactly(&self, exact: ExactRanges, index_octets: u64) -> Planned<ExactRanges> {
        let (layout, slices) = (self.torrent.metainfo.layout(), &exact.plan.slices);
        let roads = [
            (Route::ProvenRanges, coalesced(slices).count()),
            (Route::Pieces, widened(layout, exact.file, slices).count()),
            (Route::WholeFiles, layout.files()[exact.file].length),
        ];
        Planned { summary: plan_of(slices, &roads, index_octets), order: exact }
    }

    async fn get_exactly(&mut self, exact: ExactRanges) -> Result<(), JobEnd> {
        let ExactRanges { file, plan, origins } = exact;
        let want = coalesced(&plan.slices);
        let brief = brief_of_ranges(self.scene, (self.torrent, file), want, origins).await?;
        let fetched = fetch(self.scene, self.run, brief).await?;
        cut(self.scene, self.run, &fetched, plan).await
    }

    /// Whether a server has every file of which only some fields are wanted.
    fn http_of(&self, shares: &[(usize, FileShare)]) -> Http {
        let is_cut = |(_, share): &&(usize, FileShare)| matches!(share, FileShare::Some { .. });
        let has_all = shares
            .iter()
            .filter(is_cut)
            .all(|(file, _)| !origins_of_file(self.scene, self.torrent, *file).is_empty());
        if has_all && self.scene.request().policy.allows_http() { Http::Open } else { Http::Shut }
    }

    /// Fetches the pieces of every share in one go, and cuts.
    async fn get_by_pieces(
        &mut self,
        WantedShares { shares, index_octets }: WantedShares,
        done: &mut BTreeSet<usize>,
    ) -> Result<(), JobEnd> {
        let http = self.http_of(&shares);
        let PiecesPlan { plan, want, whole_files } = by_pieces(self.torrent.metainfo.layout(), &shares, http);
        let needs = match plan.road {
            Route::WholeFiles => SwarmNeeds::Files(whole_files.clone()),
            _ => SwarmNeeds::Exactly(want.clone()),
        };
        let summary = PlanSummary { index_octets: ByteCount(index_octets), ..plan };
        let Some(shares) = (Planned { summary, order: shares }).told(self.scene, self.run) else {
            return Ok(());
        };
        let expected = expected_of(&shares, self.scene.selection());
        let base = brief_of(self.scene, self.torrent, want, needs).await?;
        let fetched = fetch(self.scene, self.run, ContentBrief { whole_files, expected, ..base }).await?;
        let mut nothing = NothingChosen { available: String::new() };
        for (file, share) in shares {
            match self.cut_share(&fetched, file, share).await? {
                ShareEnd::Settled => drop(done.insert(file)),
                ShareEnd::Nothing(refused) => nothing = refused,
            }
        }
        if done.is_empty() { Err(self.run.answers.nothing_chosen(nothing)) } else { Ok(()) }
    }

    async fn cut_share(
        &mut self,
        fetched: &Fetched,
        file: usize,
        share: FileShare,
    ) -> Result<ShareEnd, JobEnd> {
        match share {
            FileShare::Whole(told) => {
                match told {
                    ContentClaim::Index(slices) => self.run.answers.note_found(&slices),
                    ContentClaim::Name(lead) => self.run.answers.note_found_lead(lead),
                }
                Ok(ShareEnd::Settled)
            }
            FileShare::Some { slices, .. } => self.cut_slices(fetched, file, slices).await,
            FileShare::Unknown | FileShare::Compressed => self.cut_unindexed(fetched, file).await,
        }
    }

    /// Finds the fields of a file that is here, and cuts it.
    async fn cut_unindexed(&mut self, fetched: &Fetched, file: usize) -> Result<ShareEnd, JobEnd> {
        let path = self.torrent.metainfo.layout().files()[file].path.clone();
        if let Some(compression) = compression_of(fetched, file).await? {
            let compressed = CompressedFile { file, compression, path };
            return match cut_compressed(self.scene, self.run, fetched, compressed).await {
                Ok(()) => Ok(ShareEnd::Settled),
                Err(JobEnd { message: UserMessage::NothingChosen { available, .. }, .. }) => {
                    Ok(ShareEnd::Nothing(NothingChosen { available }))
                }
                Err(end) => Err(end),
            };
        }
        match choose_in_file(self.scene, self.run, fetched, file).await? {
            Ok(slices) => self.cut_slices(fetched, file, slices).await,
            Err(refused) => Ok(ShareEnd::Nothing(refused)),
        }
    }

    async fn cut_slices(
        &mut self,
        fetched: &Fetched,
        file: usize,
        slices: Slices,
    ) -> Result<ShareEnd, JobEnd> {
        let entry = &self.torrent.metainfo.layout().files()[file];
        let ground = SliceGround::Pieces(self.torrent.voucher.clone());
        let plan = SlicePlan { slices, ground, start: entry.start, path: entry.path.clone() };
        cut(self.scene, self.run, fetched, plan).await.map(|()| ShareEnd::Settled)
    }
}
