//! Some fields of a torrent's files: finds them, chooses the road, fetches, cuts.
//!
//! Whole pieces, because only they can be proven; exact ranges by HTTP where an index tells the digest of every
//! message and pieces would cost much more; the whole file where nothing tells where its fields lie.
//! Start reading at [`Job::get_slices_of_torrent`].

use super::Job;
use super::cutting::{Ground, coalesced};
use super::decompressed::compression_of;
use super::messages::JobEnd;
use super::planning::{Http, PiecesPlan, Share, by_pieces, plan_of, widened};
use super::products::Cutting;
use super::target::TorrentTarget;
use super::torrent_index::key_of;
use crate::app::Policy;
use crate::app::file_message::FileMessage;
use crate::app::request::Split;
use crate::app::state::{End, PlanSummary, Road};
use crate::app::user_message::UserMessage;
use crate::catalog::file_name::{LeadFilter, NamedLeads, NamedTimes};
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::octets::{ByteCount, RangeSet};
use crate::domain::outside_text::show;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{Ended, Expected, SwarmNeeds, Told};
use crate::engine::transfer::http::fetch::Origin;
use crate::engine::transfer::peers;
use crate::grib::claim::Misfit;
use crate::grib::slicing::{NothingChosen, Slices};
use crate::transfer::assembly::{BLOCK_LENGTH, Grid};
use crate::transfer::verification::prove_ranges_by_pieces;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Pieces that cost so much more than the octets in them are left for exact ranges, where these can be proven.
const DEAR: f64 = 1.3;

impl Job {
    pub(super) async fn get_slices_of_torrent(
        &mut self,
        torrent: &TorrentTarget,
        chosen: &[usize],
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let mut round = Round { files: chosen.to_vec(), trust: Trust::Indexes, done: BTreeSet::new() };
        loop {
            let wanted = self.shares_of(torrent, &round).await?;
            let files: Vec<usize> = wanted.shares.iter().map(|(file, _)| *file).collect();
            let got = self.get_shares(torrent, wanted, (open, &mut round.done)).await;
            let Err(end) = got else { return Ok(()) };
            let (Some(misfit), Some(trust)) = (end.misfit(), round.trust.less()) else { return Err(end) };
            // What was told is wrong somewhere: whatever is not in its place is looked up by what is trusted next.
            self.note(match misfit.clone() {
                misfit @ Misfit::OtherThanNamed { .. } => FileMessage::NameMisfit { misfit }.into(),
                misfit => {
                    let place = show(&torrent.metainfo.layout().name);
                    UserMessage::IndexMisfit { place, misfit }
                }
            });
            self.forget_plans();
            files.iter().for_each(|&file| self.context.catalog.forget_walk(&key_of(torrent, file)));
            round.files = files.into_iter().filter(|file| !round.done.contains(file)).collect();
            round.trust = trust;
        }
    }

    /// What is wanted of each file that is left.
    async fn shares_of(&mut self, torrent: &TorrentTarget, round: &Round) -> Result<WantedShares, JobEnd> {
        let mut wanted = WantedShares { shares: Vec::new(), index_octets: 0 };
        let mut nothing = None;
        let is_split = self.request.products.split == Split::ByParameter;
        let by_name = self.request.selection.leads().map(LeadFilter::new);
        for &file in &round.files {
            if let Some(filter) = &by_name
                && let Some(leads) = leads_in_name(torrent, file)
            {
                if !filter.may_hold(leads) {
                    continue;
                }
                let is_trusted = round.trust == Trust::Indexes && leads.is_single();
                if is_trusted && self.request.selection.is_by_lead_only() && !is_split {
                    self.note_planned_lead(leads.first);
                    wanted.shares.push((file, Share::Whole(Told::Name(leads.first))));
                    continue;
                }
            }
            match self.share_of(torrent, (file, round.trust), &mut wanted.index_octets).await {
                Ok(share) => wanted.shares.push((file, share)),
                Err(refused) => {
                    self.note_available(refused.available.clone());
                    nothing = Some(refused);
                }
            }
        }
        if wanted.shares.is_empty() && round.done.is_empty() {
            let nothing = nothing.unwrap_or(NothingChosen { available: String::new() });
            return Err(self.nothing_chosen(nothing));
        }
        Ok(wanted)
    }

    async fn get_shares(
        &mut self,
        torrent: &TorrentTarget,
        WantedShares { shares, index_octets }: WantedShares,
        (open, done): (&OpenFolder, &mut BTreeSet<usize>),
    ) -> Result<(), JobEnd> {
        let files = shares.len();
        let shares =
            self.get_exact_ranges(torrent, shares, ShareProgress { open, index_octets, done }).await?;
        // What was read to find fields counts once.
        let unsaid = if shares.len() == files { index_octets } else { 0 };
        if shares.is_empty() {
            Ok(())
        } else {
            self.get_by_pieces(torrent, shares, ShareProgress { open, index_octets: unsaid, done }).await
        }
    }

