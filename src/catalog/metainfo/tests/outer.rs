//! What stands around `info`: trackers, web seeds, prose and date.

use super::*;

/// A torrent of one file with `keys` around its `info`: web seeds, which come last, after it.
fn with(keys: &str) -> Metainfo {
    let torrent = torrent_of("6:lengthi10e4:name6:a.grib");
    let (before, after) = keys.split_at(keys.find("8:url-list").unwrap_or(keys.len()));
    let info = &torrent[1..torrent.len() - 1];
    sound(&[b"d", before.as_bytes(), info, after.as_bytes(), b"e"].concat())
}

fn trackers(keys: &str) -> Vec<Vec<String>> {
    let tiers = with(keys).trackers;
    tiers.iter().map(|tier| tier.iter().map(ToString::to_string).collect()).collect()
}

fn web_seeds(list: &str) -> Vec<String> {
    with(&format!("8:url-list{list}")).web_seeds.iter().map(|seed| seed.shown()).collect()
}

fn list(items: &[&str]) -> String {
    format!("l{}e", items.iter().map(|item| text(item)).collect::<String>())
}

#[test]
fn tiers_come_from_the_list_and_the_single_tracker_counts_without_one() {
    assert_eq!(trackers("8:announce11:http://a:1/"), [["http://a:1/"]]);
    let tiers = format!("13:announce-listl{}{}e", list(&["http://b/", "udp://c:2"]), list(&["http://d/"]));
    let expected = [vec!["http://b/", "udp://c:2"], vec!["http://d/"]];
    assert_eq!(trackers(&format!("8:announce11:http://a:1/{tiers}")), expected);
    let useless = format!("13:announce-listl{}e", list(&["wss://b/", ""]));
    assert_eq!(trackers(&format!("8:announce11:http://a:1/{useless}")), [["http://a:1/"]]);
}

#[test]
fn a_list_without_tiers_and_trackers_named_twice_are_understood() {
    let flat = format!("13:announce-list{}", list(&["http://b/", " http://b/ ", "http://c/"]));
    assert_eq!(trackers(&flat), [["http://b/"], ["http://c/"]]);
}

#[test]
fn trackers_that_cannot_be_asked_are_left_out_with_a_note() {
    let tiers = format!("13:announce-listl{}i7ee", list(&["wss://b/", "no url", "udp://c", "http://d/"]));
    let metainfo = with(&tiers);
    assert_eq!(metainfo.trackers.iter().map(Vec::len).sum::<usize>(), 1);
    assert_eq!(codes(&metainfo), ["tracker_ignored", "tracker_ignored", "tracker_ignored", "unreadable_key"]);
    assert_eq!(codes(&with("13:announce-list3:abc")), ["unreadable_key"]);
}

