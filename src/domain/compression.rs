//! How a file is compressed: gzip, bzip2, xz or Zstandard.
//!
//! In: the first octets of a file, or its name. Out: its [`Compression`], and the name of what is inside. Decompresses nothing.
//! The octets decide where they are known: a name is only a claim.

/// A form of compression around data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// As DWD publishes everything.
    Bzip2,
    /// The container of LZMA2.
    Xz,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    const ALL: [Self; 4] = [Self::Gzip, Self::Bzip2, Self::Xz, Self::Zstd];

    /// The compression of a file that begins with `first`. `None` when it has none, or is too short to tell.
    pub fn from_magic(first: &[u8]) -> Option<Self> {
        match first {
            [0x1F, 0x8B, 8, ..] => Some(Self::Gzip),
            // The level, then a block or the end of an empty stream.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => Some(Self::Bzip2),
            [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..] => Some(Self::Bzip2),
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Self::Zstd),
            // A frame to skip, of which any number may stand before the first.
            [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The compression of a file by its name or the path of its address.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|compression| compression.stem_of(name).is_some())
    }

    /// `name` without the suffix of this compression. `None` when it has none.
    fn stem_of(self, name: &str) -> Option<&str> {
        let stem = |suffix: &&str| {
            let at =
                name.len().checked_sub(suffix.len()).filter(|&at| at > 0 && name.is_char_boundary(at))?;
            name[at..].eq_ignore_ascii_case(suffix).then_some(&name[..at])
        };
        self.suffixes().iter().find_map(stem)
    }

    const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Gzip => &[".gz", ".gzip"],
            Self::Bzip2 => &[".bz2", ".bz"],
            Self::Xz => &[".xz"],
            Self::Zstd => &[".zst", ".zstd"],
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }
}

/// `name` without the suffix of any compression: what the file inside is called.
pub fn decompressed_name(name: &str) -> &str {
    Compression::ALL.into_iter().find_map(|compression| compression.stem_of(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_octets_tell_the_compression_whatever_the_name_says() {
        assert_eq!(Compression::from_magic(b"\x1f\x8b\x08\x00"), Some(Compression::Gzip));
        assert_eq!(Compression::from_magic(b"BZh91AY&SY"), Some(Compression::Bzip2));
        assert_eq!(Compression::from_magic(b"\xfd7zXZ\x00\x00\x04"), Some(Compression::Xz));
        assert_eq!(Compression::from_magic(b"\x28\xb5\x2f\xfd\x24"), Some(Compression::Zstd));
        assert_eq!(Compression::from_magic(b"\x51\x2a\x4d\x18\x04"), Some(Compression::Zstd));
        for other in [&b"GRIB"[..], b"", b"BZ", b"BZh9GRIB", b"\x1f\x8b"] {
            assert_eq!(Compression::from_magic(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_name_of_what_is_inside_lacks_the_suffix_of_the_compression_only() {
        assert_eq!(decompressed_name("icon_T_2M.grib2.bz2"), "icon_T_2M.grib2");
        assert_eq!(decompressed_name("MRMS.GRIB2.GZ"), "MRMS.GRIB2");
        assert_eq!(decompressed_name("gfs.f006"), "gfs.f006");
        assert_eq!(decompressed_name(".gz"), ".gz");
        assert_eq!(decompressed_name("é.xz"), "é");
        assert_eq!(Compression::from_name("a.zst"), Some(Compression::Zstd));
        assert_eq!(Compression::from_name("a.grib2"), None);
    }
}