    /// Fetches exact ranges for the shares for which that is the better road; returns the others.
    async fn get_exact_ranges(
        &mut self,
        torrent: &TorrentTarget,
        shares: Vec<(usize, Share)>,
        ShareProgress { open, mut index_octets, done }: ShareProgress<'_>,
    ) -> Result<Vec<(usize, Share)>, JobEnd> {
        let mut others = Vec::new();
        for (file, share) in shares {
            let Share::Some { slices, voucher } = &share else {
                others.push((file, share));
                continue;
            };
            let origins = self.origins_of_file(torrent, file);
            if !self.exact_is_better(torrent, file, slices) || origins.is_empty() {
                others.push((file, share));
                continue;
            }
            let layout = torrent.metainfo.layout();
            let roads = [
                (Road::ProvenRanges, coalesced(slices).count()),
                (Road::Pieces, widened(layout, file, slices).count()),
                (Road::WholeFiles, layout.files()[file].length),
            ];
            if !self.goes_on_with(plan_of(slices, &roads, std::mem::take(&mut index_octets))) {
                continue;
            }
            let ground = Ground::Index(voucher.clone());
            match self.get_one_exactly(torrent, file, ExactRanges { slices, ground, origins }, open).await {
                Ok(()) => {
                    done.insert(file);
                }
                Err(end) if end.misfit().is_some() => return Err(end),
                // Peers, or whole pieces from the same server, may still give what is right.
                Err(end) if matches!(end.end, End::NoSource | End::NotProven) => others.push((file, share)),
                Err(end) => return Err(end),
            }
        }
        Ok(others)
    }

    fn exact_is_better(&self, torrent: &TorrentTarget, file: usize, slices: &Slices) -> bool {
        let layout = torrent.metainfo.layout();
        let pieces = widened(layout, file, slices).count();
        let is_dear = pieces.0 as f64 > DEAR * slices.wanted().0 as f64;
        let has_swarm =
            peers::IS_BUILT_IN && (!torrent.metainfo.trackers.is_empty() || !self.request.peers.is_empty());
        let prefers_http = match self.request.policy {
            Policy::SwarmOnly => return false,
            Policy::HttpOnly | Policy::Fastest => true,
            Policy::SwarmFirst => !has_swarm || is_dear,
        };
        slices.is_provable() && prefers_http
    }

    /// Whether a server has every file of which only some fields are wanted.
    fn http_of(&self, torrent: &TorrentTarget, shares: &[(usize, Share)]) -> Http {
        let is_cut = |(_, share): &&(usize, Share)| matches!(share, Share::Some { .. });
        let has_all =
            shares.iter().filter(is_cut).all(|(file, _)| !self.origins_of_file(torrent, *file).is_empty());
        if has_all && self.request.policy.allows_http() { Http::Open } else { Http::Shut }
    }

    fn origins_of_file(&self, torrent: &TorrentTarget, file: usize) -> Vec<Origin> {
        let origins = self.origins_of(torrent).into_iter();
        origins
            .filter_map(|origin| {
                let url = origin.urls.get(file).cloned().flatten()?;
                Some(Origin { urls: vec![Some(url)], ..origin })
            })
            .collect()
    }

    async fn get_one_exactly(
        &mut self,
        torrent: &TorrentTarget,
        file: usize,
        ExactRanges { slices, ground, origins }: ExactRanges<'_>,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let entry = &torrent.metainfo.layout().files()[file];
        let first = origins[0].urls[0].clone().map(String::from).unwrap_or_default();
        let alone = ContentFile { start: 0, published: Vec::new(), ..entry.clone() };
        let layout = Layout::new(entry.path.file_name().to_owned(), vec![alone], BLOCK_LENGTH);
        let layout = layout.expect("one file from the first octet is a layout");
        let mut brief = self.brief_of(torrent, coalesced(slices), SwarmNeeds::Everything).await?;
        brief.id = ContentId::Remote { url: first, length: entry.length, validator: String::new() };
        brief.grid = Grid::Blocks(Arc::new(layout));
        (brief.hashes, brief.swarm, brief.origins) = (None, None, origins);
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        self.cut(&ended, Cutting { slices, ground: &|_| ground.clone(), start: 0 }, (&entry.path, open)).await
    }

    /// Fetches the pieces of every share in one go, and cuts.
    async fn get_by_pieces(
        &mut self,
        torrent: &TorrentTarget,
        shares: Vec<(usize, Share)>,
        ShareProgress { open, index_octets, done }: ShareProgress<'_>,
    ) -> Result<(), JobEnd> {
        let http = self.http_of(torrent, &shares);
        let PiecesPlan { plan, want, whole_files } = by_pieces(torrent.metainfo.layout(), &shares, http);
        let road = plan.road;
        if !self.goes_on_with(PlanSummary { index_octets: ByteCount(index_octets), ..plan }) {
            return Ok(());
        }
        let needs = match road {
            Road::WholeFiles => SwarmNeeds::Files(whole_files.clone()),
            _ => SwarmNeeds::Exactly(want.clone()),
        };
        let mut brief = self.brief_of(torrent, want, needs).await?;
        brief.whole_files = whole_files;
        brief.expected = self.expected_of(&shares);
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        self.cut_shares(torrent, (shares, &ended), (open, done)).await
    }

