//! How fast fields are decoded: `cargo bench --bench fields -- FILE…`, or the corpus beside the project.
//!
//! A line for the first field of each file: packing, points, and the best of nine decodings in milliseconds.
//! `benches/fields_table.py` puts ecCodes' beside it, in the same run.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

use nuee::field::decoding::decode;
use nuee::field::limits::DecodeLimits;
use nuee::field::message::FieldSections;
use nuee::grib::walk::index_octets;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// One of each packing, as large as they come.
const FILES: [&str; 11] = [
    "grib2/meteofrance.arome-TCDC.grib2",
    "grib2/aifs-single-t500.grib2",
    "grib2/gfs.complex.grib2",
    "grib2/hrrr.t00z.wrfprsf00-template8.grib2",
    "grib2/gfs.jpeg.grib2",
    "grib2/20260219T00Z_MSC_HRDPS_CAPE_Sfc_RLatLon0.0225_PT000H.grib2",
    "grib2/CMC_RDPA_APCP-024-0100cutoff_SFC_0_ps10km_2023121806_000.grib2",
    "grib2/MRMS_MergedRhoHV_19.00_20260219-042039.grib2",
    "grib2/jma_nowcast_FH0000-0100.grib2",
    "grib2/iris_time_processed_time_bound.grib2",
    "grib1/iris_time_processed_time_bound.grib1",
];

fn best(message: &[u8]) -> Option<(u64, Duration)> {
    let field = FieldSections::of(message, 1).ok()?;
    let round = || {
        let begin = Instant::now();
        let values = decode(&field, &DecodeLimits::default()).ok()?;
        Some((values.len(), begin.elapsed()))
    };
    (0..ROUNDS).filter_map(|_| round()).min_by_key(|(_, took)| *took)
}

fn main() {
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).map(PathBuf::from).collect();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/grib");
    let files = if named.is_empty() { FILES.map(|file| corpus.join(file)).to_vec() } else { named };
    for file in files {
        let Ok(octets) = std::fs::read(&file) else {
            println!("{}\tnot there", file.display());
            continue;
        };
        let index = index_octets(&octets);
        let Some(field) = index.fields.first() else { continue };
        let message = &octets[field.range.start() as usize..field.range.end() as usize];
        let packing = field.packing.map_or_else(|| "GRIB1".to_owned(), |template| format!("5.{template}"));
        match best(message) {
            Some((points, took)) => {
                println!("{}\t{packing}\t{points}\t{:.3}", file.display(), took.as_secs_f64() * 1e3);
            }
            None => println!("{}\t{packing}\tnot decoded", file.display()),
        }
    }
}
