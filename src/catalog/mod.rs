//! What exists.

pub mod bencode;
pub mod metainfo;
#[cfg(test)]
mod tests;
pub mod tracker;
pub mod web_seed;
