//! Rules as an owner writes them, and what is wrong with them by line.

use super::super::rules::{
    EventRules, EventTraits, NoticeTerms, Retraction, RulesError, RulesFault, Ruling, TopicCheck,
};
use super::{RECORD, TOPIC};
use crate::mesh::post::notice::Caching;
use crate::mesh::post::place::MetadataId;
use crate::mesh::post::{Inlining, PostKind};
use crate::mesh::topic_hierarchy::TopicFault;

const OF_EVENT: EventTraits<'_> = EventTraits {
    kind: "fr.ifremer.file.diffusion",
    source: "co05",
    subject: "diffusion/files/coriolis/argo/bufr",
    path: "etc/bufr/202603/IOPX01.BU",
};

fn read(text: &str) -> Result<EventRules, RulesError> {
    EventRules::read(text, TopicCheck::Listed)
}

/// A rule of the usual topic and record with more lines, the first of which is line 4.
fn rule(more: &str) -> String {
    format!("[[rule]]\ntopic = \"{TOPIC}\"\nmetadata_id = \"{RECORD}\"\n{more}\n")
}

fn error(text: &str) -> (Option<usize>, RulesFault) {
    let RulesError { line, fault } = read(text).expect_err("it is wrong");
    (line, fault)
}

fn terms(rules: &EventRules, of: EventTraits<'_>) -> NoticeTerms {
    match rules.ruling(of) {
        Ruling::Announce(terms) => terms.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_of_the_documentation_is_read_as_it_says() {
    let example = include_str!("../rules.rs");
    let lines = example.lines().skip_while(|line| *line != "//! ```toml").skip(1);
    let text: Vec<&str> =
        lines.take_while(|line| *line != "//! ```").map(|line| line.trim_start_matches("//! ")).collect();
    let rules = read(&text.join("\n").replace("//!", "")).expect("sound");
    let terms = terms(&rules, OF_EVENT);
    assert_eq!(terms.metadata_id.as_str(), "urn:wmo:md:fr-x-test:argo");
    assert_eq!((terms.caching, terms.inlining), (Caching::Never, Inlining::Small));
    assert_eq!((terms.action, terms.retraction), (Some(PostKind::New), Retraction::Ignore));
    assert_eq!(terms.licence.as_deref(), Some("https://example.org/licence"));
    assert_eq!(rules.ruling(EventTraits { kind: "other", ..OF_EVENT }), Ruling::Skip);
}

#[test]
fn the_first_rule_that_fits_decides_and_without_one_nothing_is_announced() {
    let text = rule("path = \"*.BU\"\ninline = true") + &rule("source = \"co05\"");
    let rules = read(&text).expect("sound");
    assert_eq!(terms(&rules, OF_EVENT).inlining, Inlining::Small);
    let other = EventTraits { path: "x.nc", ..OF_EVENT };
    assert_eq!(terms(&rules, other).inlining, Inlining::Never);
    assert_eq!(rules.ruling(EventTraits { source: "elsewhere", ..other }), Ruling::NoRule);
    for (pattern, fits) in [
        ("type = \"fr.ifremer.*\"", true),
        ("type = \"int.*\"", false),
        ("subject = \"*/argo/*\"", true),
        ("subject = \"*/argo\"", false),
        ("type = \"fr.*\"\npath = \"*.nc\"", false),
    ] {
        let rules = read(&rule(pattern)).expect("sound");
        assert_eq!(rules.ruling(OF_EVENT) != Ruling::NoRule, fits, "{pattern}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let toml = |text: &str| match error(text) {
        (line, RulesFault::Toml(_)) => line,
        other => panic!("{other:?}"),
    };
    assert_eq!(toml(&rule("licens = \"https://h\"")), Some(4), "a key that is not known");
    assert_eq!(toml(&rule("inline = \"yes\"")), Some(4));
    assert_eq!(toml("[[rule]]\n= oops"), Some(2));
    assert_eq!(toml("[[rules]]"), Some(1));
    assert_eq!(error(""), (None, RulesFault::Empty));
    assert_eq!(error("[[rule]]\n"), (Some(1), RulesFault::Missing("topic")));
    let without_record = format!("\n[[rule]]\ntopic = \"{TOPIC}\"\n");
    assert_eq!(error(&without_record), (Some(2), RulesFault::Missing("metadata_id")));
    assert_eq!(error(&rule("action = \"gone\"")), (Some(4), RulesFault::Value("action", "gone".to_owned())));
    assert_eq!(error(&rule("retract = \"no\"")), (Some(4), RulesFault::Value("retract", "no".to_owned())));
    assert_eq!(
        error(&rule("licence = \"ftp://h/x\"")),
        (Some(4), RulesFault::Value("licence", "ftp://h/x".to_owned()))
    );
    assert_eq!(error(&rule("skip = true")), (Some(1), RulesFault::BesideSkip));
}

#[test]
fn a_topic_must_be_one_of_the_hierarchy_and_of_the_records_centre() {
    let of = |topic: &str, record: &str| {
        error(&format!("[[rule]]\ntopic = \"{topic}\"\nmetadata_id = \"{record}\"\n"))
    };
    let unknown = TOPIC.replace("drifting-ocean-profilers", "gliders");
    assert!(matches!(of(&unknown, RECORD), (Some(2), RulesFault::Topic(TopicFault::Unknown { .. }))));
    assert_eq!(
        of("origin/a/wis2/fr-nuee-test/core/data/ocean", RECORD),
        (Some(2), RulesFault::Topic(TopicFault::Shape))
    );
    assert_eq!(of("origin/a/wis2/fr-nuee-test/metadata", RECORD), (Some(2), RulesFault::NoData));
    assert_eq!(of(TOPIC, "urn:wmo:md:fr-other:argo"), (Some(2), RulesFault::OtherCentre));
    assert_eq!(
        of(TOPIC, "fr-nuee-test:argo"),
        (Some(3), RulesFault::Value("metadata_id", "fr-nuee-test:argo".to_owned()))
    );
    let text = rule("").replace("drifting-ocean-profilers", "gliders");
    assert!(EventRules::read(&text, TopicCheck::FormOnly).is_ok(), "it may be newer than this program");
}

#[test]
fn recommended_data_names_its_conditions_and_is_never_cached_by_order() {
    let recommended = |more: &str| rule(more).replace("/core/", "/recommended/");
    assert_eq!(error(&recommended("")), (Some(1), RulesFault::NoLicence));
    let licence = "licence = \"https://h/x\"";
    assert!(read(&recommended(licence)).is_ok());
    assert_eq!(
        error(&recommended(&format!("{licence}\ncache = true"))),
        (Some(5), RulesFault::CannotBeCached)
    );
    let experimental = |more: &str| {
        rule(more).replace("surface-based-observations/drifting-ocean-profilers", "experimental/x")
    };
    assert_eq!(error(&experimental("cache = true")), (Some(4), RulesFault::CannotBeCached));
    assert_eq!(terms(&read(&experimental("")).expect("sound"), OF_EVENT).caching, Caching::Never);
    assert_eq!(terms(&read(&rule("cache = true")).expect("sound"), OF_EVENT).caching, Caching::Usual);
}

#[test]
fn terms_without_a_file_are_one_rule_for_everything() {
    let of = |topic: &str, licence: Option<&str>| {
        let terms = NoticeTerms {
            topic: topic.to_owned(),
            metadata_id: MetadataId::parse(RECORD).expect("an id"),
            licence: licence.map(str::to_owned),
            caching: Caching::Usual,
            inlining: Inlining::Never,
            action: None,
            retraction: Retraction::Announce,
        };
        EventRules::of_terms(terms, TopicCheck::Listed)
    };
    assert!(matches!(of(TOPIC, None).expect("sound").ruling(OF_EVENT), Ruling::Announce(_)));
    let recommended = TOPIC.replace("/core/", "/recommended/");
    assert_eq!(of(&recommended, None), Err(RulesFault::NoLicence));
    assert!(of(&recommended, Some("https://h/x")).is_ok());
}
