//! Fields out of large files by the indexes that services really publish, served by nginx.
//!
//! The files are made: messages of the lengths that the index tells, empty inside. The indexes are those of the corpus.

use super::made_messages::Made;
use super::programs::{Nginx, get, has, text};
use nuee::domain::field::Field;
use nuee::grib::sidecar;
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

/// What the index tells of the first field of each message, as the headers of a message that is made for it.
fn told(index: &str, length: u64) -> Vec<(u64, u64, Made)> {
    let read = sidecar::read(index.as_bytes(), Some(length)).expect("an index");
    let of_field = |field: &Field| {
        let civil = field.reference_time.unwrap_or_default().civil();
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let numbers = field.identity.map(|id| (id.discipline, id.category, id.number));
        let made = Made {
            // Of a name that is in no table nobody knows the numbers.
            numbers: numbers.unwrap_or((0, 191, 250)),
            level: field.level,
            lead_minutes: field.lead.map_or(0, |lead| u32::try_from(lead.minutes()).unwrap_or_default()),
            run: (
                u16::try_from(civil.year()).unwrap_or_default(),
                part(civil.month()),
                part(civil.day()),
                part(civil.hour()),
            ),
            data: 0,
        };
        (field.range.start(), field.range.count().0, made)
    };
    let mut messages: Vec<_> = read.fields.iter().map(of_field).collect();
    messages.sort_by_key(|(start, ..)| *start);
    messages.dedup_by_key(|(start, ..)| *start);
    messages
}

/// Writes a sound, empty message of `length` octets at `offset`; what is between its ends stays a hole.
fn write_message(file: &mut File, offset: u64, (length, made): (u64, &Made)) {
    file.seek(SeekFrom::Start(offset)).unwrap();
    file.write_all(&made.head(length)).unwrap();
    file.seek(SeekFrom::Start(offset + length - 4)).unwrap();
    file.write_all(b"7777").unwrap();
}

/// A file of which the index tells the truth.
fn made_file(path: PathBuf, (index, length): (&str, u64)) -> PathBuf {
    let mut file = File::create(&path).unwrap();
    for (offset, length, made) in told(index, length) {
        write_message(&mut file, offset, (length, &made));
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
    let nginx = Nginx::start();
    let name = "gfs.t00z.pgrb2.0p25.f007";
    made_file(nginx.root.join(name), (&idx, end));
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
    let end = rows.iter().map(|row| place(row).0 + place(row).1).max().unwrap();
    let nginx = Nginx::start();
    let name = "20250301000000-6h-oper-fc.grib2";
    made_file(nginx.root.join(name), (&index, end));
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
    // The wind at 10 m and at 100 m has names of its own.
    check(&nginx, name, &["--param", "v"], of(&["v"]));
    let last = rows.iter().max_by_key(|row| place(row).0).unwrap();
    let (param, level) = (last["param"].as_str().unwrap(), last["levelist"].as_str().unwrap_or("sfc"));
    let is_alike = |row: &&serde_json::Value| row["param"] == param && row["levelist"] == last["levelist"];
    let wanted = rows.iter().filter(is_alike).map(|row| place(row).1).sum();
    let choice =
        if level == "sfc" { vec!["--param", param] } else { vec!["--param", param, "--level", level] };
    check(&nginx, name, &choice, wanted);
}
