//! The fields of the file: which can be read already.

use crate::app::jobs::detail::FieldRow;
use crate::domain::field::Field;
use crate::domain::outside_text;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, TEXT_SIZE};
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice, Spot};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Id, Label, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;

/// Draws the list over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, fields: &[FieldRow]) {
    let (text, l) = (scene.text, &scene.text.loader);
    if fields.is_empty() {
        ui.label(RichText::new(fl!(l, "detail-no-fields")).color(scene.theme.quiet));
        return;
    }
    let here = fields.iter().filter(|field| field.is_here).count();
    let count =
        fl!(l, "detail-fields-here", here = text.count(here as u64), all = text.count(fields.len() as u64));
    ui.add(Label::new(RichText::new(count).color(scene.theme.quiet)).truncate());
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("detail-fields").auto_shrink([false, false]).show_rows(
        ui,
        ROW_HEIGHT,
        fields.len(),
        |ui, range| {
            for at in range {
                let (rect, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
                line(ui, scene, &fields[at], Spot { rect, place: (at, fields.len()) });
            }
        },
    );
}

/// The name, level, lead time and size of a field.
fn parts(scene: &Scene<'_>, field: &Field) -> [String; 4] {
    let named = field.param.as_deref().map(outside_text::show);
    let name = named.or_else(|| field.identity.map(|identity| identity.to_string()));
    let member = field.member.map(|member| {
        format!(" · {}", fl!(&scene.text.loader, "detail-member", number = member.to_string()))
    });
    [
        name.unwrap_or_else(|| "–".to_owned()) + &member.unwrap_or_default(),
        field.surface().map(|level| level.to_string()).unwrap_or_default(),
        field.lead.map(|lead| lead.to_string()).unwrap_or_default(),
        scene.text.size(field.range.count()),
    ]
}

fn line(ui: &Ui, scene: &Scene<'_>, field: &FieldRow, Spot { rect, place }: Spot) {
    let (theme, l) = (scene.theme, &scene.text.loader);
    let [name, level, lead, size] = parts(scene, &field.field);
    let (sign, color, state) = if field.is_here {
        (Mark::Full, theme.text, fl!(l, "detail-field-here"))
    } else {
        (Mark::Open, theme.quiet, fl!(l, "detail-field-missing"))
    };
    let row = Row { id: Id::unique(("field", place.0)), rect, place, choice: RowChoice::NotChosen };
    let response = row::sense(ui, row, || format!("{name}, {level}, {lead}, {size}, {state}"));
    row::paint_ground(ui, &row, &response, theme);
    let painter = ui.painter();
    mark::paint(
        painter,
        Rect::from_min_size(rect.min + vec2(8.0, 0.0), vec2(12.0, rect.height())),
        sign,
        (color, theme),
    );
    let mut x = rect.left() + 28.0;
    let columns = [
        (name, 180.0, true),
        (level, 120.0, true),
        (lead, 80.0, true),
        (size, 80.0, false),
        (state, 160.0, true),
    ];
    for (words, width, is_left) in columns {
        let cell =
            Rect::from_min_max(pos2(x, rect.top()), pos2((x + width).min(rect.right()), rect.bottom()));
        let style = if is_left { Line::left(TEXT_SIZE, color) } else { Line::right(TEXT_SIZE, color) };
        paint_line(painter, cell, &words, style);
        x += width + 12.0;
    }
}
