//! Whether the mesh works: what each node announced, what it lacks, how late it was; a list above the screen.
//!
//! In: what was kept of announcements in the folder for finished files. Out: nothing; it is only read. Start reading at [`View::show`].

use crate::app::mesh::reporting::{MeshReport, MeshReportRequest, NodeKind, USUAL_WITHIN};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::domain::outside_text::show as show_text;
use crate::i18n::mesh_report::{compared_words, gap_words, hour_cells, hour_titles, node_cells, node_titles};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE, SMALL_SIZE};
use crate::ui::widgets::field;
use crate::ui::widgets::table::{self, FigureTable};
use egui::{Button, Context, Id, Modal, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// Over how many hours a report goes, at a press.
const HOURS: [u64; 3] = [6, 24, 168];

/// The list, while it is open.
#[derive(Debug)]
pub struct View {
    is_open: bool,
    hours: u64,
    nodes: NodeKind,
    pending: Option<Receiver<Answer>>,
    answer: Option<Result<Box<MeshReport>, UserMessage>>,
}

impl Default for View {
    fn default() -> Self {
        Self { is_open: false, hours: HOURS[1], nodes: NodeKind::Broker, pending: None, answer: None }
    }
}

impl View {
    /// Opens the list, and asks.
    pub fn open(&mut self, scene: &Scene<'_>) {
        self.is_open = true;
        self.ask(scene);
    }

    fn ask(&mut self, scene: &Scene<'_>) {
        let folder = scene.settings.folder.clone().unwrap_or_else(|| scene.snapshot.vitals.folder.clone());
        let request = MeshReportRequest {
            folder,
            span: Duration::from_secs(self.hours * 3_600),
            within: USUAL_WITHIN,
            nodes: self.nodes,
        };
        self.pending = Some(scene.link.ask(Query::MeshReport(Box::new(request))));
    }

    fn listen(&mut self, ctx: &Context) {
        let Some(pending) = &self.pending else { return };
        match pending.try_recv() {
            Ok(answer) => {
                // What is told before the answer is for the terminal.
                ctx.request_repaint();
                if let Answer::MeshReport(answer) = answer {
                    (self.answer, self.pending) = (Some(answer), None);
                }
            }
            Err(TryRecvError::Disconnected) => self.pending = None,
            Err(TryRecvError::Empty) => ctx.request_repaint_after(Duration::from_millis(60)),
        }
    }

    /// Draws the list while it is open.
    pub fn show(&mut self, ctx: &Context, scene: &Scene<'_>) {
        if !self.is_open {
            return;
        }
        self.listen(ctx);
        let size = ctx.content_rect().size();
        let mut is_done = false;
        let modal = Modal::new(Id::unique("mesh-report")).frame(dialog_frame(ctx)).show(ctx, |ui| {
            let l = &scene.text.loader;
            ui.set_width(980.0_f32.min(size.x - 64.0));
            let title = fl!(l, "report-title");
            let label = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
            field::heading(&label, (&title, 2));
            ui.add_space(GRID);
            self.choices(ui, scene);
            ui.add_space(GRID);
            let area = ScrollArea::both().id_salt("mesh-report").max_height((size.y - 260.0).max(80.0));
            area.auto_shrink([false, true]).show(ui, |ui| self.figures(ui, scene));
            ui.add_space(2.0 * GRID);
            is_done = ui.button(fl!(l, "help-close")).clicked();
        });
        if is_done || modal.should_close() {
            self.is_open = false;
        }
    }

    /// Over which time, and who is compared.
    fn choices(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let l = &scene.text.loader;
        let before = (self.hours, self.nodes);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            for hours in HOURS {
                let words = match hours {
                    168 => fl!(l, "report-week"),
                    hours => fl!(l, "mesh-catch-up-hours", n = hours),
                };
                if ui.add(Button::new(words).selected(self.hours == hours)).clicked() {
                    self.hours = hours;
                }
            }
            ui.add_space(2.0 * GRID);
            let kinds = [
                (NodeKind::Broker, fl!(l, "report-by-broker")),
                (NodeKind::Source, fl!(l, "report-by-source")),
            ];
            for (nodes, words) in kinds {
                if ui.add(Button::new(words).selected(self.nodes == nodes)).clicked() {
                    self.nodes = nodes;
                }
            }
        });
        if before != (self.hours, self.nodes) {
            self.ask(scene);
        }
    }

    fn figures(&self, ui: &mut Ui, scene: &Scene<'_>) {
        let l = &scene.text.loader;
        match &self.answer {
            None => quiet(ui, scene, &fl!(l, "report-asked")),
            Some(Err(why)) => quiet(ui, scene, &scene.text.message(why)),
            Some(Ok(report)) if report.is_empty() => quiet(ui, scene, &fl!(l, "cli-report-nothing")),
            Some(Ok(report)) => tables(ui, scene, report),
        }
    }
}

fn tables(ui: &mut Ui, scene: &Scene<'_>, report: &MeshReport) {
    let (text, l) = (scene.text, &scene.text.loader);
    let (titles, name) = (node_titles(text), fl!(l, "report-nodes"));
    let rows: Vec<Vec<String>> = report.nodes.iter().map(|node| node_cells(text, node)).collect();
    table::show(ui, &FigureTable { name: &name, titles: &titles, rows: &rows, left: 1 }, scene.theme);
    for node in &report.nodes {
        for gap in &node.not_observed {
            quiet(ui, scene, &gap_words(text, node, *gap));
        }
        if let Some(words) = compared_words(text, node) {
            ui.label(RichText::new(words).size(SMALL_SIZE).color(scene.theme.attention));
        }
        for file in node.compared.iter().flat_map(|compared| &compared.named) {
            let (key, by) = (show_text(&file.key), show_text(&file.by));
            let first = text.moment(file.first.to_second());
            quiet(ui, scene, &fl!(l, "cli-report-lacking-file", key = key, by = by, first = first));
        }
    }
    ui.add_space(2.0 * GRID);
    let (titles, name) = (hour_titles(text), fl!(l, "report-hours"));
    let rows: Vec<Vec<String>> = report.hours.iter().map(|hour| hour_cells(text, hour)).collect();
    table::show(ui, &FigureTable { name: &name, titles: &titles, rows: &rows, left: 2 }, scene.theme);
}

fn quiet(ui: &mut Ui, scene: &Scene<'_>, words: &str) {
    ui.label(RichText::new(words).size(SMALL_SIZE).color(scene.theme.quiet));
}
