//! What a field is called by people: the words of the project where it has some, else those of the tables of parameters.
//!
//! In: a field. Out: [`FieldMeaning`].

use super::parameter_names::names_of_parameter;
use crate::domain::field::Field;
use crate::grib::parameters;

/// What a field is called, in both languages, and its units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldMeaning {
    /// In English; its short name or its numbers where no words are known, and empty where it has neither.
    pub en: String,
    /// In French; in English where no French words are known.
    pub fr: String,
    /// Its units as the tables write them (`kg m**-2`), where they tell.
    pub units: Option<&'static str>,
}

/// What `field` is called.
pub fn meaning_of(field: &Field) -> FieldMeaning {
    let Some(name) = field.name() else { return FieldMeaning::default() };
    let told = parameters::meaning_of(field);
    let units = told.map(|told| told.units).filter(|units| !units.is_empty());
    let (en, fr) = names_of_parameter(&name);
    match told.filter(|told| en == name && !told.name.is_empty()) {
        Some(told) => FieldMeaning { en: told.name.to_owned(), fr: told.name.to_owned(), units },
        None => FieldMeaning { en, fr, units },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Identity;
    use crate::domain::octets::ByteRange;

    #[test]
    fn a_field_has_words_of_ours_or_of_its_table_and_units() {
        let range = ByteRange::new(0, 1).expect("not empty");
        let field = |param: &'static str, numbers: (u8, u8, u8)| Field {
            edition: 2,
            identity: Some(Identity::new(numbers.0, numbers.1, numbers.2)),
            param: Some(param.into()),
            ..Field::at(1, range)
        };
        let temperature = meaning_of(&field("2t", (0, 0, 0)));
        assert_eq!((temperature.fr.as_str(), temperature.units), ("Température à 2 m", Some("K")));
        let vorticity = meaning_of(&field("absv", (0, 2, 10)));
        assert_eq!((vorticity.en.as_str(), vorticity.units), ("Absolute vorticity", Some("s**-1")));
        let unknown = meaning_of(&Field { param: None, ..field("", (0, 1, 200)) });
        assert_eq!((unknown.en.as_str(), unknown.units), ("0/1/200", None));
    }
}
