//! Whether an index may be believed, looked at before anything is fetched by it.
//!
//! In: an index beside a file, the wish, and a server that gives octets of the file, where there is one. Out: the index
//! with its last message ended, or why the headers have to be read instead. What is fetched by it is compared once more,
//! message by message, before it gets its name. Start reading at [`believable`].

use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::selection::{Answered, Attribute, Selection};
use crate::engine::transfer::field_index::{FoundIndex, read_range, walk_start};
use crate::engine::transfer::http::client::HttpClient;
use crate::grib::claim::{self, Misfit};
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, ChosenMessage};
use crate::transfer::address_rule::Reach;
use std::collections::BTreeSet;
use url::Url;

/// An index of so many messages that lacks something is left for the headers at once: reading them costs little.
const FEW_MESSAGES: usize = 64;

/// So many messages of a larger one, from the first to the last, are compared before it is believed that something is
/// lacking.
const SAMPLES: usize = 8;

/// A server that has the file.
pub(super) struct Heads<'a> {
    pub(super) client: &'a HttpClient,
    pub(super) url: &'a Url,
    pub(super) reach: Reach,
}

/// An index that may be believed.
pub(super) struct Believed {
    pub(super) found: FoundIndex,
    /// Something of the wish is lacking in it, and only some of its messages were compared with their headers.
    pub(super) sampled: Option<Sampled>,
}

/// How many messages of an index were compared with their headers, and how many it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sampled {
    pub(super) compared: usize,
    pub(super) messages: usize,
}

/// The index, with its last message ended by its own length.
///
/// # Errors
/// Why it cannot be believed, or does not tell enough for the wish.
pub(super) async fn believable(
    mut found: FoundIndex,
    selection: &Selection,
    length: ByteCount,
    heads: Option<&Heads<'_>>,
) -> Result<Believed, Misfit> {
    if let Some((start, heads)) = found.index.open_end.zip(heads) {
        close(&mut found.index, start, (heads, length)).await?;
    }
    claim::covers(&found.index, length.0)?;
    claim::tells(&found.index, selection)?;
    let mut sampled = None;
    if lacks_something(&found.index, selection) {
        let messages = messages_of(&found.index);
        if messages.len() <= FEW_MESSAGES {
            return Err(Misfit::NotListed);
        }
        let compared = match heads {
            Some(heads) => compare_samples(&messages, (heads, length)).await?,
            None => 0,
        };
        sampled = Some(Sampled { compared, messages: messages.len() });
    }
    Ok(Believed { found, sampled })
}

/// Ends the last message by the length that its section 0 tells.
async fn close(
    index: &mut GribIndex,
    start: u64,
    (heads, length): (&Heads<'_>, ByteCount),
) -> Result<(), Misfit> {
    let nothing = Misfit::NoMessage { at: start };
    let range = start.checked_add(claim::HEAD).and_then(|end| ByteRange::new(start, end.min(length.0)));
    let Some(range) = range else { return Err(nothing) };
    let at = (heads.url, heads.reach);
    match read_range(heads.client, at, range, length).await {
        Ok(octets) => {
            let own = claim::length_in_head(&octets).ok_or(nothing)?;
            index.close(own);
            match index.open_end {
                None => Ok(()),
                Some(at) => Err(Misfit::OtherLength { at, told: length.0 - at, found: own }),
            }
        }
        Err(reason) => {
            // The message is compared when it is here, to the end of the file.
            tracing::info!(%reason, "the last message of an index was not looked at");
            Ok(())
        }
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

/// Compares some messages with their headers. How many were, before the server gave no more.
async fn compare_samples(
    messages: &[ChosenMessage],
    (heads, length): (&Heads<'_>, ByteCount),
) -> Result<usize, Misfit> {
    let mut compared = 0;
    let last = messages.len().saturating_sub(1);
    let samples: BTreeSet<usize> = (0..SAMPLES).map(|number| number * last / (SAMPLES - 1)).collect();
    for message in samples.into_iter().filter_map(|at| messages.get(at)) {
        let start = message.range.start();
        match walk_start(heads.client, (heads.url, heads.reach), start, length).await {
            Ok(seen) => claim::confirm(std::slice::from_ref(message), &seen).map(|_| compared += 1)?,
            Err(reason) => {
                tracing::info!(%reason, "headers were not read");
                break;
            }
        }
    }
    Ok(compared)
}
