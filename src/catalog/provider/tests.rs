//! Providers' files: those that come with Nuée, a person's own, and broken ones.

use super::*;
use crate::catalog::provider::read::read_provider;
use crate::catalog::tests::mutate;

/// A provider with one dataset; `more` are further lines of it.
fn a_file(more: &str) -> String {
    format!(
        r#"format = 1
name = {{ en = "A", fr = "A" }}
licence = {{ name = "CC0", attribution = {{ en = "A", fr = "A" }} }}
politeness = {{ connections = 2 }}
standing = {{ documented_on = "2026-11-20" }}

[[dataset]]
id = "model"
title = {{ en = "M", fr = "M" }}
packages = ["SP1", "SP2"]
cycles = [{{ hours = [0, 12], leads = "0..6/3" }}]
{more}"#
    )
}

const FILE: &str = r#"file = "https://a.example/{run}/{package}_{lead:hh}.grib2""#;

fn refused(more: &str) -> String {
    read_provider("a.toml", &a_file(more)).expect_err("it is broken").to_string()
}

fn own(name: &str, text: &str) -> ProviderFile {
    ProviderFile { name: name.to_owned(), text: text.to_owned(), origin: FileOrigin::Own(name.to_owned()) }
}

#[test]
fn every_file_that_comes_with_nuee_is_sound() {
    let book = ProviderBook::read([]);
    assert_eq!(book.broken, []);
    let ids: Vec<&str> = book.providers.iter().map(|provider| &*provider.id).collect();
    assert_eq!(ids, ["dwd", "eccc", "ecmwf", "met-norway", "meteo-france", "noaa"]);
    for provider in &book.providers {
        assert!(!provider.licence.attribution.fr.is_empty(), "{}", provider.id);
        assert!(provider.datasets.iter().all(|dataset| !dataset.listings.is_empty()), "{}", provider.id);
    }
    let demo = read_provider("demo.toml", include_str!("../../../assets/providers/demo.toml"));
    assert_eq!(demo.map(|demo| demo.datasets.len()), Ok(2));
}

#[test]
fn index_torrent_and_names_follow_from_the_address_of_the_file() {
    let more = format!("{FILE}\nindex = \"{{stem}}.index\"\ntorrent = \"{{file}}.torrent\"");
    let provider = read_provider("a.toml", &a_file(&more)).expect("a provider");
    let addresses = &provider.datasets[0].addresses;
    let text = |template: &Option<Template>| template.as_ref().expect("given").text().to_owned();
    assert_eq!(text(&addresses.index), "https://a.example/{run}/{package}_{lead:hh}.index");
    assert_eq!(text(&addresses.torrent), "https://a.example/{run}/{package}_{lead:hh}.grib2.torrent");
    let place = |address: &str| {
        provider.datasets[0].place(address).map(|(road, values)| (road, values.keys["package"].to_owned()))
    };
    let base = "https://a.example/2026-11-20T00:00:00Z";
    assert_eq!(
        place(&format!("{base}/SP2_03.grib2.torrent")),
        Some((AddressKind::Torrent, "SP2".to_owned()))
    );
    assert_eq!(place(&format!("{base}/SP1_03.index")), Some((AddressKind::Index, "SP1".to_owned())));
    assert_eq!(place(&format!("{base}/SP3_03.grib2")), None, "no such package");
    assert_eq!(place("https://b.example/2026-11-20T00:00:00Z/SP1_03.grib2"), None, "another host");
}

