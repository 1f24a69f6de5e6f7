//! Says what a choice on the matrix costs, and makes the requests for it: indexes are read where they can be had.

use super::CatalogService;
use super::fields::index_of;
use crate::app::hours::{HoursChoice, HoursPlan, KnownSize, MatrixCellState, Ways};
use crate::app::hours_board::overlay;
use crate::app::input::{Event, HourRequest};
use crate::app::offered::planning::{
    Part, Reckoning, add_part, command_of, parts_of, share_from_peers, state_at, wish_of,
};
use crate::app::query::Answer;
use crate::app::snapshot::Snapshot;
use crate::app::state::Route;
use crate::app::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::engine::store::room::free_space_at;
use crate::engine::transfer::http::client::HttpClient;
use std::collections::BTreeMap;
use std::sync::mpsc::Sender;

/// Most indexes that are read for one plan; what is beyond is estimated.
const MOST_INDEXES: usize = 24;

impl CatalogService {
    /// Makes requests of what is chosen and not here.
    pub(super) fn wish(&self, choice: &HoursChoice, snapshot: &Snapshot) {
        let Some(open) = self.open.as_ref().filter(|open| open.base.dataset == choice.dataset) else {
            return;
        };
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        let wishes: Vec<HourRequest> =
            parts.iter().filter_map(|part| wish_of(open, part, (choice, snapshot))).collect();
        self.tell(Event::Wished(wishes));
    }

    /// Says what a choice costs; indexes are read beside the desk, so that it stays free.
    pub(super) fn plan(&self, choice: &HoursChoice, snapshot: &Snapshot, answers: Sender<Answer>) {
        let Some(open) = self.open.as_ref().filter(|open| open.base.dataset == choice.dataset) else {
            let id = choice.dataset.0.to_string();
            // A front end that went away needs no plan.
            let _ = answers.send(Answer::HoursPlan(Err(UserMessage::UnknownEntry { id, meant: None })));
            return;
        };
        let seen = overlay(&open.base, snapshot.jobs.iter(), &choice.filter);
        let parts = parts_of(open, choice, &seen);
        let guesses: Vec<KnownSize> =
            parts.iter().map(|part| open.size_of(&part.file, &choice.filter)).collect();
        let folder = snapshot.folder();
        let here =
            choice.cells.iter().filter(|cell| state_at(&seen, **cell) == MatrixCellState::Here).count();
        let frame = HoursPlan {
            slices: choice.cells.len(),
            here,
            wanted: KnownSize::Exact(ByteCount::ZERO),
            to_transfer: KnownSize::Exact(ByteCount::ZERO),
            road: if parts.is_empty() { Route::OnDisk } else { Route::WholeFiles },
            ways: parts.iter().map(|part| part.file.ways).reduce(Ways::plus),
            from_peers: share_from_peers(snapshot, choice),
            free: folder.ancestors().find(|path| path.is_dir()).and_then(free_space_at).map(ByteCount),
            command: command_of(&parts, choice, (snapshot, &folder)),
        };
        let (client, choice) = (self.context.shared.client.clone(), choice.clone());
        tokio::spawn(async move {
            let plan = with_sizes(frame, &client, &choice, parts, guesses).await;
            let _ = answers.send(Answer::HoursPlan(Ok(plan)));
        });
    }
}

/// Fills in sizes and road: exact where an index tells, or where files are wanted whole.
async fn with_sizes(
    mut plan: HoursPlan,
    client: &HttpClient,
    choice: &HoursChoice,
    parts: Vec<Part>,
    guesses: Vec<KnownSize>,
) -> HoursPlan {
    let is_whole = choice.filter.has_all_fields();
    let mut indexes = 0;
    let mut known = BTreeMap::new();
    for (part, guess) in parts.into_iter().zip(guesses) {
        if is_whole && part.file.is_single() {
            plan.wanted = plan.wanted.plus(part.file.size);
            plan.to_transfer = plan.to_transfer.plus(part.file.size);
            continue;
        }
        let url = part.file.url.as_ref().map(ToString::to_string);
        if let Some(url) = url.clone().filter(|url| !known.contains_key(url) && indexes < MOST_INDEXES) {
            indexes += 1;
            known.insert(url, index_of(client, &part.file).await);
        }
        let index = url.and_then(|url| known.get(&url)).and_then(Option::as_ref);
        add_part(&mut plan, &part, Reckoning { index, guess, may_ask: indexes < MOST_INDEXES }, choice);
    }
    plan
}
