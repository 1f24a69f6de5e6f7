//! What of a header decides on the name of its parameter.
//!
//! In: octets of sections 1, 3 and 4 (of edition 1: of section 1), cut where the reader stopped. Out: [`Facts`]. What
//! lies past the cut, or is not part of the template, is absent: no condition on it holds.

use crate::domain::field::{Identity, Level};

/// A number of a header on which the tables put conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Key {
    /// Type of the first surface.
    Kind1,
    /// Its scale factor.
    Scale1,
    /// Its scaled value; in edition 1 the level.
    Value1,
    /// Type of the second surface.
    Kind2,
    /// Its scale factor.
    Scale2,
    /// Its scaled value.
    Value2,
    /// Statistical processing (code table 4.10) of the first time range.
    Statistic,
    /// Unit of its length.
    RangeUnit,
    /// Its length.
    Range,
    /// Type of generating process.
    Process,
    /// Product definition template.
    Template,
    /// Version of the local tables.
    Version,
    /// Chemical constituent, or type of aerosol.
    Constituent,
    /// Type of aerosol, in templates of aerosols only.
    AerosolType,
    /// Source or sink of a constituent.
    Source,
    /// Whether the template is one of chemical constituents.
    Chemical,
    /// Whether it is one of them with source or sink.
    ChemicalSource,
    /// Whether it is one of aerosols.
    Aerosol,
    /// Whether it is one of optical properties.
    Optical,
    /// Kind of the interval of sizes.
    SizeKind,
    /// Scale factor of the first size.
    SizeScale1,
    /// Scaled value of the first size.
    SizeValue1,
    /// Scale factor of the second size.
    SizeScale2,
    /// Scaled value of the second size.
    SizeValue2,
    /// Kind of the interval of wavelengths.
    WaveKind,
    /// Scale factor of the first wavelength.
    WaveScale1,
    /// Scaled value of the first wavelength.
    WaveValue1,
    /// Scale factor of the second wavelength.
    WaveScale2,
    /// Scaled value of the second wavelength.
    WaveValue2,
    /// Type of probability.
    Probability,
    /// Scale factor of the lower limit.
    LimitScale,
    /// Scaled value of the lower limit.
    LimitValue,
    /// Grid definition template.
    Grid,
    /// Number of the grid in its reference.
    GridPart,
    /// Series of satellites.
    Series,
    /// Number of the satellite.
    Satellite,
    /// Instrument of the satellite.
    Instrument,
    /// Scaled value of the central wave number.
    WaveNumber,
    /// Edition 1: top of a layer.
    Top,
    /// Edition 1: bottom of a layer.
    Bottom,
    /// Edition 1: time range indicator.
    TimeRange,
}

impl Key {
    /// Each with its name in the tables.
    const NAMES: [(&'static str, Self); 41] = [
        ("kind1", Self::Kind1),
        ("scale1", Self::Scale1),
        ("value1", Self::Value1),
        ("kind2", Self::Kind2),
        ("scale2", Self::Scale2),
        ("value2", Self::Value2),
        ("statistic", Self::Statistic),
        ("range_unit", Self::RangeUnit),
        ("range", Self::Range),
        ("process", Self::Process),
        ("template", Self::Template),
        ("version", Self::Version),
        ("constituent", Self::Constituent),
        ("aerosol_type", Self::AerosolType),
        ("source", Self::Source),
        ("chemical", Self::Chemical),
        ("chemical_source", Self::ChemicalSource),
        ("aerosol", Self::Aerosol),
        ("optical", Self::Optical),
        ("size_kind", Self::SizeKind),
        ("size_scale1", Self::SizeScale1),
        ("size_value1", Self::SizeValue1),
        ("size_scale2", Self::SizeScale2),
        ("size_value2", Self::SizeValue2),
        ("wave_kind", Self::WaveKind),
        ("wave_scale1", Self::WaveScale1),
        ("wave_value1", Self::WaveValue1),
        ("wave_scale2", Self::WaveScale2),
        ("wave_value2", Self::WaveValue2),
        ("probability", Self::Probability),
        ("limit_scale", Self::LimitScale),
        ("limit_value", Self::LimitValue),
        ("grid", Self::Grid),
        ("grid_part", Self::GridPart),
        ("series", Self::Series),
        ("satellite", Self::Satellite),
        ("instrument", Self::Instrument),
        ("wave_number", Self::WaveNumber),
        ("top", Self::Top),
        ("bottom", Self::Bottom),
        ("time_range", Self::TimeRange),
    ];

    /// The key of that name in the tables.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
    }

