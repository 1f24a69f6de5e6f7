//! Lag, verdicts and files of announcements in words, with the mark and the tone of each.

use crate::app::mesh::listening::{BrokerStanding, FileOutcome};
use crate::app::mesh::password::{NoKeyring, PasswordPlace};
use crate::app::mesh::view::{
    Arrival, BrokerOrigin, BrokerRow, FileAction, FileStanding, HeardRow, Lag, LagFigures, LocalCopy,
    Novelty, Soundness, Timeliness,
};
use crate::domain::outside_text::show;
use crate::i18n::{Translator, broker};
use crate::ui::scene::Scene;
use crate::ui::widgets::badge::{Badge, Tone};
use crate::ui::widgets::mark::Mark;
use i18n_embed_fl::fl;
use std::time::Duration;

/// A mark with its tone and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedWords {
    /// Its shape.
    pub mark: Mark,
    /// How much it matters.
    pub tone: Tone,
    /// In words.
    pub words: String,
}

/// A lag: `2,4 s`, `12 min`, `2 h 05`; with a minus when clocks disagree.
pub fn lag(text: &Translator, lag: Lag) -> String {
    let secs = lag.0 as f64 / 1_000.0;
    if secs.abs() < 60.0 {
        let words = format!("{}\u{202F}s", text.decimal(secs.abs(), 1));
        if secs <= -0.05 { format!("−{words}") } else { words }
    } else {
        let words = text.duration(Duration::from_secs(secs.abs() as u64));
        if secs < 0.0 { format!("−{words}") } else { words }
    }
}

/// A lag that may be unknown.
pub fn lag_or_dash(text: &Translator, known: Option<Lag>) -> String {
    known.map_or_else(|| "–".to_owned(), |known| lag(text, known))
}

/// Lag now, its median, the 95th percentile and the greatest.
pub fn lag_figures(text: &Translator, figures: &LagFigures) -> String {
    let or = |lag| lag_or_dash(text, lag);
    fl!(
        text.loader,
        "mesh-lag-figures",
        now = or(figures.now),
        median = or(figures.median),
        p95 = or(figures.p95),
        max = or(figures.max)
    )
}

/// What was heard in all, in one line.
pub fn totals(scene: &Scene<'_>) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let mesh = &scene.snapshot.mesh;
    let (tally, files) = (&mesh.tally, &mesh.files);
    let count = |n: u64| text.count(n);
    let mut parts = vec![fl!(l, "mesh-total-messages", n = tally.messages, n_txt = count(tally.messages))];
    if let Some(mean) = mesh.mean_lag {
        parts.push(fl!(l, "mesh-total-mean", lag = lag(text, mean)));
    }
    let mut some = |n: u64, words: String| {
        if n > 0 {
            parts.push(words);
        }
    };
    some(tally.late, fl!(l, "mesh-total-late", n_txt = count(tally.late)));
    some(tally.deviant, fl!(l, "mesh-total-deviant", n_txt = count(tally.deviant)));
    some(tally.invalid, fl!(l, "mesh-total-invalid", n = tally.invalid, n_txt = count(tally.invalid)));
    some(tally.clock_skew, fl!(l, "mesh-total-skew", n = tally.clock_skew, n_txt = count(tally.clock_skew)));
    some(files.under_way, fl!(l, "mesh-total-under-way", n_txt = count(files.under_way)));
    some(files.in_place, fl!(l, "mesh-total-in-place", n_txt = count(files.in_place)));
    some(files.refused, fl!(l, "mesh-total-refused", n = files.refused, n_txt = count(files.refused)));
    some(files.failed, fl!(l, "mesh-total-failed", n = files.failed, n_txt = count(files.failed)));
    let dropped = mesh.brokers.iter().map(|broker| broker.dropped).sum();
    some(dropped, fl!(l, "mesh-total-dropped", n = dropped, n_txt = count(dropped)));
    parts.join(" · ")
}

