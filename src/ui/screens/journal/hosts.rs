//! Who was contacted: every host, what for, how often, and for how many octets.

use super::entries::{moment, one_line};
use crate::app::journal::{HostRow, Purpose};
use crate::i18n::Translator;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, PROSE_WIDTH, ROW_HEIGHT, SMALL_SIZE};
use egui::{Align2, FontId, Label, Rect, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use i18n_embed_fl::fl;

/// Right edges of the columns behind the host, from the right edge of the table.
const COLUMNS: [f32; 4] = [440.0, 300.0, 180.0, 6.0];

/// Draws the table.
pub fn show(ui: &mut Ui, scene: &Scene<'_>) {
    let find = scene.find.to_lowercase();
    let hosts = &scene.snapshot.journal.hosts;
    let is_wanted = |row: &&HostRow| find.is_empty() || row.host.to_lowercase().contains(&find);
    let rows: Vec<&HostRow> = hosts.iter().filter(is_wanted).collect();
    let l = &scene.text.loader;
    if hosts.is_empty() {
        nothing(ui, scene, (fl!(l, "log-hosts-empty"), fl!(l, "log-hosts-empty-next")));
        return;
    }
    if rows.is_empty() {
        nothing(ui, scene, (fl!(l, "log-none-found"), fl!(l, "log-none-found-next")));
        return;
    }
    heads(ui, scene);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW_HEIGHT, rows.len(), |ui, range| {
        for at in range {
            row(ui, scene, (rows[at], at));
        }
    });
}

/// What a host was contacted for, in words.
pub(super) fn purpose(purpose: Purpose, text: &Translator) -> String {
    match purpose {
        Purpose::Http => fl!(text.loader, "log-purpose-http"),
        Purpose::Tracker => fl!(text.loader, "log-purpose-tracker"),
        Purpose::Peer => fl!(text.loader, "log-purpose-peer"),
        Purpose::Broker => fl!(text.loader, "log-purpose-broker"),
        Purpose::Dht => fl!(text.loader, "log-purpose-dht"),
        Purpose::Router => fl!(text.loader, "log-purpose-router"),
        Purpose::LocalNetwork => fl!(text.loader, "log-purpose-local-network"),
    }
}

/// The row as one sentence.
pub(super) fn line_of(scene: &Scene<'_>, row: &HostRow) -> String {
    fl!(
        scene.text.loader,
        "log-host-say",
        host = row.host.as_str(),
        purpose = purpose(row.purpose, scene.text),
        n = row.requests,
        n_txt = scene.text.count(row.requests),
        received = scene.text.size(row.received),
        last = moment(scene, row.last)
    )
}

fn heads(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, scene.theme.panel);
    let face = fonts::bold(SMALL_SIZE);
    let left = pos2(rect.left() + 6.0, rect.center().y);
    ui.painter().text(left, Align2::LEFT_CENTER, fl!(l, "log-host"), face.clone(), scene.theme.quiet);
    let names = [fl!(l, "log-purpose"), fl!(l, "log-requests"), fl!(l, "log-received"), fl!(l, "log-last")];
    for (name, from_right) in names.into_iter().zip(COLUMNS) {
        let at = pos2(rect.right() - from_right - 12.0, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, name, face.clone(), scene.theme.quiet);
    }
}

fn row(ui: &mut Ui, scene: &Scene<'_>, (row, at): (&HostRow, usize)) {
    let theme = scene.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let line = line_of(scene, row);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ListItem, true, &line));
    if at % 2 == 1 {
        ui.painter().rect_filled(rect, 0.0, theme.panel.gamma_multiply(0.5));
    }
    let host =
        Rect::from_min_max(rect.min + vec2(6.0, 0.0), pos2(rect.right() - COLUMNS[0] - 120.0, rect.max.y));
    one_line(ui, host, &row.host, theme.text);
    let cells = [
        purpose(row.purpose, scene.text),
        scene.text.count(row.requests),
        scene.text.size(row.received),
        moment(scene, row.last),
    ];
    for (words, from_right) in cells.into_iter().zip(COLUMNS) {
        let at = pos2(rect.right() - from_right - 12.0, rect.center().y);
        ui.painter().text(
            at,
            Align2::RIGHT_CENTER,
            words,
            FontId::proportional(SMALL_SIZE + 0.5),
            theme.text,
        );
    }
}

/// An empty list: what is not there, and why that is well or what to do.
pub(super) fn nothing(ui: &mut Ui, scene: &Scene<'_>, (title, next): (String, String)) {
    ui.add_space((ui.available_height() * 0.2).clamp(2.0 * GRID, 140.0));
    ui.vertical_centered(|ui| {
        ui.set_max_width(PROSE_WIDTH);
        ui.label(RichText::new(title).heading());
        ui.add_space(GRID);
        ui.add(Label::new(RichText::new(next).color(scene.theme.quiet)).wrap());
    });
}
