//! Values and positions of the fields of GRIB messages.
//!
//! | file | what it is |
//! |---|---|
//! | [`message`] | the sections of each field of a message |
//! | [`packing`] | from section 5 and section 7 to numbers, by template |
//! | [`bitmap`] | which points have a value |
//! | [`decoding`] | decodes a field: start reading at [`decoding::decode`] |
//! | [`values`] | the values of a field |
//! | [`statistics`] | least, greatest and mean value, missing points |
//! | [`grid`] | where the points lie |
//! | [`limits`] | how much may be decoded, and when it is given up |
//! | [`error`] | why something is not decoded |
//! | `bits` | numbers of any width |
//!
//! Files come from strangers: what is read is compared with the octets that are there before anything is allocated, points
//! are limited, and every long loop asks whether it is still wanted.

pub mod bitmap;
mod bits;
pub mod decoding;
pub mod error;
pub mod grid;
pub mod limits;
pub mod message;
pub mod packing;
pub mod statistics;
#[cfg(test)]
mod tests;
pub mod values;
