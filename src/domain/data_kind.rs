//! What kind of data a name promises, and whether octets are a page or text where data was promised.
//!
//! In: names of files, as people and servers write them, and the first octets that came. Out: [`Promised`].

use super::compression::decompressed_name;

/// What a name promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promised {
    /// Nothing that could be checked.
    #[default]
    Anything,
    /// Data of a kind that is no text: NetCDF, BUFR, a picture, something compressed.
    OtherData,
    /// GRIB.
    Grib,
}

const GRIB: [&str; 8] = ["grib", "grib1", "grib2", "grb", "grb1", "grb2", "gb1", "gb2"];

const OTHER_DATA: [&str; 25] = [
    "nc", "nc4", "cdf", "netcdf", "h5", "hdf", "hdf5", "bufr", "bufr4", "bfr", "png", "jpg", "jpeg", "gif",
    "tif", "tiff", "zip", "gz", "bz2", "xz", "zst", "tar", "tgz", "7z", "pdf",
];

/// Texts, and what lies beside GRIB under its name.
const TEXTS: [&str; 22] = [
    "idx", "index", "inv", "txt", "csv", "json", "geojson", "xml", "html", "htm", "md", "log", "torrent",
    "md5", "sha1", "sha256", "sha512", "yaml", "yml", "toml", "cap", "asc",
];

impl Promised {
    /// What the name of a file promises, of a compressed one inside. Where its last part tells nothing, a word such as `pgrb2` in it does.
    pub fn by_name(name: &str) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let words = || name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let inside = decompressed_name(&name);
        let is_grib_inside = inside != name && Self::by_name(inside) == Self::Grib;
        if is_grib_inside || GRIB.contains(&ending) {
            Self::Grib
        } else if OTHER_DATA.contains(&ending) {
            Self::OtherData
        } else if !TEXTS.contains(&ending)
            && words().any(|word| word.contains("grib") || word.contains("grb"))
        {
            Self::Grib
        } else {
            Self::Anything
        }
    }

    /// What a URL promises by the name of its file and by what is asked of a script, as in `filter.pl?file=x.grib2`.
    pub fn by_url(url: &url::Url) -> Self {
        let asked = url.query_pairs().map(|(_, value)| Self::by_name(&value)).max().unwrap_or_default();
        Self::by_name(url.path()).max(asked)
    }
}

/// Whether octets begin like a page or a text of a service: HTML, XML, JSON.
pub fn is_page(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(beginning).trim_ascii_start();
    match text {
        [b'<', after, ..] => after.is_ascii_alphabetic() || matches!(after, b'!' | b'?'),
        [b'{' | b'[', ..] => beginning
            .iter()
            .all(|octet| octet.is_ascii_graphic() || octet.is_ascii_whitespace() || *octet >= 0x80),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_centres_promise_grib_and_what_lies_beside_it_does_not() {
        for name in [
            "x.grib2",
            "d/X.GRB",
            "gfs.t00z.pgrb2.0p25.f006",
            "Z__C_RJTD_20260101000000_GSM_GPV_Rgl_FD0003_grib2.bin",
            "fc2026010100+003grib2_mbr000",
        ] {
            assert_eq!(Promised::by_name(name), Promised::Grib, "{name}");
        }
        for name in ["x.grib2.idx", "x.grib2.index", "pgrb2.inv", "README", "x.grib2.sha256", "grib.html"] {
            assert_eq!(Promised::by_name(name), Promised::Anything, "{name}");
        }
        for name in ["x.nc", "x.bufr", "map.png", "x.nc.bz2", "notes.txt.gz", "x.grib2.tar.gz", "x.grib2.zip"]
        {
            assert_eq!(Promised::by_name(name), Promised::OtherData, "{name}");
        }
    }

    #[test]
    fn a_compressed_file_promises_what_is_inside_of_it() {
        for name in ["x.grib2.gz", "X.GRB.BZ2", "gfs.t00z.pgrb2.0p25.f006.zst", "x.grib2.xz"] {
            assert_eq!(Promised::by_name(name), Promised::Grib, "{name}");
        }
    }

    #[test]
    fn a_script_promises_what_it_is_asked_for() {
        let url = |text: &str| url::Url::parse(text).expect("a URL");
        let filter = url("https://h/cgi-bin/filter_gfs_0p25.pl?file=gfs.t00z.pgrb2.0p25.f000&var_TMP=on");
        assert_eq!(Promised::by_url(&filter), Promised::Grib);
        assert_eq!(Promised::by_url(&url("https://h/x?page=1")), Promised::Anything);
    }

    #[test]
    fn pages_and_messages_of_services_are_known_from_data() {
        for page in [
            &b"<html><body>login</body></html>"[..],
            b"\xEF\xBB\xBF\r\n<!DOCTYPE html>",
            b"<?xml version=\"1.0\"?><Error/>",
            b"{\"error\":\"quota\"}",
        ] {
            assert!(is_page(page), "{page:?}");
        }
        for data in [&b"CDF\x01"[..], b"BUFR\0\0", b"\x89PNG\r\n", b"", b"{\0\0\0", b"< 5"] {
            assert!(!is_page(data), "{data:?}");
        }
    }
}
