//! One field of a data file: what it is, when it is valid, and which octets hold it.
//!
//! In: numbers from GRIB headers or an index. Out: [`Field`], [`Level`]. Names are for people; identity is the numbers.

use super::grid::Grid;
use super::lead_time::LeadTime;
use super::octets::ByteRange;
use super::utc::UtcTime;
use std::borrow::Cow;
use std::fmt;

/// One field, such as the temperature at 2 m for one lead time.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Number of its message in the file, from 1.
    pub message: u32,
    /// Number of the field in its message, from 1; messages of several fields exist (U with V, whole runs of JMA).
    pub field: u32,
    /// Octets of the whole message, also for its second field: a message cannot be cut.
    pub range: ByteRange,
    /// GRIB edition: 1 or 2; 0 when only an index told of the field.
    pub edition: u8,
    /// What is measured, in numbers.
    pub identity: Option<Identity>,
    /// Product definition template; GRIB1 has none.
    pub template: Option<u16>,
    /// Start of the run.
    pub reference_time: Option<UtcTime>,
    /// Lead time: the END of the interval for sums and means.
    pub lead: Option<LeadTime>,
    /// The interval of sums and means, both ends as lead times.
    pub interval: Option<(LeadTime, LeadTime)>,
    /// How the values of the interval were made one (code table 4.10): 0 mean, 1 sum, 2 maximum, 3 minimum.
    pub statistic: Option<u8>,
    /// The surface, or the first of a layer.
    pub level: Option<Level>,
    /// The second surface of a layer.
    pub level2: Option<Level>,
    /// Number of the ensemble member.
    pub member: Option<i32>,
    /// What the field is among those of an ensemble; `None` when it is of none, or when that is not told.
    pub role: Option<MemberRole>,
    /// Originating centre (common code table C-11): what it numbers itself means what it says. `None` when only an
    /// index told of the field.
    pub centre: Option<u16>,
    /// Data representation template; GRIB1 has none.
    pub packing: Option<u16>,
    /// The grid on which it lies. `None` when only an index told of the field, or its head does not say.
    pub grid: Option<Grid>,
    /// A short name for people: `2t`, `10u`, or as an index wrote it.
    pub param: Option<Cow<'static, str>>,
}

impl Field {
    /// A field of which only its octets are known.
    pub fn at(message: u32, range: ByteRange) -> Self {
        Self {
            message,
            field: 1,
            range,
            edition: 0,
            identity: None,
            template: None,
            reference_time: None,
            lead: None,
            interval: None,
            statistic: None,
            level: None,
            level2: None,
            member: None,
            role: None,
            centre: None,
            packing: None,
            grid: None,
            param: None,
        }
    }
}

impl Field {
    /// What its parameter is called: its short name, or its numbers where no table gives it one.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        let numbers = || self.identity.map(|identity| Cow::Owned(identity.to_string()));
        self.param.as_deref().map(Cow::Borrowed).or_else(numbers)
    }

    /// The surface as GRIB2 numbers it, also for a field of GRIB1, which has numbers and units of its own.
    pub fn surface(&self) -> Option<Level> {
        let level = self.level?;
        if self.edition != 1 {
            return Some(level);
        }
        let value = level.value.unwrap_or(0.0);
        Some(match level.kind {
            1 => Level::plain(Level::SURFACE),
            100 => Level::with(Level::ISOBARIC, value * 100.0),
            102 => Level::plain(Level::MEAN_SEA),
            105 => Level::with(Level::ABOVE_GROUND, value),
            111 => Level::with(Level::BELOW_GROUND, value / 100.0),
            200 | 201 => Level::plain(Level::ATMOSPHERE),
            _ => level,
        })
    }
}

/// What a field is among those of an ensemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberRole {
    /// The forecast from the unperturbed analysis.
    Control,
    /// A perturbed forecast.
    Perturbed,
    /// The mean of all members.
    Mean,
    /// Their spread.
    Spread,
    /// Something else that was derived of several members: a quantile, a cluster, a probability.
    Derived,
}

