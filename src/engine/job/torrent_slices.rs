//! Some fields of a torrent's files: finds them, chooses the road, fetches, cuts.
//!
//! Whole pieces, because only they can be proven; exact ranges by HTTP where an index tells the digest of every
//! message and pieces would cost much more; the whole file where nothing tells where its fields lie.
//! Start reading at [`Job::get_slices_of_torrent`].

use super::Job;
use super::cutting::{Cut, Ground, GroundOf, coalesced, products};
use super::field_index::{self, FoundIndex};
use super::folders::OpenFolder;
use super::messages::JobEnd;
use super::planning::{Http, PiecesPlan, Share, by_pieces, plan_of, widened};
use super::target::{Place, TorrentTarget};
use crate::app::Policy;
use crate::app::request::Split;
use crate::app::state::{End, PlanSummary, Road};
use crate::app::user_message::UserMessage;
use crate::catalog::file_name::{LeadFilter, NamedLeads, NamedTimes};
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::catalog::ContentKey;
use crate::engine::content::{Ended, SwarmNeeds};
use crate::engine::http::fetch::Origin;
use crate::engine::swarm;
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, Slices};
use crate::grib::walk::{Step, Walk};
use crate::transfer::assembly::{BLOCK_LENGTH, Grid};
use crate::transfer::verification::prove_ranges_by_pieces;
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
        let mut shares = Vec::new();
        let mut nothing = None;
        let mut index_octets = 0;
        let is_split = self.request.products.split == Split::ByParameter;
        let by_name = self.request.selection.leads().map(LeadFilter::new);
        for &file in chosen {
            if let Some(filter) = &by_name
                && let Some(leads) = leads_in_name(torrent, file)
            {
                if !filter.may_hold(leads) {
                    continue;
                }
                if leads.is_single() && self.request.selection.is_by_lead_only() && !is_split {
                    shares.push((file, Share::Whole));
                    continue;
                }
            }
            match self.share_of(torrent, file, &mut index_octets).await {
                Ok(share) => shares.push((file, share)),
                Err(available) => nothing = Some(available),
            }
        }
        if shares.is_empty() {
            let available = nothing.unwrap_or_default();
            return Err(JobEnd::new(End::NoSource, UserMessage::NothingChosen { available }));
        }
        let got = self.get_shares(torrent, shares, (open, index_octets)).await;
        if let Err(JobEnd { message: UserMessage::NotWellFormed { .. }, .. }) = &got {
            // A web seed that lied about its headers must not be believed again.
            chosen.iter().for_each(|&file| self.context.catalog.forget_walk(&key_of(torrent, file)));
        }
        got
    }

    async fn get_shares(
        &mut self,
        torrent: &TorrentTarget,
        shares: Vec<(usize, Share)>,
        (open, index_octets): (&OpenFolder, u64),
    ) -> Result<(), JobEnd> {
        let files = shares.len();
        let shares = self.get_exact_ranges(torrent, shares, (open, index_octets)).await?;
        // What was read to find fields counts once.
        let unsaid = if shares.len() == files { index_octets } else { 0 };
        if shares.is_empty() { Ok(()) } else { self.get_by_pieces(torrent, shares, (open, unsaid)).await }
    }

    /// What is wanted of `file`; nothing at all is an error that says what the file has.
    async fn share_of(
        &self,
        torrent: &TorrentTarget,
        file: usize,
        octets: &mut u64,
    ) -> Result<Share, String> {
        let length = torrent.metainfo.layout().files()[file].length;
        let Some(found) = self.find_index(torrent, file).await else { return Ok(Share::Unknown) };
        *octets += found.index.octets_read;
        let slices =
            slicing::plan(&found.index, &self.request.selection).map_err(|nothing| nothing.available)?;
        if slices.holds_more {
            self.note(UserMessage::MessageHoldsMore);
        }
        Ok(if slices.wanted() == length && self.request.products.split == Split::Never {
            Share::Whole
        } else {
            Share::Some { slices, voucher: found.voucher }
        })
    }

    async fn find_index(&self, torrent: &TorrentTarget, file: usize) -> Option<FoundIndex> {
        let entry = &torrent.metainfo.layout().files()[file];
        let name = entry.published.last().unwrap_or(&torrent.metainfo.layout().name).clone();
        let mut unusable = Vec::new();
        let found = self.find_sidecar(torrent, (file, &name, entry.length), &mut unusable).await;
        for index in unusable {
            self.note(UserMessage::IndexUnusable { place: index.place, detail: index.detail });
        }
        if let Some(found) = found {
            if let Some(place) = &found.place {
                self.note(UserMessage::IndexFrom { place: place.clone() });
            }
            return Some(found);
        }
        self.walk_web_seeds(torrent, file).await
    }

    async fn find_sidecar(
        &self,
        torrent: &TorrentTarget,
        (file, name, length): (usize, &str, ByteCount),
        unusable: &mut Vec<field_index::Unusable>,
    ) -> Option<FoundIndex> {
        let client = &self.context.shared.client;
        match &torrent.place {
            Place::Folder(folder) => {
                if let Some(found) = field_index::beside_in_folder(folder, name, length, unusable) {
                    return Some(found);
                }
            }
            Place::Server(url) if self.request.policy.allows_http() => {
                let beside = url.join(
                    &percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
                        .to_string(),
                );
                if let Ok(beside) = beside {
                    let reach = crate::transfer::address_rule::Reach::Anywhere;
                    let found =
                        field_index::beside_on_server(client, (&beside, reach), length, unusable).await;
                    if found.is_some() {
                        return found;
                    }
                }
            }
            _ => {}
        }
        if !self.request.policy.allows_http() {
            return None;
        }
        for origin in self.origins_of(torrent) {
            let Some(url) = origin.urls.get(file).and_then(Option::as_ref) else { continue };
            let found = field_index::beside_on_server(client, (url, origin.reach), length, unusable).await;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Reads the headers of the file from the first web seed that gives them.
    async fn walk_web_seeds(&self, torrent: &TorrentTarget, file: usize) -> Option<FoundIndex> {
        if !self.request.policy.allows_http() {
            return None;
        }
        let length = torrent.metainfo.layout().files()[file].length;
        let key = key_of(torrent, file);
        let found = |index| FoundIndex { index, voucher: torrent.voucher.clone(), place: None };
        if let Some(index) = self.context.catalog.kept_walk(&key) {
            return Some(found(index));
        }
        let (client, at_once) = (&self.context.shared.client, self.context.shared.gate.at_once());
        for origin in self.origins_of(torrent) {
            let Some(url) = origin.urls.get(file).and_then(Option::as_ref) else { continue };
            match field_index::walk_remote(client, (url, origin.reach), length, at_once).await {
                Ok(index) if !index.fields.is_empty() => {
                    self.note(UserMessage::WalkedHeaders { requests: index.reads });
                    self.note_given_up(&index);
                    self.context.catalog.keep_walk(&key, &index, self.context.shared.clock.utc());
                    return Some(found(index));
                }
                // No GRIB, or no ranges: the whole file will tell.
                Ok(_) => return None,
                Err(reason) => tracing::info!(%reason, "headers were not read"),
            }
        }
        None
    }

    /// Fetches exact ranges for the shares for which that is the better road; returns the others.
    async fn get_exact_ranges(
        &mut self,
        torrent: &TorrentTarget,
        shares: Vec<(usize, Share)>,
        (open, mut index_octets): (&OpenFolder, u64),
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
            match self.get_one_exactly(torrent, file, (slices, ground, origins), open).await {
                Ok(()) => {}
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
            swarm::IS_BUILT_IN && (!torrent.metainfo.trackers.is_empty() || !self.request.peers.is_empty());
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
        (slices, ground, origins): (&Slices, Ground, Vec<Origin>),
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
        self.cut(&ended, (slices, &|_| ground.clone(), 0), (&entry.path, open)).await
    }

    /// Fetches the pieces of every share in one go, and cuts.
    async fn get_by_pieces(
        &mut self,
        torrent: &TorrentTarget,
        shares: Vec<(usize, Share)>,
        (open, index_octets): (&OpenFolder, u64),
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
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        self.cut_shares(torrent, (shares, &ended), open).await
    }

    async fn cut_shares(
        &mut self,
        torrent: &TorrentTarget,
        (shares, ended): (Vec<(usize, Share)>, &Ended),
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        let layout = torrent.metainfo.layout().clone();
        let mut cut_any = false;
        let mut available = String::new();
        for (file, share) in shares {
            let entry = &layout.files()[file];
            let slices = match share {
                Share::Whole => {
                    cut_any = true;
                    continue;
                }
                Share::Some { slices, .. } => slices,
                Share::Unknown => match self.plan_held_file(ended, file).await? {
                    Ok(slices) => slices,
                    Err(nothing) => {
                        available = nothing;
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
            self.cut(ended, (&slices, &by_pieces, entry.start), (&entry.path, open)).await?;
            cut_any = true;
        }
        if cut_any {
            return Ok(());
        }
        Err(JobEnd::new(End::NoSource, UserMessage::NothingChosen { available }))
    }

    /// Finds the fields of a file that is held whole.
    pub(super) async fn plan_held_file(
        &self,
        ended: &Ended,
        file: usize,
    ) -> Result<Result<Slices, String>, JobEnd> {
        let Some(files) = ended.files.clone() else { return Ok(Err(String::new())) };
        let entry = files.layout().files()[file].clone();
        let walked = tokio::task::spawn_blocking(move || {
            let mut walk = Walk::new(entry.length.0);
            let mut buffer = Vec::new();
            while let Step::Read(range) = walk.step() {
                buffer.resize(range.count().0 as usize, 0);
                files.read_file(file, range.start(), &mut buffer)?;
                walk.feed(range.start(), &buffer);
            }
            Ok::<GribIndex, crate::engine::store::error::StoreError>(walk.finish())
        });
        let index = walked.await.map_err(JobEnd::internal)??;
        self.note_given_up(&index);
        if index.fields.is_empty()
            && ended.files.as_ref().is_some_and(|files| files.layout().is_single_file())
        {
            let name = show(ended.files.as_ref().map_or("", |f| f.layout().files()[file].path.file_name()));
            return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name }));
        }
        Ok(slicing::plan(&index, &self.request.selection).map_err(|nothing| nothing.available))
    }

    /// Cuts a slice, or one a parameter, out of a content that is held; `start` is where its file begins in the content.
    pub(super) async fn cut(
        &mut self,
        ended: &Ended,
        (slices, ground, start): (&Slices, &GroundOf<'_>, u64),
        (path, open): (&SafePath, &OpenFolder),
    ) -> Result<(), JobEnd> {
        for (name, part) in products(path.file_name(), &self.request, slices) {
            let ground = ground(&part);
            self.cut_one(ended, (part, ground, start), (path.with_file_name(&name), open)).await?;
        }
        Ok(())
    }

    async fn cut_one(
        &mut self,
        ended: &Ended,
        (slices, ground, start): (Slices, Ground, u64),
        (path, open): (SafePath, &OpenFolder),
    ) -> Result<(), JobEnd> {
        let (Some(files), Some(row)) = (ended.files.clone(), ended.row) else {
            return Err(JobEnd::stopped());
        };
        let path = match &self.below {
            Some(folders) => path.below(folders),
            None => path,
        };
        let folder = open.folder.clone();
        let cut = tokio::task::spawn_blocking(move || {
            let root = folder.root();
            let cut = Cut { slices: &slices, ground, path, root, partials: files.partials() };
            cut.carry_out(&|range: ByteRange, buffer: &mut [u8]| files.read(range.shifted_by(start), buffer))
        });
        let (published, verdict) = cut.await.map_err(JobEnd::internal)??;
        open.database.finish(row, &crate::engine::content::finished_row(None, &published, &verdict))?;
        self.tell_in_place(&published, verdict, &open.folder).await;
        Ok(())
    }
}

/// What the fields of a file are kept under.
fn key_of(torrent: &TorrentTarget, file: usize) -> ContentKey {
    ContentKey {
        place: format!("{}/{file}", torrent.metainfo.info_hash()),
        validator: String::new(),
        length: torrent.metainfo.layout().files()[file].length,
    }
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
