//! Decompresses data: bounded by ratio and length, with every checksum checked, over all streams of a file.
//!
//! In: a reader of compressed octets, and how they are compressed. Out: stretches of what is inside, or a
//! [`DecompressError`]. Whatever was handed on before an error must not be used. Start reading at [`decompress`].

use crate::domain::compression::Compression;
use crate::domain::outside_text::show;
use crate::grib::structure::{Structure, StructureCheck};
use lzma_rust2::XzReader;
use ruzstd::decoding::BlockDecodingStrategy;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use std::io::{self, BufRead, BufReader, Read};

/// So much may come of any file, however small it is.
const ALWAYS_ALLOWED: u64 = 64 << 20;

/// Beyond it, so many octets may come of one.
const MOST_RATIO: u64 = 200;

/// More than this comes of no file.
const LARGEST: u64 = 64 << 30;

/// Memory that xz may ask for, in KiB. `xz -9` needs 65 MiB.
const XZ_MEMORY: u32 = 256 << 10;

/// The largest window of zstd: that of `--long`.
const ZSTD_WINDOW: u64 = 128 << 20;

/// So much is handed on at a time.
const STRETCH: usize = 256 << 10;

/// Why data cannot be decompressed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecompressError {
    /// It is cut, or a checksum is wrong, or it is no such data.
    #[error("damaged {name} data: {detail}", name = .compression.name())]
    Damaged {
        /// How it is compressed.
        compression: Compression,
        /// What is wrong, in English.
        detail: String,
    },
    /// It becomes more than any data does.
    #[error("decompresses to more than {MOST_RATIO} times its size")]
    TooLarge,
    /// The compressed octets cannot be read, or what is inside cannot be written.
    #[error("cannot be read or written")]
    Io(#[source] io::Error),
}

/// Decompresses all of `source`; hands on what is inside to `take`. Returns its length.
///
/// # Errors
/// When the data is damaged or becomes too large, or when reading or taking fails.
pub(crate) fn decompress(
    compression: Compression,
    source: impl Read,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<u64, DecompressError> {
    let mut streams =
        Streams { compression, stream: None, source: Some(BufReader::new(Counted::new(source))) };
    let mut buffer = vec![0; STRETCH];
    let mut length = 0;
    loop {
        let count = streams.read(&mut buffer)?;
        if count == 0 {
            return Ok(length);
        }
        length += count as u64;
        if length > LARGEST || length > ALWAYS_ALLOWED && length / MOST_RATIO > streams.consumed() {
            return Err(DecompressError::TooLarge);
        }
        take(&buffer[..count]).map_err(DecompressError::Io)?;
    }
}

/// What the form of the data inside is; damaged data is broken, whatever came of it before.
///
/// # Errors
/// When the compressed octets cannot be read.
pub(crate) fn structure_inside(compression: Compression, source: impl Read) -> io::Result<Structure> {
    let mut check = StructureCheck::new();
    let decompressed = decompress(compression, source, |octets| {
        check.update(octets);
        Ok(())
    });
    match decompressed {
        Ok(_) => Ok(check.finish()),
        Err(DecompressError::Io(error)) => Err(error),
        Err(error @ (DecompressError::Damaged { .. } | DecompressError::TooLarge)) => {
            Ok(Structure::Broken { detail: error.to_string() })
        }
    }
}

/// How what is inside begins, at most so many octets; fewer where the data is damaged.
pub(crate) fn beginning_inside(compression: Compression, source: impl Read, most: usize) -> Vec<u8> {
    let mut beginning = Vec::new();
    let seen = decompress(compression, source, |octets| {
        beginning.extend_from_slice(&octets[..octets.len().min(most)]);
        // The first stretch is enough.
        Err(io::ErrorKind::Other.into())
    });
    match seen {
        Ok(_) | Err(_) => beginning,
    }
}

/// Counts the octets that are read, and keeps in mind that reading failed.
struct Counted<R> {
    inner: R,
    count: u64,
    failed: Option<io::Error>,
}

impl<R: Read> Counted<R> {
    fn new(inner: R) -> Self {
        Self { inner, count: 0, failed: None }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.count += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let kind = error.kind();
                self.failed = Some(error);
                Err(kind.into())
            }
        }
    }
}

type Source<R> = BufReader<Counted<R>>;

/// One stream of a file, being decompressed.
enum Stream<R: Read> {
    Gzip(Box<flate2::bufread::GzDecoder<Source<R>>>),
    Bzip2(Box<bzip2::bufread::BzDecoder<Source<R>>>),
    /// All streams of the file.
    Xz(Box<XzReader<Source<R>>>),
    Zstd(Box<FrameDecoder>, Source<R>),
}

/// The streams of a file, one after the other.
struct Streams<R: Read> {
    compression: Compression,
    stream: Option<Stream<R>>,
    /// Between two streams.
    source: Option<Source<R>>,
}

