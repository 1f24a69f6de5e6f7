//! What is promised of what is shared, told as sentences.

use super::*;
use crate::app::catalog::offer::ServedUrl;
use crate::app::query::PublishedTorrent;
use crate::app::relay::RelayEvent;
use crate::app::relay::event::{RelayCheck, UploadLook};
use crate::app::relay::stage::RelayStage;
use crate::app::share::made::{a_dataset, a_folder, a_relayed_file, at};
use crate::app::share::orders::PublishNews;
use crate::app::share::view::ShareRow;
use crate::domain::octets::ByteCount;
use crate::publish::relay::offered::WithdrawalReason;

fn moment(seconds: u64) -> ShareMoment {
    ShareMoment { steady: SteadyTime(Duration::from_secs(seconds)), day: at(seconds as i64) }
}

/// Nothing shared yet, and it may be.
fn allowed() -> SharePlanner {
    let mut sharing = SharePlanner::new(Vec::new());
    sharing.obey(ShareCommand::Allow(SharePermission::Allowed), moment(0));
    sharing
}

fn start(sharing: &mut SharePlanner, wish: ShareWish) -> Vec<ShareOrder> {
    sharing.obey(ShareCommand::Start(Box::new(wish)), moment(1))
}

fn rows(sharing: &mut SharePlanner) -> Vec<Arc<ShareRow>> {
    sharing.is_stale = true;
    sharing.not_told_before = SteadyTime::default();
    match sharing.tell(moment(9)) {
        Some(ShareOrder::Tell(ShareEvent::Shown(view))) => view.rows.clone(),
        other => panic!("{other:?}"),
    }
}

fn state(sharing: &mut SharePlanner) -> ShareState {
    rows(sharing)[0].state.clone()
}

/// The words of the orders, in their sequence.
fn words(orders: &[ShareOrder]) -> Vec<&'static str> {
    let word = |order: &ShareOrder| match order {
        ShareOrder::Keep(..) => "keep",
        ShareOrder::Forget(_) => "forget",
        ShareOrder::Begin(..) => "begin",
        ShareOrder::End(_) => "end",
        ShareOrder::Check(..) => "check",
        ShareOrder::Tell(ShareEvent::Shown(_)) => "show",
        ShareOrder::Tell(ShareEvent::Refused(_)) => "refuse",
    };
    orders.iter().map(word).collect()
}

fn refusal(orders: Vec<ShareOrder>) -> UserMessage {
    match orders.into_iter().next() {
        Some(ShareOrder::Tell(ShareEvent::Refused(message))) => message,
        other => panic!("{other:?}"),
    }
}

fn relay(sharing: &mut SharePlanner, event: RelayEvent) {
    assert_eq!(words(&sharing.take(ShareFact::Relay(ShareId(1), event), moment(2))), [""; 0]);
}

fn ended(sharing: &mut SharePlanner, done: Result<(), UserMessage>) -> Vec<&'static str> {
    words(&sharing.take(ShareFact::Ended(ShareId(1), done), moment(3)))
}

fn serving() -> RelayEvent {
    let url = |what, url: &str| ServedUrl { what, url: format!("http://127.0.0.1:8480/{url}") };
    let urls = vec![url("base", ""), url("feed", "feed.xml"), url("tracker", "announce")];
    RelayEvent::Serving { urls, fingerprint: "ABCD".to_owned() }
}

fn a_running_relay() -> SharePlanner {
    let mut sharing = allowed();
    start(&mut sharing, a_dataset("demo/arome-0.01"));
    relay(&mut sharing, serving());
    sharing
}

#[test]
fn what_is_started_is_kept_before_it_begins_and_stopped_by_the_button() {
    let mut sharing = allowed();
    assert_eq!(words(&start(&mut sharing, a_dataset("demo/arome-0.01"))), ["keep", "begin"]);
    assert_eq!(state(&mut sharing), ShareState::Starting);
    relay(&mut sharing, serving());
    assert_eq!(state(&mut sharing), ShareState::Serving(at(2)));
    assert_eq!(words(&sharing.obey(ShareCommand::Stop(ShareId(1)), moment(3))), ["keep", "end"]);
    assert_eq!((state(&mut sharing), sharing.is_running()), (ShareState::Stopping, true));
    assert_eq!(ended(&mut sharing, Ok(())), [""; 0]);
    let row = rows(&mut sharing).remove(0);
    assert_eq!((&row.state, row.addresses.len(), sharing.is_running()), (&ShareState::Stopped, 0, false));
    assert_eq!(words(&sharing.obey(ShareCommand::Resume(ShareId(1)), moment(4))), ["keep", "begin"]);
}

