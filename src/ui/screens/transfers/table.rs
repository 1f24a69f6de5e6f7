//! Draws the table of transfers: only the rows in sight, each one node with a whole sentence.
//!
//! In: an order of ids, the jobs, what is chosen. Out: presses, and acts on rows.

use super::acts::{Act, looked_at};
use super::columns::{self, Columns, Drawn, HEAD_HEIGHT};
use super::picks::{Picks, RowPress};
use super::tally::{Lines, TableLine};
use super::words::{RowCache, RowWords};
use crate::app::jobs::order::{JobColumn, SortDirection};
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{Job, JobOrigin};
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line, paint_split};
use crate::ui::widgets::{bar, mark};
use egui::{Align, Id, Painter, Rect, Response, Sense, Ui, UiBuilder, pos2, vec2};
use i18n_embed_fl::fl;
use std::sync::Arc;

/// What a choice of a rate does.
type OfRate = fn(Option<u32>) -> Act;

/// What the table is given.
pub struct Table<'a> {
    /// Ids in order.
    pub order: &'a [JobId],
    /// Which of them have two lines.
    pub lines: &'a Lines,
    /// By what it is sorted.
    pub by: (JobColumn, SortDirection),
    /// The line to bring into sight.
    pub scroll_to: Option<usize>,
}

/// What the screen holds for the table from frame to frame.
pub struct TableState<'a> {
    /// What is chosen.
    pub picks: &'a Picks,
    /// What was laid out before.
    pub kept: &'a mut Kept,
    /// The transfer that is to have the focus next.
    pub focus: &'a mut Option<JobId>,
}

/// What was done to the table.
#[derive(Debug, Default)]
pub struct TableResponse {
    /// A column's head was pressed.
    pub sort: Option<JobColumn>,
    /// A row was pressed.
    pub pressed: Option<(JobId, RowPress)>,
    /// Something is to be done with what is chosen, or with one row.
    pub act: Option<(Act, Option<JobId>)>,
    /// Whether a row has the focus, so that keys are for the table.
    pub has_focus: bool,
}

/// Draws the table over the room that is there.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    table: &Table<'_>,
    TableState { picks, kept, focus }: TableState<'_>,
) -> TableResponse {
    let mut done = TableResponse::default();
    let bar = ui.spacing().scroll.allocated_width();
    let columns = Columns::fit(ui.available_width() - bar, &kept.drawn);
    egui::ScrollArea::horizontal().id_salt("transfers-across").auto_shrink([false, false]).show(ui, |ui| {
        let room = vec2((columns.width() + bar).max(ui.clip_rect().width()), ui.available_height());
        let (rect, _) = ui.allocate_exact_size(room, Sense::hover());
        let mut ui = ui.new_child(UiBuilder::new().max_rect(rect));
        ui.spacing_mut().item_spacing = vec2(10.0, 0.0);
        let (head, _) = ui.allocate_exact_size(vec2(columns.width(), HEAD_HEIGHT), Sense::hover());
        done.sort = columns::show(&mut ui, scene, (head, &columns), (table.by, &mut kept.drawn));
        let area = egui::ScrollArea::vertical().id_salt("transfers-down").auto_shrink([false, false]);
        area.show_rows(&mut ui, ROW_HEIGHT, table.lines.count(), |ui, lines| {
            let top = ui.max_rect().min;
            let line = |at: usize| {
                let down = (at as f32 - lines.start as f32) * ROW_HEIGHT;
                Rect::from_min_size(top + vec2(0.0, down), vec2(columns.width(), ROW_HEIGHT))
            };
            if let Some(at) = table.scroll_to {
                ui.scroll_to_rect_animation(line(at), None, egui::style::ScrollAnimation::none());
            }
            let keys = Keys::of(ui);
            let pen = Pen { scene, table, picks, columns: &columns, keys };
            for at in lines.clone() {
                pen.line(ui, (at, line(at)), &mut kept.words, (focus, &mut done));
            }
        });
    });
    done
}

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct Kept {
    /// Words of rows that were on screen lately.
    words: RowCache,
    /// Widths that the person drew.
    drawn: Drawn,
}

/// What is held down and what is open, asked once for all rows.
#[derive(Clone, Copy)]
struct Keys {
    modifiers: egui::Modifiers,
    /// Space and Enter count as a press on what has the focus; here they mean something else.
    presses: bool,
    menu_is_open: bool,
}

impl Keys {
    fn of(ui: &Ui) -> Self {
        let (modifiers, presses) = ui.input(|input| {
            (input.modifiers, input.key_pressed(egui::Key::Space) || input.key_pressed(egui::Key::Enter))
        });
        Self { modifiers, presses, menu_is_open: egui::Popup::is_any_open(ui.ctx()) }
    }
}

