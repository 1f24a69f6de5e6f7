//! What may be used of the .torrents that relays gave for a file, what is told of it, and who is set aside.
//!
//! In: what relays say of the file, and pieces that were compared with the publisher's server. Out: a [`RelayJudgement`]. Where the
//! publisher could not be asked, relays that do not contradict each other are used: a publisher that is down fails no download.

use super::joining::{ClaimedFile, FileClaim};
use super::list::shown;
use crate::app::messages::relay_message::{RelayMessage, RelayTrust};
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::publish::relay::acceptance::RelayAside;
use crate::publish::relay::comparison::{AfterVerdict, JudgedClaim, RelayVerdict, SourceCheck};
use crate::publish::relay::places::RelayBase;

/// What follows from the words of relays on one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayJudgement {
    /// Which of the claims may be used, by their numbers; all have one info-hash.
    pub usable: Vec<usize>,
    /// Relays of which nothing is used any more, and why.
    pub aside: Vec<(RelayBase, RelayAside)>,
    /// What speaks for those that may be used, to be told when one of them is. `None` when none may.
    pub relied: Option<RelayMessage>,
    /// What is told in any case.
    pub notes: Vec<RelayMessage>,
}

/// Judges the claims of a file. `checks` has one entry for each .torrent that was compared.
pub fn judge_file(file: &ClaimedFile, checks: &[SourceCheck], now: UtcTime) -> RelayJudgement {
    let mut judgement = RelayJudgement::default();
    for (number, claim) in file.claims.iter().enumerate() {
        let JudgedClaim { verdict, after } = verdict_on(file, number, checks);
        match after {
            AfterVerdict::Use => {
                let info_hash = claim.file.info_hash;
                let is_of_swarm = judgement
                    .usable
                    .first()
                    .is_none_or(|first| file.claims[*first].file.info_hash == info_hash);
                if is_of_swarm {
                    judgement.usable.push(number);
                    let relied = judgement.relied.take();
                    judgement.relied =
                        relied.or_else(|| trust_of(&verdict).map(|trust| relied_on(claim, trust)));
                }
            }
            AfterVerdict::SetRelayAside => {
                if let RelayVerdict::Contradicted { told, found, .. } = verdict {
                    judgement.notes.push(RelayMessage::Contradicted {
                        file: show(&claim.file.key.name),
                        relay: shown(&claim.relay),
                        told: told.hex(),
                        found: found.hex(),
                    });
                    let aside = RelayAside { since: now, key: claim.file.key.clone(), told, found };
                    judgement.aside.push((claim.relay.clone(), aside));
                }
            }
            AfterVerdict::AwaitSuccessor | AfterVerdict::LeaveFile | AfterVerdict::CheckAtSource => {
                judgement.notes.extend(left_because(claim, &verdict));
            }
        }
    }
    judgement
}

/// A relay's own torrent decides on it; that of another one only where it was found right.
fn verdict_on(file: &ClaimedFile, number: usize, checks: &[SourceCheck]) -> JudgedClaim {
    let info_hash = file.claims[number].file.info_hash;
    let own = checks.iter().find(|check| check.info_hash == info_hash);
    let right = || checks.iter().find(|check| check.wrong.is_none());
    file.judged(own.or_else(right)).swap_remove(number)
}

fn trust_of(verdict: &RelayVerdict) -> Option<RelayTrust> {
    match verdict {
        RelayVerdict::CheckedAtSource { right, pieces } => {
            Some(RelayTrust::CheckedAtSource { right: *right, pieces: *pieces })
        }
        RelayVerdict::AgreedBy { relays } => Some(RelayTrust::AgreedBy { relays: *relays }),
        RelayVerdict::OnlyThisRelay => Some(RelayTrust::OnlyThisRelay),
        RelayVerdict::Contradicted { .. } | RelayVerdict::ReplacedSince => None,
    }
}

fn relied_on(claim: &FileClaim, trust: RelayTrust) -> RelayMessage {
    RelayMessage::ReliedOn { file: show(&claim.file.key.name), relay: shown(&claim.relay), trust }
}

