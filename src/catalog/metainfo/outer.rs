//! What stands around `info`: trackers, web seeds, comment, date. None of it is part of the content's identity.
//!
//! In: the outer dictionary. Out: [`Outer`], bounded; what cannot be used becomes a note, never an error.

use super::note::Notes;
use super::{MOST_TRACKERS, MOST_WEB_SEEDS, MetainfoError, Note};
use crate::catalog::bencode::{Dictionary, Value};
use crate::catalog::tracker::TrackerUrl;
use crate::catalog::web_seed::WebSeed;
use crate::domain::content::Layout;
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::UtcTime;
use std::collections::HashSet;
use std::sync::Arc;

/// Longest comment that is kept, in characters.
const LONGEST_COMMENT: usize = 2_000;

/// Most entries of a list that are looked at, usable or not.
const MOST_LOOKED_AT: usize = 1_000;

/// What stands around `info`.
#[derive(Debug, Default)]
pub(super) struct Outer {
    pub(super) trackers: Vec<Vec<TrackerUrl>>,
    pub(super) web_seeds: Vec<WebSeed>,
    pub(super) comment: Option<String>,
    pub(super) created_by: Option<String>,
    pub(super) created_at: Option<UtcTime>,
}

/// Reads everything but `info`.
pub(super) fn read_outer(
    outer: Dictionary<'_>,
    layout: &Arc<Layout>,
    notes: &mut Notes,
) -> Result<Outer, MetainfoError> {
    let [announce, tiers, seeds, dead] =
        outer.pick(["announce", "announce-list", "url-list", "httpseeds"])?;
    let [comment, comment_utf8, by, date] =
        outer.pick(["comment", "comment.utf-8", "created by", "creation date"])?;
    if !outer.is_sorted() {
        notes.add(Note::UnsortedKeys);
    }
    if dead.is_some_and(|value| value != Value::Text(b"")) {
        notes.add(Note::DeadHttpSeeds);
    }
    Ok(Outer {
        trackers: trackers_of(announce, tiers, notes),
        web_seeds: seeds.map_or(Vec::new(), |seeds| web_seeds_of(seeds, layout, notes)),
        comment: prose_of(comment_utf8.or(comment), "comment", notes),
        created_by: prose_of(by, "created by", notes),
        created_at: date.and_then(|date| date_of(date, notes)),
    })
}

/// BEP 12: with an `announce-list`, `announce` does not count, unless the list holds no tracker that can be asked.
fn trackers_of(
    announce: Option<Value<'_>>,
    tiers: Option<Value<'_>>,
    notes: &mut Notes,
) -> Vec<Vec<TrackerUrl>> {
    let mut trackers = Trackers { notes, tiers: Vec::new(), seen: HashSet::new(), looked_at: 0 };
    match tiers {
        None => {}
        Some(Value::List(list)) => {
            for tier in list.values().take(MOST_LOOKED_AT) {
                match tier {
                    Value::List(tier) => trackers.add_tier(tier.values()),
                    single => trackers.add_tier(std::iter::once(single)),
                }
            }
        }
        Some(_) => trackers.notes.add(Note::Unreadable { key: "announce-list" }),
    }
    if trackers.tiers.is_empty() {
        trackers.add_tier(announce.into_iter());
    }
    trackers.tiers
}

struct Trackers<'n> {
    notes: &'n mut Notes,
    tiers: Vec<Vec<TrackerUrl>>,
    seen: HashSet<TrackerUrl>,
    looked_at: usize,
}

impl Trackers<'_> {
    fn add_tier<'a>(&mut self, tier: impl Iterator<Item = Value<'a>>) {
        let mut usable = Vec::new();
        for value in tier {
            self.looked_at += 1;
            if self.seen.len() == MOST_TRACKERS || self.looked_at > MOST_LOOKED_AT {
                self.notes.add(Note::TooManyTrackers);
                break;
            }
            usable.extend(self.tracker_of(value));
        }
        if !usable.is_empty() {
            self.tiers.push(usable);
        }
    }

    fn tracker_of(&mut self, value: Value<'_>) -> Option<TrackerUrl> {
        let Value::Text(text) = value else {
            self.notes.add(Note::Unreadable { key: "announce-list" });
            return None;
        };
        let text = text.trim_ascii();
        if text.is_empty() {
            return None;
        }
        match TrackerUrl::parse(&String::from_utf8_lossy(text)) {
            Ok(tracker) => self.seen.insert(tracker.clone()).then_some(tracker),
            Err(error) => {
                self.notes.add(Note::TrackerIgnored(error));
                None
            }
        }
    }
}

/// BEP 19: one URL or a list of them.
fn web_seeds_of(seeds: Value<'_>, layout: &Arc<Layout>, notes: &mut Notes) -> Vec<WebSeed> {
    let entries: Box<dyn Iterator<Item = Value<'_>>> = match seeds {
        Value::List(list) => Box::new(list.values()),
        Value::Text(_) => Box::new(std::iter::once(seeds)),
        _ => {
            notes.add(Note::Unreadable { key: "url-list" });
            return Vec::new();
        }
    };
    let mut usable = Vec::new();
    let mut seen = HashSet::new();
    for entry in entries.take(MOST_LOOKED_AT) {
        let Value::Text(text) = entry else {
            notes.add(Note::Unreadable { key: "url-list" });
            continue;
        };
        let text = text.trim_ascii();
        if text.is_empty() || !seen.insert(text) {
            continue;
        }
        if usable.len() == MOST_WEB_SEEDS {
            notes.add(Note::TooManyWebSeeds);
            break;
        }
        let text = String::from_utf8_lossy(text);
        match WebSeed::parse(&text, layout) {
            Ok(seed) => usable.push(seed),
            Err(error) => notes.add(Note::WebSeedIgnored { url: show_with_urls(&text), error }),
        }
    }
    usable
}

fn prose_of(value: Option<Value<'_>>, key: &'static str, notes: &mut Notes) -> Option<String> {
    let Value::Text(text) = value? else {
        notes.add(Note::Unreadable { key });
        return None;
    };
    // Four octets a character at most.
    let text = String::from_utf8_lossy(&text[..text.len().min(LONGEST_COMMENT * 4)]);
    let text: String = text.chars().take(LONGEST_COMMENT).collect();
    (!text.is_empty()).then_some(text)
}

fn date_of(value: Value<'_>, notes: &mut Notes) -> Option<UtcTime> {
    let date = value.integer().filter(|&seconds| seconds >= 0).and_then(UtcTime::from_unix_seconds);
    if date.is_none() {
        notes.add(Note::Unreadable { key: "creation date" });
    }
    date
}
