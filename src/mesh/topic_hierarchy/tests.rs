//! Topics of the hierarchy, and what is none of it.

use super::*;

fn of(below: &str) -> Result<TopicReading, TopicFault> {
    read(&format!("origin/a/wis2/fr-nuee-test/{below}"))
}

fn remarks(below: &str) -> Vec<TopicRemark> {
    of(below).expect(below).remarks
}

#[test]
fn topics_of_the_hierarchy_are_read_and_a_test_centre_needs_no_register() {
    for leaf in [
        "metadata",
        "data/core/weather/surface-based-observations/synop",
        "data/core/weather/prediction/forecast/short-range/deterministic/limited-area",
        "data/core/weather/prediction/forecast/medium-range/probabilistic/trajectory",
        "data/core/weather/advisories-warnings",
        "data/recommended/ocean/surface-based-observations/drifting-ocean-profilers",
        "data/core/climate/surface-based-observations/sub-daily",
        "data/core/hydrology/surface-based-observations/water-quantity/stream",
        "data/core/weather/experimental",
        "data/core/weather/experimental/nuee/any/level",
    ] {
        assert_eq!(remarks(leaf), [], "{leaf}");
    }
    let reading = of("data/recommended/hydrology/experimental/x").expect("a topic");
    assert_eq!((reading.kind, reading.is_experimental), (TopicKind::Recommended, true));
    assert_eq!(reading.centre, "fr-nuee-test");
    assert_eq!(of("metadata").map(|reading| reading.kind), Ok(TopicKind::Metadata));
}

#[test]
fn a_topic_above_others_is_allowed_and_remarked() {
    for branch in [
        "data/core/weather/prediction",
        "data/core/weather/prediction/forecast/short-range/deterministic",
        "data/core/weather/space-based-observations",
        "data/core/weather/space-based-observations/metop-b",
        "data/core/cryosphere/space-based-observations",
    ] {
        assert_eq!(remarks(branch), [TopicRemark::NotALeaf], "{branch}");
    }
    let of_satellite = remarks("data/core/weather/space-based-observations/metop-b/iasi");
    assert_eq!(of_satellite, [TopicRemark::SatelliteNotChecked]);
}

#[test]
fn an_unknown_level_is_named_with_what_there_is() {
    let fault = of("data/core/weather/surface-based-observations/landfixed").expect_err("it is unknown");
    let TopicFault::Unknown { level, value, known } = &fault else { panic!("{fault:?}") };
    assert_eq!((*level, value.as_str()), (9, "landfixed"));
    assert!(known.contains(&"synop"));
    assert!(fault.may_be_new(), "it may have come since");
    let no_discipline = of("data/core/sports/football").expect_err("no discipline");
    assert!(!no_discipline.may_be_new(), "there are seven");
    for below in [
        "data/core/weather/prediction/hindcast/nowcasting",
        "data/core/weather/prediction/forecast/nowcasting/deterministic/trajectory",
        "data/core/weather/surface-based-observations/synop/more",
        "data/core/weather/space-based-observations/metop-b/iasi/more",
        "data/core/climate/prediction",
    ] {
        assert!(matches!(of(below), Err(TopicFault::Unknown { .. })), "{below}");
    }
}

#[test]
fn data_is_announced_at_level_8_or_below_and_records_at_level_5() {
    assert_eq!(of("data/core"), Err(TopicFault::TooShort));
    assert_eq!(of("data/core/weather"), Err(TopicFault::TooShort));
    assert_eq!(of("metadata/core"), Err(TopicFault::BelowMetadata));
    // As a chain of the field has it: the levels are in another order.
    assert_eq!(of("core/data/ocean"), Err(TopicFault::Shape));
    assert_eq!(read("monitor/a/wis2/fr-x/metadata"), Err(TopicFault::Shape));
    assert_eq!(read("xpublic/v03"), Err(TopicFault::Shape));
}

#[test]
fn levels_are_in_lower_case_without_dots() {
    let spelled = |below: &str| matches!(of(below), Err(TopicFault::Spelling { .. }));
    assert!(spelled("data/core/weather/Prediction"));
    assert!(spelled("data/core/weather/experimental/v1.0"));
    assert!(spelled("data/core/weather/experimental/été"));
    assert!(spelled("data/core/weather/experimental//x"));
    assert!(spelled("data/core/weather/experimental/#"));
}

#[test]
fn the_name_of_a_centre_begins_with_a_domain_and_is_not_looked_up() {
    let centre = |name: &str| read(&format!("origin/a/wis2/{name}/metadata"));
    for name in
        ["fr-meteofrance", "int-ecmwf", "us-noaa-nws", "data-metoffice-noaa-global-cache", "org-woudc"]
    {
        let checked = centre(name).expect(name).remarks;
        assert_eq!(checked, [TopicRemark::CentreNotChecked(name.to_owned())]);
    }
    for name in ["fr-nuee-test", "test-centre"] {
        assert_eq!(centre(name).expect(name).remarks, []);
    }
    for name in ["meteofrance", "france-meteo", "f1-x", "xyz-centre"] {
        assert_eq!(centre(name), Err(TopicFault::Centre(name.to_owned())), "{name}");
    }
    assert!(!is_centre("fr-"));
    assert!(!is_centre("fr_x"));
}

#[test]
fn the_tree_has_as_many_topics_as_the_published_one() {
    let mut count = 0;
    let mut open = vec![String::new()];
    while let Some(path) = open.pop() {
        for level in known_below(&path) {
            count += 1;
            open.push(if path.is_empty() { level.to_owned() } else { format!("{path}/{level}") });
        }
    }
    assert_eq!(count, 238, "without satellites and instruments");
}

#[test]
fn no_topic_whatever_ends_in_a_panic() {
    let mut random = fastrand::Rng::with_seed(3);
    let count = std::env::var("NUEE_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let words =
        ["origin", "a", "wis2", "fr-x", "data", "core", "weather", "experimental", SPACE, "", "É", "#", "-"];
    for _ in 0..count {
        let levels: Vec<&str> = (0..random.usize(0..80))
            .filter_map(|at| words.get(if random.bool() { at } else { random.usize(..13) }))
            .copied()
            .collect();
        // Whatever it says, it says it.
        let _ = read(&levels.join("/"));
    }
}
