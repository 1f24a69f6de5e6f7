//! What is said to whoever runs a node of WIS2: of events, rules, topics, discovery records.
//!
//! In: data from `app`. Out: text in the translator's language, with what to do where that is known.

use super::{Translator, broker};
use crate::app::mesh::announcing::{
    EventProblem, EventRefusal, FaultKind, FrameFault, GeometryFault, HIERARCHY, LARGEST_EVENT, PassedOver,
    PathRefusal, PostFault, RecordFinding, RulesError, RulesFault, TemplateFault, TermsRemark, TopicFault,
    TopicRemark,
};
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

/// Most topics that are named beside one that is not known.
const MOST_NAMED: usize = 20;

/// Several reasons as one.
fn joined<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<String>>().join("; ")
}

/// Why a file of an event is not announced.
pub(super) fn event_refusal(text: &Translator, why: &EventRefusal) -> String {
    let l = &text.loader;
    match why {
        EventRefusal::Frame(FrameFault::NotJson(detail)) => fl!(l, "remark-not-json", detail = show(detail)),
        EventRefusal::Frame(FrameFault::NotText) => fl!(l, "remark-not-text"),
        EventRefusal::Frame(FrameFault::TooLong) => {
            fl!(l, "event-too-long", most = text.count(LARGEST_EVENT as u64))
        }
        EventRefusal::Frame(FrameFault::CutOff) => fl!(l, "event-cut-off"),
        EventRefusal::Event(problems) => joined(problems, |problem| event_problem(text, problem)),
        EventRefusal::NoRule => fl!(l, "event-no-rule"),
        EventRefusal::Path(refusal) => path_refusal(text, *refusal),
        EventRefusal::NoFolder => fl!(l, "event-no-folder"),
        EventRefusal::NoDigest => fl!(l, "event-no-digest"),
        EventRefusal::Method(method) => fl!(l, "event-method", method = method.key()),
        EventRefusal::OtherDigest { claimed, computed } => {
            fl!(l, "event-other-digest", claimed = claimed.as_str(), computed = computed.as_str())
        }
        EventRefusal::OtherLength { claimed, found } => {
            fl!(l, "event-other-length", claimed = text.count(*claimed), found = text.count(*found))
        }
    }
}

fn event_problem(text: &Translator, problem: &EventProblem) -> String {
    let l = &text.loader;
    let (field, value) = (show(&problem.field), show(&problem.fault.value));
    match problem.fault.kind {
        FaultKind::Missing => fl!(l, "remark-missing", field = field),
        FaultKind::WrongKind => fl!(l, "remark-wrong-kind", field = field),
        FaultKind::WrongValue => fl!(l, "remark-wrong-value", field = field, value = value),
        FaultKind::Checksum => fl!(l, "event-checksum", field = field, value = value),
        FaultKind::Scheme => fl!(l, "event-scheme", field = field, value = value),
        FaultKind::Secret => fl!(l, "event-secret", field = field),
        FaultKind::NoData => fl!(l, "event-no-data", field = field),
        FaultKind::TooMany => fl!(l, "event-too-many", field = field),
        FaultKind::Shape => fl!(l, "event-shape"),
        FaultKind::Geometry(fault) => {
            fl!(l, "event-geometry", field = field, reason = geometry_fault(text, fault))
        }
    }
}

fn geometry_fault(text: &Translator, fault: GeometryFault) -> String {
    let l = &text.loader;
    match fault {
        GeometryFault::Kind => fl!(l, "geometry-kind"),
        GeometryFault::Coordinates => fl!(l, "geometry-coordinates"),
        GeometryFault::OffTheGlobe => fl!(l, "geometry-off-the-globe"),
        GeometryFault::OpenRing => fl!(l, "geometry-open-ring"),
        GeometryFault::Frame => fl!(l, "geometry-frame"),
        GeometryFault::TooLong => fl!(l, "geometry-too-long"),
    }
}

/// Why a file is passed over.
pub fn passed_over(text: &Translator, why: PassedOver) -> String {
    let l = &text.loader;
    match why {
        PassedOver::Repeat => fl!(l, "passed-over-repeat"),
        PassedOver::Rule => fl!(l, "passed-over-rule"),
        PassedOver::Retention => fl!(l, "passed-over-retention"),
    }
}

