//! The bar below: rates and who gives, what is given, brokers, the disk, the clock.
//!
//! In: figures of the whole program. Out: nothing but pixels. Figures have places of fixed width, so that nothing
//! moves while they change; what does not fit a narrow window is left out from the middle.

use crate::app::settings::ClockChoice;
use crate::app::vitals::{NetworkState, Vitals};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::i18n::Translator;
use crate::ui::scene::Scene;
use crate::ui::theme::SMALL_SIZE;
use egui::{Align, Align2, Color32, FontId, Frame, Layout, Margin, Panel, Role, Sense, Ui, WidgetInfo, vec2};
use i18n_embed_fl::fl;

/// Height of the bar.
const HEIGHT: f32 = 26.0;

/// Space between two figures.
const BETWEEN: f32 = 14.0;

/// One figure of the bar.
struct Figure {
    /// As it is drawn.
    shown: String,
    /// The widest that it is likely to become.
    widest: String,
    /// As a sentence.
    sentence: String,
    colour: Color32,
}

/// Draws the bar.
pub fn show(ui: &mut Ui, scene: &Scene<'_>) {
    let frame = Frame::new().fill(scene.theme.panel).inner_margin(Margin::symmetric(14, 0));
    Panel::bottom("status").exact_size(HEIGHT).frame(frame).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = BETWEEN;
            draw(ui, &clock(scene));
            if let Some(free) = disk(scene) {
                draw(ui, &free);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                for figure in moving(scene) {
                    draw(ui, &figure);
                }
            });
        });
    });
}

fn draw(ui: &mut Ui, figure: &Figure) {
    let face = FontId::proportional(SMALL_SIZE);
    let width =
        |text: &str| ui.painter().layout_no_wrap(text.to_owned(), face.clone(), figure.colour).size().x;
    let wide = width(&figure.shown).max(width(&figure.widest)).ceil();
    if wide > ui.available_width() {
        return;
    }
    let (rect, response) = ui.allocate_exact_size(vec2(wide, ui.available_height()), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &figure.sentence));
    let at = rect.left_center();
    ui.painter().text(at, Align2::LEFT_CENTER, &figure.shown, face, figure.colour);
    response.on_hover_text(&figure.sentence);
}

fn moving(scene: &Scene<'_>) -> Vec<Figure> {
    let (text, vitals) = (scene.text, &scene.snapshot.vitals);
    let l = &text.loader;
    let mut figures: Vec<Figure> = offline(scene).into_iter().collect();
    figures.extend([received(scene, vitals), given(scene, vitals)]);
    let peers = vitals.peers as u64;
    let counted = |n: u64| fl!(l, "status-peers", n = n, n_txt = text.count(n));
    figures.push(Figure {
        shown: counted(peers),
        widest: counted(188),
        sentence: fl!(l, "status-peers-say", n = peers, n_txt = text.count(peers)),
        colour: scene.theme.quiet,
    });
    let (up, all) = vitals.brokers;
    if all > 0 {
        let (up, all) = (text.count(up as u64), text.count(all as u64));
        let shown = fl!(l, "status-brokers", up = up.as_str(), all = all.as_str());
        figures.push(Figure {
            widest: shown.clone(),
            shown,
            sentence: fl!(l, "status-brokers-say", up = up, all = all),
            colour: if vitals.brokers.0 < vitals.brokers.1 {
                scene.theme.attention
            } else {
                scene.theme.quiet
            },
        });
    }
    figures
}

/// Said first, since all other figures follow from it.
fn offline(scene: &Scene<'_>) -> Option<Figure> {
    let l = &scene.text.loader;
    (scene.snapshot.vitals.network == NetworkState::Offline).then(|| Figure {
        shown: fl!(l, "status-offline"),
        widest: String::new(),
        sentence: fl!(l, "status-offline-say"),
        colour: scene.theme.attention,
    })
}

fn received(scene: &Scene<'_>, vitals: &Vitals) -> Figure {
    let (text, l) = (scene.text, &scene.text.loader);
    let all = vitals.peer_rate + vitals.http_rate;
    let rate = text.rate(all);
    let share = (all > 0).then(|| text.share(vitals.peer_rate as f64 / all as f64));
    let shown = match &share {
        Some(share) => fl!(l, "status-received", rate = rate.as_str(), share = share.as_str()),
        None => fl!(l, "status-received-none", rate = rate.as_str()),
    };
    let sentence = match share {
        Some(share) => fl!(l, "status-received-say", rate = rate, share = share),
        None => fl!(l, "status-received-none-say"),
    };
    let widest = fl!(l, "status-received", rate = text.rate(88_800_000), share = text.share(1.0));
    let colour = if all > 0 { scene.theme.text } else { scene.theme.quiet };
    Figure { shown, widest, sentence, colour }
}

fn given(scene: &Scene<'_>, vitals: &Vitals) -> Figure {
    let (text, l) = (scene.text, &scene.text.loader);
    let (rate, sum) = (text.rate(vitals.given_rate), text.size(vitals.given));
    Figure {
        shown: fl!(l, "status-given", rate = rate.as_str(), sum = sum.as_str()),
        widest: fl!(l, "status-given", rate = text.rate(8_880_000), sum = text.size(ByteCount(888_000_000))),
        sentence: fl!(l, "status-given-say", rate = rate, sum = sum),
        colour: if vitals.given_rate > 0 { scene.theme.text } else { scene.theme.quiet },
    }
}

fn disk(scene: &Scene<'_>) -> Option<Figure> {
    let (text, l) = (scene.text, &scene.text.loader);
    let free = text.size(scene.snapshot.vitals.free?);
    let folder = scene.snapshot.vitals.folder.display().to_string();
    let shown = fl!(l, "status-free", free = free.as_str());
    let sentence = fl!(l, "status-free-say", free = free, folder = folder);
    Some(Figure { widest: shown.clone(), shown, sentence, colour: scene.theme.quiet })
}

fn clock(scene: &Scene<'_>) -> Figure {
    let vitals = &scene.snapshot.vitals;
    let local = vitals.now.plus_minutes(i64::from(vitals.utc_offset_minutes)).unwrap_or(vitals.now);
    let (utc, local) = (minutes(vitals.now), minutes(local));
    let say =
        |text: &Translator| fl!(text.loader, "status-clock-say", utc = utc.as_str(), local = local.as_str());
    let sentence = say(scene.text);
    let shown = match scene.settings.clock {
        ClockChoice::Utc => format!("{utc} UTC"),
        ClockChoice::Local => local.clone(),
    };
    Figure { widest: shown.clone(), shown, sentence, colour: scene.theme.text }
}

fn minutes(time: UtcTime) -> String {
    let civil = time.civil();
    format!("{:02}:{:02}", civil.hour(), civil.minute())
}
