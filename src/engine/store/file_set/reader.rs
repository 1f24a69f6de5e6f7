//! A file of a content as a stream.

use super::FileSet;
use crate::domain::octets::ByteCount;
use std::io::Read;
use std::sync::Arc;

/// A file of a content, read from its first octet to its last.
pub(crate) struct FileReader<'a> {
    files: &'a Arc<FileSet>,
    file: usize,
    at: u64,
    length: u64,
}

impl<'a> FileReader<'a> {
    /// A reader of `file`, which is held whole.
    pub(crate) fn new(files: &'a Arc<FileSet>, file: usize) -> Self {
        let ByteCount(length) = files.layout().files()[file].length;
        Self { files, file, at: 0, length }
    }
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(usize::try_from(self.length - self.at).unwrap_or(usize::MAX));
        if count > 0 {
            self.files.read_file(self.file, self.at, &mut buffer[..count]).map_err(std::io::Error::other)?;
            self.at += count as u64;
        }
        Ok(count)
    }
}
