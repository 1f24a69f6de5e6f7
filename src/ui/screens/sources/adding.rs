//! Takes new sources in: typed or pasted, chosen in a dialog, dropped on the window.
//!
//! In: text, files, pasted links. Out: [`Action::AddSource`]. The path can always be typed: a dialog needs a portal.

use crate::app::input::Action;
use crate::app::mesh::view::{BrokerAddress, MeshCommand};
use crate::ui::scene::Scene;
use crate::ui::widgets::buttons::{Able, button};
use crate::ui::widgets::field::{self, TextField};
use egui::{Align2, Area, Context, Event, Frame, Id, Key, Label, Margin, Order, RichText, Stroke, Ui, Vec2};
use i18n_embed_fl::fl;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

/// Longest text that is taken as one source; a magnet with many trackers is shorter.
const LONGEST: usize = 8192;

/// What is being added.
#[derive(Debug, Default)]
pub struct Adding {
    typed: String,
    dialog: Option<Receiver<Option<String>>>,
    /// Whether the dialog ended without a file, which is also what a missing portal looks like.
    came_back_empty: bool,
}

/// Draws the field and its buttons; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, adding: &mut Adding) -> Vec<Action> {
    let l = &scene.text.loader;
    let mut actions = Vec::new();
    ui.horizontal_wrapped(|ui| {
        let name = fl!(l, "sources-add-name");
        let hint = fl!(l, "sources-add-hint");
        let width = (ui.available_width() - 260.0).clamp(220.0, 620.0);
        let response = field::show(ui, &mut adding.typed, &TextField { name: &name, hint: &hint, width });
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let able = can_add(scene, &adding.typed);
        if (button(ui, &fl!(l, "sources-add"), &able).clicked() || is_entered) && able.is_ok() {
            actions.push(added(adding.typed.trim()));
            adding.typed.clear();
        }
        let can_choose = match adding.dialog {
            None => Ok(()),
            Some(_) => Err(fl!(l, "sources-dialog-open")),
        };
        if button(ui, &fl!(l, "sources-choose-file"), &can_choose).clicked() {
            adding.dialog = Some(open_dialog(ui.ctx(), fl!(l, "sources-choose-file")));
            adding.came_back_empty = false;
        }
    });
    let note = if adding.came_back_empty { fl!(l, "sources-no-dialog") } else { fl!(l, "sources-drop-hint") };
    ui.label(RichText::new(note).color(scene.theme.quiet));
    actions.extend(hear_dialog(ui, adding));
    actions
}

/// A broker is listened to, anything else is asked.
fn added(typed: &str) -> Action {
    match BrokerAddress::parse(typed) {
        Ok(address) => Action::Mesh(MeshCommand::AddBroker(Box::new(address))),
        Err(_) => Action::AddSource(typed.to_owned()),
    }
}

fn can_add(scene: &Scene<'_>, typed: &str) -> Able {
    let l = &scene.text.loader;
    match typed.trim() {
        "" => Err(fl!(l, "sources-add-empty")),
        long if long.len() > LONGEST => Err(fl!(l, "sources-add-too-long")),
        _ => Ok(()),
    }
}

/// Opens the desktop's dialog in a thread of its own: the window goes on.
fn open_dialog(ctx: &Context, title: String) -> Receiver<Option<String>> {
    let (sender, receiver) = channel();
    let ctx = ctx.clone();
    std::thread::spawn(move || {
        let dialog = rfd::FileDialog::new()
            .set_title(title)
            .add_filter("torrent, GRIB", &["torrent", "grib2", "grib", "grb2", "grb"]);
        let path = dialog.pick_file().map(|path| path.to_string_lossy().into_owned());
        // The window may be gone by now; then nobody waits for the answer.
        drop(sender.send(path));
        ctx.request_repaint();
    });
    receiver
}

fn hear_dialog(ui: &Ui, adding: &mut Adding) -> Option<Action> {
    let answer = match adding.dialog.as_ref()?.try_recv() {
        Err(TryRecvError::Empty) => {
            ui.ctx().request_repaint_after(Duration::from_millis(250));
            return None;
        }
        Ok(answer) => answer,
        Err(TryRecvError::Disconnected) => None,
    };
    adding.dialog = None;
    adding.came_back_empty = answer.is_none();
    answer.map(Action::AddSource)
}

/// Takes in files that were dropped on the window and links that were pasted where nothing is typed; for any screen.
pub fn take_in(ctx: &Context) -> Vec<Action> {
    let is_typing = ctx.egui_wants_keyboard_input();
    ctx.input(|input| {
        let dropped = input.raw.dropped_files.iter().map(|file| file.path());
        let dropped = dropped.map(|path| path.to_string_lossy().into_owned());
        let pasted = input.events.iter().filter_map(|event| match event {
            Event::Paste(text) if !is_typing => link_in(text),
            _ => None,
        });
        dropped.chain(pasted).map(Action::AddSource).collect()
    })
}

/// Says, while files are held over the window, what letting them go does; for any screen.
pub fn say_where(ctx: &Context, scene: &Scene<'_>) {
    let count = ctx.input(|input| input.raw.hovered_files.len());
    if count == 0 {
        return;
    }
    let (l, theme) = (&scene.text.loader, scene.theme);
    let words = fl!(l, "sources-drop-here", count = count, n = scene.text.count(count as u64));
    let area =
        Area::new(Id::unique("drop-here")).order(Order::Tooltip).anchor(Align2::CENTER_CENTER, Vec2::ZERO);
    area.interactable(false).fade_in(false).show(ctx, |ui| {
        let frame = Frame::new()
            .fill(theme.panel)
            .stroke(Stroke::new(2.0, theme.peers))
            .corner_radius(4)
            .inner_margin(Margin::symmetric(24, 18));
        frame.show(ui, |ui| ui.add(Label::new(RichText::new(words).strong()).extend()));
    });
}

/// The link or .torrent that a pasted text is. `None` when it is anything else: a pasted word adds no source.
fn link_in(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let is_link = ["magnet:", "https://", "http://"].iter().any(|start| lower.starts_with(start));
    let is_one = !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_whitespace);
    (is_one && is_link).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_link_is_taken_in_and_a_pasted_word_is_not() {
        assert_eq!(link_in(" MAGNET:?xt=urn:btih:00\n").as_deref(), Some("MAGNET:?xt=urn:btih:00"));
        assert_eq!(
            link_in("https://example.org/a.torrent").as_deref(),
            Some("https://example.org/a.torrent")
        );
        assert_eq!(link_in("see https://example.org"), None);
        assert_eq!(link_in("http://a b"), None);
        assert_eq!(link_in("été à Brest"), None);
        assert_eq!(link_in(""), None);
    }
}