    /// What indexes and names say of files that are wanted whole.
    fn expected_of(&self, shares: &[(usize, Share)]) -> Vec<Expected> {
        let told = shares.iter().filter_map(|(file, share)| match share {
            Share::Whole(told) => Some(self.expected(*file, told.clone())),
            Share::Some { .. } | Share::Unknown | Share::Compressed => None,
        });
        told.collect()
    }

    /// What is said of a file that is wanted whole, beside the wish.
    pub(super) fn expected(&self, file: usize, told: Told) -> Expected {
        Expected { file, told, selection: self.request.selection.clone() }
    }

    async fn cut_shares(
        &mut self,
        torrent: &TorrentTarget,
        (shares, ended): (Vec<(usize, Share)>, &Ended),
        (open, done): (&OpenFolder, &mut BTreeSet<usize>),
    ) -> Result<(), JobEnd> {
        let layout = torrent.metainfo.layout().clone();
        let mut nothing = NothingChosen { available: String::new() };
        for (file, share) in shares {
            let entry = &layout.files()[file];
            if matches!(share, Share::Unknown | Share::Compressed)
                && let Some(compression) = compression_of(ended, file).await?
            {
                match self.cut_compressed(ended, (file, compression), (&entry.path, open)).await {
                    Ok(()) => {
                        done.insert(file);
                    }
                    Err(JobEnd { message: UserMessage::NothingChosen { available, .. }, .. }) => {
                        nothing = NothingChosen { available };
                    }
                    Err(end) => return Err(end),
                }
                continue;
            }
            let slices = match share {
                Share::Whole(told) => {
                    match told {
                        Told::Index(slices) => self.note_found(&slices),
                        Told::Name(lead) => self.note_found_lead(lead),
                    }
                    done.insert(file);
                    continue;
                }
                Share::Some { slices, .. } => slices,
                Share::Unknown | Share::Compressed => match self.plan_held_file(ended, file).await? {
                    Ok(slices) => slices,
                    Err(refused) => {
                        nothing = refused;
                        continue;
                    }
                },
            };
            let by_pieces = |slices: &Slices| {
                Ground::Pieces(prove_ranges_by_pieces(
                    &ended.ledger,
                    &Grid::Pieces(layout.clone()),
                    &shifted(entry.start, slices),
                    torrent.voucher.clone(),
                ))
            };
            self.cut(
                ended,
                Cutting { slices: &slices, ground: &by_pieces, start: entry.start },
                (&entry.path, open),
            )
            .await?;
            done.insert(file);
        }
        if done.is_empty() { Err(self.nothing_chosen(nothing)) } else { Ok(()) }
    }
}

/// Where shares of a torrent go, and how far they have come.
struct ShareProgress<'a> {
    open: &'a OpenFolder,
    /// Bytes that were read to find fields and that no plan has told yet.
    index_octets: u64,
    /// The files that are settled.
    done: &'a mut BTreeSet<usize>,
}

/// Messages to fetch by themselves: why they will be taken for right, and from where they come.
struct ExactRanges<'a> {
    slices: &'a Slices,
    ground: Ground,
    /// At least one.
    origins: Vec<Origin>,
}

/// How far what is told of fields is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Indexes beside the file, and headers.
    Indexes,
    /// Headers that a server gives.
    Headers,
    /// Nothing but the file itself, whole.
    FileOnly,
}

impl Trust {
    fn less(self) -> Option<Self> {
        match self {
            Self::Indexes => Some(Self::Headers),
            Self::Headers => Some(Self::FileOnly),
            Self::FileOnly => None,
        }
    }
}

/// What is left to get, and by what its fields are looked up.
struct Round {
    files: Vec<usize>,
    trust: Trust,
    /// Files of which everything that is wanted is in its place.
    done: BTreeSet<usize>,
}

/// What is wanted of the files of a torrent, with what was read to find out.
struct WantedShares {
    shares: Vec<(usize, Share)>,
    index_octets: u64,
}

/// The lead times that the published name of a file tells.
fn leads_in_name(torrent: &TorrentTarget, file: usize) -> Option<NamedLeads> {
    let layout = torrent.metainfo.layout();
    let path = std::iter::once(&layout.name).chain(&layout.files()[file].published).cloned();
    NamedTimes::of_path(&path.collect::<Vec<String>>().join("/")).leads
}

/// The messages of a file, counted in the content.
fn shifted(start: u64, slices: &Slices) -> RangeSet {
    slices.messages.iter().map(|message| message.range.shifted_by(start)).collect()
}
