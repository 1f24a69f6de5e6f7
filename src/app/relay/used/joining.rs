//! Files of a dataset that relays offer as well: the same bytes are one entry, with the torrent beside the classic address.
//!
//! In: what the publisher lists, the manifests that were accepted, the time. Out: [`RelayedFiles`]. A relay adds no file and no
//! address of one: its word counts where it names the very address that the provider's file gives. Start reading at [`join`].

use super::list::{CheckShare, shown};
use crate::app::jobs::entry::{local_name, may_be_as_listed};
use crate::app::messages::relay_message::{RelayDispute, RelayMessage};
use crate::catalog::entry::{Entry, EntryBook};
use crate::catalog::listing::Size;
use crate::catalog::metainfo::Metainfo;
use crate::catalog::provider::Dataset;
use crate::catalog::template::Values;
use crate::domain::outside_text::{redacted, show};
use crate::domain::safe_path::safe_name;
use crate::domain::utc::UtcTime;
use crate::publish::relay::comparison::{
    AfterVerdict, Contradiction, JudgedClaim, RelayClaim, RelayVerdict, SourceCheck, judge,
};
use crate::publish::relay::manifest::{Manifest, ManifestFile};
use crate::publish::relay::places::{OfWhich, RelayBase};
use crate::publish::relay::signing::PublicKey;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use url::Url;

/// Most disagreements of one look that are told.
const MOST_TOLD: usize = 3;

/// A relay whose manifest was accepted.
#[derive(Clone, Debug)]
pub struct RelaySource {
    /// What it says.
    pub manifest: Arc<Manifest>,
    /// The key that is kept for it. `None` when it does not sign.
    pub signer: Option<PublicKey>,
    /// How many of its files are checked.
    pub check: CheckShare,
}

/// What one relay says of one file, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileClaim {
    /// Which relay.
    pub relay: RelayBase,
    /// The key that is kept for it. `None` when it does not sign.
    pub signer: Option<PublicKey>,
    /// How many of its files are checked.
    pub check: CheckShare,
    /// What it says.
    pub file: ManifestFile,
}

impl FileClaim {
    fn as_claim(&self) -> RelayClaim<'_> {
        RelayClaim { relay: &self.relay, signer: self.signer.as_ref(), file: &self.file }
    }

    /// Where its .torrent lies.
    pub fn torrent(&self) -> Url {
        self.relay.of_file(&self.file.key, OfWhich::Torrent)
    }

    /// Whether this is the .torrent that the relay's manifest names.
    pub fn is_of(&self, torrent: &Metainfo) -> bool {
        let layout = torrent.layout();
        torrent.info_hash() == self.file.info_hash
            && layout.is_single_file()
            && layout.total().0 == self.file.source.length
            && layout.name == self.file.key.name
    }
}

/// A file that relays offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedFile {
    /// What each of them says; at least one.
    pub claims: Vec<FileClaim>,
}

impl ClaimedFile {
    /// A verdict for each claim, in their order; `check` is of the torrent of one of them.
    pub fn judged(&self, check: Option<&SourceCheck>) -> Vec<JudgedClaim> {
        let claims: Vec<RelayClaim<'_>> = self.claims.iter().map(FileClaim::as_claim).collect();
        judge(&claims, check)
    }

    /// The .torrent that may be used without asking the publisher first. `None` while relays contradict each other.
    pub fn torrent(&self) -> Option<Url> {
        let judged = self.judged(None);
        if judged.iter().any(|judged| judged.after == AfterVerdict::CheckAtSource) {
            return None;
        }
        let usable = self.claims.iter().zip(judged).find(|(_, judged)| judged.after == AfterVerdict::Use);
        usable.map(|(claim, _)| claim.torrent())
    }

    /// Whether that is the .torrent of one of the relays.
    pub fn has_torrent(&self, address: &Url) -> bool {
        self.claims.iter().any(|claim| claim.torrent() == *address)
    }

    /// Who contradicts whom, with both digests. `None` when nobody does.
    fn dispute(&self) -> Option<RelayMessage> {
        let judged = self.judged(None);
        let (claim, judged) =
            self.claims.iter().zip(judged).find(|(_, judged)| judged.after == AfterVerdict::CheckAtSource)?;
        let RelayVerdict::Contradicted { by: Contradiction::Relay { other }, told, found } = judged.verdict
        else {
            return None;
        };
        Some(RelayMessage::RelaysDisagree(Box::new(RelayDispute {
            file: show(&claim.file.key.name),
            one: shown(&claim.relay),
            told: told.hex(),
            other: shown(&other),
            found: found.hex(),
        })))
    }
}

/// The files of one dataset that relays offer.
#[derive(Clone, Debug, Default)]
pub struct RelayedFiles {
    files: BTreeMap<Arc<Values>, Arc<ClaimedFile>>,
}

impl RelayedFiles {
    /// The file of those values. `None` when no relay offers it.
    pub fn get(&self, values: &Values) -> Option<&Arc<ClaimedFile>> {
        self.files.get(values)
    }