#[test]
fn what_was_not_stopped_starts_again_with_the_program_and_what_was_does_not() {
    let mut sharing = allowed();
    let kept = |orders: Vec<ShareOrder>| match orders.into_iter().next() {
        Some(ShareOrder::Keep(id, text)) => (id.0, text),
        other => panic!("{other:?}"),
    };
    let first = kept(start(&mut sharing, a_dataset("demo/arome-0.01")));
    start(&mut sharing, a_folder("/data/own"));
    let second = kept(sharing.obey(ShareCommand::Stop(ShareId(2)), moment(2)));
    // The end of the program is no stop of a person's.
    assert_eq!(words(&sharing.end_all()), ["end"]);
    assert_eq!(ended(&mut sharing, Ok(())), [""; 0]);

    let mut sharing = SharePlanner::new(vec![first, second, (9, "nonsense".to_owned())]);
    let states: Vec<ShareState> = rows(&mut sharing).iter().map(|row| row.state.clone()).collect();
    assert_eq!(states, [ShareState::HeldBack, ShareState::Stopped], "the settings are not read yet");
    let orders = sharing.obey(ShareCommand::Allow(SharePermission::Allowed), moment(0));
    assert!(matches!(orders[..], [ShareOrder::Begin(ShareId(1), _)]), "{orders:?}");
    start(&mut sharing, a_folder("/data/other"));
    assert_eq!(rows(&mut sharing).last().map(|row| row.id), Some(ShareId(10)), "no number is used twice");
}

#[test]
fn nothing_is_shared_while_the_settings_forbid_it_and_it_goes_on_when_they_allow_it_again() {
    let mut sharing = SharePlanner::new(Vec::new());
    let message = refusal(start(&mut sharing, a_folder("/data/own")));
    assert_eq!(message, UserMessage::from(RelayMessage::SharingOff));
    let mut sharing = a_running_relay();
    assert_eq!(words(&sharing.obey(ShareCommand::Allow(SharePermission::Forbidden), moment(3))), ["end"]);
    assert_eq!(ended(&mut sharing, Ok(())), [""; 0]);
    assert_eq!(state(&mut sharing), ShareState::HeldBack);
    assert_eq!(words(&sharing.obey(ShareCommand::Allow(SharePermission::Allowed), moment(4))), ["begin"]);
    // Back and forth within the time that an end takes.
    sharing.obey(ShareCommand::Allow(SharePermission::Forbidden), moment(5));
    assert_eq!(words(&sharing.obey(ShareCommand::Allow(SharePermission::Allowed), moment(5))), [""; 0]);
    assert_eq!(ended(&mut sharing, Ok(())), ["begin"]);
}

#[test]
fn one_folder_is_shared_once_and_one_that_was_stopped_is_shared_anew() {
    let mut sharing = allowed();
    start(&mut sharing, a_folder("/data/own"));
    let message = refusal(start(&mut sharing, a_folder("/data/own")));
    assert_eq!(message, RelayMessage::SharedAlready { folder: "/data/own".to_owned() }.into());
    sharing.obey(ShareCommand::Stop(ShareId(1)), moment(2));
    ended(&mut sharing, Ok(()));
    assert_eq!(words(&start(&mut sharing, a_folder("/data/own"))), ["keep", "begin"]);
    assert_eq!(rows(&mut sharing).len(), 1);
    for number in 1..MOST_SHARED {
        start(&mut sharing, a_folder(&format!("/data/{number}")));
    }
    let message = refusal(start(&mut sharing, a_folder("/data/one-more")));
    assert_eq!(message, RelayMessage::TooManyShared { most: MOST_SHARED }.into());
}

#[test]
fn a_relay_that_another_process_runs_is_refused_by_the_name_of_that_process() {
    let mut sharing = allowed();
    start(&mut sharing, a_dataset("demo/arome-0.01"));
    assert_eq!(
        ended(&mut sharing, Err(UserMessage::FolderInUse { by: "17 nuee relay".to_owned() })),
        [""; 0]
    );
    let expected = RelayMessage::RunsElsewhere { by: "17 nuee relay".to_owned() };
    assert_eq!(state(&mut sharing), ShareState::Failed(expected.into()));
    assert_eq!(words(&sharing.obey(ShareCommand::Resume(ShareId(1)), moment(4))), ["keep", "begin"]);
}

