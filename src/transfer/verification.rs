//! The only maker of a [`Proof`], without which no file is moved into place.
//!
//! In: bytes, held octets and published digests. Out: checked units, proofs, or what does not agree.
//! A proof is a verdict with its method and voucher; a mismatch never becomes one.

use super::assembly::{ContentGrid, Unit};
use super::ledger::Ledger;
use crate::domain::data_kind::{Promised, is_page};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Method, Verdict, Voucher};
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::show;
use crate::domain::torrent::PieceHashes;
use crate::grib::claim::Misfit;
use crate::grib::structure::Structure;
use bytes::Bytes;

/// A unit that may be written and counted as held.
#[derive(Clone, Debug)]
pub struct CheckedUnit {
    unit: Unit,
    own_digest: Option<Digest>,
}

impl CheckedUnit {
    /// Where it lies in the content.
    pub fn range(&self) -> ByteRange {
        self.unit.range
    }

    /// Its octets, in order.
    pub fn frames(&self) -> &[Bytes] {
        &self.unit.frames
    }

    /// Our own SHA-256 of it, where no hash was published: lets a restart know it again.
    pub fn own_digest(&self) -> Option<&Digest> {
        self.own_digest.as_ref()
    }
}

/// A unit that does not have its published hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongUnit {
    /// Where it lies in the content.
    pub range: ByteRange,
}

/// Checks a unit: a piece against its published hash; a block, for which nothing was published, is only digested.
///
/// # Errors
/// [`WrongUnit`] when the hash is another, or when there is none for it.
pub fn check(unit: Unit, grid: &ContentGrid, hashes: Option<&PieceHashes>) -> Result<CheckedUnit, WrongUnit> {
    let range = unit.range;
    let ContentGrid::Pieces(layout) = grid else {
        let own_digest = Some(digest_of(DigestAlgorithm::Sha256, &unit.frames));
        return Ok(CheckedUnit { unit, own_digest });
    };
    let piece = layout.piece_at(range.start());
    let published = hashes.and_then(|hashes| hashes.get(piece as usize));
    let is_whole = layout.piece_range(piece) == Some(range);
    let is_right = is_whole
        && published.is_some_and(|hash| digest_of(DigestAlgorithm::Sha1, &unit.frames).octets() == hash);
    if is_right { Ok(CheckedUnit { unit, own_digest: None }) } else { Err(WrongUnit { range }) }
}

fn digest_of(algorithm: DigestAlgorithm, frames: &[Bytes]) -> Digest {
    let mut digester = Digester::new(algorithm);
    frames.iter().for_each(|frame| digester.update(frame));
    digester.finish()
}

/// A licence to move a file into place: what is known of its integrity, and nothing known against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    verdict: Verdict,
    length: ByteCount,
}

impl Proof {
    /// What is known of the file's integrity.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Length of the file it is for.
    pub fn length(&self) -> ByteCount {
        self.length
    }
}

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// Octets are missing.
    #[error("not all is held")]
    NotHeld,
    /// A digest is another than published.
    #[error("digest mismatch in {what}")]
    Mismatch {
        /// What was checked: a file, or a message by its number.
        what: String,
        /// What was published.
        announced: Digest,
        /// What the bytes give.
        computed: Digest,
    },
    /// The fields are not those that an index told.
    #[error("not as told: {0}")]
    NotAsTold(Misfit),
    /// The bytes are not what their index says.
    #[error("not well formed: {detail}")]
    NotWellFormed {
        /// What is wrong and where, for the log.
        detail: String,
    },
    /// GRIB was asked for, and nothing of what came is any.
    #[error("{name} is no GRIB: {} octets that begin with {beginning:?}", length.0)]
    NotGrib {
        /// What was asked for.
        name: String,
        /// How long what came is.
        length: ByteCount,
        /// How it begins, fit to be shown.
        beginning: String,
    },
    /// Data was asked for, and a page or a text of a service came.
    #[error("a page or text came instead of {name}: {beginning:?}")]
    TextInsteadOfData {
        /// What was asked for.
        name: String,
        /// How it begins, fit to be shown.
        beginning: String,
    },
}

