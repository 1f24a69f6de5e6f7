//! How a file of an archive stands, why it is let go, and messages about an archive.

use super::Translator;
use crate::app::messages::pledge_message::PledgeMessage as M;
use crate::app::pledge::file::{LetGoReason, PledgeStage, PledgeSums};
use crate::domain::octets::ByteCount;
use i18n_embed_fl::fl;

/// What is said to whoever keeps an archive.
pub(super) fn text_of(text: &Translator, message: &M) -> String {
    let l = &text.loader;
    match message {
        M::NoRelay => fl!(l, "cli-relay-none-used"),
        M::NothingPledged { folder } => fl!(l, "pledge-nothing", folder = folder.as_str()),
        M::DiskTooFull { free, least } => {
            fl!(l, "pledge-disk-too-full", free = text.size(*free), least = text.size(*least))
        }
        M::NoTorrent { file } => fl!(l, "pledge-no-torrent", file = file.as_str()),
        M::FileMissing { path } => fl!(l, "pledge-file-missing", path = path.as_str()),
        M::FileChanged { path } => fl!(l, "pledge-file-changed", path = path.as_str()),
        M::RowsUnsound { rows } => fl!(l, "pledge-rows-unsound", rows = text.count(*rows)),
    }
}

/// How a file stands.
pub fn stage_words(text: &Translator, stage: PledgeStage) -> String {
    let l = &text.loader;
    match stage {
        PledgeStage::Wanted => fl!(l, "pledge-stage-wanted"),
        PledgeStage::Held => fl!(l, "pledge-stage-held"),
        PledgeStage::Withheld => fl!(l, "pledge-stage-withheld"),
        PledgeStage::Lost => fl!(l, "pledge-stage-lost"),
    }
}

/// Why a file is let go.
pub fn let_go_words(text: &Translator, why: LetGoReason) -> String {
    let l = &text.loader;
    match why {
        LetGoReason::Replaced => fl!(l, "pledge-why-replaced"),
        LetGoReason::Contradicted => fl!(l, "pledge-why-contradicted"),
        LetGoReason::Exchanged => fl!(l, "pledge-why-exchanged"),
        LetGoReason::OverPledge => fl!(l, "pledge-why-over-pledge"),
        LetGoReason::Unoffered => fl!(l, "pledge-why-unoffered"),
        LetGoReason::Lost => fl!(l, "pledge-why-lost"),
    }
}

/// How many have a file.
pub fn seeds_words(text: &Translator, seeds: Option<u32>) -> String {
    match seeds {
        Some(seeds) => text.count(u64::from(seeds)),
        None => fl!(text.loader, "pledge-seeds-unknown"),
    }
}

/// What an archive comes to.
pub fn sums_words(text: &Translator, sums: PledgeSums, most: ByteCount) -> String {
    fl!(
        text.loader,
        "cli-pledge-sums",
        count = sums.files,
        files = text.count(sums.files as u64),
        held = text.size(ByteCount(sums.held)),
        most = text.size(most),
        alone = text.count(sums.alone as u64),
        given = text.size(ByteCount(sums.given))
    )
}
