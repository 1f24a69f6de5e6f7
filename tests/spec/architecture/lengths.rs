//! How long a file may be, and how large a share of the program the part with all the IO.

use super::house::{Breach, House};
use std::collections::BTreeMap;

/// Lines of one file, tests included.
const MOST_LINES: usize = 500;

/// Percent of all lines that a room of `engine` may have: a folder right below it, or one subject of those that are divided by
/// subject.
const MOST_OF_A_PART: f64 = 10.0;

/// Files too long or without a header; and the share of `engine`, at most `most_of_engine` percent.
pub fn breaches(house: &House, most_of_engine: f64) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut shares: BTreeMap<String, usize> = BTreeMap::new();
    let mut total = 0;
    for file in &house.files {
        let lines = file.text.lines().count();
        total += lines;
        if !file.text.starts_with("//!") {
            breaches.push(Breach::new(file, 1, "does not open with a //! header: say what it is for"));
        }
        if lines > MOST_LINES {
            let what = format!(
                "{lines} lines, more than {MOST_LINES}: move a subject, or the tests, to a file beside"
            );
            breaches.push(Breach::new(file, lines, what));
        }
        if file.folder() == "engine" {
            *shares.entry("engine".to_owned()).or_default() += lines;
            if let Some(room) = room_of(&file.name) {
                *shares.entry(room).or_default() += lines;
            }
        }
    }
    for (folder, lines) in shares {
        let share = percent(lines, total);
        let most = if folder == "engine" { most_of_engine } else { MOST_OF_A_PART };
        if share > most {
            let what =
                format!("{share:.1} % of all lines, more than {most} %: move decisions to the pure side");
            breaches.push(Breach { at: folder, what });
        }
    }
    breaches
}

/// The room of `engine` in which a file lies. `None` for a file right below a divided folder, or below `engine` itself.
fn room_of(name: &str) -> Option<String> {
    let folders: Vec<&str> = name.rsplit_once('/')?.0.split('/').collect();
    match folders[..] {
        [_, "services" | "transfer"] | [_] | [] => None,
        [engine, divided @ ("services" | "transfer"), subject, ..] => {
            Some(format!("{engine}/{divided}/{subject}"))
        }
        [engine, folder, ..] => Some(format!("{engine}/{folder}")),
    }
}

/// A share of at most some hundred thousand lines.
fn percent(lines: usize, total: usize) -> f64 {
    let exact = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    100.0 * exact(lines) / exact(total.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        format!("//! Made.\n{}", "//\n".repeat(count - 1))
    }

    #[test]
    fn a_file_is_seen_that_is_too_long_or_does_not_say_what_it_is_for() {
        assert_eq!(breaches(&House::made(&[("app/x.rs", &lines(500))]), 31.0), []);
        let found = breaches(&House::made(&[("app/x.rs", &lines(501)), ("app/y.rs", "struct S;")]), 31.0);
        assert_eq!(
            found.iter().map(|breach| breach.at.as_str()).collect::<Vec<_>>(),
            ["app/x.rs:501", "app/y.rs:1"]
        );
    }

    #[test]
    fn an_engine_that_outgrows_its_share_is_seen_and_so_is_a_folder_of_it() {
        let house = House::made(&[
            ("engine/host.rs", &lines(100)),
            ("engine/window/mod.rs", &lines(110)),
            ("engine/window/a.rs", &lines(100)),
            ("app/a.rs", &lines(400)),
            ("app/b.rs", &lines(290)),
        ]);
        let found = breaches(&house, 30.0);
        assert_eq!(
            found.iter().map(|breach| breach.at.as_str()).collect::<Vec<_>>(),
            ["engine", "engine/window"]
        );
        assert_eq!(breaches(&house, 31.0).len(), 1);
    }

    #[test]
    fn a_divided_folder_is_measured_by_subject() {
        assert_eq!(room_of("engine/services/mesh/broker/wire.rs").as_deref(), Some("engine/services/mesh"));
        assert_eq!(room_of("engine/transfer/http/client.rs").as_deref(), Some("engine/transfer/http"));
        assert_eq!(room_of("engine/store/file_set/mod.rs").as_deref(), Some("engine/store"));
        assert_eq!(room_of("engine/services/mod.rs"), None);
        assert_eq!(room_of("engine/clock.rs"), None);
    }
}