/// What a file of which nobody published a digest was asked as, and how what came begins.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it was asked as.
    pub promised: Promised,
    /// Its first octets.
    pub beginning: &'a [u8],
    /// Its length.
    pub length: ByteCount,
}

/// How many octets of what came are shown.
pub const SHOWN_OCTETS: usize = 120;

impl ReceivedFile<'_> {
    /// Why it cannot be what was asked for, though it is no GRIB that could be broken.
    pub fn refusal(&self) -> Option<NoProof> {
        let name = show(self.name);
        let shown = &self.beginning[..self.beginning.len().min(SHOWN_OCTETS)];
        let beginning = show(String::from_utf8_lossy(shown).trim());
        match self.promised {
            Promised::Grib => Some(NoProof::NotGrib { name, length: self.length, beginning }),
            Promised::OtherData if is_page(self.beginning) => {
                Some(NoProof::TextInsteadOfData { name, beginning })
            }
            Promised::OtherData | Promised::Anything => None,
        }
    }
}

/// Lets a file pass for which nobody published a digest, as [`accept_form`] does, unless it is not what it was asked as.
///
/// # Errors
/// [`NoProof`] for broken GRIB, for anything else in place of GRIB, and for a page in place of other data.
pub fn accept_received(form: Form, received: ReceivedFile<'_>) -> Result<Proof, NoProof> {
    match received.refusal() {
        Some(refusal) if form == Form::Unknown => Err(refusal),
        _ => accept_form(form, received.length),
    }
}

/// Proves octets that were put together from `ranges` of a content, whose pieces were checked as each was written.
///
/// # Errors
/// [`NoProof::NotHeld`] when a piece of them is missing.
pub fn prove_ranges_by_pieces(
    ledger: &Ledger,
    grid: &ContentGrid,
    ranges: &RangeSet,
    voucher: Voucher,
) -> Result<Proof, NoProof> {
    for range in ranges.iter() {
        prove_by_pieces(ledger, grid, Some(range), voucher.clone())?;
    }
    Ok(Proof { verdict: Verdict::Verified { method: Method::PieceHashes, voucher }, length: ranges.count() })
}

/// Proves `range` of a content by the hashes of its pieces, which were checked as each was written.
///
/// # Errors
/// [`NoProof::NotHeld`] when a piece of it is missing.
pub fn prove_by_pieces(
    ledger: &Ledger,
    grid: &ContentGrid,
    range: Option<ByteRange>,
    voucher: Voucher,
) -> Result<Proof, NoProof> {
    let is_held = matches!(grid, ContentGrid::Pieces(_))
        && range.is_none_or(|range| ledger.is_held(grid.widened(range)));
    let verdict = Verdict::Verified { method: Method::PieceHashes, voucher };
    let length = range.map_or(ByteCount::ZERO, ByteRange::count);
    if is_held { Ok(Proof { verdict, length }) } else { Err(NoProof::NotHeld) }
}

/// Proves a slice by the digest that an index gives for each of its messages.
///
/// # Errors
/// [`NoProof::Mismatch`] names the first message that differs; a missing digest counts as one.
pub fn prove_by_index(
    messages: impl IntoIterator<Item = (Digest, Digest)>,
    length: ByteCount,
    voucher: Voucher,
) -> Result<Proof, NoProof> {
    for (number, (announced, computed)) in messages.into_iter().enumerate() {
        if announced != computed {
            return Err(NoProof::Mismatch { what: format!("message {}", number + 1), announced, computed });
        }
    }
    Ok(Proof { verdict: Verdict::Verified { method: Method::IndexedDigest, voucher }, length })
}

