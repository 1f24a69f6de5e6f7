//! Reads run and lead times out of the names under which centres publish their files.
//!
//! In: a path as published. Out: [`NamedTimes`]; what is not certain is `None`, and such a file must be opened.
//! Knows no list of models: each way of writing is recognised by itself, and two that disagree say nothing.
//! Start reading at [`NamedTimes::of_path`]; [`LeadFilter`] chooses files of a torrent by it.

mod leads;
mod run;
#[cfg(test)]
mod tests;

use crate::domain::lead_time::{LeadSelection, LeadTime};
use crate::domain::utc::UtcTime;

/// Longest path that is looked at, in octets; a longer one tells nothing.
const LONGEST_PATH: usize = 4 << 10;

/// Longest file name that is looked at, in octets: the longest that file systems hold.
const LONGEST_NAME: usize = 255;

/// Longest lead time that a name may give, in hours: three digits.
const MOST_HOURS: i64 = 999;

/// Endings that say how a file is written, not what is in it.
const ENDINGS: [&str; 14] = [
    ".grib2", ".grib", ".grb2", ".grb", ".gb2", ".bin", ".nc", ".bz2", ".gz", ".xz", ".zst", ".idx",
    ".index", ".inv",
];

/// What a name tells of the times in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamedTimes {
    /// When the run started. `None` when the name gives no date and hour, or two.
    pub run: Option<UtcTime>,
    /// The lead times in the file. `None` when the name gives none, or two that disagree.
    pub leads: Option<NamedLeads>,
}

/// Lead times of a file, from the first to the last. Which between them it holds, the name does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NamedLeads {
    /// The first.
    pub first: LeadTime,
    /// The last; the first again when there is one only.
    pub last: LeadTime,
}

impl NamedTimes {
    /// Reads a path whose components are joined by `/`: times of the file name, and a run also of the folders.
    ///
    /// | written | read as |
    /// |---|---|
    /// | `arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2` (also with `_` for `:`) | run, 0 h to 6 h |
    /// | `AROME_0.01_HP1_07H_201704290600.grib2` | run, 7 h |
    /// | `gfs.20250301/00/atmos/gfs.t00z.pgrb2.0p25.f007` | run, 7 h |
    /// | `hrrr.t00z.wrfsfcf24.grib2`, `nam.t00z.awp21124.tm00.grib2` | 24 h |
    /// | `hrrr.t00z.wrfsubhf02.grib2` | 1 h 15 to 2 h |
    /// | `20250301000000-6h-oper-fc.grib2` | run, 6 h |
    /// | `icon_global_icosahedral_single-level_2021112018_006_TOT_PREC.grib2.bz2` | run, 6 h |
    /// | `20260219T00Z_MSC_HRDPS_CAPE_Sfc_RLatLon0.0225_PT006H.grib2`, `PT012H15M.grib2` | run, 6 h; 12 h 15 |
    /// | `CMC_reg_RH_ISBL_550_ps10km_2021051800_P006-00.grib2` | run, 6 h |
    /// | `Z_NAFP_C_BABJ_20250112000000_P_CMA-GEPS-GLB-024.grib2`, `…-02400.grib2` | run, 24 h |
    /// | `Z__C_RJTD_20171205000000_MSM_GUID_Rjp_P-all_FH03-39_Toorg_grib2.bin` | run, 3 h to 39 h |
    pub fn of_path(path: &str) -> Self {
        if path.len() > LONGEST_PATH {
            return Self::default();
        }
        let mut components = path.rsplit('/');
        let name = stem_of(components.next().unwrap_or_default());
        if name.len() > LONGEST_NAME {
            return Self::default();
        }
        let run = run::run_of(name, components);
        let leads = leads::leads_of(name, run);
        Self { run, leads }
    }
}

impl NamedLeads {
    /// `None` when the last comes before the first, or after what three digits of hours can say.
    fn new(first: i64, last: i64) -> Option<Self> {
        let is_span = 0 <= first && first <= last && last <= MOST_HOURS * 60;
        is_span.then(|| Self { first: LeadTime::from_minutes(first), last: LeadTime::from_minutes(last) })
    }

    /// Whether the file holds one lead time only.
    pub fn is_single(self) -> bool {
        self.first == self.last
    }
}

/// Chooses files by the lead times in their names.
#[derive(Clone, Debug)]
pub struct LeadFilter {
    /// Every minute that is chosen among those a name can give; ascending.
    chosen: Vec<i64>,
}

impl LeadFilter {
    /// A filter for `selection`; to be made once and asked for every file.
    pub fn new(selection: &LeadSelection) -> Self {
        let all = 0..=MOST_HOURS * 60;
        let chosen = all.filter(|&minutes| selection.contains(LeadTime::from_minutes(minutes))).collect();
        Self { chosen }
    }

    /// Whether a file with these lead times can hold any that is chosen. For a span that is a chance, not a promise.
    pub fn may_hold(&self, leads: NamedLeads) -> bool {
        let next = self.chosen.partition_point(|&minutes| minutes < leads.first.minutes());
        self.chosen.get(next).is_some_and(|&minutes| minutes <= leads.last.minutes())
    }
}

/// The name without the endings that say how it is written.
fn stem_of(mut name: &str) -> &str {
    while let Some(stem) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = stem;
    }
    name
}

/// The parts of a name between `_ . + - , =` and spaces.
fn words_of(name: &str) -> Vec<&str> {
    let words = name.split(['_', '.', '+', '-', ',', '=', ' ']);
    words.filter(|word| !word.is_empty()).collect()
}

/// The number that `count` digits spell, and nothing else.
fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The only value among `found`, however often it was found.
fn only<T: PartialEq + Copy>(found: impl IntoIterator<Item = T>) -> Option<T> {
    let mut found = found.into_iter();
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}
