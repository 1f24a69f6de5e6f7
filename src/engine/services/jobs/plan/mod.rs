//! Second stage: finds out where what is wanted lies, and what it costs.
//!
//! In: a target, and by what its fields are looked up. Out: a [`Planned`] order, which is handed over once its cost was told
//! and only where fetching is wished.

mod index_claims;
pub(super) mod remote;
pub(super) mod torrent;

use super::run::JobRun;
use super::scene::JobScene;
use crate::app::input::Event;
use crate::app::jobs::index_doubt::Sampled;
use crate::app::jobs::view::PlanSummary;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::engine::listings::ContentKey;
use crate::engine::transfer::field_index::{FoundIndex, Unusable, walk_remote};
use crate::grib::index::GribIndex;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use index_claims::{Believed, HeaderSource, believable};
use url::Url;

/// What is to be fetched, and what it costs.
pub(super) struct Planned<T> {
    pub(super) summary: PlanSummary,
    pub(super) order: T,
}

impl<T> Planned<T> {
    /// Tells what it costs, and hands over what is to be fetched. `None` when only the cost was asked.
    pub(super) fn told(self, scene: &JobScene, run: &mut JobRun) -> Option<T> {
        let Self { summary, order } = self;
        // Files of a catalogue's entry come one after the other: before the last of them nothing can be said to be lacking.
        let is_one_of_many = scene.wish.entry.is_some() && scene.wish.is_fetched();
        let lacking = match is_one_of_many {
            true => Vec::new(),
            false => run.answers.lacking_in_plan(summary.road),
        };
        let told = run.plans.add(summary, lacking, scene.request().products.intent);
        scene.tell(Event::Planned(scene.id, Box::new(told)));
        scene.wish.is_fetched().then_some(order)
    }
}

/// Says which files beside the data were taken for an index and are none.
fn note_unusable(scene: &JobScene, unusable: Vec<Unusable>) {
    for index in unusable {
        scene.note(UserMessage::IndexUnusable { place: index.place, detail: index.detail });
    }
}

/// An index that was found, when it may be believed; says what was found instead otherwise.
async fn believed(
    scene: &JobScene,
    found: Option<FoundIndex>,
    length: ByteCount,
    heads: Option<HeaderSource<'_>>,
) -> Option<FoundIndex> {
    let found = found?;
    let place = found.place.clone().unwrap_or_default();
    match believable(found, scene.selection(), length, heads.as_ref()).await {
        Ok(Believed { found, sampled }) => {
            scene.note(UserMessage::IndexFrom { place: place.clone() });
            if let Some(Sampled { compared, messages }) = sampled {
                // So much of the index was looked at when something was found to be lacking.
                scene.note(FileMessage::LackingByIndex { place, compared, messages }.into());
            }
            Some(found)
        }
        Err(misfit) => {
            scene.note(UserMessage::IndexMisfit { place, misfit });
            None
        }
    }
}

/// Reads the headers of a file from a server, and keeps what they tell under `key`. It has no fields when it is no GRIB.
async fn read_headers(
    scene: &JobScene,
    key: Option<&ContentKey>,
    at: (&Url, Reach),
    length: ByteCount,
) -> Result<GribIndex, Reason> {
    let shared = &scene.context.shared;
    let index = walk_remote(&shared.client, at, length, shared.gate.at_once()).await?;
    if !index.fields.is_empty() {
        scene.note(UserMessage::WalkedHeaders { requests: index.reads });
        scene.note_given_up(&index);
        if let Some(key) = key {
            scene.context.catalog.keep_walk(key, &index, shared.clock.utc());
        }
    }
    Ok(index)
}
