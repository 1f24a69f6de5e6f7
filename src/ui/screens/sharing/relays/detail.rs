//! One relay from close by: its key and since when it is kept, its last answer, what it offers, what files came to.
//!
//! In: a row. Out: pixels. What stops it stands first, with everything that a person needs to decide.

use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::used::report::AsideReport;
use crate::app::relay::using::tally::RelayTally;
use crate::app::relay::using::view::{RelayOutcome, RelayRow};
use crate::domain::outside_text::show as shown;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::field;
use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};
use i18n_embed_fl::fl;

/// Width of the names before the words.
const NAMES: f32 = 190.0;

/// Draws it.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, row: &RelayRow) {
    let url = &row.report.url;
    let heading = ui.add(Label::new(RichText::new(url).font(fonts::bold(TEXT_SIZE))).truncate());
    field::heading(&heading, (url, 2));
    let area = ScrollArea::vertical().id_salt(("relay", url)).auto_shrink([false, false]);
    area.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        if let Some(aside) = &row.report.aside {
            set_aside(ui, scene, aside);
        }
        match &row.last {
            RelayOutcome::Refused(_, message) => refused(ui, scene, message),
            RelayOutcome::Silent(_, message) => {
                sentence(ui, scene, (&scene.text.message(message), Tone::Attention));
            }
            RelayOutcome::Taken(_) | RelayOutcome::NotAsked => {}
        }
        key(ui, scene, row);
        answers(ui, scene, row);
        offers(ui, scene, row);
        came_to(ui, scene, scene.snapshot.relays.tally(url));
    });
}

/// A name, and words beside it that can be selected.
fn line(ui: &mut Ui, scene: &Scene<'_>, (name, words): (&str, &str)) {
    beside(ui, scene, name, RichText::new(words));
}

/// The same with digits and letters of equal width: keys and digests are compared letter by letter.
fn exact(ui: &mut Ui, scene: &Scene<'_>, (name, words): (&str, &str)) {
    beside(ui, scene, name, RichText::new(words).font(fonts::mono(SMALL_SIZE + 0.5)));
}

fn beside(ui: &mut Ui, scene: &Scene<'_>, name: &str, words: RichText) {
    ui.horizontal_top(|ui| {
        let size = vec2(NAMES, 18.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Min), |ui| {
            ui.set_min_width(NAMES);
            ui.add(Label::new(RichText::new(name).color(scene.theme.quiet)).wrap());
        });
        ui.add(Label::new(words).wrap().selectable(true));
    });
}

fn sentence(ui: &mut Ui, scene: &Scene<'_>, (words, tone): (&str, Tone)) {
    ui.add(Label::new(RichText::new(words).color(tone.color(scene.theme))).wrap().selectable(true));
}

/// It was contradicted: both digests, and the file.
fn set_aside(ui: &mut Ui, scene: &Scene<'_>, aside: &AsideReport) {
    let l = &scene.text.loader;
    sentence(ui, scene, (&fl!(l, "relays-use-aside-note"), Tone::Bad));
    line(ui, scene, (&fl!(l, "relays-use-aside-since"), &scene.text.moment(aside.since)));
    line(ui, scene, (&fl!(l, "relays-use-aside-file"), &shown(&aside.file)));
    exact(ui, scene, (&fl!(l, "relays-use-aside-told"), &aside.told));
    exact(ui, scene, (&fl!(l, "relays-use-aside-found"), &aside.found));
    ui.separator();
}

/// Its answer is not taken: a changed key is shown with both fingerprints.
fn refused(ui: &mut Ui, scene: &Scene<'_>, message: &UserMessage) {
    let l = &scene.text.loader;
    match message {
        UserMessage::Relay(RelayMessage::KeyChanged { pinned, found, .. }) => {
            sentence(ui, scene, (&fl!(l, "relays-use-key-changed-note"), Tone::Bad));
            exact(ui, scene, (&fl!(l, "relays-use-key-kept"), pinned));
            exact(ui, scene, (&fl!(l, "relays-use-key-now"), found));
        }
        UserMessage::Relay(RelayMessage::NoLongerSigned { .. }) => {
            sentence(ui, scene, (&fl!(l, "relays-use-no-longer-signed-note"), Tone::Bad));
        }
        // What was set aside stands above, with more.
        UserMessage::Relay(RelayMessage::IsSetAside { .. }) => return,
        other => sentence(ui, scene, (&scene.text.message(other), Tone::Bad)),
    }
    ui.separator();
}

