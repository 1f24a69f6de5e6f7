//! The nouns of the field. Construction validates; nothing here reads a clock or does IO.
//!
//! In: raw numbers and text from the edges. Out: values that cannot hold nonsense.
//! Start reading at [`octets`], then [`content`] (what bytes are) and [`integrity`] (what proves them).

pub mod address_class;
pub mod compression;
pub mod content;
pub mod data_kind;
pub mod field;
pub mod file_kind;
pub mod file_name;
pub mod grid;
pub mod integrity;
pub mod lead_time;
pub mod octets;
pub mod on_disk;
pub mod outside_text;
pub mod pattern;
pub mod rate;
pub mod safe_path;
pub mod seal;
pub mod selection;
pub mod source;
#[cfg(test)]
pub(crate) mod tests;
pub mod torrent;
pub mod url_component;
pub mod utc;
