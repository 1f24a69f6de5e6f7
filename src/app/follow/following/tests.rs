//! What follows from commands, looks and files, by a clock that the test sets.

use super::*;
use crate::app::follow::choosing::tests::{a_book, a_dataset, a_provider_book, a_wish, time};
use crate::app::follow::notes::{FileNote, NoteState};
use crate::app::follow::orders::TidiedFile;
use crate::app::follow::wish::RunNews;
use crate::app::jobs::view::FileInPlace;
use crate::catalog::runs::Now;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::on_disk::OnDisk;

const KEY: &str = "2026-11-20T12:00:00Z 0-0 min SP1";

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many seconds after 13:20 on the day of the run of 12:00.
fn at(seconds: u64) -> FollowMoment {
    let day = time("2026-11-20T13:20:00Z").later_by(secs(seconds));
    FollowMoment { steady: SteadyTime(secs(seconds)), day: Now::Steady(day) }
}

fn terms(hands: FollowHands) -> FollowTerms {
    FollowTerms { hands, longest: secs(600), until: None }
}

fn a_row(id: i64, wish: FollowWish) -> FollowRow {
    FollowRow::new(FollowId(id), format!("line {id}"), (wish, time("2026-11-20T13:00:00Z")))
}

/// One line for hours 0 and 1, followed by `hands`.
fn followed(hands: FollowHands, wish: FollowWish) -> Following {
    Following::new(terms(hands), vec![(a_row(1, wish), FollowNotes::default())], at(0))
}

fn wish_with_commands() -> FollowWish {
    FollowWish { exec: Some("one".to_owned()), exec_run: Some("all".to_owned()), ..a_wish(Some("0..1")) }
}

