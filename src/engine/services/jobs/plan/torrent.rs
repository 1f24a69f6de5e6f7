//! What is wanted of the files of a torrent, and where the fields of each lie.
//!
//! In: the files that are left, and by what their fields are looked up. Out: [`WantedShares`]. An index is looked for beside
//! the .torrent, on its server and on web seeds; one that does not fit the file is left for the headers. Start reading at
//! [`shares_of`].

use super::super::messages::JobEnd;
use super::super::origins::origins_of_torrent;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::index_claims::HeaderSource;
use super::{Planned, believed, note_unusable, read_headers};
use crate::app::catalog::route::Route;
use crate::app::jobs::field_source::{FieldSource, SliceRound};
use crate::app::jobs::piece_plan::{FileShare, plan_of_whole};
use crate::app::jobs::request::Split;
use crate::app::jobs::target::{MetainfoPlace, TorrentTarget};
use crate::app::jobs::torrent::{NamedShare, are_all, ranges_of};
use crate::app::jobs::view::PlanSummary;
use crate::app::messages::user_message::UserMessage;
use crate::domain::compression::Compression;
use crate::domain::octets::{ByteCount, RangeSet};
use crate::engine::listings::ContentKey;
use crate::engine::transfer::content::{ContentClaim, SwarmNeeds};
use crate::engine::transfer::field_index::{FoundIndex, Unusable, beside_in_folder, beside_on_server};
use crate::grib::slicing::NothingChosen;
use crate::transfer::address_rule::Reach;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Files of a torrent to fetch whole.
pub(in crate::engine) struct FilesOrder {
    /// The pieces in which they lie.
    pub(in crate::engine) want: RangeSet,
    /// What is asked of peers.
    pub(in crate::engine) needs: SwarmNeeds,
}

/// The chosen files as they are.
pub(in crate::engine) fn plan_files(torrent: &TorrentTarget, chosen: &[usize]) -> Planned<FilesOrder> {
    let layout = torrent.metainfo.layout();
    let (ranges, want) = ranges_of(layout, chosen);
    let needs = match are_all(layout, chosen) {
        true => SwarmNeeds::Everything,
        false => SwarmNeeds::Files(chosen.to_vec()),
    };
    let wanted = ranges.iter().map(|range| range.count()).sum();
    let summary = PlanSummary { wanted, ..plan_of_whole(Route::WholeFiles, want.count()) };
    Planned { summary, order: FilesOrder { want, needs } }
}

/// What is wanted of the files of a torrent, with what was read to find out.
pub(in crate::engine) struct WantedShares {
    pub(in crate::engine) shares: Vec<(usize, FileShare)>,
    pub(in crate::engine) index_octets: u64,
}

/// What is wanted of each file that is left.
///
/// # Errors
/// When nothing is wanted of any.
pub(in crate::engine) async fn shares_of(
    scene: &JobScene,
    run: &mut JobRun,
    torrent: &TorrentTarget,
    round: &SliceRound,
) -> Result<WantedShares, JobEnd> {
    let mut wanted = WantedShares { shares: Vec::new(), index_octets: 0 };
    let mut nothing = None;
    for &file in &round.files {
        match NamedShare::of(torrent, file, scene.request(), round.source) {
            NamedShare::Other => continue,
            NamedShare::Whole(lead) => {
                run.answers.note_planned_lead(lead);
                wanted.shares.push((file, FileShare::Whole(ContentClaim::Name(lead))));
                continue;
            }
            NamedShare::Unknown => {}
        }
        let described = DescribedFile::of(torrent, file);
        let found = described.find(scene, round.source).await;
        wanted.index_octets += found.as_ref().map_or(0, |found| found.index.octets_read);
        match share_of(scene, run, &described, found) {
            Ok(share) => wanted.shares.push((file, share)),
            Err(refused) => {
                run.answers.note_available(refused.available.clone());
                nothing = Some(refused);
            }
        }
    }
    if wanted.shares.is_empty() && round.done.is_empty() {
        let nothing = nothing.unwrap_or(NothingChosen { available: String::new() });
        return Err(run.answers.nothing_chosen(nothing));
    }
    Ok(wanted)
}

/// What is wanted of a file with these fields.
///
/// # Errors
/// What the file has, when nothing of it is wanted.
fn share_of(
    scene: &JobScene,
    run: &mut JobRun,
    file: &DescribedFile<'_>,
    found: Option<FoundIndex>,
) -> Result<FileShare, NothingChosen> {
    if file.is_compressed() {
        return Ok(FileShare::Compressed);
    }
    let Some(found) = found else { return Ok(FileShare::Unknown) };
    let slices = run.choose(scene, &found.index)?;
    run.answers.note_planned(&slices);
    if slices.holds_more {
        scene.note(UserMessage::MessageHoldsMore);
    }
    Ok(if slices.wanted() == file.length && scene.request().products.split == Split::Never {
        FileShare::Whole(ContentClaim::Index(slices))
    } else {
        FileShare::Some { slices, voucher: found.voucher }
    })
}

