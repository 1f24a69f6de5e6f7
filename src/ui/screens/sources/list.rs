//! The list: a line for each source, its trouble below when it has one, and a line for each dataset.
//!
//! In: sources. Out: actions. Only lines in sight are drawn.

use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::input::Action;
use crate::domain::outside_text;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::buttons::button;
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Align, Id, Key, Layout, Rect, Response, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};
use i18n_embed_fl::fl;
use std::collections::HashSet;

/// Height of a line: the buttons of a source fit in.
const LINE: f32 = ROW_HEIGHT + 4.0;

/// What a person meant on the list.
#[derive(Default)]
pub struct SourceListResponse<'a> {
    /// What the engine is to do.
    pub actions: Vec<Action>,
    /// The source whose notices are to be shown.
    pub notices_of: Option<&'a SourceRow>,
}

/// A line of the list.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Source(&'a SourceRow),
    Trouble(&'a SourceRow),
    Dataset(&'a SourceRow, &'a DatasetRow),
    Nothing(&'a SourceRow),
}

/// Draws the list over the room that is there; returns what the person meant.
pub fn show<'a>(
    ui: &mut Ui,
    scene: &'a Scene<'_>,
    (folded, chosen): (&mut HashSet<SourceKey>, &mut Option<String>),
) -> SourceListResponse<'a> {
    let entries = entries(scene, folded);
    let mut listed = SourceListResponse::default();
    if entries.is_empty() {
        let l = &scene.text.loader;
        let words = (fl!(l, "sources-none-found", find = scene.find), fl!(l, "sources-none-found-next"));
        crate::ui::widgets::empty::show(ui, scene.theme, words, None);
        return listed;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let area = ScrollArea::vertical().id_salt("sources").auto_shrink([false, false]);
    area.show_rows(ui, LINE, entries.len(), |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
            let pen = Pen { scene, rect, place: (at, entries.len()) };
            match entries[at] {
                Entry::Source(source) => {
                    let pressed = pen.source(ui, source, (folded, chosen));
                    listed.notices_of = listed.notices_of.or(pressed.notices_of);
                    listed.actions.extend(pressed.actions);
                }
                Entry::Trouble(source) => pen.trouble(ui, source),
                Entry::Dataset(source, dataset) => {
                    listed.actions.extend(pen.dataset(ui, source, dataset, chosen));
                }
                Entry::Nothing(source) => pen.nothing(ui, source),
            }
        }
    });
    listed
}

/// The lines, with what the person looks for: a source whose name fits is shown with all its datasets.
fn entries<'a>(scene: &'a Scene<'_>, folded: &HashSet<SourceKey>) -> Vec<Entry<'a>> {
    let find = scene.find.to_lowercase();
    let fits = |text: &str| find.is_empty() || text.to_lowercase().contains(&find);
    let mut entries = Vec::new();
    for source in scene.snapshot.sources.iter() {
        let is_meant = fits(&source.title) || fits(&source.place);
        let datasets: Vec<_> =
            source.datasets.iter().filter(|dataset| is_meant || fits(&dataset.title)).collect();
        if !is_meant && datasets.is_empty() {
            continue;
        }
        entries.push(Entry::Source(source));
        if matches!(source.health, Health::Lost(..)) {
            entries.push(Entry::Trouble(source));
        }
        if folded.contains(&source.key) && find.is_empty() {
            continue;
        }
        if source.datasets.is_empty() && matches!(source.health, Health::Answers) {
            entries.push(Entry::Nothing(source));
        }
        entries.extend(datasets.into_iter().map(|dataset| Entry::Dataset(source, dataset)));
    }
    entries
}

