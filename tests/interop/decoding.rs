//! Values and positions of fields, compared with those of ecCodes.
//!
//! In: files that services really published (`../shared/corpus/grib`, where it is there), fields that ecCodes packs anew in other
//! ways, and the made ones of `tests/fixtures/fields`. Ours may lie half a step of the packing from ecCodes', not more.

use super::programs::has;
use nuee::domain::field::Field;
use nuee::field::decoding;
use nuee::field::grid::{FieldGrid, GridPosition};
use nuee::field::limits::DecodeLimits;
use nuee::field::message::FieldSections;
use nuee::field::statistics::FieldStatistics;
use nuee::field::values::FieldValues;
use nuee::grib::walk::index_octets;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Printed for points without a value.
const MISSING: &str = "7e77";

/// Larger fields are compared by their statistics alone: a line for each of their points takes minutes.
const MOST_LINES: u64 = 120_000;

/// How far apart places may be, in degrees.
const NEAR: f64 = 1e-4;

/// And so much more for each row or column: ecCodes adds up steps that are rounded, to a millionth of a degree or, in GRIB1, to
/// a thousandth; here the ends win, which are rounded once.
const ROUNDED: [f64; 2] = [5e-4, 5e-7];

/// The files whose fields ecCodes reads otherwise, with the reason.
const OTHERWISE: &[(&str, &str)] =
    &[("s2s", "constant fields with a decimal scale factor: ecCodes gives R, the Manual says R · 10^-D")];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "txt"));
    files.sort();
    files
}

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib");
    if !folder.is_dir() {
        eprintln!("skipped: no corpus beside the project");
        return Vec::new();
    }
    ["grib1", "grib2", "derived"].into_iter().flat_map(|part| files(&folder.join(part))).collect()
}

fn made() -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fields"))
}

/// What a tool of ecCodes prints of a file; ends early where it fails.
fn printed(program: &str, arguments: &[&str], file: &Path) -> Vec<String> {
    let output = Command::new("timeout").arg("120").arg(program).args(arguments).arg(file).output();
    let output = output.expect("it is installed");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// A field, its octets, and what it is decoded to.
struct Own {
    field: Field,
    message: Vec<u8>,
}

impl Own {
    fn all(file: &Path) -> Vec<Self> {
        let octets = std::fs::read(file).expect("a file");
        let fields = index_octets(&octets).fields;
        let message =
            |field: &Field| octets[field.range.start() as usize..field.range.end() as usize].to_vec();
        fields.into_iter().map(|field| Self { message: message(&field), field }).collect()
    }

    fn sections(&self) -> Option<FieldSections<'_>> {
        FieldSections::of(&self.message, self.field.field).ok()
    }

    fn values(&self) -> Option<FieldValues> {
        decoding::decode(&self.sections()?, &DecodeLimits::default()).ok()
    }

    fn grid(&self) -> Option<FieldGrid> {
        FieldGrid::of(&self.sections()?).ok()
    }
}

/// Compared fields of one packing, and those that differ.
#[derive(Default)]
struct Tally {
    fields: usize,
    differing: Vec<String>,
    unread: usize,
}

fn is_near(own: f64, theirs: f64, step: f64) -> bool {
    (own - theirs).abs() <= step / 2.0 + 2.5e-7 * theirs.abs().max(own.abs()) + 1e-30
}

/// Whether ecCodes is known to read these values otherwise.
fn is_known(file: &Path, values: &FieldValues) -> bool {
    let is_named = OTHERWISE.iter().any(|(part, _)| file.to_string_lossy().contains(part));
    is_named && matches!(values, FieldValues::Constant { .. })
}

/// Compares least, greatest and mean value and missing points of each field of a file.
fn compare_statistics(file: &Path, tallies: &mut BTreeMap<String, Tally>) {
    let keys = "packingType,binaryScaleFactor,decimalScaleFactor,numberOfMissing,max:d,min:d,average:d";
    let lines = printed("grib_get", &["-f", "-F", "%.12g", "-p", keys], file);
    for (own, line) in Own::all(file).iter().zip(&lines) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [packing, binary, decimal, missing, greatest, least, mean] = words[..] else { continue };
        let tally = tallies.entry(format!("GRIB{} {packing}", own.field.edition)).or_default();
        let Some(values) = own.values() else {
            tally.unread += 1;
            continue;
        };
        let scale = |word: &str| word.parse::<i32>().unwrap_or(0);
        let step = 2f64.powi(scale(binary)) * 10f64.powi(-scale(decimal));
        let number = |word: &str| word.parse::<f64>();
        let (Ok(greatest), Ok(least), Ok(mean)) = (number(greatest), number(least), number(mean)) else {
            continue;
        };
        tally.fields += 1;
        let statistics = FieldStatistics::of(&values);
        let is_same = statistics.range.is_none_or(|range| {
            is_near(range.greatest.into(), greatest, step)
                && is_near(range.least.into(), least, step)
                && is_near(range.mean, mean, step + 1e-6 * greatest.abs().max(least.abs()))
        });
        let is_same = is_same && number(missing) == Ok(statistics.missing as f64);
        if !is_same && !is_known(file, &values) {
            let field = (own.field.message, own.field.field);
            tally.differing.push(format!("{} {field:?}: {statistics:?}, {line}", file.display()));
        }
    }
}

