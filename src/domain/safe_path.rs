//! Names from outside, made fit for every file system.
//!
//! In: path components written by strangers. Out: [`SafePath`], whose components are harmless on Linux, macOS and
//! Windows alike, so that a folder may be shared between them. The same name always gives the same result.
//! Does not touch a file system: that links are not followed is `engine::store`'s promise.

use super::integrity::{Digest, DigestAlgorithm};
use super::outside_text::is_treacherous;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use unicode_normalization::UnicodeNormalization;

/// Longest component in octets of UTF-8. File systems allow 255; the rest is for our own suffixes.
const LONGEST_COMPONENT: usize = 200;

/// Deepest path, in components.
pub const DEEPEST: usize = 32;

/// Windows takes these for devices, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A relative path below a folder of ours: at least one component, each harmless.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath {
    components: Vec<String>,
}

impl SafePath {
    /// Makes each component safe. `None` for no component at all, or more than 32.
    pub fn from_outside<S: AsRef<str>>(components: &[S]) -> Option<Self> {
        let depth = 1..=DEEPEST;
        depth
            .contains(&components.len())
            .then(|| Self { components: components.iter().map(|c| safe_name(c.as_ref())).collect() })
    }

    /// A path of the single component `name`, made safe.
    pub fn from_name(name: &str) -> Self {
        Self { components: vec![safe_name(name)] }
    }

    /// The components, outermost first.
    pub fn components(&self) -> &[String] {
        &self.components
    }

    /// The folders above the file, outermost first.
    pub fn folders(&self) -> &[String] {
        &self.components[..self.components.len() - 1]
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.components.last().map_or("", String::as_str)
    }

    /// The same folder with another file name, made safe.
    pub fn with_file_name(&self, name: &str) -> Self {
        let mut components = self.folders().to_vec();
        components.push(safe_name(name));
        Self { components }
    }

    /// The same path below some folders. It may then be deeper than one from outside.
    pub fn below(&self, folders: &Self) -> Self {
        Self { components: [folders.components(), self.components()].concat() }
    }

    /// The same path with `~1`, `~2`… before the extension.
    pub fn numbered(&self, number: u32) -> Self {
        let (stem, extension) = split_extension(self.file_name());
        self.with_file_name(&format!("{stem}~{number}{extension}"))
    }

    /// Equal for two paths that a file system without case or with another normal form would take for one.
    pub fn fold_key(&self) -> String {
        self.components.iter().map(|c| folded(c)).collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for SafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.components.join("/"))
    }
}

impl fmt::Debug for SafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Numbers every path that another one before it, or a folder of another one, would hide on some file system.
///
/// Time and memory grow with the number of components, also when all paths are the same.
pub fn distinct(paths: Vec<SafePath>) -> Vec<SafePath> {
    let mut taken: HashSet<u64> = HashSet::new();
    for path in &paths {
        taken.extend(fold_marks(path).take(path.folders().len()));
    }
    let mut next_number: HashMap<u64, u32> = HashMap::new();
    paths
        .into_iter()
        .map(|path| {
            let mark = mark_of(&path);
            if taken.insert(mark) {
                return path;
            }
            let next = next_number.entry(mark).or_insert(2);
            loop {
                let candidate = path.numbered(*next);
                *next += 1;
                if taken.insert(mark_of(&candidate)) {
                    return candidate;
                }
            }
        })
        .collect()
}

/// For each folder of `path`, and at last for the path itself, a number that stands for its [`SafePath::fold_key`].
///
/// Two paths with one number by chance would only mean that a file is numbered without need; keys as text would take
/// hundreds of MiB for a torrent made to that end.
fn fold_marks(path: &SafePath) -> impl Iterator<Item = u64> + '_ {
    let mut hasher = DefaultHasher::new();
    path.components.iter().map(move |component| {
        folded(component).hash(&mut hasher);
        hasher.finish()
    })
}

fn mark_of(path: &SafePath) -> u64 {
    fold_marks(path).last().unwrap_or_default()
}

/// One component made harmless: never empty, never hidden, never a device, never acted upon by a desktop.
pub fn safe_name(name: &str) -> String {
    let mut safe: String = name.chars().map(|c| if is_forbidden(c) { '_' } else { c }).collect();
    let kept = safe.trim_end_matches(['.', ' ']).len();
    let trailing = safe[kept..].chars().count();
    safe.truncate(kept);
    safe.push_str(&"_".repeat(trailing));
    let folded = folded(&safe);
    if safe.is_empty() || safe.starts_with(['.', ' ']) || name.starts_with('.') || is_device(&folded) {
        safe.insert(0, '_');
    }
    if matches!(folded.as_str(), "desktop.ini" | "autorun.inf" | "thumbs.db") {
        safe.insert(0, '_');
    }
    if [".lnk", ".url", ".scf", ".desktop", ".pif", ".library-ms", ".webloc"]
        .iter()
        .any(|end| folded.ends_with(end))
    {
        safe.push_str(".data");
    }
    if safe.len() > LONGEST_COMPONENT { shortened(&safe) } else { safe }
}

