//! The sources as they are parsed: every file of `src`, without what is compiled for tests alone.
//!
//! In: a folder, or made sources of a test. Out: [`House`], whose modules and names the rules ask. Start at [`House::read`].

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemImpl, ItemUse, Meta, Token, UseTree, Visibility};

/// A place in the crate, its root left out: `["engine", "host"]`.
pub type ModulePath = Vec<String>;

/// Re-exports followed for one name.
const MOST_REEXPORTS: usize = 16;

/// None is followed.
const NO_REEXPORT: usize = 0;

/// One file of `src`.
pub struct SourceFile {
    /// Its path below `src`, with `/`.
    pub name: String,
    /// What it says, to the letter.
    pub text: String,
    /// The module that it is.
    pub module: ModulePath,
    /// What it defines, without what only tests have. Empty for a file of tests.
    pub items: Vec<Item>,
}

/// What a path means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Something of ours, where it is defined.
    Ours(ModulePath),
    /// Something of another crate, or a name that is only known here: renames resolved.
    Other(Vec<String>),
}

/// Something that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// `file:line` below `src`.
    pub at: String,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Breach {
    pub fn new(file: &SourceFile, line: usize, what: impl Into<String>) -> Self {
        Self { at: format!("{}:{line}", file.name), what: what.into() }
    }
}

/// All sources, and what their names mean.
pub struct House {
    pub files: Vec<SourceFile>,
    modules: HashSet<ModulePath>,
    /// What each module defines: types, functions, constants, variants.
    definitions: HashSet<ModulePath>,
    /// What a name means in a module, by `use`; also of those inside a function.
    imports: HashMap<(ModulePath, String), Vec<String>>,
    /// Modules whose names a module takes as a whole.
    globs: HashMap<ModulePath, Vec<Vec<String>>>,
}

