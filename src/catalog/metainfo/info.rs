//! The `info` dictionary: which files there are, in which pieces, with which hashes.
//!
//! In: the dictionary of a .torrent, or metadata received by magnet. Out: [`Info`], whose parts agree, or why not.
//! Start reading at [`read_info`].

use super::note::Notes;
use super::{LONGEST_PIECE, MOST_FILES, MOST_PIECES, MetainfoError, Note};
use crate::catalog::bencode::{Dictionary, Value};
use crate::domain::content::{ContentFile, Layout};
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::{DEEPEST, SafePath, distinct, safe_name};
use crate::domain::torrent::PieceHashes;
use std::sync::Arc;

/// The unit in which peers ask for octets.
const BLOCK: u64 = 16 << 10;

/// Pieces of which some clients can still read a bit field.
const MOST_SHAREABLE_PIECES: u64 = 131_900;

/// What an `info` dictionary says.
pub(super) struct Info {
    pub(super) layout: Arc<Layout>,
    pub(super) hashes: PieceHashes,
    pub(super) is_private: bool,
}

/// Reads an `info` dictionary and checks that its parts agree.
pub(super) fn read_info(info: Dictionary<'_>, notes: &mut Notes) -> Result<Info, MetainfoError> {
    let [piece_length, pieces, private] = info.pick(["piece length", "pieces", "private"])?;
    let [version, tree] = info.pick(["meta version", "file tree"])?;
    match (pieces, version.or(tree)) {
        (None, Some(_)) => return Err(MetainfoError::VersionTwoOnly),
        (Some(_), Some(_)) => notes.add(Note::Hybrid),
        (_, None) => {}
    }
    if !info.is_sorted() {
        notes.add(Note::UnsortedKeys);
    }
    let piece_length = piece_length_of(piece_length, notes)?;
    let layout = layout_of(info, piece_length, notes)?;
    let hashes = hashes_of(required(pieces, "pieces")?, &layout, notes)?;
    Ok(Info { layout: Arc::new(layout), hashes, is_private: is_private(private)? })
}

fn piece_length_of(value: Option<Value<'_>>, notes: &mut Notes) -> Result<u64, MetainfoError> {
    let octets = integer(required(value, "piece length")?, "piece length")?;
    let length = u64::try_from(octets).ok().filter(|length| (1..=LONGEST_PIECE).contains(length));
    let length = length.ok_or(MetainfoError::PieceLength { octets })?;
    if !length.is_multiple_of(BLOCK) {
        notes.add(Note::UnusualPieceLength { octets: length });
    }
    Ok(length)
}

fn hashes_of(pieces: Value<'_>, layout: &Layout, notes: &mut Notes) -> Result<PieceHashes, MetainfoError> {
    let octets = pieces.text().ok_or(MetainfoError::WrongKind { key: "pieces", wanted: "a string" })?;
    let pieces = layout.total().0.div_ceil(layout.piece_length());
    if pieces > MOST_PIECES {
        return Err(MetainfoError::TooManyPieces { pieces });
    }
    let broken = MetainfoError::BrokenHashes { octets: octets.len() };
    let hashes = PieceHashes::from_octets(octets).ok_or(broken)?;
    if u64::try_from(hashes.len()) != Ok(pieces) {
        return Err(MetainfoError::HashCount { hashes: hashes.len(), pieces });
    }
    if pieces > MOST_SHAREABLE_PIECES {
        notes.add(Note::CannotBeSharedOn { pieces });
    }
    Ok(hashes)
}

/// BEP 27. Any number but zero counts: to take a private torrent for a public one would be the worse mistake.
fn is_private(value: Option<Value<'_>>) -> Result<bool, MetainfoError> {
    Ok(value.map(|value| integer(value, "private")).transpose()?.is_some_and(|number| number != 0))
}

