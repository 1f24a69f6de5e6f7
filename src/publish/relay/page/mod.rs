//! The page of a relay for people: what there is, how to get it, whose it is; in English and in French.
//!
//! In: [`RelayOffers`]. Out: the text of `index.html`: one file without scripts, images or addresses of others but the
//! publishers'. Both languages stand on it, so that it can be stored and served as it is; tables are shared, their headings
//! say both. Of very many files the newest are shown, and where the others stand is said.

#[cfg(test)]
mod tests;
mod words;

use super::feed::put;
use super::markup::escaped;
use super::offered::RelayedFile;
use super::offers::{RelayOffers, anchor};
use super::places::{OfWhich, RelayDocument, run_folder};
use crate::domain::utc::UtcTime;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use words::{ENGLISH, FRENCH, PageWords};

/// Most files that are shown.
pub const MOST_ROWS: usize = 2_000;

/// Its whole look: readable on a telephone, in the colours that the reader's system asks for.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--back:#fff;--line:#c9d1d9;--link:#0550ae;--soft:#f3f5f7}\
@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--back:#14181d;--line:#3a424b;--link:#79b8ff;--soft:#1d232a}}\
body{margin:0 auto;max-width:72rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}\
a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:2px}\
.both{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr))}\
section{padding:0 1rem;border:1px solid var(--line);border-radius:.5rem}\
.wide{overflow-x:auto;margin-block:1rem}table{border-collapse:collapse;width:100%}\
caption{text-align:left;font-weight:700;padding:.5rem 0}\
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}\
thead th{background:var(--soft)}tbody th{font-weight:400}td.n{text-align:right;white-space:nowrap}\
tbody th,code{overflow-wrap:anywhere}tr:target{background:var(--soft)}";

/// The text of `index.html`.
pub fn write_page(offers: &RelayOffers) -> String {
    let identity = offers.identity();
    let title = escaped(&identity.title);
    let mut text = String::with_capacity(8_192 + 1_024 * offers.files().len().min(MOST_ROWS));
    put(
        &mut text,
        format_args!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n\
             <link rel=\"alternate\" type=\"application/rss+xml\" title=\"RSS\" href=\"{}\">\n\
             <link rel=\"alternate\" type=\"application/atom+xml\" title=\"Atom\" href=\"{}\">\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<header><h1>{title}</h1></header>\n<main>\n<div class=\"both\">\n",
            RelayDocument::Rss.name(),
            RelayDocument::Atom.name(),
        ),
    );
    put_section(&mut text, offers, &ENGLISH);
    put_section(&mut text, offers, &FRENCH);
    text.push_str("</div>\n");
    put_tables(&mut text, offers);
    put(&mut text, format_args!("</main>\n<footer><p><time>{}</time></p></footer>\n", offers.changed()));
    text.push_str("</body>\n</html>\n");
    text
}

fn put_section(text: &mut String, offers: &RelayOffers, words: &PageWords) {
    put(text, format_args!("<section lang=\"{}\">\n<h2>{}</h2>\n", words.language, words.heading));
    for paragraph in [words.not_the_publisher, words.two_ways, words.checked] {
        put(text, format_args!("<p>{paragraph}</p>\n"));
    }
    put(text, format_args!("<p>{}</p>\n<ul>\n", words.addresses));
    let documents = [
        (RelayDocument::Rss, words.rss),
        (RelayDocument::Atom, words.atom),
        (RelayDocument::FileList, words.file_list),
        (RelayDocument::Manifest, words.manifest),
    ];
    for (document, meaning) in documents {
        put_document(text, document, words.colon, meaning);
    }
    if let Some(key) = &offers.identity().key {
        put_document(text, RelayDocument::Signature, words.colon, words.signature);
        put_document(text, RelayDocument::PublicKey, words.colon, words.public_key);
        put(text, format_args!("</ul>\n<p>{} <code>{}</code></p>\n", words.fingerprint, key.fingerprint()));
    } else {
        put(text, format_args!("</ul>\n<p>{}</p>\n", words.unsigned));
    }
    let shown = offers.files().len().min(MOST_ROWS);
    if shown < offers.files().len() {
        let (before, after) = words.more;
        put(text, format_args!("<p>{before} {shown} / {}{after}</p>\n", offers.files().len()));
    }
    if shown == 0 {
        put(text, format_args!("<p>{}</p>\n", words.nothing));
    }
    text.push_str("</section>\n");
}

