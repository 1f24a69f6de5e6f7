//! The WIS2 Topic Hierarchy: whether a topic is one on which WIS2 announces, level by level.
//!
//! In: a topic. Out: a [`TopicReading`]: the centre, what is worth saying; or a [`TopicFault`] that names the level. The tree is
//! that of version 1.3.0 as of August 2026; satellites and instruments change with every launch and are not listed. Which centres
//! are registered changes weekly and is not known here: their form is. Start reading at [`read`].

#[cfg(test)]
mod tests;

use super::topic::DEEPEST;

/// The version of the tree, for messages.
pub const VERSION: &str = "1.3.0";

/// What data that follows no approved topic yet is announced below.
const EXPERIMENTAL: &str = "experimental";

/// What is below a path of the earth-system disciplines. What does not stand here has nothing below it.
const BELOW: [(&str, &[&str]); 31] = [
    (
        "",
        &[
            "atmospheric-composition",
            "climate",
            "cryosphere",
            "hydrology",
            "ocean",
            "space-weather",
            "weather",
        ],
    ),
    ("atmospheric-composition", &["advisories-warnings", "observations", EXPERIMENTAL]),
    (
        "atmospheric-composition/advisories-warnings",
        &[
            "air-pollution",
            "fires",
            "nuclear-fallout",
            "ozone-and-ultraviolet-radiation",
            "sand-and-dust",
            "volcanic-activity",
        ],
    ),
    (
        "atmospheric-composition/observations",
        &[
            "aerosol-particles-and-clouds",
            "atmospheric-processes-and-kinetics",
            "emissions",
            "gases",
            "radiation-latent-heat",
            "surface-flux-densities",
        ],
    ),
    ("atmospheric-composition/observations/gases", &["greenhouse-gases", "ozone", "reactive-gases"]),
    ("atmospheric-composition/observations/radiation-latent-heat", &["ultraviolet-radiation"]),
    (
        "atmospheric-composition/observations/surface-flux-densities",
        &["dry-deposition", "precipitation-chemistry"],
    ),
    ("climate", &[EXPERIMENTAL, "surface-based-observations"]),
    ("climate/surface-based-observations", &["daily", "monthly", "sub-daily"]),
    ("cryosphere", &[EXPERIMENTAL, SPACE, "surface-based-observations"]),
    (
        "cryosphere/space-based-observations",
        &[
            "glacier-ice-sheet-ice-shelves",
            "lake-river-ice",
            "sea-ice-icebergs",
            "snow",
            "solid-precipitation",
        ],
    ),
    ("cryosphere/surface-based-observations", &["frozen-ground", "snow", "solid-precipitation"]),
    ("hydrology", &[EXPERIMENTAL, SPACE, "subsurface-based-observations", "surface-based-observations"]),
    ("hydrology/space-based-observations", &["soil"]),
    ("hydrology/subsurface-based-observations", &["water-quantity"]),
    ("hydrology/subsurface-based-observations/water-quantity", &["groundwater", "soil"]),
    ("hydrology/surface-based-observations", &["atmospheric", "water-quantity"]),
    ("hydrology/surface-based-observations/atmospheric", &["precipitation"]),
    ("hydrology/surface-based-observations/water-quantity", &["ice", "lake", "reservoir", "snow", "stream"]),
    ("ocean", &[EXPERIMENTAL, "surface-based-observations"]),
    (
        "ocean/surface-based-observations",
        &[
            "animal-borne-sensors",
            "autonomous-surface-vehicles",
            "autonomous-underwater-vehicles",
            "drifting-buoys",
            "drifting-ocean-profilers",
            "fixed-coastal-stations",
            "fixed-marine-platforms",
            "moored-buoys-and-moorings",
            "sea-ice",
            "ship-sub-surface",
            "ship-surface",
            "tsunami-buoys",
            "wave-buoys",
        ],
    ),
    ("space-weather", &[EXPERIMENTAL, SPACE]),
    (
        "weather",
        &[
            "advisories-warnings",
            "aviation",
            EXPERIMENTAL,
            "maritime-safety-information",
            "prediction",
            SPACE,
            "surface-based-observations",
        ],
    ),
    ("weather/aviation", &["metar", "qvaci", "taf"]),
    ("weather/maritime-safety-information", &["forecasts", "sea-ice-information", "warnings"]),
    (
        "weather/surface-based-observations",
        &[
            "amdar",
            "fixed-marine-platforms",
            "gnss-iwv",
            "ship",
            "synop",
            "temp",
            "temp-ship",
            "temperature-profile-radar",
            "uas",
            "vertical-profilers",
            "weather-radar",
            "wind-profile",
            "wind-profile-radar",
            "wind-profile-ship",
        ],
    ),
    ("weather/prediction", &["analysis", "forecast", "hindcast", "reanalysis"]),
    ("weather/prediction/analysis", &RANGES),
    ("weather/prediction/forecast", &RANGES),
    ("weather/prediction/hindcast", &RANGES_OF_THE_PAST),
    ("weather/prediction/reanalysis", &RANGES_OF_THE_PAST),
];

