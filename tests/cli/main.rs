//! What the terminal prints, to the letter: each `.trycmd` file is a session of commands, in English or in French.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes down what is printed now; `git diff` then shows what changed for people.
//! Every session has a folder of its own with a GRIB file, a broken one, a web page and an announcement, made here, and
//! reaches no network.

#[path = "../interop/made_grib.rs"]
mod made_grib;

use made_grib::{Conditions, message1, message2};
use std::fs;
use std::path::Path;

/// An announcement as a broker of WIS2 sends it.
const ANNOUNCEMENT: &str = r#"{"id":"1b4f1f2c-0d3e-4b1a-9c5e-6f7a8b9c0d1e","type":"Feature",
"conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"geometry":null,
"properties":{"data_id":"a/wis2/xx-example/synop","pubtime":"2026-11-30T06:00:00Z","datetime":"2026-11-30T06:00:00Z",
"integrity":{"method":"sha512","value":"z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="}},
"links":[{"rel":"canonical","href":"https://data.example.org/synop.bufr","length":0}]}"#;

/// A temperature at two metres, six hours ahead, and the pressure at the surface.
fn grib() -> Vec<u8> {
    let conditions: Conditions =
        [("typeOfFirstFixedSurface", "103")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let temperature = message2((0, 0, 0), &conditions, 7).expect("a message");
    let pressure = message2((0, 3, 0), &Conditions::new(), 7).expect("a message");
    [temperature, pressure].concat()
}

/// The folder of a session, made anew.
fn furnish(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("an old folder goes");
    }
    fs::create_dir_all(folder.join("RUN")).expect("room");
    let grib = grib();
    let broken = &grib[..grib.len() - 20];
    let page = "<!doctype html><html><title>503 Service unavailable</title></html>";
    let edition1 = message1((2, 11), &Conditions::new(), 7);
    let files: [(&str, &[u8]); 6] = [
        ("a.grib2", &grib),
        ("old.grib1", &edition1),
        ("RUN/AROME_SP1_06H.grib2", &grib),
        ("broken.grib2", broken),
        ("page.grib2", page.as_bytes()),
        ("announcement.json", ANNOUNCEMENT.as_bytes()),
    ];
    for (name, octets) in files {
        fs::write(folder.join(name), octets).expect("room");
    }
}

fn sessions(language: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli").join(language);
    let home = tempfile::tempdir().expect("a home");
    let cases = trycmd::TestCases::new();
    for session in fs::read_dir(&folder).expect("the sessions") {
        let path = session.expect("a session").path();
        if path.extension().is_some_and(|extension| extension == "trycmd") {
            furnish(&path.with_extension("in"));
            cases.case(&path);
        }
    }
    let text = home.path().to_str().expect("a name in UTF-8");
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        cases.env(variable, text);
    }
    let locale = if language == "fr" { "fr_FR.UTF-8" } else { "C.UTF-8" };
    cases
        .env("LC_ALL", locale)
        .env("LANG", locale)
        .env("LANGUAGE", "")
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100");
    cases.env("TZ", "UTC").register_bin("nuee", trycmd::cargo::cargo_bin!("nuee"));
    cases.run();
}

#[test]
fn each_session_prints_to_the_letter_what_is_written_of_it_in_english() {
    sessions("en");
}

#[test]
fn each_session_prints_to_the_letter_what_is_written_of_it_in_french() {
    sessions("fr");
}
