//! Which parameter a file holds, by the naming rules of the centres that write one field, or one parameter, to a file.
//!
//! In: a file's name. Out: a [`NamedField`]. The rules are data: one line each. Names that follow none tell nothing; run and
//! lead time are read by [`crate::domain::file_name`].

use regex::Regex;
use std::sync::LazyLock;

/// What a name tells of the fields in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedField {
    /// Who names files so.
    pub centre: &'static str,
    /// The model, as the centre calls it.
    pub model: Option<String>,
    /// The parameter or package, as the centre calls it.
    pub parameter: Option<String>,
    /// The level, as the centre writes it.
    pub level: Option<String>,
}

/// Centre, and a pattern with groups `model`, `parameter` and `level`, each of which may be absent.
const RULES: [(&str, &str); 10] = [
    (
        "ca-eccc-msc",
        r"^\d{8}T\d{2}Z_MSC_(?<model>[^_]+)_(?<parameter>[^_]+)_(?<level>[^_]+(?:_[^_]+)?)_(?:RLatLon|LatLon|PS)",
    ),
    ("ca-eccc-msc", r"^CMC_(?<model>[a-z]+)(?:_[a-z]+)?_(?<parameter>[A-Z0-9]+)_(?<level>[A-Z]+_[0-9-]+)_"),
    (
        "fr-meteofrance",
        r"^(?<model>arome|arpege|mocage|mfwam)(?:-[a-z0-9-]+)?__[0-9]+__(?<parameter>[A-Z]+[0-9]*)__",
    ),
    ("fr-meteofrance", r"^(?<model>AROME|ARPEGE)_[0-9.]+_(?<parameter>[A-Z]+[0-9]*)_"),
    (
        "de-dwd",
        r"^(?<model>icon(?:-[a-z0-9]+)*)_[a-z-]+_[a-z-]+_(?<level>single-level|time-invariant)_\d{10}_\d{3}_(?<parameter>.+?)\.grib2",
    ),
    (
        "de-dwd",
        r"^(?<model>icon(?:-[a-z0-9]+)*)_[a-z-]+_[a-z-]+_(?:model|pressure|soil)-level_\d{10}_\d{3}_(?<level>\d+)_(?<parameter>.+?)\.grib2",
    ),
    (
        "us-noaa-nws",
        r"^(?<model>gfs|gefs|nam|rap|hrrr)[a-z0-9]*\.t\d{2}z\.(?<parameter>pgrb2[a-z]*|sfluxgrb|wrf[a-z]{3}|awp)",
    ),
    ("ecmwf", r"^\d{14}-\d+h-(?<model>[a-z]+)-(?<parameter>[a-z]+)\."),
    ("jp-jma", r"^Z__C_RJTD_\d{14}_(?<model>[A-Z]+)_GPV_R[a-z]+_(?<level>L-?[a-z]+)"),
    ("cn-cma", r"^Z_NAFP_C_BABJ_\d{14}_P_(?<model>[A-Z0-9-]+?)-\d{3,5}\."),
];

static COMPILED: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let compile = |(centre, pattern)| (centre, Regex::new(pattern).expect("the rules are tested"));
    RULES.into_iter().map(compile).collect()
});

/// Reads a file's name. `None` when no rule knows it.
pub fn of_name(name: &str) -> Option<NamedField> {
    if name.len() > 255 {
        return None;
    }
    COMPILED.iter().find_map(|(centre, rule)| {
        let found = rule.captures(name)?;
        let group = |group: &str| found.name(group).map(|text| text.as_str().to_owned());
        Some(NamedField {
            centre,
            model: group("model"),
            parameter: group("parameter"),
            level: group("level"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_each_centre_tell_their_parameter() {
        for (name, expected) in [
            ("20260811T06Z_MSC_REPS_LHTFL_SFC_RLatLon0.09x0.09_PT060H.grib2", "ca-eccc-msc REPS LHTFL SFC"),
            ("20260219T00Z_MSC_HRDPS_TMP_AGL-2m_RLatLon0.0225_PT006H.grib2", "ca-eccc-msc HRDPS TMP AGL-2m"),
            ("CMC_reg_WIND_ISBL_30_ps10km_2023052712_P037.grib2", "ca-eccc-msc reg WIND ISBL_30"),
            (
                "CMC_hrdps_north_HGT_ISBL_1000_ps2.5km_2023052812_P006-00.grib2",
                "ca-eccc-msc hrdps HGT ISBL_1000",
            ),
            ("arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2", "fr-meteofrance arome SP1 -"),
            ("AROME_0.01_HP1_07H_201704290600.grib2", "fr-meteofrance AROME HP1 -"),
            (
                "icon_global_icosahedral_single-level_2021112018_006_TOT_PREC.grib2.bz2",
                "de-dwd icon TOT_PREC single-level",
            ),
            (
                "icon-d2_germany_regular-lat-lon_pressure-level_2021112018_006_850_t.grib2.bz2",
                "de-dwd icon-d2 t 850",
            ),
            ("icon-eu_europe_regular_pressure-level_2021112018_006_850_T.grib2.bz2", "de-dwd icon-eu T 850"),
            ("gfs.t00z.pgrb2.0p25.f007", "us-noaa-nws gfs pgrb2 -"),
            ("hrrr.t00z.wrfsfcf24.grib2", "us-noaa-nws hrrr wrfsfc -"),
            ("20250301000000-6h-oper-fc.grib2", "ecmwf oper fc -"),
            ("Z_NAFP_C_BABJ_20250112000000_P_CMA-GEPS-GLB-024.grib2", "cn-cma CMA-GEPS-GLB - -"),
            ("WIGOS_0-20000-0-63708_20260811T100000.bufr4", "-"),
        ] {
            let read = of_name(name).map_or("-".to_owned(), |named| {
                let or = |text: Option<String>| text.unwrap_or("-".to_owned());
                format!("{} {} {} {}", named.centre, or(named.model), or(named.parameter), or(named.level))
            });
            assert_eq!(read, expected, "{name}");
        }
    }
}