/// Name, what it is, newest run, published, last success; the rest is for buttons.
fn cells(rect: Rect) -> [Rect; 5] {
    let rest = (rect.width() - 16.0).max(300.0);
    let widths = [rest * 0.33, rest * 0.12, rest * 0.14, rest * 0.07, rest * 0.34];
    let mut x = rect.left() + 8.0;
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 10.0, rect.bottom()));
        x += width;
        cell
    })
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        fl!(l, "sources-head-name"),
        fl!(l, "sources-head-kind"),
        fl!(l, "sources-head-newest"),
        fl!(l, "sources-head-published"),
        fl!(l, "sources-head-success"),
    ];
    let quiet = Line::left(SMALL_SIZE, scene.theme.quiet);
    for (cell, label) in cells(rect).into_iter().zip(labels) {
        paint_line(ui.painter(), cell, &label, quiet);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

/// Draws one line.
struct Pen<'a> {
    scene: &'a Scene<'a>,
    rect: Rect,
    place: (usize, usize),
}

impl Pen<'_> {
    fn node(&self, ui: &Ui, key: &str, chosen: &Option<String>, sentence: impl Fn() -> String) -> Response {
        let is_chosen = if chosen.as_deref() == Some(key) { RowChoice::Chosen } else { RowChoice::NotChosen };
        let row = Row {
            id: Id::unique(("source-line", key)),
            rect: self.rect,
            place: self.place,
            choice: is_chosen,
        };
        let response = row::sense(ui, row, sentence);
        row::paint_ground(ui, &row, &response, self.scene.theme);
        response
    }

    fn source<'a>(
        &self,
        ui: &mut Ui,
        source: &'a SourceRow,
        (folded, chosen): (&mut HashSet<SourceKey>, &mut Option<String>),
    ) -> SourceListResponse<'a> {
        let theme = self.scene.theme;
        let (sign, tone, state) = health(self.scene, source);
        let title = outside_text::show(&source.title);
        let place = outside_text::show(&source.place);
        let success = success(self.scene, source);
        let response = self.node(ui, &source.key.0, chosen, || {
            format!("{title}, {}, {state}, {success}", class(self.scene, source.kind))
        });
        let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.clicked() {
            *chosen = Some(source.key.0.to_string());
        }
        if (response.double_clicked() || is_entered) && !folded.remove(&source.key) {
            folded.insert(source.key.clone());
        }
        let [name, kind, ..] = cells(self.rect);
        let painter = ui.painter();
        let fold = if folded.contains(&source.key) { Mark::Closed } else { Mark::Opened };
        if !source.datasets.is_empty() {
            let at = Rect::from_min_size(name.min, vec2(10.0, LINE));
            mark::paint(painter, at, fold, (theme.quiet, theme));
        }
        let sign_at = Rect::from_min_size(name.min + vec2(16.0, 0.0), vec2(12.0, LINE));
        mark::paint(painter, sign_at, sign, (tone.color(theme), theme));
        let words = Rect::from_min_max(pos2(name.left() + 34.0, name.top()), name.max);
        let width = paint_line(painter, words, &title, Line::left(TEXT_SIZE, theme.text));
        let after = Rect::from_min_max(pos2(words.left() + width + 8.0, words.top()), words.max);
        paint_line(painter, after, &state, Line::left(SMALL_SIZE, tone.color(theme)));
        paint_line(painter, kind, &class(self.scene, source.kind), Line::left(TEXT_SIZE, theme.quiet));
        let [.., last] = cells(self.rect);
        let (listed, end) = self.source_buttons(ui, source);
        let room = Rect::from_min_max(last.min, pos2(end, last.bottom()));
        paint_line(ui.painter(), room, &success, Line::left(TEXT_SIZE, theme.quiet));
        // Where what comes along lies is nobody's concern; how it is may not fit into the row.
        let whence = if source.removal == SourceRemoval::BuiltIn { title } else { place };
        response.on_hover_text(format!("{whence}\n{state}"));
        listed
    }

    /// Buttons at the right end of a source; returns what was meant, and where they begin.
    fn source_buttons<'a>(&self, ui: &mut Ui, source: &'a SourceRow) -> (SourceListResponse<'a>, f32) {
        let l = &self.scene.text.loader;
        let mut listed = SourceListResponse::default();
        let mut bar = self.buttons(ui, &source.key.0);
        let removal = match source.removal {
            SourceRemoval::Allowed => Ok(()),
            SourceRemoval::BuiltIn => Err(fl!(l, "sources-built-in")),
        };
        if button(&mut bar, &fl!(l, "sources-remove"), &removal).clicked() {
            listed.actions.push(Action::RemoveSource(source.key.clone()));
        }
        let asking = match source.health {
            _ if source.key.0.starts_with("magnet:") => Err(fl!(l, "sources-magnet-is-mute")),
            Health::Asking => Err(fl!(l, "sources-asking-now")),
            _ => Ok(()),
        };
        if button(&mut bar, &fl!(l, "sources-ask"), &asking).clicked() {
            listed.actions.push(Action::AskSource(source.key.clone()));
        }
        if source.kind == SourceClass::Torrent
            && button(&mut bar, &fl!(l, "sources-get-all"), &Ok(())).clicked()
        {
            listed.actions.push(Action::GetSource(source.key.clone()));
        }
        if source.has_notices && button(&mut bar, &fl!(l, "sources-notices"), &Ok(())).clicked() {
            listed.notices_of = Some(source);
        }
        (listed, bar.min_rect().left() - 8.0)
    }

    fn buttons(&self, ui: &mut Ui, key: &str) -> Ui {
        let layout = Layout::right_to_left(Align::Center);
        let room = self.rect.shrink2(vec2(8.0, 0.0));
        let mut bar =
            ui.new_child(UiBuilder::new().id_salt(("source-buttons", key)).max_rect(room).layout(layout));
        bar.spacing_mut().button_padding = vec2(8.0, 0.0);
        bar.spacing_mut().interact_size.y = LINE - 4.0;
        bar.spacing_mut().item_spacing.x = 6.0;
        bar
    }

    fn trouble(&self, ui: &Ui, source: &SourceRow) {
        let Health::Lost(why, since) = &source.health else { return };
        let (text, theme, l) = (self.scene.text, self.scene.theme, &self.scene.text.loader);
        let since = text.age(*since, self.scene.snapshot.vitals.now);
        let words = fl!(l, "sources-lost", since = since, why = text.message(why).replace('\n', " "));
        let rect = Rect::from_min_max(pos2(self.rect.left() + 42.0, self.rect.top()), self.rect.max);
        paint_line(ui.painter(), rect, &words, Line::left(SMALL_SIZE, theme.failed));
        let node = ui.interact(rect, Id::unique(("trouble", &*source.key.0)), Sense::hover());
        node.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Note, true, &words));
        node.on_hover_text(words);
    }

    fn nothing(&self, ui: &Ui, _source: &SourceRow) {
        let words = fl!(&self.scene.text.loader, "sources-offers-nothing");
        let rect = Rect::from_min_max(pos2(self.rect.left() + 42.0, self.rect.top()), self.rect.max);
        paint_line(ui.painter(), rect, &words, Line::left(SMALL_SIZE, self.scene.theme.quiet));
    }

    fn dataset(
        &self,
        ui: &mut Ui,
        source: &SourceRow,
        dataset: &DatasetRow,
        chosen: &mut Option<String>,
    ) -> Vec<Action> {
        let (text, theme, l) = (self.scene.text, self.scene.theme, &self.scene.text.loader);
        let title = outside_text::show(&dataset.title);
        let newest = match (dataset.newest, &source.health) {
            (Some(run), _) => text.run(run),
            // Of what nobody asked, or could not be asked, nobody knows.
            (None, Health::NotTried | Health::Asking | Health::Lost(..)) => "–".to_owned(),
            (None, Health::Answers) if dataset.read.is_none() => "–".to_owned(),
            (None, Health::Answers) => fl!(l, "sources-no-run"),
        };
        let (published, expected) = dataset.published;
        let figures = if expected == 0 {
            String::new()
        } else {
            format!("{}/{}", text.count(published.into()), text.count(expected.into()))
        };
        let key = format!("{}\n{}", source.key.0, dataset.id.0);
        let response = self.node(ui, &key, chosen, || {
            fl!(
                l,
                "sources-dataset-row",
                title = title.as_str(),
                grid = or_dash(&grid(self.scene, &dataset.grid)),
                newest = newest.as_str(),
                published = or_dash(&figures)
            )
        });
        let is_entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if response.clicked() {
            *chosen = Some(key.clone());
        }
        let [name, kind, run, count, _] = cells(self.rect);
        let painter = ui.painter();
        let name = Rect::from_min_max(pos2(name.left() + 34.0, name.top()), name.max);
        let width = paint_line(painter, name, &title, Line::left(TEXT_SIZE, theme.text));
        if width + 12.0 >= name.width() {
            // It may have been cut.
            response.clone().on_hover_text(&title);
        }
        paint_line(painter, kind, &grid(self.scene, &dataset.grid), Line::left(TEXT_SIZE, theme.quiet));
        paint_line(painter, run, &newest, Line::left(TEXT_SIZE, theme.text));
        paint_line(painter, count, &figures, Line::left(TEXT_SIZE, theme.quiet));
        let mut bar = self.buttons(ui, &key);
        let able = match (source.kind, dataset.newest) {
            (SourceClass::Torrent, None) => Err(fl!(l, "sources-no-hours")),
            _ => Ok(()),
        };
        let is_pressed = button(&mut bar, &fl!(l, "sources-open-hours"), &able).clicked();
        let is_meant = is_pressed || is_entered || response.double_clicked();
        if is_meant && able.is_ok() { vec![Action::OpenHours(Some(dataset.id.clone()))] } else { Vec::new() }
    }
}

