//! Draws the table of transfers: only the rows in sight, each one node with a whole sentence.
//!
//! In: an order of ids, the jobs, what is chosen. Out: presses, and acts on rows.

use super::acts::{Act, looked_at};
use super::picks::{How, Picks};
use super::tally::{Lines, TableLine};
use super::words::{RowCache, RowWords};
use crate::app::query::{JobColumn, Way};
use crate::app::request::JobId;
use crate::app::state::Job;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::row::{self, Choice, Row};
use crate::ui::widgets::sort_header::{self, Sorted};
use crate::ui::widgets::text::{Line, paint_line, paint_split};
use crate::ui::widgets::{bar, mark};
use egui::{Align, Id, Rect, Response, Ui, UiBuilder, pos2, vec2};
use egui_extras::{Column, TableBuilder, TableRow};
use i18n_embed_fl::fl;
use std::sync::Arc;

/// What the table is given.
pub struct Table<'a> {
    /// Ids in order.
    pub order: &'a [JobId],
    /// Which of them have two lines.
    pub lines: &'a Lines,
    /// By what it is sorted.
    pub by: (JobColumn, Way),
    /// The line to bring into sight.
    pub scroll_to: Option<usize>,
}

/// What was done to the table.
#[derive(Debug, Default)]
pub struct Done {
    /// A column's head was pressed.
    pub sort: Option<JobColumn>,
    /// A row was pressed.
    pub pressed: Option<(JobId, How)>,
    /// Something is to be done with what is chosen, or with one row.
    pub act: Option<(Act, Option<JobId>)>,
    /// Whether a row has the focus, so that keys are for the table.
    pub has_focus: bool,
}

/// A column: what stands in its head, by what it sorts, how it is aligned.
struct Head {
    label: String,
    sorts: Option<JobColumn>,
    align: Align,
}

/// How many columns there are where there is room for all.
const COUNT: usize = 9;

/// Below these widths the last column gives way, and the last two: when it was asked for, and what was given.
const NARROW: [f32; 2] = [1100.0, 1000.0];

/// Widths of the columns, usual and least. Name and state share what the figures leave.
struct Columns {
    widths: [(f32, f32); COUNT],
    count: usize,
}

impl Columns {
    fn for_width(room: f32) -> Self {
        let count = COUNT - NARROW.iter().filter(|least| room < **least).count();
        let mut widths = [
            (0.0, 120.0),
            (68.0, 56.0),
            (106.0, 92.0),
            (78.0, 64.0),
            (46.0, 44.0),
            (52.0, 48.0),
            (0.0, 140.0),
            (60.0, 52.0),
            (68.0, 60.0),
        ];
        let figures: f32 = widths.iter().take(count).map(|(width, _)| width).sum();
        // The gaps between the columns, and the bar at the side.
        let rest = room - figures - 10.0 * count as f32 - 6.0;
        widths[0].0 = (rest * 0.46).clamp(190.0, 420.0);
        widths[6].0 = (rest * 0.54).clamp(230.0, 460.0);
        Self { widths, count }
    }
}

fn heads(scene: &Scene<'_>) -> [Head; COUNT] {
    let l = &scene.text.loader;
    let head = |label, sorts, align| Head { label, sorts, align };
    [
        head(fl!(l, "transfers-head-name"), Some(JobColumn::Name), Align::Min),
        head(fl!(l, "transfers-head-size"), Some(JobColumn::Size), Align::Max),
        head(fl!(l, "transfers-head-progress"), Some(JobColumn::Progress), Align::Min),
        head(fl!(l, "transfers-head-rate"), Some(JobColumn::Rate), Align::Max),
        head(fl!(l, "transfers-head-peers"), Some(JobColumn::Peers), Align::Max),
        head(fl!(l, "transfers-head-http"), Some(JobColumn::HttpShare), Align::Max),
        head(fl!(l, "transfers-head-state"), Some(JobColumn::Verdict), Align::Min),
        head(fl!(l, "transfers-head-given"), None, Align::Max),
        head(fl!(l, "transfers-head-added"), Some(JobColumn::Added), Align::Max),
    ]
}

/// Draws the table over the room that is there.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    table: &Table<'_>,
    (picks, cache, focus): (&Picks, &mut RowCache, &mut Option<JobId>),
) -> Done {
    let mut done = Done::default();
    let columns = Columns::for_width(ui.available_width());
    egui::ScrollArea::horizontal().id_salt("transfers-across").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(10.0, 0.0);
        // Columns can be widened where the pointer finds their edge; lines between them would only make noise.
        ui.visuals_mut().widgets.noninteractive.bg_stroke = egui::Stroke::NONE;
        let column =
            |width: f32, least: f32| Column::initial(width).at_least(least).clip(true).resizable(true);
        let mut builder =
            TableBuilder::new(ui).id_salt(("transfers", columns.count)).auto_shrink([false, false]);
        for (width, least) in columns.widths.iter().take(columns.count) {
            builder = builder.column(column(*width, *least));
        }
        if let Some(line) = table.scroll_to {
            builder = builder.scroll_to_row(line, None).animate_scrolling(false);
        }
        builder
            .header(ROW_HEIGHT + 2.0, |mut header| {
                for head in heads(scene).into_iter().take(columns.count) {
                    header.col(|ui| {
                        if head_cell(ui, scene, &head, table.by).clicked() {
                            done.sort = head.sorts;
                        }
                    });
                }
            })
            .body(|body| {
                let widths = body.widths().to_vec();
                body.rows(ROW_HEIGHT, table.lines.count(), |row| {
                    let mut pen = Pen { scene, table, picks, widths: &widths, columns: columns.count };
                    pen.line(row, cache, (focus, &mut done));
                });
            });
    });
    done
}

