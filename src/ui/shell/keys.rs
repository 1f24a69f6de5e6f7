//! The keys that work on every screen.
//!
//! In: what was typed in this frame. Out: [`Wish`]es. A key that a field needs stays with the field.

use super::place::Place;
use crate::app::settings::Zoom;
use egui::{Context, Key, KeyboardShortcut, Modifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Go to a screen.
    Go(Place),
    /// Type into the find field.
    Find,
    /// Open the command palette.
    Palette,
    /// Show the keys and first steps.
    Help,
    /// One step larger.
    Larger,
    /// One step smaller.
    Smaller,
    /// As large as usual.
    UsualSize,
}

/// Steps of the zoom, in percent.
const STEPS: [u16; 8] = [100, 110, 125, 150, 175, 200, 250, 300];

/// What the keys of this frame ask for.
pub fn heard(ctx: &Context) -> Vec<Wish> {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    let mut table: Vec<(KeyboardShortcut, Wish)> =
        Place::ALL.iter().map(|place| (ctrl(place.key()), Wish::Go(*place))).collect();
    table.extend([
        (ctrl(Key::L), Wish::Go(Place::Journal)),
        (ctrl(Key::Comma), Wish::Go(Place::Settings)),
        (ctrl(Key::F), Wish::Find),
        (ctrl(Key::P), Wish::Palette),
        (ctrl(Key::K), Wish::Palette),
        (KeyboardShortcut::new(Modifiers::NONE, Key::F1), Wish::Help),
        (ctrl(Key::Plus), Wish::Larger),
        (ctrl(Key::Equals), Wish::Larger),
        (ctrl(Key::Minus), Wish::Smaller),
        (ctrl(Key::Num0), Wish::UsualSize),
    ]);
    ctx.input_mut(|input| {
        let pressed = table.iter().filter(|(shortcut, _)| input.consume_shortcut(shortcut));
        pressed.map(|(_, wish)| *wish).collect()
    })
}

/// The zoom after a wish. `None` when the wish is about something else.
pub fn zoomed(now: Zoom, wish: Wish) -> Option<Zoom> {
    let now = now.percent();
    let next = match wish {
        Wish::Larger => STEPS.into_iter().find(|step| *step > now).unwrap_or(300),
        Wish::Smaller => STEPS.into_iter().rev().find(|step| *step < now).unwrap_or(100),
        Wish::UsualSize => 100,
        Wish::Go(_) | Wish::Find | Wish::Palette | Wish::Help => return None,
    };
    Some(Zoom::new(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zoom_goes_in_steps_and_stays_between_100_and_300() {
        let after = |percent, wish| zoomed(Zoom::new(percent), wish).map(Zoom::percent);
        assert_eq!(after(100, Wish::Larger), Some(110));
        assert_eq!(after(130, Wish::Smaller), Some(125));
        assert_eq!(after(300, Wish::Larger), Some(300));
        assert_eq!(after(100, Wish::Smaller), Some(100));
        assert_eq!(after(250, Wish::UsualSize), Some(100));
        assert_eq!(after(250, Wish::Find), None);
    }
}
