//! Compressed data made by each library's own encoder or by hand: whole, cut, damaged, in several streams, and too large.

use super::*;
use std::io::Write;

const ALL: [Compression; 4] = [Compression::Gzip, Compression::Bzip2, Compression::Xz, Compression::Zstd];

/// `data` as one stream.
fn compressed(compression: Compression, data: &[u8]) -> Vec<u8> {
    let made = match compression {
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(data).and_then(|()| encoder.finish())
        }
        Compression::Bzip2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(data).and_then(|()| encoder.finish())
        }
        Compression::Xz => Ok(stored_xz(data)),
        Compression::Zstd => {
            Ok(ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest))
        }
    };
    made.expect("memory takes what is written")
}

/// An xz stream of one block whose data is stored as it is, with its CRC-32.
fn stored_xz(data: &[u8]) -> Vec<u8> {
    let crc = |octets: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(octets);
        crc.sum().to_le_bytes()
    };
    let number = |mut value: u64| {
        let mut octets = Vec::new();
        while value >= 0x80 {
            octets.push(value as u8 | 0x80);
            value >>= 7;
        }
        octets.push(value as u8);
        octets
    };
    let padded = |mut octets: Vec<u8>| {
        octets.resize(octets.len().next_multiple_of(4), 0);
        octets
    };
    let mut out = vec![0xFD, b'7', b'z', b'X', b'Z', 0, 0, 1];
    out.extend(crc(&[0, 1]));
    let head = [2, 0, 0x21, 1, 22, 0, 0, 0];
    let mut block = head.to_vec();
    block.extend(crc(&head));
    for (number, part) in data.chunks(1 << 16).enumerate() {
        block.push(if number == 0 { 1 } else { 2 });
        block.extend(((part.len() - 1) as u16).to_be_bytes());
        block.extend(part);
    }
    block.push(0);
    let unpadded = block.len() as u64 + 4;
    out.extend(padded(block));
    out.extend(crc(data));
    let mut index = vec![0, 1];
    index.extend(number(unpadded));
    index.extend(number(data.len() as u64));
    let index = padded(index);
    let backward = (index.len() as u32 / 4).to_le_bytes();
    out.extend(&index);
    out.extend(crc(&index));
    let foot: Vec<u8> = backward.into_iter().chain([0, 1]).collect();
    out.extend(crc(&foot));
    out.extend(foot);
    out.extend(b"YZ");
    out
}

fn opened(compression: Compression, octets: &[u8]) -> Result<Vec<u8>, DecompressError> {
    let mut inside = Vec::new();
    decompress(compression, octets, |stretch| {
        inside.extend_from_slice(stretch);
        Ok(())
    })?;
    Ok(inside)
}

fn data() -> Vec<u8> {
    (0..200_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

#[test]
fn each_compression_is_known_by_its_octets_and_decompressed() {
    for compression in ALL {
        let octets = compressed(compression, &data());
        assert_eq!(Compression::from_magic(&octets), Some(compression));
        assert_eq!(opened(compression, &octets).expect("sound data"), data(), "{compression:?}");
    }
}

#[test]
fn several_streams_in_one_file_are_one_file() {
    for compression in ALL {
        let mut octets = compressed(compression, b"GRIB");
        octets.extend(compressed(compression, b"7777"));
        assert_eq!(opened(compression, &octets).expect("sound data"), b"GRIB7777", "{compression:?}");
    }
}

#[test]
fn a_cut_file_is_damaged_wherever_it_is_cut() {
    for compression in ALL {
        let octets = compressed(compression, &data());
        for at in [0, 5, octets.len() / 2, octets.len() - 5, octets.len() - 1] {
            let damaged = opened(compression, &octets[..at]);
            assert!(matches!(damaged, Err(DecompressError::Damaged { .. })), "{compression:?} at {at}");
        }
    }
}

#[test]
fn a_wrong_checksum_is_damage() {
    for compression in ALL {
        let mut octets = compressed(compression, &data());
        let at = match compression {
            Compression::Gzip => octets.len() - 6,
            // The checksum of the whole, before the last bits.
            Compression::Bzip2 => octets.len() - 3,
            Compression::Xz => octets.len() - 26,
            Compression::Zstd => octets.len() - 2,
        };
        octets[at] ^= 1;
        let damaged = opened(compression, &octets);
        assert!(matches!(damaged, Err(DecompressError::Damaged { .. })), "{compression:?}");
    }
}

#[test]
fn zeros_behind_the_end_are_no_damage_and_other_octets_are() {
    for compression in [Compression::Gzip, Compression::Bzip2] {
        let mut octets = compressed(compression, b"GRIB");
        octets.extend([0; 512]);
        assert_eq!(opened(compression, &octets).expect("sound data"), b"GRIB");
        octets.extend(b"garbage");
        assert!(opened(compression, &octets).is_err(), "{compression:?}");
    }
}

#[test]
fn frames_to_skip_are_skipped() {
    let mut octets = vec![0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
    octets.extend(compressed(Compression::Zstd, b"GRIB"));
    octets.extend([0x51, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9]);
    assert_eq!(opened(Compression::Zstd, &octets).expect("sound data"), b"GRIB");
}

#[test]
fn a_bomb_ends_soon_after_what_is_always_allowed() {
    let octets = compressed(Compression::Gzip, &vec![0; 300 << 20]);
    let mut came = 0;
    let ended = decompress(Compression::Gzip, &octets[..], |stretch| {
        came += stretch.len() as u64;
        Ok(())
    });
    assert!(matches!(ended, Err(DecompressError::TooLarge)), "{ended:?}");
    assert!(came <= ALWAYS_ALLOWED + STRETCH as u64, "{came}");
}

#[test]
fn no_octets_however_mangled_make_it_panic_or_hang() {
    let mut random = fastrand::Rng::with_seed(11);
    for compression in ALL {
        let sound = compressed(compression, &data()[..20_000]);
        for _ in 0..200 {
            let mut octets = sound.clone();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..octets.len());
                octets[at] = random.u8(..);
            }
            let _ = opened(compression, &octets);
        }
    }
}