#[test]
fn old_names_on_a_disk_are_recognised() {
    let book = ProviderBook::read([]);
    let arome =
        book.provider("meteo-france").and_then(|p| p.dataset("arome-0.01")).expect("it comes with Nuée");
    for name in [
        "W_fr-meteofrance,MODEL,AROME+001+HP1+00H_C_LFPW_201704290600--.grib2",
        "AROME_0.01_HP1_00H_201704290600.grib2",
        "arome__001__HP1__00H__2017-04-29T06_00_00Z.grib2",
        "arome__001__HP1__00H__2017-04-29T06:00:00Z.grib2",
    ] {
        let values = arome.values_of_name(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(
            (values.run, &values.keys["package"]),
            (UtcTime::parse_rfc3339("2017-04-29T06:00:00Z"), "HP1")
        );
    }
    assert_eq!(
        arome.values_of_name("W_fr-meteofrance,MODEL,ARPEGE+01+HP1+00H_C_LFPW_201704290600--.grib2"),
        None
    );
}

#[test]
fn a_broken_file_is_off_with_line_and_reason_and_the_others_work() {
    let book = ProviderBook::read([
        own("mine.toml", &a_file("file = \"https://a.example/{rnu}.grib2\"")),
        own("noaa.toml", "format = 1\nname = 5"),
    ]);
    let reasons: Vec<String> = book.broken.iter().map(|b| format!("{}: {}", b.file.name, b.error)).collect();
    assert_eq!(book.broken.len(), 2, "{reasons:?}");
    assert_eq!(reasons[0], "mine.toml: line 12: {run} goes together with cycles");
    assert!(reasons[1].starts_with("noaa.toml: line 2: "), "{reasons:?}");
    assert_eq!(book.providers.len(), EMBEDDED.len() - 1, "the one that was changed is off");
}

#[test]
fn a_persons_own_file_replaces_the_one_of_the_same_name() {
    let book = ProviderBook::read([own("noaa.toml", &a_file(FILE))]);
    assert_eq!(book.provider("noaa").map(|provider| provider.datasets.len()), Some(1));
    let id = EntryId::parse("noaa/model/SP2").expect("an id");
    assert!(book.find(&id).is_some());
    assert!(book.find(&EntryId { package: Some("SP9".to_owned()), ..id }).is_none());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    for (more, reason) in [
        ("file = \"https://a.example/{run}\"\nfile = \"x\"", "line 13: duplicate key"),
        ("packages_ = []", "line 12: unknown field"),
        ("file = \"ftp://a.example/{run}/{package}{lead}\"", "line 12: not an address that begins with"),
        ("file = \"https://{package}.example/{run}/{lead}\"", "line 12: the host must be written out"),
        ("file = \"https://a.example/{run}/{package}{lead}{x\"", "line 12: a brace is not closed"),
        (
            "file = \"https://a.example/{run}/{package}{first}_{last}\"",
            "line 12: {first} and {last} go together with spans",
        ),
        ("spans = [\"6..0\"]", "line 12: a span of lead times is written 0..6"),
        ("first_after = \"soon\"", "line 12: a time is written 40min"),
        (
            "first_after = \"2h\"\ncomplete_after = \"1h\"",
            "line 8: first_after is longer than complete_after",
        ),
        ("index = \"{file}.idx\"", "line 12: the address of the file is not given"),
        (
            "listings = [{ form = \"ftp\", address = \"https://a.example/\" }]",
            "line 12: a listing is one of s3, page",
        ),
        (
            "listings = [{ form = \"s3\", address = \"https://a.example/\" }]",
            "line 12: the address of an s3 listing",
        ),
        (
            "listings = [{ form = \"page\", address = \"https://a.example/\", runs = 0 }]",
            "line 12: 1 to 60 runs",
        ),
    ] {
        let said = refused(more);
        assert!(said.starts_with(reason), "{more}\n{said}");
    }
    let said = read_provider("../a.toml", &a_file(FILE)).expect_err("a name that leads out");
    assert_eq!(said.line, 1);
}

#[test]
fn runs_and_files_follow_from_the_cycles() {
    let provider = read_provider("a.toml", &a_file(FILE)).expect("a provider");
    let dataset = &provider.datasets[0];
    let now = UtcTime::parse_rfc3339("2026-11-20T13:40:00Z").expect("a time");
    let runs: Vec<String> = dataset.runs_before(now, 3).iter().map(ToString::to_string).collect();
    assert_eq!(runs, ["2026-11-20T12:00:00Z", "2026-11-20T00:00:00Z", "2026-11-19T12:00:00Z"]);
    let run = dataset.runs_before(now, 1)[0];
    assert_eq!(dataset.files_of(run).len(), 3);
    assert_eq!(dataset.files_of(run.plus_minutes(60).expect("a time")), []);
}

#[test]
fn fields_are_chosen_by_their_parameters_and_packages_that_tell_nothing_are_all_taken() {
    let book = ProviderBook::read([]);
    let of = |id: &str| book.find(&EntryId::parse(id).expect("an id")).expect("known").1.clone();
    let chosen = |id: &str, param: &str| {
        of(id).packages_with(&[param.to_owned()]).iter().map(|p| p.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(chosen("dwd/icon-d2-ruc", "2t"), ["T_2M"]);
    assert_eq!(chosen("meteo-france/arome-0.01", "2t"), ["SP1", "SP2", "SP3", "HP1"]);
    assert!(
        book.find(&EntryId::parse("dwd/icon-d2-ruc/CLCT").expect("an id")).is_some(),
        "fields may be more"
    );
}

#[test]
fn ids_are_told_from_paths_and_addresses() {
    assert_eq!(
        EntryId::parse("demo/arome-0.01/SP1").map(|id| id.to_string()).as_deref(),
        Some("demo/arome-0.01/SP1")
    );
    for text in ["demo", "a/b/c/d", "/a/b", "./a/b", "https://a.example/b", "a b/c", "../a", ""] {
        assert_eq!(EntryId::parse(text), None, "{text}");
    }
}

#[test]
fn damaged_files_never_panic() {
    let seeds: Vec<Vec<u8>> = EMBEDDED
        .iter()
        .map(|(_, text)| text.as_bytes()[..text.len().min(2_500)].to_vec())
        .chain([a_file(FILE).into_bytes()])
        .collect();
    mutate(&seeds, |octets| {
        if let Err(error) = read_provider("a.toml", &String::from_utf8_lossy(octets)) {
            assert!(error.line >= 1);
        }
    });
}
