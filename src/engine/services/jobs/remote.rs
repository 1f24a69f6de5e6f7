//! Gets a file from plain HTTP servers: whole, or some of its fields.

use super::cutting::Ground;
use super::decompressed::compression_of;
use super::index_claims::{Believed, HeaderSource, believable};
use super::messages::JobEnd;
use super::products::Cutting;
use super::target::RemoteTarget;
use super::torrent::{PATIENCE, host_of};
use super::{Event, Job};
use crate::app::piece_plan::coalesced;
use crate::app::piece_plan::plan_of;
use crate::app::request::Split;
use crate::app::state::{PlanSummary, RoadCost, Route};
use crate::app::user_message::UserMessage;
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::integrity::Digest;
use crate::domain::integrity::Voucher;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_url, show_with_urls};
use crate::domain::safe_path::SafePath;
use crate::domain::source::{SourceId, SourceKind};
use crate::engine::listings::ContentKey;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{Afterwards, ContentBrief, ContentClaim, Receives};
use crate::engine::transfer::field_index::{self, FoundIndex};
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::grib::slicing::{self, Slices};
use crate::transfer::address_rule::Reach;
use crate::transfer::assembly::{BLOCK_LENGTH, ContentGrid};
use crate::transfer::http_source::PartsHope;
use crate::transfer::reason::Reason;
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use url::Url;

impl Job {
    pub(super) async fn get_remote(&mut self, remote: RemoteTarget, open: &OpenFolder) -> Result<(), JobEnd> {
        self.tell(Event::Named(self.id, show(&remote.name)));
        if !self.request.wants_whole_files() {
            return self.get_slice_of_remote(remote, open).await;
        }
        self.get_whole_remote(&remote, None, open).await
    }

    /// Gets all of a file; `told` is what an index says of it when all of that is wanted.
    async fn get_whole_remote(
        &mut self,
        remote: &RemoteTarget,
        told: Option<Slices>,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        if let Some(most) = self.announced.as_ref().map(|announced| announced.most)
            && remote.length > most
        {
            let reason = Reason::WrongLength { expected: most, told: remote.length };
            return Err(JobEnd::unreachable(&remote.url, reason));
        }
        if let Some(length) = self.announced.as_ref().and_then(|announced| announced.length)
            && remote.length != length
        {
            let reason = Reason::WrongLength { expected: length, told: remote.length };
            return Err(JobEnd::unreachable(&remote.url, reason));
        }
        let plan = PlanSummary {
            wanted_before: ByteCount::ZERO,
            wanted: remote.length,
            to_transfer: remote.length,
            road: Route::WholeFiles,
            fields: None,
            lacking: Vec::new(),
            index_octets: ByteCount::ZERO,
            roads: vec![RoadCost { road: Route::WholeFiles, octets: remote.length }],
        };
        if !self.goes_on_with(plan) {
            return Ok(());
        }
        let want: RangeSet = ByteRange::new(0, remote.length.0).into_iter().collect();
        let mut brief = self.brief_of_remote(remote, want);
        brief.whole_files = vec![0];
        brief.expected =
            told.iter().map(|told| self.expected(0, ContentClaim::Index(told.clone()))).collect();
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        told.iter().for_each(|told| self.note_found(told));
        Ok(())
    }

    async fn get_slice_of_remote(&mut self, remote: RemoteTarget, open: &OpenFolder) -> Result<(), JobEnd> {
        if remote.compression.is_some() {
            return self.get_without_index(&remote, open).await;
        }
        if !remote.answers_ranges {
            self.note(UserMessage::WholeFileOnly { url: show_url(&remote.url) });
            return self.get_without_index(&remote, open).await;
        }
        if let Some(found) = self.sidecar_of_remote(&remote).await {
            let place = found.place.clone().unwrap_or_default();
            match self.get_slice_by(found, &remote, open).await {
                Err(end) if end.misfit().is_some() => self.leave_index(place, &end),
                settled => return settled,
            }
        }
        // Headers that were read before may be those of an older file: they are read once more then.
        for _ in 0..2 {
            let Some(found) = self.walk_of_remote(&remote).await? else { break };
            match self.get_slice_by(found, &remote, open).await {
                Err(end) if end.misfit().is_some() => {
                    self.leave_index(show(&remote.name), &end);
                    key_of(&remote).iter().for_each(|key| self.context.catalog.forget_walk(key));
                }
                settled => return settled,
            }
        }
        self.get_without_index(&remote, open).await
    }

