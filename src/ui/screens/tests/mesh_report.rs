//! Whether a mesh works, as the screen of announcements tells it, in both languages.

use crate::app::mesh::made::{at, brokers};
use crate::app::mesh::reporting::{ListeningPeriod, MeshReport, Observations, ReportTerms, Sighting};
use crate::app::mesh::view::{Arrival, MeshView};
use crate::app::query::{Answer, Query};
use crate::i18n::Language;
use crate::ui::screens::announcements;
use crate::ui::testing::{Stage, StillLink};
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

/// A report of two brokers, of which one lacks a file and was not listened to all the time.
fn a_report(query: &Query) -> Vec<Answer> {
    let Query::MeshReport(request) = query else { return Vec::new() };
    let now = at(7_200);
    let listened = |node: &str, since| ListeningPeriod { node: node.into(), since: at(since), until: now };
    let sighting = Sighting {
        key: "20260811/bulletin".into(),
        mark: "d".into(),
        broker: "mqtt one:1883".into(),
        source: "one".into(),
        published: at(0),
        heard: at(2),
        arrival: Arrival::Live,
        octets: Some(2_000),
        repeats: 0,
    };
    let later = Sighting {
        key: "20260811/lacking".into(),
        heard: at(4_000),
        published: at(3_998),
        ..sighting.clone()
    };
    let observed = Observations {
        sightings: vec![sighting, later],
        ended: Vec::new(),
        listened: vec![listened("mqtt one:1883", 0), listened("mqtt two:1883", 3_600)],
    };
    let terms = ReportTerms { since: at(0), until: now, ..request.terms_at(now) };
    vec![Answer::MeshReport(Ok(Box::new(MeshReport::of(&observed, terms))))]
}

#[test]
fn a_report_says_what_a_node_lacks_and_when_nobody_listened() {
    for (language, open, lacking, silence) in [
        (Language::English, "Report…", "another node announced: 1;", "mqtt two:1883 was not listened to"),
        (Language::French, "Bilan…", "autre nœud a annoncés : 1 ;", "mqtt two:1883 n'était pas écouté"),
    ] {
        let mut stage = Stage::new(language);
        stage.snapshot.mesh = Arc::new(MeshView { brokers: brokers(), ..MeshView::default() });
        stage.link = Arc::new(StillLink::answering(a_report));
        let mut harness = stage.show(announcements::View::default(), announcements::show);
        harness.run_steps(3);
        harness.get_by_label(open).click();
        harness.run_steps(6);
        harness.get_by_label_contains(lacking);
        harness.get_by_label_contains(silence);
        harness.get_by_label_contains("20260811/lacking");
    }
}
