//! Each provider's listings, in the form it documents, give the runs, hours, sizes and addresses that are in them.

use nuee::catalog::entry::{Entry, EntryBook};
use nuee::catalog::listing::{Pages, Size, Wholeness};
use nuee::catalog::provider::{Dataset, ProviderBook};
use nuee::catalog::requests::{Wanted, requests};
use nuee::domain::utc::UtcTime;
use std::path::Path;
use std::sync::Arc;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/listings").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn dataset(path: &str) -> Arc<Dataset> {
    let (provider, dataset) = path.split_once('/').expect("provider/dataset");
    let book = ProviderBook::read([]);
    let provider = book.provider(provider).expect("a provider that comes with Nuée");
    provider.dataset(dataset).expect("a dataset of it").clone()
}

fn time(text: &str) -> UtcTime {
    UtcTime::parse_rfc3339(text).expect("a time")
}

/// Reads the fixtures of a listing, in the order in which they are asked for.
fn book_of(dataset: &Dataset, run: &str, pages: &[&str]) -> EntryBook {
    let run = time(run);
    let now = run.plus_minutes(12 * 60).expect("a time");
    let asked = requests(dataset, Wanted::Run(run), now);
    let mut book = EntryBook::default();
    let mut pages = pages.iter();
    for request in asked {
        let first = request.address.parse().expect("a request has an address");
        let mut answers = Pages::begin(request.form, first);
        while answers.so_far.next.is_some() {
            let Some(page) = pages.next() else { return book };
            answers.take(&fixture(page), now).unwrap_or_else(|error| panic!("{page}: {error}"));
        }
        assert_eq!(answers.so_far.wholeness, Wholeness::Whole);
        book.add(dataset, &answers.so_far.rows, now);
    }
    book
}

fn row_of(entry: &Entry) -> String {
    let size = match entry.size {
        Size::Exact(octets) => octets.0.to_string(),
        Size::About(octets) => format!("~{}", octets.0),
        Size::Unknown => "?".to_owned(),
    };
    let run = entry.values.run.expect("a run");
    let (first, last) = entry.leads().expect("lead times");
    format!("{run} {} {} {} {size}", first.minutes(), last.minutes(), entry.package())
}

/// Holds what was read against the rows beside the listing.
fn check(path: &str, run: &str, pages: &[&str]) -> EntryBook {
    let book = book_of(&dataset(path), run, pages);
    let mut found: Vec<String> = book.iter().filter(|entry| entry.is_there()).map(row_of).collect();
    let rows = String::from_utf8(fixture(&format!("{}.rows", path.replace('/', "-")))).expect("text");
    let mut expected: Vec<String> = rows.lines().map(str::to_owned).collect();
    assert!(expected.len() >= 15, "too few rows to tell anything");
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "{path}");
    book
}

fn classic(dataset: &Dataset, book: &EntryBook, lead_minutes: i64, package: &str) -> String {
    let is_meant = |entry: &&Entry| {
        entry.package() == package && entry.leads().is_some_and(|(first, _)| first.minutes() == lead_minutes)
    };
    let entry = book.iter().find(is_meant).expect("the entry");
    entry.roads(dataset).classic.expect("an address").to_string()
}

#[test]
fn meteo_france_lists_hours_and_spans_over_several_pages() {
    let run = "2026-08-09T15:00:00Z";
    let pages = ["meteo-france-arome-0.01.1.xml", "meteo-france-arome-0.01.2.xml"];
    let book = check("meteo-france/arome-0.01", run, &pages);
    assert_eq!(
        classic(&dataset("meteo-france/arome-0.01"), &book, 300, "SP2"),
        "https://meteofrance-pnt.s3.rbx.io.cloud.ovh.net/pnt/2026-08-09T15:00:00Z/arome/001/SP2/arome__001__SP2__05H__2026-08-09T15:00:00Z.grib2"
    );
    check("meteo-france/arome-0.025", run, &["meteo-france-arome-0.025.xml"]);
    let book = check("meteo-france/arpege-0.1", "2026-08-09T12:00:00Z", &["meteo-france-arpege-0.1.xml"]);
    assert_eq!(
        classic(&dataset("meteo-france/arpege-0.1"), &book, 97 * 60, "IP4"),
        "https://meteofrance-pnt.s3.rbx.io.cloud.ovh.net/pnt/2026-08-09T12:00:00Z/arpege/01/IP4/arpege__01__IP4__097H102H__2026-08-09T12:00:00Z.grib2"
    );
}

#[test]
fn noaa_lists_files_with_their_indexes_as_one_entry() {
    let book = check("noaa/gfs-0.25", "2025-03-01T00:00:00Z", &["noaa-gfs-0.25.xml"]);
    let gfs = dataset("noaa/gfs-0.25");
    let first = book.iter().next().expect("an entry");
    let roads = first.roads(&gfs);
    let base = "gfs.20250301/00/atmos/gfs.t00z.pgrb2.0p25.f000";
    assert_eq!(
        roads.index.expect("an index").as_str(),
        format!("https://noaa-gfs-bdp-pds.s3.amazonaws.com/{base}.idx")
    );
    assert_eq!(
        roads.mirrors[0].as_str(),
        format!("https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod/{base}")
    );
    check("noaa/hrrr", "2023-11-04T01:00:00Z", &["noaa-hrrr.xml"]);
}

