//! Every path that the code of a file names, with its line: in types, expressions, patterns, `use` and inside macros.

use super::house::{SourceFile, Uses};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ExprMatch, Item, Macro};

/// One path as it is written.
pub struct Mention {
    pub path: Vec<String>,
    pub line: usize,
    /// The module whose names it uses; that of the file, or one within.
    pub module: Vec<String>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Path,
    Use,
    /// `pub use`.
    Reexport,
    /// The name of a macro that is called.
    Macro,
}

pub fn mentions(file: &SourceFile) -> Vec<Mention> {
    let mut finder = Finder { module: file.module.clone(), found: Vec::new() };
    finder.items(&file.items);
    finder.found
}

struct Finder {
    module: Vec<String>,
    found: Vec<Mention>,
}

impl Finder {
    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.visit_item(item);
        }
    }

    fn add(&mut self, path: Vec<String>, line: usize, kind: Kind) {
        self.found.push(Mention { path, line, module: self.module.clone(), kind });
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for (path, line) in paths_of(tokens) {
            self.add(path, line, Kind::Path);
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((_, items)) = &item.content {
            self.module.push(item.ident.to_string());
            self.items(items);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut uses = Uses::default();
        uses.visit_item_use(item);
        for leaf in uses.0 {
            self.add(leaf.path, leaf.line, if leaf.is_public { Kind::Reexport } else { Kind::Use });
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let line = path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.add(segments(path), line, Kind::Path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let line = called.path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.add(segments(&called.path), line, Kind::Macro);
        self.tokens(called.tokens.clone());
    }

    /// Only what is doc or a condition stands there.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}

    /// `pub(super)` says who may see a thing; it uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}

pub fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// `a::b::c` wherever it stands among tokens.
fn paths_of(tokens: TokenStream) -> Vec<(Vec<String>, usize)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is =
        |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == sign);
    let mut found: Vec<(Vec<String>, usize)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            // A field or a method is no path.
            TokenTree::Ident(_) if at > 0 && is(at - 1, '.') => {}
            TokenTree::Ident(first) => {
                let mut path = vec![first.to_string()];
                while is(at + 1, ':')
                    && is(at + 2, ':')
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 3)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                found.push((path, first.span().start().line));
            }
            TokenTree::Group(group) => found.extend(paths_of(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    found
}

/// Every `match` among the tokens of a macro.
pub fn matches_of(tokens: TokenStream) -> Vec<ExprMatch> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "match" => found.extend(match_from(&tokens[at..])),
            TokenTree::Group(group) => found.extend(matches_of(group.stream())),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// The shortest piece from there that is a whole `match`.
fn match_from(tokens: &[TokenTree]) -> Option<ExprMatch> {
    let is_body =
        |token: &TokenTree| matches!(token, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
    let ends = tokens.iter().enumerate().filter(|(_, token)| is_body(token)).map(|(at, _)| at);
    ends.into_iter().find_map(|end| syn::parse2(tokens[..=end].iter().cloned().collect()).ok())
}
