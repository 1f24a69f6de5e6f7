//! Finds out where the fields of a torrent's file lie, and what of it is wanted.
//!
//! In: a file of a torrent, and how far indexes are trusted. Out: a [`Share`]. An index is looked for beside the .torrent,
//! on its server and on web seeds; one that does not fit the file is left for the headers. Start at [`Job::share_of`].

use super::Job;
use super::index_claims::{Believed, Heads, believable};
use super::planning::Share;
use super::target::{Place, TorrentTarget};
use super::torrent_slices::Trust;
use crate::app::request::Split;
use crate::app::user_message::UserMessage;
use crate::domain::compression::Compression;
use crate::domain::octets::ByteCount;
use crate::engine::listings::ContentKey;
use crate::engine::transfer::content::Told;
use crate::engine::transfer::field_index::{self, FoundIndex};
use crate::grib::slicing::{self, NothingChosen};

/// A file of a torrent of which an index may tell.
struct DescribedFile<'a> {
    /// Its place in the torrent.
    number: usize,
    /// As it was published.
    name: &'a str,
    length: ByteCount,
}

impl Job {
    /// What is wanted of `file`.
    ///
    /// # Errors
    /// What the file has, when nothing of it is wanted.
    pub(super) async fn share_of(
        &mut self,
        torrent: &TorrentTarget,
        (file, trust): (usize, Trust),
        octets: &mut u64,
    ) -> Result<Share, NothingChosen> {
        let entry = &torrent.metainfo.layout().files()[file];
        let length = entry.length;
        // No range of a compressed file is a message.
        if Compression::from_name(entry.path.file_name()).is_some() {
            return Ok(Share::Compressed);
        }
        let found = match trust {
            Trust::Indexes => self.find_index(torrent, file).await,
            Trust::Headers => self.walk_web_seeds(torrent, file).await,
            Trust::FileOnly => None,
        };
        let Some(found) = found else { return Ok(Share::Unknown) };
        *octets += found.index.octets_read;
        self.note_available(slicing::available_in(&found.index));
        let slices = slicing::plan(&found.index, &self.request.selection)?;
        self.note_planned(&slices);
        if slices.holds_more {
            self.note(UserMessage::MessageHoldsMore);
        }
        Ok(if slices.wanted() == length && self.request.products.split == Split::Never {
            Share::Whole(Told::Index(slices))
        } else {
            Share::Some { slices, voucher: found.voucher }
        })
    }

    async fn find_index(&self, torrent: &TorrentTarget, file: usize) -> Option<FoundIndex> {
        let entry = &torrent.metainfo.layout().files()[file];
        let name = entry.published.last().unwrap_or(&torrent.metainfo.layout().name).clone();
        let mut unusable = Vec::new();
        let described = DescribedFile { number: file, name: &name, length: entry.length };
        let found = self.find_sidecar(torrent, described, &mut unusable).await;
        for index in unusable {
            self.note(UserMessage::IndexUnusable { place: index.place, detail: index.detail });
        }
        let Some(found) = found else { return self.walk_web_seeds(torrent, file).await };
        let place = found.place.clone().unwrap_or_default();
        let origins = if self.request.policy.allows_http() { self.origins_of(torrent) } else { Vec::new() };
        let heads = origins.iter().find_map(|origin| {
            let url = origin.urls.get(file).and_then(Option::as_ref)?;
            Some(Heads { client: &self.context.shared.client, url, reach: origin.reach })
        });
        match believable(found, &self.request.selection, entry.length, heads.as_ref()).await {
            Ok(Believed { found, sampled }) => {
                self.note(UserMessage::IndexFrom { place: place.clone() });
                self.note_sampled(place, sampled);
                Some(found)
            }
            Err(misfit) => {
                self.note(UserMessage::IndexMisfit { place, misfit });
                self.walk_web_seeds(torrent, file).await
            }
        }
    }

    async fn find_sidecar(
        &self,
        torrent: &TorrentTarget,
        DescribedFile { number: file, name, length }: DescribedFile<'_>,
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
            Place::Server(_) | Place::Nowhere => {}
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
}

/// What the fields of a file are kept under.
pub(super) fn key_of(torrent: &TorrentTarget, file: usize) -> ContentKey {
    ContentKey {
        place: format!("{}/{file}", torrent.metainfo.info_hash()),
        validator: String::new(),
        length: torrent.metainfo.layout().files()[file].length,
    }
}
