//! What the desk of sources orders, by what it hears.

use super::*;
use crate::app::catalog::asked::{DatasetLook, PageReport, PageState};
use crate::app::catalog::hours::{HoursFilter, HoursView, KnownSize};
use crate::app::catalog::route::Route;
use crate::app::catalog::sources::SourceRow;
use crate::app::follow::choosing::tests::{a_book, a_dataset, a_provider_book, time};
use crate::catalog::runs::Now;
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::ByteCount;
use crate::transfer::reason::Reason;

/// A desk under test, and the second at which it gets the next fact.
struct Told {
    desk: CatalogDesk,
    second: u64,
}

impl Told {
    /// A desk at which these places were added before.
    fn with(added: &[&str]) -> Self {
        let desk = CatalogDesk::new(LanguageChoice::English, None, time("2026-11-20T13:20:00Z"));
        let mut told = Self { desk, second: 0 };
        let added = added.iter().map(|place| a_place(place)).collect();
        told.hear(CatalogFact::Started(RememberedSources { added, ..RememberedSources::default() }));
        told
    }

    fn hear(&mut self, fact: CatalogFact) -> Vec<CatalogOrder> {
        let scene = CatalogScene {
            day: Now::Steady(time("2026-11-20T13:20:00Z")),
            steady: SteadyTime(Duration::from_secs(self.second)),
            providers: &a_provider_book,
        };
        self.desk.take(fact, &scene)
    }

    fn open(&mut self) -> Vec<CatalogOrder> {
        self.hear(CatalogFact::Opened(Some(a_model())))
    }
}

fn a_place(place: &str) -> AddedPlace {
    AddedPlace { key: place.to_owned(), place: place.to_owned(), name: Some("mine".to_owned()) }
}

fn a_model() -> DatasetId {
    DatasetId("a/model".into())
}

/// What a listing told: two hours of one package.
fn listed() -> CatalogFact {
    let book = a_provider_book();
    let provider = book.provider("a").expect("the provider").clone();
    let of = (provider, a_dataset());
    let page = PageReport {
        address: "https://a.example/".to_owned(),
        state: PageState::Fetched,
        fetched_at: Some(time("2026-11-20T13:00:00Z")),
    };
    let book = a_book(&of.1, &["2026112012/SP1_00.grib2", "2026112012/SP1_01.grib2"]);
    let look = DatasetLook { book, pages: vec![page], ..DatasetLook::default() };
    CatalogFact::ListingsRead(Box::new(ListingsRead { id: a_model(), of, look }))
}

fn not_listed() -> CatalogFact {
    let CatalogFact::ListingsRead(mut read) = listed() else { panic!("listings") };
    read.look = DatasetLook::broken("no answer");
    CatalogFact::ListingsRead(read)
}

/// The orders in a word each.
fn words(orders: &[CatalogOrder]) -> Vec<&'static str> {
    let word = |order: &CatalogOrder| match order {
        CatalogOrder::Tell(Event::Sources(_)) => "rows",
        CatalogOrder::Tell(Event::Hours(_)) => "hours",
        CatalogOrder::Tell(_) => "told",
        CatalogOrder::Keep(_) => "keep",
        CatalogOrder::Forget(_) => "forget",
        CatalogOrder::KeepSuccess(..) => "success",
        CatalogOrder::ReadKept(..) => "read what is kept",
        CatalogOrder::Look(..) => "look",
        CatalogOrder::ReadTorrents(..) => "read torrents",
        CatalogOrder::Ask(_) => "ask",
        CatalogOrder::ReadFields(..) => "read fields",
    };
    orders.iter().map(word).collect()
}

fn row(orders: &[CatalogOrder], key: &str) -> SourceRow {
    let told = orders.iter().rev().find_map(|order| match order {
        CatalogOrder::Tell(Event::Sources(rows)) => rows.iter().find(|row| &*row.key.0 == key).cloned(),
        _ => None,
    });
    told.expect("the row was sent")
}

fn view(orders: &[CatalogOrder]) -> Arc<HoursView> {
    let told = orders.iter().rev().find_map(|order| match order {
        CatalogOrder::Tell(Event::Hours(view)) => view.clone(),
        _ => None,
    });
    told.expect("hours were sent")
}

#[test]
fn a_dataset_shows_what_is_kept_of_it_before_its_source_is_asked() {
    let mut told = Told::with(&[]);
    let orders = told.open();
    assert_eq!(words(&orders), ["hours", "read what is kept", "rows", "look"]);
    assert_eq!(view(&orders).reading, CatalogReading::UnderWay(None));
    assert_eq!(row(&orders, "a").health, Health::Asking);
}

#[test]
fn a_dataset_is_asked_for_once_at_a_time() {
    let mut told = Told::with(&[]);
    told.open();
    assert_eq!(words(&told.hear(CatalogFact::Asked(SourceKey("a".into())))), ["rows"]);
    told.hear(listed());
    assert_eq!(words(&told.hear(CatalogFact::Asked(SourceKey("a".into())))), ["rows", "look", "rows"]);
}

#[test]
fn what_listings_told_is_shown_kept_as_a_success_and_read_for_its_fields() {
    let mut told = Told::with(&[]);
    told.open();
    let orders = told.hear(listed());
    assert_eq!(words(&orders), ["success", "rows", "hours", "read fields"]);
    assert_eq!(row(&orders, "a").last_success, Some(time("2026-11-20T13:20:00Z")));
    assert_eq!(row(&orders, "a").datasets[0].newest, Some(time("2026-11-20T12:00:00Z")));
    assert_eq!(view(&orders).rows[0].run, time("2026-11-20T12:00:00Z"));
}

