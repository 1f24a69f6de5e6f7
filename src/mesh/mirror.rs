//! What becomes of downloaded files when their source changes, renames or withdraws them.
//!
//! In: how a file stands on the disk, and the policy. Out: what is done with it, and which names it may have. An update always comes under the file's name
//! and a rename is always followed: neither loses anything that the policy keeps. Files are removed only by
//! [`Withdrawn::Remove`] and beyond [`Versions::Last`].

use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::safe_path::SafePath;

/// What is done by whom it is set: a rule, or the terminal for all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MirrorPolicy {
    /// Of a file that its source withdraws.
    pub withdrawn: Withdrawn,
    /// Of what an update replaces.
    pub versions: Versions,
}

/// What is done with the local copy of a withdrawn file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Withdrawn {
    /// It stays.
    #[default]
    Keep,
    /// It is removed, unless somebody changed it.
    Remove,
}

/// Most earlier versions of one file that stay, whatever the policy says: of a file that is written anew each minute, those of
/// the last day. Each has a name of its own, and the next free one is looked for one by one.
pub const MOST_VERSIONS: u32 = 1_440;

/// How many earlier versions of an updated file stay beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versions {
    /// All, up to [`MOST_VERSIONS`]. The default: what an update replaced cannot be downloaded any more, and a publisher that
    /// corrects a file by mistake is noticed only later. How much room files take is limited apart from this.
    #[default]
    All,
    /// The last so many; with 0 an update replaces.
    Last(u32),
}

impl Withdrawn {
    /// Both, the usual one first.
    pub const ALL: [Self; 2] = [Self::Keep, Self::Remove];

    /// The word in the terminal and in what is kept; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "follow",
        }
    }

    /// What such a word means. `None` for another.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

impl Versions {
    /// Reads `all` or a number up to [`MOST_VERSIONS`]. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "all" => Some(Self::All),
            number => number.parse().ok().filter(|count| *count <= MOST_VERSIONS).map(Self::Last),
        }
    }

    /// The word that [`parse`](Self::parse) reads.
    pub fn to_word(self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Last(count) => count.to_string(),
        }
    }

    /// How many of `count` versions are too many.
    pub fn surplus(self, count: usize) -> usize {
        let most = match self {
            Self::All => MOST_VERSIONS,
            Self::Last(most) => most.min(MOST_VERSIONS),
        };
        count.saturating_sub(usize::try_from(most).unwrap_or(usize::MAX))
    }
}

/// What became of the local copy of a withdrawn file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalCopy {
    /// There is none.
    None,
    /// It stays, as the policy says.
    Kept,
    /// It was removed, as the policy says.
    Removed,
    /// It stays, because somebody changed it.
    Changed,
}

impl LocalCopy {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Kept => "kept",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// Most names that are tried for one file.
const MOST_NAMES: u32 = 1_000;

/// The names that the file `key` may have, the one that was wished for first: behind it those that are this key's whatever
/// else is called alike, the same at every start and on every computer.
pub(crate) fn names_for(key: &str, wished: &SafePath) -> impl Iterator<Item = SafePath> + use<> {
    let apart = told_apart(wished, key);
    let numbered = apart.clone();
    let numbered = (1..MOST_NAMES).map(move |number| numbered.numbered(number));
    [wished.clone(), apart].into_iter().chain(numbered)
}

fn told_apart(wished: &SafePath, key: &str) -> SafePath {
    let digest = Digest::of(DigestAlgorithm::Sha256, key.as_bytes()).hex();
    let name = wished.file_name();
    let (stem, ending) = match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    };
    wished.with_file_name(&format!("{stem}~{}{ending}", &digest[..8]))
}

/// The path of a file below its folder, as the ledger has it.
pub(crate) fn path_of_text(text: &str) -> Option<SafePath> {
    SafePath::from_outside(&text.split(['/', std::path::MAIN_SEPARATOR]).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_policy_are_read_as_they_are_written() {
        for versions in [Versions::All, Versions::Last(0), Versions::Last(3)] {
            assert_eq!(Versions::parse(&versions.to_word()), Some(versions));
        }
        for unusable in ["-1", "1441", "4294967296", "some", ""] {
            assert_eq!(Versions::parse(unusable), None, "{unusable}");
        }
        assert_eq!(Withdrawn::ALL.map(|one| Withdrawn::from_key(one.key())), Withdrawn::ALL.map(Some));
        assert_eq!((Versions::Last(2).surplus(5), Versions::All.surplus(5)), (3, 0));
        assert_eq!((Versions::Last(u32::MAX).surplus(1_441), Versions::All.surplus(1_442)), (1, 2));
    }

    #[test]
    fn a_file_whose_name_is_taken_gets_one_that_its_key_alone_makes() {
        let wished = path_of_text("a/t2m.grib2").expect("a path");
        let names = |key| names_for(key, &wished).take(3).map(|path| path.to_string()).collect::<Vec<_>>();
        let (one, other) = (names("one"), names("other"));
        assert_eq!(one[0], "a/t2m.grib2");
        assert!(one[1].starts_with("a/t2m~") && one[1].ends_with(".grib2"), "{one:?}");
        assert!(one[1] != other[1] && one[1] == names("one")[1] && one[2] != one[1], "{one:?} {other:?}");
        assert_eq!(names_for("one", &wished).count(), 1_001);
    }
}
