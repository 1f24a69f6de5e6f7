//! What was handed over, as far as it can be known without contacting anybody; reads the file that it names.

use crate::app::handed_over::described;
use crate::app::messages::user_message::UserMessage;
use crate::app::vitals::HandedOver;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::file_kind::FileKind;
use crate::domain::outside_text::show_with_urls;
use crate::engine::store::positioned::read_bounded;
use std::path::Path;

/// How much of a file is read to see what it is.
const FIRST_LOOK: u64 = 4096;

/// What is done about something that was handed over.
pub(in crate::engine) enum Handed {
    /// It is asked about.
    Asked(Box<HandedOver>),
    /// It is data on this computer: it is opened, which contacts nobody.
    Opened,
    /// It is nothing that can be got or opened.
    Refused(UserMessage),
}

/// Reads what `target` is, as far as that can be known without contacting anybody.
pub(in crate::engine) fn read(target: &str) -> Handed {
    if let Some(handed) = describe(target) {
        return Handed::Asked(Box::new(handed));
    }
    let shown = show_with_urls(target);
    match beginning_of(Path::new(target)) {
        Ok(FileKind::Grib) => Handed::Opened,
        Ok(FileKind::Torrent) => Handed::Refused(UserMessage::TargetUnknown { target: shown }),
        Ok(kind) => Handed::Refused(UserMessage::OfAnotherKind { target: shown, kind }),
        Err(_) => Handed::Refused(UserMessage::TargetNotFound { target: shown }),
    }
}

/// The kind of a file, by its first octets.
fn beginning_of(path: &Path) -> std::io::Result<FileKind> {
    use std::io::Read;
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Ok(FileKind::Folder);
    }
    let mut first = Vec::new();
    file.take(FIRST_LOOK).read_to_end(&mut first)?;
    Ok(FileKind::of(&first))
}

/// Describes `target`. `None` when it is nothing that could be got. Reads a file when it names one.
pub(in crate::engine) fn describe(target: &str) -> Option<HandedOver> {
    described(target, &of_file)
}

fn of_file(path: &Path) -> Option<Metainfo> {
    let octets = read_bounded(path, LARGEST_TORRENT).ok()??;
    metainfo::read(&octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_torrent_magnet_or_url_is_not_taken() {
        for target in
            ["/etc/passwd", "/dev/zero/x", "magnet:?xt=nothing", "ftp://a/b", "", &"x".repeat(20_000)]
        {
            assert_eq!(describe(target), None, "{target}");
        }
    }
}
