//! Real files of many services, compared with what ecCodes lists of them.
//!
//! In: the corpus beside the project (`../shared/corpus/grib`, or `NUEE_CORPUS`); without it the tests say so and pass.
//! Lead times are compared with the raw numbers that ecCodes prints, by the rule that the interval's END counts.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use nuee::domain::field::Field;
use nuee::grib::index::GribIndex;
use nuee::grib::sidecar;
use nuee::grib::walk::index_octets;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib");
    let folder = std::env::var_os("NUEE_CORPUS").map_or(beside, |folder| PathBuf::from(folder).join("grib"));
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpus at {}", folder.display());
    None
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the corpus is readable");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_none_or(|extension| extension != "txt"));
    files.sort();
    files
}

/// The rows of `grib_ls`: what each key is, by name.
fn listed(path: &Path) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(format!("{}.ls.txt", path.display())).expect("a listing beside the file");
    let mut lines = text.lines().skip_while(|line| !line.starts_with("offset"));
    let keys: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let row = |line: &str| -> Option<HashMap<String, String>> {
        let values: Vec<&str> = line.split_whitespace().collect();
        let begins = values.first().is_some_and(|first| first.bytes().all(|c| c.is_ascii_digit()));
        if begins && line.contains("ECCODES ERROR") {
            // A complaint was printed into the middle of the row: a field, of which the listing says nothing.
            return Some(HashMap::new());
        }
        let pairs = keys.iter().zip(&values).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        (begins && values.len() == keys.len()).then(|| pairs.collect())
    };
    lines.filter_map(row).collect()
}

fn number(row: &HashMap<String, String>, key: &str) -> Option<i64> {
    row.get(key)?.parse().ok()
}

/// Whether a field is the only one of its message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    Yes,
    No,
}

/// Every key that ecCodes found must agree. Returns what does not.
fn differences(field: &Field, alone: Alone, row: &HashMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |key: &str, ours: Option<i64>| {
        let theirs = number(row, key);
        if theirs.is_some() && theirs != ours {
            found.push(format!("{key}: {ours:?} instead of {theirs:?}"));
        }
    };
    compare("offset", Some(field.range.start() as i64));
    // Of a message with several fields ecCodes prints what each would take alone; ours is the whole message's.
    if alone == Alone::Yes {
        compare("totalLength", Some(field.range.count().0 as i64));
    }
    compare("edition", Some(i64::from(field.edition)));
    let identity = field.identity;
    if field.edition == 1 {
        compare("table2Version", identity.map(|id| i64::from(id.category)));
        compare("indicatorOfParameter", identity.map(|id| i64::from(id.number)));
        compare("indicatorOfTypeOfLevel", field.level.map(|level| i64::from(level.kind)));
    } else {
        compare("discipline", identity.map(|id| i64::from(id.discipline)));
        compare("parameterCategory", identity.map(|id| i64::from(id.category)));
        compare("parameterNumber", identity.map(|id| i64::from(id.number)));
        compare("productDefinitionTemplateNumber", field.template.map(i64::from));
        compare("dataRepresentationTemplateNumber", field.packing.map(i64::from));
        compare("typeOfFirstFixedSurface", Some(field.level.map_or(255, |level| i64::from(level.kind))));
    }
    compare("perturbationNumber", field.member.map(i64::from));
    if let Some(run) = field.reference_time {
        let t = run.civil();
        compare(
            "dataDate",
            Some(i64::from(t.year()) * 10_000 + i64::from(t.month()) * 100 + i64::from(t.day())),
        );
        compare("dataTime", Some(i64::from(t.hour()) * 100 + i64::from(t.minute())));
    }
    // Where ecCodes has no name it prints one of these.
    let name = row.get("shortName").filter(|name| !["unknown", "~", "not_found"].contains(&name.as_str()));
    if let Some(name) = name.filter(|name| field.param.as_deref() != Some(name.as_str())) {
        found.push(format!("shortName: {:?} instead of {name}", field.param));
    }
    found.extend(level_difference(field, row));
    found.extend(lead_difference(field, row));
    found
}

fn level_difference(field: &Field, row: &HashMap<String, String>) -> Option<String> {
    let scale = number(row, "scaleFactorOfFirstFixedSurface")?;
    // ecCodes prints the sign bit as part of the number.
    let raw = number(row, "scaledValueOfFirstFixedSurface")?;
    let signed = if raw >= 1 << 31 { (1 << 31) - raw } else { raw };
    let value = signed as f64 * 10f64.powi(-(scale as i32));
    let ours = field.level.and_then(|level| level.value);
    let is_close = ours.is_some_and(|ours| (ours - value).abs() <= 1e-6 * value.abs().max(1.0));
    (!is_close && field.level.is_some()).then(|| format!("level: {ours:?} instead of {value}"))
}

