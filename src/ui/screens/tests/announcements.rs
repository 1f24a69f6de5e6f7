//! Brokers, topics and announcements: everything by its name, in both languages.

use crate::app::Reason;
use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery, FoundRecords};
use crate::app::input::Action;
use crate::app::mesh::listening::{ArchiveTrouble, BrokerStanding, BrokerTrouble, CaughtUp};
use crate::app::mesh::made::{Made, at, brokers};
use crate::app::mesh::password::{NoKeyring, PasswordPlace};
use crate::app::mesh::view::{
    ArchiveAddress, BrokerKey, Channel, ListFlow, MeshCommand, MeshSight, MeshView, Missed, Record,
    TorrentLinks,
};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Answer, Query};
use crate::i18n::Language;
use crate::ui::screens::announcements;
use crate::ui::testing::{Stage, StillLink};
use egui::{Key, Modifiers};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable},
};
use std::sync::Arc;
use std::time::Duration;

fn sight() -> MeshSight {
    MeshSight { rows: (0, 60), ..MeshSight::default() }
}

fn shown(language: Language, mesh: MeshView) -> Harness<'static, Stage> {
    let mut stage = Stage::new(language);
    stage.snapshot.mesh = Arc::new(mesh);
    let mut harness = stage.show(announcements::View::default(), announcements::show);
    harness.run_steps(3);
    harness
}

/// What was wished, apart from what is looked at.
fn wishes(harness: &Harness<'_, Stage>) -> Vec<MeshCommand> {
    let all = harness.state().actions.iter().filter_map(|action| match action {
        Action::Mesh(MeshCommand::Look(_)) => None,
        Action::Mesh(wish) => Some(wish.clone()),
        other => panic!("{other:?}"),
    });
    all.collect()
}

/// What is looked at now.
fn looks(harness: &Harness<'_, Stage>) -> MeshSight {
    let all = harness.state().actions.iter().rev();
    let last = all.filter_map(|action| match action {
        Action::Mesh(MeshCommand::Look(sight)) => sight.as_deref().cloned(),
        _ => None,
    });
    last.take(1).next().expect("something is looked at")
}