fn head_cell(ui: &mut Ui, scene: &Scene<'_>, head: &Head, by: (JobColumn, Way)) -> Response {
    let sorted = match (head.sorts, by) {
        (None, _) => Sorted::Never,
        (Some(column), (sorted, Way::Up)) if column == sorted => Sorted::Up,
        (Some(column), (sorted, Way::Down)) if column == sorted => Sorted::Down,
        _ => Sorted::No,
    };
    let name = fl!(&scene.text.loader, "transfers-sort-by", column = head.label.as_str());
    let inset = if head.sorts == Some(JobColumn::Name) { 8.0 } else { 0.0 };
    sort_header::show(ui, &head.label, sorted, (head.align, inset), (scene.theme, &name))
}

/// Draws lines of the table.
struct Pen<'a> {
    scene: &'a Scene<'a>,
    table: &'a Table<'a>,
    picks: &'a Picks,
    widths: &'a [f32],
    columns: usize,
}

impl Pen<'_> {
    fn line(
        &mut self,
        mut row: TableRow<'_, '_>,
        cache: &mut RowCache,
        (focus, done): (&mut Option<JobId>, &mut Done),
    ) {
        let line = self.table.lines.at(row.index());
        let (TableLine::Job(place) | TableLine::Reason(place)) = line;
        let Some(job) = self.table.order.get(place).and_then(|id| self.scene.snapshot.job(*id)) else {
            return;
        };
        let words = cache.words(job, (self.scene.text, self.scene.snapshot.vitals.now));
        let is_reason = matches!(line, TableLine::Reason(_));
        row.col(|ui| {
            if is_reason {
                self.reason(ui, (place, job, words), done);
                return;
            }
            let response = self.node(ui, (place, job, words));
            if *focus == Some(job.id) {
                response.request_focus();
                *focus = None;
            }
            self.hear(&response, job, done);
            let name = Line::left(TEXT_SIZE, self.scene.theme.text);
            let inner = inset(ui.max_rect());
            paint_split(ui.painter(), inner, (&words.name.0, &words.name.1), name);
        });
        if !is_reason {
            self.cells(&mut row, words);
        }
    }

    /// The whole line, over all columns.
    fn across(&self, ui: &Ui) -> Rect {
        let gaps = ui.spacing().item_spacing.x * (self.widths.len().saturating_sub(1)) as f32;
        let cell = ui.max_rect();
        Rect::from_min_size(cell.min, vec2(self.widths.iter().sum::<f32>() + gaps, cell.height()))
    }

    fn node(&self, ui: &mut Ui, (place, job, words): (usize, &Arc<Job>, &RowWords)) -> Response {
        let whole = self.across(ui);
        let clip = ui.clip_rect();
        // The cell is cut at its column; the row's ground and node reach over all columns.
        ui.set_clip_rect(Rect::from_x_y_ranges(whole.x_range(), clip.y_range()));
        let choice = if self.picks.contains(job.id) { Choice::Chosen } else { Choice::NotChosen };
        let row = Row {
            id: Id::unique(("transfer", job.id)),
            rect: whole,
            place: (place, self.table.order.len()),
            choice,
        };
        let response = row::sense(ui, row, || words.sentence.clone());
        row::paint_ground(ui, &row, &response, self.scene.theme);
        ui.set_clip_rect(clip);
        response
    }

    /// Presses, the menu, the focus.
    fn hear(&self, response: &Response, job: &Job, done: &mut Done) {
        done.has_focus |= response.has_focus();
        let (modifiers, by_key) = response.ctx.input(|input| {
            (input.modifiers, input.key_pressed(egui::Key::Space) || input.key_pressed(egui::Key::Enter))
        });
        // Space and Enter also count as a press on what has the focus; here they mean something else.
        if response.clicked() && !by_key {
            done.pressed = Some((job.id, How::of(modifiers)));
            response.request_focus();
        }
        if response.double_clicked() {
            done.act = Some((Act::Look, Some(job.id)));
        }
        if response.secondary_clicked() && !self.picks.contains(job.id) {
            done.pressed = Some((job.id, How::Alone));
        }
        response.context_menu(|ui| {
            let jobs = looked_at(self.scene, self.picks.ids().into_iter());
            for act in Act::ALL {
                let able = act.able(self.scene, &jobs);
                if crate::ui::widgets::buttons::button(ui, &act.label(self.scene), &able).clicked() {
                    done.act = Some((act, None));
                    ui.close();
                }
            }
        });
    }

    fn cells(&self, row: &mut TableRow<'_, '_>, words: &RowWords) {
        let theme = self.scene.theme;
        let figure = Line::right(TEXT_SIZE, theme.text);
        let quiet = Line::right(TEXT_SIZE, theme.quiet);
        row.col(|ui| drop_width(paint_line(ui.painter(), ui.max_rect(), &words.size, figure)));
        row.col(|ui| progress_cell(ui, self.scene, words));
        row.col(|ui| drop_width(paint_line(ui.painter(), ui.max_rect(), &words.rate, figure)));
        row.col(|ui| drop_width(paint_line(ui.painter(), ui.max_rect(), &words.peers, figure)));
        row.col(|ui| drop_width(paint_line(ui.painter(), ui.max_rect(), &words.http_share, figure)));
        row.col(|ui| {
            let rect = ui.max_rect();
            let color = words.state.tone.color(theme);
            let sign = Rect::from_min_size(rect.min, vec2(14.0, rect.height()));
            mark::paint(ui.painter(), sign, words.state.mark, (color, theme));
            let rest = Rect::from_min_max(pos2(rect.left() + 20.0, rect.top()), rect.max);
            paint_line(ui.painter(), rest, &words.state.words, Line::left(TEXT_SIZE, color));
        });
        for words in [&words.given, &words.added].into_iter().take(self.columns.saturating_sub(COUNT - 2)) {
            row.col(|ui| drop_width(paint_line(ui.painter(), ui.max_rect(), words, quiet)));
        }
    }

    /// The second line: why it failed or waits, and what can be done.
    fn reason(&self, ui: &mut Ui, (place, job, words): (usize, &Arc<Job>, &RowWords), done: &mut Done) {
        let Some(reason) = &words.reason else { return };
        let (scene, theme) = (self.scene, self.scene.theme);
        let clip = ui.clip_rect();
        let seen = ui.ctx().content_rect().x_range();
        let whole = self.across(ui);
        ui.set_clip_rect(Rect::from_x_y_ranges(whole.x_range(), clip.y_range()));
        let choice = if self.picks.contains(job.id) { theme.chosen } else { theme.panel.gamma_multiply(0.5) };
        if self.picks.contains(job.id) || place % 2 == 1 {
            ui.painter().rect_filled(whole, 0.0, choice);
        }
        let right = whole.right().min(seen.max - 24.0);
        let line = Rect::from_min_max(whole.min, pos2(right, whole.bottom()));
        let mut buttons = ui.new_child(
            UiBuilder::new()
                .id_salt(("reason", job.id))
                .max_rect(line)
                .layout(egui::Layout::right_to_left(Align::Center)),
        );
        buttons.spacing_mut().button_padding = vec2(8.0, 0.0);
        buttons.spacing_mut().interact_size.y = ROW_HEIGHT - 4.0;
        buttons.spacing_mut().item_spacing.x = 6.0;
        if super::words::is_failed(job) {
            for act in [Act::ByHttp, Act::ByPeers] {
                let able = act.able(scene, &[job]);
                if crate::ui::widgets::buttons::button(&mut buttons, &act.label(scene), &able).clicked() {
                    done.act = Some((act, Some(job.id)));
                }
            }
        }
        let until = buttons.min_rect().left() - 12.0;
        let text = Rect::from_min_max(pos2(line.left() + 28.0, line.top()), pos2(until, line.bottom()));
        let elbow = pos2(line.left() + 16.0, line.center().y);
        let stroke = egui::Stroke::new(1.0, theme.line);
        ui.painter().line_segment([pos2(elbow.x, line.top()), elbow], stroke);
        ui.painter().line_segment([elbow, elbow + vec2(8.0, 0.0)], stroke);
        let color = if super::words::is_failed(job) { theme.failed } else { theme.attention };
        paint_line(ui.painter(), text, reason, Line::left(SMALL_SIZE, color));
        let id = Id::unique(("transfer-reason", job.id));
        ui.interact(text, id, egui::Sense::hover()).on_hover_text(reason.as_str());
        ui.set_clip_rect(clip);
    }
}

fn drop_width(_width: f32) {}

fn inset(rect: Rect) -> Rect {
    Rect::from_min_max(pos2(rect.left() + 8.0, rect.top()), rect.max)
}

fn progress_cell(ui: &Ui, scene: &Scene<'_>, words: &RowWords) {
    let rect = ui.max_rect();
    let figure = Rect::from_min_max(pos2(rect.right() - 44.0, rect.top()), rect.max);
    let track = Rect::from_min_max(
        pos2(rect.left(), rect.center().y - 5.0),
        pos2(figure.left() - 4.0, rect.center().y + 5.0),
    );
    bar::paint(ui.painter(), track, words.shares, scene.theme);
    paint_line(ui.painter(), figure, &words.progress, Line::right(TEXT_SIZE, scene.theme.text));
}
