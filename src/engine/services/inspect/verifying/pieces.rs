//! Checks a file against the hashes of a torrent's pieces, with its neighbours' octets where they lie in their places.
//!
//! In: a file and the torrent. Out: how many of its pieces are right, and how many could not be checked.
//! Start reading at [`check`]; [`places`] finds a torrent's files below a folder.

use crate::app::query::Finding;
use crate::catalog::metainfo::Metainfo;
use crate::domain::content::{ContentFile, Layout};
use crate::domain::integrity::{Digest, DigestAlgorithm, Method, Verdict, Voucher};
use crate::domain::octets::ByteRange;
use crate::engine::store::positioned::read_up_to;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Where a torrent's files lie.
enum Root {
    /// Below a folder that holds the torrent's own.
    Parent(PathBuf),
    /// In the torrent's own folder.
    Own(PathBuf),
}

impl Root {
    fn path_of(&self, file: &ContentFile) -> PathBuf {
        let components = file.path.components();
        match self {
            Self::Parent(folder) => folder.join(components.iter().collect::<PathBuf>()),
            Self::Own(folder) => folder.join(components.iter().skip(1).collect::<PathBuf>()),
        }
    }
}

/// The torrent's files as they lie in or below `folder`, which is the torrent's own folder or the one that holds it:
/// whichever has more of them.
pub(super) fn places(folder: &Path, metainfo: &Metainfo) -> Vec<PathBuf> {
    let layout = metainfo.layout();
    let files = || layout.files().iter().filter(|file| !file.is_padding);
    let mut roots = vec![Root::Parent(folder.to_owned())];
    if !layout.is_single_file() {
        roots.push(Root::Own(folder.to_owned()));
    }
    let there = |root: &Root| files().filter(|file| root.path_of(file).is_file()).count();
    // Of two that have the same, the first: it is what is said to be missing.
    let best = roots.iter().rev().max_by_key(|root| there(root));
    best.map(|root| files().map(|file| root.path_of(file)).collect()).unwrap_or_default()
}

/// The file of the torrent that lies at `path`, and where its neighbours are then. `None` when it has none of that name.
fn find<'a>(path: &Path, layout: &'a Layout) -> Option<(&'a ContentFile, Option<Root>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let files = || layout.files().iter().filter(|file| !file.is_padding);
    let above = |file: &ContentFile, skipped: usize| {
        let components: PathBuf = file.path.components().iter().skip(skipped).collect();
        let depth = file.path.components().len() - skipped;
        path.ends_with(&components).then(|| path.ancestors().nth(depth).unwrap_or(Path::new("")).to_owned())
    };
    let whole = files().find_map(|file| Some((file, Some(Root::Parent(above(file, 0)?)))));
    let inside = || {
        let deep = files().filter(|file| file.path.components().len() > 1);
        // The longest tail that fits: of `a/x` and `b/x` the one whose folder is right.
        let fits = deep.filter_map(|file| Some((file, Some(Root::Own(above(file, 1)?)))));
        fits.max_by_key(|(file, _)| file.path.components().len())
    };
    let alone = || {
        let mut named = files().filter(|file| file.path.file_name() == name);
        let one = named.next().filter(|_| named.next().is_none());
        one.or_else(|| files().next().filter(|_| layout.is_single_file())).map(|file| (file, None))
    };
    whole.or_else(inside).or_else(alone)
}

/// Checks the file at `path`; `detail` says what is wrong and where.
pub(super) fn check(
    path: &Path,
    metainfo: &Metainfo,
    (voucher, detail): (&Voucher, &mut Option<String>),
) -> std::io::Result<Finding> {
    let layout = metainfo.layout();
    let Some((entry, root)) = find(path, layout) else {
        *detail = Some("the torrent has no file of this name".to_owned());
        return Ok(Finding::NotVerified);
    };
    let file = File::open(path)?;
    let voucher = voucher.clone();
    let length = file.metadata()?.len();
    if length != entry.length.0 {
        *detail = Some(format!("{length} bytes instead of {}", entry.length.0));
        return Ok(Finding::Verdict(mismatch(b"", &[0; 20])));
    }
    let Some(range) = entry.range() else {
        let verdict = Verdict::Verified { method: Method::PieceHashes, voucher };
        return Ok(Finding::Verdict(verdict));
    };
    let (mut right, mut unchecked) = (0u64, 0u64);
    let mut buffer = vec![0; layout.piece_length() as usize];
    for piece in layout.pieces_of(range) {
        let Some(whole) = layout.piece_range(piece) else { continue };
        let octets = &mut buffer[..whole.count().0 as usize];
        if !fill(octets, whole, (layout, root.as_ref()), (entry, &file))? {
            unchecked += 1;
            continue;
        }
        let hash = metainfo.hashes().get(piece as usize).copied().unwrap_or_default();
        if Digest::of(DigestAlgorithm::Sha1, octets).octets() == hash {
            right += 1;
        } else if layout.parts(whole).any(|(number, _)| is_other(&layout.files()[number], entry)) {
            // Either of the two files may be the wrong one.
            unchecked += 1;
        } else {
            *detail =
                Some(format!("piece {piece}, from byte {}", whole.start().saturating_sub(range.start())));
            return Ok(Finding::Verdict(mismatch(octets, &hash)));
        }
    }
    if unchecked > 0 {
        *detail =
            Some(format!("{unchecked} pieces are shared with other files that are not there or not right"));
    }
    Ok(match (right, unchecked) {
        (_, 0) => Finding::Verdict(Verdict::Verified { method: Method::PieceHashes, voucher }),
        (0, _) => Finding::NotVerified,
        _ => Finding::Partly { right, unchecked, voucher },
    })
}

/// Whether a file of the layout is another one with octets of its own.
fn is_other(file: &ContentFile, own: &ContentFile) -> bool {
    !file.is_padding && (file.start, file.length) != (own.start, own.length)
}

/// Reads a piece, with what lies in it of neighbours. Whether all of it is there.
fn fill(
    octets: &mut [u8],
    piece: ByteRange,
    (layout, root): (&Layout, Option<&Root>),
    (entry, file): (&ContentFile, &File),
) -> std::io::Result<bool> {
    octets.fill(0);
    let mut at = 0;
    for (number, part) in layout.parts(piece) {
        let here = &mut octets[at..at + part.count().0 as usize];
        at += here.len();
        let of = &layout.files()[number];
        if of.is_padding {
            continue;
        }
        if !is_other(of, entry) {
            read_up_to(file, here, part.start())?;
            continue;
        }
        let Some(neighbour) = root.and_then(|root| File::open(root.path_of(of)).ok()) else {
            return Ok(false);
        };
        let is_whole = neighbour.metadata().is_ok_and(|found| found.len() == of.length.0);
        if !is_whole || read_up_to(&neighbour, here, part.start())? != here.len() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn mismatch(octets: &[u8], announced: &[u8; 20]) -> Verdict {
    let announced = Digest::new(DigestAlgorithm::Sha1, announced).expect("twenty octets are a SHA-1");
    Verdict::Mismatch { announced, computed: Digest::of(DigestAlgorithm::Sha1, octets) }
}
