//! Where something lies on a web server, however a client writes it.
//!
//! In: the path of a request. Out: a [`WebPath`], which is only ever compared: it leads to no folder of this machine.

use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// Longest path that is read, in octets.
const LONGEST: usize = 4 << 10;

/// What stands for a folder.
const INDEX: &str = "index.html";

/// The components of a path, decoded. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebPath(Arc<str>);

impl WebPath {
    /// The path of `components`; empty ones do not count.
    pub fn of(components: &[String]) -> Self {
        Self::joined(components.iter().map(String::as_str))
    }

    /// Reads the path of a request: each component is decoded by itself, doubled slashes count once, and a folder is its
    /// `index.html`. `None` when nothing can lie there: `..`, text that is not UTF-8, more than 4 KiB.
    pub fn read(path: &str) -> Option<Self> {
        if path.len() > LONGEST {
            return None;
        }
        let decoded = path.split('/').map(|component| percent_decode_str(component).decode_utf8().ok());
        let decoded: Vec<_> = decoded.collect::<Option<_>>()?;
        if decoded.iter().any(|component| matches!(&**component, "." | "..") || component.contains('\0')) {
            return None;
        }
        let folder = decoded.last().is_some_and(|last| last.is_empty()).then_some(INDEX);
        Some(Self::joined(decoded.iter().map(|component| &**component).chain(folder)))
    }

    /// A slash may be part of a component, once it is decoded; a zero may not.
    fn joined<'a>(components: impl Iterator<Item = &'a str>) -> Self {
        let components: Vec<&str> = components.filter(|component| !component.is_empty()).collect();
        Self(components.join("\0").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(components: &[&str]) -> Option<WebPath> {
        Some(WebPath::of(&components.iter().map(|&component| component.to_owned()).collect::<Vec<_>>()))
    }

    #[test]
    fn one_place_is_found_however_its_path_is_written() {
        let place = of(&["data", "a b+é.grib2"]);
        for path in [
            "/data/a%20b+%C3%A9.grib2",
            "/data//a%20b%2Bé.grib2",
            "//data///a b+é.grib2",
            "data/%61 b+é.grib2",
        ] {
            assert_eq!(WebPath::read(path), place, "{path}");
        }
    }

    #[test]
    fn a_folder_is_its_index() {
        assert_eq!(WebPath::read("/"), of(&["index.html"]));
        assert_eq!(WebPath::read(""), of(&["index.html"]));
        assert_eq!(WebPath::read("/data//"), of(&["data", "index.html"]));
    }

    #[test]
    fn nothing_leads_upwards_or_joins_two_components() {
        for path in ["/..", "/data/../secret", "/data/%2e%2e/secret", "/./data", "/a%00b", "/%ff"] {
            assert_eq!(WebPath::read(path), None, "{path}");
        }
        assert_ne!(WebPath::read("/data%2Fa"), WebPath::read("/data/a"));
        assert_eq!(WebPath::read(&format!("/{}", "a".repeat(5_000))), None);
    }
}
