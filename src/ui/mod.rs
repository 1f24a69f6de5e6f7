//! The only pixels: a window on the same snapshots and actions as the terminal.
//!
//! | file | what it is |
//! |---|---|
//! | [`window`] | the window itself: opens, hears of changes, repaints only for a reason |
//! | [`trouble`] | why there is no window, and what to install |
//! | [`shell`] | what stands around every screen: rail, top bar, status bar, palette, messages |
//! | [`scene`] | what a screen is given: a snapshot, texts, colours, and where questions are asked |
//! | [`asked`] | a question to catalogues, and its answer |
//! | [`theme`] | every colour, size and face of the program |
//! | [`style`] | egui's own widgets in those colours |
//! | [`fonts`] | the faces |
//! | [`icon`] | the sign of the program |
//! | [`icon_names`] | the icons of the icon face |
//! | [`screens`] | one folder or file a screen |
//! | [`widgets`] | what several screens draw |
//!
//! A screen is a function from a [`scene::Scene`] and its own small view state (scroll, text being typed, selection) to
//! actions. It does not lock, block, sort long lists, format errors or name a colour.

pub mod asked;
pub mod fonts;
#[cfg(test)]
mod glyph_tests;
pub mod icon;
pub mod icon_names;
pub mod scene;
pub mod screens;
pub mod shell;
pub mod style;
#[cfg(test)]
pub mod testing;
pub mod theme;
pub mod trouble;
pub mod widgets;
pub mod window;
