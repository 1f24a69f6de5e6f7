//! What is always fetched: the rules that hold, and the fields for a new one.
//!
//! In: rules. Out: wishes. What cannot be understood is said below its field; half a rule is never made.

use crate::app::mesh::view::{
    FolderTemplate, Lane, LeadSelection, MeshCommand, Rule, TopicFilter, TorrentLinks, Versions, Withdrawn,
};
use crate::domain::outside_text::show as show_text;
use crate::i18n::{Translator, reading};
use crate::ui::fonts::bold;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{button, main_button};
use crate::ui::widgets::field::{self, TextField};
use egui::{ComboBox, Grid, Label, RichText, Ui, vec2};
use i18n_embed_fl::fl;

/// The rule that is being written.
#[derive(Debug, Default)]
pub struct View(Option<Draft>);

#[derive(Debug)]
struct Draft {
    filter: TopicFilter,
    pattern: String,
    most: String,
    leads: String,
    folder: String,
    lane: Option<Lane>,
    versions: String,
    withdrawn: Withdrawn,
    torrents: TorrentLinks,
}

impl View {
    /// Begins a rule for that filter.
    pub fn open(&mut self, filter: TopicFilter) {
        let empty = String::new;
        let draft = Draft {
            filter,
            pattern: empty(),
            most: empty(),
            leads: empty(),
            folder: empty(),
            lane: None,
            versions: empty(),
            withdrawn: Withdrawn::default(),
            torrents: TorrentLinks::default(),
        };
        self.0 = Some(draft);
    }

    /// The height in which all of it can be seen.
    pub fn height(&self, rules: &[Rule]) -> f32 {
        let listed = if rules.is_empty() { 0.0 } else { 26.0 + 26.0 * rules.len() as f32 };
        listed + if self.is_open() { 336.0 } else { 0.0 }
    }

    /// Whether a rule is being written.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }
}

/// Draws the rules that hold, and the one that is being written.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, wishes: &mut Vec<MeshCommand>) {
    let (l, theme) = (&scene.text.loader, scene.theme);
    if !scene.snapshot.mesh.rules.is_empty() {
        ui.label(RichText::new(fl!(l, "mesh-rules")).font(bold(SMALL_SIZE)));
    }
    for rule in &scene.snapshot.mesh.rules {
        ui.horizontal(|ui| {
            let drop = ui.small_button("×");
            field::name(&drop, &fl!(l, "mesh-rule-drop", filter = rule.filter.to_string()));
            if drop.clicked() {
                wishes.push(MeshCommand::NoLonger(rule.filter.clone()));
            }
            let words = words_of(scene.text, rule);
            ui.add(Label::new(RichText::new(&words).size(SMALL_SIZE).color(theme.quiet)).truncate())
                .on_hover_text(words);
        });
    }
    let Some(draft) = &mut view.0 else { return };
    match write(ui, scene, draft) {
        Some(Written::Rule(rule)) => {
            wishes.push(MeshCommand::Always(Box::new(rule)));
            view.0 = None;
        }
        Some(Written::Nothing) => view.0 = None,
        None => {}
    }
}

enum Written {
    Rule(Rule),
    Nothing,
}

fn write(ui: &mut Ui, scene: &Scene<'_>, draft: &mut Draft) -> Option<Written> {
    let l = &scene.text.loader;
    ui.add_space(GRID);
    ui.add(
        Label::new(
            RichText::new(fl!(l, "mesh-rule-title", filter = draft.filter.to_string())).font(bold(TEXT_SIZE)),
        )
        .truncate(),
    );
    Grid::new("rule").num_columns(2).spacing(vec2(8.0, 3.0)).show(ui, |ui| {
        let fields = [
            (fl!(l, "mesh-rule-pattern"), fl!(l, "mesh-rule-pattern-hint"), &mut draft.pattern),
            (fl!(l, "mesh-rule-most"), fl!(l, "mesh-rule-most-hint"), &mut draft.most),
            (fl!(l, "mesh-rule-leads"), fl!(l, "mesh-rule-leads-hint"), &mut draft.leads),
            (fl!(l, "mesh-rule-folder"), fl!(l, "mesh-rule-folder-hint"), &mut draft.folder),
            (fl!(l, "mesh-rule-versions"), fl!(l, "mesh-rule-versions-hint"), &mut draft.versions),
        ];
        for (name, hint, typed) in fields {
            ui.label(&name);
            field::show(ui, typed, &TextField { name: &name, hint: &hint, width: 210.0 });
            ui.end_row();
        }
        choices(ui, scene, draft);
    });
    let read = rule_of(scene, draft);
    if let Err(why) = &read {
        ui.label(RichText::new(why).color(scene.theme.failed).size(SMALL_SIZE));
    }
    let able = read.as_ref().map(drop).map_err(Clone::clone);
    let mut written = None;
    ui.horizontal(|ui| {
        if main_button(ui, &fl!(l, "mesh-rule-make"), &able, scene.theme).clicked() {
            written = read.ok().map(Written::Rule);
        }
        if button(ui, &fl!(l, "mesh-rule-cancel"), &Ok(())).clicked() {
            written = Some(Written::Nothing);
        }
    });
    written
}