    /// Says why what was told of the fields is not used.
    fn leave_index(&mut self, place: String, end: &JobEnd) {
        if let Some(misfit) = end.misfit().cloned() {
            self.note(UserMessage::IndexMisfit { place, misfit });
        }
        self.forget_plans();
    }

    async fn get_slice_by(
        &mut self,
        found: FoundIndex,
        remote: &RemoteTarget,
        open: &OpenFolder,
    ) -> Result<(), JobEnd> {
        self.note_available(slicing::available_in(&found.index));
        let slices = slicing::plan(&found.index, &self.request.selection)
            .map_err(|nothing| self.nothing_chosen(nothing))?;
        self.note_planned(&slices);
        if slices.holds_more {
            self.note(UserMessage::MessageHoldsMore);
        }
        if slices.wanted() == remote.length && self.request.products.split == Split::Never {
            return self.get_whole_remote(remote, Some(slices), open).await;
        }
        let (road, ground) = if slices.is_provable() {
            (Route::ProvenRanges, Ground::Index(found.voucher))
        } else {
            (Route::Ranges, Ground::Form)
        };
        let want = coalesced(&slices);
        let roads = [(road, want.count()), (Route::WholeFiles, remote.length)];
        if !self.goes_on_with(plan_of(&slices, &roads, found.index.octets_read)) {
            return Ok(());
        }
        let brief = self.brief_of_remote(remote, want);
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        let path = SafePath::from_name(&remote.name);
        self.cut(&ended, Cutting { slices: &slices, ground: &|_| ground.clone(), start: 0 }, (&path, open))
            .await
    }

    /// Where the fields lie, from an index beside the file.
    async fn sidecar_of_remote(&self, remote: &RemoteTarget) -> Option<FoundIndex> {
        let shared = &self.context.shared;
        let at = (&remote.url, remote.reach);
        let mut unusable = Vec::new();
        let found = field_index::beside_on_server(&shared.client, at, remote.length, &mut unusable).await;
        for index in unusable {
            self.note(UserMessage::IndexUnusable { place: index.place, detail: index.detail });
        }
        let found = found?;
        let place = found.place.clone().unwrap_or_default();
        let heads = HeaderSource { client: &shared.client, url: &remote.url, reach: remote.reach };
        match believable(found, &self.request.selection, remote.length, Some(&heads)).await {
            Ok(Believed { found, sampled }) => {
                self.note(UserMessage::IndexFrom { place: place.clone() });
                self.note_sampled(place, sampled);
                Some(found)
            }
            Err(misfit) => {
                self.note(UserMessage::IndexMisfit { place, misfit });
                None
            }
        }
    }

    /// Where the fields lie, from the headers of the file. `None` when the server gives no parts.
    async fn walk_of_remote(&self, remote: &RemoteTarget) -> Result<Option<FoundIndex>, JobEnd> {
        let shared = &self.context.shared;
        let at = (&remote.url, remote.reach);
        if !remote.answers_ranges {
            return Ok(None);
        }
        let key = key_of(remote);
        let found =
            |index| Ok(Some(FoundIndex { index, voucher: Voucher::of_server(&remote.url), place: None }));
        if let Some(index) = key.as_ref().and_then(|key| self.context.catalog.kept_walk(key)) {
            return found(index);
        }
        match field_index::walk_remote(&shared.client, at, remote.length, shared.gate.at_once()).await {
            Ok(index) if index.fields.is_empty() => Err(remote.without_fields()),
            Ok(index) => {
                self.note(UserMessage::WalkedHeaders { requests: index.reads });
                self.note_given_up(&index);
                if let Some(key) = &key {
                    self.context.catalog.keep_walk(key, &index, shared.clock.utc());
                }
                found(index)
            }
            Err(Reason::RangeIgnored) => Ok(None),
            Err(reason) => Err(JobEnd::unreachable(&remote.url, reason)),
        }
    }

