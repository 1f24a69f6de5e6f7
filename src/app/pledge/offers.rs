//! What relays offer of the datasets for which room was pledged.
//!
//! In: manifests that were accepted, providers' files, the terms, the time. Out: [`OfferedForPledge`]. A relay names only what a
//! provider's file names as well: an address that is not of the dataset's own pattern is no offer, whatever a relay says, so that
//! nobody fills other people's disks with files of their own. Start reading at [`offered_for`].

use super::terms::PledgeTerms;
use crate::app::relay::used::joining::{ClaimedFile, RelaySource, join};
use crate::app::relay::used::list::CheckShare;
use crate::catalog::entry::{EntryBook, Roads};
use crate::catalog::keys::Keys;
use crate::catalog::listing::{ListedFile, Size};
use crate::catalog::provider::{AddressKind, Dataset, EntryId, ProviderBook};
use crate::domain::octets::ByteCount;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::comparison::AfterVerdict;
use crate::publish::relay::offered::{RelayKey, WithdrawalReason};
use crate::publish::relay::places::RelayBase;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether relays are of one mind on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferAgreement {
    /// They are, or only one speaks of it.
    Agreed,
    /// They contradict each other, and nothing is decided.
    Disputed,
}

/// A file that relays offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PledgeOffer {
    /// Its swarm.
    pub info_hash: InfoHash,
    /// Which file it is.
    pub key: RelayKey,
    /// Its length in octets.
    pub length: u64,
    /// When its run began; when it was fetched, where its name tells no run.
    pub dated: UtcTime,
    /// The addresses of the relays that speak for it.
    pub relays: Vec<String>,
    /// Whether they are of one mind.
    pub agreement: OfferAgreement,
}

/// How an offered file can be downloaded.
#[derive(Clone, Debug)]
pub struct PledgeSource {
    /// What each relay says of it.
    pub claimed: Arc<ClaimedFile>,
    /// Its publisher's own addresses.
    pub roads: Roads,
}

/// What relays say, as far as it matters to an archive.
#[derive(Clone, Debug, Default)]
pub struct OfferedForPledge {
    /// What is offered, each swarm once.
    pub offers: Vec<PledgeOffer>,
    /// How each can be downloaded.
    pub sources: BTreeMap<InfoHash, PledgeSource>,
    /// Swarms whose file its publisher replaced, and the relays that say so.
    pub replaced: BTreeMap<InfoHash, BTreeSet<String>>,
}

/// What these relays offer of the datasets of `terms`.
pub fn offered_for(
    terms: &PledgeTerms,
    providers: &ProviderBook,
    relays: &[RelaySource],
    now: UtcTime,
) -> OfferedForPledge {
    // What is uploaded for months is worth one piece of each file at its publisher.
    let check = CheckShare::new(100).unwrap_or_default();
    let relays: Vec<RelaySource> =
        relays.iter().map(|relay| RelaySource { check, ..relay.clone() }).collect();
    let mut found = OfferedForPledge::default();
    for id in terms.entries() {
        if let Some((_, dataset)) = providers.find(&id) {
            found.add(&id, dataset, (&relays, now));
        }
    }
    for relay in &relays {
        let address = address_of(&relay.manifest.head.relay);
        let gone = relay.manifest.withdrawn.iter();
        for gone in gone.filter(|gone| gone.why == WithdrawalReason::Replaced) {
            found.replaced.entry(gone.info_hash).or_default().insert(address.clone());
        }
    }
    found
}

/// A relay as it is kept with a file.
pub fn address_of(relay: &RelayBase) -> String {
    relay.url().to_string()
}

