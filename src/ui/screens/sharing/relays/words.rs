//! What a row of the relays in use says: only what was observed.
//!
//! In: a row. Out: [`RelaySaid`].

use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::using::view::{RelayOutcome, RelayRow};
use crate::ui::scene::Scene;
use crate::ui::widgets::badge::{Badge, Tone};
use crate::ui::widgets::mark::Mark;
use i18n_embed_fl::fl;

/// What a row says.
#[derive(Clone, Debug)]
pub struct RelaySaid {
    /// Its address, and the fingerprint of its key.
    pub who: (String, String),
    /// How it stands.
    pub state: Badge,
    /// When that was seen; empty when it was not asked.
    pub when: String,
    /// How many files it offers, of how many datasets.
    pub files: (String, String),
    /// How many files were downloaded by it, and how many were not.
    pub came_to: (String, String),
}

/// Works out what `row` says.
pub fn said(scene: &Scene<'_>, row: &RelayRow) -> RelaySaid {
    let l = &scene.text.loader;
    let report = &row.report;
    let key = report.fingerprint.clone().unwrap_or_else(|| fl!(l, "relays-use-unsigned"));
    let (state, when) = state(scene, row);
    RelaySaid {
        who: (report.url.clone(), key),
        state,
        when,
        files: files(scene, row),
        came_to: came_to(scene, row),
    }
}

impl RelaySaid {
    /// The whole row as one sentence.
    pub fn sentence(&self, scene: &Scene<'_>) -> String {
        let both = |(first, second): &(String, String)| match second.is_empty() {
            true => first.clone(),
            false => format!("{first}, {second}"),
        };
        let state = both(&(self.state.words.clone(), self.when.clone()));
        fl!(
            &scene.text.loader,
            "relays-use-row",
            who = both(&self.who),
            state = state,
            files = both(&self.files),
            came_to = both(&self.came_to)
        )
    }

    /// What a pointer that rests on it is told.
    pub fn tip(&self) -> String {
        format!("{}\n{}\n{}", self.who.0, self.who.1, self.state.words)
    }
}

fn state(scene: &Scene<'_>, row: &RelayRow) -> (Badge, String) {
    let (text, l, now) = (scene.text, &scene.text.loader, scene.snapshot.vitals.now);
    let badge = |mark, tone, words| Badge { mark, tone, words };
    if let Some(aside) = &row.report.aside {
        let since = fl!(l, "relays-use-since", time = text.moment(aside.since));
        return (badge(Mark::Failed, Tone::Bad, fl!(l, "relays-use-aside")), since);
    }
    if row.is_asked {
        return (badge(Mark::Half, Tone::Active, fl!(l, "relays-use-asking")), String::new());
    }
    let asked = |at| fl!(l, "relays-use-asked", ago = text.ago(at, now));
    match &row.last {
        RelayOutcome::Taken(at) => {
            let when = fl!(l, "relays-use-answered", ago = text.ago(*at, now));
            (badge(Mark::Full, Tone::Good, fl!(l, "relays-use-answers")), when)
        }
        RelayOutcome::Silent(at, _) => {
            (badge(Mark::Attention, Tone::Attention, fl!(l, "relays-use-silent")), asked(*at))
        }
        RelayOutcome::Refused(at, message) => {
            (badge(Mark::Failed, Tone::Bad, refused(scene, message)), asked(*at))
        }
        RelayOutcome::NotAsked => {
            let written =
                row.report.last.map(|(time, _)| fl!(l, "relays-use-list-of", time = text.moment(time)));
            (badge(Mark::Open, Tone::Quiet, fl!(l, "relays-use-not-asked")), written.unwrap_or_default())
        }
    }
}

fn refused(scene: &Scene<'_>, message: &UserMessage) -> String {
    let l = &scene.text.loader;
    match message {
        UserMessage::Relay(RelayMessage::KeyChanged { .. }) => fl!(l, "relays-use-key-changed"),
        UserMessage::Relay(RelayMessage::NoLongerSigned { .. }) => fl!(l, "relays-use-no-longer-signed"),
        _ => fl!(l, "relays-use-refused"),
    }
}

fn files(scene: &Scene<'_>, row: &RelayRow) -> (String, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    let Some(datasets) = &row.report.datasets else { return ("–".to_owned(), String::new()) };
    let files: usize = datasets.values().sum();
    let of = fl!(l, "relays-use-of-datasets", n = datasets.len(), n_txt = text.count(datasets.len() as u64));
    let files = fl!(l, "relays-use-files", n = files, n_txt = text.count(files as u64));
    (files, if datasets.is_empty() { String::new() } else { of })
}

fn came_to(scene: &Scene<'_>, row: &RelayRow) -> (String, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    let tally = scene.snapshot.relays.tally(&row.report.url);
    let (relied, left) = (tally.relied_on(), tally.left());
    let left = match left {
        0 => String::new(),
        _ => fl!(l, "relays-use-left", n = left, n_txt = text.count(left)),
    };
    (fl!(l, "relays-use-relied-on", n = relied, n_txt = text.count(relied)), left)
}