fn put_document(text: &mut String, document: RelayDocument, colon: &str, meaning: &str) {
    put(text, format_args!("<li><a href=\"{0}\">{0}</a>{colon}{meaning}</li>\n", document.name()));
}

/// A table for each run of each dataset: datasets by name, their runs newest first.
fn put_tables(text: &mut String, offers: &RelayOffers) {
    let mut tables: BTreeMap<(&str, Reverse<Option<UtcTime>>), Vec<&RelayedFile>> = BTreeMap::new();
    for file in offers.files().iter().take(MOST_ROWS) {
        tables.entry((file.key.dataset.as_str(), Reverse(file.key.run))).or_default().push(file);
    }
    let mut anchors = HashSet::new();
    for ((dataset, Reverse(run)), mut files) in tables {
        files.sort_by(|a, b| a.key.name.cmp(&b.key.name));
        put(
            text,
            format_args!(
                "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table>\n<caption>{0}</caption>\n\
                 <thead><tr>",
                escaped(&run_folder(dataset, run).join("/"))
            ),
        );
        for (english, french) in words::HEADINGS {
            put(text, format_args!("<th scope=\"col\">{english} <span lang=\"fr\">/ {french}</span></th>"));
        }
        text.push_str("</tr></thead>\n<tbody>\n");
        for file in files {
            // An identifier stands on a page once, also when two runs have the same file.
            let is_first = anchors.insert(file.info_hash);
            let id = if is_first { format!(" id=\"{}\"", anchor(file.info_hash)) } else { String::new() };
            put_row(text, offers, file, &id);
        }
        text.push_str("</tbody>\n</table></div>\n");
    }
}

fn put_row(text: &mut String, offers: &RelayOffers, file: &RelayedFile, id: &str) {
    let base = &offers.identity().base;
    let link = |address: &str, english: &str, french: &str| {
        format!("<a href=\"{}\">{english} <span lang=\"fr\">/ {french}</span></a>", escaped(address))
    };
    let classic = file.source.public_address();
    let index = file.index.as_ref().map_or_else(
        || "–".to_owned(),
        |_| link(base.of_file(&file.key, OfWhich::Index).as_str(), "index", "index"),
    );
    put(
        text,
        format_args!(
            "<tr{id}><th scope=\"row\">{}</th><td class=\"n\"><data value=\"{}\">{}</data></td><td>{}</td><td>{}</td>\
             <td>{index}</td><td class=\"n\"><time datetime=\"{}\">{}</time></td></tr>\n",
            escaped(&file.key.name),
            file.source.length,
            megabytes(file.source.length),
            link(
                base.of_file(&file.key, OfWhich::Torrent).as_str(),
                "torrent (faster)",
                "torrent (plus rapide)"
            ),
            link(classic.as_str(), "classic", "classique"),
            file.expires,
            minute(file.expires),
        ),
    );
}

/// Millions of bytes, of small files with a tenth; the unit stands in the heading, as it has two names.
fn megabytes(length: u64) -> String {
    match length {
        0..=99_999 if length > 0 => "0.1".to_owned(),
        0..=9_999_999 => format!("{}.{}", length / 1_000_000, length / 100_000 % 10),
        _ => (length / 1_000_000).to_string(),
    }
}

/// `2026-12-02 09:10 UTC`.
fn minute(time: UtcTime) -> String {
    let civil = time.civil();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute()
    )
}