#[test]
fn no_more_than_a_hundred_trackers_and_web_seeds_are_kept() {
    let urls: Vec<String> = (0..2_000).map(|n| format!("http://h{n}/")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let one_tier = with(&format!("13:announce-listl{}e8:url-list{}", list(&urls), list(&urls)));
    assert_eq!((one_tier.trackers[0].len(), one_tier.web_seeds.len()), (100, 100));
    assert_eq!(codes(&one_tier), ["too_many_trackers", "too_many_web_seeds"]);
    let many_tiers = with(&format!("13:announce-list{}", list(&urls)));
    assert_eq!(many_tiers.trackers.len(), 100);
}

#[test]
fn web_seeds_come_as_one_url_or_a_list_of_them() {
    assert_eq!(web_seeds("10:http://h/x"), ["http://h/x"]);
    let several = list(&["http://h/x", "", "http://h/x", " https://i/dir/ "]);
    assert_eq!(web_seeds(&several), ["http://h/x", "https://i/dir/"]);
    assert_eq!(web_seeds("0:"), [""; 0]);
    assert_eq!(web_seeds("le"), [""; 0]);
}

#[test]
fn web_seeds_that_cannot_be_used_are_left_out_with_a_note() {
    let metainfo = with(&format!("8:url-listl{}i7e{}e", text("ftp://h/x"), text("x")));
    assert_eq!(codes(&metainfo), ["web_seed_ignored", "unreadable_key", "web_seed_ignored"]);
    assert_eq!(codes(&with("8:url-listi7e")), ["unreadable_key"]);
    assert_eq!(codes(&with("9:httpseedsl8:http://he")), ["dead_http_seeds"]);
}

#[test]
fn a_folder_has_its_web_seeds_below_the_url() {
    let torrent = folder_of(&[(1, &["a b", "c+d.grib"])]);
    let around =
        [b"d8:url-list".as_slice(), list(&["http://h/d", "http://h/d/", "http://h/?x=1"]).as_bytes()]
            .concat();
    let metainfo = sound(&[&around, &torrent[1..]].concat());
    let urls: Vec<_> = metainfo.web_seeds.iter().map(|seed| seed.url_of(0).map(String::from)).collect();
    let url = Some("http://h/d/run/a%20b/c%2Bd.grib".to_owned());
    assert_eq!(urls, [url.clone(), url], "and the URL with a query names one file");
}

#[test]
fn prose_is_cut_and_a_date_that_is_none_is_left_out() {
    let long = "é".repeat(5_000);
    let metainfo = with(&format!("7:comment{}10:created by4:nuee13:creation datei1700000000e", text(&long)));
    assert_eq!(metainfo.comment.map(|comment| comment.chars().count()), Some(2_000));
    assert_eq!(metainfo.created_by.as_deref(), Some("nuee"));
    assert_eq!(metainfo.created_at.map(|at| at.to_string()).as_deref(), Some("2023-11-14T22:13:20Z"));
    for date in ["i-1e", "i9223372036854775807e", "4:2023"] {
        let odd = with(&format!("13:creation date{date}"));
        assert_eq!((odd.created_at, codes(&odd)), (None, vec!["unreadable_key"]));
    }
}

#[test]
fn what_a_magnet_names_is_added_once() {
    let hash = "a".repeat(40);
    let magnet = format!("magnet:?xt=urn:btih:{hash}&tr=http://a/&tr=http://b/&ws=http://h/x&ws=http://i/");
    let magnet = Magnet::parse(&magnet).expect("a magnet");
    let metainfo = with("8:announce9:http://a/8:url-list10:http://h/x").with_sources_of(&magnet);
    assert_eq!(metainfo.trackers.iter().flatten().count(), 2);
    let urls: Vec<_> =
        metainfo.web_seeds.iter().filter_map(|seed| seed.url_of(0)).map(String::from).collect();
    assert_eq!(urls, ["http://h/x", "http://i/a.grib"]);
}

#[test]
fn a_report_names_all_it_read_and_no_secret() {
    let keys = format!(
        "8:announce{}8:url-list{}",
        text("http://u:pl4nted@t/4d3c2b1a4d3c2b1a4d3c2b1a4d3c2b1a/announce?passkey=pl4nted"),
        text("http://h/x?token=pl4nted"),
    );
    let metainfo = with(&keys);
    let report = TorrentReport::of(Ok(&metainfo));
    let json = serde_json::to_string(&report).expect("plain data");
    assert!(!json.contains("pl4nted") && !json.contains("4d3c2b1a"), "{json}");
    assert!(!format!("{metainfo:?}").contains("pl4nted"));
    let keys = [
        "kind",
        "verdict",
        "problems",
        "name",
        "info_hash",
        "piece_length",
        "pieces",
        "files",
        "web_seeds",
        "trackers",
        "private",
    ];
    let value = serde_json::to_value(&report).expect("plain data");
    assert!(keys.iter().all(|key| !value[key].is_null()), "{json}");
    assert_eq!(value["files"][0], serde_json::json!({"path": "a.grib", "length": 10}));
}
