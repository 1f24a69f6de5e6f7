//! How much is here, split by who gave it: peers at full height, HTTP at two thirds, the disk at one third.
//!
//! In: octets by source and the whole. Out: a painted bar. Height tells the source where colour cannot.

use crate::domain::octets::ByteCount;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::ui::theme::Theme;
use egui::{Color32, Painter, Rect, Stroke, StrokeKind, pos2};

/// Shares of a bar, each 0 to 1, together at most 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// From peers.
    pub peers: f32,
    /// By HTTP.
    pub http: f32,
    /// From the disk or an announcement.
    pub disk: f32,
}

impl Shares {
    /// The shares of `given` in `whole`; nothing when the whole is nothing.
    pub fn of(given: &BytesBySource, whole: ByteCount) -> Self {
        if whole == ByteCount::ZERO {
            return Self::default();
        }
        let sum = |kinds: &[SourceKind]| kinds.iter().map(|kind| given.get(*kind).0).sum::<u64>() as f64;
        // More can be held than is wanted: whole pieces reach beyond a slice.
        let base = (whole.0 as f64).max(given.total().0 as f64);
        Self {
            peers: (sum(&[SourceKind::Swarm]) / base) as f32,
            http: (sum(&[SourceKind::WebSeed, SourceKind::Mirror]) / base) as f32,
            disk: (sum(&[SourceKind::Inline, SourceKind::Disk]) / base) as f32,
        }
    }

    /// Each of them times `part`.
    pub fn times(self, part: f32) -> Self {
        Self { peers: self.peers * part, http: self.http * part, disk: self.disk * part }
    }

    /// Everything together.
    pub fn total(self) -> f32 {
        self.peers + self.http + self.disk
    }
}

/// Paints a bar into `rect`.
pub fn paint(painter: &Painter, rect: Rect, shares: Shares, theme: &Theme) {
    painter.rect_filled(rect, 2.0, theme.panel);
    let mut x = rect.left();
    for (share, color, height) in [
        (shares.peers, theme.peers, 1.0),
        (shares.http, theme.http, 2.0 / 3.0),
        (shares.disk, theme.disk, 1.0 / 3.0),
    ] {
        let end = (x + rect.width() * share.clamp(0.0, 1.0)).min(rect.right());
        if end > x {
            painter.rect_filled(part(rect, (x, end), height), 0.0, color);
        }
        x = end;
    }
    painter.rect_stroke(rect, 2.0, Stroke::new(1.0, theme.line), StrokeKind::Inside);
}

fn part(rect: Rect, (from, to): (f32, f32), height: f32) -> Rect {
    Rect::from_min_max(pos2(from, rect.bottom() - rect.height() * height), pos2(to, rect.bottom()))
}

/// The small sample of a source that stands before its name in a legend.
pub fn paint_sample(painter: &Painter, rect: Rect, (color, height): (Color32, f32)) {
    painter.rect_filled(part(rect, (rect.left(), rect.right()), height), 1.0, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_pass_the_whole_even_when_more_is_held_than_was_wanted() {
        let mut given = BytesBySource::default();
        given.add(SourceKind::Swarm, ByteCount(150));
        given.add(SourceKind::Mirror, ByteCount(50));
        let shares = Shares::of(&given, ByteCount(100));
        assert_eq!((shares.peers, shares.http, shares.disk), (0.75, 0.25, 0.0));
        assert_eq!(Shares::of(&given, ByteCount::ZERO).total(), 0.0);
    }
}
