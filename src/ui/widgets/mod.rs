//! What several screens draw: bars, badges, cells, shapes. Each has a name for screen readers.
//!
//! Shapes are drawn, not written: no face has them all, and a shape says what a colour alone must not.

pub mod badge;
pub mod bar;
pub mod buttons;
pub mod cell;
pub mod empty;
pub mod field;
pub mod mark;
pub mod picker;
pub mod piece_map;
pub mod qr_code;
pub mod rates;
pub mod room;
pub mod row;
pub mod sort_header;
pub mod text;
pub mod typed;
