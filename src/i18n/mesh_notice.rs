//! Text of what was not done or not taken in of announcements.

use super::Translator;
use crate::app::messages::mesh_notice::MeshNotice as N;
use i18n_embed_fl::fl;

/// The text of a notice.
pub(super) fn text_of(text: &Translator, notice: &N) -> String {
    let l = &text.loader;
    match notice {
        N::TooManyBrokers { place, most } => {
            fl!(l, "message-too-many-brokers", place = place.as_str(), most = text.count(*most as u64))
        }
        N::TooManyRules { filter, most } => {
            fl!(l, "message-too-many-rules", filter = filter.as_str(), most = text.count(*most as u64))
        }
        N::RuleUnreadable { filter } => fl!(l, "message-rule-unreadable", filter = filter.as_str()),
        N::TooManyPins { filter, most } => {
            fl!(l, "message-too-many-pins", filter = filter.as_str(), most = text.count(*most as u64))
        }
        N::MessagesDropped { place, count } => {
            let (n, n_txt) = (*count, text.count(*count));
            fl!(l, "message-messages-dropped", place = place.as_str(), n = n, n_txt = n_txt)
        }
        N::FetchedFilesRemoved { count } => {
            let (n, n_txt) = (*count, text.count(*count));
            fl!(l, "message-fetched-files-removed", n = n, n_txt = n_txt)
        }
        N::TreeNotServed { address, detail } => {
            fl!(l, "message-tree-not-served", address = address.as_str(), detail = detail.as_str())
        }
        N::NothingObserved { folder } => fl!(l, "message-nothing-observed", folder = folder.as_str()),
        N::AnnouncementForgotten => fl!(l, "message-announcement-forgotten"),
    }
}
