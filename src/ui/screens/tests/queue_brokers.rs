//! Brokers of AMQP on the screen of announcements: added by their URL, their state and their refusals in both languages.

use crate::app::input::Action;
use crate::app::mesh::listening::{BrokerStanding, BrokerTrouble, Protocol};
use crate::app::mesh::made::brokers;
use crate::app::mesh::view::{BrokerKey, MeshCommand, MeshView};
use crate::i18n::Language;
use crate::ui::screens::announcements;
use crate::ui::testing::Stage;
use egui_kittest::{Harness, kittest::Queryable};
use std::sync::Arc;
use std::time::Duration;

fn shown(language: Language, standing: Option<BrokerStanding>) -> Harness<'static, Stage> {
    let mut all = brokers();
    if let Some(standing) = standing {
        all.truncate(1);
        all[0].state.as_mut().expect("a state").standing = standing;
    }
    let mut stage = Stage::new(language);
    stage.snapshot.mesh = Arc::new(MeshView { brokers: all, ..MeshView::default() });
    let mut harness = stage.show(announcements::View::default(), announcements::show);
    harness.run_steps(3);
    press(&mut harness, "Brokers");
    harness
}

fn press(harness: &mut Harness<'_, Stage>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

#[test]
fn a_broker_of_amqp_is_added_by_its_url_and_listened_to_as_anonymous() {
    let mut harness = shown(Language::English, None);
    let field = harness.get_by_label("URL of a broker");
    field.focus();
    field.type_text("amqps://dd.weather.gc.ca/?queue=q_anonymous.mine");
    harness.run_steps(3);
    press(&mut harness, "Add this broker");
    let added = harness.state().actions.iter().find_map(|action| match action {
        Action::Mesh(MeshCommand::AddBroker(address)) => Some(address.clone()),
        _ => None,
    });
    let added = added.expect("a broker");
    assert_eq!(&*BrokerKey::of(&added).0, "amqps://dd.weather.gc.ca:5671/?queue=q_anonymous.mine");
    assert_eq!(added.credentials.as_ref().map(|known| known.is_public()), Some(true));
}

#[test]
fn what_is_spoken_with_a_broker_and_why_it_refuses_is_said_in_both_languages() {
    let listening = BrokerStanding::Listening { protocol: Protocol::Amqp, session_present: true };
    shown(Language::English, Some(listening.clone())).get_by_label_contains("connected, AMQP 0-9-1");
    shown(Language::French, Some(listening)).get_by_label_contains("connecté, AMQP 0-9-1");
    let said = || "NOT_FOUND".to_owned();
    for (trouble, english, french) in [
        (
            BrokerTrouble::NoExchange("xnope".into(), said()),
            "has no exchange \"xnope\"",
            "pas d'exchange « xnope »",
        ),
        (
            BrokerTrouble::NoVirtualHost("wx".into(), said()),
            "no virtual host \"wx\"",
            "pas d'hôte virtuel « wx »",
        ),
        (BrokerTrouble::NoQueue("q_a".into(), said()), "the queue \"q_a\"", "la file « q_a »"),
        (
            BrokerTrouble::QueueRemoved("q_a".into()),
            "the queue \"q_a\" was removed",
            "file « q_a » y a été supprimée",
        ),
        (BrokerTrouble::OtherProtocol("x".into()), "does not speak AMQP", "n'y parle pas AMQP"),
    ] {
        let waiting = BrokerStanding::Waiting { trouble, next: Duration::from_secs(5) };
        shown(Language::English, Some(waiting.clone())).get_by_label_contains(english);
        shown(Language::French, Some(waiting)).get_by_label_contains(french);
    }
}
