//! What a parameter is called, by the tables of its centre, edition and table version.
//!
//! In: [`Facts`] of a header. Out: [`Parameter`]: short name, units and English name as ecCodes has them. A number that
//! WMO leaves to the centres means what that centre says, and nothing where its table is not known. The tables are
//! those of `assets/parameters`; each is read when a field first needs it. Start reading at [`find`].

mod facts;
mod table;
#[cfg(test)]
mod tests;

pub(super) use facts::SectionOffsets;
pub use facts::{Facts, Key};

use crate::domain::field::{Field, Identity, Level};
use std::collections::HashMap;
use std::sync::OnceLock;
use table::{ParameterRow, ParameterTable};

/// What a parameter is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The short name, such as `2t`.
    pub short: &'static str,
    /// Units, such as `kg m**-2`; empty where the tables tell none.
    pub units: &'static str,
    /// The English name, such as `2 metre temperature`; empty where the tables tell none.
    pub name: &'static str,
}

/// Amounts of precipitation, whatever surface they are told of.
const TOTAL_PRECIPITATION: Parameter =
    Parameter { short: "tp", units: "kg m**-2", name: "Total Precipitation" };

/// The parameter whose sum that is.
const PRECIPITATION_RATE: Identity = Identity::new(0, 1, 52);

/// The centre whose names stand for WMO's numbers where neither WMO's table nor the centre's tells one.
const ECMWF: u16 = 98;

/// NCEP among the centres.
pub(super) const NCEP: u16 = 7;

/// A table that is read when it is first needed.
struct Lazy {
    /// 0 is WMO.
    centre: u16,
    text: &'static str,
    table: OnceLock<ParameterTable>,
}

impl Lazy {
    const fn new(centre: u16, text: &'static str) -> Self {
        Self { centre, text, table: OnceLock::new() }
    }

    fn table(&self) -> &ParameterTable {
        self.table.get_or_init(|| ParameterTable::read(self.text))
    }
}

/// The text of a table.
macro_rules! lazy {
    ($centre:literal, $file:literal) => {
        Lazy::new($centre, include_str!(concat!("../../../assets/parameters/", $file, ".tsv")))
    };
}

/// Edition 1: WMO first.
static EDITION1: [Lazy; 14] = [
    lazy!(0, "grib1/wmo"),
    lazy!(7, "grib1/kwbc"),
    lazy!(34, "grib1/rjtd"),
    lazy!(46, "grib1/sbsj"),
    lazy!(78, "grib1/edzw"),
    lazy!(80, "grib1/cnmc"),
    lazy!(82, "grib1/eswi"),
    lazy!(85, "grib1/lfpw"),
    lazy!(86, "grib1/efkl"),
    lazy!(88, "grib1/enmi"),
    lazy!(94, "grib1/ekmi"),
    lazy!(98, "grib1/ecmf"),
    lazy!(224, "grib1/lowm"),
    lazy!(233, "grib1/eidb"),
];

/// Edition 2: WMO first.
static EDITION2: [Lazy; 10] = [
    lazy!(0, "grib2/wmo"),
    lazy!(7, "grib2/kwbc"),
    lazy!(74, "grib2/egrr"),
    lazy!(78, "grib2/edzw"),
    lazy!(80, "grib2/cnmc"),
    lazy!(82, "grib2/eswi"),
    lazy!(85, "grib2/lfpw"),
    lazy!(86, "grib2/efkl"),
    lazy!(94, "grib2/ekmi"),
    lazy!(98, "grib2/ecmf"),
];

/// ECMWF's names of before, which hold where no other does.
static EDITION2_OLDER: Lazy = lazy!(98, "grib2/ecmf-older");

fn tables(edition: u8) -> &'static [Lazy] {
    if edition == 1 { &EDITION1 } else { &EDITION2 }
}

fn table_of(edition: u8, centre: u16) -> Option<&'static ParameterTable> {
    let of_centre = tables(edition).iter().find(|lazy| lazy.centre == centre && centre != 0);
    of_centre.map(Lazy::table)
}

fn wmo(edition: u8) -> &'static ParameterTable {
    tables(edition)[0].table()
}

