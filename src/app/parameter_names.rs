//! What parameters are called by people, in English and French.
//!
//! In: a short name such as `2t`. Out: words; the short name again where none are known.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_has_words_in_both_languages_or_its_short_name() {
        assert_eq!(names_of_parameter("2t").1, "Température à 2 m");
        assert_eq!(names_of_parameter("x1").0, "x1");
    }
}
