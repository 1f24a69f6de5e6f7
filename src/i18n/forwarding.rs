//! Why a file is not announced again, and why a message is set aside, in words.

use super::Translator;
use super::broker::remark;
use crate::app::mesh::running::{AsideReason as A, NotForwarded as N, PathFault};
use i18n_embed_fl::fl;

/// Why a file is not announced again.
pub fn not_forwarded(text: &Translator, why: &N) -> String {
    let l = &text.loader;
    match why {
        N::Loop => fl!(l, "not-forwarded-loop"),
        N::Repeat => fl!(l, "not-forwarded-repeat"),
        N::NoDigest => fl!(l, "not-forwarded-no-digest"),
        N::Method(method) => {
            let method: &str = method;
            fl!(l, "not-forwarded-method", method = method)
        }
        N::Conflict => fl!(l, "not-forwarded-conflict"),
        N::TooLong(octets) => fl!(l, "not-forwarded-too-long", octets = text.count(*octets as u64)),
    }
}

/// Why a message is set aside.
pub fn set_aside(text: &Translator, why: &A) -> String {
    let l = &text.loader;
    match why {
        A::Unreadable(remarks) => {
            let words: Vec<String> = remarks.iter().map(|one| remark(text, one)).collect();
            words.join(" ; ")
        }
        A::TooLong(octets) => fl!(l, "set-aside-too-long", octets = text.count(*octets as u64)),
        A::Path(PathFault::NoFile) => fl!(l, "set-aside-no-file"),
        A::Path(PathFault::LeadsOut) => fl!(l, "set-aside-leads-out"),
        A::Path(PathFault::Drive) => fl!(l, "set-aside-drive"),
        A::Path(PathFault::Control) => fl!(l, "set-aside-control"),
        A::Path(PathFault::TooLong) => fl!(l, "set-aside-long-path"),
        A::UserInAddress => fl!(l, "set-aside-user"),
        A::TooOld(age) => fl!(l, "set-aside-old", minutes = text.count(age.as_secs() / 60)),
    }
}
