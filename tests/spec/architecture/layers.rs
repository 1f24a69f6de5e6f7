//! Who may use whom, and which crates stay where.

use super::house::{Breach, House, SourceFile, Target};
use super::mentions::{Kind, mentions};

/// A folder of `src/` and the folders it may name.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("grib", &["domain"]),
    ("field", &["domain", "grib"]),
    ("catalog", &["domain"]),
    ("mesh", &["domain"]),
    ("swarm", &["domain", "catalog"]),
    ("transfer", &["domain", "grib", "swarm"]),
    ("publish", &["domain", "grib", "catalog", "mesh"]),
    ("app", &["domain", "grib", "field", "catalog", "mesh", "swarm", "transfer", "publish"]),
    ("engine", &["domain", "grib", "field", "catalog", "mesh", "swarm", "transfer", "publish", "app"]),
    (
        "demo",
        &[
            "domain", "grib", "field", "catalog", "mesh", "swarm", "transfer", "publish", "app", "engine",
            "i18n",
        ],
    ),
    ("i18n", &["domain", "app"]),
    ("cli", &["app", "domain", "grib", "catalog", "mesh", "i18n"]),
    ("ui", &["app", "domain", "i18n"]),
    ("main.rs", &["app", "cli", "demo", "domain", "engine", "i18n", "ui"]),
];

/// Paths, and macros with their `!`, that only the named folders may name in code.
const CONFINED: [(&str, &[&str]); 25] = [
    ("tokio", &["engine", "demo", "main.rs"]),
    ("socket2", &["engine"]),
    // A peer of the tests, and nothing else.
    ("librqbit", &[]),
    ("reqwest", &["engine"]),
    ("rusqlite", &["engine"]),
    ("mqtt4", &["engine", "demo"]),
    ("mqtt5", &["engine", "demo"]),
    ("axum", &["engine", "demo"]),
    ("rustix", &["engine", "demo"]),
    ("mainline", &["engine"]),
    ("igd_next", &["engine"]),
    ("crab_nat", &["engine"]),
    ("std::fs", &["engine", "demo"]),
    ("std::net", &["engine", "demo"]),
    ("Instant::now", &["engine", "demo"]),
    ("SystemTime::now", &["engine", "demo"]),
    ("Timestamp::now", &["engine", "demo"]),
    ("std::thread", &["engine", "demo", "ui"]),
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("rfd", &["ui"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("println!", &["cli", "main.rs"]),
    ("eprintln!", &["cli", "main.rs"]),
];

pub fn breaches(house: &House) -> Vec<Breach> {
    house.files.iter().flat_map(|file| breaches_of(house, file)).collect()
}

fn breaches_of(house: &House, file: &SourceFile) -> Vec<Breach> {
    let folder = file.folder();
    let allowed = MAY_USE.iter().find(|(name, _)| *name == folder).map_or(&[][..], |(_, allowed)| allowed);
    let mut breaches = Vec::new();
    for mention in mentions(file) {
        match house.asked(&mention.module, &mention.path) {
            Target::Ours(path) => {
                let used = path.first().map_or("", String::as_str);
                let is_folder = MAY_USE.iter().any(|(name, _)| *name == used);
                if is_folder && used != folder && folder != "lib.rs" && !allowed.contains(&used) {
                    let what = format!(
                        "`{folder}` may not use `{used}` (`{}`): move what both need below both",
                        path.join("::")
                    );
                    breaches.push(Breach::new(file, mention.line, what));
                }
            }
            Target::Other(path) => {
                let word = CONFINED.iter().find(|(word, folders)| {
                    !folders.contains(&folder) && names_word(&path, word, mention.kind)
                });
                breaches.extend(word.map(|(word, folders)| {
                    let what =
                        format!("`{word}` belongs to {folders:?} alone: take what it gives as an argument");
                    Breach::new(file, mention.line, what)
                }));
            }
        }
    }
    breaches.sort();
    breaches.dedup();
    breaches
}

/// Whether the parts of `word` follow each other in `path`.
fn names_word(path: &[String], word: &str, kind: Kind) -> bool {
    match word.strip_suffix('!') {
        Some(name) => kind == Kind::Macro && path.last().is_some_and(|last| last == name),
        None => {
            let parts: Vec<&str> = word.split("::").collect();
            // A crate is named first; `Instant::now` stands anywhere.
            let windows = path.windows(parts.len()).enumerate();
            let is_type = parts[0].starts_with(char::is_uppercase);
            windows.into_iter().any(|(at, window)| (is_type || at == 0) && window == parts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        let house = House::made(&[
            ("domain/mod.rs", "pub mod octets;"),
            ("domain/octets.rs", "pub struct ByteRange;"),
            ("engine/mod.rs", "pub mod host; pub use host::Engine as Machine;"),
            ("engine/host.rs", "pub struct Engine;"),
            (name, text),
        ]);
        breaches(&house).into_iter().map(|breach| format!("{} {}", breach.at, breach.what)).collect()
    }

    fn assert_found(name: &str, text: &str, meant: &str) {
        let found = found(name, text);
        assert!(found.len() == 1 && found[0].starts_with(meant), "{text}: {found:?}");
    }

    #[test]
    fn a_folder_may_use_what_the_table_says() {
        assert_eq!(found("grib/x.rs", "use crate::domain::octets::ByteRange;"), [""; 0]);
        assert_eq!(found("engine/x.rs", "use super::host::Engine; use tokio::time;"), [""; 0]);
    }

    #[test]
    fn a_forbidden_folder_is_seen_however_it_is_named() {
        let breach = "grib/x.rs:1 `grib` may not use `engine`";
        assert_found("grib/x.rs", "use crate::engine::host;", breach);
        assert_found("grib/x.rs", "use crate::{domain::octets, engine::{host::{self as h}}};", breach);
        assert_found("grib/x.rs", "fn f() { let _: Option<crate::engine::Machine> = None; }", breach);
        assert_found("grib/x.rs", "fn f() { vec![crate::engine::host::Engine]; }", breach);
        assert_found("grib/x.rs", "use super::super::engine::Machine;", breach);
        let renamed = found("grib/x.rs", "use crate as all;\nfn f() -> all::engine::host::Engine {}");
        assert!(renamed.iter().any(|breach| breach.starts_with("grib/x.rs:2")), "{renamed:?}");
    }

    #[test]
    fn what_follows_a_test_module_is_read_too() {
        let text = "#[cfg(test)]\nmod tests { use crate::engine::host; }\nuse crate::engine::host;";
        assert_found("grib/x.rs", text, "grib/x.rs:3");
    }

    #[test]
    fn a_confined_crate_is_seen_also_under_another_name() {
        let breach = "catalog/x.rs:1 `std::fs`";
        assert_found("catalog/x.rs", "use std::{fs as disk};", breach);
        assert_found(
            "catalog/x.rs",
            "use std::time::Instant; fn f() { Instant::now(); }",
            "catalog/x.rs:1 `Instant",
        );
        assert_found("catalog/x.rs", "fn f() { println!(\"\"); }", "catalog/x.rs:1 `println!`");
        assert_eq!(found("catalog/x.rs", "fn f() { let tokio_like = 1; }"), [""; 0]);
        let twice = found("catalog/x.rs", "use std as s;\nfn f() { s::fs::read(\"\"); }");
        assert!(twice.iter().any(|breach| breach.starts_with("catalog/x.rs:2 `std::fs`")), "{twice:?}");
    }
}
