//! How fast listings become a table of runs and hours: `cargo bench --bench listing`.
//!
//! Pages of a thousand objects, as an object store answers: files with their indexes of eight runs. Once for eleven
//! packages, which is what a first matrix from kept answers has to read, and once for 100,000 objects.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

#[path = "shared/cpu.rs"]
mod cpu;

use cpu::Cpu;
use nuee::catalog::entry::EntryBook;
use nuee::catalog::listing::Pages;
use nuee::catalog::provider::read::read_provider;
use nuee::catalog::provider::{Dataset, ListingForm};
use nuee::catalog::runs::{Now, hours};
use nuee::domain::utc::UtcTime;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

/// Eight runs of 52 hours in eleven packages, each file with its index.
const USUAL: usize = 8 * 52 * 11 * 2;
const MANY: usize = 100_000;
const PAGE: usize = 1_000;
const ROUNDS: usize = 5;

fn a_dataset() -> Arc<Dataset> {
    let text = r#"format = 1
name = { en = "A", fr = "A" }
licence = { name = "CC0", attribution = { en = "A", fr = "A" } }
politeness = { connections = 2 }
standing = { documented_on = "2026-11-20" }
[[dataset]]
id = "model"
title = { en = "M", fr = "M" }
fields = [{ id = "T00", params = ["2t"] }]
cycles = [{ hours = [0, 3, 6, 9, 12, 15, 18, 21], leads = "0..51" }]
first_after = "1h47"
complete_after = "5h12"
file = "https://b.example/pnt/{run}/model/{package}/model__{package}__{lead:hh}H__{run}.grib2"
index = "{file}.idx"
"#;
    read_provider("a.toml", text).expect("a provider").datasets[0].clone()
}

fn pages(count: usize) -> Vec<String> {
    let objects: Vec<String> = (0..count)
        .map(|n| {
            let (n, suffix) = (n / 2, if n % 2 == 0 { "" } else { ".idx" });
            let (lead, n) = (n % 52, n / 52);
            let (run, field) = (n % 8, n / 8);
            let run = format!("2026-11-20T{:02}:00:00Z", run * 3);
            format!(
                "<Contents><Key>pnt/{run}/model/F{field}/model__F{field}__{lead:02}H__{run}.grib2{suffix}</Key>\
                 <LastModified>2026-11-20T23:12:00.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag>\
                 <Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                1_000_000 + n
            )
        })
        .collect();
    let count = count.div_ceil(PAGE);
    objects
        .chunks(PAGE)
        .enumerate()
        .map(|(at, rows)| {
            let mut page = "<?xml version=\"1.0\"?><ListBucketResult>".to_owned();
            if at + 1 < count {
                let _ = write!(
                    page,
                    "<IsTruncated>true</IsTruncated><NextContinuationToken>t{at}</NextContinuationToken>"
                );
            }
            page + &rows.concat() + "</ListBucketResult>"
        })
        .collect()
}

/// The most memory this process has held, in MiB; zero where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn measure(objects: usize) {
    let (dataset, pages) = (a_dataset(), pages(objects));
    let now = UtcTime::parse_rfc3339("2026-11-21T00:00:00Z").expect("a time");
    let before = peak_mib();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (began, cpu) = (Instant::now(), Cpu::now());
        let first = "https://b.example/?list-type=2&prefix=pnt/".parse().expect("an address");
        let mut answers = Pages::begin(ListingForm::S3, first);
        for page in &pages {
            answers.take(page.as_bytes(), now).expect("a page");
        }
        assert_eq!(answers.so_far.rows.len(), objects);
        let read = began.elapsed();
        let mut book = EntryBook::default();
        assert_eq!(book.add(&dataset, &answers.so_far.rows, now), 0);
        assert_eq!(book.len(), objects / 2);
        let table = hours(&dataset, &book, &["F1".to_owned()], Now::Steady(now), 8);
        assert_eq!(table.rows[1].published(), 52);
        times.push((began.elapsed(), read, cpu.elapsed()));
    }
    times.sort();
    let (all, read, cpu) = times[ROUNDS / 2];
    println!(
        "{objects} objects: read in {read:.0?}, with entries and table {all:.0?}, {cpu:.0?} of them worked"
    );
    println!("at most {} MiB held, of them {before} MiB before the first answer", peak_mib());
}

fn main() {
    measure(USUAL);
    measure(MANY);
}
