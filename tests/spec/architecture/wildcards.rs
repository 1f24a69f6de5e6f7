//! A new command or event does not compile until somebody carries it out: no arm of a `match` takes the rest.

use super::house::{Breach, House, SourceFile, Target};
use super::mentions::{matches_of, segments};
use super::shapes::stale;
use std::collections::{BTreeMap, HashSet};
use syn::visit::{self, Visit};
use syn::{ExprMatch, Item, Pat};

/// How the enums are called that parts of the program say to each other.
const ENDINGS: [&str; 10] =
    ["Command", "Event", "Action", "Query", "News", "Fact", "Order", "Input", "Answer", "Wish"];

/// Arms that take the rest, but for as many in each of the `known` files as stand there.
pub fn breaches(house: &House, known: &[(&str, usize)]) -> Vec<Breach> {
    let mut breaches = arms(house);
    for (file, count) in known {
        let is_there = |breach: &Breach| breach.at.split_once(':').is_some_and(|(name, _)| name == *file);
        let now = breaches.iter().filter(|breach| is_there(breach)).count();
        if now <= *count {
            breaches.retain(|breach| !is_there(breach));
        }
        if now < *count {
            breaches.push(stale(format!(
                "`{file}` has only {now} such arms now: lower it in WILDCARDS, or take it off"
            )));
        }
    }
    breaches
}

fn arms(house: &House) -> Vec<Breach> {
    let mut enums = HashSet::new();
    for file in &house.files {
        spoken(&file.module, &file.items, &mut enums);
    }
    let breaches_of = |file| {
        let mut finder = Finder {
            house,
            file,
            enums: &enums,
            module: file.module.clone(),
            owner: None,
            found: Vec::new(),
        };
        file.items.iter().for_each(|item| finder.visit_item(item));
        finder.found
    };
    house.files.iter().flat_map(breaches_of).collect()
}

fn spoken(module: &[String], items: &[Item], found: &mut HashSet<Vec<String>>) {
    for item in items {
        let inside = |name: &syn::Ident| module.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match item {
            Item::Enum(item) if ENDINGS.iter().any(|ending| item.ident.to_string().ends_with(ending)) => {
                found.insert(inside(&item.ident));
            }
            Item::Mod(item) => {
                if let Some((_, items)) = &item.content {
                    spoken(&inside(&item.ident), items, found);
                }
            }
            _ => {}
        }
    }
}

struct Finder<'a> {
    house: &'a House,
    file: &'a SourceFile,
    enums: &'a HashSet<Vec<String>>,
    module: Vec<String>,
    /// What `Self` is.
    owner: Option<Vec<String>>,
    found: Vec<Breach>,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let owner = match &*item.self_ty {
            syn::Type::Path(path) => Some(segments(&path.path)),
            _ => None,
        };
        let before = std::mem::replace(&mut self.owner, owner);
        visit::visit_item_impl(self, item);
        self.owner = before;
    }

    fn visit_expr_match(&mut self, expression: &'ast ExprMatch) {
        self.look_at(expression);
        visit::visit_expr_match(self, expression);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        for expression in matches_of(called.tokens.clone()) {
            self.look_at(&expression);
            visit::visit_expr_match(self, &expression);
        }
    }
}