impl OfferedForPledge {
    fn add(&mut self, id: &EntryId, dataset: &Dataset, (relays, now): (&[RelaySource], UtcTime)) {
        let book = book_of(dataset, relays, now);
        let joined = join(dataset, &book, relays, now);
        let wished = |package: &str| id.package.as_ref().is_none_or(|wished| wished == package);
        for entry in book.iter().filter(|entry| wished(entry.package())) {
            if let Some(claimed) = joined.get(&entry.values) {
                let roads = Roads { torrent: None, ..entry.roads(dataset) };
                self.add_claimed(claimed, &roads);
            }
        }
    }

    fn add_claimed(&mut self, claimed: &Arc<ClaimedFile>, roads: &Roads) {
        let judged = claimed.judged(None);
        for (claim, judged) in claimed.claims.iter().zip(judged) {
            let agreement = match judged.after {
                AfterVerdict::Use => OfferAgreement::Agreed,
                AfterVerdict::CheckAtSource
                | AfterVerdict::AwaitSuccessor
                | AfterVerdict::LeaveFile
                | AfterVerdict::SetRelayAside => OfferAgreement::Disputed,
            };
            let (file, relay) = (&claim.file, address_of(&claim.relay));
            if let Some(known) = self.offers.iter_mut().find(|known| known.info_hash == file.info_hash) {
                if !known.relays.contains(&relay) {
                    known.relays.push(relay);
                }
                continue;
            }
            self.offers.push(PledgeOffer {
                info_hash: file.info_hash,
                key: file.key.clone(),
                length: file.source.length,
                dated: file.key.run.unwrap_or(file.fetched),
                relays: vec![relay],
                agreement,
            });
            let source = PledgeSource { claimed: claimed.clone(), roads: roads.clone() };
            self.sources.insert(file.info_hash, source);
        }
    }
}

