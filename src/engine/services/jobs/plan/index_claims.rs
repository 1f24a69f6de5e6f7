//! Whether an index may be believed, looked at before anything is fetched by it.
//!
//! In: an index beside a file, the wish, and a server that gives octets of the file, where there is one. Out: the index
//! with its last message ended, or why the headers have to be read instead. What is fetched by it is compared once more,
//! message by message, before it gets its name. Start reading at [`believable`].

use crate::app::jobs::index_doubt::{IndexDoubt, Sampled};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::selection::Selection;
use crate::engine::transfer::field_index::{FoundIndex, read_range, walk_start};
use crate::engine::transfer::http::client::HttpClient;
use crate::grib::claim::{self, Misfit};
use crate::grib::index::GribIndex;
use crate::grib::slicing::ChosenMessage;
use crate::transfer::address_rule::Reach;
use url::Url;

/// A server that has the file.
pub(super) struct HeaderSource<'a> {
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

/// The index, with its last message ended by its own length.
///
/// # Errors
/// Why it cannot be believed, or does not tell enough for the wish.
pub(super) async fn believable(
    mut found: FoundIndex,
    selection: &Selection,
    length: ByteCount,
    heads: Option<&HeaderSource<'_>>,
) -> Result<Believed, Misfit> {
    if let Some((start, heads)) = found.index.open_end.zip(heads) {
        close(&mut found.index, start, (heads, length)).await?;
    }
    let sampled = match IndexDoubt::of(&found.index, selection, length)? {
        None => None,
        Some(doubt) => {
            let compared = match heads {
                Some(heads) => compare_samples(doubt.samples(), (heads, length)).await?,
                None => 0,
            };
            Some(Sampled { compared, messages: doubt.messages() })
        }
    };
    Ok(Believed { found, sampled })
}

/// Ends the last message by the length that its section 0 tells.
async fn close(
    index: &mut GribIndex,
    start: u64,
    (heads, length): (&HeaderSource<'_>, ByteCount),
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

/// Compares some messages with their headers. How many were, before the server gave no more.
async fn compare_samples(
    samples: impl Iterator<Item = &ChosenMessage>,
    (heads, length): (&HeaderSource<'_>, ByteCount),
) -> Result<usize, Misfit> {
    let mut compared = 0;
    for message in samples {
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
