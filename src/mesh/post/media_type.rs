//! What kind of data a file is, as announcements say it: by the end of its name, else by its first octets.

use crate::domain::file_kind::FileKind;

/// What nothing is known of.
const ANYTHING: &str = "application/octet-stream";

/// Ends of names, as WIS2 writes their media types.
const BY_ENDING: [(&[&str], &str); 20] = [
    (&["grib2", "grib", "grb2", "grb"], GRIB),
    (&["bufr", "bufr4", "buf"], BUFR),
    (&["nc", "nc4"], NETCDF),
    (&["h5", "hdf5", "hdf"], HDF),
    (&["txt"], TEXT),
    (&["csv"], "text/csv"),
    (&["html", "htm"], HTML),
    (&["json"], JSON),
    (&["geojson"], "application/geo+json"),
    (&["xml"], XML),
    (&["cap"], "application/cap+xml"),
    (&["png"], "image/png"),
    (&["jpg", "jpeg"], "image/jpeg"),
    (&["tif", "tiff"], "image/tiff"),
    (&["pdf"], PDF),
    (&["zip"], ZIP),
    (&["gz"], GZIP),
    (&["bz2"], BZIP2),
    (&["xz"], XZ),
    (&["torrent"], TORRENT),
];

const GRIB: &str = "application/grib";
const BUFR: &str = "application/bufr";
const NETCDF: &str = "application/x-netcdf";
const HDF: &str = "application/x-hdf";
const TEXT: &str = "text/plain";
const HTML: &str = "text/html";
const JSON: &str = "application/json";
const XML: &str = "application/xml";
const PDF: &str = "application/pdf";
const ZIP: &str = "application/zip";
const GZIP: &str = "application/gzip";
const BZIP2: &str = "application/x-bzip2";
const XZ: &str = "application/x-xz";
const TORRENT: &str = "application/x-bittorrent";

/// The media type of a file.
pub(in crate::mesh) fn media_type_of(name: &str, head: &[u8]) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let by_name = BY_ENDING.iter().find(|(endings, _)| endings.contains(&ending.as_str()));
    by_name.map_or_else(|| of_kind(FileKind::of(head)), |(_, media_type)| media_type)
}

const fn of_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Grib => GRIB,
        FileKind::Bufr => BUFR,
        FileKind::NetCdf => NETCDF,
        FileKind::Hdf5 => HDF,
        FileKind::Html => HTML,
        FileKind::Xml => XML,
        FileKind::Json => JSON,
        FileKind::Text => TEXT,
        FileKind::Zip => ZIP,
        FileKind::Gzip => GZIP,
        FileKind::Bzip2 => BZIP2,
        FileKind::Xz => XZ,
        FileKind::Pdf => PDF,
        FileKind::Torrent => TORRENT,
        FileKind::Zstd => "application/zstd",
        FileKind::Tar => "application/x-tar",
        FileKind::Picture
        | FileKind::Program
        | FileKind::Sqlite
        | FileKind::Empty
        | FileKind::Folder
        | FileKind::Unknown => ANYTHING,
    }
}
