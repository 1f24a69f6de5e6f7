//! What several screens draw: bars, badges, cells, shapes. Each has a name for screen readers.

pub mod field;