/// How a broker is doing.
pub fn broker(text: &Translator, broker: &BrokerRow) -> MarkedWords {
    let l = &text.loader;
    let said = |mark, tone, words| MarkedWords { mark, tone, words };
    match broker.state.as_ref().map(|state| &state.standing) {
        None | Some(BrokerStanding::Ended) => match (&broker.origin, broker.last_success) {
            (BrokerOrigin::Preset { as_of }, None) => {
                said(Mark::Open, Tone::Quiet, fl!(l, "mesh-not-tried", date = as_of.to_string()))
            }
            (_, None) => said(Mark::Open, Tone::Quiet, fl!(l, "mesh-not-listened")),
            (_, Some(then)) => {
                said(Mark::Open, Tone::Quiet, fl!(l, "mesh-answered", time = text.moment(then.to_second())))
            }
        },
        Some(BrokerStanding::Connecting) => said(Mark::Half, Tone::Active, fl!(l, "mesh-connecting")),
        Some(BrokerStanding::Listening { protocol, .. }) => {
            said(Mark::Full, Tone::Good, fl!(l, "mesh-listening", protocol = protocol.name()))
        }
        Some(BrokerStanding::Waiting { trouble, next }) => {
            let why = broker::trouble(text, trouble);
            let words = fl!(l, "mesh-lost", why = why, next = text.duration(*next));
            said(Mark::Failed, Tone::Bad, words)
        }
    }
}

/// As whom one comes to a broker, and where the password is kept. `None` when there is none of the person's.
pub fn password(text: &Translator, broker: &BrokerRow) -> Option<MarkedWords> {
    let l = &text.loader;
    let why = |why: &NoKeyring| match why {
        NoKeyring::Absent => fl!(l, "mesh-keyring-absent"),
        NoKeyring::Locked => fl!(l, "mesh-keyring-locked"),
        NoKeyring::Silent => fl!(l, "mesh-keyring-silent"),
        NoKeyring::Lost => fl!(l, "mesh-keyring-lost"),
        NoKeyring::Refused(detail) => fl!(l, "mesh-keyring-refused", detail = show(detail)),
    };
    let (mark, tone, place) = match &broker.password {
        PasswordPlace::Nowhere => return None,
        PasswordPlace::Asked => (Mark::Half, Tone::Active, fl!(l, "mesh-password-asked")),
        PasswordPlace::Keyring => (Mark::Whole, Tone::Quiet, fl!(l, "mesh-password-keyring")),
        PasswordPlace::OwnFile(None) => (Mark::Open, Tone::Quiet, fl!(l, "mesh-password-own-file")),
        PasswordPlace::OwnFile(Some(reason)) => {
            (Mark::Open, Tone::Quiet, fl!(l, "mesh-password-own-file-because", why = why(reason)))
        }
        PasswordPlace::OutOfReach(reason) => {
            (Mark::Attention, Tone::Attention, fl!(l, "mesh-password-out-of-reach", why = why(reason)))
        }
    };
    let user = broker.user.as_deref().map(show).unwrap_or_default();
    Some(MarkedWords { mark, tone, words: fl!(l, "mesh-password", user = user, place = place) })
}

/// How sound a message is.
pub fn soundness(text: &Translator, row: &HeardRow) -> MarkedWords {
    let l = &text.loader;
    match row.soundness {
        Soundness::Valid => MarkedWords { mark: Mark::Whole, tone: Tone::Quiet, words: fl!(l, "mesh-valid") },
        Soundness::Deviant => {
            MarkedWords { mark: Mark::Attention, tone: Tone::Attention, words: fl!(l, "mesh-deviant") }
        }
        Soundness::Invalid => {
            MarkedWords { mark: Mark::Failed, tone: Tone::Bad, words: fl!(l, "mesh-invalid") }
        }
    }
}

/// What is odd or wrong about a message, in one line; empty when nothing is.
pub fn remarks(text: &Translator, row: &HeardRow) -> String {
    let all: Vec<String> = row.remarks.iter().map(|remark| broker::remark(text, remark)).collect();
    all.join(" · ")
}

/// How late a message was; `None` mark when there is nothing to remark.
pub fn lateness(text: &Translator, row: &HeardRow) -> (Option<Mark>, Tone, String) {
    let figure = lag_or_dash(text, row.lag);
    match (row.timeliness, row.arrival) {
        (Some(Timeliness::Late), _) => {
            (Some(Mark::Waiting), Tone::Attention, fl!(text.loader, "mesh-late", lag = figure))
        }
        (Some(Timeliness::VeryLate), _) => {
            (Some(Mark::Waiting), Tone::Bad, fl!(text.loader, "mesh-very-late", lag = figure))
        }
        (Some(Timeliness::ClockSkew), _) => {
            (Some(Mark::Attention), Tone::Attention, fl!(text.loader, "mesh-skew", lag = figure))
        }
        (Some(Timeliness::OnTime), _) => (None, Tone::Plain, figure),
        (None, Arrival::Live) => (None, Tone::Quiet, "–".to_owned()),
        (None, Arrival::Queued) => (None, Tone::Quiet, fl!(text.loader, "mesh-queued")),
        (None, Arrival::Redelivered) => (None, Tone::Quiet, fl!(text.loader, "mesh-redelivered")),
        (None, Arrival::Retained) => (None, Tone::Quiet, fl!(text.loader, "mesh-retained")),
        (None, Arrival::Replayed) => (None, Tone::Quiet, fl!(text.loader, "mesh-replayed")),
    }
}