impl House {
    /// Every file below `root`.
    pub fn read(root: &Path) -> Self {
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path).expect("a source file is readable");
            let below = path.strip_prefix(root).expect("it lies below the root");
            (below.to_string_lossy().replace('\\', "/"), text)
        };
        Self::of(sources(root).into_iter().map(read))
    }

    /// Made sources: names and texts.
    pub fn made(files: &[(&str, &str)]) -> Self {
        Self::of(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())))
    }

    fn of(files: impl Iterator<Item = (String, String)>) -> Self {
        let mut files: Vec<_> = files.map(|(name, text)| SourceFile::parse(name, text)).collect();
        let of_tests: HashSet<ModulePath> = files.iter_mut().flat_map(SourceFile::leave_tests_out).collect();
        for file in &mut files {
            if (1..=file.module.len()).any(|length| of_tests.contains(&file.module[..length])) {
                file.items.clear();
            }
        }
        let mut house = Self {
            modules: files.iter().map(|file| file.module.clone()).collect(),
            definitions: HashSet::new(),
            imports: HashMap::new(),
            globs: HashMap::new(),
            files: Vec::new(),
        };
        for file in &files {
            house.learn(&file.module, &file.items);
        }
        Self { files, ..house }
    }

    fn learn(&mut self, module: &[String], items: &[Item]) {
        let inside =
            |name: &dyn ToString| module.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        for item in items {
            match item {
                Item::Mod(inner) => {
                    let path = inside(&inner.ident);
                    if let Some((_, items)) = &inner.content {
                        self.learn(&path, items);
                    }
                    self.modules.insert(path);
                }
                Item::Struct(item) => drop(self.definitions.insert(inside(&item.ident))),
                Item::Enum(item) => {
                    let path = inside(&item.ident);
                    let variants = item.variants.iter().map(|variant| variant.ident.to_string());
                    self.definitions.extend(variants.map(|variant| [&path[..], &[variant]].concat()));
                    self.definitions.insert(path);
                }
                Item::Trait(item) => drop(self.definitions.insert(inside(&item.ident))),
                Item::Type(item) => drop(self.definitions.insert(inside(&item.ident))),
                Item::Fn(item) => drop(self.definitions.insert(inside(&item.sig.ident))),
                Item::Const(item) => drop(self.definitions.insert(inside(&item.ident))),
                Item::Static(item) => drop(self.definitions.insert(inside(&item.ident))),
                _ => {}
            }
            let mut uses = Uses::default();
            if !matches!(item, Item::Mod(_)) {
                uses.visit_item(item);
            }
            for leaf in uses.0 {
                match leaf.alias {
                    Some(alias) => drop(self.imports.insert((module.to_vec(), alias), leaf.path)),
                    None => self.globs.entry(module.to_vec()).or_default().push(leaf.path),
                }
            }
        }
    }

    pub fn is_module(&self, path: &[String]) -> bool {
        self.modules.contains(path)
    }

    /// What `path`, written in `module`, means: where that is defined.
    pub fn resolve(&self, module: &[String], path: &[String]) -> Target {
        self.resolve_at(module, path, MOST_REEXPORTS)
    }

    /// Whom `path`, written in `module`, asks for it: who hands on a name answers for it.
    pub fn asked(&self, module: &[String], path: &[String]) -> Target {
        let own = path.first().and_then(|first| self.imports.get(&(module.to_vec(), first.clone())));
        match own {
            Some(meant) => {
                let whole: Vec<_> = meant.iter().chain(&path[1..]).cloned().collect();
                self.resolve_at(module, &whole, NO_REEXPORT)
            }
            None => self.resolve_at(module, path, NO_REEXPORT),
        }
    }

    fn resolve_at(&self, module: &[String], path: &[String], patience: usize) -> Target {
        let Some((first, rest)) = path.split_first() else {
            return Target::Other(Vec::new());
        };
        let below = |base: &[String]| {
            let whole: ModulePath = base.iter().chain(rest).cloned().collect();
            self.defined_at(whole, patience)
        };
        match first.as_str() {
            "nuee" => return below(&[]),
            "crate" if module.first().is_some_and(|first| first == "main.rs") => return below(module),
            "crate" => return below(&[]),
            "self" => return below(module),
            "super" => {
                let parent = &module[..module.len().saturating_sub(1)];
                let is_further = rest.first().is_some_and(|next| next == "super");
                return if is_further { self.resolve_at(parent, rest, patience) } else { below(parent) };
            }
            _ => {}
        }
        let own: ModulePath = module.iter().cloned().chain([first.clone()]).collect();
        if let Some(meant) = self.imports.get(&(module.to_vec(), first.clone()))
            && patience > 0
        {
            let whole: Vec<_> = meant.iter().chain(rest).cloned().collect();
            // `use peers;` means another crate or a module beside, never itself.
            return if meant.first() == Some(first) && !self.modules.contains(&own) {
                Target::Other(whole)
            } else {
                self.resolve_at(module, &whole, patience - 1)
            };
        }
        if self.modules.contains(&own) || self.definitions.contains(&own) {
            return below(&own);
        }
        self.of_glob(module, path, patience).unwrap_or_else(|| Target::Other(path.to_vec()))
    }

    fn of_glob(&self, module: &[String], path: &[String], patience: usize) -> Option<Target> {
        let patience = patience.checked_sub(1)?;
        self.globs.get(module)?.iter().find_map(|glob| {
            let Target::Ours(taken) = self.resolve_at(module, glob, patience) else { return None };
            let whole: ModulePath = taken.iter().chain(path).cloned().collect();
            let head = &whole[..=taken.len()];
            let is_there = self.definitions.contains(head)
                || self.modules.contains(head)
                || self.imports.contains_key(&(taken.clone(), path[0].clone()));
            is_there.then(|| self.defined_at(whole, patience))
        })
    }

    /// Follows `pub use` to where a thing is defined.
    fn defined_at(&self, path: ModulePath, patience: usize) -> Target {
        for length in (1..path.len()).rev() {
            let (module, name) = (&path[..length], &path[length]);
            if self.definitions.contains(&path[..=length]) || self.modules.contains(&path[..=length]) {
                return Target::Ours(path);
            }
            if self.modules.contains(module) && self.imports.contains_key(&(module.to_vec(), name.clone())) {
                return match patience.checked_sub(1) {
                    Some(patience) => self.resolve_at(module, &path[length..], patience),
                    None => Target::Ours(path),
                };
            }
        }
        Target::Ours(path)
    }
}