const SPACE: &str = "space-based-observations";

const RANGES: [&str; 5] = ["medium-range", "nowcasting", "seasonal", "short-range", "subseasonal"];
const RANGES_OF_THE_PAST: [&str; 4] = ["medium-range", "seasonal", "short-range", "subseasonal"];
const KINDS_OF_MODEL: [&str; 2] = ["deterministic", "probabilistic"];
const AREAS: [&str; 2] = ["global", "limited-area"];
const AREAS_AND_TRAJECTORIES: [&str; 3] = ["global", "limited-area", "trajectory"];

/// Below these lie satellites, and below each its instruments.
const SATELLITES: [&str; 2] = ["space-weather/space-based-observations", "weather/space-based-observations"];

/// Levels of a topic before the disciplines: channel, `a`, `wis2`, centre, kind, policy.
const BEFORE_DISCIPLINES: usize = 6;

/// Ends of domain names that belong to no country and begin a centre's id.
const WIDE_DOMAINS: [&str; 9] = ["com", "data", "edu", "eu", "gov", "int", "net", "org", "test"];

/// Longest name of a centre, in octets.
const LONGEST_CENTRE: usize = 64;

/// What a centre announces on a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicKind {
    /// Discovery records.
    Metadata,
    /// Data that is free for everybody.
    Core,
    /// Data with conditions.
    Recommended,
}

/// A topic of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicReading {
    /// Who announces.
    pub centre: String,
    /// What.
    pub kind: TopicKind,
    /// Whether it is below `experimental`.
    pub is_experimental: bool,
    /// What is worth saying of it, though it is allowed.
    pub remarks: Vec<TopicRemark>,
}

/// Something about a topic that is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicRemark {
    /// There are more detailed topics below it, and one of them should be used.
    NotALeaf,
    /// Its satellite and instrument were not looked up.
    SatelliteNotChecked,
    /// Its centre was not looked up in WMO's register.
    CentreNotChecked(String),
}

/// Why a topic is none of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicFault {
    /// It does not begin as topics of WIS2 do.
    #[error("not origin|cache/a/wis2/CENTRE/metadata or …/data/core|recommended/…")]
    Shape,
    /// A level with capitals, a dot, or anything but letters, digits and dashes.
    #[error("level {level}: {value}")]
    Spelling {
        /// Which one, from 1.
        level: usize,
        /// As it is written.
        value: String,
    },
    /// The name of the centre is not formed as `tld-name`.
    #[error("centre {0}")]
    Centre(String),
    /// The discipline alone, or not even that.
    #[error("too few levels")]
    TooShort,
    /// Records are announced on the topic that ends in `metadata`.
    #[error("levels below metadata")]
    BelowMetadata,
    /// A level that the hierarchy does not have there.
    #[error("level {level}: {value}")]
    Unknown {
        /// Which one, from 1.
        level: usize,
        /// As it is written.
        value: String,
        /// What there is; nothing where the topic should have ended.
        known: Vec<&'static str>,
    },
}

impl TopicFault {
    /// Whether a later version of the hierarchy may have what is missing here.
    pub fn may_be_new(&self) -> bool {
        matches!(self, Self::Unknown { level, .. } if *level > BEFORE_DISCIPLINES + 1)
    }
}

