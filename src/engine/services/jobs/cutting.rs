//! Puts chosen messages of a file together into one file, proves it, and moves it into place.
//!
//! In: messages by their octets, and a way to read them. Out: where the slice lies and what proves it. Every message
//! must be whole GRIB; a digest that an index tells must agree.

use super::messages::JobEnd;
use crate::app::request::{GetRequest, Split};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict, Voucher};
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::safe_path::SafePath;
use crate::domain::seal::Seal;
use crate::engine::store::directory::{Directory, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Partials, Published, publish_product};
use crate::engine::transfer::content::form_of;
pub(super) use crate::engine::transfer::content::headers::ReadRange;
use crate::grib::slicing::Slices;
use crate::grib::structure::StructureCheck;
use crate::transfer::verification::{Form, NoProof, Proof, accept_form, prove_by_index};
use std::collections::BTreeSet;
use std::io::Write;

/// A longer message is read in parts of this length.
const STRETCH: u64 = 1 << 20;

/// What proves a slice, beside its form.
#[derive(Clone)]
pub(super) enum Ground {
    /// The octets were proven by the hashes of their pieces.
    Pieces(Result<Proof, NoProof>),
    /// The index tells digests; who vouches for it.
    Index(Voucher),
    /// Nothing: only the form is looked at.
    Form,
}

/// What proves each of the slices that are cut out of one file.
pub(super) type GroundOf<'a> = dyn Fn(&Slices) -> Ground + Send + Sync + 'a;

/// What is cut, and where it goes.
pub(super) struct Cut<'a> {
    pub(super) slices: &'a Slices,
    pub(super) ground: Ground,
    pub(super) path: SafePath,
    pub(super) root: &'a Directory,
    pub(super) partials: &'a Partials,
}

impl Cut<'_> {
    /// Reads, checks and writes every message, and moves the file into place.
    pub(super) fn carry_out(&self, read: &ReadRange<'_>) -> Result<(Published, Verdict), JobEnd> {
        let name = format!(
            "slice-{}",
            &Digest::of(DigestAlgorithm::Sha256, self.path.to_string().as_bytes()).hex()[..16]
        );
        let directory = self.partials.directory();
        directory.remove_file(&name)?;
        let mut file = directory.open_file(&name, OpenHow::Update)?;
        let failed = |error| StoreError::from_io("write the slice", error);
        let mut check = StructureCheck::new();
        let mut digests = Vec::new();
        let mut whole = Digester::new(DigestAlgorithm::Sha256);
        let mut buffer = vec![0; STRETCH as usize];
        for message in &self.slices.messages {
            let mut digester = Digester::new(DigestAlgorithm::Sha256);
            let mut at = message.range.start();
            while let Some(range) = ByteRange::new(at, message.range.end().min(at + STRETCH)) {
                let part = &mut buffer[..range.count().0 as usize];
                read(range, part)?;
                check.update(part);
                digester.update(part);
                whole.update(part);
                file.write_all(part).map_err(failed)?;
                at = range.end();
            }
            digests.push(digester.finish());
        }
        let proof = self.prove(check, digests);
        let proof = proof.map_err(|error| {
            // The slice is made of what is held; nothing is lost with it.
            let _ = directory.remove_file(&name);
            JobEnd::from(error)
        })?;
        let mut published = publish_product(self.root, self.partials, &name, &self.path, &proof)?;
        published.seal = Some(Seal::of_whole(&whole.finish(), published.length.0));
        Ok((published, proof.verdict().clone()))
    }

    fn prove(&self, check: StructureCheck, digests: Vec<Digest>) -> Result<Proof, NoProof> {
        let length = self.slices.wanted();
        let form = match form_of(check.finish()) {
            Form::Unknown => Form::Broken { detail: "the index points to no GRIB message".to_owned() },
            form => form,
        };
        if let Form::Broken { detail } = form {
            return Err(NoProof::NotWellFormed { detail });
        }
        match &self.ground {
            Ground::Form => accept_form(form, length),
            Ground::Index(voucher) => {
                let told = self.slices.messages.iter().filter_map(|message| message.digest.clone());
                prove_by_index(told.zip(digests), length, voucher.clone())
            }
            Ground::Pieces(proof) => proof.clone(),
        }
    }
}

/// The files that a request makes of some messages of `file`, with their names.
pub(super) fn products(file: &str, request: &GetRequest, slices: &Slices) -> Vec<(String, Slices)> {
    let parts = match request.products.split {
        Split::Never => vec![slices.clone()],
        Split::ByParameter => slices.by_parameter().into_iter().map(|(_, part)| part).collect(),
    };
    let mut taken = BTreeSet::new();
    let named = parts.into_iter().map(|part| {
        let name = part.title.name_out_of(file);
        // Not every file system tells small letters from capital ones.
        let name =
            if taken.insert(name.to_lowercase()) { name } else { part.title.marked().name_out_of(file) };
        (name, part)
    });
    named.collect()
}

/// Octets to fetch for ranges by HTTP: neighbours are joined, those with the smallest gaps first, as long as that costs
/// no more than a fiftieth more octets. A request costs more than a short gap.
pub(super) fn coalesced(slices: &Slices) -> RangeSet {
    joined(slices.ranges(), slices.wanted().0 / 50)
}

fn joined(mut want: RangeSet, mut budget: u64) -> RangeSet {
    let ranges: Vec<ByteRange> = want.iter().collect();
    let between = |pair: &[ByteRange]| ByteRange::new(pair[0].end(), pair[1].start());
    let mut gaps: Vec<ByteRange> = ranges.windows(2).filter_map(between).collect();
    gaps.sort_by_key(|gap| gap.count());
    for gap in gaps {
        let ByteCount(count) = gap.count();
        if count > budget {
            break;
        }
        budget -= count;
        want.insert(gap);
    }
    want
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u64, u64)]) -> RangeSet {
        ranges.iter().filter_map(|&(start, end)| ByteRange::new(start, end)).collect()
    }

    #[test]
    fn the_smallest_gaps_are_joined_first_and_only_while_they_are_cheap() {
        let want = set(&[(0, 1_000), (1_030, 2_000), (2_005, 3_000), (3_010, 4_000), (9_000, 9_500)]);
        let joined = joined(want, 20);
        assert_eq!(joined, set(&[(0, 1_000), (1_030, 4_000), (9_000, 9_500)]), "gaps of 5 and 10, not of 30");
    }

    #[test]
    fn without_a_budget_nothing_is_joined() {
        let want = set(&[(0, 10), (11, 20)]);
        assert_eq!(joined(want.clone(), 0), want);
    }
}
