//! What parameters are called by people, in English and French, and choices that many make.
//!
//! In: a short name such as `2t`. Out: words; the short name again where none are known. And back: what people write
//! for parameters, as short names.

use crate::domain::field::Field;
use crate::grib::parameters::meaning_of;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Short name, English, French.
const NAMES: &[(&str, &str, &str)] = &[
    ("2t", "Temperature at 2 m", "Température à 2 m"),
    ("t", "Temperature", "Température"),
    ("2d", "Dew point at 2 m", "Point de rosée à 2 m"),
    ("dpt", "Dew point", "Point de rosée"),
    ("2r", "Relative humidity at 2 m", "Humidité relative à 2 m"),
    ("r", "Relative humidity", "Humidité relative"),
    ("q", "Specific humidity", "Humidité spécifique"),
    ("10u", "Eastward wind at 10 m", "Vent zonal à 10 m"),
    ("10v", "Northward wind at 10 m", "Vent méridien à 10 m"),
    ("10si", "Wind speed at 10 m", "Force du vent à 10 m"),
    ("10wdir", "Wind direction at 10 m", "Direction du vent à 10 m"),
    ("100u", "Eastward wind at 100 m", "Vent zonal à 100 m"),
    ("100v", "Northward wind at 100 m", "Vent méridien à 100 m"),
    ("10fg", "Gusts at 10 m", "Rafales à 10 m"),
    ("i10fg", "Gusts at 10 m", "Rafales à 10 m"),
    ("gust", "Gusts", "Rafales"),
    ("u", "Eastward wind", "Vent zonal"),
    ("v", "Northward wind", "Vent méridien"),
    ("w", "Vertical velocity", "Vitesse verticale"),
    ("ws", "Wind speed", "Force du vent"),
    ("wdir", "Wind direction", "Direction du vent"),
    ("tp", "Total precipitation", "Précipitations totales"),
    ("tprate", "Precipitation rate", "Intensité des précipitations"),
    ("prate", "Precipitation rate", "Intensité des précipitations"),
    ("sd", "Snow depth in water", "Équivalent en eau de la neige"),
    ("sde", "Snow depth", "Hauteur de neige"),
    ("msl", "Pressure at mean sea level", "Pression au niveau de la mer"),
    ("prmsl", "Pressure at mean sea level", "Pression au niveau de la mer"),
    ("sp", "Surface pressure", "Pression de surface"),
    ("gh", "Geopotential height", "Hauteur géopotentielle"),
    ("z", "Geopotential", "Géopotentiel"),
    ("tcc", "Total cloud cover", "Nébulosité totale"),
    ("lcc", "Low cloud cover", "Nébulosité basse"),
    ("mcc", "Medium cloud cover", "Nébulosité moyenne"),
    ("hcc", "High cloud cover", "Nébulosité élevée"),
    ("vis", "Visibility", "Visibilité"),
    ("cape", "Convective energy (CAPE)", "Énergie convective (CAPE)"),
    ("ssrd", "Solar radiation downwards", "Rayonnement solaire descendant"),
    ("strd", "Thermal radiation downwards", "Rayonnement thermique descendant"),
    ("blh", "Boundary layer height", "Hauteur de la couche limite"),
    ("skt", "Skin temperature", "Température de surface"),
    ("swh", "Significant wave height", "Hauteur significative des vagues"),
    ("mwp", "Mean wave period", "Période moyenne des vagues"),
    ("mwd", "Mean wave direction", "Direction moyenne des vagues"),
];

/// What the parameter of that short name is called, in English and French.
pub fn names_of_parameter(short: &str) -> (String, String) {
    let known = NAMES.iter().find(|(name, ..)| *name == short);
    known.map_or_else(
        || (short.to_owned(), short.to_owned()),
        |(_, english, french)| ((*english).to_owned(), (*french).to_owned()),
    )
}