fn left_because(claim: &FileClaim, verdict: &RelayVerdict) -> Option<RelayMessage> {
    let (file, relay) = (show(&claim.file.key.name), shown(&claim.relay));
    match verdict {
        RelayVerdict::ReplacedSince => Some(RelayMessage::ReplacedAtSource { file, relay }),
        RelayVerdict::Contradicted { told, found, .. } => {
            Some(RelayMessage::NotDecided { file, relay, told: told.hex(), found: found.hex() })
        }
        RelayVerdict::CheckedAtSource { .. }
        | RelayVerdict::AgreedBy { .. }
        | RelayVerdict::OnlyThisRelay => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::super::spot_check::{PieceWish, SourceAnswer, compare};
    use super::*;
    use crate::publish::relay::offered::SourceFacts;

    /// Relays of which each has a file that is forged from that piece on.
    fn a_file(forged: &[usize]) -> ClaimedFile {
        let claim = |(number, forged): (u8, &usize)| FileClaim {
            relay: a_base(number),
            signer: Some(a_secret(number).public()),
            check: Default::default(),
            file: says(&octets(*forged)),
        };
        ClaimedFile { claims: (1..).zip(forged).map(claim).collect() }
    }

    /// What comparing `piece` of each .torrent with the publisher's server shows, which says that of its file.
    fn checks(forged: &[usize], piece: u32, now: &SourceFacts) -> Vec<SourceCheck> {
        let published = octets(5);
        let one = |forged: &usize| {
            let torrent = torrent_of(&octets(*forged));
            let range = torrent.layout().piece_range(piece).expect("a piece");
            let octets = published[range.start() as usize..range.end() as usize].to_vec();
            compare(&torrent, PieceWish { piece, range }, &SourceAnswer { facts: now.clone(), octets })
        };
        forged.iter().map(one).collect()
    }

    fn judged(forged: &[usize], checks: &[SourceCheck]) -> RelayJudgement {
        judge_file(&a_file(forged), checks, now())
    }

    fn trust(judgement: &RelayJudgement) -> Option<RelayTrust> {
        match &judgement.relied {
            Some(RelayMessage::ReliedOn { trust, .. }) => Some(*trust),
            _ => None,
        }
    }

    #[test]
    fn where_the_publisher_does_not_answer_relays_that_agree_are_used() {
        let alone = judged(&[5], &[]);
        assert_eq!((alone.usable.as_slice(), trust(&alone)), (&[0][..], Some(RelayTrust::OnlyThisRelay)));
        let both = judged(&[5, 5], &[]);
        let agreed = Some(RelayTrust::AgreedBy { relays: 2 });
        assert_eq!((both.usable.as_slice(), trust(&both)), (&[0, 1][..], agreed));
        let disputed = judged(&[5, 3], &[]);
        assert_eq!((disputed.usable.len(), disputed.aside.len(), disputed.notes.len()), (0, 0, 2));
    }

    #[test]
    fn a_piece_that_is_right_is_told() {
        let checked = judged(&[5], &checks(&[5], 2, &facts()));
        let right = RelayTrust::CheckedAtSource { right: 1, pieces: 5 };
        assert_eq!((checked.usable.as_slice(), trust(&checked)), (&[0][..], Some(right)));
    }

    #[test]
    fn a_relay_whose_piece_is_another_one_is_set_aside_with_both_digests() {
        let lied = judged(&[0], &checks(&[0], 2, &facts()));
        let [(base, aside)] = &lied.aside[..] else { panic!("{lied:?}") };
        assert_eq!((base, lied.usable.len()), (&a_base(1), 0));
        assert_ne!(aside.told, aside.found);
        let expected = RelayMessage::Contradicted {
            file: NAME.to_owned(),
            relay: "https://relay-1.example/".to_owned(),
            told: aside.told.hex(),
            found: aside.found.hex(),
        };
        assert_eq!(lied.notes, [expected]);
    }

    #[test]
    fn between_two_relays_the_piece_in_which_they_differ_decides() {
        let decided = judged(&[3, 5], &checks(&[3, 5], 3, &facts()));
        assert_eq!(decided.usable, [1]);
        assert_eq!(decided.aside.iter().map(|(base, _)| base).collect::<Vec<_>>(), [&a_base(1)]);
        // A relay whose .torrent was not to be had is judged by the one that was found right.
        let by_other = judged(&[3, 5], &checks(&[5], 3, &facts()));
        assert_eq!((by_other.usable.as_slice(), by_other.aside.len()), (&[1][..], 1));
    }

    #[test]
    fn a_file_that_was_replaced_at_its_source_is_no_lie_and_is_not_used() {
        let newer = SourceFacts { etag: Some("\"2\"".to_owned()), ..facts() };
        let replaced = judged(&[0], &checks(&[0], 2, &newer));
        assert_eq!((replaced.usable.len(), replaced.aside.len()), (0, 0));
        assert!(matches!(&replaced.notes[..], [RelayMessage::ReplacedAtSource { .. }]), "{replaced:?}");
    }

    #[test]
    fn where_no_version_can_be_told_the_file_is_left_and_the_relay_stays() {
        let silent = SourceFacts { etag: None, modified: None, ..facts() };
        let mut file = a_file(&[0]);
        file.claims[0].file.source = silent.clone();
        let left = judge_file(&file, &checks(&[0], 2, &silent), now());
        assert_eq!((left.usable.len(), left.aside.len()), (0, 0));
        assert!(matches!(&left.notes[..], [RelayMessage::NotDecided { .. }]), "{left:?}");
    }
}
