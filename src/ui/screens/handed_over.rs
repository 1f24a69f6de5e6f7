//! What another start, the desktop or a watched folder handed over: asks first, and lists the hosts (R13).
//!
//! In: what waits for a yes. Out: the answer. Nothing is contacted before it, not even a name server.

use crate::app::input::{Action, Consent};
use crate::app::vitals::HandedOver;
use crate::domain::outside_text;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE};
use crate::ui::widgets::field;
use egui::{Id, Key, Label, Modal, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;

/// Most hosts that are listed one by one.
const MOST_HOSTS: usize = 12;

/// Draws the question about the oldest that waits; returns the answer.
pub fn show(ctx: &egui::Context, scene: &Scene<'_>) -> Vec<Action> {
    let Some(first) = scene.snapshot.handed_over.first() else { return Vec::new() };
    let mut answer = None;
    let modal = Modal::new(Id::unique("handed-over")).frame(dialog_frame(ctx)).show(ctx, |ui| {
        ui.set_width(520.0_f32.min(ctx.content_rect().width() - 64.0));
        words(ui, scene, first);
        ui.add_space(3.0 * GRID);
        ui.horizontal(|ui| {
            let l = &scene.text.loader;
            let yes = RichText::new(fl!(l, "handed-yes")).color(scene.theme.on_accent);
            let yes = ui.add(egui::Button::new(yes).fill(scene.theme.peers));
            let focus = focus_of(ctx, first.number);
            match focus {
                Focus::None => yes.surrender_focus(),
                Focus::Taken => yes.request_focus(),
                Focus::Free => {}
            }
            if yes.clicked() && focus != Focus::None {
                answer = Some(Consent::Yes);
            }
            if may_be_data(first) && ui.button(fl!(l, "handed-look")).clicked() && focus != Focus::None {
                answer = Some(Consent::Look);
            }
            if ui.button(fl!(l, "handed-no")).clicked() {
                answer = Some(Consent::No);
            }
        });
    });
    if modal.is_top_modal && ctx.input(|input| input.key_pressed(Key::Escape)) {
        answer = Some(Consent::No);
    }
    answer.map(|consent| Action::Answer(first.number, consent)).into_iter().collect()
}

/// Whether it may be a file whose fields can be shown: a URL that names no .torrent.
fn may_be_data(handed: &HandedOver) -> bool {
    let lower = handed.target.to_ascii_lowercase();
    let path = lower.split(['?', '#']).next().unwrap_or_default();
    let is_url = ["http://", "https://"].iter().any(|scheme| path.starts_with(scheme));
    is_url && !path.ends_with(".torrent")
}

/// How long a question stands before keys answer it, in seconds: what is being typed as it appears is no answer.
const STANDS_FIRST: f64 = 0.5;

/// Whether the yes has the focus.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    /// Not yet, also when it had it from the question before.
    None,
    /// It takes it now.
    Taken,
    /// That is the person's.
    Free,
}

/// The yes takes the focus once for each question, when that has stood a moment; before, nothing answers yes.
fn focus_of(ctx: &egui::Context, number: u64) -> Focus {
    let (now, id) = (ctx.input(|input| input.time), Id::unique("handed-over-asked"));
    let known = ctx.data(|data| data.get_temp::<(u64, f64)>(id)).filter(|(asked, _)| *asked == number);
    let since = known.map_or(now, |(_, since)| since);
    let (focus, since) = match now - since {
        // It was focused, and is infinitely far from being due again.
        waited if waited < 0.0 => (Focus::Free, since),
        waited if waited < STANDS_FIRST => (Focus::None, since),
        _ => (Focus::Taken, f64::INFINITY),
    };
    if focus == Focus::None {
        ctx.request_repaint_after(std::time::Duration::from_secs_f64(STANDS_FIRST - (now - since)));
    }
    ctx.data_mut(|data| data.insert_temp(id, (number, since)));
    focus
}

fn words(ui: &mut Ui, scene: &Scene<'_>, handed: &HandedOver) {
    let l = &scene.text.loader;
    let title = fl!(l, "handed-title");
    let response = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
    field::heading(&response, (&title, 1));
    ui.add_space(GRID);
    ui.add(Label::new(RichText::new(outside_text::show(&handed.name)).strong()).wrap());
    let target = RichText::new(outside_text::show_with_urls(&handed.target)).color(scene.theme.quiet).small();
    ui.add(Label::new(target).wrap());
    if let Some((n, octets)) = handed.content {
        ui.label(fl!(l, "handed-files", n = n, n_txt = scene.text.count(n), size = scene.text.size(octets)));
    }
    ui.add_space(2.0 * GRID);
    if handed.hosts.is_empty() {
        ui.add(Label::new(fl!(l, "handed-no-hosts")).wrap());
    } else {
        let n = handed.hosts.len();
        let count = n as u64;
        ui.label(fl!(l, "handed-hosts", n = count, n_txt = scene.text.count(count)));
        ScrollArea::vertical().max_height(180.0).show(ui, |ui| {
            for host in handed.hosts.iter().take(MOST_HOSTS) {
                ui.label(format!("·  {}", outside_text::show(host)));
            }
            if n > MOST_HOSTS {
                let more = (n - MOST_HOSTS) as u64;
                ui.label(fl!(l, "handed-more-hosts", n = more, n_txt = scene.text.count(more)));
            }
        });
    }
    let waiting = scene.snapshot.handed_over.len().saturating_sub(1) as u64;
    if waiting > 0 {
        ui.add_space(GRID);
        let words = fl!(l, "handed-waiting", n = waiting, n_txt = scene.text.count(waiting));
        ui.label(RichText::new(words).color(scene.theme.quiet).small());
    }
}
