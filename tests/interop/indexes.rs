//! Fields out of large files by the indexes that services really publish, served by nginx.
//!
//! The files are made: messages of the lengths that the index tells, empty inside. The indexes are those of the corpus.

use super::programs::{Nginx, get, has, text};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::tempdir;

/// The index of that name in the corpus. `None` when there is no corpus beside the project.
fn index(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib/idx").join(name);
    let read = std::fs::read_to_string(&path).ok();
    if read.is_none() {
        eprintln!("skipped: there is no {}", path.display());
    }
    read
}

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 5).expect("a short section");
    [&length.to_be_bytes()[..], &[number], body].concat()
}

/// Writes a sound, empty message of `length` octets at `offset`; what is between its ends stays a hole.
fn write_message(file: &mut File, offset: u64, length: u64) {
    let sections = [
        section(1, &[0, 7, 0, 0, 2, 0, 1, 0x07, 0xEA, 11, 21, 0, 0, 0, 0, 1]),
        section(3, &[0; 67]),
        section(
            4,
            &[
                0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7, 103, 0, 0, 0, 0, 2, 255, 255, 255, 255,
                255, 255,
            ],
        ),
        section(5, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        section(6, &[255]),
    ]
    .concat();
    let data = u32::try_from(length - 16 - sections.len() as u64 - 4).expect("a message is not that long");
    let mut head = b"GRIB\0\0\0\x02".to_vec();
    head.extend(length.to_be_bytes());
    head.extend(sections);
    head.extend(data.to_be_bytes());
    head.push(7);
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&head).unwrap();
    file.seek(SeekFrom::Start(offset + length - 4)).unwrap();
    file.write_all(b"7777").unwrap();
}

/// A file with messages at these places.
fn made_file(path: PathBuf, messages: &[(u64, u64)]) -> PathBuf {
    let mut file = File::create(&path).unwrap();
    for (offset, length) in messages {
        write_message(&mut file, *offset, *length);
    }
    path
}

/// Gets `choice` of the file and holds what was received against what was wanted.
fn check(nginx: &Nginx, name: &str, choice: &[&str], wanted: u64) {
    let out = tempdir().unwrap();
    let url = nginx.url(name);
    let (code, done) = get(&[&[url.as_str(), "--out", text(out.path())], choice].concat());
    assert_eq!(code, 0, "{done}");
    assert_eq!(done["bytes_wanted"].as_u64(), Some(wanted), "{name} {choice:?} {done}");
    let received = done["bytes_received"].as_u64().unwrap();
    assert!(received as f64 <= wanted as f64 * 1.02, "{received} of {wanted}, {choice:?}");
    let file = &done["files"][0];
    assert_eq!(file["bytes"].as_u64(), Some(wanted), "exactly the messages: {done}");
}

#[test]
fn fields_of_a_gfs_file_cost_what_they_weigh_by_its_index() {
    let (true, Some(idx)) = (has(&["nginx"]), index("gfs.t00z.pgrb2.0p25.f007.idx")) else { return };
    const LAST: u64 = 500_000;
    let lines: Vec<Vec<&str>> = idx.lines().map(|line| line.split(':').collect()).collect();
    let starts: Vec<u64> = lines.iter().map(|line| line[1].parse().unwrap()).collect();
    let end = starts.last().unwrap() + LAST;
    // A message ends where the next other one begins: some lines share one.
    let length = |at: usize| {
        starts[at..].iter().copied().find(|start| *start > starts[at]).unwrap_or(end) - starts[at]
    };
    let mut messages: Vec<(u64, u64)> = (0..starts.len()).map(|at| (starts[at], length(at))).collect();
    messages.dedup();
    let nginx = Nginx::start();
    let name = "gfs.t00z.pgrb2.0p25.f007";
    made_file(nginx.root.join(name), &messages);
    std::fs::write(nginx.root.join(format!("{name}.idx")), &idx).unwrap();
    let of = |is_meant: &dyn Fn(&[&str]) -> bool| -> u64 {
        let mut chosen: Vec<(u64, u64)> =
            (0..lines.len()).filter(|at| is_meant(&lines[*at])).map(|at| (starts[at], length(at))).collect();
        chosen.dedup();
        chosen.iter().map(|(_, length)| length).sum()
    };
    let (two_metres, ten) = ("2 m above ground", "10 m above ground");
    check(&nginx, name, &["--param", "2t"], of(&|line| line[3] == "TMP" && line[4] == two_metres));
    let wind = of(&|line| matches!(line[3], "UGRD" | "VGRD") && line[4] == ten);
    check(&nginx, name, &["--param", "UGRD,VGRD", "--level", "10m"], wind);
    check(&nginx, name, &["--level", "500hPa"], of(&|line| line[4] == "500 mb"));
    let last = lines.last().unwrap();
    let (param, level) = (last[3], last[4]);
    assert!(level.ends_with(" mb") || !level.is_empty(), "{param} {level}");
    check(&nginx, name, &["--param", param], of(&|line| line[3] == param));
}

#[test]
fn fields_of_an_ecmwf_file_cost_what_they_weigh_by_its_index() {
    let (true, Some(index)) = (has(&["nginx"]), index("aifs_single_20250301_00z_6h.index")) else { return };
    let rows: Vec<serde_json::Value> =
        index.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let place =
        |row: &serde_json::Value| (row["_offset"].as_u64().unwrap(), row["_length"].as_u64().unwrap());
    let messages: Vec<(u64, u64)> = rows.iter().map(place).collect();
    let nginx = Nginx::start();
    let name = "20250301000000-6h-oper-fc.grib2";
    made_file(nginx.root.join(name), &messages);
    std::fs::write(nginx.root.join("20250301000000-6h-oper-fc.index"), &index).unwrap();
    let of = |params: &[&str]| -> u64 {
        rows.iter()
            .filter(|row| params.contains(&row["param"].as_str().unwrap()))
            .map(|row| place(row).1)
            .sum()
    };
    for params in [&["2t"][..], &["2t", "10u", "10v", "msl", "tp"]] {
        check(&nginx, name, &["--param", &params.join(",")], of(params));
    }
    // The wind at 10 m and at 100 m is a wind too, whatever its short name.
    check(&nginx, name, &["--param", "v"], of(&["v", "10v", "100v"]));
    let last = rows.iter().max_by_key(|row| place(row).0).unwrap();
    let (param, level) = (last["param"].as_str().unwrap(), last["levelist"].as_str().unwrap_or("sfc"));
    let is_alike = |row: &&serde_json::Value| row["param"] == param && row["levelist"] == last["levelist"];
    let wanted = rows.iter().filter(is_alike).map(|row| place(row).1).sum();
    let choice =
        if level == "sfc" { vec!["--param", param] } else { vec!["--param", param, "--level", level] };
    check(&nginx, name, &choice, wanted);
}