impl Finder<'_> {
    fn look_at(&mut self, expression: &ExprMatch) {
        let arms = expression.arms.iter().filter(|arm| arm_is_unconditional(arm)).map(|arm| &arm.pat);
        let named = expression.arms.iter().map(|arm| &arm.pat);
        self.look_at_position(named.collect(), arms.collect());
    }

    /// Looks at patterns that stand at one place: `whole` of them without a condition.
    fn look_at_position(&mut self, all: Vec<&Pat>, whole: Vec<&Pat>) {
        let all: Vec<&Pat> = all.into_iter().flat_map(alternatives).collect();
        let whole: Vec<&Pat> = whole.into_iter().flat_map(alternatives).collect();
        if let Some(spoken) = all.iter().find_map(|pattern| self.names_one(pattern)) {
            for line in whole.iter().filter_map(|pattern| takes_all(pattern)) {
                let what = format!("this arm takes what is left of `{spoken}`: name each variant");
                self.found.push(Breach::new(self.file, line, what));
            }
        }
        let mut places: BTreeMap<String, (Vec<&Pat>, Vec<&Pat>)> = BTreeMap::new();
        for pattern in &all {
            for (place, part) in parts(pattern) {
                places.entry(place).or_default().0.push(part);
            }
        }
        for pattern in &whole {
            for (place, part) in parts(pattern) {
                places.entry(place).or_default().1.push(part);
            }
        }
        for (all, whole) in places.into_values() {
            self.look_at_position(all, whole);
        }
    }

    /// The enum of ours of which a variant is named anywhere in the pattern.
    fn names_one(&self, pattern: &Pat) -> Option<String> {
        let path = match pattern {
            Pat::Path(pattern) => Some(segments(&pattern.path)),
            Pat::TupleStruct(pattern) => Some(segments(&pattern.path)),
            Pat::Struct(pattern) => Some(segments(&pattern.path)),
            Pat::Ident(pattern) if pattern.subpat.is_none() => Some(vec![pattern.ident.to_string()]),
            _ => None,
        };
        let here = path.and_then(|path| self.variant_of(path));
        let within = || alternatives_of_parts(pattern).into_iter().find_map(|part| self.names_one(part));
        here.or_else(within)
    }

    fn variant_of(&self, mut path: Vec<String>) -> Option<String> {
        if path.first().is_some_and(|first| first == "Self") {
            path.splice(..1, self.owner.clone()?);
        }
        let Target::Ours(mut path) = self.house.resolve(&self.module, &path) else { return None };
        path.pop();
        self.enums.contains(&path).then(|| path.join("::"))
    }
}

/// The line of a pattern that takes everything.
fn takes_all(pattern: &Pat) -> Option<usize> {
    match pattern {
        Pat::Wild(pattern) => Some(pattern.underscore_token.span.start().line),
        // A constant or a variant begins with a capital.
        Pat::Ident(named)
            if named.subpat.is_none() && !named.ident.to_string().starts_with(char::is_uppercase) =>
        {
            Some(named.ident.span().start().line)
        }
        _ => None,
    }
}

fn arm_is_unconditional(arm: &syn::Arm) -> bool {
    !matches!(arm.pat, Pat::Guard(_))
}

/// What stands on either side of `|`, freed of parentheses, references and names.
fn alternatives(pattern: &Pat) -> Vec<&Pat> {
    match pattern {
        Pat::Or(pattern) => pattern.cases.iter().flat_map(alternatives).collect(),
        Pat::Paren(pattern) => alternatives(&pattern.pat),
        Pat::Guard(pattern) => alternatives(&pattern.pat),
        Pat::Reference(pattern) => alternatives(&pattern.pat),
        Pat::Type(pattern) => alternatives(&pattern.pat),
        Pat::Ident(named) => {
            named.subpat.as_ref().map_or_else(|| vec![pattern], |(_, inner)| alternatives(inner))
        }
        _ => vec![pattern],
    }
}

fn alternatives_of_parts(pattern: &Pat) -> Vec<&Pat> {
    parts(pattern).into_iter().flat_map(|(_, part)| alternatives(part)).collect()
}