/// What is wrong with rules, with the line.
pub(super) fn rules_error(text: &Translator, error: &RulesError) -> String {
    let l = &text.loader;
    let why = match &error.fault {
        RulesFault::Toml(detail) => show(detail),
        RulesFault::NotText => fl!(l, "remark-not-text"),
        RulesFault::Empty => fl!(l, "rules-empty"),
        RulesFault::TooMany => fl!(l, "rules-too-many"),
        RulesFault::Missing(key) => fl!(l, "remark-missing", field = (*key).to_owned()),
        RulesFault::BesideSkip => fl!(l, "rules-beside-skip"),
        RulesFault::Value(key, value) => {
            fl!(l, "remark-wrong-value", field = (*key).to_owned(), value = show(value))
        }
        RulesFault::Topic(fault) => topic_fault(text, fault),
        RulesFault::NoData => fl!(l, "topic-of-records"),
        RulesFault::OtherCentre => fl!(l, "rules-other-centre"),
        RulesFault::NoLicence => fl!(l, "rules-no-licence"),
        RulesFault::CannotBeCached => fl!(l, "rules-cannot-be-cached"),
    };
    match error.line {
        Some(line) => fl!(l, "rules-in-line", line = text.count(line as u64), reason = why),
        None => why,
    }
}

/// Why a topic is none of WIS2.
pub fn topic_fault(text: &Translator, fault: &TopicFault) -> String {
    let l = &text.loader;
    match fault {
        TopicFault::Shape => fl!(l, "topic-shape"),
        TopicFault::Spelling { level, value } => {
            fl!(l, "topic-spelling", level = text.count(*level as u64), value = show(value))
        }
        TopicFault::Centre(centre) => fl!(l, "topic-centre", centre = show(centre)),
        TopicFault::TooShort => fl!(l, "topic-too-short"),
        TopicFault::BelowMetadata => fl!(l, "topic-below-metadata"),
        TopicFault::Unknown { level, value, known } => {
            let level = text.count(*level as u64);
            match known.is_empty() {
                true => fl!(l, "topic-should-end", level = level, value = show(value), version = HIERARCHY),
                false => {
                    let known = known.iter().take(MOST_NAMED).copied().collect::<Vec<_>>().join(", ");
                    fl!(
                        l,
                        "topic-unknown",
                        level = level,
                        value = show(value),
                        version = HIERARCHY,
                        known = known
                    )
                }
            }
        }
    }
}

/// Something about the terms that is allowed and worth saying.
pub fn terms_remark(text: &Translator, remark: &TermsRemark) -> String {
    let l = &text.loader;
    match remark {
        TermsRemark::NoRecord => fl!(l, "terms-no-record"),
        TermsRemark::Topic(topic, TopicRemark::NotALeaf) => fl!(l, "topic-not-a-leaf", topic = show(topic)),
        TermsRemark::Topic(topic, TopicRemark::SatelliteNotChecked) => {
            fl!(l, "topic-satellite", topic = show(topic))
        }
        TermsRemark::Topic(_, TopicRemark::CentreNotChecked(centre)) => {
            fl!(l, "topic-centre-not-checked", centre = show(centre))
        }
    }
}

/// What is wrong with a notification that was made.
pub(super) fn post_faults(text: &Translator, faults: &[PostFault]) -> String {
    let l = &text.loader;
    joined(faults, |fault| match fault {
        PostFault::Message(remark) => broker::remark(text, remark),
        PostFault::OtherCentre => fl!(l, "post-other-centre"),
        PostFault::DataIdElsewhere => fl!(l, "post-data-id-elsewhere"),
        PostFault::CachedExperiment => fl!(l, "post-cached-experiment"),
        PostFault::LinkScheme(scheme) => fl!(l, "post-link-scheme", scheme = show(scheme)),
        PostFault::NoNotification => fl!(l, "post-no-notification"),
    })
}

/// What is wrong with a discovery record.
pub(super) fn record_findings(text: &Translator, findings: &[RecordFinding]) -> String {
    let l = &text.loader;
    joined(findings, |finding| match finding {
        RecordFinding::NoRecord => fl!(l, "record-none"),
        RecordFinding::Record(remark) => broker::remark(text, remark),
        RecordFinding::Id(id) => fl!(l, "record-id", id = show(id)),
        RecordFinding::Channel(topic, fault) => {
            fl!(l, "record-channel", topic = show(topic), reason = topic_fault(text, fault))
        }
        RecordFinding::OtherPolicy(topic) => fl!(l, "record-other-policy", topic = show(topic)),
    })
}

/// Why no discovery record can be made.
pub fn template_fault(text: &Translator, fault: &TemplateFault) -> String {
    let l = &text.loader;
    match fault {
        TemplateFault::Topic(fault) => topic_fault(text, fault),
        TemplateFault::NoData => fl!(l, "topic-of-records"),
        TemplateFault::Secret => fl!(l, "record-secret"),
        TemplateFault::Findings(findings) => record_findings(text, findings),
    }
}

/// Why a path cannot be announced.
pub(super) fn path_refusal(text: &Translator, refusal: PathRefusal) -> String {
    let l = &text.loader;
    match refusal {
        PathRefusal::NotUtf8 => fl!(l, "not-announced-not-utf8"),
        PathRefusal::Control => fl!(l, "not-announced-control"),
        PathRefusal::LeadsOut => fl!(l, "not-announced-outside"),
        PathRefusal::TooDeep => fl!(l, "not-announced-too-deep"),
    }
}
