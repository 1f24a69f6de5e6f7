//! One hour out of a large file, as ecCodes sees it.

use super::programs::{Nginx, Publisher, get, has, made_run, nuee, start_nuee, text, wait_until};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use tempfile::tempdir;

/// The end of each field's step range, as ecCodes prints it.
fn last_steps(file: &Path) -> Vec<i64> {
    let output =
        Command::new("grib_get").args(["-p", "endStep", text(file)]).output().expect("grib_get runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter_map(|line| line.trim().parse().ok()).collect()
}

fn only_file(done: &serde_json::Value) -> std::path::PathBuf {
    let files = done["files"].as_array().expect("files");
    assert_eq!(files.len(), 1, "{done}");
    files[0]["path"].as_str().expect("a path").into()
}

#[test]
fn a_web_seed_and_an_index_give_exactly_one_hour_and_prove_it() {
    if !has(&["nginx", "grib_get"]) {
        return;
    }
    let nginx = Nginx::start();
    let file = made_run(&nginx.root);
    let seed = nginx.url(file.file_name().unwrap().to_str().unwrap());
    let made = super::programs::nuee(&["publish", text(&file), "--web-seed", &seed]);
    assert!(made.status.success());
    let target = tempdir().unwrap();
    let torrent = format!("{}.torrent", file.display());
    let (code, done) = get(&[&torrent, "--lead", "7", "--out", text(target.path())]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(done["files"][0]["method"], "indexed_digest");
    let (wanted, received) =
        (done["bytes_wanted"].as_f64().unwrap(), done["bytes_received"].as_f64().unwrap());
    assert!(received <= wanted * 1.02, "{received} of {wanted}");
    assert_eq!(last_steps(&only_file(&done)), [7; 5]);
}

#[test]
fn the_swarm_alone_gives_the_pieces_of_an_hour_and_no_other() {
    if !has(&["grib_get"]) {
        return;
    }
    let (source, target, beside) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let file = made_run(source.path());
    let publisher = Publisher::start(&[text(&file)]);
    publisher.settle();
    let name = file.file_name().unwrap().to_str().unwrap();
    for suffix in ["torrent", "index"] {
        let from = source.path().join(format!("{name}.{suffix}"));
        std::fs::copy(from, beside.path().join(format!("{name}.{suffix}"))).unwrap();
    }
    let torrent = beside.path().join(format!("{name}.torrent"));
    let (code, done) =
        get(&[text(&torrent), "--lead", "7", "--via", "swarm-only", "--out", text(target.path())]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(done["files"][0]["method"], "piece_hashes");
    assert_eq!(last_steps(&only_file(&done)), [7; 5]);
    let metainfo = nuee::catalog::metainfo::read(&std::fs::read(&torrent).unwrap()).expect("a sound torrent");
    let walked = nuee::grib::walk::index_octets(&std::fs::read(&file).unwrap());
    let of_hour = walked.fields.iter().filter(|f| f.lead.is_some_and(|lead| lead.minutes() == 7 * 60));
    let pieces: BTreeSet<u32> = of_hour.flat_map(|f| metainfo.layout().pieces_of(f.range)).collect();
    let expected = pieces.len() as u64 * metainfo.layout().piece_length();
    assert_eq!(done["bytes_received"].as_u64(), Some(expected), "as many pieces as are wanted: {done}");
}

#[test]
fn a_slice_is_in_its_place_while_what_was_received_for_it_goes_on_giving() {
    let (source, target, beside) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let file = made_run(source.path());
    let publisher = Publisher::start(&[text(&file)]);
    publisher.settle();
    // Without its index the whole file is received, kept and given; the slice is cut out of it.
    let torrent = beside.path().join("x.torrent");
    std::fs::copy(format!("{}.torrent", file.display()), &torrent).unwrap();
    let mut running = start_nuee(&[
        "get",
        text(&torrent),
        "--lead",
        "7",
        "--via",
        "swarm-only",
        "--allow-local",
        "--seed-for",
        "1h",
        "--out",
        text(target.path()),
    ]);
    wait_until("the slice", || {
        let files = std::fs::read_dir(target.path()).unwrap().flatten();
        files.into_iter().any(|entry| entry.file_name().to_string_lossy().contains("007h"))
    });
    assert!(running.0.try_wait().unwrap().is_none_or(|status| status.success()));
}

#[test]
fn without_an_index_the_headers_tell_where_an_hour_lies() {
    if !has(&["nginx", "grib_get"]) {
        return;
    }
    let nginx = Nginx::start();
    let file = made_run(&nginx.root);
    let url = nginx.url(file.file_name().unwrap().to_str().unwrap());
    let target = tempdir().unwrap();
    let (code, done) = get(&[&url, "--lead", "3..4", "--param", "2t,tp", "--out", text(target.path())]);
    assert_eq!(code, 0, "{done}");
    assert_eq!(last_steps(&only_file(&done)).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([3, 4]));
    assert_eq!(done["files"][0]["voucher"], "nobody");
}

#[test]
fn headers_that_were_read_once_are_not_read_again_while_the_file_is_the_same() {
    if !has(&["nginx", "grib_get"]) {
        return;
    }
    let nginx = Nginx::start();
    let file = made_run(&nginx.root);
    let url = nginx.url(file.file_name().unwrap().to_str().unwrap());
    let folder = tempdir().unwrap();
    let reads_headers = |hour: &str| {
        let words = ["get", "--json", "--allow-local", &url, "--lead", hour, "--out", text(folder.path())];
        let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
        let output = command.args(words).args(["--lang", "en"]).env("XDG_CACHE_HOME", folder.path()).output();
        let told = String::from_utf8_lossy(&output.unwrap().stdout).into_owned();
        assert!(told.contains("verified"), "{told}");
        told.contains("headers")
    };
    assert!(reads_headers("3"));
    assert!(!reads_headers("4"), "they were kept");
    std::fs::write(&file, [std::fs::read(&file).unwrap(), std::fs::read(&file).unwrap()].concat()).unwrap();
    assert!(reads_headers("5"), "the file is another one");
}

#[test]
fn a_server_that_gives_no_ranges_is_noticed_at_its_first_answer_and_read_once() {
    if !has(&["nginx", "grib_get"]) {
        return;
    }
    let nginx = Nginx::with("max_ranges 0;");
    let file = made_run(&nginx.root);
    let url = nginx.url(file.file_name().unwrap().to_str().unwrap());
    let target = tempdir().unwrap();
    let words = ["get", "--json", "--allow-local", &url, "--lead", "3", "--out", text(target.path())];
    let output = nuee(&words);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let done: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last_steps(&only_file(&done)).into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([3]));
    assert!(told.contains("does not support range requests"), "{told}");
    let whole = file.metadata().unwrap().len();
    let received = done["bytes_received"].as_u64().unwrap();
    assert!(received <= whole + whole / 50, "{received} of {whole}: read once");
}