/// Reads a topic against the hierarchy.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(topic: &str) -> Result<TopicReading, TopicFault> {
    let levels: Vec<&str> = topic.split('/').take(DEEPEST).collect();
    let ["origin" | "cache", "a", "wis2", centre, rest @ ..] = levels.as_slice() else {
        return Err(TopicFault::Shape);
    };
    for (at, level) in levels.iter().enumerate() {
        if !is_spelled_well(level) {
            return Err(TopicFault::Spelling { level: at + 1, value: (*level).to_owned() });
        }
    }
    let mut remarks: Vec<TopicRemark> = centre_remark(centre)?.into_iter().collect();
    let (kind, disciplines) = match rest {
        ["metadata"] => (TopicKind::Metadata, None),
        ["metadata", ..] => return Err(TopicFault::BelowMetadata),
        ["data", "core", below @ ..] => (TopicKind::Core, Some(below)),
        ["data", "recommended", below @ ..] => (TopicKind::Recommended, Some(below)),
        _ => return Err(TopicFault::Shape),
    };
    let is_experimental = disciplines.is_some_and(|below| below.get(1) == Some(&EXPERIMENTAL));
    if let Some(below) = disciplines {
        remarks.extend(remark_of_disciplines(below)?);
    }
    Ok(TopicReading { centre: (*centre).to_owned(), kind, is_experimental, remarks })
}

fn is_spelled_well(level: &str) -> bool {
    !level.is_empty()
        && level.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
        && !level.starts_with('-')
        && !level.ends_with('-')
}

/// What there is to say of a centre whose name is formed well: those for tests need no register.
fn centre_remark(centre: &str) -> Result<Option<TopicRemark>, TopicFault> {
    if !is_centre(centre) {
        return Err(TopicFault::Centre(centre.to_owned()));
    }
    let is_for_tests = centre.ends_with("-test") || centre.starts_with("test-");
    Ok((!is_for_tests).then(|| TopicRemark::CentreNotChecked(centre.to_owned())))
}

/// Whether text is formed as the name of a centre: `tld-name`, the first part a country's or an organisation's domain.
pub fn is_centre(text: &str) -> bool {
    text.split_once('-').is_some_and(|(domain, name)| {
        let is_country = domain.len() == 2 && domain.bytes().all(|c| c.is_ascii_lowercase());
        (is_country || WIDE_DOMAINS.contains(&domain))
            && text.len() <= LONGEST_CENTRE
            && is_spelled_well(name)
            && is_spelled_well(domain)
    })
}

fn remark_of_disciplines(below: &[&str]) -> Result<Option<TopicRemark>, TopicFault> {
    let mut path = String::new();
    for (at, level) in below.iter().enumerate() {
        if at > 0 && SATELLITES.contains(&path.as_str()) {
            // A satellite, or a satellite and one of its instruments.
            return match below.len() - at {
                1 => Ok(Some(TopicRemark::NotALeaf)),
                2 => Ok(Some(TopicRemark::SatelliteNotChecked)),
                _ => Err(unknown(below, at + 2, Vec::new())),
            };
        }
        if at == 2 && below[1] == EXPERIMENTAL {
            return Ok(None);
        }
        let known = known_below(&path);
        if !known.contains(level) {
            return Err(unknown(below, at, known));
        }
        if at > 0 {
            path.push('/');
        }
        path.push_str(level);
    }
    match below.len() {
        0 | 1 => Err(TopicFault::TooShort),
        _ if path.ends_with(EXPERIMENTAL) => Ok(None),
        _ => {
            let has_more = !known_below(&path).is_empty() || SATELLITES.contains(&path.as_str());
            Ok(has_more.then_some(TopicRemark::NotALeaf))
        }
    }
}

fn unknown(below: &[&str], at: usize, known: Vec<&'static str>) -> TopicFault {
    let value = below.get(at).map_or_else(String::new, |level| (*level).to_owned());
    TopicFault::Unknown { level: BEFORE_DISCIPLINES + at + 1, value, known }
}

/// What the hierarchy has below a path of disciplines.
fn known_below(path: &str) -> Vec<&'static str> {
    if let Some((_, known)) = BELOW.iter().find(|(of, _)| *of == path) {
        return known.to_vec();
    }
    let Some(prediction) = path.strip_prefix("weather/prediction/") else { return Vec::new() };
    match prediction.split('/').collect::<Vec<_>>()[..] {
        [_, _] => KINDS_OF_MODEL.to_vec(),
        // Only forecasts of these ranges follow what drifts.
        ["forecast", "medium-range" | "short-range", _] => AREAS_AND_TRAJECTORIES.to_vec(),
        [_, _, _] => AREAS.to_vec(),
        _ => Vec::new(),
    }
}