/// What is chosen among few: urgency, what becomes of withdrawn files, which .torrents are followed.
fn choices(ui: &mut Ui, scene: &Scene<'_>, draft: &mut Draft) {
    let l = &scene.text.loader;
    let name = fl!(l, "mesh-rule-lane");
    ui.label(&name);
    let shown = lane_words(scene.text, draft.lane);
    let response = ComboBox::from_id_salt("lane").selected_text(shown).show_ui(ui, |ui| {
        for lane in std::iter::once(None).chain(Lane::ALL.map(Some)) {
            ui.selectable_value(&mut draft.lane, lane, lane_words(scene.text, lane));
        }
    });
    field::name(&response.response, &name);
    ui.end_row();
    let name = fl!(l, "mesh-rule-withdrawn");
    ui.label(&name);
    let shown = withdrawn_words(scene.text, draft.withdrawn);
    let response = ComboBox::from_id_salt("withdrawn").selected_text(shown).show_ui(ui, |ui| {
        for choice in Withdrawn::ALL {
            ui.selectable_value(&mut draft.withdrawn, choice, withdrawn_words(scene.text, choice));
        }
    });
    field::name(&response.response, &name);
    ui.end_row();
    let name = fl!(l, "mesh-rule-torrents");
    ui.label(&name);
    let mut is_on = draft.torrents == TorrentLinks::Followed;
    let response = ui.checkbox(&mut is_on, fl!(l, "mesh-rule-torrents-all"));
    field::name(&response, &fl!(l, "mesh-rule-torrents-name"));
    if response.on_hover_text(fl!(l, "mesh-rule-torrents-tip")).changed() {
        draft.torrents = if is_on { TorrentLinks::Followed } else { TorrentLinks::WithDigest };
    }
    ui.end_row();
}

fn rule_of(scene: &Scene<'_>, draft: &Draft) -> Result<Rule, String> {
    let l = &scene.text.loader;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut rule = Rule::all_of(draft.filter.clone());
    if let Some(pattern) = given(&draft.pattern) {
        rule = rule.with_pattern(&pattern).map_err(|_| fl!(l, "mesh-rule-pattern-wrong"))?;
    }
    if let Some(most) = given(&draft.most) {
        rule.most = Some(reading::octets(&most).ok_or_else(|| fl!(l, "mesh-rule-most-wrong"))?);
    }
    if let Some(leads) = given(&draft.leads) {
        rule.leads = Some(LeadSelection::parse(&leads).map_err(|_| fl!(l, "mesh-rule-leads-wrong"))?);
    }
    if let Some(folder) = given(&draft.folder) {
        rule.folder = Some(FolderTemplate::parse(&folder).map_err(|_| fl!(l, "mesh-rule-folder-wrong"))?);
    }
    rule.lane = draft.lane;
    rule.mirror.withdrawn = draft.withdrawn;
    rule.torrents = draft.torrents;
    rule.mirror.versions = match given(&draft.versions) {
        Some(versions) => Versions::parse(&versions).ok_or_else(|| fl!(l, "mesh-rule-versions-wrong"))?,
        None => scene.snapshot.settings.purge.versions,
    };
    Ok(rule)
}

fn lane_words(text: &Translator, lane: Option<Lane>) -> String {
    let l = &text.loader;
    match lane {
        None => fl!(l, "mesh-lane-usual"),
        Some(Lane::Warnings) => fl!(l, "mesh-lane-warnings"),
        Some(Lane::Observations) => fl!(l, "mesh-lane-observations"),
        Some(Lane::Models) => fl!(l, "mesh-lane-models"),
    }
}

fn withdrawn_words(text: &Translator, withdrawn: Withdrawn) -> String {
    match withdrawn {
        Withdrawn::Keep => fl!(text.loader, "mesh-withdrawn-keep"),
        Withdrawn::Remove => fl!(text.loader, "mesh-withdrawn-remove"),
    }
}

fn words_of(text: &Translator, rule: &Rule) -> String {
    let mut parts = vec![show_text(rule.filter.as_str())];
    parts.extend(rule.pattern.as_ref().map(|pattern| format!("/{}/", show_text(pattern.as_str()))));
    parts.extend(rule.most.map(|most| format!("≤ {}", text.size(most))));
    parts.extend(rule.leads.as_ref().map(LeadSelection::to_words));
    parts.extend(rule.folder.as_ref().map(|folder| show_text(folder.as_str())));
    parts.extend(rule.lane.map(|lane| lane_words(text, Some(lane))));
    if let Versions::Last(count) = rule.mirror.versions {
        parts.push(fl!(text.loader, "mesh-rule-last-versions", n = text.count(u64::from(count))));
    }
    if rule.mirror.withdrawn == Withdrawn::Remove {
        parts.push(withdrawn_words(text, Withdrawn::Remove));
    }
    if rule.torrents == TorrentLinks::Followed {
        parts.push(fl!(text.loader, "mesh-rule-torrents-all"));
    }
    parts.join(" · ")
}