#[test]
fn a_line_is_taken_off_the_list_at_once_and_ended_before_its_folder_is_free() {
    let mut sharing = a_running_relay();
    assert_eq!(words(&sharing.obey(ShareCommand::Remove(ShareId(1)), moment(3))), ["forget", "end"]);
    assert!(rows(&mut sharing).is_empty() && sharing.is_running());
    ended(&mut sharing, Ok(()));
    assert!(!sharing.is_running());
    start(&mut sharing, a_folder("/data/own"));
    sharing.obey(ShareCommand::Stop(ShareId(2)), moment(4));
    sharing.take(ShareFact::Ended(ShareId(2), Ok(())), moment(5));
    assert_eq!(words(&sharing.obey(ShareCommand::Remove(ShareId(2)), moment(6))), ["forget"]);
}

#[test]
fn a_file_is_handed_on_once_it_is_announced_and_no_longer_when_it_leaves() {
    let mut sharing = a_running_relay();
    relay(&mut sharing, RelayEvent::Published { offered: 0, withdrawn: 0 });
    for stage in [RelayStage::Offered, RelayStage::Announced, RelayStage::Retiring] {
        relay(&mut sharing, RelayEvent::Stage(Box::new(a_relayed_file("a b.grib2", stage))));
        let row = rows(&mut sharing).remove(0);
        let file = &row.files[0];
        let is_known = stage == RelayStage::Announced;
        assert_eq!((file.torrent.is_some(), file.magnet.is_some()), (is_known, is_known), "{stage:?}");
        if let (Some(torrent), Some(magnet)) = (&file.torrent, &file.magnet) {
            assert!(torrent.starts_with("http://127.0.0.1:8480/torrent/demo/arome-0.01/"), "{torrent}");
            assert!(magnet.contains(&"07".repeat(20)) && magnet.contains("8480/announce"), "{magnet}");
        }
    }
    let key = a_relayed_file("a b.grib2", RelayStage::Retiring).key;
    relay(&mut sharing, RelayEvent::Withdrawn(key, WithdrawalReason::Expired));
    assert!(rows(&mut sharing)[0].files.is_empty());
}

#[test]
fn after_a_restart_nothing_is_handed_on_before_the_feed_is_there_again() {
    let mut sharing = a_running_relay();
    let kept = Arc::new(vec![a_relayed_file("a.grib2", RelayStage::Announced)]);
    relay(&mut sharing, RelayEvent::Files(kept));
    let row = rows(&mut sharing).remove(0);
    assert_eq!((row.figures.announced, row.figures.under_way, row.files[0].torrent.as_ref()), (0, 1, None));
    relay(&mut sharing, RelayEvent::Published { offered: 1, withdrawn: 4 });
    let row = rows(&mut sharing).remove(0);
    assert_eq!((row.figures.announced, row.figures.under_way, row.figures.withdrawn), (1, 0, 4));
    assert!(row.files[0].torrent.is_some());
}

#[test]
fn what_stands_in_the_way_of_a_file_is_shown_until_the_file_gets_further() {
    let mut sharing = a_running_relay();
    let file = |stage| a_relayed_file("a.grib2", stage);
    relay(&mut sharing, RelayEvent::Stage(Box::new(file(RelayStage::Listed))));
    relay(&mut sharing, RelayEvent::Trouble(file(RelayStage::Listed).key, UserMessage::DiskFull));
    let row = rows(&mut sharing).remove(0);
    assert_eq!((row.figures.troubled, row.files[0].trouble.clone()), (1, Some(UserMessage::DiskFull)));
    relay(&mut sharing, RelayEvent::Stage(Box::new(file(RelayStage::Offered))));
    assert_eq!(rows(&mut sharing)[0].figures.troubled, 0);
}

#[test]
fn what_peers_are_sent_is_counted_and_stays_when_the_line_ends() {
    let mut sharing = a_running_relay();
    let file = a_relayed_file("a.grib2", RelayStage::Announced);
    let look = UploadLook { uploaded: ByteCount(2_500), peers: 3, rate: 400 };
    relay(&mut sharing, RelayEvent::Files(Arc::new(vec![file.clone()])));
    relay(&mut sharing, RelayEvent::Uploading(file.key, look));
    let figures = rows(&mut sharing)[0].figures;
    assert_eq!((figures.copies_hundredths, figures.peers, figures.rate), (250, 3, 400));
    sharing.obey(ShareCommand::Stop(ShareId(1)), moment(3));
    ended(&mut sharing, Ok(()));
    let figures = rows(&mut sharing)[0].figures;
    assert_eq!((figures.copies_hundredths, figures.peers, figures.rate), (250, 0, 0));
    relay(&mut sharing, RelayEvent::Note(UserMessage::DiskFull));
    assert_eq!(rows(&mut sharing)[0].note, None, "what comes after the end counts for nothing");
}

