//! The only pixels: a window on the same snapshots and actions as the terminal.
//!
//! | file | what it is |
//! |---|---|
//! | [`scene`] | what a screen is given: a snapshot, texts, colours, and where questions are asked |
//! | [`theme`] | every colour, size and face of the program |
//! | [`screens`] | one folder or file a screen |
//! | [`widgets`] | what several screens draw |
//!
//! A screen is a function from a [`scene::Scene`] and its own small view state (scroll, text being typed, selection) to
//! actions. It does not lock, block, sort long lists, format errors or name a colour.

pub mod scene;
pub mod screens;
pub mod theme;
pub mod widgets;
