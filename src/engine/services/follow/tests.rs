//! The service with a store, a source and a clock that are made: what is kept, told and fetched.

use super::*;
use crate::app::follow::choosing::tests::{a_book, a_dataset, a_provider_book, a_wish, time};
use crate::app::follow::notes::{FileNote, FollowNotes, NoteState};
use crate::app::follow::orders::{FilesWanted, FollowMoment, PersonsCommand, TidiedFile};
use crate::app::follow::{FollowId, FollowRow, FollowWish};
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::view::FileInPlace;
use crate::catalog::provider::ProviderBook;
use crate::catalog::runs::Now;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::OnDisk;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::store::follow_store::KeptLine;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tokio::time::Instant;

/// A store that holds all in memory, or refuses.
#[derive(Default)]
struct MadeStore {
    lines: Mutex<BTreeMap<i64, KeptLine>>,
    is_full: bool,
}

impl MadeStore {
    fn change(&self, work: impl FnOnce(&mut BTreeMap<i64, KeptLine>)) -> Result<(), StoreError> {
        if self.is_full {
            return Err(StoreError::from_io("write", std::io::ErrorKind::StorageFull.into()));
        }
        work(&mut self.lines.lock());
        Ok(())
    }

    fn states(&self) -> Vec<NoteState> {
        self.lines
            .lock()
            .values()
            .flat_map(|(_, notes)| notes.all().map(|note| note.state).collect::<Vec<_>>())
            .collect()
    }
}

impl FollowStore for MadeStore {
    fn followed(&self) -> Result<Vec<KeptLine>, StoreError> {
        Ok(self.lines.lock().values().cloned().collect())
    }

    fn keep_followed(&self, row: &FollowRow) -> Result<(), StoreError> {
        self.change(|lines| {
            lines.entry(row.id.0).or_insert_with(|| (row.clone(), FollowNotes::default())).0 = row.clone();
        })
    }

    fn forget_followed(&self, id: FollowId) -> Result<(), StoreError> {
        self.change(|lines| drop(lines.remove(&id.0)))
    }

    fn note_followed(&self, id: FollowId, notes: &[FileNote]) -> Result<(), StoreError> {
        self.change(|lines| {
            let known = &mut lines.get_mut(&id.0).expect("a line before its notes").1;
            notes.iter().cloned().for_each(|note| known.note(note));
        })
    }

    fn forget_notes(&self, id: FollowId, oldest: UtcTime) -> Result<(), StoreError> {
        self.change(|lines| lines.get_mut(&id.0).expect("a line").1.forget_before(oldest))
    }
}

/// A world in which two files of the run of 12:00 are published, and the time is tokio's.
#[derive(Clone)]
struct MadeWorld {
    began: Instant,
    looks: Arc<Mutex<u32>>,
    store: Arc<MadeStore>,
    /// What was noted when the person's command started.
    at_command: Arc<Mutex<Vec<NoteState>>>,
}

impl MadeWorld {
    fn new(store: Arc<MadeStore>) -> Self {
        Self { began: Instant::now(), looks: Arc::default(), store, at_command: Arc::default() }
    }
}

impl FollowOutside for MadeWorld {
    fn moment(&self) -> FollowMoment {
        let since = Instant::now().duration_since(self.began);
        let now =
            time("2026-11-20T13:20:00Z").unix_seconds() + i64::try_from(since.as_secs()).expect("small");
        let day = Now::Steady(UtcTime::from_unix_seconds(now).expect("a time"));
        FollowMoment { steady: SteadyTime(since), day }
    }

    fn providers(&self) -> ProviderBook {
        a_provider_book()
    }

    async fn look(&self, _: FollowRow) -> SourceSeen {
        *self.looks.lock() += 1;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let dataset = a_dataset();
        let book = a_book(&dataset, &["2026112012/SP1_00.grib2", "2026112012/SP1_01.grib2"]);
        SourceSeen { dataset: Some(dataset), book, ..SourceSeen::default() }
    }

    async fn fetch(&self, wanted: FilesWanted, heard: UnboundedSender<FollowFact>) {
        for (key, _) in wanted.files {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let file = FileInPlace {
                path: format!("/data/{key}"),
                length: ByteCount(10),
                verdict: Verdict::NotAnnounced,
                kept_as: None,
                disk: OnDisk::default(),
            };
            drop(heard.send(FollowFact::Fetched(wanted.row.id, key, Ok(vec![file]))));
        }
        drop(heard.send(FollowFact::FetchOver(wanted.row.id)));
    }

    fn execute(&self, _: &PersonsCommand) -> Option<i32> {
        self.at_command.lock().extend(self.store.states());
        Some(0)
    }

    fn tidy(&self, _: Keeping, _: Vec<FileNote>) -> Result<Vec<TidiedFile>, StoreError> {
        Ok(Vec::new())
    }
}

/// What a service tells, and how it ended.
struct Played {
    events: Vec<FollowEvent>,
    ended: Result<(), UserMessage>,
    took: Duration,
}

