//! Asking a tracker over HTTP how many have everything of a swarm (BEP 48).
//!
//! In: info-hashes; the body of an answer. Out: the query to ask with; how many seeds each of those swarms has, as the tracker
//! says. A count that no swarm of forecast files can have is no count. Start reading at [`scrape_query`] and [`read_scrape`].

use super::http::LONGEST_ANSWER;
use super::{TrackerError, shown};
use crate::catalog::bencode;
use crate::domain::torrent::InfoHash;
use crate::domain::url_component::encode_component;
use std::collections::{BTreeMap, BTreeSet};

/// Most swarms of one request: with all octets escaped the address stays below 4 KiB, which every server takes.
pub const MOST_ASKED: usize = 50;

/// More seeds than this are not believed: swarms of published forecasts are far smaller, and a tracker that answers with
/// the largest number there is would keep everybody from files that are rare.
pub const MOST_CREDIBLE: u32 = 1_000_000;

/// The query that asks for these swarms: `info_hash=…&info_hash=…`; those beyond [`MOST_ASKED`] are left out.
pub fn scrape_query(swarms: &[InfoHash]) -> String {
    let words =
        swarms.iter().take(MOST_ASKED).map(|swarm| format!("info_hash={}", encode_component(swarm.0)));
    words.collect::<Vec<_>>().join("&")
}

/// How many seeds there are of the swarms in `asked`. One that the tracker does not know, or of which it says what cannot be,
/// is left out, and so is one that was not asked for.
///
/// # Errors
/// [`TrackerError::Refused`] when the tracker says no; the others when it says nothing that can be understood.
pub fn read_scrape(body: &[u8], asked: &[InfoHash]) -> Result<BTreeMap<InfoHash, u32>, TrackerError> {
    if body.len() > LONGEST_ANSWER {
        return Err(TrackerError::TooLong { octets: body.len() });
    }
    let dictionary = bencode::read(body)?.value.dictionary().ok_or(TrackerError::NotADictionary)?;
    let [failure, files] = dictionary.pick(["failure reason", "files"])?;
    if let Some(failure) = failure {
        let reason = shown(failure.text().unwrap_or_default());
        return Err(TrackerError::Refused { reason, retry: None });
    }
    let files = files.and_then(bencode::Value::dictionary).ok_or(TrackerError::NotADictionary)?;
    let asked: BTreeSet<InfoHash> = asked.iter().copied().collect();
    let mut seeds = BTreeMap::new();
    for (key, counts) in files.entries() {
        let swarm = <[u8; 20]>::try_from(key).ok().map(InfoHash).filter(|swarm| asked.contains(swarm));
        let complete = counts.dictionary().and_then(|counts| counts.pick(["complete"]).ok());
        let complete = complete.and_then(|[complete]| u32::try_from(complete?.integer()?).ok());
        if let (Some(swarm), Some(complete)) = (swarm, complete.filter(|count| *count <= MOST_CREDIBLE)) {
            seeds.insert(swarm, complete);
        }
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::mutate;

    const ONE: InfoHash = InfoHash([b'a'; 20]);
    const OTHER: InfoHash = InfoHash([b'b'; 20]);

    fn answer(of: &[(InfoHash, &str)]) -> Vec<u8> {
        let mut body = b"d5:filesd".to_vec();
        for (swarm, complete) in of {
            body.extend_from_slice(b"20:");
            body.extend_from_slice(&swarm.0);
            body.extend_from_slice(format!("d8:completei{complete}e10:incompletei3ee").as_bytes());
        }
        body.extend_from_slice(b"ee");
        body
    }

    #[test]
    fn each_swarm_is_named_with_its_octets_escaped() {
        let query = scrape_query(&[InfoHash([0xff; 20]), ONE]);
        assert_eq!(query.matches("info_hash=").count(), 2);
        assert!(query.starts_with("info_hash=%FF%FF") && query.ends_with(&"a".repeat(20)), "{query}");
        let many = scrape_query(&[InfoHash([0xff; 20]); 80]);
        assert!(many.matches("info_hash=").count() == MOST_ASKED && many.len() < 4_096);
    }

    #[test]
    fn seeds_are_told_of_what_was_asked_and_of_nothing_else() {
        let seeds = read_scrape(&answer(&[(ONE, "3"), (OTHER, "0")]), &[OTHER]);
        assert_eq!(seeds, Ok(BTreeMap::from([(OTHER, 0)])));
    }

    #[test]
    fn a_count_that_cannot_be_is_no_count() {
        for count in ["4294967296", "4294967295", "1000001", "-1", "9223372036854775807"] {
            assert_eq!(read_scrape(&answer(&[(ONE, count)]), &[ONE]), Ok(BTreeMap::new()), "{count}");
        }
        assert_eq!(read_scrape(&answer(&[(ONE, "1000000")]), &[ONE]), Ok(BTreeMap::from([(ONE, 1_000_000)])));
    }

    #[test]
    fn a_refusal_and_a_web_page_are_no_counts() {
        let refused = read_scrape(b"d14:failure reason7:go awaye", &[ONE]);
        assert!(matches!(refused, Err(TrackerError::Refused { ref reason, .. }) if reason == "go away"));
        assert!(read_scrape(b"<html>", &[ONE]).is_err());
        assert_eq!(read_scrape(b"de", &[ONE]), Err(TrackerError::NotADictionary));
    }

    #[test]
    fn damaged_answers_are_read_without_a_panic() {
        let whole = answer(&[(ONE, "3"), (OTHER, "7")]);
        mutate(&[whole], |damaged| {
            let _ = read_scrape(damaged, &[ONE, OTHER]);
        });
    }
}