/// The files of a dataset that relays name by addresses of its own pattern.
fn book_of(dataset: &Dataset, relays: &[RelaySource], now: UtcTime) -> EntryBook {
    let path = dataset.path();
    let files = relays.iter().flat_map(|relay| &relay.manifest.files);
    let is_own = |address: &str| matches!(dataset.place(address), Some((AddressKind::Classic, _)));
    let own = files.filter(|file| file.key.dataset == path && is_own(file.source.address.as_str()));
    let rows: Vec<ListedFile> = own
        .map(|file| ListedFile {
            address: file.source.address.clone(),
            size: Size::Exact(ByteCount(file.source.length)),
            changed: None,
            keys: Keys::default(),
        })
        .collect();
    let mut book = EntryBook::default();
    book.add(dataset, &rows, now);
    book
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::pledge::made::*;
    use crate::catalog::provider::{FileOrigin, ProviderFile};
    use crate::domain::integrity::{Digest, DigestAlgorithm};
    use crate::publish::relay::manifest::{Manifest, ManifestFile, ManifestHead};
    use crate::publish::relay::offered::{SourceFacts, WithdrawnFile};
    use url::Url;

    const FILE: &str = r#"format = 1
name = { en = "A", fr = "A" }
licence = { name = "CC0", attribution = { en = "A", fr = "A" } }
politeness = { connections = 2 }
standing = { documented_on = "2026-11-20" }
[[dataset]]
id = "model"
title = { en = "M", fr = "M" }
packages = ["SP1", "SP2"]
cycles = [{ hours = [6], leads = "0..24" }]
file = "https://a.example/{run:%Y%m%d%H}/{package}_{lead:hh}_{run:%Y%m%d%H}.grib2"
"#;

    fn providers() -> ProviderBook {
        let file =
            ProviderFile { name: "a.toml".to_owned(), text: FILE.to_owned(), origin: FileOrigin::Embedded };
        ProviderBook::read([file])
    }

    /// What a relay says of the file at that address.
    fn says(number: u8, address: &str) -> ManifestFile {
        let address = Url::parse(address).expect("a URL");
        let name = address.path().rsplit('/').next().expect("a name").to_owned();
        let run = UtcTime::parse_rfc3339("2026-11-20T06:00:00Z");
        ManifestFile {
            key: RelayKey { dataset: "a/model".to_owned(), run, name },
            source: SourceFacts { address, length: 10, etag: Some("\"1\"".to_owned()), modified: None },
            fetched: now(),
            sha256: Digest::of(DigestAlgorithm::Sha256, &[number]),
            sha512: Digest::of(DigestAlgorithm::Sha512, &[number]),
            info_hash: InfoHash([number; 20]),
            index_sha256: None,
            expires: now().plus_minutes(60).expect("a time"),
            replaces: None,
        }
    }

    fn relay(number: u8, files: Vec<ManifestFile>) -> RelaySource {
        let url = Url::parse(&format!("https://relay-{number}.example/")).expect("a URL");
        let relay = RelayBase::new(url).expect("a base");
        let head = ManifestHead { relay, sequence: 1, time: now(), previous: None };
        let manifest = Arc::new(Manifest { head, files, withdrawn: Vec::new() });
        RelaySource { manifest, signer: None, check: CheckShare::default() }
    }

    fn terms(id: &str) -> PledgeTerms {
        PledgeTerms { most: 1_000, datasets: vec![id.to_owned()], relays: Vec::new() }
    }

    fn offers(id: &str, relays: &[RelaySource]) -> Vec<(u8, usize, OfferAgreement)> {
        let found = offered_for(&terms(id), &providers(), relays, now());
        assert_eq!(found.offers.len(), found.sources.len());
        found.offers.iter().map(|offer| (offer.info_hash.0[0], offer.relays.len(), offer.agreement)).collect()
    }

    const SP1: &str = "https://a.example/2026112006/SP1_07_2026112006.grib2";
    const SP2: &str = "https://a.example/2026112006/SP2_07_2026112006.grib2";

    #[test]
    fn files_of_the_wished_datasets_and_packages_are_offered() {
        let relays = [relay(1, vec![says(1, SP1), says(2, SP2)])];
        assert_eq!(offers("a/model", &relays).len(), 2);
        assert_eq!(offers("a/model/SP2", &relays), [(2, 1, OfferAgreement::Agreed)]);
        assert_eq!(offers("a/other", &relays), []);
    }

    #[test]
    fn an_address_that_is_not_of_the_providers_pattern_is_no_offer() {
        for address in [
            "https://evil.example/2026112006/SP1_07_2026112006.grib2",
            "https://a.example/film/SP1_07_2026112006.grib2",
            "https://a.example/2026112006/film.mkv",
        ] {
            assert_eq!(offers("a/model", &[relay(1, vec![says(1, address)])]), [], "{address}");
        }
    }

    #[test]
    fn relays_that_agree_are_one_offer_and_those_that_do_not_are_disputed() {
        let both = [relay(1, vec![says(1, SP1)]), relay(2, vec![says(1, SP1)])];
        assert_eq!(offers("a/model", &both), [(1, 2, OfferAgreement::Agreed)]);
        let apart = [relay(1, vec![says(1, SP1)]), relay(2, vec![says(3, SP1)])];
        let found = offers("a/model", &apart);
        assert!(found.iter().all(|(.., agreement)| *agreement == OfferAgreement::Disputed), "{found:?}");
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn who_says_that_a_file_was_replaced_is_known_and_what_expired_is_no_word_against_it() {
        let mut relay = relay(1, Vec::new());
        let gone = |number, why| WithdrawnFile {
            key: says(number, SP1).key,
            info_hash: InfoHash([number; 20]),
            since: now(),
            why,
        };
        let withdrawn = vec![gone(1, WithdrawalReason::Replaced), gone(2, WithdrawalReason::Expired)];
        Arc::make_mut(&mut relay.manifest).withdrawn = withdrawn;
        let found = offered_for(&terms("a/model"), &providers(), &[relay], now());
        let by = BTreeSet::from(["https://relay-1.example/".to_owned()]);
        assert_eq!(found.replaced, BTreeMap::from([(InfoHash([1; 20]), by)]));
    }
}