/// Runs a service with these commands; for `lasting` the handle is held.
async fn play(
    world: &MadeWorld,
    terms: FollowTerms,
    commands: Vec<FollowCommand>,
    lasting: Duration,
) -> Played {
    let (events, began) = (Arc::new(Mutex::new(Vec::new())), Instant::now());
    let telling: Telling = Arc::new({
        let events = events.clone();
        move |event| events.lock().push(event)
    });
    let store: Arc<dyn FollowStore> = world.store.clone();
    let service = FollowService::new(world.clone(), (Some(store), terms), telling);
    let (handle, hearing) = unbounded_channel();
    commands.into_iter().for_each(|command| drop(handle.send(command)));
    tokio::spawn(async move {
        tokio::time::sleep(lasting).await;
        drop(handle);
    });
    let ended = service.run(hearing).await;
    let events = events.lock().clone();
    Played { events, ended, took: began.elapsed() }
}

fn terms(hands: FollowHands) -> FollowTerms {
    FollowTerms { hands, longest: USUAL_LONGEST, until: None }
}

fn add() -> FollowCommand {
    let wish = FollowWish { exec: Some("a command".to_owned()), ..a_wish(Some("0..1")) };
    FollowCommand::Add { name: Some("mine".to_owned()), wish: Box::new(wish) }
}

async fn with_a_line() -> MadeWorld {
    let world = MadeWorld::new(Arc::default());
    let played = play(&world, terms(FollowHands::Nobody), vec![add()], Duration::ZERO).await;
    assert_eq!(played.ended, Ok(()));
    world
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_only_changed_asks_no_source() {
    let world = with_a_line().await;
    assert_eq!(
        world.store.lines.lock().values().map(|(row, _)| row.name.clone()).collect::<Vec<_>>(),
        ["mine"]
    );
    let remove = FollowCommand::Remove("mine".to_owned());
    play(&world, terms(FollowHands::Nobody), vec![remove], Duration::ZERO).await;
    assert!(world.store.lines.lock().is_empty());
    assert_eq!(*world.looks.lock(), 0);
}

#[tokio::test(start_paused = true)]
async fn files_are_fetched_noted_and_told_and_the_command_starts_after_its_note() {
    let world = with_a_line().await;
    let until = Some(world.moment().steady.after(Duration::from_secs(1)));
    let own = FollowTerms { until, ..terms(FollowHands::Own) };
    let played = play(&world, own, Vec::new(), Duration::from_secs(3_600)).await;
    assert_eq!(played.ended, Ok(()));
    assert!(played.took < Duration::from_secs(10), "it ends when its time is over: {:?}", played.took);
    let files = played.events.iter().filter(|event| matches!(event, FollowEvent::File { .. })).count();
    assert_eq!((files, world.store.states()), (2, vec![NoteState::Told, NoteState::Told, NoteState::Run]));
    assert_eq!(world.at_command.lock().first(), Some(&NoteState::Told));
    let until = Some(world.moment().steady.after(Duration::from_secs(1)));
    let again = play(&world, FollowTerms { until, ..own }, Vec::new(), Duration::from_secs(3_600)).await;
    assert!(
        !again.events.iter().any(|event| matches!(event, FollowEvent::File { .. })),
        "{:?}",
        again.events
    );
}

#[tokio::test(start_paused = true)]
async fn a_window_hands_hours_over_looks_again_when_they_are_due_and_outlives_a_full_disk() {
    let store = MadeStore { is_full: true, ..MadeStore::default() };
    let world = MadeWorld::new(Arc::new(store));
    let hour = Duration::from_secs(3_600);
    let played = play(&world, terms(FollowHands::Transfers), vec![add()], hour).await;
    assert_eq!(played.ended, Ok(()));
    let appeared = |event: &FollowEvent| matches!(event, FollowEvent::Appeared(hours) if hours.len() == 2);
    assert_eq!(played.events.iter().filter(|event| appeared(event)).count(), 1, "once");
    assert!(played.events.iter().any(|event| matches!(event, FollowEvent::Refused(_))), "the disk is said");
    let looks = *world.looks.lock();
    assert!((5..=8).contains(&looks), "every ten minutes at most: {looks}");
}

#[tokio::test(start_paused = true)]
async fn in_a_terminal_a_full_disk_is_the_last_word() {
    let world = MadeWorld::new(Arc::new(MadeStore { is_full: true, ..MadeStore::default() }));
    let played = play(&world, terms(FollowHands::Nobody), vec![add()], Duration::ZERO).await;
    assert!(played.ended.is_err(), "{:?}", played.ended);
}

#[tokio::test(start_paused = true)]
async fn when_nobody_can_command_any_more_what_was_begun_is_ended() {
    let world = with_a_line().await;
    let played = play(&world, terms(FollowHands::Own), Vec::new(), Duration::from_secs(1)).await;
    assert_eq!(played.ended, Ok(()));
    let both = [NoteState::Told, NoteState::Told, NoteState::Run];
    assert_eq!(world.store.states(), both, "both files came");
}