impl MemberRole {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Control, Self::Perturbed, Self::Mean, Self::Spread, Self::Derived];

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Perturbed => "perturbed",
            Self::Mean => "mean",
            Self::Spread => "spread",
            Self::Derived => "derived",
        }
    }

    /// The role of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// What is measured, as WMO numbers it. For GRIB1: 255, table version, parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Discipline (code table 0.0).
    pub discipline: u8,
    /// Category (code table 4.1).
    pub category: u8,
    /// Number (code table 4.2).
    pub number: u8,
}

impl Identity {
    /// Stands for the discipline in GRIB1, which has none.
    pub const NO_DISCIPLINE: u8 = 255;

    /// Discipline, category, number.
    pub const fn new(discipline: u8, category: u8, number: u8) -> Self {
        Self { discipline, category, number }
    }
}

impl fmt::Display for Identity {
    /// `0/1/52`; for GRIB1 table version and parameter: `128/167`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.discipline == Self::NO_DISCIPLINE {
            return write!(f, "{}/{}", self.category, self.number);
        }
        write!(f, "{}/{}/{}", self.discipline, self.category, self.number)
    }
}

/// A fixed surface: its type as GRIB2 numbers it (code table 4.5), and a value in SI units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Type of surface.
    pub kind: u8,
    /// Pascal, metres, or a number, by type. `None` where the type says it all.
    pub value: Option<f64>,
}

impl Level {
    /// Ground or water surface.
    pub const SURFACE: u8 = 1;
    /// Isobaric surface, in pascal.
    pub const ISOBARIC: u8 = 100;
    /// Mean sea level.
    pub const MEAN_SEA: u8 = 101;
    /// Height above ground, in metres.
    pub const ABOVE_GROUND: u8 = 103;
    /// Depth below land surface, in metres.
    pub const BELOW_GROUND: u8 = 106;
    /// The entire atmosphere as one layer.
    pub const ATMOSPHERE: u8 = 10;

    /// A surface whose type says it all.
    pub const fn plain(kind: u8) -> Self {
        Self { kind, value: None }
    }

    /// A surface with a value.
    pub const fn with(kind: u8, value: f64) -> Self {
        Self { kind, value: Some(value) }
    }
}

impl fmt::Display for Level {
    /// As people write it: `2m`, `850hPa`, `surface`, `msl`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.unwrap_or(0.0);
        match self.kind {
            Self::SURFACE => f.write_str("surface"),
            Self::MEAN_SEA => f.write_str("msl"),
            Self::ISOBARIC => write!(f, "{}hPa", value / 100.0),
            Self::ABOVE_GROUND => write!(f, "{value}m"),
            Self::BELOW_GROUND => write!(f, "-{value}m"),
            102 => write!(f, "{value}m-msl"),
            Self::ATMOSPHERE | 200 => f.write_str("atmosphere"),
            8 => f.write_str("toa"),
            7 => f.write_str("tropopause"),
            104 => write!(f, "sigma{value}"),
            105 | 118 | 119 => write!(f, "level{value}"),
            kind => match self.value {
                Some(value) => write!(f, "type{kind}:{value}"),
                None => write!(f, "type{kind}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_without_a_name_is_called_by_its_numbers() {
        let range = ByteRange::new(0, 1).expect("not empty");
        let field = Field { identity: Some(Identity::new(0, 1, 200)), ..Field::at(1, range) };
        assert_eq!(field.name().as_deref(), Some("0/1/200"));
        let identity = Some(Identity::new(Identity::NO_DISCIPLINE, 128, 167));
        assert_eq!(Field { identity, ..field }.name().as_deref(), Some("128/167"));
    }

    #[test]
    fn levels_are_written_as_forecasters_do() {
        assert_eq!(Level::with(Level::ISOBARIC, 85_000.0).to_string(), "850hPa");
        assert_eq!(Level::with(Level::ABOVE_GROUND, 2.0).to_string(), "2m");
        assert_eq!(Level::with(Level::BELOW_GROUND, 0.1).to_string(), "-0.1m");
        assert_eq!(Level::plain(Level::SURFACE).to_string(), "surface");
    }
}
