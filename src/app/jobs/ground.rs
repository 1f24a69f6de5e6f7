//! Which messages are cut out of a file, and what proves the slice that is made of them.

use crate::domain::integrity::{Digest, Voucher};
use crate::domain::octets::RangeSet;
use crate::domain::safe_path::SafePath;
use crate::grib::slicing::Slices;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::ledger::Ledger;
use crate::transfer::verification::{
    Form, NoProof, Proof, accept_form, prove_by_index, prove_ranges_by_pieces,
};

/// Messages of one file of a content, and why they are taken for right.
#[derive(Debug)]
pub(crate) struct SlicePlan {
    /// The messages, counted in the file.
    pub(crate) slices: Slices,
    /// What proves them.
    pub(crate) ground: SliceGround,
    /// Where the file begins in the content.
    pub(crate) start: u64,
    /// Where the file would go.
    pub(crate) path: SafePath,
}

/// What is to prove the slices of a file, beside their form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SliceGround {
    /// The hashes of the pieces in which they lie; who vouches for these.
    Pieces(Voucher),
    /// The index tells digests; who vouches for it.
    Index(Voucher),
    /// Nothing: only the form is looked at.
    Form,
}

/// What proves one slice, beside its form.
#[derive(Clone)]
pub(crate) enum Ground {
    /// The octets were proven by the hashes of their pieces.
    Pieces(Result<Proof, NoProof>),
    /// The index tells digests; who vouches for it.
    Index(Voucher),
    /// Nothing: only the form is looked at.
    Form,
}

impl SliceGround {
    /// By the index when it tells the digest of each message, by the form otherwise.
    pub(crate) fn of_index(slices: &Slices, voucher: Voucher) -> Self {
        if slices.is_provable() { Self::Index(voucher) } else { Self::Form }
    }

    /// What proves one of the slices, of a file that begins at `start`.
    pub(crate) fn of_slice(
        &self,
        slices: &Slices,
        start: u64,
        (ledger, grid): (&Ledger, &ContentGrid),
    ) -> Ground {
        match self {
            Self::Pieces(voucher) => {
                Ground::Pieces(prove_ranges_by_pieces(ledger, grid, &shifted(start, slices), voucher.clone()))
            }
            Self::Index(voucher) => Ground::Index(voucher.clone()),
            Self::Form => Ground::Form,
        }
    }
}

impl Ground {
    /// Proves a slice of that form, whose messages have these digests.
    ///
    /// # Errors
    /// Why it is not proven.
    pub(crate) fn prove(&self, slices: &Slices, form: Form, digests: Vec<Digest>) -> Result<Proof, NoProof> {
        let length = slices.wanted();
        let form = match form {
            Form::Unknown => Form::Broken { detail: "the index points to no GRIB message".to_owned() },
            form => form,
        };
        if let Form::Broken { detail } = form {
            return Err(NoProof::NotWellFormed { detail });
        }
        match self {
            Self::Form => accept_form(form, length),
            Self::Index(voucher) => {
                let told = slices.messages.iter().filter_map(|message| message.digest.clone());
                prove_by_index(told.zip(digests), length, voucher.clone())
            }
            Self::Pieces(proof) => proof.clone(),
        }
    }
}

/// The messages of a file, counted in the content.
fn shifted(start: u64, slices: &Slices) -> RangeSet {
    slices.messages.iter().map(|message| message.range.shifted_by(start)).collect()
}
