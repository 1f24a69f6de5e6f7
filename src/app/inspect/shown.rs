//! What the values of each field of a file come to.
//!
//! In: a message, and the fields that its headers tell. Out: a [`ShownField`] for each: one that cannot be decoded says why, and
//! costs the others nothing.

use crate::domain::field::Field;
use crate::field::decoding::decode;
pub use crate::field::error::DecodeError;
use crate::field::grid::FieldGrid;
use crate::field::limits::DecodeLimits;
use crate::field::message::{self, FieldSections};
pub use crate::field::statistics::{FieldStatistics, ValueRange};
use crate::field::values::FieldValues;

/// Longest message that is read into memory: 60 million points of 64 bits.
pub const LONGEST_MESSAGE: u64 = 512 << 20;

/// A field, and what its values come to.
#[derive(Clone, Debug)]
pub struct ShownField {
    /// What it is.
    pub field: Field,
    /// Its values, or why they are not told.
    pub values: Result<ShownValues, DecodeError>,
}

/// What the values of a field come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShownValues {
    /// Least, greatest and mean value, and how many points have none.
    pub statistics: FieldStatistics,
    /// Whether every point has the same value, and the file holds one number.
    pub form: ValueForm,
    /// The name of its grid. `None` for one that is not read: its values are.
    pub grid: Option<&'static str>,
}

/// How many numbers the file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueForm {
    /// One for all points.
    Constant,
    /// One for each point.
    Points,
}

/// Decodes the fields of one message, which are told by its headers, one after the other.
pub fn show_message<'a>(
    octets: &'a [u8],
    fields: &'a [Field],
    limits: DecodeLimits<'a>,
) -> impl Iterator<Item = ShownField> + 'a {
    let mut sections = message::fields_of(octets);
    fields.iter().map(move |field| {
        let next = match &mut sections {
            Ok(sections) => sections.next().unwrap_or(Err(DecodeError::NotAMessage)),
            Err(error) => Err(error.clone()),
        };
        ShownField { field: field.clone(), values: next.and_then(|sections| show(&sections, &limits)) }
    })
}

/// The same of fields whose message is not read.
pub fn refuse_message(fields: &[Field], error: &DecodeError) -> impl Iterator<Item = ShownField> {
    fields.iter().map(|field| ShownField { field: field.clone(), values: Err(error.clone()) })
}

fn show(sections: &FieldSections<'_>, limits: &DecodeLimits<'_>) -> Result<ShownValues, DecodeError> {
    let values = decode(sections, limits)?;
    let form = match values {
        FieldValues::Constant { .. } => ValueForm::Constant,
        FieldValues::Points(_) => ValueForm::Points,
    };
    let grid = FieldGrid::of(sections).ok().map(|grid| grid.key());
    Ok(ShownValues { statistics: FieldStatistics::of(&values), form, grid })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grib::walk::index_octets;

    const FIRST: &[u8] = include_bytes!("../../../tests/fixtures/fields/simple.grib2");

    #[test]
    fn a_field_that_cannot_be_decoded_costs_the_others_nothing() {
        let mut unread = FIRST.to_vec();
        // Section 5 stands behind sections 0, 1, 3 and 4; its template becomes one that is not read.
        let at = unread.windows(6).position(|octets| octets == [0, 0, 0, 21, 5, 0]).expect("section 5");
        unread[at + 9..at + 11].copy_from_slice(&50_001_u16.to_be_bytes());
        let file = [FIRST, &unread, FIRST].concat();
        let index = index_octets(&file);
        let shown: Vec<ShownField> = index
            .fields
            .chunks(1)
            .flat_map(|fields| {
                let range = fields[0].range.start() as usize..fields[0].range.end() as usize;
                show_message(&file[range], fields, DecodeLimits::default()).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[1].values, Err(DecodeError::Packing(50_001)));
        for good in [&shown[0], &shown[2]] {
            let values = good.values.as_ref().expect("it is decoded");
            assert_eq!((values.statistics.points, values.grid), (108, Some("lat_lon")));
        }
    }
}
