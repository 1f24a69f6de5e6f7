//! One piece of a file compared with what its publisher's own server sends.
//!
//! In: the .torrents that relays gave, chance, and what the publisher's server answered to a request for that piece. Out: which
//! piece is asked for, and a [`SourceCheck`] for each .torrent. The address that is asked is the provider's; a .torrent names none.

use super::list::CheckShare;
use crate::catalog::metainfo::Metainfo;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::publish::relay::comparison::{SourceCheck, WrongPiece, piece_to_check};
use crate::publish::relay::offered::SourceFacts;
use crate::transfer::http_answer::{AnswerHead, Body, RangeRequest, judge};
use crate::transfer::reason::Reason;
use url::Url;

/// A piece that is to be asked for at the publisher's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PieceWish {
    /// Which, from 0.
    pub piece: u32,
    /// Its octets.
    pub range: ByteRange,
}

/// What the publisher's server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAnswer {
    /// What it says of the file now.
    pub facts: SourceFacts,
    /// The octets of the piece; fewer when the file has no such piece any more.
    pub octets: Vec<u8>,
}

impl SourceAnswer {
    /// What came. `None` when the answer broke off: what is missing is no contradiction.
    pub fn new(facts: SourceFacts, octets: Vec<u8>, (wish, length): (PieceWish, u64)) -> Option<Self> {
        let is_whole = octets.len() as u64 == wish.range.count().0 || facts.length != length;
        is_whole.then_some(Self { facts, octets })
    }
}

/// Which piece is compared: of .torrents that contradict each other always one in which they differ, else one by chance.
/// `None` when none is to be, or none would decide.
pub fn piece_for(torrents: &[&Metainfo], share: CheckShare, chance: [f64; 2]) -> Option<PieceWish> {
    let (first, others) = torrents.split_first()?;
    let layout = first.layout();
    let differing: Vec<&&Metainfo> =
        others.iter().filter(|other| other.info_hash() != first.info_hash()).collect();
    let piece = match differing.first() {
        None => piece_to_check(layout.total().0, layout.pieces(), share.share(), chance)?,
        Some(other) => {
            let is_alike = other.layout().piece_length() == layout.piece_length()
                && other.layout().total() == layout.total();
            let differs =
                |piece: &u32| first.hashes().get(*piece as usize) != other.hashes().get(*piece as usize);
            let pieces: Vec<u32> = (0..layout.pieces()).filter(|piece| is_alike && differs(piece)).collect();
            let count = u32::try_from(pieces.len()).ok()?;
            // Whoever has to decide looks for certain.
            *pieces.get(piece_to_check(1, count, 1.0, [0.0, chance[1]])? as usize)?
        }
    };
    Some(PieceWish { piece, range: layout.piece_range(piece)? })
}

/// What the head of an answer to a request for `wish` says of the file at `address`, of which a relay says that it is `length`
/// octets long; and how many octets of the body come before the piece. `None` when it says nothing that could be compared.
pub fn facts_in(
    head: &AnswerHead,
    (address, length): (&Url, u64),
    wish: PieceWish,
) -> Option<(SourceFacts, u64)> {
    let asked = RangeRequest { range: wish.range, length: Some(ByteCount(length)) };
    let (length, skip) = match judge(asked, head) {
        Ok(Body::Part { range, skip, total }) if range.start() == wish.range.start() => {
            (total.map_or(length, |total| total.0), skip)
        }
        // The file is another one: the octets do not matter.
        Err(Reason::WrongLength { told, .. }) => (told.0, 0),
        // A server that gives no parts is not made to send the whole file for one piece.
        Ok(Body::Part { .. } | Body::Whole { .. }) | Err(_) => return None,
    };
    let etag = head.validator.clone().filter(|tag| tag.starts_with('"') || tag.starts_with("W/"));
    Some((SourceFacts { address: address.clone(), length, etag, modified: head.modified }, skip))
}

