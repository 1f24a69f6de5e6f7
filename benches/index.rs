//! How fast a local file is listed, and how little of it is read: `cargo bench --bench index`.
//!
//! Two sparse files of a gigabyte each: 3,000 large messages, and 40,000 small ones. Medians of five walks.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

use nuee::grib::index::GribIndex;
use nuee::grib::walk::{Step, Walk};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

/// Octets of each file, about.
const LENGTH: u64 = 1_000_000_000;

const ROUNDS: usize = 5;

fn section(number: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 5).expect("a short section");
    [&length.to_be_bytes()[..], &[number], body].concat()
}

/// Everything of a message before its data, whose section is `data` octets long.
fn head(hour: u32, data: u32) -> Vec<u8> {
    let mut product = vec![0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1];
    product.extend(hour.to_be_bytes());
    product.extend([103, 0, 0, 0, 0, 2, 255, 255, 255, 255, 255, 255]);
    let sections = [
        section(1, &[0, 85, 0, 0, 2, 0, 1, 0x07, 0xEA, 11, 21, 0, 0, 0, 0, 1]),
        section(3, &[0; 67]),
        section(4, &product),
        section(5, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0]),
        section(6, &[255]),
    ]
    .concat();
    let total = 16 + sections.len() as u64 + u64::from(data) + 4;
    let mut head = b"GRIB\0\0\0\x02".to_vec();
    head.extend(total.to_be_bytes());
    head.extend(sections);
    head.extend(data.to_be_bytes());
    head.push(7);
    head
}

fn a_file(messages: u32) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    let data = u32::try_from(LENGTH / u64::from(messages)).expect("a message is not that long");
    for number in 0..messages {
        file.write_all(&head(number % 100, data)).expect("room");
        file.seek(SeekFrom::Current(i64::from(data) - 5)).expect("a sparse file");
        file.write_all(b"7777").expect("room");
    }
    file
}

fn walk(mut file: &File) -> (GribIndex, Duration) {
    let began = Instant::now();
    let mut walk = Walk::new(file.metadata().expect("a length").len());
    let mut buffer = vec![0; 1 << 16];
    while let Step::Read(range) = walk.step() {
        let part = &mut buffer[..usize::try_from(range.count().0).expect("a short read")];
        file.seek(SeekFrom::Start(range.start())).expect("it is in the file");
        file.read_exact(part).expect("it is there");
        walk.feed(range.start(), part);
    }
    (walk.finish(), began.elapsed())
}

fn main() {
    for messages in [3_000, 40_000] {
        let file = a_file(messages);
        let mut times = Vec::new();
        let mut read = 0;
        for _ in 0..ROUNDS {
            let (index, took) = walk(&file);
            assert_eq!(index.fields.len(), messages as usize, "{:?}", index.problems);
            read = index.octets_read;
            times.push(took);
        }
        times.sort();
        let share = read as f64 / LENGTH as f64 * 100.0;
        println!(
            "{messages} messages in 1 GB: {:?} (median of {ROUNDS}), {share:.3} % read",
            times[ROUNDS / 2]
        );
    }
}