fn press(harness: &mut Harness<'_, Stage>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

#[test]
fn without_a_broker_it_says_so_and_one_press_listens_to_one() {
    let mut mesh = MeshView { brokers: brokers(), ..MeshView::default() };
    mesh.brokers.iter_mut().for_each(|broker| broker.state = None);
    let mut harness = shown(Language::English, mesh);
    harness.get_by_label("No broker is connected.");
    harness.get_by_label_contains("not tried; documented so on 2026-11-20");
    press(&mut harness, "Connect to Global Broker");
    let [MeshCommand::Listen(key, filters)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!((&*key.0, filters[0].as_str()), ("mqtts://global.example:8883", "xpublic/#"));
}

#[test]
fn a_broker_is_stopped_its_refused_topics_are_named_and_an_own_one_is_removed() {
    let mut harness = shown(Language::French, Made::some().view(&sight()));
    press(&mut harness, "Brokers");
    harness.get_by_label_contains("refuse l'abonnement à secret/#");
    press(&mut harness, "Déconnecter NUEE-DEMO");
    press(&mut harness, "Retirer own.example:8883");
    assert!(matches!(&wishes(&harness)[..], [MeshCommand::Leave(_), MeshCommand::RemoveBroker(_)]));
}

#[test]
fn a_broker_is_added_with_user_and_password_which_nobody_is_shown() {
    let mut harness = shown(Language::English, MeshView { brokers: brokers(), ..MeshView::default() });
    press(&mut harness, "Brokers");
    for (name, typed) in
        [("URL of a broker", "mqtts://new.example"), ("User", "me"), ("Password", "__s3cret__")]
    {
        let field = harness.get_by_label(name);
        field.focus();
        field.type_text(typed);
        harness.run_steps(3);
    }
    press(&mut harness, "Add this broker");
    let [MeshCommand::AddBroker(address)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!(address.credentials.as_ref().map(|c| c.password.as_str()), Some("__s3cret__"));
    assert!(!format!("{:?}", harness.state().actions).contains("s3cret"));
}

#[test]
fn where_a_password_is_kept_is_said_and_what_to_do_when_it_cannot_be_had() {
    let shown_with = |language, place| {
        let mut all = brokers();
        all[1].user = Some("me".to_owned());
        all[1].password = place;
        let mut harness = shown(language, MeshView { brokers: all, ..MeshView::default() });
        press(&mut harness, "Brokers");
        harness
    };
    let harness = shown_with(Language::English, PasswordPlace::Keyring);
    harness.get_by_label("as me · password in the desktop's keyring");
    let harness = shown_with(Language::French, PasswordPlace::OwnFile(Some(NoKeyring::Absent)));
    harness.get_by_label_contains("fichier lisible par vous seul, car il n'y a pas de trousseau");
    let harness = shown_with(Language::English, PasswordPlace::OutOfReach(NoKeyring::Locked));
    harness.get_by_label_contains("the keyring is locked. Unlock the keyring and press “Connect”");
}

#[test]
fn enter_in_a_field_of_the_dialog_adds_the_broker() {
    let mut harness = shown(Language::English, MeshView { brokers: brokers(), ..MeshView::default() });
    press(&mut harness, "Brokers");
    for (name, typed) in [("URL of a broker", "mqtts://new.example"), ("User", "me")] {
        let field = harness.get_by_label(name);
        field.focus();
        field.type_text(typed);
        harness.run_steps(3);
    }
    assert_eq!(wishes(&harness), []);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let [MeshCommand::AddBroker(address)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert!(BrokerKey::of(address).0.starts_with("mqtts://new.example"));
    assert_eq!(address.credentials.as_ref().map(|known| known.user.as_str()), Some("me"));
}

#[test]
fn a_topic_that_was_dropped_is_taken_back_by_a_press() {
    let mut harness = shown(Language::French, Made::some().view(&sight()));
    press(&mut harness, "Brokers");
    press(&mut harness, "Changer les topics de NUEE-DEMO");
    let before = harness.state().snapshot.mesh.brokers[0].filters.clone();
    press(&mut harness, &format!("Se désabonner de {}", before[0]));
    press(&mut harness, "Annuler");
    let (_, undone) = (wishes(&harness), wishes(&harness).pop());
    assert!(matches!(undone, Some(MeshCommand::Listen(_, filters)) if filters == before));
}

fn heard_with_archive(missed: Option<Missed>) -> MeshView {
    let mut all = brokers();
    all[0].archive = ArchiveAddress::parse("https://replay.example/collections/wis2-notification-messages");
    all[0].missed = missed;
    MeshView { brokers: all, ..MeshView::default() }
}

fn write_into(harness: &mut Harness<'_, Stage>, name: &str, text: &str) {
    let field = harness.get_all_by_label(name).last().expect("there");
    field.focus();
    field.type_text(text);
    harness.run_steps(3);
}

#[test]
fn what_was_missed_is_asked_of_the_archive_by_a_press() {
    let mut harness = shown(Language::French, heard_with_archive(None));
    press(&mut harness, "Brokers");
    harness.get_by_label_contains("Demander à replay.example les dernières");
    press(&mut harness, "Demander à l'archive les dernières 6\u{202F}h de NUEE-DEMO");
    let [MeshCommand::CatchUp(key, time)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!((&*key.0, time.as_secs()), ("mqtts://broker.example:8883", 6 * 3_600));
}

#[test]
fn what_an_archive_gave_and_what_it_could_not_is_said() {
    let period = (at(0), at(3_600));
    let asked = |messages, missed: Option<Reason>| {
        let missed = missed.map(|reason| ArchiveTrouble::NotReached("https://h".to_owned(), reason));
        Missed::Asked(CaughtUp { period, messages, missed })
    };
    for (missed, expected) in [
        (
            Missed::NoArchive(period),
            "from 2026-11-20 06:42 UTC to 2026-11-20 07:42 UTC, and the broker kept no messages",
        ),
        (Missed::BeingAsked(period), "The archive is asked for 2026-11-20 06:42 UTC"),
        (asked(12, None), "12 announcements from the archive, 2026-11-20 06:42 UTC"),
        (
            asked(3, Some(Reason::Offline)),
            "the rest could not be downloaded: https://h: this computer is offline",
        ),
        (asked(0, Some(Reason::Offline)), "what it has is unknown: https://h: this computer is offline"),
        (Missed::Broken(period), "broke off. Ask again."),
    ] {
        let mut harness = shown(Language::English, heard_with_archive(Some(missed)));
        press(&mut harness, "Brokers");
        harness.get_by_label_contains(expected);
    }
}

#[test]
fn an_archive_is_named_for_a_broker_and_what_is_none_is_refused() {
    let mut harness = shown(Language::English, MeshView { brokers: brokers(), ..MeshView::default() });
    press(&mut harness, "Brokers");
    press(&mut harness, "Change the topics of NUEE-DEMO");
    write_into(&mut harness, "Archive", "ftp://h");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label_contains("Not the URL of a collection");
    harness.get_all_by_label("Archive").last().expect("there").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    write_into(&mut harness, "Archive", "http://node.example/oapi/collections/messages");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let [MeshCommand::SetArchive(_, Some(archive))] = &wishes(&harness)[..] else {
        panic!("{:?}", wishes(&harness))
    };
    assert_eq!(archive.url().as_str(), "http://node.example/oapi/collections/messages/items");
}

#[test]
fn messages_that_came_too_fast_are_counted_where_they_are_seen() {
    let mut mesh = Made::some().view(&sight());
    mesh.brokers[0].dropped = 1_700;
    let harness = shown(Language::French, mesh);
    harness.get_by_label_contains("700 perdus");
}

/// A catalogue that has one record: on a broker that is heard, on one that nobody knows, and on none.
fn catalogue(query: &Query) -> Vec<Answer> {
    let Query::Catalog(CatalogQuery::Search { words, at }) = query else { return Vec::new() };
    assert_eq!((words.as_str(), at.is_none()), ("synop ghana", true));
    let channel = |broker: &str, topic: &str| Channel { broker: broker.into(), topic: topic.into() };
    let record = Record {
        id: Some("urn:wmo:md:gh-gmet:synop".into()),
        title: Some("Synop of Ghana".into()),
        description: None,
        policy: Some("core".into()),
        channels: vec![
            channel("mqtts://broker.example", "cache/a/wis2/gh-gmet/#"),
            channel("mqtts://everyone:everyone@new.example:8883", "origin/a/wis2/gh-gmet/data"),
            channel("http://new.example", "a"),
            channel("mqtts://new.example", "#"),
        ],
        remarks: Vec::new(),
    };
    let found = FoundRecords { whose: "https://gdc.example".to_owned(), of: Some(9), records: vec![record] };
    vec![Answer::Catalog(CatalogAnswer::Found(Box::new(found)))]
}

#[test]
fn a_dataset_is_found_in_words_and_subscribed_to_from_its_record() {
    let mut stage = Stage::new(Language::English);
    stage.snapshot.mesh = Arc::new(MeshView { brokers: brokers(), ..MeshView::default() });
    stage.link = Arc::new(StillLink::answering(catalogue));
    let mut harness = stage.show(announcements::View::default(), announcements::show);
    harness.run_steps(3);
    press(&mut harness, "Find a dataset…");
    assert!(harness.get_by_label("Search").accesskit_node().is_disabled(), "without words");
    write_into(&mut harness, "Words", "synop ghana");
    press(&mut harness, "Search");
    // The list grows from its middle.
    harness.run_steps(6);
    harness.get_by_label("Synop of Ghana");
    harness.get_by_label_contains("1 of 9");
    press(&mut harness, "Subscribe to cache/a/wis2/gh-gmet/# at broker.example:8883");
    press(&mut harness, "Subscribe to origin/a/wis2/gh-gmet/data at new.example:8883");
    let wished = wishes(&harness);
    let [MeshCommand::Listen(heard, both), MeshCommand::AddBroker(added), MeshCommand::Listen(new, one)] =
        &wished[..]
    else {
        panic!("{wished:?}")
    };
    assert_eq!((&*heard.0, both.len()), ("mqtts://broker.example:8883", 2), "beside what is heard there");
    assert_eq!(
        (added.to_string().as_str(), &*new.0),
        ("mqtts://new.example:8883", "mqtts://new.example:8883")
    );
    assert!(added.credentials.as_ref().is_some_and(|known| known.is_public()));
    assert_eq!(one.iter().map(|filter| filter.as_str()).collect::<Vec<_>>(), ["origin/a/wis2/gh-gmet/data"]);
    let everything = harness.get_by_label("Subscribe to # at new.example:8883");
    assert!(everything.accesskit_node().is_disabled());
}

#[test]
fn a_catalogue_that_does_not_answer_is_named() {
    let mut stage = Stage::new(Language::French);
    stage.link = Arc::new(StillLink::answering(|_| {
        let url = "https://gdc.example/items".to_owned();
        let why = UserMessage::TargetUnreachable { url, reason: Reason::Status(503) };
        vec![Answer::Catalog(CatalogAnswer::Refused(why))]
    }));
    let mut harness = stage.show(announcements::View::default(), announcements::show);
    harness.run_steps(3);
    press(&mut harness, "Chercher un jeu de données…");
    write_into(&mut harness, "Mots", "synop");
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    harness.get_by_label_contains("https://gdc.example/items");
    press(&mut harness, "Fermer");
    assert!(harness.query_by_label_contains("https://gdc.example").is_none());
}

#[test]
fn everything_is_never_subscribed_to_and_a_topic_is_added_to_what_is_heard() {
    let mut harness = shown(Language::English, Made::some().view(&sight()));
    press(&mut harness, "Brokers");
    press(&mut harness, "Change the topics of NUEE-DEMO");
    let field = harness.get_by_label("Topic to subscribe to");
    field.focus();
    field.type_text("#");
    harness.run_steps(3);
    let button = harness.get_by_label("Subscribe");
    assert!(button.accesskit_node().is_disabled());
    let why = button.accesskit_node().description();
    assert_eq!(why.as_deref(), Some("That is everything the broker has. Name at least one level."));
    harness.key_press(Key::Backspace);
    harness.get_by_label("Topic to subscribe to").type_text("origin/a/#");
    harness.run_steps(3);
    press(&mut harness, "Subscribe");
    let [MeshCommand::Listen(_, filters)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!(filters.len(), 2);
}

#[test]
fn a_topic_is_opened_chosen_pinned_narrowed_to_and_left_by_keys_and_by_pointer() {
    let mut made = Made::some();
    let mut harness = shown(Language::English, made.view(&sight()));
    let row = "xpublic: 5 messages";
    harness.get_by_label_contains(row).click();
    harness.run_steps(3);
    let chosen = looks(&harness);
    assert!(chosen.chosen.is_some());
    harness.state_mut().snapshot.mesh = Arc::new(made.view(&chosen));
    harness.run_steps(3);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::NONE, Key::P);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::NONE, Key::S);
    harness.run_steps(2);
    press(&mut harness, "Subscribe to this only");
    let [
        MeshCommand::Toggle(node),
        MeshCommand::Unpin(_),
        MeshCommand::Narrow(filter),
        MeshCommand::Narrow(_),
    ] = &wishes(&harness)[..]
    else {
        panic!("{:?}", wishes(&harness))
    };
    assert_eq!((Some(*node), filter.as_str()), (chosen.chosen, "xpublic/#"));
    let mut without_pins = made.view(&chosen);
    without_pins.pins.clear();
    harness.state_mut().snapshot.mesh = Arc::new(without_pins);
    harness.run_steps(3);
    press(&mut harness, "Pin");
    assert!(
        matches!(wishes(&harness).last(), Some(MeshCommand::Pin(filter)) if filter.as_str() == "xpublic/#")
    );
    harness.get_all_by_label("All topics").next().expect("there").click();
    harness.run_steps(3);
    assert_eq!(looks(&harness).chosen, None);
}

#[test]
fn each_announcement_says_its_verdict_its_lag_and_what_became_of_its_file() {
    let harness = shown(Language::French, Made::some().view(&sight()));
    harness.get_by_label_contains(
        "arome_008H.grib2, valide, à 06:52:00, délai en retard\u{202F}: 10\u{202F}min",
    );
    harness.get_by_label_contains("arome_009H.grib2, valide, à 06:42:03, délai 3,0\u{202F}s, refusé\u{202F}: la somme de contrôle sha512 00112233 était annoncée");
    harness.get_by_label_contains("après 1 source en échec\u{202F}: vérifié");
    harness.get_by_label_contains("invalide, pas utilisé");
}

#[test]
fn a_message_is_opened_fetched_and_read_as_it_came() {
    let mut made = Made::some();
    let mut harness = shown(Language::English, made.view(&sight()));
    harness.get_by_label_contains("arome_007H.grib2, valid").click();
    harness.run_steps(3);
    let open = looks(&harness);
    assert!(open.open.is_some());
    harness.state_mut().snapshot.mesh = Arc::new(made.view(&open));
    harness.run_steps(3);
    harness.get_by_label_contains("http://cache.example/run/arome_007H.grib2");
    press(&mut harness, "Fetch again");
    press(&mut harness, "As received");
    harness.get_by_label_contains(r#""relPath":"run/arome_007H.grib2""#);
    press(&mut harness, "Close");
    assert_eq!(looks(&harness).open, None);
    assert!(matches!(&wishes(&harness)[..], [MeshCommand::Fetch(number)] if Some(*number) == open.open));
}

#[test]
fn what_is_invalid_cannot_be_fetched_and_says_why() {
    let mut made = Made::some();
    let open = MeshSight { open: Some(4), ..sight() };
    let mut harness = shown(Language::English, made.view(&open));
    harness.get_by_label_contains("invalid, not used").click();
    harness.run_steps(3);
    let fetch = harness.get_by_label("Fetch");
    assert!(fetch.accesskit_node().is_disabled());
    assert_eq!(fetch.accesskit_node().description().as_deref(), Some("nothing to fetch"));
}

#[test]
fn the_view_is_paused_and_limits_of_lag_are_set() {
    let mut harness = shown(Language::English, Made::some().view(&sight()));
    press(&mut harness, "Pause the view");
    assert_eq!(looks(&harness).flow, ListFlow::Paused);
    press(&mut harness, "Resume the view");
    assert_eq!(looks(&harness).flow, ListFlow::Live);
    press(&mut harness, "Lag limits");
    let field = harness.get_all_by_label("Late after").last().expect("there");
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_all_by_label("Late after").last().expect("there").type_text("90");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let [MeshCommand::SetThresholds(set)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!((set.late.as_secs(), set.very_late.as_secs()), (90, 7_200));
}

#[test]
fn a_rule_is_written_and_one_that_cannot_be_meant_is_refused() {
    let mut made = Made::some();
    let mut harness = shown(Language::English, made.view(&sight()));
    harness.get_by_label_contains("xpublic: 5 messages").click();
    harness.run_steps(3);
    let chosen = looks(&harness);
    harness.state_mut().snapshot.mesh = Arc::new(made.view(&chosen));
    harness.run_steps(3);
    press(&mut harness, "Always fetch…");
    let write = |harness: &mut Harness<'_, Stage>, text: &str| {
        let field = harness.get_all_by_label("Name contains").last().expect("there");
        field.focus();
        field.type_text(text);
        harness.run_steps(3);
    };
    write(&mut harness, "(");
    harness.get_by_label("The name is no regular expression.");
    assert!(harness.get_by_label("Always fetch").accesskit_node().is_disabled());
    write(&mut harness, "arome)");
    press(&mut harness, "Also follow a .torrent of whose file no digest was announced");
    press(&mut harness, "Always fetch");
    let [MeshCommand::Always(rule)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!(rule.torrents, TorrentLinks::Followed);
    assert_eq!(rule.pattern.as_ref().map(|pattern| pattern.as_str()), Some("(arome)"));
    let mut view = made.view(&chosen);
    view.rules = vec![(**rule).clone()];
    harness.state_mut().snapshot.mesh = Arc::new(view);
    harness.run_steps(3);
    press(&mut harness, "No longer fetch xpublic/#");
    let [_, MeshCommand::NoLonger(filter)] = &wishes(&harness)[..] else { panic!("{:?}", wishes(&harness)) };
    assert_eq!(filter.as_str(), "xpublic/#");
}

#[test]
fn a_pinned_topic_says_its_files_by_source_and_is_unpinned() {
    let mut harness = shown(Language::French, Made::some().view(&sight()));
    harness.get_by_label_contains("rien reçu encore");
    press(&mut harness, "Désépingler xpublic/#");
    assert!(matches!(&wishes(&harness)[..], [MeshCommand::Unpin(filter)] if filter.as_str() == "xpublic/#"));
}

#[test]
fn another_screen_is_shown_without_the_engine_working_for_this_one() {
    let mut view = announcements::View::default();
    assert!(view.leave().is_none(), "nothing was looked at");
    let stage = Stage::new(Language::English);
    let mut harness = stage.show(view, |ui, scene, view| {
        let mut actions = announcements::show(ui, scene, view);
        actions.extend(view.leave());
        actions
    });
    harness.run_steps(1);
    assert!(matches!(harness.state().actions[..], [.., Action::Mesh(MeshCommand::Look(None))]));
}

#[test]
fn a_broker_that_is_not_reached_is_not_said_to_be_connected() {
    for (language, words) in [
        (Language::English, "No broker is connected now"),
        (Language::French, "Aucun broker n'est connecté en ce moment"),
    ] {
        let mut all = brokers();
        all.truncate(1);
        let state = all[0].state.as_mut().expect("a state");
        state.standing =
            BrokerStanding::Waiting { trouble: BrokerTrouble::Offline, next: Duration::from_secs(5) };
        let harness = shown(language, MeshView { brokers: all, ..MeshView::default() });
        harness.get_by_label_contains(words);
    }
}
