//! Other names of parameters than the short ones: NCEP's, which its indexes write, and those that people are used to.
//!
//! Source: WMO Manual on Codes, table 4.2, and the names that wgrib2 prints for its entries. What a parameter is called
//! is for [`parameters`] to say; identity is the numbers.

use super::parameters::{self, NCEP, is_local};
use crate::domain::field::{Field, Identity, Level};

/// A parameter: its numbers, the short name on any level, and NCEP's name.
type Row = (u8, u8, u8, &'static str, &'static str);

/// NCEP's names by the numbers of the parameter; those from 192 on are NCEP's own.
const NCEP_NAMES: &[Row] = &[
    (0, 0, 0, "t", "TMP"),
    (0, 0, 1, "vtmp", "VTMP"),
    (0, 0, 2, "pt", "POT"),
    (0, 0, 4, "mx2t", "TMAX"),
    (0, 0, 5, "mn2t", "TMIN"),
    (0, 0, 6, "dpt", "DPT"),
    (0, 0, 7, "depr", "DEPR"),
    (0, 0, 10, "slhf", "LHTFL"),
    (0, 0, 11, "sshf", "SHTFL"),
    (0, 0, 12, "heatx", "HEATX"),
    (0, 0, 17, "skt", "SKINT"),
    (0, 0, 21, "aptmp", "APTMP"),
    (0, 1, 0, "q", "SPFH"),
    (0, 1, 1, "r", "RH"),
    (0, 1, 2, "mixr", "MIXR"),
    (0, 1, 3, "pwat", "PWAT"),
    (0, 1, 7, "prate", "PRATE"),
    (0, 1, 8, "tp", "APCP"),
    (0, 1, 9, "ncpcp", "NCPCP"),
    (0, 1, 10, "acpcp", "ACPCP"),
    (0, 1, 11, "sde", "SNOD"),
    (0, 1, 13, "sd", "WEASD"),
    (0, 1, 19, "ptype", "PTYPE"),
    (0, 1, 22, "clwmr", "CLWMR"),
    (0, 1, 23, "ciwc", "ICMR"),
    (0, 1, 24, "rwmr", "RWMR"),
    (0, 1, 25, "snmr", "SNMR"),
    (0, 1, 29, "asnow", "ASNOW"),
    (0, 1, 32, "grle", "GRLE"),
    (0, 1, 49, "tp", "TPRATE"),
    (0, 1, 52, "tprate", "TPRATE"),
    (0, 1, 53, "tsrwe", "TSRWE"),
    (0, 1, 60, "sd", "SNOM"),
    (0, 1, 65, "rprate", "RPRATE"),
    (0, 1, 66, "sprate", "SPRATE"),
    (0, 1, 192, "crain", "CRAIN"),
    (0, 1, 193, "cfrzr", "CFRZR"),
    (0, 1, 194, "cicep", "CICEP"),
    (0, 1, 195, "csnow", "CSNOW"),
    (0, 1, 196, "cprat", "CPRAT"),
    (0, 1, 39, "cpofp", "CPOFP"),
    (0, 2, 0, "wdir", "WDIR"),
    (0, 2, 1, "ws", "WIND"),
    (0, 2, 2, "u", "UGRD"),
    (0, 2, 3, "v", "VGRD"),
    (0, 2, 4, "strf", "STRM"),
    (0, 2, 5, "vp", "VPOT"),
    (0, 2, 8, "w", "VVEL"),
    (0, 2, 9, "wz", "DZDT"),
    (0, 2, 10, "absv", "ABSV"),
    (0, 2, 12, "vo", "RELV"),
    (0, 2, 13, "d", "RELD"),
    (0, 2, 22, "gust", "GUST"),
    (0, 2, 23, "ugust", "UGUST"),
    (0, 2, 24, "vgust", "VGUST"),
    (0, 2, 25, "vwsh", "VWSH"),
    (0, 3, 0, "pres", "PRES"),
    (0, 3, 1, "prmsl", "PRMSL"),
    (0, 3, 4, "z", "GP"),
    (0, 3, 5, "gh", "HGT"),
    (0, 3, 6, "geoh", "DIST"),
    (0, 3, 18, "blh", "HPBL"),
    (0, 3, 192, "mslet", "MSLET"),
    (0, 3, 196, "hpbl", "HPBL"),
    (0, 4, 7, "ssrd", "DSWRF"),
    (0, 4, 8, "uswrf", "USWRF"),
    (0, 4, 9, "ssr", "NSWRF"),
    (0, 4, 192, "dswrf", "DSWRF"),
    (0, 4, 193, "uswrf", "USWRF"),
    (0, 5, 3, "strd", "DLWRF"),
    (0, 5, 4, "ulwrf", "ULWRF"),
    (0, 5, 5, "str", "NLWRF"),
    (0, 5, 192, "dlwrf", "DLWRF"),
    (0, 5, 193, "ulwrf", "ULWRF"),
    (0, 6, 1, "tcc", "TCDC"),
    (0, 6, 2, "ccc", "CDCON"),
    (0, 6, 3, "lcc", "LCDC"),
    (0, 6, 4, "mcc", "MCDC"),
    (0, 6, 5, "hcc", "HCDC"),
    (0, 6, 6, "cwat", "CWAT"),
    (0, 6, 11, "cdcb", "CDCB"),
    (0, 7, 6, "cape", "CAPE"),
    (0, 7, 7, "cin", "CIN"),
    (0, 7, 8, "hlcy", "HLCY"),
    (0, 7, 192, "lftx", "LFTX"),
    (0, 7, 193, "4lftx", "4LFTX"),
    (0, 14, 0, "tco3", "TOZNE"),
    (0, 14, 192, "o3mr", "O3MR"),
    (0, 15, 1, "refd", "REFD"),
    (0, 16, 195, "refd", "REFD"),
    (0, 16, 196, "refc", "REFC"),
    (0, 16, 4, "refzr", "REFZR"),
    (0, 16, 5, "refc", "REFC"),
    (0, 19, 0, "vis", "VIS"),
    (0, 19, 11, "tke", "TKE"),
    (2, 0, 0, "lsm", "LAND"),
    (2, 0, 1, "sr", "SFCR"),
    (2, 0, 2, "st", "TSOIL"),
    (2, 0, 4, "veg", "VEG"),
    (2, 0, 192, "soilw", "SOILW"),
    (2, 0, 25, "vsw", "VSOILM"),
    (2, 3, 18, "st", "SOILT"),
    (2, 3, 20, "vsw", "SOILMOI"),
    (10, 0, 3, "swh", "HTSGW"),
    (10, 0, 4, "mwd", "WVDIR"),
    (10, 0, 5, "shww", "WVHGT"),
    (10, 0, 6, "mpww", "WVPER"),
    (10, 0, 7, "swdir", "SWDIR"),
    (10, 0, 8, "shts", "SWELL"),
    (10, 0, 9, "swper", "SWPER"),
    (10, 0, 10, "dirpw", "DIRPW"),
    (10, 0, 11, "perpw", "PERPW"),
    (10, 0, 14, "mwd", "MWSDIR"),
    (10, 0, 15, "mwp", "MWSPER"),
    (10, 2, 0, "ci", "ICEC"),
    (10, 2, 1, "icetk", "ICETK"),
    (10, 3, 0, "sst", "WTMP"),
    (10, 3, 1, "dslm", "DSLM"),
    (0, 0, 9, "tmpa", "TMPA"),
    (0, 1, 37, "cprate", "CPRAT"),
    (0, 1, 200, "pevpr", "PEVPR"),
    (0, 2, 17, "uflx", "UFLX"),
    (0, 2, 18, "vflx", "VFLX"),
    (0, 2, 192, "vwsh", "VWSH"),
    (0, 2, 194, "ustm", "USTM"),
    (0, 2, 195, "vstm", "VSTM"),
    (0, 2, 220, "maxuvv", "MAXUVV"),
    (0, 2, 224, "vrate", "VRATE"),
    (0, 3, 3, "icaht", "ICAHT"),
    (0, 3, 9, "gpa", "GPA"),
    (0, 3, 193, "5wavh", "5WAVH"),
    (0, 3, 194, "u-gwd", "U-GWD"),
    (0, 3, 195, "v-gwd", "V-GWD"),
    (0, 3, 197, "5wava", "5WAVA"),
    (0, 6, 192, "cdlyr", "CDLYR"),
    (0, 6, 193, "cwork", "CWORK"),
    (0, 6, 201, "sunsd", "SUNSD"),
    (0, 7, 0, "pli", "PLI"),
    (0, 14, 193, "ozcon", "OZCON"),
    (0, 19, 1, "al", "ALBDO"),
    (0, 19, 2, "tstm", "TSTM"),
    (0, 19, 192, "mxsalb", "MXSALB"),
    (2, 0, 5, "watr", "WATR"),
    (2, 0, 193, "gflux", "GFLUX"),
    (2, 0, 201, "wilt", "WILT"),
    (2, 3, 203, "fldcp", "FLDCP"),
];