/// Proves a file by a digest of the whole that somebody announced.
///
/// # Errors
/// [`NoProof::Mismatch`] when the bytes give another one.
pub fn prove_by_digest(
    announced: Digest,
    computed: Digest,
    length: ByteCount,
    voucher: Voucher,
) -> Result<Proof, NoProof> {
    let method = Method::AnnouncedDigest(announced.algorithm());
    if announced != computed {
        return Err(NoProof::Mismatch { what: "file".to_owned(), announced, computed });
    }
    Ok(Proof { verdict: Verdict::Verified { method, voucher }, length })
}

/// What a look at the form of a file shows, when no digest was published for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// GRIB, each message ending where its length says.
    WellFormed,
    /// GRIB that is broken.
    Broken {
        /// What is wrong and where, for the log.
        detail: String,
    },
    /// No GRIB: nothing can be said.
    Unknown,
}

/// What a look at the form of a file means for its proof.
pub(crate) fn form_of(structure: Structure) -> Form {
    match structure {
        Structure::WellFormed { .. } => Form::WellFormed,
        Structure::Broken { detail } => Form::Broken { detail },
        Structure::NotGrib => Form::Unknown,
    }
}

/// Lets a file pass for which nobody published a digest: well-formed GRIB, or anything that is no GRIB at all.
///
/// # Errors
/// [`NoProof::NotWellFormed`] for broken GRIB.
pub fn accept_form(form: Form, length: ByteCount) -> Result<Proof, NoProof> {
    let verdict = match form {
        Form::WellFormed => Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody },
        Form::Unknown => Verdict::NotAnnounced,
        Form::Broken { detail } => return Err(NoProof::NotWellFormed { detail }),
    };
    Ok(Proof { verdict, length })
}

