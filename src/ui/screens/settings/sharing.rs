//! Who may give bytes, and what is given to others.

use super::discovery;
use super::line::{SettingLine, Sheet};
use crate::app::settings::laid_down::SystemProxy;
use crate::app::settings::{GivingChoice, Limits, Proxy};
use crate::app::{GiveUntil, LONGEST_GIVING, Policy, Ratio};
use crate::i18n::giving;
use crate::i18n::reading;
use crate::ui::widgets::field::TextField;
use egui::{RadioButton, Ui};
use i18n_embed_fl::fl;

/// The least that a limit may be, in octets a second: below it pieces do not come before they are given up.
const LEAST_RATE: u32 = 32 << 10;

/// Draws the section.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-sharing"));
    giving(ui, sheet);
    policy(ui, sheet);
    give_time(ui, sheet);
    give_ratio(ui, sheet);
    up(ui, sheet);
    down(ui, sheet);
    discovery::show(ui, sheet);
}

/// Draws what concerns uploading alone, for the screen of sharing.
pub fn show_uploads(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    giving(ui, sheet);
    up(ui, sheet);
    give_time(ui, sheet);
    give_ratio(ui, sheet);
}

/// Why there are no peers whatever is chosen here; nothing when there may be.
pub fn why_no_peers(sheet: &Sheet<'_>) -> Option<String> {
    let (l, vitals) = (&sheet.scene.text.loader, &sheet.scene.snapshot.vitals);
    let is_by_proxy = match &sheet.settings().proxy {
        Proxy::By(_) => true,
        Proxy::System => vitals.system_proxy == SystemProxy::Some,
        Proxy::Direct => false,
    };
    if vitals.laid_down.policy == Some(Policy::HttpOnly) {
        Some(fl!(l, "settings-laid-down"))
    } else {
        is_by_proxy.then(|| fl!(l, "settings-no-peers-by-proxy"))
    }
}

fn giving(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let now = sheet.settings().giving;
    let name = fl!(l, "settings-giving");
    let note = why_no_peers(sheet).unwrap_or_else(|| fl!(l, "settings-giving-note"));
    let all = [
        (GivingChoice::Share, fl!(l, "settings-giving-share")),
        (GivingChoice::ReceiveOnly, fl!(l, "settings-giving-receive")),
        (GivingChoice::HttpOnly, fl!(l, "settings-giving-http")),
    ];
    let is_laid_down = sheet.scene.snapshot.vitals.laid_down.policy == Some(Policy::HttpOnly);
    // There is no usual: each person chose once, on the first page.
    let line = SettingLine { name: &name, note: &note, is_usual: true };
    sheet.line(ui, &line, |ui, sheet| {
        for (choice, words) in &all {
            let radio = RadioButton::new(now == Some(*choice), words.as_str());
            if ui.add_enabled(!is_laid_down, radio).on_disabled_hover_text(&note).clicked() {
                sheet.change(|settings| settings.giving = Some(*choice));
            }
        }
    });
}

fn policy(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let now = sheet.settings().policy;
    let name = fl!(l, "settings-policy");
    let words = |policy: Policy| match policy {
        Policy::SwarmFirst => fl!(l, "settings-policy-swarm-first"),
        Policy::Fastest => fl!(l, "settings-policy-fastest"),
        Policy::SwarmOnly => fl!(l, "settings-policy-swarm-only"),
        Policy::HttpOnly => fl!(l, "settings-policy-http-only"),
    };
    let all = [Policy::SwarmFirst, Policy::Fastest, Policy::SwarmOnly, Policy::HttpOnly];
    let no_peers = why_no_peers(sheet);
    let why = match (&no_peers, sheet.settings().giving) {
        (Some(why), _) => Some(why.clone()),
        (None, Some(GivingChoice::HttpOnly)) => Some(fl!(l, "settings-policy-by-giving")),
        _ => None,
    };
    let note = why.clone().unwrap_or_default();
    let line = SettingLine { name: &name, note: &note, is_usual: now == Policy::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        for policy in all {
            let radio = RadioButton::new(now == policy, words(policy));
            let response = ui.add_enabled(why.is_none(), radio).on_disabled_hover_text(&note);
            if response.clicked() {
                sheet.change(|settings| settings.policy = policy);
            }
        }
    });
    if back {
        sheet.change(|settings| settings.policy = Policy::default());
    }
}

