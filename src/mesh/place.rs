//! Where an announced file goes, and how urgent it is.
//!
//! In: an announcement and the topic it came on. Out: a [`SafePath`] and a [`Lane`]. Every component comes from outside and
//! is made harmless.

use super::announcement::{Announcement, Dialect};
use super::topic;
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::{DEEPEST, SafePath};

/// Who goes first. Each lane has connections of its own, so that no flood of one delays another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Warnings: lives may depend on them.
    Warnings,
    /// Observations and bulletins: small and many.
    Observations,
    /// Model output and anything large.
    Models,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Warnings, Self::Observations, Self::Models];

    /// The name in JSON and in the database; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Warnings => "warnings",
            Self::Observations => "observations",
            Self::Models => "models",
        }
    }

    /// The lane of an announcement, by its topic, its name and its announced size.
    pub fn of(announcement: &Announcement, topic: &str) -> Self {
        let name = announcement.file_name();
        let is_large = announcement.size.is_some_and(|size| size > ByteCount::mebi(4));
        let is_model = topic.contains("/prediction/")
            || [".grib2", ".grib", ".grb2", ".grb", ".nc", ".torrent", ".bz2"]
                .iter()
                .any(|end| name.ends_with(end));
        if is_large || is_model && !topic.contains("/advisories-warnings/") {
            Self::Models
        } else if topic.contains("/advisories-warnings") || is_warning_bulletin(name) {
            Self::Warnings
        } else {
            Self::Observations
        }
    }
}

/// `WSFR31 LFPW …`: the first letter of a bulletin's heading is W for warnings.
fn is_warning_bulletin(name: &str) -> bool {
    let heading = name.strip_prefix("A_").unwrap_or(name).as_bytes();
    heading.len() >= 6
        && heading[0] == b'W'
        && heading[1..4].iter().all(u8::is_ascii_uppercase)
        && heading[4..6].iter().all(u8::is_ascii_digit)
        || name.ends_with(".cap")
}

/// Where the file goes below the folder of the person's choice: the relative path of a mesh, the levels of a WIS2 topic.
pub fn path_of(announcement: &Announcement, topic: &str) -> SafePath {
    let name = announcement.file_name();
    let folders: Vec<&str> = match announcement.dialect {
        // The message names them.
        _ if announcement.folders.is_some() => {
            announcement.folders.iter().flat_map(|all| all.split('/')).collect()
        }
        Dialect::Wis2 if topic::is_wis2(topic) => topic.split('/').skip(3).collect(),
        Dialect::Wis2 | Dialect::CloudEvent => Vec::new(),
        _ => {
            announcement.key.rsplit_once('/').map_or(Vec::new(), |(folders, _)| folders.split('/').collect())
        }
    };
    let most = DEEPEST - 1;
    // Of a path deeper than any that is meant, the end tells files apart.
    let skipped = folders.len().saturating_sub(most);
    let components: Vec<&str> = folders.into_iter().skip(skipped).chain([name]).collect();
    SafePath::from_outside(&components).unwrap_or_else(|| SafePath::from_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::read_captured;

    fn mesh(path: &str, size: u64) -> Announcement {
        let text = serde_json::json!({
            "pubTime": "20260811T100000", "baseUrl": "http://h/", "relPath": path, "size": size,
        });
        read_captured(text.to_string().as_bytes()).reading.announcement().expect("sound").clone()
    }

    #[test]
    fn warnings_go_before_observations_and_those_before_models() {
        for (path, size, topic, lane) in [
            ("a/WSFR31_LFPW_200600", 200, "xpublic/v03/post/a", Lane::Warnings),
            ("a/alert.cap", 200, "xpublic/v03/post/a", Lane::Warnings),
            ("a/x.txt", 200, "cache/a/wis2/x/data/core/weather/advisories-warnings", Lane::Warnings),
            ("a/UANT01_CWAO_200445", 200, "xpublic/v03/post/a", Lane::Observations),
            (
                "a/WIGOS_0-1.bufr4",
                200,
                "cache/a/wis2/x/data/core/weather/surface-based-observations/synop",
                Lane::Observations,
            ),
            ("a/x.grib2", 200, "xpublic/v03/post/a", Lane::Models),
            ("a/x.txt", 9 << 20, "xpublic/v03/post/a", Lane::Models),
            ("a/x", 200, "origin/a/wis2/x/data/core/weather/prediction/forecast", Lane::Models),
        ] {
            assert_eq!(Lane::of(&mesh(path, size), topic), lane, "{path} {topic}");
        }
    }

    #[test]
    fn no_path_leaves_the_folder_or_names_a_device() {
        for (path, expected) in [
            ("20260811/WIS/CA/x.txt", "20260811/WIS/CA/x.txt"),
            ("/a//b.txt", "a/b.txt"),
            ("../../etc/passwd", "___/___/etc/passwd"),
            ("a/../../b", "a/___/___/b"),
            ("C:/nul", "C_/_nul"),
            (".nuee/state.db", "_.nuee/state.db"),
            ("a\\..\\b", "a_.._b"),
        ] {
            assert_eq!(path_of(&mesh(path, 1), "t").to_string(), expected, "{path}");
        }
        let long = path_of(&mesh(&format!("{}{}", "d/".repeat(500), "n".repeat(300)), 1), "t");
        assert!(long.components().len() <= DEEPEST && long.file_name().len() <= 255);
    }
}
