//! Numbers at a time, own networks, and the way out.

use super::line::{SettingLine, Sheet};
use crate::app::settings::laid_down::SystemProxy;
use crate::app::settings::{Limits, Proxy};
use crate::app::{MOST_RETRIES, Network};
use crate::ui::widgets::field::TextField;
use egui::{RadioButton, Ui};
use i18n_embed_fl::fl;

/// Draws the section.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-network"));
    transfers(ui, sheet);
    connections(ui, sheet);
    retries(ui, sheet);
    networks(ui, sheet);
    proxy(ui, sheet);
}

/// A whole number from 1 to `most`.
fn number(text: &str, most: u8) -> Option<u8> {
    text.trim().parse().ok().filter(|number| (1..=most).contains(number))
}

fn transfers(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let name = fl!(l, "settings-transfers-at-once");
    let (now, usual) = (sheet.settings().limits.transfers_at_once, Limits::default().transfers_at_once);
    let line = SettingLine { name: &name, note: "", is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 60.0 };
        let wrong = fl!(l, "settings-number-wrong", most = "64");
        let read = |text: &str| number(text, 64);
        if let Some(count) = sheet.typed(ui, ("transfers", &field), &now.to_string(), (read, &wrong)) {
            sheet.change(|settings| settings.limits.transfers_at_once = count);
        }
    });
    if back {
        sheet.view.drafts.remove("transfers");
        sheet.change(|settings| settings.limits.transfers_at_once = usual);
    }
}

fn connections(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-connections"), fl!(l, "settings-connections-note"));
    let (now, usual) = (sheet.settings().limits.connections_per_host, Limits::default().connections_per_host);
    let line = SettingLine { name: &name, note: &note, is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 60.0 };
        let wrong = fl!(l, "settings-number-wrong", most = "16");
        let read = |text: &str| number(text, 16);
        if let Some(count) = sheet.typed(ui, ("connections", &field), &now.to_string(), (read, &wrong)) {
            sheet.change(|settings| settings.limits.connections_per_host = count);
        }
    });
    if back {
        sheet.view.drafts.remove("connections");
        sheet.change(|settings| settings.limits.connections_per_host = usual);
    }
}

fn retries(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-retries"), fl!(l, "settings-retries-note"));
    let (now, usual) = (sheet.settings().limits.retries, Limits::default().retries);
    let line = SettingLine { name: &name, note: &note, is_usual: now == usual };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 60.0 };
        let wrong = fl!(l, "settings-retries-wrong", most = MOST_RETRIES.to_string());
        let read = |text: &str| text.trim().parse().ok().filter(|number| *number <= MOST_RETRIES);
        if let Some(count) = sheet.typed(ui, ("retries", &field), &now.to_string(), (read, &wrong)) {
            sheet.change(|settings| settings.limits.retries = count);
        }
    });
    if back {
        sheet.view.drafts.remove("retries");
        sheet.change(|settings| settings.limits.retries = usual);
    }
}

/// Networks with commas or spaces between them. `None` when one of them is none.
fn read_networks(text: &str) -> Option<Vec<String>> {
    let parts = text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Network::parse(part).map(|_| part.to_owned())).collect()
}

fn networks(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-own-networks"), fl!(l, "settings-own-networks-note"));
    let now = sheet.settings().own_networks.join(", ");
    let line = SettingLine { name: &name, note: &note, is_usual: now.is_empty() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "192.168.7.0/24", width: 320.0 };
        let wrong = fl!(l, "settings-own-networks-wrong");
        if let Some(networks) = sheet.typed(ui, ("networks", &field), &now, (read_networks, &wrong)) {
            sheet.change(|settings| settings.own_networks = networks);
        }
    });
    if back {
        sheet.view.drafts.remove("networks");
        sheet.change(|settings| settings.own_networks.clear());
    }
}

/// A proxy that can be used: `http://…` or `socks5://…` with a host.
fn read_proxy(text: &str) -> Option<String> {
    let url = text.trim();
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("socks5://"))?;
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let is_sound = !host.is_empty() && !host.starts_with([':', '/']) && !url.contains(char::is_whitespace);
    is_sound.then(|| url.to_owned())
}

fn proxy(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let name = fl!(l, "settings-proxy");
    let now = sheet.settings().proxy.clone();
    let system = sheet.scene.snapshot.vitals.system_proxy;
    let note = match (&now, system) {
        (Proxy::System, SystemProxy::Some) | (Proxy::By(_), _) => fl!(l, "settings-proxy-note-some"),
        _ => fl!(l, "settings-proxy-note"),
    };
    let line = SettingLine { name: &name, note: &note, is_usual: now == Proxy::System };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if ui.add(RadioButton::new(now == Proxy::System, fl!(l, "settings-proxy-system"))).clicked() {
            sheet.change(|settings| settings.proxy = Proxy::System);
        }
        if ui.add(RadioButton::new(now == Proxy::Direct, fl!(l, "settings-proxy-direct"))).clicked() {
            sheet.change(|settings| settings.proxy = Proxy::Direct);
        }
        by_proxy(ui, sheet, &now);
    });
    if back {
        sheet.view.drafts.remove("proxy");
        sheet.change(|settings| settings.proxy = Proxy::System);
    }
}

/// The proxy of one's own: its radio button is a label only, since without an address it means nothing.
fn by_proxy(ui: &mut Ui, sheet: &mut Sheet<'_>, now: &Proxy) {
    let l = &sheet.scene.text.loader;
    let name = fl!(l, "settings-proxy-by");
    let shown = if let Proxy::By(url) = now { url.clone() } else { String::new() };
    ui.horizontal_top(|ui| {
        let radio = RadioButton::new(!shown.is_empty(), name.as_str());
        ui.add_enabled(!shown.is_empty(), radio).on_disabled_hover_text(fl!(l, "settings-proxy-type-first"));
        let field = TextField { name: &name, hint: "socks5://127.0.0.1:9050", width: 240.0 };
        let wrong = fl!(l, "settings-proxy-wrong");
        if let Some(url) = sheet.typed(ui, ("proxy", &field), &shown, (read_proxy, &wrong)) {
            sheet.change(|settings| settings.proxy = Proxy::By(url));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_a_scheme_and_a_host() {
        assert!(read_proxy("socks5://127.0.0.1:9050").is_some());
        assert!(read_proxy(" http://user:secret@proxy.example:3128 ").is_some());
        for text in ["proxy.example:3128", "https://proxy.example", "http://", "socks5://:9050", "http://a b"]
        {
            assert_eq!(read_proxy(text), None, "{text}");
        }
    }

    #[test]
    fn networks_are_taken_together_or_not_at_all() {
        assert_eq!(read_networks("10.0.0.0/8, fd00::/8").map(|all| all.len()), Some(2));
        assert_eq!(read_networks(""), Some(Vec::new()));
        assert_eq!(read_networks("10.0.0.0/8, here"), None);
    }
}