/// What became of the file, or what the message adds.
pub fn standing(text: &Translator, row: &HeardRow) -> MarkedWords {
    let l = &text.loader;
    let said = |mark, tone, words| MarkedWords { mark, tone, words };
    match row.file.as_deref() {
        Some(FileStanding::UnderWay) => said(Mark::Down, Tone::Active, fl!(l, "mesh-file-under-way")),
        Some(FileStanding::Settled(news)) => match &news.outcome {
            FileOutcome::InPlace(file) => {
                let badge = Badge::short(&file.verdict, text);
                let words = match news.tried.len() {
                    0 => badge.words,
                    n => fl!(
                        l,
                        "mesh-file-failed-over",
                        n = n,
                        n_txt = text.count(n as u64),
                        proof = badge.words
                    ),
                };
                said(badge.mark, badge.tone, words)
            }
            FileOutcome::Refused(wrong) => said(
                Mark::Failed,
                Tone::Bad,
                fl!(l, "mesh-file-refused", why = broker::wrong_file(text, wrong)),
            ),
            FileOutcome::Failed => {
                let why = news.tried.last().map_or(String::new(), |(_, reason)| text.reason(reason));
                said(Mark::Failed, Tone::Bad, fl!(l, "mesh-file-failed", why = why))
            }
            FileOutcome::Withdrawn(local) => {
                let copy = local.first().map_or(LocalCopy::None, |(_, copy)| *copy);
                said(
                    Mark::Open,
                    Tone::Quiet,
                    fl!(l, "mesh-file-withdrawn", became = broker::local_copy(text, copy)),
                )
            }
            FileOutcome::NotFetched(why) => {
                let words = fl!(l, "mesh-file-not-fetched", why = broker::not_fetched(text, why));
                said(Mark::Attention, Tone::Attention, words)
            }
            FileOutcome::Unsettled(message) => {
                said(Mark::Failed, Tone::Bad, fl!(l, "mesh-file-unsettled", why = text.message(message)))
            }
        },
        None if row.soundness == Soundness::Invalid => {
            said(Mark::Failed, Tone::Bad, fl!(l, "mesh-unusable", why = remarks(text, row)))
        }
        None => {
            let tone = if row.novelty == Some(Novelty::Conflict) { Tone::Attention } else { Tone::Quiet };
            said(Mark::Open, tone, novelty(text, row))
        }
    }
}

/// What a message adds to what is known.
pub fn novelty(text: &Translator, row: &HeardRow) -> String {
    let l = &text.loader;
    match row.action {
        Some(FileAction::Deletion) => return fl!(l, "mesh-deletion"),
        Some(FileAction::Housekeeping) => return fl!(l, "mesh-housekeeping"),
        Some(FileAction::New | FileAction::Update) | None => {}
    }
    match row.novelty {
        Some(Novelty::New) => fl!(l, "mesh-new"),
        Some(Novelty::Update) => fl!(l, "mesh-update"),
        Some(Novelty::Source) => fl!(l, "mesh-source", source = show(&row.source)),
        Some(Novelty::Repeat) => fl!(l, "mesh-repeat"),
        Some(Novelty::Older) => fl!(l, "mesh-older"),
        Some(Novelty::Conflict) => fl!(l, "mesh-conflict"),
        None => fl!(l, "mesh-no-file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_lag_is_written_as_people_say_it() {
        let text = Translator::new(Language::French);
        for (millis, expected) in [
            (2_440, "2,4\u{202F}s"),
            (-3_000, "−3,0\u{202F}s"),
            (0, "0,0\u{202F}s"),
            (600_000, "10\u{202F}min\u{202F}00\u{202F}s"),
        ] {
            assert_eq!(lag(&text, Lag(millis)), expected);
        }
    }
}
