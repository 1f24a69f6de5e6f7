//! Types do one thing, arguments have names, and each type has a name of its own.

use super::house::{Breach, House, SourceFile, Target};
use super::mentions::segments;
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{FnArg, ImplItem, Item, Type, Visibility};

/// Methods of a type beyond which it does more than one thing.
const MOST_METHODS: usize = 20;

/// Parts of a tuple beyond which nobody knows which is which.
const MOST_PARTS: usize = 2;

/// Types with more methods than that, but for the `known` ones with at most their number.
pub fn methods(house: &House, known: &[(&str, usize)]) -> Vec<Breach> {
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for file in &house.files {
        count_methods(house, file, &file.module, &file.items, &mut counts);
    }
    let mut breaches = Vec::new();
    for (name, (count, at)) in &counts {
        let most = known.iter().find(|(known, _)| known == name).map_or(MOST_METHODS, |(_, most)| *most);
        if *count > most {
            let what = format!("`{name}` has {count} methods, more than {most}: split it by subject");
            breaches.push(Breach { at: at.clone(), what });
        }
    }
    for (name, most) in known {
        let now = counts.get(*name).map_or(0, |(count, _)| *count);
        if now < *most {
            breaches.push(stale(format!(
                "`{name}` has only {now} methods now: lower it in METHODS, or take it off"
            )));
        }
    }
    breaches
}

fn count_methods(
    house: &House,
    file: &SourceFile,
    module: &[String],
    items: &[Item],
    counts: &mut BTreeMap<String, (usize, String)>,
) {
    for item in items {
        match item {
            Item::Impl(block) if block.trait_.is_none() => {
                let Type::Path(of) = &*block.self_ty else { continue };
                let name = match house.resolve(module, &segments(&of.path)) {
                    Target::Ours(path) | Target::Other(path) => path.join("::"),
                };
                let own = block.items.iter().filter(|item| matches!(item, ImplItem::Fn(_))).count();
                let line = block.impl_token.span.start().line;
                counts.entry(name).or_insert_with(|| (0, format!("{}:{line}", file.name))).0 += own;
            }
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    let path: Vec<_> = module.iter().cloned().chain([inner.ident.to_string()]).collect();
                    count_methods(house, file, &path, items, counts);
                }
            }
            _ => {}
        }
    }
}

/// Functions that take a tuple of many parts, but for the `known` ones.
pub fn tuples(house: &House, known: &[&str]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut seen = Vec::new();
    for file in &house.files {
        let mut finder = Tuples::default();
        file.items.iter().for_each(|item| finder.visit_item(item));
        for (name, line, parts) in finder.found {
            let name = format!("{} {name}", file.name);
            if !known.contains(&name.as_str()) {
                let what = format!("`{name}` takes a tuple of {parts} parts: make it a struct with names");
                breaches.push(Breach::new(file, line, what));
            }
            seen.push(name);
        }
    }
    let gone = known.iter().filter(|name| !seen.iter().any(|seen| seen == *name));
    breaches.extend(gone.map(|name| stale(format!("`{name}` takes no such tuple now: take it off TUPLES"))));
    breaches
}

#[derive(Default)]
struct Tuples {
    found: Vec<(String, usize, usize)>,
}

impl<'ast> Visit<'ast> for Tuples {
    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        let mut widest = Widest(0);
        for input in &signature.inputs {
            if let FnArg::Typed(argument) = input {
                widest.visit_type(&argument.ty);
            }
        }
        if widest.0 > MOST_PARTS {
            let name = signature.ident.to_string();
            self.found.push((name, signature.ident.span().start().line, widest.0));
        }
        visit::visit_signature(self, signature);
    }
}

/// The most parts of a tuple in a type, wherever it stands.
struct Widest(usize);

impl<'ast> Visit<'ast> for Widest {
    fn visit_type_tuple(&mut self, tuple: &'ast syn::TypeTuple) {
        self.0 = self.0.max(tuple.elems.len());
        visit::visit_type_tuple(self, tuple);
    }
}

