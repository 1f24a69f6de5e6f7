//! Opens what is inside a compressed file, so that its fields can be read like any other's.
//!
//! In: what was opened. Out: a file without a name that holds what is inside. Bounded, and removed by the system itself.

use super::inspecting::LARGEST_WHOLE;
use super::opening::Opened;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::compression::Compression;
use crate::domain::outside_text::{show, show_url, show_with_urls};
use crate::engine::context::EngineContext;
use crate::engine::transfer::field_index;
use crate::grib::index::GribIndex;
use crate::transfer::decompress::{DecompressError, decompress};
use std::fs::File;
use std::io::{Read, Write};

/// What is inside, and how it is compressed. `None` when it is not.
pub(in crate::engine) async fn inside(
    opened: &Opened,
    context: &EngineContext,
) -> Result<Option<(Compression, File)>, UserMessage> {
    let Some(compression) = Compression::from_magic(opened.first()) else { return Ok(None) };
    let (name, opening) = match opened {
        Opened::Local { path, .. } => {
            let own = path.clone();
            let opening = tokio::task::spawn_blocking(move || {
                decompressed(compression, File::open(&own).map_err(DecompressError::Io)?)
            });
            (show_with_urls(&path.display().to_string()), opening)
        }
        Opened::Remote { url, .. } => {
            let octets = opened.whole(LARGEST_WHOLE, context).await?;
            (show_url(url), tokio::task::spawn_blocking(move || decompressed(compression, &octets[..])))
        }
    };
    match opening.await {
        Ok(Ok(file)) => Ok(Some((compression, file))),
        Ok(Err(error)) => Err(message_of(error, name)),
        Err(error) => Err(UserMessage::Internal { detail: error.to_string() }),
    }
}

fn decompressed(compression: Compression, source: impl Read) -> Result<File, DecompressError> {
    let mut file = tempfile::tempfile().map_err(DecompressError::Io)?;
    decompress(compression, source, |octets| file.write_all(octets))?;
    Ok(file)
}

fn message_of(error: DecompressError, name: String) -> UserMessage {
    match error {
        DecompressError::Damaged { compression, detail } => {
            UserMessage::File(FileMessage::CompressedDamaged {
                name,
                compression: compression.name().to_owned(),
                detail,
            })
        }
        DecompressError::TooLarge => UserMessage::File(FileMessage::DecompressesTooLarge { name }),
        DecompressError::Io(error) => unreadable(&error),
    }
}

/// The fields of what is inside.
pub(in crate::engine) fn fields_of(inside: &File) -> Result<GribIndex, UserMessage> {
    field_index::walk_file(inside).map_err(|error| unreadable(&error))
}

/// What is inside cannot be written or read.
pub(in crate::engine) fn unreadable(error: &std::io::Error) -> UserMessage {
    UserMessage::DiskTrouble { detail: show(&error.to_string()) }
}
