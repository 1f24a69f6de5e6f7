//! Elements of an XML document one by one, with bounds: no entities of its own, 32 levels, 64 KiB of text in each.
//!
//! In: octets from strangers. Out: [`Element`]s until the end, or [`Cut`]. Names come without their prefix.

use super::listing::text_of;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// Deepest nesting.
const DEEPEST: usize = 32;

/// Most text of one element, in octets; what goes past it is left out.
const MOST_TEXT: usize = 64 << 10;

/// Most attributes of one element.
const MOST_ATTRIBUTES: usize = 32;

/// The beginning or the end of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// It begins.
    Open { name: String, attributes: Vec<(String, String)> },
    /// It ends; `text` is what stood since the last beginning, trimmed.
    Close { name: String, text: String },
}

/// The document ends too early, is nested too deeply, or is no XML from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut;

/// Reads a document.
pub(super) struct Elements<'a> {
    reader: Reader<&'a [u8]>,
    text: String,
    depth: usize,
    /// The end of an element that was written as one tag.
    pending: Option<Element>,
}

impl<'a> Elements<'a> {
    pub(super) fn of(octets: &'a [u8]) -> Self {
        let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
        Self { reader: Reader::from_reader(octets), text: String::new(), depth: 0, pending: None }
    }

    /// The next element. `None` at the end of a whole document.
    pub(super) fn next(&mut self) -> Result<Option<Element>, Cut> {
        if let Some(end) = self.pending.take() {
            return Ok(Some(end));
        }
        loop {
            match self.reader.read_event().map_err(|_| Cut)? {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > DEEPEST {
                        return Err(Cut);
                    }
                    self.text.clear();
                    return Ok(Some(opened(&start)));
                }
                Event::Empty(start) => {
                    let open = opened(&start);
                    if let Element::Open { name, .. } = &open {
                        self.pending = Some(Element::Close { name: name.clone(), text: String::new() });
                    }
                    self.text.clear();
                    return Ok(Some(open));
                }
                Event::End(end) => {
                    self.depth = self.depth.checked_sub(1).ok_or(Cut)?;
                    let name = text_of(end.local_name().as_ref());
                    let text = std::mem::take(&mut self.text).trim().to_owned();
                    return Ok(Some(Element::Close { name, text }));
                }
                Event::Text(text) => self.add(&text_of(&text)),
                Event::CData(text) => self.add(&text_of(&text)),
                Event::GeneralRef(reference) => self.add(&written(&reference)),
                // A document type may declare entities; none of them is ever put in.
                Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return if self.depth == 0 { Ok(None) } else { Err(Cut) },
            }
        }
    }

    fn add(&mut self, text: &str) {
        if self.text.len() + text.len() <= MOST_TEXT {
            self.text.push_str(text);
        }
    }
}

fn opened(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().take(MOST_ATTRIBUTES).filter_map(|attribute| {
        let attribute = attribute.ok()?;
        Some((text_of(attribute.key.local_name().as_ref()), unescaped(&text_of(&attribute.value))))
    });
    Element::Open { name: text_of(start.local_name().as_ref()), attributes: attributes.collect() }
}

/// What `&amp;` or `&#233;` stands for; an entity that the document declares itself stays as it is written.
fn written(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let name = text_of(reference);
    match name.as_str() {
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