/// How long a finished download is uploaded.
fn give_time(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let name = fl!(l, "settings-give-time");
    let most = giving::giving_time(text, LONGEST_GIVING);
    let note = fl!(l, "settings-give-time-note", most = most.as_str());
    let now = sheet.settings().give_until.time;
    let usual = GiveUntil::default().time;
    let line = SettingLine { name: &name, note: &note, is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let wrong = fl!(l, "settings-give-time-wrong", most = most.as_str());
        let read = |text: &str| reading::giving_time(text).filter(|time| *time <= LONGEST_GIVING);
        if let Some(time) =
            sheet.typed(ui, ("give-time", &field), &giving::giving_time(text, now), (read, &wrong))
        {
            sheet.change(|settings| settings.give_until.time = time);
        }
    });
    if back {
        sheet.view.drafts.remove("give-time");
        sheet.change(|settings| settings.give_until.time = usual);
    }
}

/// How many times its size ends that sooner.
fn give_ratio(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let (name, note) = (fl!(l, "settings-give-ratio"), fl!(l, "settings-give-ratio-note"));
    let now = sheet.settings().give_until.ratio;
    let shown =
        now.map_or_else(|| fl!(l, "settings-unlimited"), |ratio| giving::multiple(text, ratio.multiple()));
    let line = SettingLine { name: &name, note: &note, is_usual: now.is_none() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let wrong = fl!(l, "settings-give-ratio-wrong");
        let read = |text: &str| match reading::is_nothing(text) {
            true => Some(None),
            false => reading::multiple(text).and_then(Ratio::new).map(Some),
        };
        if let Some(ratio) = sheet.typed(ui, ("give-ratio", &field), &shown, (read, &wrong)) {
            sheet.change(|settings| settings.give_until.ratio = ratio);
        }
    });
    if back {
        sheet.view.drafts.remove("give-ratio");
        sheet.change(|settings| settings.give_until.ratio = None);
    }
}

fn read_limit(text: &str) -> Option<Option<u32>> {
    if reading::is_nothing(text) {
        return Some(None);
    }
    reading::rate(text).filter(|rate| *rate >= LEAST_RATE).map(Some)
}

fn up(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let (name, note) = (fl!(l, "settings-limit-up"), fl!(l, "settings-limit-note"));
    let now = sheet.settings().limits.up;
    let shown = now.map_or_else(|| fl!(l, "settings-unlimited"), |rate| text.rate(u64::from(rate)));
    let usual = Limits::default().up;
    let line = SettingLine { name: &name, note: &note, is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let wrong = fl!(l, "settings-limit-wrong", least = text.rate(u64::from(LEAST_RATE)));
        if let Some(up) = sheet.typed(ui, ("limit-up", &field), &shown, (read_limit, &wrong)) {
            sheet.change(|settings| settings.limits.up = up);
        }
    });
    if back {
        sheet.view.drafts.remove("limit-up");
        sheet.change(|settings| settings.limits.up = usual);
    }
}

fn down(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let name = fl!(l, "settings-limit-down");
    let now = sheet.settings().limits.down;
    let shown = now.map_or_else(|| fl!(l, "settings-unlimited"), |rate| text.rate(u64::from(rate)));
    let usual = Limits::default().down;
    let line = SettingLine { name: &name, note: "", is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let wrong = fl!(l, "settings-limit-wrong", least = text.rate(u64::from(LEAST_RATE)));
        if let Some(down) = sheet.typed(ui, ("limit-down", &field), &shown, (read_limit, &wrong)) {
            sheet.change(|settings| settings.limits.down = down);
        }
    });
    if back {
        sheet.view.drafts.remove("limit-down");
        sheet.change(|settings| settings.limits.down = usual);
    }
}