    /// Leaves out what a relay says that was set aside.
    pub fn leave_out(&mut self, relay: &RelayBase) {
        self.files.retain(|_, file| {
            if file.claims.iter().any(|claim| claim.relay == *relay) {
                Arc::make_mut(file).claims.retain(|claim| claim.relay != *relay);
            }
            !file.claims.is_empty()
        });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds the road "torrent" to the files of `book` for which it may be used.
    pub fn add_roads(&self, book: &mut EntryBook) {
        for (values, file) in &self.files {
            if let Some(torrent) = file.torrent() {
                book.add_torrent(values, torrent);
            }
        }
    }

    /// The first disagreements among relays.
    pub fn disputes(&self) -> Vec<RelayMessage> {
        self.files.values().filter_map(|file| file.dispute()).take(MOST_TOLD).collect()
    }
}

/// Finds which files of `dataset` the relays offer.
pub fn join(dataset: &Dataset, book: &EntryBook, relays: &[RelaySource], now: UtcTime) -> RelayedFiles {
    let path = dataset.path();
    let mut by_address: HashMap<&str, Vec<(&RelaySource, &ManifestFile)>> = HashMap::new();
    for relay in relays {
        let files = relay.manifest.files.iter();
        for file in files.filter(|file| file.key.dataset == path && file.expires > now) {
            by_address.entry(file.source.address.as_str()).or_default().push((relay, file));
        }
    }
    let mut joined = RelayedFiles::default();
    if by_address.is_empty() {
        return joined;
    }
    for entry in book.iter().filter(|entry| entry.is_there()) {
        let Some(address) = entry.roads(dataset).classic else { continue };
        let Some(said) = by_address.get(redacted(&address).as_str()) else { continue };
        let mut claims: Vec<FileClaim> = Vec::new();
        for (relay, file) in said.iter().filter(|(_, file)| fits(dataset, entry, (&address, file))) {
            let base = &relay.manifest.head.relay;
            // One voice each, whatever it calls the file.
            if claims.iter().all(|claim| claim.relay != *base) {
                let (signer, check) = (relay.signer, relay.check);
                claims.push(FileClaim { relay: base.clone(), signer, check, file: (*file).clone() });
            }
        }
        if !claims.is_empty() {
            joined.files.insert(entry.values.clone(), Arc::new(ClaimedFile { claims }));
        }
    }
    joined
}

/// Whether what a relay says can be of this entry: its run, one of its names, its length as far as it is listed.
fn fits(dataset: &Dataset, entry: &Entry, (address, file): (&Url, &ManifestFile)) -> bool {
    let name = entry.name(dataset);
    let said = &file.key.name;
    let is_named = *said == name || *said == safe_name(&name) || *said == local_name(entry, address);
    let is_long =
        matches!(entry.size, Size::About(_) | Size::Unknown) || may_be_as_listed(entry, file.source.length);
    is_named && is_long && file.key.run == entry.values.run && file.source.length > 0
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::catalog::keys::Keys;
    use crate::catalog::listing::ListedFile;
    use crate::catalog::provider::AddressKind;
    use crate::catalog::provider::read::read_provider;
    use crate::domain::octets::ByteCount;

    fn a_dataset(more: &str) -> Arc<Dataset> {
        let text = format!(
            r#"format = 1
name = {{ en = "A", fr = "A" }}
licence = {{ name = "CC0", attribution = {{ en = "A", fr = "A" }} }}
politeness = {{ connections = 2 }}
standing = {{ documented_on = "2026-11-20" }}
[[dataset]]
id = "model"
title = {{ en = "M", fr = "M" }}
packages = ["SP1"]
cycles = [{{ hours = [6], leads = "0..24" }}]
file = "https://a.example/{{run:%Y%m%d%H}}/{{package}}_{{lead:hh}}_{{run:%Y%m%d%H}}.grib2"
{more}"#
        );
        read_provider("a.toml", &text).expect("a provider").datasets[0].clone()
    }

    fn listed(address: &str, size: Size) -> ListedFile {
        let address = address.parse().expect("an address");
        ListedFile { address, size, changed: None, keys: Keys::default() }
    }

    fn a_book(dataset: &Dataset, size: Size) -> EntryBook {
        let mut book = EntryBook::default();
        book.add(dataset, &[listed(ADDRESS, size)], now());
        book
    }

    fn exact() -> Size {
        Size::Exact(ByteCount(facts().length))
    }

    /// The road "torrent" of the one file of the book, after these relays spoke.
    fn road(relays: &[RelaySource]) -> Option<String> {
        let dataset = a_dataset("");
        let mut book = a_book(&dataset, exact());
        join(&dataset, &book, relays, now()).add_roads(&mut book);
        assert_eq!(book.len(), 1, "a relay adds no file");
        let entry = book.iter().next().expect("one");
        let roads = entry.roads(&dataset);
        assert_eq!(roads.classic.map(String::from).as_deref(), Some(ADDRESS));
        assert_eq!(roads.torrent.is_some(), entry.seen.has(AddressKind::Torrent));
        roads.torrent.map(String::from)
    }

    #[test]
    fn a_file_that_a_relay_offers_has_the_torrent_beside_the_classic_address() {
        let expected = format!("https://relay-1.example/torrent/a/model/2026-11-20T0600Z/{NAME}.torrent");
        assert_eq!(road(&[source(1, vec![says(&octets(5))])]), Some(expected));
        assert_eq!(road(&[]), None);
    }

    #[test]
    fn two_relays_with_the_same_bytes_are_two_voices_for_one_entry() {
        let dataset = a_dataset("");
        let relays = [1, 2].map(|number| source(number, vec![says(&octets(5))]));
        let joined = join(&dataset, &a_book(&dataset, exact()), &relays, now());
        assert_eq!(joined.len(), 1);
        let file = joined.files.values().next().expect("one");
        let agreed = RelayVerdict::AgreedBy { relays: 2 };
        assert!(file.judged(None).iter().all(|judged| judged.verdict == agreed));
        assert!(file.has_torrent(&file.claims[1].torrent()) && joined.disputes().is_empty());
    }

    #[test]
    fn relays_that_contradict_each_other_open_no_road_and_are_told_with_both_digests() {
        let dataset = a_dataset("");
        let relays = [source(1, vec![says(&octets(5))]), source(2, vec![says(&octets(0))])];
        assert_eq!(road(&relays), None);
        let joined = join(&dataset, &a_book(&dataset, exact()), &relays, now());
        let disputes = joined.disputes();
        let [RelayMessage::RelaysDisagree(dispute)] = &disputes[..] else { panic!("{disputes:?}") };
        let RelayDispute { one, told, other, found, .. } = &**dispute;
        assert!(one.contains("relay-1") && other.contains("relay-2"));
        assert_eq!((told, found), (&says(&octets(5)).sha256.hex(), &says(&octets(0)).sha256.hex()));
    }

    #[test]
    fn what_does_not_fit_the_entry_is_no_road_to_it() {
        let good = || says(&octets(5));
        let mut address = good();
        address.source.address = ADDRESS.replace("a.example", "evil.example").parse().expect("a URL");
        let mut length = good();
        length.source.length += 1;
        let mut name = good();
        name.key.name = "another.grib2".to_owned();
        let mut run = good();
        run.key.run = None;
        let mut dataset = good();
        dataset.key.dataset = "a/other".to_owned();
        let mut expired = good();
        expired.expires = now();
        for (what, file) in [
            ("address", address),
            ("length", length),
            ("name", name),
            ("run", run),
            ("dataset", dataset),
            ("expired", expired),
        ] {
            assert_eq!(road(&[source(1, vec![file])]), None, "{what}");
        }
    }

    #[test]
    fn a_length_that_is_not_listed_exactly_excludes_nothing() {
        let dataset = a_dataset("");
        for size in [Size::Unknown, Size::About(ByteCount(1 << 30))] {
            let relays = [source(1, vec![says(&octets(5))])];
            assert_eq!(join(&dataset, &a_book(&dataset, size), &relays, now()).len(), 1);
        }
    }

    #[test]
    fn the_torrent_of_the_provider_stays_before_those_of_relays() {
        let dataset = a_dataset("torrent = \"{file}.torrent\"\n");
        let own = format!("{ADDRESS}.torrent");
        let mut book = a_book(&dataset, exact());
        book.add(&dataset, &[listed(&own, Size::Unknown)], now());
        let joined = join(&dataset, &book, &[source(1, vec![says(&octets(5))])], now());
        joined.add_roads(&mut book);
        let entry = book.iter().next().expect("one");
        assert_eq!(entry.roads(&dataset).torrent.map(String::from), Some(own));
        assert!(joined.get(&entry.values).is_some(), "it still names more peers");
    }

    #[test]
    fn a_relay_that_is_set_aside_is_heard_no_more_of_any_file() {
        let dataset = a_dataset("");
        let relays = [source(1, vec![says(&octets(5))]), source(2, vec![says(&octets(0))])];
        let mut joined = join(&dataset, &a_book(&dataset, exact()), &relays, now());
        joined.leave_out(&a_base(2));
        assert!(joined.disputes().is_empty());
        assert_eq!(joined.files.values().filter_map(|file| file.torrent()).count(), 1);
        joined.leave_out(&a_base(1));
        assert!(joined.is_empty());
    }

    #[test]
    fn a_torrent_is_the_one_that_the_manifest_names_or_none() {
        let claim = FileClaim {
            relay: a_base(1),
            signer: None,
            check: CheckShare::default(),
            file: says(&octets(5)),
        };
        assert!(claim.is_of(&torrent_of(&octets(5))));
        assert!(!claim.is_of(&torrent_of(&octets(3))));
    }

    #[test]
    fn a_file_that_is_listed_no_longer_is_not_brought_back_by_a_relay() {
        let dataset = a_dataset("");
        let mut book = EntryBook::default();
        book.add_withdrawn(&dataset, &[(listed(ADDRESS, exact()), now())]);
        assert!(join(&dataset, &book, &[source(1, vec![says(&octets(5))])], now()).is_empty());
    }
}