/// Whether WMO leaves the number to the centres: what it means depends on who says it.
pub fn is_local(identity: Identity) -> bool {
    if identity.discipline == Identity::NO_DISCIPLINE {
        identity.category >= 128 || identity.number >= 128
    } else {
        [identity.discipline, identity.category, identity.number].iter().any(|&number| number >= 192)
    }
}

/// What the parameter of a header is called. `None` where neither WMO nor the centre gives it a name.
pub fn find(facts: &Facts) -> Option<Parameter> {
    let of_wmo = wmo(facts.edition).best(facts);
    let of_centre = table_of(facts.edition, facts.centre).and_then(|table| table.best(facts));
    let best = match (of_wmo, of_centre) {
        (Some((weight, row)), Some((more, own))) => Some(if more > weight { own } else { row }),
        (one, other) => one.or(other).map(|(_, row)| row),
    };
    let named = |row: &ParameterRow| Some(row.parameter).filter(|parameter| !parameter.short.is_empty());
    if let Some(row) = best {
        return named(row);
    }
    // What is left to the centres is called by ECMWF's names only where ECMWF's tables are used.
    let is_of_ecmwf = facts.centre == ECMWF || facts.sub_centre == ECMWF;
    if is_of_ecmwf || !is_local(facts.identity) {
        let others = [table_of(facts.edition, ECMWF), (facts.edition == 2).then(|| EDITION2_OLDER.table())];
        if let Some((_, row)) = others.into_iter().flatten().find_map(|table| table.best(facts)) {
            return named(row);
        }
    }
    let is_sum = facts.identity == PRECIPITATION_RATE && facts.get(Key::Statistic) == Some(1);
    is_sum.then_some(TOTAL_PRECIPITATION)
}

/// What the short name of a field stands for: its units and English name. `None` for names that no table has.
pub fn meaning_of(field: &Field) -> Option<Parameter> {
    let short = field.param.as_deref()?;
    let is_meant = |row: &&ParameterRow| row.parameter.short == short;
    let identity = field.identity.filter(|_| field.edition != 0);
    let edition = if field.edition == 1 { 1 } else { 2 };
    let own = field.centre.and_then(|centre| table_of(edition, centre));
    let by_numbers = identity.and_then(|identity| {
        let others = [own, Some(wmo(edition)), table_of(edition, ECMWF)];
        others.into_iter().flatten().find_map(|table| table.rows_of(identity).iter().find(is_meant))
    });
    by_numbers.map(|row| row.parameter).or_else(|| by_name().get(short).map(|named| named.parameter))
}

/// What a short name stands for wherever it is written without numbers.
struct Named {
    parameter: Parameter,
    /// `None` when several parameters are called so.
    identity: Option<Identity>,
    level: Option<Level>,
    weight: u32,
}

/// The names of WMO and ECMWF in edition 2, where the numbers are theirs to give.
fn by_name() -> &'static HashMap<&'static str, Named> {
    static NAMES: OnceLock<HashMap<&'static str, Named>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names: HashMap<&'static str, Named> = HashMap::new();
        for table in [Some(wmo(2)), table_of(2, ECMWF)].into_iter().flatten() {
            // Discipline 192 repeats ECMWF's tables of edition 1.
            let rows = table.rows().iter().filter(|row| row.identity.discipline < 192);
            for row in rows.filter(|row| !row.parameter.short.is_empty()) {
                let named = Named {
                    parameter: row.parameter,
                    identity: Some(row.identity),
                    level: table.level_of(row),
                    weight: table.weight(row),
                };
                let known = names.entry(row.parameter.short).or_insert_with(|| Named { ..named });
                if known.identity != named.identity {
                    known.identity = None;
                    known.level = known.level.filter(|level| Some(*level) == named.level);
                } else if named.weight < known.weight {
                    *known = named;
                }
            }
        }
        names
    })
}

/// What a short name stands for where it is written without numbers, as in an index: its numbers where only one
/// parameter is called so, and the surface that is part of it.
pub fn identity_of_short(short: &str) -> Option<(Option<Identity>, Option<Level>)> {
    by_name().get(short).map(|named| (named.identity, named.level.filter(|level| level.value.is_some())))
}
