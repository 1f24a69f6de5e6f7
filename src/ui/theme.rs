//! Every colour, size and face of the program; nothing else in `ui` names one.
//!
//! In: light or dark. Out: [`Theme`]. Text on every ground reaches a contrast of 4.5 to 1 (WCAG AA), and no two states
//! differ by colour alone.

use egui::Color32;

/// The colours and sizes of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theme {
    /// Light or dark.
    pub shade: Shade,
    /// Behind everything.
    pub ground: Color32,
    /// Behind panels, heads of tables and fields.
    pub panel: Color32,
    /// Text.
    pub text: Color32,
    /// Text of second rank; still AA on ground and panel.
    pub quiet: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Peers; also the accent of buttons and selection.
    pub peers: Color32,
    /// HTTP.
    pub http: Color32,
    /// The disk.
    pub disk: Color32,
    /// Proven.
    pub proven: Color32,
    /// To be looked at.
    pub attention: Color32,
    /// Failed.
    pub failed: Color32,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Dark text on a light ground.
    Light,
    /// Light text on a dark ground.
    Dark,
}

/// Height of a row of a table.
pub const ROW_HEIGHT: f32 = 22.0;

/// Size of text.
pub const TEXT_SIZE: f32 = 13.5;

/// The grid that everything stands on.
pub const GRID: f32 = 4.0;

impl Theme {
    /// The theme of that shade.
    pub const fn of(shade: Shade) -> Self {
        match shade {
            Shade::Light => Self {
                shade,
                ground: Color32::from_rgb(0xF6, 0xF8, 0xFA),
                panel: Color32::from_rgb(0xE9, 0xEE, 0xF3),
                text: Color32::from_rgb(0x14, 0x21, 0x2E),
                quiet: Color32::from_rgb(0x4A, 0x5A, 0x68),
                line: Color32::from_rgb(0xC9, 0xD2, 0xDA),
                peers: Color32::from_rgb(0x0A, 0x44, 0x80),
                http: Color32::from_rgb(0xBA, 0x6A, 0x10),
                disk: Color32::from_rgb(0x77, 0x84, 0x8F),
                proven: Color32::from_rgb(0x00, 0x70, 0x5F),
                attention: Color32::from_rgb(0x82, 0x5A, 0x00),
                failed: Color32::from_rgb(0x7A, 0x00, 0x30),
            },
            Shade::Dark => Self {
                shade,
                ground: Color32::from_rgb(0x11, 0x1A, 0x23),
                panel: Color32::from_rgb(0x1B, 0x27, 0x33),
                text: Color32::from_rgb(0xE8, 0xEE, 0xF4),
                quiet: Color32::from_rgb(0xA9, 0xB6, 0xC2),
                line: Color32::from_rgb(0x33, 0x43, 0x52),
                peers: Color32::from_rgb(0x5F, 0xA8, 0xEE),
                http: Color32::from_rgb(0xF5, 0xB0, 0x5C),
                disk: Color32::from_rgb(0x76, 0x86, 0x9A),
                proven: Color32::from_rgb(0x8F, 0xE8, 0xCF),
                attention: Color32::from_rgb(0xF2, 0xD1, 0x6B),
                failed: Color32::from_rgb(0xFF, 0x7F, 0x95),
            },
        }
    }
}
