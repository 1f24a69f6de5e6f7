//! Elements of an XML document one by one, with bounds: no entities of its own, 32 levels, 64 KiB of text in each.
//!
//! In: octets from strangers. Out: [`Element`]s until the end, or [`BrokenXml`]. Names come without their prefix.

use super::text::text_of;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Deepest nesting.
const DEEPEST: usize = 32;

/// Most text of one element, in octets; what goes past it is left out.
const MOST_TEXT: usize = 64 << 10;

/// Most attributes of one element.
const MOST_ATTRIBUTES: usize = 32;

/// The beginning or the end of an element. Its text is on loan until the next one is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element<'e> {
    /// It begins.
    Open { name: &'e str, attributes: Vec<(String, String)> },
    /// It ends; `text` is what stood since the last beginning, trimmed.
    Close { name: &'e str, text: &'e str },
}

/// The document ends too early, is nested too deeply, or is no XML from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BrokenXml;

/// Reads a document.
pub(super) struct Elements<'a> {
    reader: Reader<&'a [u8]>,
    /// What is read now.
    text: String,
    /// Of the element that was given last.
    name: String,
    ended: String,
    depth: usize,
    ends_at_once: bool,
}

/// What was come to.
enum Step {
    Open(Vec<(String, String)>),
    Close,
}

impl<'a> Elements<'a> {
    pub(super) fn of(octets: &'a [u8]) -> Self {
        let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
        let (text, name, ended) = (String::new(), String::new(), String::new());
        Self { reader: Reader::from_reader(octets), text, name, ended, depth: 0, ends_at_once: false }
    }

    /// The next element. `None` at the end of a whole document.
    pub(super) fn next(&mut self) -> Result<Option<Element<'_>>, BrokenXml> {
        Ok(self.step()?.map(|step| match step {
            Step::Open(attributes) => Element::Open { name: &self.name, attributes },
            Step::Close => Element::Close { name: &self.name, text: self.ended.trim() },
        }))
    }

    fn step(&mut self) -> Result<Option<Step>, BrokenXml> {
        if std::mem::take(&mut self.ends_at_once) {
            self.ended.clear();
            return Ok(Some(Step::Close));
        }
        loop {
            match self.reader.read_event().map_err(|_| BrokenXml)? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(BrokenXml);
                    }
                    return Ok(Some(self.open(&start)));
                }
                Event::Empty(start) => {
                    self.ends_at_once = true;
                    return Ok(Some(self.open(&start)));
                }
                Event::End(end) => {
                    self.depth = self.depth.checked_sub(1).ok_or(BrokenXml)?;
                    put(&mut self.name, end.local_name().as_ref());
                    std::mem::swap(&mut self.text, &mut self.ended);
                    self.text.clear();
                    return Ok(Some(Step::Close));
                }
                Event::Text(text) => self.add(&text_of(&text)),
                Event::CData(text) => self.add(&text_of(&text)),
                Event::GeneralRef(reference) => self.add(&written(&reference)),
                // A document type may declare entities; none of them is ever put in.
                Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return if self.depth == 0 { Ok(None) } else { Err(BrokenXml) },
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Step {
        self.text.clear();
        put(&mut self.name, start.local_name().as_ref());
        Step::Open(attributes_of(start))
    }

    fn add(&mut self, text: &str) {
        if self.text.len() + text.len() <= MOST_TEXT {
            self.text.push_str(text);
        }
    }
}

/// Puts what octets say in the place of `text`.
fn put(text: &mut String, octets: &[u8]) {
    text.clear();
    text.push_str(&text_of(octets));
}

fn attributes_of(start: &BytesStart<'_>) -> Vec<(String, String)> {
    let attributes = start.attributes().take(MOST_ATTRIBUTES).filter_map(|attribute| {
        let attribute = attribute.ok()?;
        let name = text_of(attribute.key.local_name().as_ref()).into_owned();
        Some((name, unescaped(&text_of(&attribute.value))))
    });
    attributes.collect()
}

/// What `&amp;` or `&#233;` stands for; an entity that the document declares itself stays as it is written.
fn written(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name = text_of(reference);
    match &*name {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => format!("&{name};"),
    }
}

/// Text in which `&amp;` and the like may stand.
pub(super) fn unescaped(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned())
}
