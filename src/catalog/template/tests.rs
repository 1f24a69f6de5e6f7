//! Addresses made of values, and found again.

use super::*;
use crate::catalog::tests::mutate;

fn template(text: &str) -> Template {
    Template::parse(text, &KeyValues::new()).expect("a template")
}

fn a_run() -> UtcTime {
    UtcTime::parse_rfc3339("2026-08-09T15:00:00Z").expect("a time")
}

#[test]
fn an_address_is_made_of_values_and_gives_them_back() {
    let values = Values::default().of_run(a_run()).with("package", "SP1").at_lead(LeadTime::from_hours(7));
    for (text, address) in [
        (
            "https://s3.example/pnt/{run}/arome/001/{package}/arome__001__{package}__{lead:hh}H__{run}.grib2",
            "https://s3.example/pnt/2026-08-09T15:00:00Z/arome/001/SP1/arome__001__SP1__07H__2026-08-09T15:00:00Z.grib2",
        ),
        (
            "https://a.example/torrent/modeles/arome-0.01/{run:%Y%m%d%H}/AROME_0.01_{package}_{lead:hh}H_{run:%Y%m%d%H%M}.grib2.torrent",
            "https://a.example/torrent/modeles/arome-0.01/2026080915/AROME_0.01_SP1_07H_202608091500.grib2.torrent",
        ),
        (
            "https://d.example/m/{package}/r/{run:%Y-%m-%dT%H:%M}/s/PT{lead:hhh}H{lead:mm}M.grib2",
            "https://d.example/m/SP1/r/2026-08-09T15:00/s/PT007H00M.grib2",
        ),
        ("{run:%Y%m%d%H}_{package}_{lead}", "2026080915_SP1_7"),
    ] {
        assert_eq!(template(text).fill(&values).as_deref(), Some(address));
        assert_eq!(template(text).values_of(address).as_ref(), Some(&values), "{address}");
    }
}

#[test]
fn spans_quarters_of_hours_and_long_lead_times_are_told() {
    let spans = template("arome__{first:hh}H{last:hh}H");
    let values = Values::default().over(LeadTime::from_hours(7), LeadTime::from_hours(12));
    assert_eq!(spans.fill(&values).as_deref(), Some("arome__07H12H"));
    assert_eq!(spans.values_of("arome__07H12H"), Some(values));
    assert_eq!(spans.values_of("arome__12H07H"), None, "turned round");
    let quarters = template("PT{lead:hhh}H{lead:mm}M");
    let quarter = Values::default().at_lead(LeadTime::from_minutes(735));
    assert_eq!(quarters.values_of("PT012H15M"), Some(quarter));
    assert_eq!(template("f{lead:hhh}").fill(&Values::default().at_lead(LeadTime::from_minutes(90))), None);
    assert!(template("f{lead:hh}").values_of("f120").is_some(), "two digits at least");
    assert_eq!(template("f{lead:hh}").values_of("f0120"), None, "not as it would be written");
}

#[test]
fn a_gap_that_stands_twice_holds_the_same_twice() {
    let twice = template("{run:%Y%m%d}/{package}/x.{run:%Y%m%d%H}.{package}");
    assert!(twice.values_of("20260809/SP1/x.2026080915.SP1").is_some());
    assert_eq!(twice.values_of("20260809/SP1/x.2026080915.SP2"), None);
    assert_eq!(twice.values_of("20260808/SP1/x.2026080915.SP1"), None);
}

#[test]
fn escapes_in_an_address_do_not_matter() {
    let plain = template("https://a.example/{run}/x+{package}.grib2");
    let found = plain.values_of("https://a.example/2026-08-09T15%3A00%3A00Z/x%2BSP1.grib2").expect("it fits");
    assert_eq!(found.run, Some(a_run()));
    let odd = Values::default().of_run(a_run()).with("package", "a b/../c?d");
    assert!(plain.fill(&odd).expect("filled").ends_with("x+a%20b%2F..%2Fc%3Fd.grib2"));
}

#[test]
fn a_key_has_only_the_values_it_may_have() {
    let allowed = KeyValues::from([("package".to_owned(), vec!["SP1".to_owned(), "SP2".to_owned()])]);
    let sp = Template::parse("{package}_{lead}", &allowed).expect("a template");
    assert!(sp.values_of("SP2_3").is_some());
    assert_eq!(sp.values_of("SP3_3"), None);
    assert_eq!(template("{package}_{lead}").values_of("../x_3"), None, "no folders in a key");
}

#[test]
fn what_is_no_template_is_refused_with_its_reason() {
    let error = |text: &str| Template::parse(text, &KeyValues::new()).err().map(|error| error.to_string());
    for (text, reason) in [
        ("a{run", "a brace is not closed, or not opened"),
        ("a}b", "a brace is not closed, or not opened"),
        ("{lead:hhhh}", "no gap is written {lead:hhhh}"),
        ("{Run}", "no gap is written {Run}"),
        ("{run:%Q}", "no gap is written {run:%Q}"),
        ("{}", "no gap is written {}"),
        ("{run:%Y%m%d}", "a run needs its year, month, day and hour"),
        ("{first:hh}", "lead times are written either as {lead} or as {first} and {last}"),
        ("{lead}{first}{last}", "lead times are written either as {lead} or as {first} and {last}"),
        ("{lead:mm}", "lead times are written either as {lead} or as {first} and {last}"),
    ] {
        assert_eq!(error(text).as_deref(), Some(reason), "{text}");
    }
    assert_eq!(error(&"x".repeat(5_000)).as_deref(), Some("a template of more than 4 KiB"));
}

#[test]
fn the_name_alone_is_enough_only_when_it_tells_everything() {
    let none = KeyValues::new();
    let name = template("https://a.example/{run}/{package}_{lead:hh}H_{run}.grib2").of_name(&none);
    assert_eq!(name.expect("it tells all").text(), "{package}_{lead:hh}H_{run}.grib2");
    assert_eq!(template("https://a.example/{run}/{package}_{lead:hh}H.grib2").of_name(&none), None);
}

#[test]
fn damaged_templates_and_addresses_never_panic() {
    let seeds = [
        "https://a.example/{run:%Y-%m-%dT%H:%M}/{package}/PT{lead:hhh}H{lead:mm}M_{first:hh}H{last:hh}H_é.grib2",
        "https://a.example/2026-08-09T15:00/SP1/PT012H15M_07H12H_%C3%A9.grib2",
    ];
    let address = seeds[1];
    let sound =
        template("https://a.example/{run:%Y-%m-%dT%H:%M}/{package}/PT{lead:hhh}H{lead:mm}M_{x}.grib2");
    mutate(&seeds.map(|seed| seed.as_bytes().to_vec()), |octets| {
        let text = String::from_utf8_lossy(octets);
        if let Ok(template) = Template::parse(&text, &KeyValues::new())
            && let Some(values) = template.values_of(address)
        {
            assert!(template.fill(&values).is_some());
        }
        if let Some(values) = sound.values_of(&text) {
            assert!(sound.fill(&values).is_some());
        }
    });
}
