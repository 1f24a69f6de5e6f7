//! Kinds of files in words.

use super::Translator;
use crate::domain::file_kind::FileKind;
use i18n_embed_fl::fl;

/// What a file is, as the end of "it is …".
pub fn kind_words(text: &Translator, kind: FileKind) -> String {
    use FileKind as K;
    let l = &text.loader;
    match kind {
        K::Grib => fl!(l, "file-kind-grib"),
        K::Torrent => fl!(l, "file-kind-torrent"),
        K::Bufr => fl!(l, "file-kind-bufr"),
        K::NetCdf => fl!(l, "file-kind-netcdf"),
        K::Hdf5 => fl!(l, "file-kind-hdf5"),
        K::Html => fl!(l, "file-kind-html"),
        K::Xml => fl!(l, "file-kind-xml"),
        K::Json => fl!(l, "file-kind-json"),
        K::Text => fl!(l, "file-kind-text"),
        K::Zip => fl!(l, "file-kind-zip"),
        K::Gzip => fl!(l, "file-kind-gzip"),
        K::Bzip2 => fl!(l, "file-kind-bzip2"),
        K::Xz => fl!(l, "file-kind-xz"),
        K::Zstd => fl!(l, "file-kind-zstd"),
        K::Tar => fl!(l, "file-kind-tar"),
        K::Pdf => fl!(l, "file-kind-pdf"),
        K::Picture => fl!(l, "file-kind-picture"),
        K::Program => fl!(l, "file-kind-program"),
        K::Sqlite => fl!(l, "file-kind-sqlite"),
        K::Empty => fl!(l, "file-kind-empty"),
        K::Folder => fl!(l, "file-kind-folder"),
        K::Unknown => fl!(l, "file-kind-unknown"),
    }
}
