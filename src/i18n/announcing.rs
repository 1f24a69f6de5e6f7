//! Why a file is not announced, in words: what was seen, and what to do.

use super::{Translator, node};
use crate::app::mesh::announcing::{NotAnnounced as N, PostError};
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

/// Why a file is not announced.
pub fn not_announced(text: &Translator, why: &N) -> String {
    let l = &text.loader;
    match why {
        N::Path(refusal) => node::path_refusal(text, *refusal),
        N::Link => fl!(l, "not-announced-link"),
        N::Special => fl!(l, "not-announced-special"),
        N::Missing => fl!(l, "not-announced-missing"),
        N::Empty => fl!(l, "not-announced-empty"),
        N::Unsteady => fl!(l, "not-announced-unsteady"),
        N::Unreadable(message) => text.message(message),
        N::Form(PostError::TooLong { octets, most }) => {
            let (octets, most) = (text.count(*octets as u64), text.count(*most as u64));
            fl!(l, "not-announced-too-long", octets = octets, most = most)
        }
        N::Form(PostError::Judged(faults)) => {
            fl!(l, "not-announced-judged", faults = node::post_faults(text, faults))
        }
        N::Large(most) => fl!(l, "not-announced-large", most = text.count(*most as u64)),
        N::Event(refusal) => node::event_refusal(text, refusal),
        N::Rules(error) => node::rules_error(text, error),
        N::Topic(fault) => node::topic_fault(text, fault),
        N::Record(findings) => node::record_findings(text, findings),
        N::Refused(reason) => fl!(l, "not-announced-refused", reason = show(reason)),
        N::Unanswered => fl!(l, "not-announced-unanswered"),
        N::NotServed(url, reason) => {
            fl!(l, "not-announced-not-served", url = show(url), reason = text.reason(reason))
        }
        N::OtherLength(url, length) => {
            fl!(l, "not-announced-other-length", url = show(url), length = text.count(*length))
        }
    }
}