fn layout_of(info: Dictionary<'_>, piece_length: u64, notes: &mut Notes) -> Result<Layout, MetainfoError> {
    let [name, name_utf8] = info.pick(["name", "name.utf-8"])?;
    let name = name_of(required(name.or(name_utf8), "name")?, name_utf8, "name", notes)?;
    let [length, files, attributes, link] = info.pick(["length", "files", "attr", "symlink path"])?;
    let entries = match (length, files) {
        (Some(_), Some(_)) => return Err(MetainfoError::LengthAndFiles),
        (None, None) => return Err(MetainfoError::Missing { key: "length" }),
        (Some(length), None) => {
            refuse_link(0, attributes, link)?;
            vec![Entry { path: Vec::new(), length: length_of(0, length)?, is_padding: false }]
        }
        (None, Some(files)) => entries_of(files, notes)?,
    };
    note_change(&name, notes);
    refuse_long_padding(&entries, piece_length)?;
    let files = placed(&name, entries, notes)?;
    if files.iter().all(|file| file.is_padding || file.length == ByteCount::ZERO) {
        return Err(MetainfoError::Empty);
    }
    Layout::new(name, files, piece_length).ok_or(MetainfoError::Empty)
}

/// One file of the list, as published.
struct Entry {
    /// Below the name of the torrent; empty when the torrent is one file.
    path: Vec<String>,
    length: u64,
    is_padding: bool,
}

fn entries_of(files: Value<'_>, notes: &mut Notes) -> Result<Vec<Entry>, MetainfoError> {
    let files = files.list().ok_or(MetainfoError::WrongKind { key: "files", wanted: "a list" })?;
    let mut entries = Vec::new();
    for (file, value) in files.values().enumerate() {
        if file == MOST_FILES {
            return Err(MetainfoError::TooManyFiles);
        }
        entries.push(entry_of(file, value, notes)?);
    }
    Ok(entries)
}

fn entry_of(file: usize, value: Value<'_>, notes: &mut Notes) -> Result<Entry, MetainfoError> {
    let entry = value
        .dictionary()
        .ok_or(MetainfoError::WrongKind { key: "files", wanted: "a list of dictionaries" })?;
    let [length, path, path_utf8, attributes, link] =
        entry.pick(["length", "path", "path.utf-8", "attr", "symlink path"])?;
    refuse_link(file, attributes, link)?;
    let path = path_of(file, required(path.or(path_utf8), "path")?, path_utf8, notes)?;
    let says_padding = attributes.and_then(Value::text).is_some_and(|attributes| attributes.contains(&b'p'));
    let length = length_of(file, required(length, "length")?)?;
    let is_padding = says_padding || is_padding_path(&path, length);
    if !is_padding {
        path.iter().for_each(|component| note_change(component, notes));
    }
    Ok(Entry { path, length, is_padding })
}

/// BEP 47 recommends `.pad/<length>`; older makers wrote such files without the attribute `p`.
fn is_padding_path(path: &[String], length: u64) -> bool {
    matches!(path, [folder, number] if folder == ".pad" && number.parse() == Ok(length))
}

/// Padding reaches to the next piece. Longer, it would only make us hash zeros for hours.
fn refuse_long_padding(entries: &[Entry], piece_length: u64) -> Result<(), MetainfoError> {
    let is_long = |entry: &Entry| entry.is_padding && entry.length >= piece_length;
    match entries.iter().position(is_long) {
        Some(file) => Err(MetainfoError::LongPadding { file, octets: entries[file].length }),
        None => Ok(()),
    }
}

fn refuse_link(
    file: usize,
    attributes: Option<Value<'_>>,
    link: Option<Value<'_>>,
) -> Result<(), MetainfoError> {
    let says_link = attributes.and_then(Value::text).is_some_and(|attributes| attributes.contains(&b'l'));
    if says_link || link.is_some() { Err(MetainfoError::SymbolicLink { file }) } else { Ok(()) }
}

fn length_of(file: usize, value: Value<'_>) -> Result<u64, MetainfoError> {
    let octets = integer(value, "length")?;
    u64::try_from(octets).map_err(|_| MetainfoError::NegativeLength { file, octets })
}