fn or_dash(words: &str) -> String {
    if words.is_empty() { "–".to_owned() } else { words.to_owned() }
}

/// A grid such as `0.01°`, with the decimal sign of the language.
fn grid(scene: &Scene<'_>, grid: &str) -> String {
    match scene.text.language() {
        crate::i18n::Language::French => grid.replace('.', ","),
        crate::i18n::Language::English => grid.to_owned(),
    }
}

/// What a source is.
fn class(scene: &Scene<'_>, class: SourceClass) -> String {
    let l = &scene.text.loader;
    match class {
        SourceClass::Provider => fl!(l, "sources-provider"),
        SourceClass::Catalogue => fl!(l, "sources-catalogue"),
        SourceClass::Torrent => fl!(l, "sources-torrent"),
        SourceClass::Folder => fl!(l, "sources-folder"),
        SourceClass::Broker => fl!(l, "sources-broker"),
        SourceClass::Demo => fl!(l, "sources-demo"),
    }
}

/// How a source is: a shape, a tone, words.
fn health(scene: &Scene<'_>, source: &SourceRow) -> (Mark, Tone, String) {
    let l = &scene.text.loader;
    match &source.health {
        Health::NotTried if source.last_success.is_some() => {
            (Mark::Open, Tone::Quiet, fl!(l, "sources-not-tried-since"))
        }
        Health::NotTried => (Mark::Open, Tone::Quiet, fl!(l, "sources-not-tried")),
        Health::Asking => (Mark::Half, Tone::Active, fl!(l, "sources-asking")),
        Health::Answers => (Mark::Full, Tone::Good, fl!(l, "sources-answers")),
        Health::Lost(..) => (Mark::Failed, Tone::Bad, fl!(l, "sources-lost-short")),
    }
}

fn success(scene: &Scene<'_>, source: &SourceRow) -> String {
    let l = &scene.text.loader;
    match source.last_success {
        Some(then) => scene.text.ago(then, scene.snapshot.vitals.now),
        None => fl!(l, "sources-never"),
    }
}
