//! The keys that work on every screen.
//!
//! In: what was typed in this frame. Out: [`KeyCommand`]es. A key that a field needs stays with the field.

use super::place::Place;
use crate::app::settings::Zoom;
use egui::{Context, Key, KeyboardShortcut, Modifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyCommand {
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
pub fn heard(ctx: &Context) -> Vec<KeyCommand> {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    let mut table: Vec<(KeyboardShortcut, KeyCommand)> =
        Place::ALL.iter().map(|place| (ctrl(place.key()), KeyCommand::Go(*place))).collect();
    table.extend([
        (ctrl(Key::L), KeyCommand::Go(Place::Journal)),
        (ctrl(Key::Comma), KeyCommand::Go(Place::Settings)),
        (ctrl(Key::F), KeyCommand::Find),
        (ctrl(Key::P), KeyCommand::Palette),
        (ctrl(Key::K), KeyCommand::Palette),
        (KeyboardShortcut::new(Modifiers::NONE, Key::F1), KeyCommand::Help),
        (ctrl(Key::Plus), KeyCommand::Larger),
        (ctrl(Key::Equals), KeyCommand::Larger),
        (ctrl(Key::Minus), KeyCommand::Smaller),
        (ctrl(Key::Num0), KeyCommand::UsualSize),
    ]);
    ctx.input_mut(|input| {
        let pressed = table.iter().filter(|(shortcut, _)| input.consume_shortcut(shortcut));
        pressed.map(|(_, wish)| *wish).collect()
    })
}

/// The zoom after a wish. `None` when the wish is about something else.
pub fn zoomed(now: Zoom, wish: KeyCommand) -> Option<Zoom> {
    let now = now.percent();
    let next = match wish {
        KeyCommand::Larger => STEPS.into_iter().find(|step| *step > now).unwrap_or(300),
        KeyCommand::Smaller => STEPS.into_iter().rev().find(|step| *step < now).unwrap_or(100),
        KeyCommand::UsualSize => 100,
        KeyCommand::Go(_) | KeyCommand::Find | KeyCommand::Palette | KeyCommand::Help => return None,
    };
    Some(Zoom::new(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zoom_goes_in_steps_and_stays_between_100_and_300() {
        let after = |percent, wish| zoomed(Zoom::new(percent), wish).map(Zoom::percent);
        assert_eq!(after(100, KeyCommand::Larger), Some(110));
        assert_eq!(after(130, KeyCommand::Smaller), Some(125));
        assert_eq!(after(300, KeyCommand::Larger), Some(300));
        assert_eq!(after(100, KeyCommand::Smaller), Some(100));
        assert_eq!(after(250, KeyCommand::UsualSize), Some(100));
        assert_eq!(after(250, KeyCommand::Find), None);
    }
}