/// Draws lines of the table: painted, not made of widgets, since a node for each cell of each frame is what costs.
struct Pen<'a> {
    scene: &'a Scene<'a>,
    table: &'a Table<'a>,
    picks: &'a Picks,
    columns: &'a Columns,
    keys: Keys,
}

/// One transfer of the table.
struct TransferLine<'a> {
    /// Its place in the order.
    place: usize,
    job: &'a Arc<Job>,
    words: &'a RowWords,
}

/// A choice of rates.
struct RateMenu<'a> {
    name: &'a str,
    /// The rate as it is set, in bytes a second. `None` when there is no limit.
    now: Option<u32>,
    act: OfRate,
}

impl Pen<'_> {
    fn line(
        &self,
        ui: &mut Ui,
        (at, rect): (usize, Rect),
        cache: &mut RowCache,
        (focus, done): (&mut Option<JobId>, &mut TableResponse),
    ) {
        let line = self.table.lines.at(at);
        let (TableLine::Job(place) | TableLine::Reason(place)) = line;
        let Some(job) = self.table.order.get(place).and_then(|id| self.scene.snapshot.job(*id)) else {
            return;
        };
        let words = cache.words(job, (self.scene.text, self.scene.snapshot.vitals.now));
        if matches!(line, TableLine::Reason(_)) {
            self.reason(ui, rect, &TransferLine { place, job, words }, done);
            return;
        }
        let response = self.node(ui, rect, &TransferLine { place, job, words });
        if *focus == Some(job.id) {
            response.request_focus();
            *focus = None;
        }
        self.hear(&response, job, done);
        self.cells(ui.painter(), rect, words);
    }

    fn node(&self, ui: &Ui, rect: Rect, &TransferLine { place, job, words }: &TransferLine<'_>) -> Response {
        let choice = if self.picks.contains(job.id) { RowChoice::Chosen } else { RowChoice::NotChosen };
        let id = Id::unique(("transfer", job.id));
        let row = Row { id, rect, place: (place, self.table.order.len()), choice };
        let response = row::sense(ui, row, || words.sentence(self.scene.text).to_owned());
        row::paint_ground(ui, &row, &response, self.scene.theme);
        response
    }

    /// Presses, the menu, the focus.
    fn hear(&self, response: &Response, job: &Job, done: &mut TableResponse) {
        done.has_focus |= response.has_focus();
        if response.clicked() && !self.keys.presses {
            done.pressed = Some((job.id, RowPress::of(self.keys.modifiers)));
            response.request_focus();
        }
        if response.double_clicked() {
            done.act = Some((Act::Look, Some(job.id)));
        }
        if response.secondary_clicked() && !self.picks.contains(job.id) {
            done.pressed = Some((job.id, RowPress::Alone));
        }
        // A menu is only looked after for a row that opens one, or while one is open.
        if response.secondary_clicked() || self.keys.menu_is_open {
            response.context_menu(|ui| self.menu(ui, done));
        }
    }

    fn menu(&self, ui: &mut Ui, done: &mut TableResponse) {
        // The menu is as wide as its longest line in any language.
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        let jobs = looked_at(self.scene, self.picks.ids().into_iter());
        for act in Act::ALL.into_iter().filter(|act| *act != Act::Remove) {
            self.offer(ui, act, &jobs, done);
        }
        let l = &self.scene.text.loader;
        let limits = jobs.iter().find_map(|job| job.request.as_ref()).map(|request| request.limits);
        let limits = limits.unwrap_or_default();
        let down = RateMenu { name: &fl!(l, "transfers-limit-down"), now: limits.down, act: Act::LimitDown };
        self.limits(ui, &down, &jobs, done);
        let up = RateMenu { name: &fl!(l, "transfers-limit-up"), now: limits.up, act: Act::LimitUp };
        self.limits(ui, &up, &jobs, done);
        // What takes it off the list stands apart, at the end.
        ui.separator();
        self.offer(ui, Act::Remove, &jobs, done);
    }

    /// One act of the menu.
    fn offer(&self, ui: &mut Ui, act: Act, jobs: &[&Arc<Job>], done: &mut TableResponse) {
        let able = act.able(self.scene, jobs);
        if crate::ui::widgets::buttons::button(ui, &act.label(self.scene), &able).clicked() {
            done.act = Some((act, None));
            ui.close();
        }
    }

    /// Rates of which one is the most that the chosen transfers may take.
    fn limits(
        &self,
        ui: &mut Ui,
        &RateMenu { name, now, act }: &RateMenu<'_>,
        jobs: &[&Arc<Job>],
        done: &mut TableResponse,
    ) {
        if let Err(why) = act(None).able(self.scene, jobs) {
            crate::ui::widgets::buttons::button(ui, name, &Err(why));
            return;
        }
        ui.menu_button(name, |ui| {
            for rate in super::acts::RATES {
                let label = act(rate).label(self.scene);
                if ui.selectable_label(rate == now, label).clicked() {
                    done.act = Some((act(rate), None));
                    ui.close();
                }
            }
        });
    }

    fn cells(&self, painter: &Painter, line: Rect, words: &RowWords) {
        let theme = self.scene.theme;
        let cell = |column| self.columns.cell(line, column);
        let name = cell(0);
        let name = Rect::from_min_max(pos2(name.left() + 8.0, name.top()), name.max);
        paint_split(painter, name, (&words.name.0, &words.name.1), Line::left(TEXT_SIZE, theme.text));
        progress_cell(painter, cell(2), words, self.scene);
        let figures = [(1, &words.size), (3, &words.rate), (4, &words.peers), (5, &words.http_share)];
        for (column, figure) in figures {
            paint_line(painter, cell(column), figure, Line::right(TEXT_SIZE, theme.text));
        }
        let state = cell(6);
        let color = words.state.tone.color(theme);
        let sign = Rect::from_min_size(state.min, vec2(14.0, state.height()));
        mark::paint(painter, sign, words.state.mark, (color, theme));
        let rest = Rect::from_min_max(pos2(state.left() + 20.0, state.top()), state.max);
        paint_line(painter, rest, &words.state.words, Line::left(TEXT_SIZE, color));
        for (column, figure) in (7..self.columns.count()).zip([&words.given, &words.added]) {
            paint_line(painter, cell(column), figure, Line::right(TEXT_SIZE, theme.quiet));
        }
    }

    /// The second line: why it failed or waits, and what can be done.
    fn reason(
        &self,
        ui: &mut Ui,
        whole: Rect,
        &TransferLine { place, job, words }: &TransferLine<'_>,
        done: &mut TableResponse,
    ) {
        let Some(reason) = &words.reason else { return };
        let theme = self.scene.theme;
        let seen = ui.ctx().content_rect().x_range();
        let choice = if self.picks.contains(job.id) { theme.chosen } else { theme.panel.gamma_multiply(0.5) };
        if self.picks.contains(job.id) || place % 2 == 1 {
            ui.painter().rect_filled(whole, 0.0, choice);
        }
        let right = whole.right().min(seen.max - 24.0);
        let line = Rect::from_min_max(whole.min, pos2(right, whole.bottom()));
        let until = self.remedies(ui, line, job, done) - 12.0;
        let text = Rect::from_min_max(pos2(line.left() + 28.0, line.top()), pos2(until, line.bottom()));
        let elbow = pos2(line.left() + 16.0, line.center().y);
        let stroke = egui::Stroke::new(1.0, theme.line);
        ui.painter().line_segment([pos2(elbow.x, line.top()), elbow], stroke);
        ui.painter().line_segment([elbow, elbow + vec2(8.0, 0.0)], stroke);
        let color = if super::words::is_failed(job) { theme.failed } else { theme.attention };
        paint_line(ui.painter(), text, reason, Line::left(SMALL_SIZE, color));
        let id = Id::unique(("transfer-reason", job.id));
        ui.interact(text, id, Sense::hover()).on_hover_text(reason.as_str());
    }

    /// What can be done about a failure, at the right end of its line. Returns how far to the left that reaches.
    fn remedies(&self, ui: &mut Ui, line: Rect, job: &Arc<Job>, done: &mut TableResponse) -> f32 {
        let acts: &[Act] = match job {
            // It is asked for anew where it was announced.
            job if super::words::is_failed(job) && job.origin == JobOrigin::Announcement => {
                return line.right();
            }
            job if super::words::is_failed(job) => &[Act::ByHttp, Act::ByPeers],
            job if super::acts::can_fetch_again(job) => &[Act::FetchAgain],
            _ => return line.right(),
        };
        let builder = UiBuilder::new().id_salt(("reason", job.id)).max_rect(line);
        let mut buttons = ui.new_child(builder.layout(egui::Layout::right_to_left(Align::Center)));
        buttons.spacing_mut().button_padding = vec2(8.0, 0.0);
        buttons.spacing_mut().interact_size.y = ROW_HEIGHT - 4.0;
        buttons.spacing_mut().item_spacing.x = 6.0;
        for &act in acts {
            let able = act.able(self.scene, &[job]);
            if crate::ui::widgets::buttons::button(&mut buttons, &act.label(self.scene), &able).clicked() {
                done.act = Some((act, Some(job.id)));
            }
        }
        buttons.min_rect().left()
    }
}

fn progress_cell(painter: &Painter, rect: Rect, words: &RowWords, scene: &Scene<'_>) {
    let figure = Rect::from_min_max(pos2(rect.right() - 44.0, rect.top()), rect.max);
    let track = Rect::from_min_max(
        pos2(rect.left(), rect.center().y - 5.0),
        pos2(figure.left() - 4.0, rect.center().y + 5.0),
    );
    bar::paint(painter, track, words.shares, scene.theme);
    paint_line(painter, figure, &words.progress, Line::right(TEXT_SIZE, scene.theme.text));
}
