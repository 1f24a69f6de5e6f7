//! What is said of a file that is wanted whole, to be compared with its headers before it gets its name.

use crate::domain::lead_time::LeadTime;
use crate::domain::selection::Selection;
use crate::grib::claim::{Misfit, confirm_named, confirm_whole};
use crate::grib::index::GribIndex;
use crate::grib::slicing::Slices;

/// What a file is said to hold, all of which is meant.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Which file.
    pub file: usize,
    /// What is said.
    pub told: Told,
    /// What is meant.
    pub selection: Selection,
}

/// What tells what a file holds.
#[derive(Clone, Debug)]
pub enum Told {
    /// An index, or headers that were read before: these messages.
    Index(Slices),
    /// Its own name: fields of this lead time.
    Name(LeadTime),
}

impl Expected {
    /// Compares it with what the headers say of the file `name`.
    ///
    /// # Errors
    /// The first claim that they contradict.
    pub fn compare(&self, name: &str, found: &GribIndex) -> Result<(), Misfit> {
        match &self.told {
            Told::Index(slices) => confirm_whole(slices, found, &self.selection).map(|_| ()),
            Told::Name(lead) => confirm_named(name, *lead, found),
        }
    }
}