    /// Fetches the whole file and cuts it here.
    async fn get_without_index(&mut self, remote: &RemoteTarget, open: &OpenFolder) -> Result<(), JobEnd> {
        let road = if remote.compression.is_some() { Route::Decompressed } else { Route::NoIndex };
        let plan = PlanSummary {
            wanted_before: ByteCount::ZERO,
            wanted: remote.length,
            to_transfer: remote.length,
            road,
            fields: None,
            lacking: Vec::new(),
            index_octets: ByteCount::ZERO,
            roads: vec![RoadCost { road, octets: remote.length }],
        };
        if !self.goes_on_with(plan) {
            return Ok(());
        }
        let want: RangeSet = ByteRange::new(0, remote.length.0).into_iter().collect();
        let brief = self.brief_of_remote(remote, want);
        let mut ended = self.run_content(brief, open).await;
        self.settle(&mut ended)?;
        let path = SafePath::from_name(&remote.name);
        if let Some(compression) = compression_of(&ended, 0).await? {
            return self.cut_compressed(&ended, (0, compression), (&path, open)).await;
        }
        let planned = self.plan_held_file(&ended, 0).await.map_err(|end| match end.message {
            UserMessage::NoFields { .. } => remote.without_fields(),
            _ => end,
        })?;
        let slices = planned.map_err(|nothing| self.nothing_chosen(nothing))?;
        self.cut(&ended, Cutting { slices: &slices, ground: &|_| Ground::Form, start: 0 }, (&path, open))
            .await
    }

    /// What a content task is told of a file on a server and its mirrors.
    pub(super) fn brief_of_remote(&self, remote: &RemoteTarget, want: RangeSet) -> ContentBrief {
        let announced = self.announced.clone();
        let place = announced.as_ref().map(|announced| announced.path.clone());
        let layout = layout_of(&remote.name, remote.length, place);
        let own = origin_of(0, (&remote.url, remote.reach), remote.validator.clone());
        let parts = if remote.answers_ranges { PartsHope::Possible } else { PartsHope::None };
        let mut origins = vec![HttpOrigin { parts, ..own }];
        for (number, text) in (1u16..).zip(&self.request.web_seeds) {
            match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => {
                    origins.push(origin_of(number, (&url, remote.reach), None))
                }
                _ => {
                    let detail = "no http or https url".to_owned();
                    self.note(UserMessage::WebSeedUnusable { url: show_with_urls(text), detail });
                }
            }
        }
        ContentBrief {
            id: ContentId::Remote {
                url: remote.url.to_string(),
                length: remote.length,
                validator: identity_of(remote, announced.as_ref().and_then(|one| one.digest.as_ref())),
            },
            grid: ContentGrid::Blocks(Arc::new(layout)),
            hashes: None,
            voucher: match &announced {
                Some(announced) if announced.digest.is_some() => announced.voucher.clone(),
                _ => Voucher::of_server(&remote.url),
            },
            announced: announced.and_then(|announced| announced.digest),
            promised: remote.promised(),
            trust: self.request.products.trust,
            want,
            receives: Receives::Missing,
            whole_files: Vec::new(),
            expected: Vec::new(),
            origins,
            swarm: None,
            policy: self.request.policy,
            target: None,
            patience: PATIENCE.max(self.request.wait),
            afterwards: Afterwards::Ends,
        }
    }
}

/// What tells this content from another at the same URL: the server's validator, and the digest that was announced. An
/// update may come under the same URL with the same length, and not every server says that it changed.
fn identity_of(remote: &RemoteTarget, announced: Option<&Digest>) -> String {
    let validator = remote.validator.clone().unwrap_or_default();
    match announced {
        Some(digest) => format!("{validator} {digest:?}"),
        None => validator,
    }
}

/// What the fields of a file are kept under. Without a validator nothing tells whether it is the same file.
fn key_of(remote: &RemoteTarget) -> Option<ContentKey> {
    let validator = remote.validator.clone()?;
    Some(ContentKey { place: remote.url.to_string(), validator, length: remote.length })
}

fn origin_of(number: u16, (url, reach): (&Url, Reach), validator: Option<String>) -> HttpOrigin {
    HttpOrigin {
        id: SourceId { kind: SourceKind::Mirror, number },
        host: host_of(url),
        urls: vec![Some(url.clone())],
        reach,
        validator,
        parts: PartsHope::Possible,
        pinned: Default::default(),
    }
}

/// One file that is the whole content.
fn layout_of(name: &str, length: ByteCount, place: Option<SafePath>) -> Layout {
    let path = place.unwrap_or_else(|| SafePath::from_name(name));
    let file = ContentFile { path, published: Vec::new(), start: 0, length, is_padding: false };
    Layout::new(name.to_owned(), vec![file], BLOCK_LENGTH).expect("one file from the first octet is a layout")
}

/// The name of the file at `url`: the last part of its path, or the host where there is none.
pub(super) fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let decoded = percent_decode_str(last).decode_utf8_lossy().into_owned();
    if decoded.is_empty() { url.host_str().unwrap_or("file").to_owned() } else { decoded }
}