/// Lets a file pass whose digest was announced in a way that proves nothing, or cannot be read: it is never called verified.
///
/// # Errors
/// [`NoProof::NotWellFormed`] for broken GRIB.
pub fn accept_unverifiable(said: Verdict, form: Form, length: ByteCount) -> Result<Proof, NoProof> {
    let verdict = match said {
        Verdict::CannotBeVerified { .. } | Verdict::UnreadableDigest => said,
        _ => return accept_form(form, length),
    };
    match form {
        Form::Broken { detail } => Err(NoProof::NotWellFormed { detail }),
        Form::WellFormed | Form::Unknown => Ok(Proof { verdict, length }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::{ContentFile, Layout};
    use crate::domain::safe_path::SafePath;
    use crate::domain::source::SourceId;
    use std::sync::Arc;

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    /// Two pieces of ten octets and one of five, all of ones.
    fn content() -> (ContentGrid, PieceHashes) {
        let file = ContentFile {
            path: SafePath::from_name("x"),
            published: Vec::new(),
            start: 0,
            length: ByteCount(25),
            is_padding: false,
        };
        let layout = Layout::new("x".to_owned(), vec![file], 10).expect("a sound layout");
        let hash = |length: usize| {
            Digest::of(DigestAlgorithm::Sha1, &vec![1; length]).octets().try_into().expect("20")
        };
        (ContentGrid::Pieces(Arc::new(layout)), PieceHashes::new(vec![hash(10), hash(10), hash(5)]))
    }

    fn unit(start: u64, end: u64, octet: u8) -> Unit {
        let half = (end - start) as usize / 2;
        let bytes = Bytes::from(vec![octet; (end - start) as usize]);
        Unit { range: range(start, end), frames: vec![bytes.slice(..half), bytes.slice(half..)] }
    }

    #[test]
    fn a_piece_is_right_only_whole_and_with_its_own_hash() {
        let (grid, hashes) = content();
        assert!(check(unit(0, 10, 1), &grid, Some(&hashes)).is_ok());
        assert!(check(unit(20, 25, 1), &grid, Some(&hashes)).is_ok());
        assert_eq!(
            check(unit(0, 10, 2), &grid, Some(&hashes)).err(),
            Some(WrongUnit { range: range(0, 10) })
        );
        assert!(check(unit(0, 5, 1), &grid, Some(&hashes)).is_err());
        assert!(check(unit(0, 10, 1), &grid, None).is_err());
    }

    #[test]
    fn a_block_without_published_hash_gets_our_own_digest() {
        let (ContentGrid::Pieces(layout), _) = content() else { unreachable!("a content in pieces") };
        let checked = check(unit(0, 10, 1), &ContentGrid::Blocks(layout), None).expect("nothing to be wrong");
        assert_eq!(checked.own_digest(), Some(&Digest::of(DigestAlgorithm::Sha256, &[1; 10])));
    }

    #[test]
    fn a_file_is_proven_by_its_pieces_only_when_all_are_held() {
        let (grid, _) = content();
        let mut ledger = Ledger::new();
        ledger.hold(range(0, 20), SourceId::SWARM);
        let proof = prove_by_pieces(&ledger, &grid, Some(range(3, 12)), Voucher::Person).expect("held");
        assert_eq!(proof.length(), ByteCount(9));
        assert_eq!(
            prove_by_pieces(&ledger, &grid, Some(range(3, 21)), Voucher::Person),
            Err(NoProof::NotHeld)
        );
    }

    #[test]
    fn one_message_that_differs_spoils_the_slice() {
        let right = Digest::of(DigestAlgorithm::Sha256, b"a");
        let wrong = Digest::of(DigestAlgorithm::Sha256, b"b");
        let pairs = [(right.clone(), right.clone()), (right.clone(), wrong.clone())];
        let refused = prove_by_index(pairs, ByteCount(2), Voucher::Nobody);
        let what = "message 2".to_owned();
        assert_eq!(refused, Err(NoProof::Mismatch { what, announced: right, computed: wrong }));
    }

    #[test]
    fn a_digest_that_proves_nothing_never_makes_a_file_verified() {
        let said = Verdict::CannotBeVerified { named: "random".to_owned() };
        let proof = accept_unverifiable(said.clone(), Form::WellFormed, ByteCount(5)).expect("it may pass");
        assert_eq!(proof.verdict(), &said);
        let broken = Form::Broken { detail: String::new() };
        assert!(accept_unverifiable(Verdict::UnreadableDigest, broken, ByteCount(5)).is_err());
    }

    #[test]
    fn an_error_page_is_no_grib_and_data_of_another_kind_is_no_error() {
        let text = b"Error: over quota\x1b[2J";
        let length = ByteCount(text.len() as u64);
        let received =
            |name, beginning| ReceivedFile { name, promised: Promised::by_name(name), beginning, length };
        let Err(NoProof::NotGrib { beginning, .. }) =
            accept_received(Form::Unknown, received("x.grib2", text))
        else {
            panic!("it passes for GRIB")
        };
        assert!(beginning.starts_with("Error: over quota") && !beginning.contains('\u{1b}'), "{beginning}");
        assert!(accept_received(Form::Unknown, received("x.nc", b"CDF\x01")).is_ok());
        assert!(accept_received(Form::Unknown, received("x.nc", b"<html>")).is_err());
        assert!(accept_received(Form::Unknown, received("notes", b"<html>")).is_ok());
        assert!(accept_received(Form::WellFormed, received("x.grib2", b"bulletin GRIB")).is_ok());
    }

    #[test]
    fn well_formed_grib_is_vouched_for_by_nobody() {
        let proof = accept_form(Form::WellFormed, ByteCount(5)).expect("well formed");
        let expected = Verdict::Verified { method: Method::Structure, voucher: Voucher::Nobody };
        assert_eq!(proof.verdict(), &expected);
        assert!(accept_form(Form::Broken { detail: String::new() }, ByteCount(5)).is_err());
        assert_eq!(accept_form(Form::Unknown, ByteCount(5)).map(|p| p.verdict), Ok(Verdict::NotAnnounced));
    }
}
