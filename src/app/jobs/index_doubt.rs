//! Whether an index may be believed, as far as it can be told from itself.
//!
//! In: an index beside a file, and the wish. Out: why it is of no use, or which of its messages are compared with their own
//! headers before it is believed that something is lacking.

use crate::domain::octets::ByteCount;
use crate::domain::selection::{Answered, Attribute, Selection};
use crate::grib::claim::{self, Misfit};
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, ChosenMessage};
use std::collections::BTreeSet;

/// An index of so many messages that lacks something is left for the headers at once: reading them costs little.
const FEW_MESSAGES: usize = 64;

/// So many messages of a larger one, from the first to the last, are compared before it is believed that something is
/// lacking.
const SAMPLES: usize = 8;

/// An index of many messages in which something of the wish is lacking.
#[derive(Debug)]
pub(crate) struct IndexDoubt {
    messages: Vec<ChosenMessage>,
}

/// How many messages of an index were compared with their headers, and how many it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sampled {
    pub(crate) compared: usize,
    pub(crate) messages: usize,
}

impl IndexDoubt {
    /// What is doubtful of an index of a file of `length` octets. `None` when nothing is.
    ///
    /// # Errors
    /// Why it cannot be believed, or does not tell enough for the wish.
    pub(crate) fn of(
        index: &GribIndex,
        selection: &Selection,
        length: ByteCount,
    ) -> Result<Option<Self>, Misfit> {
        claim::covers(index, length.0)?;
        claim::tells(index, selection)?;
        if !lacks_something(index, selection) {
            return Ok(None);
        }
        let messages = messages_of(index);
        if messages.len() <= FEW_MESSAGES { Err(Misfit::NotListed) } else { Ok(Some(Self { messages })) }
    }

    /// How many messages it lists.
    pub(crate) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// The messages to compare with their headers.
    pub(crate) fn samples(&self) -> impl Iterator<Item = &ChosenMessage> {
        let last = self.messages.len().saturating_sub(1);
        let samples: BTreeSet<usize> = (0..SAMPLES).map(|number| number * last / (SAMPLES - 1)).collect();
        samples.into_iter().filter_map(|at| self.messages.get(at))
    }
}

/// Whether a parameter or level that was named, or everything, is lacking. Other files may have other lead times.
fn lacks_something(index: &GribIndex, selection: &Selection) -> bool {
    let Ok(slices) = slicing::plan(index, selection) else { return true };
    let mut answered = Answered::of(selection);
    answered.note(&slices.met, &slices.leads);
    answered.lacking().iter().any(|wished| wished.what != Attribute::LeadTime)
}

/// All messages with all that is told of them.
fn messages_of(index: &GribIndex) -> Vec<ChosenMessage> {
    slicing::plan(index, &Selection::everything()).map_or_else(|_| Vec::new(), |all| all.messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteRange;

    fn doubt(count: u64) -> IndexDoubt {
        let message = |at: u64| ChosenMessage {
            range: ByteRange::new(at * 10, at * 10 + 10).expect("octets"),
            digest: None,
            params: BTreeSet::new(),
            claims: Vec::new(),
        };
        IndexDoubt { messages: (0..count).map(message).collect() }
    }

    #[test]
    fn the_first_and_the_last_message_are_among_those_that_are_compared() {
        let doubt = doubt(100);
        let starts: Vec<u64> = doubt.samples().map(|message| message.range.start()).collect();
        assert_eq!(starts.len(), SAMPLES);
        assert_eq!((starts.first(), starts.last()), (Some(&0), Some(&990)));
    }

    #[test]
    fn an_index_that_lists_nothing_of_a_file_leaves_it_out() {
        let index = GribIndex::default();
        let misfit = IndexDoubt::of(&index, &Selection::everything(), ByteCount(1_000));
        assert!(matches!(misfit, Err(Misfit::LeavesOut { from: 0, to: 1_000 })), "{misfit:?}");
    }
}