    /// The key of the scaled value that belongs to a scale factor.
    pub(super) const fn scaled_value(self) -> Option<Self> {
        match self {
            Self::Scale1 => Some(Self::Value1),
            Self::Scale2 => Some(Self::Value2),
            Self::SizeScale1 => Some(Self::SizeValue1),
            Self::SizeScale2 => Some(Self::SizeValue2),
            Self::WaveScale1 => Some(Self::WaveValue1),
            Self::WaveScale2 => Some(Self::WaveValue2),
            Self::LimitScale => Some(Self::LimitValue),
            _ => None,
        }
    }
}

/// How many keys there are.
const COUNT: usize = Key::NAMES.len();

/// A number that the header says is missing: all its bits are set.
pub const MISSING: i64 = i64::MAX;

/// A number that the header does not hold.
const ABSENT: i64 = i64::MIN;

/// What decides on the name of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Edition: 1 or 2.
    pub edition: u8,
    /// Originating centre (common code table C-11).
    pub centre: u16,
    /// Sub-centre, which may be the centre whose tables are used.
    pub sub_centre: u16,
    /// The numbers of the parameter; for edition 1 see [`Identity`].
    pub identity: Identity,
    values: [i64; COUNT],
}

impl Facts {
    /// Facts of which only the numbers of the parameter and the centre are known.
    pub const fn of(edition: u8, (centre, sub_centre): (u16, u16), identity: Identity) -> Self {
        Self { edition, centre, sub_centre, identity, values: [ABSENT; COUNT] }
    }

    /// The number under `key`, where the header holds it.
    pub fn get(&self, key: Key) -> Option<i64> {
        Some(self.values[key as usize]).filter(|&value| value != ABSENT)
    }

    /// Notes a number.
    pub fn set(&mut self, key: Key, value: impl Into<i64>) {
        self.values[key as usize] = value.into();
    }

    /// Notes a number that may be cut off.
    pub(in crate::grib) fn note(&mut self, key: Key, value: Option<impl Into<i64>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Notes a surface that is told by its value, as indexes do: it is no layer.
    pub fn note_level(&mut self, level: Level) {
        /// So many decimals are written.
        const DECIMALS: u8 = 3;
        self.set(Key::Kind1, level.kind);
        self.set(Key::Kind2, 255);
        let scaled = level.value.map(|value| (value * 10f64.powi(i32::from(DECIMALS))).round());
        self.set(Key::Scale1, scaled.map_or(MISSING, |_| i64::from(DECIMALS)));
        self.set(Key::Value1, scaled.map_or(MISSING, |scaled| scaled as i64));
        self.set(Key::Scale2, MISSING);
        self.set(Key::Value2, MISSING);
    }

    /// Notes a scale factor at octet `at` and the scaled value behind it; either may be missing.
    fn note_scaled(&mut self, (scale, value): (Key, Key), section: &[u8], at: usize) {
        let missing_or = |raw: u64, all: u64, value: i64| if raw == all { MISSING } else { value };
        if let Some(raw) = octet(section, at) {
            self.set(scale, missing_or(u64::from(raw), 255, signed(u64::from(raw), 8)));
        }
        if let Some(raw) = u32_at(section, at + 1) {
            self.set(value, missing_or(u64::from(raw), u64::from(u32::MAX), signed(u64::from(raw), 32)));
        }
    }
}

/// Octet `number` of a section, counted from 1.
fn octet(section: &[u8], number: usize) -> Option<u8> {
    section.get(number.checked_sub(1)?).copied()
}

fn u16_at(section: &[u8], number: usize) -> Option<u16> {
    Some(u16::from_be_bytes([octet(section, number)?, octet(section, number + 1)?]))
}

fn u32_at(section: &[u8], number: usize) -> Option<u32> {
    section
        .get(number.checked_sub(1)?..number + 3)
        .map(|four| four.iter().fold(0, |sum, &octet| sum << 8 | u32::from(octet)))
}

/// GRIB writes negative numbers as a sign bit and a magnitude.
fn signed(raw: u64, bits: u32) -> i64 {
    let sign = 1u64 << (bits - 1);
    let magnitude = i64::try_from(raw & (sign - 1)).unwrap_or(0);
    if raw & sign == 0 { magnitude } else { -magnitude }
}

/// Where the parts of a section 4 stand, by its template.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::grib) struct SectionOffsets {
    /// The type of the first surface.
    pub(in crate::grib) surfaces: Option<usize>,
    /// The end of the interval; the time ranges follow.
    pub(in crate::grib) end: Option<usize>,
}

