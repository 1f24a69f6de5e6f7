//! Every colour, size and face of the program; nothing else in `ui` names one.
//!
//! In: light or dark. Out: [`Theme`]; [`Theme::style`](super::style) dresses egui's own widgets in it. Text on every
//! ground reaches a contrast of 4.5 to 1 (WCAG AA), marks and edges 3 to 1, and no two states differ by colour alone.

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
    /// Behind text that is typed.
    pub field: Color32,
    /// Behind what is chosen.
    pub chosen: Color32,
    /// Behind what the pointer is on.
    pub hovered: Color32,
    /// Text.
    pub text: Color32,
    /// Text of second rank; still AA on ground and panel.
    pub quiet: Color32,
    /// Text on [`peers`](Self::peers), as on the button that goes on.
    pub on_accent: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Edges of fields, buttons and boxes.
    pub edge: Color32,
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

/// The squares of a QR code and the ground on which they stand: in both shades so, since readers expect it.
pub const QR_CODE: (Color32, Color32) = (Color32::BLACK, Color32::WHITE);

/// Height of a row of a table.
pub const ROW_HEIGHT: f32 = 22.0;

/// Size of text.
pub const TEXT_SIZE: f32 = 13.5;

/// Size of text of second rank: units, hints, the status bar.
pub const SMALL_SIZE: f32 = 12.0;

/// Size of headings.
pub const HEADING_SIZE: f32 = 17.0;

/// Height of buttons and fields.
pub const CONTROL_HEIGHT: f32 = 26.0;

/// The grid that everything stands on.
pub const GRID: f32 = 4.0;

/// Width of a line of prose; longer ones are hard to read.
pub const PROSE_WIDTH: f32 = 640.0;

impl Theme {
    /// The theme of that shade.
    pub const fn of(shade: Shade) -> Self {
        match shade {
            Shade::Light => Self {
                shade,
                ground: Color32::from_rgb(0xF6, 0xF8, 0xFA),
                panel: Color32::from_rgb(0xE9, 0xEE, 0xF3),
                field: Color32::from_rgb(0xFF, 0xFF, 0xFF),
                chosen: Color32::from_rgb(0xD5, 0xE5, 0xF5),
                hovered: Color32::from_rgb(0xDE, 0xE6, 0xEE),
                text: Color32::from_rgb(0x14, 0x21, 0x2E),
                quiet: Color32::from_rgb(0x46, 0x56, 0x64),
                on_accent: Color32::from_rgb(0xFF, 0xFF, 0xFF),
                line: Color32::from_rgb(0xC9, 0xD2, 0xDA),
                edge: Color32::from_rgb(0x74, 0x82, 0x90),
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
                field: Color32::from_rgb(0x0B, 0x12, 0x19),
                chosen: Color32::from_rgb(0x1C, 0x39, 0x56),
                hovered: Color32::from_rgb(0x26, 0x35, 0x44),
                text: Color32::from_rgb(0xE8, 0xEE, 0xF4),
                quiet: Color32::from_rgb(0xA9, 0xB6, 0xC2),
                on_accent: Color32::from_rgb(0x0B, 0x12, 0x19),
                line: Color32::from_rgb(0x33, 0x43, 0x52),
                edge: Color32::from_rgb(0x78, 0x89, 0x9A),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(colour: Color32) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour.r()) + 0.7152 * part(colour.g()) + 0.0722 * part(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn too_faint(theme: &Theme) -> Vec<String> {
        let grounds = [("ground", theme.ground), ("panel", theme.panel), ("field", theme.field)];
        let lit = [("chosen", theme.chosen), ("hovered", theme.hovered)];
        let texts = [("text", theme.text), ("quiet", theme.quiet)];
        let coloured = [
            ("peers", theme.peers),
            ("proven", theme.proven),
            ("attention", theme.attention),
            ("failed", theme.failed),
        ];
        let marks = [("http", theme.http), ("disk", theme.disk), ("edge", theme.edge)];
        let pairs = |fronts: &[(&'static str, Color32)], backs: &[(&'static str, Color32)], least: f64| {
            let mut found = Vec::new();
            for front in fronts {
                for back in backs {
                    let reached = contrast(front.1, back.1);
                    if reached < least {
                        found.push(format!("{:?} {} on {}: {reached:.2}", theme.shade, front.0, back.0));
                    }
                }
            }
            found
        };
        let mut found = pairs(&texts, &grounds, 4.5);
        found.extend(pairs(&texts, &lit, 4.5));
        found.extend(pairs(&coloured, &grounds, 4.5));
        found.extend(pairs(&coloured, &lit, 4.5));
        found.extend(pairs(&marks, &grounds, 3.0));
        found.extend(pairs(&[("on_accent", theme.on_accent)], &[("peers", theme.peers)], 4.5));
        found
    }

    #[test]
    fn every_text_can_be_read_and_every_mark_seen_on_every_ground() {
        let faint: Vec<String> =
            [Shade::Light, Shade::Dark].iter().flat_map(|shade| too_faint(&Theme::of(*shade))).collect();
        assert!(faint.is_empty(), "{faint:#?}");
    }
}