/// Compares each value, and the places of the corners and of ten more, of the first field of a file.
fn compare_points(file: &Path) -> Result<&'static str, String> {
    let fields = Own::all(file);
    let Some(own) = fields.first() else { return Ok("no field") };
    let Some(values) = own.values().filter(|values| values.len() <= MOST_LINES) else {
        return Ok("too large, or not read");
    };
    let keys = ["-w", "count=1", "-m", MISSING, "-F", "%.12g", "-L", "%.8f %.8f"];
    let lines = printed("grib_get_data", &keys, file);
    let rows: Vec<[f64; 3]> = lines
        .iter()
        .filter_map(|line| {
            let words: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            words.try_into().ok()
        })
        .collect();
    if rows.len() as u64 != values.len() || is_known(file, &values) {
        return Ok("ecCodes tells no places");
    }
    let key = printed(
        "grib_get",
        &["-f", "-w", "count=1", "-p", "binaryScaleFactor,decimalScaleFactor,alternativeRowScanning"],
        file,
    );
    let scales: Vec<i32> = key[0].split_whitespace().map(|word| word.parse().unwrap_or(0)).collect();
    let step = 2f64.powi(scales[0]) * 10f64.powi(-scales[1]);
    let missing: f64 = MISSING.parse().expect("a number");
    for (point, (value, row)) in values.iter().zip(&rows).enumerate() {
        let is_same = if row[2] == missing { value.is_nan() } else { is_near(value.into(), row[2], step) };
        if !is_same {
            return Err(format!("{}: point {point} is {value}, not {}", file.display(), row[2]));
        }
    }
    // Where every other row runs backwards ecCodes tells places in another order than values.
    let Some(grid) = own.grid().filter(|_| scales.get(2) != Some(&1)) else { return Ok("values") };
    if matches!(grid, FieldGrid::Cells(_)) {
        return Ok("values");
    }
    let (last, columns) =
        (rows.len() - 1, own.field.grid.and_then(|grid| grid.shape).map_or(1, |shape| shape.0 as usize));
    let longest = own.field.grid.and_then(|grid| grid.shape).map_or(0, |(columns, rows)| columns.max(rows));
    let near = NEAR + f64::from(longest) * ROUNDED[usize::from(own.field.edition) - 1];
    let inner = (1..11).map(|n| n * 7_919 % rows.len());
    for index in [0, last, columns.saturating_sub(1).min(last), last + 1 - columns.min(last + 1)]
        .into_iter()
        .chain(inner)
    {
        let place = grid.position(index as u64).ok_or("no place")?;
        let [latitude, longitude, _] = rows[index.min(last)];
        if !is_there(place, (latitude, longitude), near) {
            return Err(format!(
                "{}: point {index} lies at {place:?}, not {latitude} {longitude}",
                file.display()
            ));
        }
    }
    Ok(grid.key())
}

fn is_there(place: GridPosition, (latitude, longitude): (f64, f64), near: f64) -> bool {
    let turn = (place.longitude - longitude + 180.0).rem_euclid(360.0) - 180.0;
    (place.latitude - latitude).abs() < near && turn.abs() * latitude.to_radians().cos() < near
}

#[test]
fn values_of_published_files_are_those_of_eccodes() {
    if !has(&["grib_get"]) {
        return;
    }
    let mut tallies = BTreeMap::new();
    corpus().iter().for_each(|file| compare_statistics(file, &mut tallies));
    for (packing, tally) in &tallies {
        println!("{packing}: {} fields compared, {} not read", tally.fields, tally.unread);
    }
    let differing: Vec<&String> = tallies.values().flat_map(|tally| &tally.differing).collect();
    assert!(differing.is_empty(), "{} fields differ:\n{differing:#?}", differing.len());
}

#[test]
fn values_and_places_of_single_points_are_those_of_eccodes() {
    if !has(&["grib_get_data", "grib_get"]) {
        return;
    }
    let mut kinds = BTreeMap::<_, usize>::new();
    let mut wrong = Vec::new();
    for file in made().iter().chain(&corpus()) {
        match compare_points(file) {
            Ok(kind) => *kinds.entry(kind).or_default() += 1,
            Err(error) => wrong.push(error),
        }
    }
    println!("{kinds:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_field_that_eccodes_packs_anew_is_the_same_in_each_packing() {
    if !has(&["grib_set", "grib_get_data", "grib_get"]) {
        return;
    }
    let Some(source) = corpus().into_iter().find(|file| file.ends_with("iris_jpeg2000_file.grib2")) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let packings = [
        "grid_simple",
        "grid_complex",
        "grid_complex_spatial_differencing",
        "grid_jpeg",
        "grid_ccsds",
        "grid_ieee",
        "grid_simple_log_preprocessing",
    ];
    for packing in packings {
        let file = folder.path().join(packing);
        let set = format!("packingType={packing}");
        let done = Command::new("grib_set").args(["-r", "-s", &set]).args([&source, &file]).output();
        if done.expect("it is installed").status.success() {
            let compared = compare_points(&file);
            assert!(compared.is_ok(), "{packing}: {compared:?}");
        } else {
            eprintln!("ecCodes does not pack {packing}");
        }
    }
}