/// The patterns right within one, each with the place where it stands.
fn parts(pattern: &Pat) -> Vec<(String, &Pat)> {
    let numbered = |of: String,
                    elements: &'_ syn::punctuated::Punctuated<Pat, syn::Token![,]>|
     -> Vec<String> { (0..elements.len()).map(|at| format!("{of}.{at}")).collect() };
    match pattern {
        Pat::Tuple(tuple) => numbered(String::new(), &tuple.elems).into_iter().zip(&tuple.elems).collect(),
        Pat::Slice(slice) => numbered("[]".to_owned(), &slice.elems).into_iter().zip(&slice.elems).collect(),
        Pat::TupleStruct(tuple) => {
            numbered(segments(&tuple.path).join("::"), &tuple.elems).into_iter().zip(&tuple.elems).collect()
        }
        Pat::Struct(fields) => {
            let of = segments(&fields.path).join("::");
            let place = |field: &syn::FieldPat| match &field.member {
                syn::Member::Named(name) => format!("{of}.{name}"),
                syn::Member::Unnamed(index) => format!("{of}.{}", index.index),
            };
            fields.fields.iter().map(|field| (place(field), &*field.pat)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of breaches in a function whose body is this `match`.
    fn lines(body: &str) -> Vec<String> {
        let text = format!(
            "use crate::app::{{Command, MeshCommand}};\nuse crate::app::Command::*;\nfn f() {{\n{body}\n}}"
        );
        let house = House::made(&[
            ("app/mod.rs", "pub mod command; pub use command::{Command, MeshCommand};"),
            (
                "app/command.rs",
                "pub enum Command { Start, Stop(u8), Mesh(MeshCommand) } pub enum MeshCommand { A, B }",
            ),
            ("engine/x.rs", &text),
        ]);
        arms(&house).into_iter().map(|breach| breach.at).collect()
    }

    #[test]
    fn a_match_that_names_each_variant_is_right() {
        assert_eq!(
            lines("match c { Command::Start => 1, Command::Stop(_) | Command::Mesh(_) => 2 }"),
            [""; 0]
        );
        assert_eq!(lines("match n { Some(1) => 1, _ => 2 }"), [""; 0]);
        assert_eq!(
            lines("match c { Command::Start => 1, c @ (Command::Stop(_) | Command::Mesh(_)) => 2 }"),
            [""; 0]
        );
    }

    #[test]
    fn an_arm_that_takes_the_rest_of_the_commands_is_seen_whatever_it_is_called() {
        for rest in ["_", "other", "ref other", "x @ _", "_ | Command::Start"] {
            let body = format!("match c {{ Command::Start => 1,\n{rest} => 2 }}");
            assert_eq!(lines(&body), ["engine/x.rs:5"], "{rest}");
        }
        assert_eq!(lines("match c { Start => 1, _ => 2 }"), ["engine/x.rs:4"]);
        assert_eq!(
            lines("use crate::app as a; match c { a::Command::Start => 1, _ => 2 }"),
            ["engine/x.rs:4"]
        );
    }

    #[test]
    fn an_arm_that_takes_the_rest_deeper_down_is_seen() {
        for arms in [
            "Some(Command::Start) => 1, Some(_) => 2, None => 3",
            "Some(Command::Start) => 1, _ => 2",
            "(Command::Start, 1) => 1, (_, n) => 2",
            "Command::Mesh(MeshCommand::A) => 1, Command::Start | Command::Stop(_) | Command::Mesh(_) => 2",
            "Reply { to: Command::Start } => 1, Reply { to } => 2",
        ] {
            assert_eq!(lines(&format!("match c {{ {arms} }}")), ["engine/x.rs:4"], "{arms}");
        }
    }

    #[test]
    fn an_arm_inside_a_macro_and_one_over_self_are_seen() {
        assert_eq!(
            lines("select! { c = next() => match c { Command::Start => 1, _ => 2 } }"),
            ["engine/x.rs:4"]
        );
        let house = House::made(&[(
            "app/x.rs",
            "pub enum Event { A, B }\nimpl Event { fn f(&self) { match self { Self::A => 1,\n_ => 2 } } }",
        )]);
        assert_eq!(breaches(&house, &[("app/x.rs", 1)]), []);
        assert!(breaches(&house, &[("app/x.rs", 2)])[0].what.contains("in WILDCARDS"));
        assert_eq!(arms(&house)[0].at, "app/x.rs:3");
    }
}