fn is_forbidden(c: char) -> bool {
    is_treacherous(c) || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

fn is_device(folded: &str) -> bool {
    let stem = folded.split('.').next().unwrap_or_default().trim_end();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = port.is_some_and(|n| {
        matches!(n, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    });
    DEVICES.contains(&stem) || is_port
}

/// Keeps the beginning and the extension, and tells apart what was cut by eight digits of the whole name's SHA-256.
fn shortened(name: &str) -> String {
    let digest = Digest::of(DigestAlgorithm::Sha256, name.as_bytes()).hex();
    let (stem, extension) = split_extension(name);
    let extension = if extension.len() <= 20 { extension } else { "" };
    let mut cut = LONGEST_COMPONENT - extension.len() - 9;
    while !stem.is_char_boundary(cut.min(stem.len())) {
        cut -= 1;
    }
    format!("{}~{}{extension}", &stem[..cut.min(stem.len())], &digest[..8])
}

fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().collect::<String>().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_name_stays_as_it_was() {
        for name in ["AROME_0.01_HP1_00H.grib2", "prévision.grib2", "数値予報.grib2", "a~1.idx"] {
            assert_eq!(safe_name(name), name);
        }
    }

    #[test]
    fn traversal_cannot_leave_the_folder() {
        let path = SafePath::from_outside(&["..", "../../etc", "/abs", "C:evil"]).expect("four components");
        assert_eq!(path.components(), ["___", "_.._.._etc", "_abs", "C_evil"].map(String::from));
        assert_eq!(safe_name(""), "_");
        assert_eq!(safe_name("."), "__");
    }

    #[test]
    fn our_own_folder_and_hidden_names_are_out_of_reach() {
        assert_eq!(safe_name(".nuee"), "_.nuee");
        assert_eq!(safe_name(".NUEE"), "_.NUEE");
        assert!(!safe_name("\u{200B}.nuee").starts_with('.'));
    }

    #[test]
    fn device_names_and_files_that_desktops_act_on_are_disarmed() {
        for (name, safe) in [
            ("CON", "_CON"),
            ("nul.grib2", "_nul.grib2"),
            ("com1.txt", "_com1.txt"),
            ("LPT¹", "_LPT¹"),
            ("Desktop.ini", "_Desktop.ini"),
            ("Autorun.inf", "_Autorun.inf"),
            ("run.LNK", "run.LNK.data"),
            ("x.desktop", "x.desktop.data"),
            ("console.grib2", "console.grib2"),
        ] {
            assert_eq!(safe_name(name), safe);
        }
    }

    #[test]
    fn trailing_dots_colons_and_direction_marks_are_replaced() {
        assert_eq!(safe_name("2026-08-09T15:00:00Z"), "2026-08-09T15_00_00Z");
        assert_eq!(safe_name("a. ."), "a___");
        assert_eq!(safe_name("a\u{202E}2birg"), "a_2birg");
    }

    #[test]
    fn a_long_name_keeps_its_extension_and_stays_unlike_its_neighbour() {
        let one = safe_name(&format!("{}1.grib2", "é".repeat(300)));
        let two = safe_name(&format!("{}2.grib2", "é".repeat(300)));
        assert!(one.len() <= LONGEST_COMPONENT && one.ends_with(".grib2"));
        assert_ne!(one, two);
        assert!(safe_name(&format!("a.{}", "x".repeat(400))).len() <= LONGEST_COMPONENT);
    }

    #[test]
    fn twins_by_case_by_normal_form_and_by_folder_are_told_apart() {
        let paths = ["A.grib2", "a.grib2", "é", "e\u{301}", "d", "d/x"];
        let paths = paths.map(|p| SafePath::from_outside(&p.split('/').collect::<Vec<_>>()).expect("a path"));
        let apart = distinct(paths.to_vec());
        let apart: Vec<String> = apart.iter().map(ToString::to_string).collect();
        assert_eq!(apart, ["A.grib2", "a~2.grib2", "é", "e\u{301}~2", "d~2", "d/x"]);
    }

    #[test]
    fn a_hundred_thousand_twins_are_told_apart_without_quadratic_work() {
        let paths = vec![SafePath::from_name("a.grib2"); 100_000];
        let apart: HashSet<SafePath> = distinct(paths).into_iter().collect();
        assert_eq!(apart.len(), 100_000);
        assert!(apart.contains(&SafePath::from_name("a~100000.grib2")));
    }

    #[test]
    fn a_safe_name_is_safe_once_and_for_all() {
        let mut random = fastrand::Rng::with_seed(11);
        let pool: Vec<char> = ". :\\/aNuEe\u{202E}\u{0}é~con1.lnk".chars().collect();
        for _ in 0..20_000 {
            let name: String = (0..random.usize(0..14)).map(|_| pool[random.usize(..pool.len())]).collect();
            let safe = safe_name(&name);
            assert!(
                !safe.is_empty() && !safe.starts_with('.') && !safe.ends_with(['.', ' ']),
                "{name:?} gave {safe:?}"
            );
            assert!(!safe.chars().any(is_forbidden), "{name:?} gave {safe:?}");
            assert!(!is_device(&folded(&safe)), "{name:?} gave {safe:?}");
        }
    }
}