/// Compares a piece of a .torrent with what the publisher's server sent.
pub fn compare(torrent: &Metainfo, wish: PieceWish, answer: &SourceAnswer) -> SourceCheck {
    let found = Digest::of(DigestAlgorithm::Sha1, &answer.octets);
    let told = torrent.hashes().get(wish.piece as usize);
    let told = told.and_then(|octets| Digest::new(DigestAlgorithm::Sha1, octets));
    let is_right = told.as_ref() == Some(&found);
    let wrong = told.filter(|_| !is_right).map(|told| WrongPiece { piece: wish.piece, told, found });
    SourceCheck {
        info_hash: torrent.info_hash(),
        now: answer.facts.clone(),
        right: u32::from(is_right),
        pieces: torrent.layout().pieces(),
        wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::publish::relay::comparison::{SameVersion, same_version};

    fn always() -> CheckShare {
        CheckShare::new(100).expect("a share")
    }

    fn answer_of(octets: &[u8], wish: PieceWish) -> SourceAnswer {
        let (from, to) = (wish.range.start() as usize, wish.range.end() as usize);
        SourceAnswer { facts: facts(), octets: octets[from..to].to_vec() }
    }

    #[test]
    fn of_one_torrent_a_piece_is_compared_by_chance_and_of_two_that_differ_always() {
        let (right, forged) = (torrent_of(&octets(5)), torrent_of(&octets(3)));
        assert_eq!(piece_for(&[&right], CheckShare::default(), [0.5, 0.0]), None);
        let by_chance = piece_for(&[&right], always(), [0.5, 0.99]).expect("a piece");
        assert_eq!((by_chance.piece, by_chance.range.count().0), (4, 7), "the last one is shorter");
        for chance in [0.0, 0.4, 0.99] {
            let never = CheckShare::new(0).expect("a share");
            let wish = piece_for(&[&right, &right, &forged], never, [0.9, chance]).expect("a piece");
            assert!(wish.piece >= 3, "the first three are alike");
        }
    }

    #[test]
    fn torrents_of_other_lengths_are_not_decided_by_a_piece() {
        let right = torrent_of(&octets(5));
        let longer = torrent_of(&[octets(5), vec![1]].concat());
        assert_eq!(piece_for(&[&right, &longer], always(), [0.0, 0.0]), None);
        assert_eq!(piece_for(&[], always(), [0.0, 0.0]), None);
    }

    #[test]
    fn a_piece_is_right_or_wrong_with_both_digests() {
        let published = octets(5);
        for (torrent, piece, is_right) in [(5, 1, true), (3, 2, true), (3, 3, false), (0, 0, false)] {
            let torrent = torrent_of(&octets(torrent));
            let range = torrent.layout().piece_range(piece).expect("a piece");
            let wish = PieceWish { piece, range };
            let check = compare(&torrent, wish, &answer_of(&published, wish));
            assert_eq!((check.right == 1, check.wrong.is_none(), check.pieces), (is_right, is_right, 5));
            if let Some(wrong) = check.wrong {
                assert_ne!(wrong.told, wrong.found);
            }
        }
    }

    #[test]
    fn an_answer_that_breaks_off_decides_nothing() {
        let published = octets(5);
        let wish = piece_for(&[&torrent_of(&published)], always(), [0.0, 0.0]).expect("a piece");
        let came = |facts: SourceFacts, octets: &[u8]| {
            SourceAnswer::new(facts, octets.to_vec(), (wish, published.len() as u64))
        };
        assert_eq!(came(facts(), &published[..PIECE - 1]), None);
        assert!(came(facts(), &published[..PIECE]).is_some());
        assert!(came(SourceFacts { length: 3, ..facts() }, b"").is_some(), "it is another file");
    }

    fn head(status: u16, range: Option<&str>) -> AnswerHead {
        AnswerHead {
            status,
            content_range: range.map(str::to_owned),
            validator: Some("\"1\"".to_owned()),
            modified: facts().modified,
            ..AnswerHead::default()
        }
    }

    #[test]
    fn the_head_tells_whether_the_publisher_still_has_the_same_file() {
        let published = octets(5);
        let wish = piece_for(&[&torrent_of(&published)], always(), [0.0, 0.0]).expect("a piece");
        let of = |head: &AnswerHead| facts_in(head, (&facts().address, facts().length), wish);
        let total = published.len();
        let same = of(&head(206, Some(&format!("bytes 0-16383/{total}")))).expect("facts");
        assert_eq!((same_version(&same.0, &facts()), same.1), (SameVersion::Yes, 0));
        let longer = of(&head(206, Some(&format!("bytes 0-16383/{}", total + 1)))).expect("facts");
        assert_eq!(same_version(&longer.0, &facts()), SameVersion::No);
        let shorter = of(&head(416, Some("bytes */5"))).expect("facts");
        assert_eq!((shorter.0.length, same_version(&shorter.0, &facts())), (5, SameVersion::No));
        for useless in [head(200, None), head(500, None), head(404, None), head(206, None)] {
            assert_eq!(of(&useless), None, "{}", useless.status);
        }
    }
}