impl SourceFile {
    fn parse(name: String, text: String) -> Self {
        let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let module = match name.as_str() {
            "lib.rs" => Vec::new(),
            "main.rs" => vec!["main.rs".to_owned()],
            _ => {
                let stem = name.strip_suffix(".rs").expect("a source file");
                stem.strip_suffix("/mod").unwrap_or(stem).split('/').map(str::to_owned).collect()
            }
        };
        Self { name, text, module, items: file.items }
    }

    /// Takes away what only tests have; tells the modules of tests that are files of their own.
    fn leave_tests_out(&mut self) -> Vec<ModulePath> {
        let mut of_tests = Vec::new();
        let items = std::mem::take(&mut self.items);
        self.items = without_tests(items, &self.module, &mut of_tests);
        of_tests
    }

    /// The folder, or file, right below `src` that it belongs to.
    pub fn folder(&self) -> &str {
        self.module.first().map_or("lib.rs", String::as_str)
    }
}

fn without_tests(items: Vec<Item>, module: &[String], of_tests: &mut Vec<ModulePath>) -> Vec<Item> {
    let mut kept = Vec::new();
    for mut item in items {
        let is_test = is_for_tests(attributes(&item));
        if let Item::Mod(inner) = &mut item {
            let path: ModulePath = module.iter().cloned().chain([inner.ident.to_string()]).collect();
            if is_test {
                of_tests.push(path);
            } else if let Some((_, items)) = &mut inner.content {
                *items = without_tests(std::mem::take(items), &path, of_tests);
            }
        }
        if let Item::Impl(ItemImpl { items, .. }) = &mut item {
            items.retain(|item| !matches!(item, ImplItem::Fn(function) if is_for_tests(&function.attrs)));
        }
        if !is_test {
            kept.push(item);
        }
    }
    kept
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<Meta>().is_ok_and(|condition| needs_test(&condition)))
    })
}

/// Whether a condition holds in tests alone.
fn needs_test(condition: &Meta) -> bool {
    let parts = |list: &syn::MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    };
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => parts(list).iter().any(needs_test),
        Meta::List(list) if list.path.is_ident("any") => parts(list).iter().all(needs_test),
        _ => false,
    }
}

/// One name that a `use` brings; without an alias when it brings all names.
pub struct UseLeaf {
    pub path: Vec<String>,
    pub alias: Option<String>,
    pub line: usize,
    pub is_public: bool,
}

/// Collects what every `use` brings, also inside functions.
#[derive(Default)]
pub struct Uses(pub Vec<UseLeaf>);

impl<'ast> Visit<'ast> for Uses {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let before = self.0.len();
        leaves(&item.tree, &mut Vec::new(), &mut self.0);
        self.0[before..].iter_mut().for_each(|leaf| leaf.is_public = is_public);
        visit::visit_item_use(self, item);
    }
}

fn leaves(tree: &UseTree, before: &mut Vec<String>, found: &mut Vec<UseLeaf>) {
    let line = |ident: &proc_macro2::Ident| ident.span().start().line;
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            leaves(&path.tree, before, found);
            before.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, found)),
        UseTree::Glob(glob) => {
            let line = glob.star_token.spans[0].start().line;
            found.push(UseLeaf { path: before.clone(), alias: None, line, is_public: false });
        }
        UseTree::Name(name) => {
            let itself = name.ident == "self";
            let own = (!itself).then(|| name.ident.to_string());
            let path: Vec<_> = before.iter().cloned().chain(own).collect();
            let alias = path.last().cloned();
            found.push(UseLeaf { path, alias, line: line(&name.ident), is_public: false });
        }
        UseTree::Rename(name) => {
            let own = (name.ident != "self").then(|| name.ident.to_string());
            let path = before.iter().cloned().chain(own).collect();
            let alias = Some(name.rename.to_string());
            found.push(UseLeaf { path, alias, line: line(&name.ident), is_public: false });
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src is readable").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let mut found: Vec<_> =
        files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    found.extend(folders.iter().flat_map(|folder| sources(folder)));
    found.sort();
    found
}
