//! What parameters are called, where they lie, when and of which member, held against ecCodes.
//!
//! Real files are those of the corpus beside the project; made ones have a message for every line of every table. Names
//! differ between versions of ecCodes: they are compared with the version whose definitions the tables are of.

use super::made_grib::{message1, message2};
use super::programs::has;
use nuee::domain::field::{Field, Level};
use nuee::grib::walk::index_octets;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::tempdir;

/// What ecCodes prints where there is no name.
const NO_NAMES: [&str; 3] = ["unknown", "~", "not_found"];

fn tables() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/parameters")
}

/// Whether ecCodes is here in the version whose definitions the tables are of.
fn has_same_eccodes() -> bool {
    if !has(&["grib_ls", "codes_info"]) {
        return false;
    }
    let table = std::fs::read_to_string(tables().join("grib2/wmo.tsv")).unwrap();
    let told = table.split("definitions of ecCodes ").nth(1).and_then(|rest| rest.split(',').next());
    let output = Command::new("codes_info").arg("-v").output().unwrap();
    let installed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let is_same = told == Some(installed.as_str());
    if !is_same {
        eprintln!("skipped: the tables are of ecCodes {told:?}, installed is {installed}");
    }
    is_same
}

/// What `grib_ls` prints of each field under `keys`: the last column may hold blanks.
fn listed(path: &Path, keys: &str) -> Vec<Vec<String>> {
    let output = Command::new("grib_ls").args(["-p", keys]).arg(path).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = keys.split(',').count();
    let lines = text.lines().skip(2).take_while(|line| !line.is_empty() && !line.contains(" of "));
    lines
        .map(|line| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter(|row| row.len() >= count)
        .collect()
}

#[test]
fn the_tables_are_what_the_definitions_of_eccodes_say() {
    if !(has_same_eccodes() && has(&["python3"])) {
        return;
    }
    let status = Command::new("python3").arg(tables().join("make.py")).arg("--check").status().unwrap();
    assert!(status.success(), "run assets/parameters/make.py");
}

/// A line of a table: its numbers, its name, its conditions.
type Line = (Vec<u8>, String, HashMap<String, String>);

fn lines_of(table: &Path, numbers: usize) -> Vec<Line> {
    let text = std::fs::read_to_string(table).unwrap();
    let line = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        let conditions = parts.get(numbers + 3).copied().unwrap_or_default().split_whitespace();
        let conditions = conditions.filter_map(|word| word.split_once('='));
        (
            parts[..numbers].iter().map(|number| number.parse().unwrap()).collect(),
            (*parts.get(numbers).unwrap_or(&"")).to_owned(),
            conditions.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        )
    };
    text.lines().filter(|text| !text.starts_with('#')).map(line).collect()
}

/// The centre that a table is of; WMO's is tried with one that has no table and with two that have.
fn centres_of(table: &Path) -> Vec<u16> {
    let text = std::fs::read_to_string(table).unwrap();
    let told = text.lines().next().and_then(|line| line.split("centre ").nth(1));
    match told.and_then(|rest| rest.split(' ').next()?.parse().ok()) {
        Some(centre) => vec![centre],
        None => vec![54, 7, 98],
    }
}

/// Names that differ, of the messages made for the lines of a table.
fn differences(edition: usize, table: &Path, centre: u16) -> Vec<String> {
    let (mut octets, mut made) = (Vec::new(), Vec::new());
    for line in lines_of(table, edition + 1) {
        let message = match edition {
            1 => Some(message1((line.0[0], line.0[1]), &line.2, centre)),
            _ => message2((line.0[0], line.0[1], line.0[2]), &line.2, centre),
        };
        if let Some(message) = message {
            octets.extend(message);
            made.push(line);
        }
    }
    let folder = tempdir().unwrap();
    let path = folder.path().join("made.grib");
    std::fs::write(&path, &octets).unwrap();
    let (theirs, ours) = (listed(&path, "shortName"), index_octets(&octets).fields);
    assert_eq!((theirs.len(), ours.len()), (made.len(), made.len()), "{}", table.display());
    let pairs = theirs.iter().zip(&ours).zip(&made);
    let compared = pairs.filter(|((theirs, _), _)| !NO_NAMES.contains(&theirs[0].as_str()));
    let differ = compared.filter(|((theirs, ours), _)| ours.param.as_deref() != Some(theirs[0].as_str()));
    differ.map(|((theirs, ours), line)| format!("{line:?}: {:?}, not {}", ours.param, theirs[0])).collect()
}

