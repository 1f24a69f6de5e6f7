//! Directory pages of nginx and Apache: a link a row, then perhaps a date and a size.
//!
//! Such pages are no XML, so they are searched for links. Only what lies directly below the page counts.

use super::{LONGEST_ADDRESS, ListedFile, Listing, NotAListing, Size, Wholeness, is_same_server};
use crate::catalog::keys::Keys;
use crate::catalog::text::text_of;
use crate::catalog::xml::unescaped;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use url::Url;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Most text after a link in which its date and size are looked for, in octets.
const MOST_AFTER: usize = 512;

pub(super) fn read(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    let text = text_of(octets);
    // A page in capitals has its tags in capitals; only ASCII changes, so places stay the same.
    let lower = text.to_ascii_lowercase();
    let is_index = lower.contains("<title>index of")
        || lower.contains("<h1>index of")
        || lower.contains(">directory listing");
    let mut listing = Listing::default();
    let mut is_dated = false;
    let mut links = lower.match_indices("<a ").map(|(start, _)| start).peekable();
    while let Some(start) = links.next() {
        let end = links.peek().copied().unwrap_or(text.len());
        let row = text.get(start..end).unwrap_or_default();
        match listed(at, row) {
            Row::File(file) => {
                is_dated |= file.changed.is_some();
                listing.rows.push(*file);
            }
            Row::Elsewhere => listing.passed_over += 1,
            Row::Folder => {}
        }
    }
    if !is_index && !is_dated {
        return Err(if lower.contains("<html") || lower.contains("<!doctype") {
            NotAListing::WebPage
        } else {
            NotAListing::OtherForm { detail: "no directory page" }
        });
    }
    if !lower.contains("</html>") {
        listing.wholeness = Wholeness::Cut;
    }
    Ok(listing)
}

enum Row {
    File(Box<ListedFile>),
    /// A folder, the parent, or a link that sorts the page.
    Folder,
    /// A link to somewhere else.
    Elsewhere,
}

/// The row that begins with the link in `row`.
fn listed(at: &Url, row: &str) -> Row {
    let Some(href) = href_of(row).filter(|href| href.len() <= LONGEST_ADDRESS) else { return Row::Elsewhere };
    if href.starts_with('?') || href.ends_with('/') || href.is_empty() {
        return Row::Folder;
    }
    // A name with a colon in it is not the name of a scheme.
    let relative = if href.contains("://") || href.starts_with('/') { href } else { format!("./{href}") };
    let Ok(address) = at.join(&relative) else { return Row::Elsewhere };
    let folder = at.path().rsplit_once('/').map_or("/", |(folder, _)| folder);
    let below = address.path().strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    let is_here = below.is_some_and(|name| !name.is_empty() && !name.contains('/'));
    if !is_here || !is_same_server(&address, at) || address.query().is_some() || address.fragment().is_some()
    {
        return Row::Elsewhere;
    }
    let (changed, size) = row.find("</").map_or((None, Size::Unknown), |end| date_and_size(&row[end..]));
    Row::File(Box::new(ListedFile { address, size, changed, keys: Keys::default() }))
}

fn href_of(row: &str) -> Option<String> {
    let tag = &row[..row.find('>')?];
    let at = tag.to_ascii_lowercase().find("href=")?;
    let value = tag[at + 5..].trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    Some(unescaped(value.trim()))
}

/// The date and the size that stand after a link.
fn date_and_size(after: &str) -> (Option<UtcTime>, Size) {
    let mut end = after.len().min(MOST_AFTER);
    while !after.is_char_boundary(end) {
        end -= 1;
    }
    let plain = without_tags(&after[..end]);
    let mut words = plain.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let Some(day) = day_of(word) else { continue };
        let clock = words.next().unwrap_or_default();
        let size = words.next().map_or(Size::Unknown, size_of);
        return (time_of(day, clock), size);
    }
    (None, Size::Unknown)
}

fn without_tags(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        plain.push_str(&rest[..open]);
        plain.push(' ');
        let Some(close) = rest[open..].find('>') else { return plain };
        rest = &rest[open + close + 1..];
    }
    plain + rest
}

/// `20-Nov-2026` (nginx) or `2026-11-20` (Apache).
fn day_of(word: &str) -> Option<[i32; 3]> {
    let mut parts = word.split('-');
    let [first, second, third] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    let month =
        |name: &str| MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month)).map(|at| at as i32 + 1);
    match month(second) {
        Some(month) => Some([third.parse().ok()?, month, first.parse().ok()?]),
        None => Some([
            first.parse().ok().filter(|_| first.len() == 4)?,
            second.parse().ok()?,
            third.parse().ok()?,
        ]),
    }
}

fn time_of([year, month, day]: [i32; 3], clock: &str) -> Option<UtcTime> {
    let mut parts = clock.split(':').map(|part| part.parse::<i32>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    UtcTime::from_civil([year, month, day, hour, minute, parts.next().flatten().unwrap_or(0)])
}

/// `12345` octets; `1.2M` of about so many.
fn size_of(word: &str) -> Size {
    if let Ok(octets) = word.parse() {
        return Size::Exact(ByteCount(octets));
    }
    let unit = word.chars().last().map(|unit| unit.to_ascii_uppercase());
    let Some(power) = unit.and_then(|unit| "KMGT".find(unit)) else { return Size::Unknown };
    let number = word[..word.len() - 1].parse::<f64>().ok().filter(|number| (0.0..1e6).contains(number));
    number.map_or(Size::Unknown, |number| {
        Size::About(ByteCount((number * 1024f64.powi(power as i32 + 1)) as u64))
    })
}