/// Other ways in which people write names: the names of each line are understood for each other.
const ALIASES: &[&[&str]] = &[
    &["2t", "t2m"],
    &["2d", "d2m"],
    &["2r", "rh2m", "r2"],
    &["10u", "u10"],
    &["10v", "v10"],
    &["10fg", "i10fg", "fg10", "gust"],
    &["10si", "si10"],
    &["10fg", "10fg3"],
    &["10fg", "10fg6"],
    &["prmsl", "msl"],
    &["sp", "pres"],
    &["tmax", "mx2t"],
    &["tmin", "mn2t"],
];

fn row_of(identity: Identity) -> Option<&'static Row> {
    let numbers = (identity.discipline, identity.category, identity.number);
    NCEP_NAMES.iter().find(|row| (row.0, row.1, row.2) == numbers)
}

/// What NCEP's name stands for.
pub fn identity_of_ncep(name: &str) -> Option<Identity> {
    let row = NCEP_NAMES.iter().find(|row| row.4 == name)?;
    Some(Identity::new(row.0, row.1, row.2))
}

/// What a short name stands for where it is written without numbers: its numbers where only one parameter is called
/// so, and the surface that is part of the name.
pub fn identity_of_short(name: &str) -> Option<(Option<Identity>, Option<Level>)> {
    parameters::identity_of_short(name)
}

