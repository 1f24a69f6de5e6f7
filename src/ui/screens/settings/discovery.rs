//! Ways to find peers beside trackers: each with what was seen of it.

use super::line::{SettingLine, Sheet};
use super::sharing::why_no_peers;
use crate::app::Policy;
use crate::app::settings::GivingChoice;
use crate::app::settings::discovery::{Discovery, MOST_NODES, node_of};
use crate::i18n::discovery;
use crate::ui::theme::SMALL_SIZE;
use crate::ui::widgets::field::TextField;
use egui::{Label, RichText, Ui};
use i18n_embed_fl::fl;

/// Draws the lines.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let seen = &sheet.scene.snapshot.vitals.discovery;
    let way = Way {
        name: fl!(l, "settings-local-peers"),
        words: fl!(l, "settings-local-peers-on"),
        note: fl!(l, "settings-local-peers-note"),
        seen: discovery::local_seen(text, &seen.local),
        of: |discovery| &mut discovery.uses_local_network,
    };
    way.show(ui, sheet);
    let way = Way {
        name: fl!(l, "settings-dht"),
        words: fl!(l, "settings-dht-on"),
        note: fl!(l, "settings-dht-note"),
        seen: discovery::dht_seen(text, &seen.dht),
        of: |discovery| &mut discovery.uses_dht,
    };
    way.show(ui, sheet);
    nodes(ui, sheet);
    open_port(ui, sheet);
}

/// Draws the line of the port at the router.
pub fn open_port(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (text, l) = (sheet.scene.text, &sheet.scene.text.loader);
    let way = Way {
        name: fl!(l, "settings-open-port"),
        words: fl!(l, "settings-open-port-on"),
        note: fl!(l, "settings-open-port-note"),
        seen: discovery::port_seen(text, &sheet.scene.snapshot.vitals.discovery.port),
        of: |discovery| &mut discovery.opens_port,
    };
    way.show(ui, sheet);
}

/// One way that is on or off.
struct Way {
    name: String,
    words: String,
    note: String,
    /// What was observed. `None` while it rests.
    seen: Option<String>,
    of: fn(&mut Discovery) -> &mut bool,
}

impl Way {
    fn show(&self, ui: &mut Ui, sheet: &mut Sheet<'_>) {
        let l = &sheet.scene.text.loader;
        let mut now = sheet.settings().discovery.clone();
        let mut is_on = *(self.of)(&mut now);
        let without_peers = no_peers(sheet);
        let line = SettingLine { name: &self.name, note: &self.note, is_usual: !is_on };
        let back = sheet.line(ui, &line, |ui, sheet| {
            if ui.checkbox(&mut is_on, self.words.as_str()).changed() {
                sheet.change(|settings| *(self.of)(&mut settings.discovery) = is_on);
            }
            if is_on {
                let seen = self.seen.clone().or(without_peers);
                let seen = seen.unwrap_or_else(|| fl!(l, "settings-discovery-rests"));
                let seen = RichText::new(seen).size(SMALL_SIZE).color(sheet.scene.theme.text);
                ui.add(Label::new(seen).wrap());
            }
        });
        if back {
            sheet.change(|settings| *(self.of)(&mut settings.discovery) = false);
        }
    }
}

/// Why there are no peers to be found, as things are set.
fn no_peers(sheet: &Sheet<'_>) -> Option<String> {
    let settings = sheet.settings();
    let has_none =
        settings.policy == Policy::HttpOnly || matches!(settings.giving, None | Some(GivingChoice::HttpOnly));
    let words = || fl!(sheet.scene.text.loader, "settings-discovery-no-peers");
    why_no_peers(sheet).or_else(|| has_none.then(words))
}

/// Nodes with commas or spaces between them. `None` when one of them is none.
fn read_nodes(text: &str) -> Option<Vec<String>> {
    let parts = text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let nodes: Vec<String> = parts.map(node_of).collect::<Option<_>>()?;
    (nodes.len() <= MOST_NODES).then_some(nodes)
}

fn nodes(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-dht-nodes"), fl!(l, "settings-dht-nodes-note"));
    let now = sheet.settings().discovery.dht_nodes.join(", ");
    let line = SettingLine { name: &name, note: &note, is_usual: now.is_empty() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "router.example:6881", width: 320.0 };
        let wrong = fl!(l, "settings-dht-nodes-wrong");
        if let Some(nodes) = sheet.typed(ui, ("dht-nodes", &field), &now, (read_nodes, &wrong)) {
            sheet.change(|settings| settings.discovery.dht_nodes = nodes);
        }
    });
    if back {
        sheet.view.drafts.remove("dht-nodes");
        sheet.change(|settings| settings.discovery.dht_nodes.clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_taken_together_or_not_at_all() {
        assert_eq!(read_nodes("a:1, b.example:6881").map(|all| all.len()), Some(2));
        assert_eq!(read_nodes(""), Some(Vec::new()));
        assert_eq!(read_nodes("a:1, here"), None);
        assert_eq!(read_nodes(&"a:1 ".repeat(MOST_NODES + 1)), None);
    }
}