/// Start and length as ecCodes prints them; the end is compared where both are there.
fn lead_difference(field: &Field, row: &HashMap<String, String>) -> Option<String> {
    let minutes = |unit: i64| match unit {
        0 => Some(1),
        1 => Some(60),
        2 => Some(1440),
        11 => Some(360),
        12 => Some(720),
        _ => None,
    };
    let start = number(row, "forecastTime")? * minutes(number(row, "indicatorOfUnitOfTimeRange")?)?;
    let length = number(row, "lengthOfTimeRange").zip(number(row, "indicatorOfUnitForTimeRange"));
    let ours = field.lead.map(|lead| lead.minutes());
    let ours_start = field.interval.map(|(first, _)| first.minutes()).or(ours);
    if ours_start != Some(start) {
        return Some(format!("start: {ours_start:?} instead of {start}"));
    }
    let (length, unit) = length?;
    let end = start + length * minutes(unit)?;
    (ours != Some(end)).then(|| format!("end: {ours:?} instead of {end}"))
}

/// Where ecCodes and the files themselves disagree, with the reason; each is counted, so that none hides another.
fn is_known(name: &str, difference: &str) -> bool {
    let known = [
        // The end date in the file says so; the length says another 80 hours (notes of NOAA's surge product).
        ("2024101012_Milton_Adv22_e70_cum_dat.grb", "end: Some(4800) instead of 9600"),
        ("2024101012_Milton_Adv22_e70_cum_dat.grb", "end: Some(6120) instead of 12240"),
    ];
    known.iter().any(|(file, what)| name == *file && difference == *what)
}

fn compare(path: &Path, index: &GribIndex) -> Vec<String> {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let rows = listed(path);
    let mut wrong = Vec::new();
    // ecCodes counts one of two messages of this file and lists neither; the sound one and the problem are ours.
    if name == "era5-levels-corrupted.grib" {
        assert_eq!((index.fields.len(), index.problems.len()), (1, 1), "{name}");
        return wrong;
    }
    if rows.len() != index.fields.len() {
        wrong.push(format!("{name}: {} fields instead of {}", index.fields.len(), rows.len()));
    }
    for (place, (field, row)) in index.fields.iter().zip(&rows).enumerate() {
        let of_message = index.fields.iter().filter(|other| other.message == field.message).count();
        let alone = if of_message == 1 { Alone::Yes } else { Alone::No };
        let differences =
            differences(field, alone, row).into_iter().filter(|difference| !is_known(&name, difference));
        wrong.extend(differences.map(|difference| format!("{name} field {}: {difference}", place + 1)));
    }
    wrong
}

#[test]
fn every_real_file_is_listed_as_eccodes_lists_it() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for folder in ["grib1", "grib2", "derived"] {
        for path in files_in(&corpus.join(folder)) {
            let index = index_octets(&fs::read(&path).expect("a file of the corpus"));
            wrong.extend(compare(&path, &index));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_odd_file_is_listed_or_explained() {
    let Some(corpus) = corpus() else { return };
    for path in files_in(&corpus.join("odd")) {
        let index = index_octets(&fs::read(&path).expect("a file of the corpus"));
        let rows = listed(&path);
        let is_explained = !index.problems.is_empty();
        assert!(index.fields.len() == rows.len() || is_explained, "{}: {index:?}", path.display());
        assert!(!index.fields.is_empty() || is_explained, "{}", path.display());
        for row in &rows {
            let offset = number(row, "offset").expect("an offset") as u64;
            assert!(
                index.fields.iter().any(|field| field.range.start() == offset),
                "{}: ecCodes reads a message at {offset}",
                path.display()
            );
        }
    }
}

#[test]
fn no_line_of_a_real_index_is_lost() {
    let Some(corpus) = corpus() else { return };
    for path in
        files_in(&corpus.join("idx")).into_iter().filter(|p| p.extension().is_some_and(|e| e != "txt"))
    {
        let octets = fs::read(&path).expect("an index of the corpus");
        let index = sidecar::read(&octets, Some(u64::MAX / 2)).expect("an index");
        let lines = octets.split(|&c| c == b'\n').filter(|line| !line.is_empty()).count();
        assert_eq!(
            (index.fields.len(), index.problems.len()),
            (lines, 0),
            "{}: {:?}",
            path.display(),
            index.problems
        );
        let timed = index.fields.iter().filter(|field| field.lead.is_some()).count();
        assert_eq!(timed, lines, "{}: lead times", path.display());
    }
}

#[test]
fn an_index_agrees_with_its_own_file() {
    let Some(corpus) = corpus() else { return };
    for (index, file) in [
        ("idx/gfswave.t18z.atlocn.0p16.f001.grib2.idx", "grib2/gfswave.t18z.atlocn.0p16.f001.grib2"),
        ("idx/ref_gdaswave.t00z.wcoast.0p16.f000.grib2.inv", "grib2/gdaswave.t00z.wcoast.0p16.f000.grib2"),
        ("idx/s2s_control_2026-08-10T00Z.grib2.index", "grib2/s2s_control_2026-08-10T00Z.grib2"),
    ] {
        let octets = fs::read(corpus.join(file)).expect("a file of the corpus");
        let walked = index_octets(&octets);
        let read = sidecar::read(&fs::read(corpus.join(index)).expect("an index"), Some(octets.len() as u64));
        let told = |index: &GribIndex| index.fields.iter().map(|f| (f.range, f.lead)).collect::<Vec<_>>();
        assert_eq!(told(&read.expect("an index")), told(&walked), "{index}");
    }
}