/// A file of a torrent of which an index may tell.
struct DescribedFile<'a> {
    torrent: &'a TorrentTarget,
    /// Its place in the torrent.
    number: usize,
    /// As it was published.
    name: &'a str,
    length: ByteCount,
}

impl<'a> DescribedFile<'a> {
    fn of(torrent: &'a TorrentTarget, number: usize) -> Self {
        let layout = torrent.metainfo.layout();
        let file = &layout.files()[number];
        let name = file.published.last().unwrap_or(&layout.name);
        Self { torrent, number, name, length: file.length }
    }

    /// No range of a compressed file is a message.
    fn is_compressed(&self) -> bool {
        let file = &self.torrent.metainfo.layout().files()[self.number];
        Compression::from_name(file.path.file_name()).is_some()
    }

    async fn find(&self, scene: &JobScene, source: FieldSource) -> Option<FoundIndex> {
        if self.is_compressed() {
            return None;
        }
        match source {
            FieldSource::Index => self.find_index(scene).await,
            FieldSource::Headers => self.walk_web_seeds(scene).await,
            FieldSource::FileOnly => None,
        }
    }

    async fn find_index(&self, scene: &JobScene) -> Option<FoundIndex> {
        let mut unusable = Vec::new();
        let found = self.find_sidecar(scene, &mut unusable).await;
        note_unusable(scene, unusable);
        let origins = match found.is_some() && scene.request().policy.allows_http() {
            true => origins_of_torrent(scene, self.torrent),
            false => Vec::new(),
        };
        let heads = origins.iter().find_map(|origin| {
            let url = origin.urls.get(self.number).and_then(Option::as_ref)?;
            Some(HeaderSource { client: &scene.context.shared.client, url, reach: origin.reach })
        });
        match believed(scene, found, self.length, heads).await {
            Some(found) => Some(found),
            None => self.walk_web_seeds(scene).await,
        }
    }

    async fn find_sidecar(&self, scene: &JobScene, unusable: &mut Vec<Unusable>) -> Option<FoundIndex> {
        let (client, length) = (&scene.context.shared.client, self.length);
        let allows_http = scene.request().policy.allows_http();
        match &self.torrent.place {
            MetainfoPlace::Folder(folder) => {
                if let Some(found) = beside_in_folder(folder, self.name, length, unusable) {
                    return Some(found);
                }
            }
            MetainfoPlace::Server(url) if allows_http => {
                let beside = url.join(&utf8_percent_encode(self.name, NON_ALPHANUMERIC).to_string());
                if let Ok(beside) = beside {
                    let at = (&beside, Reach::Anywhere);
                    let found = beside_on_server(client, at, length, unusable).await;
                    if found.is_some() {
                        return found;
                    }
                }
            }
            MetainfoPlace::Server(_) | MetainfoPlace::Nowhere => {}
        }
        if !allows_http {
            return None;
        }
        for origin in origins_of_torrent(scene, self.torrent) {
            let Some(url) = origin.urls.get(self.number).and_then(Option::as_ref) else { continue };
            let found = beside_on_server(client, (url, origin.reach), length, unusable).await;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Reads the headers of the file from the first web seed that gives them.
    async fn walk_web_seeds(&self, scene: &JobScene) -> Option<FoundIndex> {
        if !scene.request().policy.allows_http() {
            return None;
        }
        let key = key_of(self.torrent, self.number);
        let found = |index| FoundIndex { index, voucher: self.torrent.voucher.clone(), place: None };
        if let Some(index) = scene.context.catalog.kept_walk(&key) {
            return Some(found(index));
        }
        for origin in origins_of_torrent(scene, self.torrent) {
            let Some(url) = origin.urls.get(self.number).and_then(Option::as_ref) else { continue };
            match read_headers(scene, Some(&key), (url, origin.reach), self.length).await {
                Ok(index) if !index.fields.is_empty() => return Some(found(index)),
                // No GRIB, or no ranges: the whole file will tell.
                Ok(_) => return None,
                Err(reason) => tracing::info!(%reason, "headers were not read"),
            }
        }
        None
    }
}

/// What was told of these files is wrong somewhere: it is not believed again.
pub(in crate::engine) fn forget_fields(
    scene: &JobScene,
    run: &mut JobRun,
    torrent: &TorrentTarget,
    files: &[usize],
) {
    run.answers.forget_plans();
    files.iter().for_each(|&file| scene.context.catalog.forget_walk(&key_of(torrent, file)));
}

/// What the fields of a file are kept under.
fn key_of(torrent: &TorrentTarget, file: usize) -> ContentKey {
    ContentKey {
        place: format!("{}/{file}", torrent.metainfo.info_hash()),
        validator: String::new(),
        length: torrent.metainfo.layout().files()[file].length,
    }
}