#[test]
fn a_published_folder_is_handed_on_by_its_torrent_and_its_magnet_while_it_is_served() {
    let mut sharing = allowed();
    start(&mut sharing, a_folder("/data/own"));
    let hash = "ab".repeat(20);
    let torrent = PublishedTorrent {
        torrent: "/data/own.torrent".into(),
        info_hash: hash.clone(),
        length: ByteCount(1_000),
        pieces: 1,
        files: Vec::new(),
        indexes: Vec::new(),
        magnet: format!("magnet:?xt=urn:btih:{hash}"),
    };
    let url = ServedUrl { what: "torrent", url: "http://127.0.0.1:8480/own.torrent".to_owned() };
    let look = UploadLook { uploaded: ByteCount(1_500), peers: 1, rate: 0 };
    for news in [
        PublishNews::Made(Box::new(torrent)),
        PublishNews::Serving(vec![url.clone()]),
        PublishNews::Uploading(hash, look),
        PublishNews::Reached(at(7)),
    ] {
        sharing.take(ShareFact::Publish(ShareId(1), news), moment(2));
    }
    let row = rows(&mut sharing).remove(0);
    assert_eq!((row.figures.copies_hundredths, row.reached), (150, Some(at(7))));
    assert_eq!(row.files[0].torrent.as_deref(), Some(url.url.as_str()));
    assert!(row.files[0].magnet.is_some());
    sharing.obey(ShareCommand::Stop(ShareId(1)), moment(3));
    ended(&mut sharing, Ok(()));
    let row = rows(&mut sharing).remove(0);
    assert_eq!((row.files[0].torrent.as_ref(), row.files[0].magnet.as_ref()), (None, None));
}

#[test]
fn a_check_asks_all_that_is_served_but_trackers_and_says_what_was_seen_and_when() {
    let mut sharing = allowed();
    start(&mut sharing, a_dataset("demo/arome-0.01"));
    assert_eq!(words(&sharing.obey(ShareCommand::Check(ShareId(1)), moment(2))), [""; 0], "not served yet");
    relay(&mut sharing, serving());
    let orders = sharing.obey(ShareCommand::Check(ShareId(1)), moment(3));
    let [ShareOrder::Check(_, _, addresses)] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(addresses, &["http://127.0.0.1:8480/", "http://127.0.0.1:8480/feed.xml"]);
    assert_eq!(words(&sharing.obey(ShareCommand::Check(ShareId(1)), moment(3))), [""; 0], "one at a time");
    for trouble in [None, Some(UserMessage::Stopped)] {
        let check = RelayCheck { what: "http://127.0.0.1:8480/".to_owned(), trouble };
        sharing.take(ShareFact::Checked(ShareId(1), check), moment(4));
    }
    sharing.take(ShareFact::CheckOver(ShareId(1), Err(UserMessage::Stopped)), moment(5));
    let ReachCheck::Over(tally, then) = rows(&mut sharing)[0].check.clone() else { panic!("over") };
    assert_eq!((tally.asked, tally.right, then), (2, 1, at(5)));
    assert_eq!(tally.trouble, Some(UserMessage::Stopped));
}

#[test]
fn the_list_is_told_at_most_four_times_a_second_and_shares_what_did_not_change() {
    let mut sharing = a_running_relay();
    start(&mut sharing, a_folder("/data/own"));
    let before = rows(&mut sharing);
    assert_eq!(sharing.tells_at(), None);
    relay(&mut sharing, RelayEvent::Note(UserMessage::Stopped));
    assert_eq!(sharing.tells_at(), Some(SteadyTime(Duration::from_millis(9_250))));
    assert!(sharing.tell(moment(9)).is_none(), "it was told at that very moment");
    assert!(sharing.tell(moment(10)).is_some());
    let after = rows(&mut sharing);
    assert!(!Arc::ptr_eq(&before[0], &after[0]) && Arc::ptr_eq(&before[1], &after[1]));
}