/// Names of types that several modules define: no more, and no fewer, than `known`.
pub fn names(house: &House, known: usize) -> Vec<Breach> {
    let mut places: Places = BTreeMap::new();
    for file in &house.files {
        named_types(file, &file.module, &file.items, &mut places);
    }
    places.retain(|_, places| places.len() > 1);
    let count = places.len();
    if count > known {
        let at = |places: &BTreeMap<_, String>| places.values().cloned().collect::<Vec<_>>().join(", ");
        let list: Vec<_> =
            places.iter().map(|(name, places)| format!("    {name}: {}", at(places))).collect();
        let what = format!(
            "{count} names of types are used by several modules, more than {known}: say which thing each is\n{}",
            list.join("\n")
        );
        return vec![Breach { at: "src".to_owned(), what }];
    }
    let lower = || stale(format!("{count} names of types are used by several modules: lower TWICE to it"));
    (count < known).then(lower).into_iter().collect()
}

/// By name: the modules that define a type called so, and where. A module with a twin for another system is one.
type Places = BTreeMap<String, BTreeMap<Vec<String>, String>>;

fn named_types(file: &SourceFile, module: &[String], items: &[Item], places: &mut Places) {
    for item in items {
        let (name, visibility) = match item {
            Item::Struct(item) => (&item.ident, &item.vis),
            Item::Enum(item) => (&item.ident, &item.vis),
            Item::Trait(item) => (&item.ident, &item.vis),
            Item::Type(item) => (&item.ident, &item.vis),
            Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    let path: Vec<_> = module.iter().cloned().chain([inner.ident.to_string()]).collect();
                    named_types(file, &path, items, places);
                }
                continue;
            }
            _ => continue,
        };
        if !matches!(visibility, Visibility::Inherited) {
            let at = format!("{}:{}", file.name, name.span().start().line);
            places.entry(name.to_string()).or_default().entry(module.to_vec()).or_insert(at);
        }
    }
}

/// A written exception that no longer is one.
pub fn stale(what: String) -> Breach {
    Breach { at: "tests/spec/architecture/ratchets.rs".to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn methods_of(count: usize) -> String {
        (0..count).map(|at| format!("fn m{at}(&self) {{}}\n")).collect()
    }

    #[test]
    fn methods_are_summed_over_files_and_those_of_traits_and_tests_are_not_counted() {
        let first = format!(
            "pub struct Job; impl Job {{ {} }} impl Clone for Job {{ fn clone(&self) {{}} }}",
            methods_of(15)
        );
        let second =
            format!("use super::Job; impl Job {{ {} #[cfg(test)] fn t(&self) {{}} }}", methods_of(6));
        let house = House::made(&[("engine/job/mod.rs", &first), ("engine/job/more.rs", &second)]);
        let found = methods(&house, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].what.starts_with("`engine::job::Job` has 21 methods"), "{found:?}");
        assert_eq!(methods(&house, &[("engine::job::Job", 21)]), []);
        assert!(methods(&house, &[("engine::job::Job", 22)])[0].what.contains("lower it"));
    }

    #[test]
    fn a_tuple_of_three_parts_as_an_argument_is_seen_wherever_it_stands() {
        for argument in ["(a, b, c): (u8, u8, u8)", "x: &[(u8, u8, u8)]", "x: Option<(u8, (u8, u8, u8))>"] {
            let text = format!("struct S;\nimpl S {{ fn f(&self, {argument}) {{}} }}");
            let house = House::made(&[("app/x.rs", &text)]);
            assert_eq!(tuples(&house, &[])[0].at, "app/x.rs:2", "{argument}");
            assert_eq!(tuples(&house, &["app/x.rs f"]), [], "{argument}");
        }
        let house =
            House::made(&[("app/x.rs", "fn f(a: (u8, u8), b: impl Fn(u8, u8, u8)) -> (u8, u8, u8) {}")]);
        assert_eq!(tuples(&house, &[]), []);
        assert!(tuples(&house, &["app/x.rs f"])[0].what.contains("off TUPLES"));
    }

    #[test]
    fn a_name_that_two_modules_give_to_types_is_seen_with_both_places() {
        let house = House::made(&[
            ("app/x.rs", "pub struct Place; struct Own;"),
            ("mesh/y.rs", "\npub(crate) enum Place {} struct Own; #[cfg(test)] pub struct Fake;"),
            (
                "mesh/z.rs",
                "pub struct Fake; #[cfg(unix)] mod a { pub struct A; } #[cfg(not(unix))] mod a { pub struct A; }",
            ),
        ]);
        let found = names(&house, 0);
        assert!(found[0].what.contains("Place: app/x.rs:1, mesh/y.rs:2"), "{found:?}");
        assert_eq!(names(&house, 1), []);
        assert!(names(&house, 2)[0].what.contains("lower TWICE"));
    }
}
