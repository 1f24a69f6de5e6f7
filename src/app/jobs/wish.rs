//! What is wished of a job: for all of its targets, or for the one entry of a catalogue that is being got.
//!
//! In: a [`GetRequest`], an announcement, an entry. Out: where files go, what they are cut into, how long they may take.
//! Nothing in it changes: for an entry another one is made of it.

use super::entry::MeantDataset;
use super::job_end::JobEnd;
use super::provenance::{CatalogOrigin, FileProvenance};
use crate::app::jobs::request::{GetRequest, Intent, Split};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::entry::Entry;
use crate::domain::content::Layout;
use crate::domain::integrity::{Digest, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::grib::slicing::Slices;
use crate::transfer::address_rule::Reach;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// What a message says of the file to get: no person named its URL, and its digest must be the file's.
#[derive(Clone, Debug)]
pub struct AnnouncedFile {
    /// The digest. `None` when none was announced that proves anything.
    pub digest: Option<Digest>,
    /// Who announced it.
    pub voucher: Voucher,
    /// Where the file goes.
    pub path: SafePath,
    /// Most octets it may have.
    pub most: ByteCount,
    /// How many it must have. `None` when that was not announced.
    pub length: Option<ByteCount>,
    /// A .torrent of the file, when it is got by one. Without one its URL is never taken for that of a .torrent.
    pub torrent: Option<Arc<[u8]>>,
}

/// What is wished.
#[derive(Clone)]
pub(crate) struct JobWish {
    pub(crate) request: Arc<GetRequest>,
    /// What a message says of the file.
    pub(crate) announced: Option<Arc<AnnouncedFile>>,
    /// The catalogue's entry that is being got.
    pub(crate) entry: Option<CatalogOrigin>,
    /// The folders below the one for finished files in which its files go.
    below: Option<SafePath>,
    /// When it was asked for.
    began: UtcTime,
}

impl JobWish {
    pub(crate) fn new(request: Arc<GetRequest>, began: UtcTime) -> Self {
        Self { request, announced: None, entry: None, below: None, began }
    }

    /// The wish for one file of a dataset.
    ///
    /// # Errors
    /// When the template for its folder cannot be filled.
    pub(crate) fn of_entry(&self, meant: &MeantDataset, entry: &Entry) -> Result<Self, JobEnd> {
        let mut one = GetRequest::clone(&self.request);
        one.files = None;
        if entry.leads().is_some_and(|(first, last)| first == last) {
            // The file is the hour.
            one.selection = one.selection.without_leads();
        }
        Ok(Self {
            below: meant.folder_of(entry, one.products.folder.as_deref())?,
            entry: Some(meant.origin_of(entry)),
            request: Arc::new(one),
            ..self.clone()
        })
    }

    /// The same, whose files go into these folders below the one for finished files.
    pub(crate) fn into_folders(self, folders: Option<SafePath>) -> Self {
        Self { below: folders, ..self }
    }

    /// The same with more servers that have the file.
    pub(crate) fn with_web_seeds(mut self, seeds: impl Iterator<Item = String>) -> Self {
        Arc::make_mut(&mut self.request).web_seeds.extend(seeds);
        self
    }

    /// Where the target's own URLs may lead: anywhere when a person typed them.
    pub(crate) fn reach(&self) -> Reach {
        if self.announced.is_some() { Reach::Public } else { Reach::Anywhere }
    }

    /// Whether it goes further than to say what it would cost.
    pub(crate) fn is_fetched(&self) -> bool {
        self.request.products.intent == Intent::Fetch
    }

    /// The digest that a message announced for the file, and who announced it.
    pub(crate) fn announced_digest(&self) -> Option<(Digest, Voucher)> {
        let announced = self.announced.as_ref()?;
        Some((announced.digest.clone()?, announced.voucher.clone()))
    }

    /// How long the files may take that are to come. `None` when they may take as long as it takes.
    pub(crate) fn time_left(&self, now: UtcTime) -> Option<Duration> {
        let within = self.request.products.within?;
        let since = self.entry.as_ref().and_then(CatalogOrigin::run).unwrap_or(self.began);
        let gone = u64::try_from(now.unix_seconds() - since.unix_seconds()).unwrap_or(0);
        Some(within.saturating_sub(Duration::from_secs(gone)))
    }

    /// The folders below the one for finished files in which files go.
    pub(crate) fn folders(&self) -> Option<&SafePath> {
        self.below.as_ref()
    }

    /// Where a file goes.
    pub(crate) fn path_of(&self, path: SafePath) -> SafePath {
        match &self.below {
            Some(folders) => path.below(folders),
            None => path,
        }
    }

    /// Where a file goes that is wanted whole: an announced one where its announcement says.
    pub(crate) fn path_of_whole(&self, name: &str) -> SafePath {
        match &self.announced {
            Some(announced) => announced.path.clone(),
            None => self.path_of(SafePath::from_name(name)),
        }
    }

    /// The layout with a file that was announced where its announcement puts it, whatever the .torrent calls it.
    ///
    /// # Errors
    /// When it is not the one file that was announced.
    pub(crate) fn placed(&self, layout: &Arc<Layout>) -> Result<Arc<Layout>, JobEnd> {
        let Some(announced) = &self.announced else { return Ok(layout.clone()) };
        let fits = layout.total() <= announced.most;
        let placed = layout.as_ref().clone().at(announced.path.clone()).filter(|_| fits);
        placed.map(Arc::new).ok_or_else(|| {
            let detail = "not the one file that was announced".to_owned();
            JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail })
        })
    }

    /// The files that are made of some messages of the file `name`, with their names.
    pub(crate) fn products(&self, name: &str, slices: &Slices) -> Vec<(String, Slices)> {
        let parts = match self.request.products.split {
            Split::Never => vec![slices.clone()],
            Split::ByParameter => slices.by_parameter().into_iter().map(|(_, part)| part).collect(),
        };
        let mut taken = BTreeSet::new();
        let named = parts.into_iter().map(|part| {
            let own = part.title.name_out_of(name);
            // Not every file system tells small letters from capital ones.
            let own =
                if taken.insert(own.to_lowercase()) { own } else { part.title.marked().name_out_of(name) };
            (own, part)
        });
        named.collect()
    }

    /// The same, each with the place where it goes.
    pub(crate) fn cuts(&self, path: &SafePath, name: &str, slices: &Slices) -> Vec<(SafePath, Slices)> {
        let placed = |(own, part): (String, Slices)| (self.path_of(path.with_file_name(&own)), part);
        self.products(name, slices).into_iter().map(placed).collect()
    }

    /// What is known of a file beside the file itself.
    pub(crate) fn provenance(&self, at: UtcTime) -> FileProvenance {
        FileProvenance {
            targets: self.request.targets.clone(),
            chosen: self.request.selection.to_words(),
            members: self.request.selection.member_words(),
            entry: self.entry.clone(),
            at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::request::Products;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(seconds).expect("a time")
    }

    fn wish(products: Products) -> JobWish {
        JobWish::new(Arc::new(GetRequest { products, ..GetRequest::default() }), at(1_000))
    }

    #[test]
    fn the_time_that_is_left_counts_from_the_request_where_there_is_no_run() {
        let wish = wish(Products { within: Some(Duration::from_secs(60)), ..Products::default() });
        assert_eq!(wish.time_left(at(1_020)), Some(Duration::from_secs(40)));
        assert_eq!(wish.time_left(at(1_200)), Some(Duration::ZERO));
        assert_eq!(wish.time_left(at(900)), Some(Duration::from_secs(60)), "a clock that was set back");
        assert_eq!(self::wish(Products::default()).time_left(at(1_020)), None);
    }

    #[test]
    fn an_announced_file_goes_where_its_announcement_says_and_leads_nowhere_private() {
        let mut wish = wish(Products::default());
        assert_eq!(wish.path_of_whole("a.grib2"), SafePath::from_name("a.grib2"));
        assert_eq!(wish.reach(), Reach::Anywhere);
        wish.announced = Some(Arc::new(AnnouncedFile {
            digest: None,
            voucher: Voucher::Person,
            path: SafePath::from_name("b.grib2"),
            most: ByteCount(9),
            length: None,
            torrent: None,
        }));
        assert_eq!(wish.path_of_whole("a.grib2"), SafePath::from_name("b.grib2"));
        assert_eq!(wish.reach(), Reach::Public);
        assert_eq!(wish.announced_digest().map(|(_, voucher)| voucher), None);
    }
}