fn published(hours: &[u8]) -> FollowFact {
    let dataset = a_dataset();
    let files: Vec<String> = hours.iter().map(|hour| format!("2026112012/SP1_{hour:02}.grib2")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let book = a_book(&dataset, &files);
    FollowFact::Looked(
        FollowId(1),
        Box::new(SourceSeen { dataset: Some(dataset), book, ..SourceSeen::default() }),
    )
}

fn unreachable(network: NetworkSeen) -> FollowFact {
    let seen = SourceSeen { network, ..SourceSeen::failed(UserMessage::Stopped) };
    FollowFact::Looked(FollowId(1), Box::new(seen))
}

fn placed(key: &str) -> FollowFact {
    let file = FileInPlace {
        path: format!("/data/{}", &key[21..23]),
        length: ByteCount(10),
        verdict: Verdict::NotAnnounced,
        kept_as: None,
        disk: OnDisk::default(),
    };
    FollowFact::Fetched(FollowId(1), key.to_owned(), Ok(vec![file]))
}

/// Orders in short, without those that keep and list.
fn told(orders: &[FollowOrder]) -> Vec<String> {
    let short = |order: &FollowOrder| match order {
        FollowOrder::Keep(_) | FollowOrder::Tell(FollowEvent::Listed(..)) => None,
        FollowOrder::Forget(id) => Some(format!("forget {}", id.0)),
        FollowOrder::Note(_, notes) => {
            Some(notes.iter().map(|note| format!("note {}", note.state.key())).collect::<Vec<_>>().join(", "))
        }
        FollowOrder::ForgetBefore(..) => Some("forget before".to_owned()),
        FollowOrder::Look(row) => Some(format!("look {}", row.id.0)),
        FollowOrder::Fetch(wanted) => Some(format!("fetch {}", wanted.files.len())),
        FollowOrder::Execute(command) => Some(format!("execute {}", command.words)),
        FollowOrder::Tidy(..) => Some("tidy".to_owned()),
        FollowOrder::Tell(FollowEvent::File { .. }) => Some("file".to_owned()),
        FollowOrder::Tell(FollowEvent::Appeared(hours)) => Some(format!("appeared {}", hours.len())),
        FollowOrder::Tell(FollowEvent::Missing { .. }) => Some("missing".to_owned()),
        FollowOrder::Tell(FollowEvent::Run { news, .. }) => Some(format!("run {}", news.key())),
        FollowOrder::Tell(FollowEvent::Removed { path, .. }) => Some(format!("removed {path}")),
        FollowOrder::Tell(FollowEvent::Note { .. }) => Some("said".to_owned()),
        FollowOrder::Tell(FollowEvent::Waiting { until }) => Some(format!("waiting {until}")),
        FollowOrder::Tell(event) => Some(format!("{event:?}")),
        FollowOrder::Refuse(message) => Some(format!("refuse {message:?}")),
    };
    orders.iter().filter_map(short).collect()
}

fn the_row(following: &Following) -> FollowRow {
    let FollowOrder::Tell(FollowEvent::Listed(_, rows)) = following.listed() else { panic!("a list") };
    rows[0].clone()
}

fn nobody_knows() -> ProviderBook {
    ProviderBook::default()
}

#[test]
fn a_file_is_noted_before_its_command_starts_and_a_run_is_told_once() {
    let mut following = followed(FollowHands::Own, wish_with_commands());
    assert_eq!(told(&following.begin_looks(at(0))), ["look 1"]);
    assert_eq!(told(&following.take(published(&[0, 1]), at(1))), ["fetch 2"]);
    let orders = following.take(placed(KEY), at(2));
    assert_eq!(told(&orders), ["note here", "file", "note told", "execute one"]);
    following.take(placed("2026-11-20T12:00:00Z 60-60 min SP1"), at(3));
    let orders = following.take(FollowFact::FetchOver(FollowId(1)), at(4));
    assert_eq!(told(&orders)[..3], ["note run", "run complete", "execute all"]);
    let commands: Vec<_> = orders
        .iter()
        .filter_map(|order| match order {
            FollowOrder::Execute(command) => Some(&command.environment),
            _ => None,
        })
        .collect();
    assert!(commands[0].contains(&("NUEE_FILES", "/data/0-\n/data/60".to_owned())), "{commands:?}");
    assert!(commands[0].contains(&("NUEE_EVENT", RunNews::Complete.key().to_owned())), "{commands:?}");
    let row = the_row(&following);
    assert_eq!((row.files.here, row.kept.fetched), (2, 2));
    following.begin_looks(at(7_200));
    let again = told(&following.take(published(&[0, 1]), at(7_201)));
    assert!(again.iter().all(|order| order.starts_with("waiting")), "nothing comes twice: {again:?}");
}

#[test]
fn a_file_that_was_noted_and_not_told_of_before_a_kill_is_told_at_the_next_start() {
    let run = time("2026-11-20T12:00:00Z");
    let note = FileNote {
        paths: vec!["/data/a".to_owned()],
        ..FileNote::new((KEY.to_owned(), run), NoteState::Here, run)
    };
    let kept = vec![(a_row(1, wish_with_commands()), [note].into_iter().collect())];
    let mut following = Following::new(terms(FollowHands::Own), kept, at(0));
    following.begin_looks(at(0));
    let orders = told(&following.take(published(&[0]), at(1)));
    assert_eq!(orders[..2], ["note told", "execute one"]);
    following.begin_looks(at(1_000));
    assert!(!told(&following.take(published(&[0]), at(1_001))).contains(&"execute one".to_owned()));
}

#[test]
fn hours_are_handed_to_transfers_once_and_their_ends_are_kept() {
    let mut following = followed(FollowHands::Transfers, a_wish(Some("0..1")));
    following.begin_looks(at(0));
    let orders = following.take(published(&[0]), at(1));
    assert_eq!(told(&orders), ["appeared 1", "note here", "forget before"]);
    let subject = orders.iter().find_map(|order| match order {
        FollowOrder::Tell(FollowEvent::Appeared(hours)) => Some(hours[0].subject.clone()),
        _ => None,
    });
    let settled = |end| FollowCommand::Settled(Arc::new(subject.clone().expect("an hour")), end);
    following.obey(settled(HourEnd::Failed(UserMessage::Stopped)), &nobody_knows, at(2));
    assert_eq!(the_row(&following).kept.hour_trouble, Some(UserMessage::Stopped));
    let here = time("2026-11-20T13:30:00Z");
    following.obey(settled(HourEnd::Here(here)), &nobody_knows, at(3));
    let kept = the_row(&following).kept;
    assert_eq!((kept.hour_trouble, kept.last_success, kept.fetched), (None, Some(here), 1));
    following.begin_looks(at(1_000));
    assert_eq!(told(&following.take(published(&[0, 1]), at(1_001)))[0], "appeared 1");
}

#[test]
fn one_source_is_asked_at_a_time_where_files_are_fetched_and_all_where_transfers_do() {
    let kept = || {
        vec![
            (a_row(1, a_wish(None)), FollowNotes::default()),
            (a_row(2, a_wish(None)), FollowNotes::default()),
        ]
    };
    let mut own = Following::new(terms(FollowHands::Own), kept(), at(0));
    assert_eq!(told(&own.begin_looks(at(0))), ["look 1"]);
    assert_eq!((told(&own.begin_looks(at(0))), own.wakes()), (vec![], None));
    own.take(unreachable(NetworkSeen::There), at(1));
    assert_eq!(told(&own.begin_looks(at(1))), ["look 2"]);
    let mut window = Following::new(terms(FollowHands::Transfers), kept(), at(0));
    assert_eq!(told(&window.begin_looks(at(0))), ["look 1", "look 2"]);
    let mut nobody = Following::new(terms(FollowHands::Nobody), kept(), at(0));
    assert_eq!((told(&nobody.begin_looks(at(0))), nobody.wakes()), (vec![], None));
}

#[test]
fn a_source_that_cannot_be_asked_is_said_with_since_when_and_asked_less_often() {
    let mut following = followed(FollowHands::Own, a_wish(None));
    following.begin_looks(at(0));
    let orders = told(&following.take(unreachable(NetworkSeen::There), at(1)));
    assert_eq!(orders, ["said", "waiting 2026-11-20T13:20:31Z"]);
    assert_eq!(following.wakes(), Some(SteadyTime(secs(31))));
    following.begin_looks(at(31));
    following.take(unreachable(NetworkSeen::There), at(32));
    assert_eq!(following.wakes(), Some(SteadyTime(secs(92))));
    let since = the_row(&following).kept.source_trouble.map(|(_, since)| since);
    assert_eq!(since, Some(time("2026-11-20T13:20:01Z")));
    following.begin_looks(at(92));
    following.take(published(&[]), at(93));
    let kept = the_row(&following).kept;
    assert_eq!((&kept.source_trouble, kept.looked), (&None, Some(time("2026-11-20T13:21:33Z"))));
    assert!(kept.next_due >= Some(time("2026-11-20T13:00:00Z")), "{kept:?}");
}

#[test]
fn without_any_network_a_terminal_gives_up_after_ten_seconds_and_a_window_never() {
    let mut following = followed(FollowHands::Own, a_wish(None));
    following.begin_looks(at(0));
    following.take(unreachable(NetworkSeen::Gone), at(1));
    assert_eq!(following.wakes(), Some(SteadyTime(secs(6))), "a network may come in a moment");
    following.begin_looks(at(6));
    following.take(unreachable(NetworkSeen::Gone), at(7));
    following.begin_looks(at(12));
    let orders = told(&following.take(unreachable(NetworkSeen::Gone), at(12)));
    assert_eq!(orders.last().map(String::as_str), Some("refuse Offline"));
    let mut window = followed(FollowHands::Transfers, a_wish(None));
    window.begin_looks(at(0));
    assert_eq!(told(&window.take(unreachable(NetworkSeen::Gone), at(60))), [""; 0]);
}

#[test]
fn a_network_that_goes_once_a_source_was_read_is_waited_for() {
    let mut following = followed(FollowHands::Own, a_wish(Some("6")));
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    following.begin_looks(at(1_000));
    let orders = told(&following.take(unreachable(NetworkSeen::Gone), at(1_001)));
    assert_eq!(orders, ["said", "waiting 2026-11-20T13:37:11Z"]);
}

#[test]
fn its_time_is_over_once_each_source_was_looked_at_and_nothing_is_under_way() {
    let until = FollowTerms { until: Some(SteadyTime(secs(2))), ..terms(FollowHands::Own) };
    let kept = vec![(a_row(1, a_wish(Some("0..1"))), FollowNotes::default())];
    let mut following = Following::new(until, kept, at(0));
    assert!(!following.is_over(at(3)), "it has not looked");
    assert_eq!(told(&following.begin_looks(at(3))), ["look 1"]);
    following.take(published(&[0]), at(4));
    assert!(!following.is_over(at(4)), "a file is being fetched");
    following.take(placed(KEY), at(5));
    following.take(FollowFact::FetchOver(FollowId(1)), at(5));
    assert!(following.is_over(at(5)));
    assert_eq!(told(&following.begin_looks(at(9_000))), [""; 0]);
}

#[test]
fn a_terminal_that_follows_nothing_says_that_it_waits() {
    let mut following = Following::new(terms(FollowHands::Own), Vec::new(), at(0));
    assert_eq!(told(&following.begin_looks(at(0))), ["waiting 2026-11-20T13:22:30Z"]);
    assert_eq!(told(&following.begin_looks(at(1))), [""; 0]);
    assert_eq!(following.wakes(), Some(SteadyTime(secs(150))));
}

#[test]
fn what_is_paused_is_not_looked_at_and_goes_on_at_once_when_it_is_resumed() {
    let mut following = followed(FollowHands::Transfers, a_wish(None));
    following.begin_looks(at(0));
    following.obey(FollowCommand::Pause(FollowId(1)), &nobody_knows, at(1));
    assert_eq!(told(&following.take(published(&[0]), at(2))), [""; 0], "an answer that comes late is left");
    assert_eq!((told(&following.begin_looks(at(3))), following.wakes()), (vec![], None));
    following.obey(FollowCommand::Resume(FollowId(1)), &nobody_knows, at(4));
    assert_eq!(told(&following.begin_looks(at(4))), ["look 1"]);
}

#[test]
fn what_was_stopped_comes_back_with_what_came_of_it_while_that_can_be_undone() {
    let mut following = followed(FollowHands::Transfers, a_wish(None));
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    assert_eq!(told(&following.obey(FollowCommand::Stop(FollowId(1)), &nobody_knows, at(2))), ["forget 1"]);
    let back = following.obey(FollowCommand::PutBack(FollowId(1)), &nobody_knows, at(3));
    assert_eq!(told(&back), ["note here"]);
    let removed = FollowCommand::Remove("line 1".to_owned());
    assert_eq!(told(&following.obey(removed.clone(), &nobody_knows, at(4))), ["forget 1"]);
    let refused = told(&following.obey(removed, &nobody_knows, at(5)));
    assert!(refused[0].starts_with("refuse UnknownEntry"), "{refused:?}");
}

#[test]
fn an_entry_of_that_name_is_replaced_and_what_came_of_it_stays() {
    let mut following = followed(FollowHands::Own, a_wish(Some("0")));
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    following.take(placed(KEY), at(2));
    let add =
        |name: &str| FollowCommand::Add { name: Some(name.to_owned()), wish: Box::new(a_wish(Some("6"))) };
    following.obey(add("line 1"), &a_provider_book, at(3));
    let row = the_row(&following);
    assert_eq!((row.id, row.wish.lead.as_deref(), row.files.here), (FollowId(1), Some("6"), 1));
    following.obey(add("another"), &a_provider_book, at(4));
    let too_long = following.obey(add(&"x".repeat(65)), &a_provider_book, at(5));
    assert!(told(&too_long)[0].starts_with("refuse Unreadable"), "{:?}", told(&too_long));
    let unknown = following.obey(add("third"), &nobody_knows, at(6));
    assert!(told(&unknown)[0].starts_with("refuse UnknownEntry"), "{:?}", told(&unknown));
    let FollowOrder::Tell(FollowEvent::Listed(FollowPlace::Folder, rows)) = following.listed() else {
        panic!("a list")
    };
    assert_eq!(rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_file_that_fails_is_tried_again_at_the_next_look_and_a_full_disk_is_the_last_word() {
    let mut following = followed(FollowHands::Own, a_wish(Some("0")));
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    let failed = |failure| FollowFact::Fetched(FollowId(1), KEY.to_owned(), Err(failure));
    let orders = following.take(failed(FetchFailure::Passing(UserMessage::Stopped)), at(2));
    assert_eq!(told(&orders), ["said"]);
    following.take(FollowFact::FetchOver(FollowId(1)), at(3));
    assert_eq!(the_row(&following).kept.hour_trouble, Some(UserMessage::Stopped));
    following.begin_looks(at(1_000));
    assert_eq!(told(&following.take(published(&[0]), at(1_001))), ["fetch 1"]);
    let orders = following.take(failed(FetchFailure::Final(UserMessage::DiskFull)), at(1_002));
    assert_eq!(told(&orders), ["refuse DiskFull"]);
}

#[test]
fn files_make_room_as_the_wish_says_and_are_not_fetched_again() {
    let wish = FollowWish { keep_size: Some("15".to_owned()), ..a_wish(Some("0")) };
    let mut following = followed(FollowHands::Own, wish);
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    following.take(placed(KEY), at(2));
    let orders = following.take(FollowFact::FetchOver(FollowId(1)), at(3));
    let lying = orders.iter().find_map(|order| match order {
        FollowOrder::Tidy(_, _, notes) => Some(notes.clone()),
        _ => None,
    });
    let note = lying.expect("it looks what is too much").remove(0);
    let tidied = TidiedFile { removed: note.paths.clone(), note };
    let orders = following.take(FollowFact::Tidied(FollowId(1), vec![tidied]), at(4));
    assert_eq!(told(&orders), ["note removed", "removed /data/0-"]);
    following.begin_looks(at(9_000));
    let again = told(&following.take(published(&[0]), at(9_001)));
    assert!(!again.contains(&"fetch 1".to_owned()), "{again:?}");
}

#[test]
fn while_the_clock_was_just_set_no_file_is_too_old() {
    let wish = FollowWish { keep: Some("1s".to_owned()), ..a_wish(Some("0")) };
    let mut following = followed(FollowHands::Own, wish);
    following.begin_looks(at(0));
    following.take(published(&[0]), at(1));
    following.take(placed(KEY), at(2));
    let set = FollowMoment { day: Now::JustSet(at(3).day.time()), ..at(3) };
    let orders = told(&following.take(FollowFact::FetchOver(FollowId(1)), set));
    assert!(!orders.contains(&"tidy".to_owned()), "{orders:?}");
}