#[test]
fn ecmwf_lists_steps_and_what_is_no_field_is_left_out() {
    let run = "2025-03-01T00:00:00Z";
    let book = check("ecmwf/ifs-0.25", run, &["ecmwf-ifs-0.25.xml"]);
    let ifs = dataset("ecmwf/ifs-0.25");
    let roads = book.iter().nth(2).expect("an entry").roads(&ifs);
    let base = "20250301/00z/ifs/0p25/oper/20250301000000-6h-oper-fc";
    assert_eq!(
        roads.index.expect("an index").as_str(),
        format!("https://ecmwf-forecasts.s3.eu-central-1.amazonaws.com/{base}.index")
    );
    assert_eq!(roads.mirrors[0].as_str(), format!("https://data.ecmwf.int/forecasts/{base}.grib2"));
    check("ecmwf/aifs-0.25", run, &["ecmwf-aifs-0.25.xml"]);
}

#[test]
fn dwd_lists_a_field_a_page_also_by_the_five_minutes() {
    let run = "2026-09-25T00:00:00Z";
    // Fields in the order of the provider's file; those between are not published in this replay.
    let d2 = dataset("dwd/icon-d2-ruc");
    let asked = requests(&d2, Wanted::Run(time(run)), time("2026-09-25T03:00:00Z"));
    let pages = ["dwd-icon-d2-ruc.T_2M.html", "dwd-icon-d2-ruc.TOT_PREC.html"];
    let mut book = EntryBook::default();
    for page in pages {
        let field = page.split('.').nth(1).expect("a field");
        let request = asked
            .iter()
            .find(|request| request.address.contains(&format!("/p/{field}/")))
            .expect("a request");
        let mut answers = Pages::begin(request.form, request.address.parse().expect("an address"));
        answers.take(&fixture(page), time("2026-09-25T03:00:00Z")).expect("a page");
        book.add(&d2, &answers.so_far.rows, time("2026-09-25T03:00:00Z"));
    }
    let mut found: Vec<String> = book.iter().map(row_of).collect();
    let rows = String::from_utf8(fixture("dwd-icon-d2-ruc.rows")).expect("text");
    let mut expected: Vec<&str> = rows.lines().collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let book = check("dwd/aicon", run, &["dwd-aicon.T_2M.html"]);
    assert_eq!(
        classic(&dataset("dwd/aicon"), &book, 360, "T_2M"),
        "https://opendata.dwd.de/weather/nwp/v1/m/aicon/p/T_2M/r/2026-09-25T00:00/s/PT006H00M.grib2"
    );
}

#[test]
fn eccc_lists_an_hour_a_page_with_rounded_sizes() {
    let run = time("2026-02-19T00:00:00Z");
    for (path, run, hours) in [
        ("eccc/hrdps", run, &[0, 1, 48][..]),
        ("eccc/gdps", time("2026-02-19T12:00:00Z"), &[0, 3, 6, 120, 240][..]),
    ] {
        let dataset = dataset(path);
        let now = run.plus_minutes(600).expect("a time");
        let asked = requests(&dataset, Wanted::Run(run), now);
        let mut book = EntryBook::default();
        for hour in hours {
            let request = asked
                .iter()
                .find(|r| r.address.ends_with(&format!("/{hour:03}/")))
                .expect("a request an hour");
            let mut answers = Pages::begin(request.form, request.address.parse().expect("an address"));
            let page = format!("{}.{hour:03}.html", path.replace('/', "-"));
            answers.take(&fixture(&page), now).expect("a page");
            book.add(&dataset, &answers.so_far.rows, now);
        }
        let mut found: Vec<String> = book.iter().map(row_of).collect();
        let rows = String::from_utf8(fixture(&format!("{}.rows", path.replace('/', "-")))).expect("text");
        let mut expected: Vec<&str> = rows.lines().collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn met_norway_offers_a_table_with_its_keys_as_filters() {
    for (path, page) in [
        ("met-norway/gribfiles", "met-norway-gribfiles.xml"),
        ("met-norway/isobaricgrib", "met-norway-isobaricgrib.json"),
    ] {
        let dataset = dataset(path);
        let book = book_of(&dataset, "2026-11-20T06:00:00Z", &[page]);
        let row = |entry: &Entry| {
            entry
                .values
                .keys
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut found: Vec<String> = book.table().map(row).collect();
        let rows = String::from_utf8(fixture(&format!("{}.rows", path.replace('/', "-")))).expect("text");
        let mut expected: Vec<&str> = rows.lines().collect();
        assert!(expected.len() >= 20);
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{path}");
        assert_eq!(book.filters().len(), 2, "area, and content or time");
    }
}

#[test]
fn a_refresh_costs_one_request_a_listing_page_and_none_a_file() {
    let arome = dataset("meteo-france/arome-0.025");
    let asked = requests(&arome, Wanted::Latest, time("2026-08-10T01:00:00Z"));
    assert_eq!(asked.len(), 8, "8 runs x 11 packages, a page a run");
    assert!(asked[0].address.contains("prefix=pnt/2026-08-10T00:00:00Z/arome/0025/"), "{}", asked[0].address);
}
