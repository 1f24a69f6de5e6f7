//! What a line of the list says.
//!
//! In: a line. Out: [`Said`].

use crate::app::follow::FollowRow;
use crate::app::follow::view::{Look, Pace};
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::ui::scene::Scene;
use crate::ui::widgets::badge::{Badge, Tone};
use crate::ui::widgets::mark::Mark;
use i18n_embed_fl::fl;

/// What a line says.
#[derive(Clone, Debug)]
pub struct Said {
    /// What the dataset is called.
    pub title: String,
    /// Which hours, packages and fields.
    pub hours: String,
    /// When the next hour is due: the hour, and the day when it is not today.
    pub due: (String, String),
    /// When an hour was last in its place, and how many were.
    pub success: (String, String),
    /// How it stands.
    pub state: Badge,
    /// What went wrong, in whole sentences; empty when nothing did.
    trouble: String,
    /// When it is checked again; empty when unknown.
    again: String,
}

/// Works out what `row` says.
pub fn said(scene: &Scene<'_>, row: &FollowRow) -> Said {
    let (text, l) = (scene.text, &scene.text.loader);
    let now = scene.snapshot.vitals.now;
    let dataset = row.wish.dataset();
    let known = scene.snapshot.sources.iter().flat_map(|source| &source.datasets);
    let title = known.into_iter().find(|known| known.id == dataset).map(|known| known.title.as_str());
    let kept = &row.kept;
    let trouble = match (&kept.source_trouble, &kept.hour_trouble) {
        (Some((why, since)), _) => {
            fl!(l, "sources-lost", since = text.age(*since, now), why = text.message(why).replace('\n', " "))
        }
        (None, Some(why)) => fl!(l, "followed-hour-failed", why = text.message(why).replace('\n', " ")),
        (None, None) => String::new(),
    };
    Said {
        title: show(title.unwrap_or(&row.name)),
        hours: hours(scene, row),
        due: match (kept.pace, kept.next_due) {
            (Pace::Paused, _) => ("–".to_owned(), String::new()),
            (Pace::Active, Some(due)) if due <= now => {
                (fl!(l, "followed-due-now", since = text.hour(due)), day_of(scene, due))
            }
            (Pace::Active, Some(due)) => (text.hour(due), day_of(scene, due)),
            (Pace::Active, None) => (fl!(l, "followed-due-unknown"), String::new()),
        },
        success: match kept.last_success {
            Some(then) => {
                let n = u64::from(kept.fetched);
                let count = fl!(l, "followed-fetched", n = n, n_txt = text.count(n));
                (text.ago(then, now), count)
            }
            None => (fl!(l, "sources-never"), String::new()),
        },
        state: state(scene, row),
        trouble,
        again: kept
            .looks_again
            .map(|at| fl!(l, "followed-again", at = hour_of(scene, at)))
            .unwrap_or_default(),
    }
}

/// The day of a time that is not today; empty for today.
fn day_of(scene: &Scene<'_>, time: UtcTime) -> String {
    let is_today = time.civil().date() == scene.snapshot.vitals.now.civil().date();
    if is_today { String::new() } else { scene.text.day(time) }
}

/// A time of today by its hour, of another day with the day.
fn hour_of(scene: &Scene<'_>, time: UtcTime) -> String {
    let is_today = time.civil().date() == scene.snapshot.vitals.now.civil().date();
    if is_today {
        scene.text.hour(time)
    } else {
        format!("{} {}", scene.text.day(time), scene.text.hour(time))
    }
}

fn hours(scene: &Scene<'_>, row: &FollowRow) -> String {
    let l = &scene.text.loader;
    let wish = &row.wish;
    let leads = match wish.lead.as_deref().map(|lead| lead.replace("..", "–").replace(',', ", ")) {
        Some(leads) => fl!(l, "followed-leads", leads = show(&leads)),
        None => fl!(l, "followed-all-leads"),
    };
    let packages = wish.packages().join(", ");
    let listed = |words: &Option<String>| words.as_deref().map(|words| show(&words.replace(',', ", ")));
    let members = listed(&wish.member).map(|members| fl!(l, "followed-members", members = members));
    let parts = [Some(leads), Some(show(&packages)), listed(&wish.param), listed(&wish.level), members];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn state(scene: &Scene<'_>, row: &FollowRow) -> Badge {
    let l = &scene.text.loader;
    let badge = |mark, tone, words| Badge { mark, tone, words };
    let kept = &row.kept;
    match (kept.pace, row.look) {
        (Pace::Paused, _) => badge(Mark::Paused, Tone::Quiet, fl!(l, "followed-paused")),
        _ if kept.source_trouble.is_some() => {
            badge(Mark::Failed, Tone::Bad, fl!(l, "followed-source-failed"))
        }
        (Pace::Active, Look::UnderWay) => badge(Mark::Half, Tone::Active, fl!(l, "sources-asking")),
        _ if kept.hour_trouble.is_some() => {
            badge(Mark::Attention, Tone::Attention, fl!(l, "followed-hour-failed-short"))
        }
        (Pace::Active, Look::Resting) if kept.looked.is_none() => {
            badge(Mark::Open, Tone::Quiet, fl!(l, "sources-not-tried"))
        }
        (Pace::Active, Look::Resting) => badge(Mark::Full, Tone::Good, fl!(l, "followed-active")),
    }
}

/// Both lines of a cell as one.
fn joined((upper, lower): &(String, String)) -> String {
    if lower.is_empty() { upper.clone() } else { format!("{upper} · {lower}") }
}

impl Said {
    /// Whether `find`, in small letters, is in it.
    pub fn has(&self, row: &FollowRow, find: &str) -> bool {
        [&self.title, &self.hours, &row.wish.id].iter().any(|text| text.to_lowercase().contains(find))
    }

    /// The whole line as one sentence.
    pub fn sentence(&self, scene: &Scene<'_>) -> String {
        let sentence = fl!(
            &scene.text.loader,
            "followed-row",
            title = self.title.as_str(),
            hours = self.hours.as_str(),
            due = joined(&self.due),
            success = joined(&self.success),
            state = self.state.words.as_str()
        );
        if self.trouble.is_empty() { sentence } else { format!("{sentence}. {}", self.trouble) }
    }

    /// What does not fit into the line.
    pub fn tip(&self) -> String {
        let parts = [&self.title, &self.hours, &self.state.words, &self.trouble, &self.again];
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("\n")
    }
}
