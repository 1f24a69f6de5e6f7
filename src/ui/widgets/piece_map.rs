//! The pieces of a content as one band of squares, each with the shape and colour of where it came from.
//!
//! In: a [`PieceMap`]. Out: a painted map, and its legend as words. Squares stand for several pieces when there are many.

use crate::app::jobs::detail::{PieceMap, PieceState};
use crate::ui::theme::Theme;
use egui::{Color32, Painter, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

/// Every state, in the order of the legend.
pub const STATES: [PieceState; 6] = [
    PieceState::FromPeers,
    PieceState::FromHttp,
    PieceState::FromDisk,
    PieceState::AskedHttp,
    PieceState::Missing,
    PieceState::NotWanted,
];

/// Side of a square, with the gap to the next.
const STEP: f32 = 11.0;

/// Side of a square.
const SIDE: f32 = 9.0;

/// How many pieces are in `state`.
pub fn count(map: &PieceMap, state: PieceState) -> u32 {
    map.segments.iter().filter(|segment| segment.state == state).map(|segment| segment.count).sum()
}

/// One state for each square: `squares` of them, or fewer when there are fewer pieces. The least complete state of the
/// pieces that share a square is shown, so that nothing looks more complete than it is.
pub fn squares(map: &PieceMap, squares: usize) -> Vec<PieceState> {
    let pieces: u64 = map.segments.iter().map(|segment| u64::from(segment.count)).sum();
    let shown = (squares as u64).min(pieces);
    let mut states = Vec::new();
    let (mut segments, mut end) = (map.segments.iter(), 0_u64);
    let mut current = None;
    for square in 0..shown {
        let (from, to) = (square * pieces / shown, (square + 1) * pieces / shown);
        let mut least = (end > from).then_some(current).flatten();
        while end < to {
            let Some(segment) = segments.next() else { break };
            end += u64::from(segment.count);
            current = Some(segment.state);
            least = Some(least.map_or(segment.state, |state| less_complete(state, segment.state)));
        }
        states.push(least.unwrap_or(PieceState::Missing));
    }
    states
}

fn less_complete(a: PieceState, b: PieceState) -> PieceState {
    let rank = |state| match state {
        PieceState::Missing => 0,
        PieceState::AskedHttp => 1,
        PieceState::FromHttp => 2,
        PieceState::FromPeers => 3,
        PieceState::FromDisk => 4,
        PieceState::NotWanted => 5,
    };
    if rank(a) <= rank(b) { a } else { b }
}

/// Draws the map over the width that is there, in at most `rows` lines of squares. Returns the rectangle it took.
pub fn show(ui: &mut Ui, map: &PieceMap, rows: usize, theme: &Theme) -> Rect {
    let across = ((ui.available_width() / STEP).floor() as usize).max(1);
    let states = squares(map, across * rows.max(1));
    let lines = states.len().div_ceil(across).max(1);
    let (rect, _) =
        ui.allocate_exact_size(vec2(ui.available_width(), lines as f32 * STEP), egui::Sense::hover());
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(rect));
    for (at, state) in states.into_iter().enumerate() {
        let min = rect.min + vec2((at % across) as f32 * STEP, (at / across) as f32 * STEP);
        paint(&painter, Rect::from_min_size(min, Vec2::splat(SIDE)), state, theme);
    }
    rect
}

/// Paints one square.
pub fn paint(painter: &Painter, square: Rect, state: PieceState, theme: &Theme) {
    let frame = |color: Color32| {
        painter.rect_stroke(square, 1.0, Stroke::new(1.0, color), StrokeKind::Inside);
    };
    let fill = |height: f32, color: Color32| {
        let top = square.bottom() - square.height() * height;
        painter.rect_filled(Rect::from_min_max(pos2(square.left(), top), square.max), 1.0, color);
    };
    match state {
        PieceState::NotWanted => {
            painter.circle_filled(square.center(), 1.0, theme.quiet);
        }
        PieceState::Missing => frame(theme.quiet),
        PieceState::AskedHttp => {
            frame(theme.http);
            painter.circle_filled(square.center(), 2.0, theme.http);
        }
        PieceState::FromPeers => fill(1.0, theme.peers),
        PieceState::FromHttp => {
            fill(2.0 / 3.0, theme.http);
            frame(theme.http);
        }
        PieceState::FromDisk => {
            fill(1.0 / 3.0, theme.disk);
            frame(theme.disk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::detail::Segment;

    fn map(segments: &[(u32, PieceState)]) -> PieceMap {
        let segments: Vec<_> = segments.iter().map(|&(count, state)| Segment { count, state }).collect();
        PieceMap { pieces: segments.iter().map(|s| s.count).sum(), piece_length: 1, segments }
    }

    #[test]
    fn few_pieces_have_a_square_each() {
        let map = map(&[(2, PieceState::FromPeers), (1, PieceState::Missing)]);
        let (held, missing) = (PieceState::FromPeers, PieceState::Missing);
        assert_eq!(squares(&map, 10), [held, held, missing]);
        assert_eq!(count(&map, held), 2);
    }

    #[test]
    fn a_square_for_many_pieces_shows_the_least_complete_of_them() {
        let map = map(&[(7, PieceState::FromPeers), (1, PieceState::Missing), (92, PieceState::FromPeers)]);
        let shown = squares(&map, 10);
        assert_eq!(shown.len(), 10);
        assert_eq!(shown[0], PieceState::Missing);
        assert!(shown[1..].iter().all(|state| *state == PieceState::FromPeers));
    }

    #[test]
    fn a_map_without_pieces_has_no_squares() {
        assert_eq!(squares(&PieceMap::default(), 10), []);
    }
}