impl Facts {
    /// Notes what section 4 of a message of edition 2 says.
    pub(in crate::grib) fn note_product(&mut self, section: &[u8], template: u16, places: SectionOffsets) {
        self.set(Key::Template, template);
        self.note_kind_of_template(section, template);
        if let Some(at) = places.surfaces {
            self.note(Key::Kind1, octet(section, at));
            self.note_scaled((Key::Scale1, Key::Value1), section, at + 1);
            self.note(Key::Kind2, octet(section, at + 6));
            self.note_scaled((Key::Scale2, Key::Value2), section, at + 7);
        }
        if let Some(at) = places.end {
            self.note(Key::Statistic, octet(section, at + 12));
            self.note(Key::RangeUnit, octet(section, at + 14));
            self.note(Key::Range, u32_at(section, at + 15));
        }
        if matches!(template, 5 | 9) {
            self.note(Key::Probability, octet(section, 37));
            self.note_scaled((Key::LimitScale, Key::LimitValue), section, 38);
        }
    }

    /// Notes the parts that only some templates have, and where the generating process stands behind them.
    fn note_kind_of_template(&mut self, section: &[u8], template: u16) {
        let process = match template {
            40..=43 | 76..=79 => {
                self.note(Key::Constituent, u16_at(section, 12));
                let is_source = template >= 76;
                self.set(Key::Chemical, i64::from(!is_source));
                self.set(Key::ChemicalSource, i64::from(is_source));
                if is_source {
                    self.note(Key::Source, octet(section, 14));
                }
                if is_source { 15 } else { 14 }
            }
            44..=49 => {
                self.note(Key::Constituent, u16_at(section, 12));
                self.note(Key::AerosolType, u16_at(section, 12));
                let is_optical = template >= 48;
                self.set(Key::Aerosol, i64::from(!is_optical));
                self.set(Key::Optical, i64::from(is_optical));
                self.note(Key::SizeKind, octet(section, 14));
                self.note_scaled((Key::SizeScale1, Key::SizeValue1), section, 15);
                self.note_scaled((Key::SizeScale2, Key::SizeValue2), section, 20);
                if is_optical {
                    self.note(Key::WaveKind, octet(section, 25));
                    self.note_scaled((Key::WaveScale1, Key::WaveValue1), section, 26);
                    self.note_scaled((Key::WaveScale2, Key::WaveValue2), section, 31);
                }
                if is_optical { 36 } else { 25 }
            }
            31 => {
                self.note_satellite(section, 15);
                12
            }
            32..=34 => {
                self.note_satellite(section, 24);
                12
            }
            70..=73 => 17,
            0..=30 | 51 | 60 | 61 | 91 | 1000..=1101 => 12,
            _ => return,
        };
        self.note(Key::Process, octet(section, process));
    }

    /// Notes the first band of a satellite, which begins at octet `at`.
    fn note_satellite(&mut self, section: &[u8], at: usize) {
        self.note(Key::Series, u16_at(section, at));
        self.note(Key::Satellite, u16_at(section, at + 2));
        self.note(Key::Instrument, u16_at(section, at + 4));
        self.note(Key::WaveNumber, u32_at(section, at + 7));
    }

    /// Notes what section 1 of a message of edition 1 says of levels and time.
    pub(in crate::grib) fn note_edition1(&mut self, (kind, level): (u8, [u8; 2]), time_range: u8) {
        self.set(Key::Kind1, kind);
        self.set(Key::TimeRange, time_range);
        let is_layer = matches!(kind, 101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141);
        let whole = u16::from_be_bytes(level);
        let (top, bottom) = if is_layer { (level[0].into(), level[1].into()) } else { (whole, whole) };
        self.set(Key::Value1, top);
        self.set(Key::Top, top);
        self.set(Key::Bottom, bottom);
    }
}
