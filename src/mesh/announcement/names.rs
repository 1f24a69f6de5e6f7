//! Names of links, hosts and files, as messages write them.
//!
//! In: text of a message. Out: the part that is meant, or one form for all its spellings.

use std::borrow::Cow;

/// What a link is to its file: text of our own where it is a usual word, so that a link need not carry it.
pub(super) fn rel_of(text: &str) -> Cow<'static, str> {
    const USUAL: [&str; 6] = ["canonical", "update", "deletion", "alternate", "item", "via"];
    let usual = USUAL.into_iter().find(|usual| *usual == text);
    usual.map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed)
}

/// What stands before `:` in a URL.
pub(super) fn scheme_of(href: &str) -> &str {
    href.split_once(':').map_or("", |(scheme, _)| scheme)
}

/// Host and port of a URL, without user; empty when there is none. For grouping and showing, not for connecting.
pub(in crate::mesh) fn host_of(href: &str) -> &str {
    let Some((_, rest)) = href.split_once("://") else { return "" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// A relative path as a key: without leading slash, no two slashes together.
pub(super) fn key_of_path(path: &str) -> Cow<'_, str> {
    let path = path.trim_start_matches('/');
    if !path.contains("//") {
        return Cow::Borrowed(path);
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Cow::Owned(parts.join("/"))
}

/// `base` and `path` as one URL, with one slash between them.
pub(super) fn joined(base: &str, path: &str) -> String {
    format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
}