/// What the parameter of a field is called in English and French, and its units: by the words of people where there are
/// any, else by the table of its centre, which is English. `None` where no table has its name.
pub fn meaning_of_field(field: &Field) -> Option<((String, String), &'static str)> {
    let short = field.param.as_deref()?;
    let meaning = meaning_of(field);
    let (english, french) = names_of_parameter(short);
    let names = match &meaning {
        Some(meaning) if english == short => (meaning.name.to_owned(), meaning.name.to_owned()),
        _ => (english, french),
    };
    let units = meaning.map_or("", |meaning| meaning.units);
    (names.0 != short || !units.is_empty()).then_some((names, units))
}

/// A choice of parameters that many make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its English name.
    pub en: &'static str,
    /// Its French name.
    pub fr: &'static str,
    /// The short names.
    pub params: &'static str,
}

/// The choices that many make; each is written `@` and one of its names.
pub const PRESETS: [Preset; 5] = [
    Preset { en: "surface", fr: "sol", params: "2t,2d,2r,10u,10v,10fg,tp,msl" },
    Preset { en: "wind", fr: "vent", params: "10u,10v,10si,10wdir,10fg" },
    Preset { en: "rain", fr: "pluie", params: "tp,tprate,prate,cp" },
    Preset { en: "sky", fr: "ciel", params: "tcc,lcc,mcc,hcc,vis" },
    Preset { en: "waves", fr: "vagues", params: "swh,mwp,mwd" },
];

/// What a person writes for parameters, separated by commas, as short names: `@wind`, `Température à 2 m` and `2t` are
/// understood, in any case and without accents. A single word that is none of these is left as it is. Several short names
/// of one parameter are either of them, and a preset is a set with a name, as
/// [`with_params`](crate::domain::selection::Selection::with_params) reads them.
///
/// # Errors
/// The part that is no name: several words that are known in neither language, or an unknown preset.
pub fn short_names_of(text: &str) -> Result<String, String> {
    let mut short = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some(name) = part.strip_prefix('@') {
            let is_meant = |preset: &&Preset| [preset.en, preset.fr].contains(&folded(name).as_str());
            let preset = PRESETS.iter().find(is_meant).ok_or_else(|| part.to_owned())?;
            short.push(format!("{}={}", folded(name), preset.params.replace(',', "|")));
            continue;
        }
        let wanted = folded(part);
        let is_called = |name: &&(&str, &str, &str)| folded(name.1) == wanted || folded(name.2) == wanted;
        let called: Vec<&str> = NAMES.iter().filter(is_called).map(|name| name.0).collect();
        if !called.is_empty() {
            short.push(called.join("|"));
            continue;
        }
        if part.contains(' ') {
            return Err(part.to_owned());
        }
        short.push(part.to_owned());
    }
    Ok(short.join(","))
}

/// Small letters without accents, words one space apart.
fn folded(text: &str) -> String {
    let plain: String = text.nfd().filter(|c| !is_combining_mark(*c)).collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_words_in_both_languages_or_its_short_name() {
        assert_eq!(names_of_parameter("2t").1, "Température à 2 m");
        assert_eq!(names_of_parameter("x1").0, "x1");
    }

    #[test]
    fn people_write_words_presets_and_short_names() {
        let short = |text| short_names_of(text);
        assert_eq!(short("Temperature a 2 m, tp").as_deref(), Ok("2t,tp"));
        assert_eq!(short("température à 2 M").as_deref(), Ok("2t"));
        assert_eq!(short("gusts at 10 m").as_deref(), Ok("10fg|i10fg"), "by either of its short names");
        assert_eq!(short("@VENT,0/3/1").as_deref(), Ok("vent=10u|10v|10si|10wdir|10fg,0/3/1"));
        assert_eq!(short("@nothing"), Err("@nothing".to_owned()));
        assert_eq!(short("colour of the sky"), Err("colour of the sky".to_owned()));
    }
}
