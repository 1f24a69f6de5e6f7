//! Folders use each other in one direction: whoever reads a part can stop at what it names.

use super::house::{Breach, House, Target};
use super::mentions::{Kind, mentions};
use std::collections::{BTreeMap, BTreeSet};

/// One folder or file at most two steps below `src` that names another: where, first.
type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// Circles that are not among `known`, and known ones that are smaller or gone.
pub fn breaches(house: &House, known: &[&[&str]]) -> Vec<Breach> {
    let edges = edges(house);
    let circles = circles(&edges);
    let mut breaches = Vec::new();
    for circle in &circles {
        let is_known = known.iter().any(|known| circle.iter().all(|part| known.contains(&part.as_str())));
        if !is_known {
            breaches.push(told(circle, &edges));
        }
    }
    for known in known {
        let now = circles.iter().find(|circle| circle.iter().any(|part| known.contains(&part.as_str())));
        let gone: Vec<_> = known.iter().filter(|part| now.is_none_or(|now| !now.contains(**part))).collect();
        if !gone.is_empty() {
            let what = format!("no longer part of a circle: take {gone:?} off CIRCLES");
            breaches.push(Breach { at: "tests/spec/architecture/ratchets.rs".to_owned(), what });
        }
    }
    breaches
}

fn told(circle: &BTreeSet<String>, edges: &Edges) -> Breach {
    let within = circle.iter().flat_map(|from| {
        let to = edges.get(from).into_iter().flatten().filter(|(to, _)| circle.contains(*to));
        to.map(move |(to, at)| format!("    {from} → {to} ({at})"))
    });
    let within: Vec<_> = within.collect();
    let at = circle.iter().next().cloned().unwrap_or_default();
    let what =
        format!("a circle of {circle:?}: move what is shared below all of them\n{}", within.join("\n"));
    Breach { at, what }
}

/// The node of the graph that a path lies in.
fn node(house: &House, path: &[String]) -> Option<String> {
    let depth = (1..=path.len().min(2)).rev().find(|depth| house.is_module(&path[..*depth]))?;
    Some(path[..depth].join("::"))
}

fn edges(house: &House) -> Edges {
    let mut edges = Edges::new();
    for file in &house.files {
        let Some(from) = node(house, &file.module) else { continue };
        for mention in mentions(file) {
            let Target::Ours(path) = house.resolve(&mention.module, &mention.path) else { continue };
            let Some(to) = node(house, &path) else { continue };
            // A folder that hands on the names of its parts does not use them.
            let hands_on = mention.kind == Kind::Reexport && to.starts_with(&format!("{from}::"));
            if from != to && !hands_on {
                let at = format!("{}:{}", file.name, mention.line);
                edges.entry(from.clone()).or_default().entry(to).or_insert(at);
            }
        }
    }
    edges
}

/// Sets of more than one node in which each reaches each.
fn circles(edges: &Edges) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        edges.keys().map(|from| (from, reach(edges, from))).collect();
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for (from, to) in &reached {
        let mutual = to.iter().filter(|to| reached.get(**to).is_some_and(|back| back.contains(from)));
        let circle: BTreeSet<String> = mutual.map(|to| (**to).clone()).collect();
        if circle.len() > 1 && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

fn reach<'a>(edges: &'a Edges, from: &'a String) -> BTreeSet<&'a String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for to in edges.get(at).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(host: &str) -> House {
        House::made(&[
            ("engine/mod.rs", "pub mod host; pub mod window; pub mod store; pub use host::Engine;"),
            ("engine/host.rs", host),
            ("engine/window/mod.rs", "use super::host::Engine; pub mod inner;"),
            ("engine/window/inner.rs", "pub struct Window; use super::super::window;"),
            ("engine/store.rs", "use crate::engine::Engine;"),
        ])
    }

    #[test]
    fn folders_that_use_each_other_in_one_direction_are_right() {
        assert_eq!(breaches(&house("pub struct Engine;"), &[]), []);
    }

    #[test]
    fn two_folders_that_use_each_other_are_seen_with_the_lines() {
        let house = house("\nuse super::window::inner::Window; pub struct Engine;");
        let found = breaches(&house, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.contains("engine::host → engine::window (engine/host.rs:2)"), "{found:?}");
        assert!(
            found[0].what.contains("engine::window → engine::host (engine/window/mod.rs:1)"),
            "{found:?}"
        );
    }

    #[test]
    fn who_may_see_a_thing_is_no_use_of_that_folder() {
        assert_eq!(breaches(&house("pub struct Engine; pub(in crate::engine::window) fn f() {}"), &[]), []);
    }

    #[test]
    fn a_known_circle_may_stay_and_not_grow_and_is_taken_off_when_it_ends() {
        let both: &[&[&str]] = &[&["engine::host", "engine::window"]];
        let circle = house("use super::window::inner::Window; pub struct Engine;");
        assert_eq!(breaches(&circle, both), []);
        let grown = house("use super::{store, window::inner::Window}; pub struct Engine;");
        assert!(breaches(&grown, both)[0].what.contains("engine::store"));
        assert!(breaches(&house("pub struct Engine;"), both)[0].what.contains("off CIRCLES"));
    }
}