fn key(ui: &mut Ui, scene: &Scene<'_>, row: &RelayRow) {
    let (text, l) = (scene.text, &scene.text.loader);
    let name = fl!(l, "relays-use-key");
    let Some(fingerprint) = &row.report.fingerprint else {
        return line(ui, scene, (&name, &fl!(l, "relays-use-unsigned-warning")));
    };
    exact(ui, scene, (&name, fingerprint));
    let since = row.report.key_since.map(|since| text.moment(since));
    let since = since.unwrap_or_else(|| fl!(l, "relays-use-key-since-unknown"));
    line(ui, scene, (&fl!(l, "relays-use-key-since"), &since));
}

fn answers(ui: &mut Ui, scene: &Scene<'_>, row: &RelayRow) {
    let (text, l, now) = (scene.text, &scene.text.loader, scene.snapshot.vitals.now);
    let last = match &row.last {
        RelayOutcome::NotAsked => fl!(l, "relays-use-not-asked"),
        RelayOutcome::Taken(at) => text.ago(*at, now),
        RelayOutcome::Silent(at, _) => fl!(l, "relays-use-silent-at", ago = text.ago(*at, now)),
        RelayOutcome::Refused(at, _) => fl!(l, "relays-use-refused-at", ago = text.ago(*at, now)),
    };
    line(ui, scene, (&fl!(l, "relays-use-last-answer"), &last));
    if let Some((time, sequence)) = row.report.last {
        let words = fl!(
            l,
            "relays-use-manifest-words",
            number = text.count(sequence),
            time = text.moment(time),
            age = text.age(time, now)
        );
        line(ui, scene, (&fl!(l, "relays-use-manifest"), &words));
    }
    let percent = text.share(row.report.check.share());
    line(ui, scene, (&fl!(l, "relays-use-check"), &fl!(l, "relays-use-check-words", percent = percent)));
}

fn offers(ui: &mut Ui, scene: &Scene<'_>, row: &RelayRow) {
    let (text, l) = (scene.text, &scene.text.loader);
    let name = fl!(l, "relays-use-offers-name");
    match &row.report.datasets {
        None => line(ui, scene, (&name, &fl!(l, "relays-use-offers-unknown"))),
        Some(datasets) if datasets.is_empty() => {
            line(ui, scene, (&name, &fl!(l, "relays-use-offers-nothing")));
        }
        Some(datasets) => {
            let words = datasets.iter().map(|(dataset, files): (&String, &usize)| {
                let count = *files as u64;
                let files = fl!(l, "relays-use-files", n = count, n_txt = text.count(count));
                format!("{}: {files}", shown(dataset))
            });
            line(ui, scene, (&name, &words.collect::<Vec<_>>().join("\n")));
        }
    }
}

/// What speaks for the files that were downloaded by it since the program began, and what against others.
fn came_to(ui: &mut Ui, scene: &Scene<'_>, tally: RelayTally) {
    let (text, l) = (scene.text, &scene.text.loader);
    let files = |count: u64| fl!(l, "relays-use-files", n = count, n_txt = text.count(count));
    let (right, pieces) = (text.count(tally.right), text.count(tally.pieces));
    let all = [
        (
            tally.checked,
            fl!(l, "relays-use-came-checked", files = files(tally.checked), right = right, pieces = pieces),
        ),
        (
            tally.agreed,
            fl!(l, "relays-use-came-agreed", files = files(tally.agreed), relays = text.count(tally.voices)),
        ),
        (tally.only, fl!(l, "relays-use-came-only", files = files(tally.only))),
        (tally.replaced, fl!(l, "relays-use-came-replaced", files = files(tally.replaced))),
        (tally.undecided, fl!(l, "relays-use-came-undecided", files = files(tally.undecided))),
        (tally.contradicted, fl!(l, "relays-use-came-contradicted", files = files(tally.contradicted))),
        (tally.other_torrent, fl!(l, "relays-use-came-other-torrent", files = files(tally.other_torrent))),
    ];
    let said: Vec<String> = all.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    let words = if said.is_empty() { fl!(l, "relays-use-came-nothing") } else { said.join("\n") };
    line(ui, scene, (&fl!(l, "relays-use-came-name"), &words));
}