impl<R: Read> Streams<R> {
    fn consumed(&self) -> u64 {
        self.counted().map_or(0, |counted| counted.count)
    }

    fn counted(&self) -> Option<&Counted<R>> {
        let source = match &self.stream {
            Some(Stream::Gzip(decoder)) => decoder.get_ref(),
            Some(Stream::Bzip2(decoder)) => decoder.get_ref(),
            Some(Stream::Xz(decoder)) => decoder.inner(),
            Some(Stream::Zstd(_, source)) => source,
            None => self.source.as_ref()?,
        };
        Some(source.get_ref())
    }

    /// The next octets of what is inside; none at its end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, DecompressError> {
        loop {
            if self.stream.is_none() && !self.begin().map_err(|error| self.error(&error))? {
                return Ok(0);
            }
            let read = match &mut self.stream {
                Some(Stream::Gzip(decoder)) => decoder.read(buffer),
                Some(Stream::Bzip2(decoder)) => decoder.read(buffer),
                Some(Stream::Xz(decoder)) => decoder.read(buffer),
                Some(Stream::Zstd(decoder, source)) => read_zstd(decoder, source, buffer),
                None => Ok(0),
            };
            match read {
                Ok(0) => self.end(),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(&error)),
            }
        }
    }

    /// Begins the next stream. `false` when there is none. Zeros between streams, with which tapes fill up, are passed.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(mut source) = self.source.take() else { return Ok(false) };
        let is_first = source.get_ref().count == 0;
        loop {
            let ahead = source.fill_buf()?;
            let zeros = ahead.iter().take_while(|&&octet| octet == 0).count();
            match ahead.len() {
                0 if is_first => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => return Ok(false),
                _ if is_first || zeros == 0 => break,
                _ => source.consume(zeros),
            }
        }
        self.stream = Some(match self.compression {
            Compression::Gzip => Stream::Gzip(Box::new(flate2::bufread::GzDecoder::new(source))),
            Compression::Bzip2 => Stream::Bzip2(Box::new(bzip2::bufread::BzDecoder::new(source))),
            Compression::Xz => Stream::Xz(Box::new(XzReader::new_mem_limit(source, true, XZ_MEMORY))),
            Compression::Zstd => {
                let mut decoder = FrameDecoder::new();
                decoder.set_max_window_size(ZSTD_WINDOW);
                if !begin_zstd(&mut decoder, &mut source)? {
                    return Ok(false);
                }
                Stream::Zstd(Box::new(decoder), source)
            }
        });
        Ok(true)
    }

    /// Ends a stream that gave all it has.
    fn end(&mut self) {
        self.source = match self.stream.take() {
            Some(Stream::Gzip(decoder)) => Some(decoder.into_inner()),
            Some(Stream::Bzip2(decoder)) => Some(decoder.into_inner()),
            Some(Stream::Zstd(_, source)) => Some(source),
            // It has read to the end of the file.
            Some(Stream::Xz(_)) | None => None,
        };
    }

    fn error(&mut self, error: &io::Error) -> DecompressError {
        let failed = match &mut self.stream {
            Some(Stream::Gzip(decoder)) => decoder.get_mut().get_mut().failed.take(),
            Some(Stream::Bzip2(decoder)) => decoder.get_mut().get_mut().failed.take(),
            Some(Stream::Xz(decoder)) => decoder.inner_mut().get_mut().failed.take(),
            Some(Stream::Zstd(_, source)) => source.get_mut().failed.take(),
            None => None,
        };
        if let Some(failed) = failed {
            return DecompressError::Io(failed);
        }
        let detail = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it is cut".to_owned(),
            _ => show(&error.to_string()),
        };
        DecompressError::Damaged { compression: self.compression, detail }
    }
}

/// Reads the head of the next frame; frames to skip are passed. `false` when they were the last.
fn begin_zstd(decoder: &mut FrameDecoder, source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match decoder.init(&mut *source) {
            Ok(()) => return Ok(true),
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let skipped = io::copy(&mut source.take(u64::from(length)), &mut io::sink())?;
                if skipped < u64::from(length) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                if source.fill_buf()?.is_empty() {
                    return Ok(false);
                }
            }
            Err(error) => return Err(io::Error::other(error)),
        }
    }
}

fn read_zstd(decoder: &mut FrameDecoder, source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    while decoder.can_collect() == 0 {
        if decoder.is_finished() {
            let (told, computed) = (decoder.get_checksum_from_data(), decoder.get_calculated_checksum());
            return match told {
                Some(told) if computed != Some(told) => Err(io::Error::other("the checksum is another")),
                _ => Ok(0),
            };
        }
        decoder
            .decode_blocks(&mut *source, BlockDecodingStrategy::UptoBlocks(1))
            .map_err(io::Error::other)?;
    }
    decoder.read(buffer)
}

#[cfg(test)]
mod tests;