#[test]
fn every_line_of_every_table_names_what_eccodes_names_so() {
    if !has_same_eccodes() {
        return;
    }
    let mut wrong = Vec::new();
    for edition in [1, 2] {
        let folder = tables().join(format!("grib{edition}"));
        for table in std::fs::read_dir(&folder).unwrap() {
            let table = table.unwrap().path();
            for centre in centres_of(&table) {
                wrong.extend(differences(edition, &table, centre));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is compared of a field, each with what ecCodes prints.
fn field_differences(field: &Field, row: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: Option<String>, theirs: &str| {
        if theirs != "not_found" && theirs != "unknown" && ours.as_deref() != Some(theirs) {
            found
                .push(format!("{what} {} instead of {theirs}", ours.unwrap_or_else(|| "nothing".to_owned())));
        }
    };
    compare("name", field.param.as_deref().map(ToOwned::to_owned), &row[0]);
    compare("level", level_of(field, &row[2]), &row[1]);
    compare("member", field.member.map(|member| member.to_string()), &row[3]);
    // A step of minutes is printed in minutes, or with an error.
    let minutes = field.lead.map(|lead| lead.minutes());
    let step = match row.get(4).map(String::as_str) {
        Some(step) if step.parse::<i64>().is_ok() => step,
        _ => "not_found",
    };
    let hours = minutes.filter(|minutes| minutes % 60 == 0).map(|minutes| (minutes / 60).to_string());
    compare("end of the step", hours.or(minutes.map(|minutes| minutes.to_string())), step);
    found
}

/// The level as ecCodes prints it: by the type of its surface, a whole number.
fn level_of(field: &Field, kind: &str) -> Option<String> {
    if field.edition == 1 {
        let level = field.level?;
        let is_layer =
            matches!(level.kind, 101 | 104 | 106 | 108 | 110 | 112 | 114 | 116 | 120 | 121 | 128 | 141);
        let value = level.value? as i64;
        return Some(if is_layer { value >> 8 } else { value }.to_string());
    }
    let Some(Level { value, .. }) = field.level else { return Some("0".to_owned()) };
    let value = value.unwrap_or(0.0);
    let whole = match kind {
        "isobaricInhPa" => (value / 100.0).trunc(),
        "potentialVorticity" => (value * 1e6).round(),
        _ => value.round(),
    };
    Some((whole as i64).to_string())
}

/// Where ecCodes and a file differ with a reason; each is named, so that none hides another.
const EXCEPTIONS: [(&str, &str); 3] = [
    // A potential vorticity of -2: ecCodes takes the bit of the sign for a part of the number.
    ("gfs.t12z.pgrbf120.2p5deg.grib2", "level -2 instead of 2147486"),
    // The end date in the file says 80 h and 102 h; the length of the range counts from the run a second time.
    ("2024101012_Milton_Adv22_e70_cum_dat.grb", "end of the step 80 instead of 160"),
    ("2024101012_Milton_Adv22_e70_cum_dat.grb", "end of the step 102 instead of 204"),
];

#[test]
fn every_file_of_the_corpus_is_named_as_eccodes_names_it() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib");
    if !corpus.is_dir() || !has_same_eccodes() {
        eprintln!("skipped: no corpus at {}, or another ecCodes", corpus.display());
        return;
    }
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for folder in ["grib1", "grib2", "derived"] {
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let rows = listed(&path, "shortName,level,typeOfLevel,number,endStep");
            let fields = index_octets(&std::fs::read(&path).unwrap()).fields;
            // Of one file ecCodes lists no message: one is cut, and it gives up at the other.
            assert!(
                rows.len() == fields.len() || name == "era5-levels-corrupted.grib",
                "{name}: {}",
                rows.len()
            );
            for (number, (field, row)) in fields.iter().zip(&rows).enumerate() {
                compared += 1;
                let differences = field_differences(field, row).into_iter();
                let unknown =
                    differences.filter(|what| !EXCEPTIONS.contains(&(name.as_str(), what.as_str())));
                wrong.extend(unknown.map(|what| format!("{name} field {}: {what}", number + 1)));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(compared > 1_000, "{compared} fields were compared");
}