fn path_of(
    file: usize,
    path: Value<'_>,
    path_utf8: Option<Value<'_>>,
    notes: &mut Notes,
) -> Result<Vec<String>, MetainfoError> {
    let wrong = MetainfoError::WrongKind { key: "path", wanted: "a list of strings" };
    let plain: Vec<_> = path.list().ok_or(wrong.clone())?.values().take(DEEPEST + 1).collect();
    let better: Vec<_> =
        path_utf8.and_then(Value::list).map(|l| l.values().take(DEEPEST + 1).collect()).unwrap_or_default();
    if plain.is_empty() {
        return Err(MetainfoError::NoPath { file });
    }
    if plain.len() + 1 > DEEPEST {
        return Err(MetainfoError::TooDeep {
            file,
            depth: path.list().map_or(0, |l| l.values().count()) + 1,
        });
    }
    let better = |at: usize| if better.len() == plain.len() { better.get(at).copied() } else { None };
    plain.iter().enumerate().map(|(at, &component)| name_of(component, better(at), "path", notes)).collect()
}

/// A name as text: from its `.utf-8` twin when that is UTF-8, else from itself with bad octets replaced.
fn name_of(
    value: Value<'_>,
    utf8: Option<Value<'_>>,
    key: &'static str,
    notes: &mut Notes,
) -> Result<String, MetainfoError> {
    let octets = value.text().ok_or(MetainfoError::WrongKind { key, wanted: "a string" })?;
    let better = utf8.and_then(Value::text).and_then(|text| std::str::from_utf8(text).ok());
    if let Some(text) = better.or_else(|| std::str::from_utf8(octets).ok()) {
        return Ok(text.to_owned());
    }
    let name = String::from_utf8_lossy(octets).into_owned();
    notes.add(Note::NotUtf8 { name: name.chars().take(200).collect() });
    Ok(name)
}

fn note_change(published: &str, notes: &mut Notes) {
    let used = safe_name(published);
    if used == published {
        return;
    }
    let is_dangerous = matches!(published, "" | "." | "..") || published.contains(['/', '\\', '\0']);
    // A published name may be megabytes long; what is shown of it is not.
    let published = published.chars().take(300).collect();
    notes.add(if is_dangerous {
        Note::DangerousName { published, used }
    } else {
        Note::ChangedName { published, used }
    });
}

/// Gives each file its place on disk and in the content.
fn placed(name: &str, entries: Vec<Entry>, notes: &mut Notes) -> Result<Vec<ContentFile>, MetainfoError> {
    // Once, not once a file: a name may be as long as the whole torrent.
    let folder = safe_name(name);
    let wanted = entries.iter().enumerate().map(|(file, entry)| {
        let components: Vec<&str> =
            std::iter::once(folder.as_str()).chain(entry.path.iter().map(String::as_str)).collect();
        SafePath::from_outside(&components).ok_or(MetainfoError::TooDeep { file, depth: components.len() })
    });
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    // Padding is never written, so it takes no name from anybody.
    let written = wanted.iter().zip(&entries).filter(|(_, entry)| !entry.is_padding);
    let mut distinct = distinct(written.map(|(path, _)| path.clone()).collect()).into_iter();
    let mut start = 0u64;
    let mut files = Vec::with_capacity(entries.len());
    for (entry, wanted) in entries.into_iter().zip(wanted) {
        let path = if entry.is_padding { None } else { distinct.next() }.unwrap_or_else(|| wanted.clone());
        if path != wanted {
            notes.add(Note::Twin { path: wanted.to_string(), used: path.to_string() });
        }
        let length = ByteCount(entry.length);
        files.push(ContentFile { path, published: entry.path, start, length, is_padding: entry.is_padding });
        let end = start.checked_add(entry.length).filter(|&end| i64::try_from(end).is_ok());
        start = end.ok_or(MetainfoError::TooLarge)?;
    }
    Ok(files)
}

fn required<'a>(value: Option<Value<'a>>, key: &'static str) -> Result<Value<'a>, MetainfoError> {
    value.ok_or(MetainfoError::Missing { key })
}

fn integer(value: Value<'_>, key: &'static str) -> Result<i64, MetainfoError> {
    value.integer().ok_or(MetainfoError::WrongKind { key, wanted: "a number" })
}
