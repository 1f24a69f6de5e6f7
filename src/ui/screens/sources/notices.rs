//! What a provider's service announces, and what was seen to change without a word: a list above the screen.
//!
//! In: a provider, and the answer of the engine. Out: nothing; a page about an item opens in the browser.

use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery, NoticesAnswer, PageState};
use crate::app::catalog::sources::SourceRow;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::{show, show_url};
use crate::i18n::change;
use crate::ui::asked::PendingCatalogQuery;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE, SMALL_SIZE};
use crate::ui::widgets::field;
use egui::{Context, Id, Label, Modal, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;

/// Most items that are shown: what is older is on the service's page.
const MOST_ITEMS: usize = 200;

/// The list, while it is open.
#[derive(Debug, Default)]
pub struct View {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    title: String,
    asked: PendingCatalogQuery,
}

impl View {
    /// Opens the list of a provider.
    pub fn ask(&mut self, scene: &Scene<'_>, source: &SourceRow) {
        let mut asked = PendingCatalogQuery::default();
        asked.ask(scene, CatalogQuery::Notices(source.key.0.to_string()));
        self.open = Some(Open { title: show(&source.title), asked });
    }

    /// Draws the list while it is open.
    pub fn show(&mut self, ctx: &Context, scene: &Scene<'_>) {
        let Some(open) = &mut self.open else { return };
        open.asked.listen(ctx);
        let size = ctx.content_rect().size();
        let mut is_done = false;
        let modal = Modal::new(Id::unique("notices")).frame(dialog_frame(ctx)).show(ctx, |ui| {
            ui.set_width(620.0_f32.min(size.x - 64.0));
            let title = fl!(&scene.text.loader, "notices-title", source = open.title.as_str());
            let label = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
            field::heading(&label, (&title, 2));
            ui.add_space(GRID);
            let area = ScrollArea::vertical().id_salt("notices").max_height((size.y - 240.0).max(80.0));
            area.auto_shrink([false, true]).show(ui, |ui| open.list(ui, scene));
            ui.add_space(2.0 * GRID);
            let close = ui.button(fl!(&scene.text.loader, "help-close"));
            if ctx.memory(|memory| memory.focused().is_none()) {
                close.request_focus();
            }
            is_done = close.clicked();
        });
        if is_done || modal.should_close() {
            self.open = None;
        }
    }
}

impl Open {
    fn list(&self, ui: &mut Ui, scene: &Scene<'_>) {
        let l = &scene.text.loader;
        match self.asked.answer() {
            Some(CatalogAnswer::Notices(notices)) => items(ui, scene, notices),
            Some(CatalogAnswer::Refused(why)) => words(ui, scene, &scene.text.message(why)),
            Some(CatalogAnswer::Providers(_) | CatalogAnswer::Runs(_) | CatalogAnswer::Found(_)) => {
                words(ui, scene, &fl!(l, "notices-unanswered"))
            }
            None if self.asked.is_pending() => words(ui, scene, &fl!(l, "notices-asked")),
            None => words(ui, scene, &fl!(l, "notices-unanswered")),
        }
    }
}

fn words(ui: &mut Ui, scene: &Scene<'_>, text: &str) {
    ui.add(Label::new(RichText::new(text).color(scene.theme.quiet)).wrap());
}

fn items(ui: &mut Ui, scene: &Scene<'_>, notices: &NoticesAnswer) {
    let (text, l) = (scene.text, &scene.text.loader);
    if let Some(page) = &notices.page
        && let PageState::Failed(reason) = &page.state
    {
        let why = match page.fetched_at {
            Some(at) => {
                let ago = text.ago(at, scene.snapshot.vitals.now);
                fl!(l, "notices-old", reason = text.reason(reason), ago = ago)
            }
            None => text.message(&UserMessage::TargetUnreachable {
                url: page.address.clone(),
                reason: reason.clone(),
            }),
        };
        words(ui, scene, &why);
    }
    if !notices.changes.is_empty() {
        part(ui, &fl!(l, "notices-seen"));
    }
    for change in &notices.changes {
        ui.add(Label::new(change::change_words(text, change)).wrap());
    }
    let announced = notices.feed.iter().flat_map(|feed| &feed.items).take(MOST_ITEMS);
    if announced.clone().next().is_some() {
        part(ui, &fl!(l, "notices-announced"));
    } else if notices.changes.is_empty() {
        words(ui, scene, &fl!(l, "notices-none"));
    }
    for item in announced {
        let when = item.published.map(|at| text.moment(at)).unwrap_or_default();
        ui.label(RichText::new(when).size(SMALL_SIZE).color(scene.theme.quiet));
        let title = show(&item.title);
        match &item.page {
            Some(page) => ui.hyperlink_to(title, page.as_str()).on_hover_text(show_url(page)),
            None => ui.add(Label::new(title).wrap()),
        };
        ui.add_space(GRID / 2.0);
    }
}

fn part(ui: &mut Ui, title: &str) {
    ui.add_space(GRID);
    let label = ui.label(RichText::new(title).font(fonts::bold(crate::ui::theme::TEXT_SIZE)));
    field::heading(&label, (title, 3));
}
