//! Where messages lie in a file, and which fields they hold. No value is ever decoded.
//!
//! | file | what it is |
//! |---|---|
//! | [`walk`] | walks a file by its headers: says what to read next, is fed octets, lists fields and problems |
//! | [`index`] | what a walk or a sidecar comes to: fields and problems |
//! | [`kept`] | the same as text, to be kept |
//! | [`product`] | one field from sections 1, 4 and 5: identity, lead time, levels |
//! | [`edition1`] | the same for GRIB1, which is listed and stepped over |
//! | [`parameters`] | what a parameter is called, by the tables of its centre |
//! | [`code_tables`] | other names that people and indexes write |
//! | [`claim`] | whether a file is what an index says of it |
//! | [`sidecar`] | indexes that publishers put beside files, and ours |
//! | [`slicing`] | from a selection to octets |
//! | [`structure`] | whether a stream of octets is well-formed GRIB |
//!
//! Everything here takes octets and offsets, so that a local file and a remote one are the same. Files come from
//! strangers: no length that was read is allocated, no loop stands on one.

pub mod claim;
pub mod code_tables;
pub mod edition1;
pub mod index;
pub mod kept;
pub mod parameters;
pub mod product;
pub mod sidecar;
pub mod slicing;
pub mod structure;
#[cfg(test)]
mod tests;
pub mod walk;