#[test]
fn a_dataset_that_could_not_be_asked_for_is_looked_at_again_sooner() {
    let mut told = Told::with(&[]);
    assert_eq!(told.desk.next_look(), None);
    told.second = 100;
    told.open();
    told.hear(listed());
    assert_eq!(told.desk.next_look(), Some(SteadyTime(Duration::from_secs(160))));
    let orders = told.hear(not_listed());
    assert!(matches!(row(&orders, "a").health, Health::Lost(..)));
    assert_eq!(told.desk.next_look(), Some(SteadyTime(Duration::from_secs(115))));
    told.second = 115;
    let orders = told.hear(CatalogFact::LookDue);
    assert_eq!(words(&orders), ["rows", "look"]);
    assert!(matches!(row(&orders, "a").health, Health::Lost(..)), "it is lost until it answers");
}

#[test]
fn a_place_that_is_nothing_to_get_is_refused_and_not_kept() {
    let mut told = Told::with(&[]);
    let nothing = AddedPlace { name: None, ..a_place("/etc/passwd") };
    assert_eq!(words(&told.hear(CatalogFact::Added(nothing))), ["told"]);
    let orders = told.hear(CatalogFact::Added(a_place("/srv/mine.torrent")));
    assert_eq!(words(&orders), ["keep", "rows", "read torrents", "rows"]);
    let again = told.hear(CatalogFact::Added(a_place("/srv/mine.torrent")));
    assert_eq!(words(&again), ["rows", "read torrents", "rows"], "it is kept once");
}

#[test]
fn torrents_on_this_machine_are_read_at_the_start_and_magnets_never() {
    let desk = CatalogDesk::new(LanguageChoice::English, None, time("2026-11-20T13:20:00Z"));
    let mut told = Told { desk, second: 0 };
    let magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";
    let added = [magnet, "https://a.example/x.torrent", "/srv/mine.torrent"].map(a_place).to_vec();
    let orders = told.hear(CatalogFact::Started(RememberedSources { added, ..RememberedSources::default() }));
    let read = orders.iter().find_map(|order| match order {
        CatalogOrder::ReadTorrents(_, places) => Some(places.clone()),
        _ => None,
    });
    assert_eq!(words(&orders), ["rows", "rows", "read torrents"]);
    assert_eq!(read, Some(vec!["/srv/mine.torrent".to_owned()]));
    assert_eq!(words(&told.hear(CatalogFact::Asked(SourceKey(magnet.into())))), ["rows"]);
}

#[test]
fn a_server_of_ones_own_that_takes_no_call_is_lost_and_asked_again() {
    let place = "http://127.0.0.1:8080/x.torrent";
    let key = SourceKey(place.into());
    let mut told = Told::with(&[place]);
    assert_eq!(told.desk.to_call(), [], "it was not asked yet");
    told.hear(CatalogFact::TorrentsRead(key.clone(), Vec::new()));
    assert_eq!(told.desk.to_call().len(), 1);
    told.hear(CatalogFact::CallsBegun);
    assert_eq!(told.desk.to_call(), [], "calls are under way");
    let trouble =
        UserMessage::TargetUnreachable { url: "127.0.0.1:8080".to_owned(), reason: Reason::NoAnswer };
    let called = SourceCall { key: key.clone(), trouble: Some(trouble) };
    assert_eq!(words(&told.hear(CatalogFact::Called(vec![called]))), ["ask"]);
    let orders = told.hear(CatalogFact::Asked(key));
    assert!(matches!(row(&orders, place).health, Health::Lost(..)));
    assert_eq!(told.desk.to_call().len(), 1, "one that is lost is called on");
}

#[test]
fn what_a_person_removed_is_forgotten_and_what_comes_along_stays() {
    let mut told = Told::with(&["/srv/mine.torrent"]);
    told.hear(CatalogFact::Removed(SourceKey("/srv/mine.torrent".into())));
    told.hear(CatalogFact::Removed(SourceKey("a".into())));
    let orders = told.hear(CatalogFact::Spoken(LanguageChoice::French));
    assert_eq!(row(&orders, "a").title, "A");
    assert_eq!(words(&told.hear(CatalogFact::Asked(SourceKey("/srv/mine.torrent".into())))), [""; 0]);
}

#[test]
fn a_choice_costs_its_files_whole_and_asks_for_indexes_of_chosen_fields_only() {
    let mut told = Told::with(&[]);
    told.open();
    told.hear(listed());
    let run = time("2026-11-20T12:00:00Z");
    let cells = [0, 60].map(|minutes| (run, LeadTime::from_minutes(minutes))).to_vec();
    let mut choice = HoursChoice { dataset: a_model(), cells, filter: HoursFilter::default() };
    let snapshot = Snapshot::default();
    let mut whole = told.desk.cost(&choice, &snapshot).expect("the open dataset");
    assert!(whole.next_unread().is_none());
    let plan = whole.finish(None);
    assert_eq!((plan.wanted, plan.road), (KnownSize::Exact(ByteCount(20)), Route::WholeFiles));

    choice.filter.params = vec!["2t".to_owned()];
    let mut fields = told.desk.cost(&choice, &snapshot).expect("the open dataset");
    let mut asked = Vec::new();
    while let Some(file) = fields.next_unread() {
        asked.push(file.url.expect("a URL").to_string());
        fields.take_index(None);
    }
    assert_eq!(
        asked,
        ["https://a.example/2026112012/SP1_00.grib2", "https://a.example/2026112012/SP1_01.grib2"]
    );
    assert_eq!(fields.finish(Some(ByteCount(7))).road, Route::NoIndex);
    choice.dataset = DatasetId("a/other".into());
    assert!(told.desk.cost(&choice, &snapshot).is_none());
}
