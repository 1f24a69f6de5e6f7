//! Fields out of files that services really published, with the indexes that they published beside them.
//!
//! The files lie in `../shared/corpus/grib`; where that folder is absent the tests say so and pass.

use super::programs::{Nginx, get, has, nuee, text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

/// Files with several messages, and the published index of each where there is one.
const FILES: [(&str, Option<&str>); 11] = [
    ("grib2/gfs.t12z.pgrbf120.2p5deg.grib2", None),
    ("grib2/gfswave.t18z.atlocn.0p16.f001.grib2", Some("idx/gfswave.t18z.atlocn.0p16.f001.grib2.idx")),
    ("grib2/gdaswave.t00z.wcoast.0p16.f000.grib2", Some("idx/ref_gdaswave.t00z.wcoast.0p16.f000.grib2.inv")),
    ("grib2/hrrr.wrfsubhf.sample.grib2", None),
    ("grib2/nam.t00z.awp21100.tm00.grib2", None),
    ("grib2/s2s_control_2026-08-10T00Z.grib2", Some("idx/s2s_control_2026-08-10T00Z.grib2.index")),
    ("grib2/ecmwf-ifs-oper-surface.grib2", None),
    ("grib2/safrica.grib2", None),
    ("grib2/jma_msmguid_FH03-39.grib2", None),
    ("grib2/aifs-single-t500.grib2", None),
    ("derived/arome__0025__SP1__00H06H__2026-01-01T00_00_00Z.grib2", None),
];

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib");
    if !folder.is_dir() {
        eprintln!("skipped: no corpus beside the project");
        return None;
    }
    Some(folder)
}

/// Whether a field is meant.
type Meant = Box<dyn Fn(&Value) -> bool>;

/// What is chosen of a file, as arguments, and the octets that this is.
fn choice(file: &Path) -> (Vec<String>, Vec<u8>) {
    let output = nuee(&["index", "--json", text(file)]);
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let fields: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let leads: Vec<i64> = fields.iter().filter_map(|field| field["lead_minutes"].as_i64()).collect();
    let (first, last) = (leads.iter().min().expect("a lead time"), leads.iter().max().expect("a lead time"));
    let (arguments, is_meant): (Vec<String>, Meant) = if first < last {
        let lead = *last;
        (
            vec!["--lead".to_owned(), format!("{lead}min")],
            Box::new(move |field| field["lead_minutes"].as_i64() == Some(lead)),
        )
    } else {
        // Some parameters have numbers and no name.
        let named = fields.iter().rev().skip(fields.len() / 2).find(|field| field["param"].is_string());
        let text = named.and_then(|field| field["param"].as_str()).expect("a named parameter").to_owned();
        let arguments = vec!["--param".to_owned(), text.clone()];
        // `t` means no `2t`, which has a name of its own.
        let is_meant = move |field: &Value| field["param"].as_str() == Some(&text);
        (arguments, Box::new(is_meant))
    };
    let of =
        |field: &Value, key: &str| usize::try_from(field[key].as_u64().expect("a number")).expect("fits");
    let meant = fields.iter().filter(|field| is_meant(field));
    let messages: BTreeMap<usize, usize> =
        meant.map(|field| (of(field, "offset"), of(field, "length"))).collect();
    let octets = std::fs::read(file).expect("the file");
    (arguments, messages.iter().flat_map(|(at, length)| octets[*at..at + length].to_vec()).collect())
}

fn got(target: &str, arguments: &[String], expected: &[u8]) -> Value {
    let out = tempdir().expect("a folder");
    let mut words = vec![target, "--out", text(out.path())];
    words.extend(arguments.iter().map(String::as_str));
    let (code, done) = get(&words);
    assert_eq!(code, 0, "{target} {arguments:?}: {done}");
    let path = done["files"][0]["path"].as_str().expect("a path");
    let octets = std::fs::read(path).expect("the product");
    assert!(octets == expected, "{target} {arguments:?}: {} octets, not {}", octets.len(), expected.len());
    done
}

#[test]
fn by_http_exactly_the_chosen_messages_of_real_files_come_with_and_without_their_index() {
    let Some(corpus) = corpus() else { return };
    if !has(&["nginx"]) {
        return;
    }
    let nginx = Nginx::start();
    for (name, index) in FILES {
        let file = corpus.join(name);
        let bare = file.file_name().expect("a name").to_str().expect("UTF-8");
        std::fs::copy(&file, nginx.root.join(bare)).expect("copied");
        let (arguments, expected) = choice(&file);
        let done = got(&nginx.url(bare), &arguments, &expected);
        assert_eq!(done["bytes_wasted"], 0, "{name}: {done}");
        let Some(index) = index else { continue };
        let suffix = if index.ends_with(".index") { "index" } else { "idx" };
        std::fs::copy(corpus.join(index), nginx.root.join(format!("{bare}.{suffix}"))).expect("copied");
        let done = got(&nginx.url(bare), &arguments, &expected);
        let (wanted, received) =
            (done["bytes_wanted"].as_f64().expect("known"), done["bytes_received"].as_f64().expect("known"));
        assert!(received <= wanted * 1.02 + 64.0, "{name} by {index}: {received} of {wanted}");
    }
}

#[test]
fn as_torrents_exactly_the_chosen_messages_of_real_files_come() {
    let Some(corpus) = corpus() else { return };
    if !has(&["nginx"]) {
        return;
    }
    let nginx = Nginx::start();
    for (name, index) in FILES {
        let file = corpus.join(name);
        let bare = file.file_name().expect("a name").to_str().expect("UTF-8");
        let (served, beside) = (nginx.root.join(bare), tempdir().expect("a folder"));
        std::fs::copy(&file, &served).expect("copied");
        let made =
            nuee(&["publish", text(&served), "--web-seed", &nginx.url(bare), "--out", text(beside.path())]);
        assert!(made.status.success(), "{name}");
        let torrent = beside.path().join(format!("{bare}.torrent"));
        let (arguments, expected) = choice(&file);
        let done = got(text(&torrent), &arguments, &expected);
        assert_ne!(done["files"][0]["verdict"], "not_announced", "{name}: {done}");
        // Without our index: by theirs, or by the headers; pieces are then what proves it.
        let _ = std::fs::remove_file(beside.path().join(format!("{bare}.index")));
        let _ = std::fs::remove_file(nginx.root.join(format!("{bare}.index")));
        if let Some(index) = index {
            let suffix = if index.ends_with(".index") { "index" } else { "idx" };
            let to = beside.path().join(format!("{bare}.{suffix}"));
            std::fs::copy(corpus.join(index), to).expect("copied");
        }
        let done = got(text(&torrent), &arguments, &expected);
        assert_eq!(done["files"][0]["method"], "piece_hashes", "{name}: {done}");
    }
}