/// What NCEP calls the parameter of a field: by its numbers, unless another centre gave them, else by its short name.
pub fn ncep_name(field: &Field) -> Option<&'static str> {
    let short = field.param.as_deref();
    let is_of_ncep = field.centre == Some(NCEP);
    let identity = field.identity.filter(|identity| is_of_ncep || !is_local(*identity));
    let by_numbers = identity.filter(|_| field.edition != 1).and_then(row_of);
    let by_short = || {
        let named = parameters::identity_of_short(short?).and_then(|(identity, _)| identity);
        let is_called = |row: &&Row| row.3 == short.unwrap_or_default() && !is_local_row(row);
        named.and_then(row_of).or_else(|| NCEP_NAMES.iter().find(is_called))
    };
    by_numbers.or_else(by_short).map(|row| row.4)
}

fn is_local_row(row: &Row) -> bool {
    is_local(Identity::new(row.0, row.1, row.2))
}

/// All names by which the parameter of a field is known.
pub fn names_of(field: &Field) -> Vec<&str> {
    let mut names: Vec<&str> = field.param.iter().map(AsRef::as_ref).collect();
    let short = names.first().copied();
    names.extend(ncep_name(field));
    for alike in ALIASES.iter().filter(|alike| short.is_some_and(|short| alike.contains(&short))) {
        let others = alike.iter().filter(|name| Some(**name) != short);
        names.extend(others);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteRange;
    use std::borrow::Cow;

    fn a_field(param: &'static str, identity: Identity, centre: u16) -> Field {
        let range = ByteRange::new(0, 1).expect("not empty");
        let param = Some(param).filter(|param| !param.is_empty()).map(Cow::Borrowed);
        let (identity, centre) = (Some(identity), Some(centre));
        Field { edition: 2, param, identity, centre, ..Field::at(1, range) }
    }

    #[test]
    fn a_field_is_known_by_the_names_of_several_houses() {
        let field = a_field("2t", Identity::new(0, 0, 0), 85);
        let names = names_of(&field);
        for name in ["2t", "t2m", "TMP"] {
            assert!(names.contains(&name), "{name} is not in {names:?}");
        }
        assert!(!names.contains(&"t"), "the temperature at 2 m is not that of the free air: {names:?}");
    }

    #[test]
    fn numbers_of_another_centre_have_no_name_of_ncep() {
        let numbers = Identity::new(0, 1, 193);
        assert_eq!(ncep_name(&a_field("cfrzr", numbers, NCEP)), Some("CFRZR"));
        assert_eq!(ncep_name(&a_field("tp", numbers, 98)), Some("APCP"), "by its short name");
        assert_eq!(ncep_name(&a_field("", numbers, 34)), None);
    }

    #[test]
    fn fields_of_edition_1_are_known_by_names_of_ncep() {
        let numbers = Identity::new(Identity::NO_DISCIPLINE, 2, 11);
        assert_eq!(ncep_name(&Field { edition: 1, ..a_field("2t", numbers, 7) }), Some("TMP"));
    }
}
