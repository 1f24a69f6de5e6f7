//! A document that is held in memory: feeds, lists, pages, .torrents.
//!
//! In: octets, and what a client says. Out: status, headers and body of the answer. Everything that costs time is done once,
//! when the document is made ready, since thousands ask for it every minute.

use super::condition::{Precondition, RequestHeaders};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use bytes::Bytes;
use std::io::Write;

/// How long a copy may be used without asking, in seconds.
const FRESH_SECS: u32 = 60;

/// Shortest document that is worth packing, in octets.
const WORTH_PACKING: usize = 1 << 10;

/// A document that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedDocument {
    /// What it says.
    pub octets: Bytes,
    /// Its media type.
    pub media_type: &'static str,
}

/// One form of a document, with the tag of exactly these octets.
#[derive(Clone, Debug)]
struct Form {
    octets: Bytes,
    tag: String,
}

/// A document that is ready to be answered, as it is and packed.
#[derive(Clone, Debug)]
pub struct ReadyDocument {
    plain: Form,
    /// `None` when packing gains nothing.
    packed: Option<Form>,
    media_type: &'static str,
}

/// An answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentAnswer {
    /// 200, 304 or 412.
    pub status: u16,
    /// Its headers, without the length.
    pub headers: Vec<(&'static str, String)>,
    /// Its body; empty but for 200.
    pub octets: Bytes,
}

impl ReadyDocument {
    /// Makes `document` ready: its tags, and its packed form. Takes some 20 ms for each MiB.
    pub fn new(document: ServedDocument) -> Self {
        let digest = Digest::of(DigestAlgorithm::Sha256, &document.octets).hex();
        let packed = packed(&document.octets).map(|octets| Form { octets, tag: format!("\"{digest}-gz\"") });
        let plain = Form { octets: document.octets, tag: format!("\"{digest}\"") };
        Self { plain, packed, media_type: document.media_type }
    }

    /// Answers a request that has these headers.
    pub fn answer(&self, headers: &RequestHeaders<'_>) -> DocumentAnswer {
        let packed = self.packed.as_ref().filter(|_| headers.takes_gzip());
        let form = packed.unwrap_or(&self.plain);
        let tags: Vec<&str> =
            [&self.plain].into_iter().chain(&self.packed).map(|form| form.tag.as_str()).collect();
        let mut answer = DocumentAnswer {
            status: 200,
            headers: vec![
                ("etag", form.tag.clone()),
                ("cache-control", format!("max-age={FRESH_SECS}")),
                ("vary", "accept-encoding".to_owned()),
            ],
            octets: Bytes::new(),
        };
        match headers.judge(&tags) {
            Precondition::NotModified => answer.status = 304,
            Precondition::Failed => answer.status = 412,
            Precondition::Met => {
                answer.headers.push(("content-type", self.media_type.to_owned()));
                answer.headers.extend(packed.map(|_| ("content-encoding", "gzip".to_owned())));
                answer.octets = form.octets.clone();
            }
        }
        answer
    }
}

/// `None` for what is short, or would be hardly shorter.
fn packed(octets: &[u8]) -> Option<Bytes> {
    if octets.len() < WORTH_PACKING {
        return None;
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(octets).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < octets.len() / 10 * 9).then(|| packed.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn ready(octets: impl Into<Bytes>) -> ReadyDocument {
        ReadyDocument::new(ServedDocument { octets: octets.into(), media_type: "application/rss+xml" })
    }

    fn header<'a>(answer: &'a DocumentAnswer, name: &str) -> Option<&'a str> {
        answer.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    const TAKES_GZIP: RequestHeaders<'_> =
        RequestHeaders { accept_encoding: Some("gzip"), if_match: None, if_none_match: None, if_range: None };

    #[test]
    fn a_poller_that_has_the_document_gets_its_tag_and_no_more() {
        let document = ready("<rss/>");
        let first = document.answer(&RequestHeaders::default());
        assert_eq!((first.status, &first.octets[..]), (200, &b"<rss/>"[..]));
        assert_eq!(header(&first, "cache-control"), Some("max-age=60"));
        assert_eq!(header(&first, "content-type"), Some("application/rss+xml"));
        let tag = header(&first, "etag").expect("a tag");
        let again =
            document.answer(&RequestHeaders { if_none_match: Some(tag), ..RequestHeaders::default() });
        assert_eq!((again.status, again.octets.len(), header(&again, "etag")), (304, 0, Some(tag)));
        let changed = ready("<rss>1</rss>");
        let anew = changed.answer(&RequestHeaders { if_none_match: Some(tag), ..RequestHeaders::default() });
        assert_eq!(anew.status, 200);
    }

    #[test]
    fn a_long_text_is_packed_for_who_takes_it_and_each_form_has_its_tag() {
        let text = "<item>a line of a feed</item>\n".repeat(1_000);
        let document = ready(text.clone());
        let packed = document.answer(&TAKES_GZIP);
        assert_eq!(header(&packed, "content-encoding"), Some("gzip"));
        assert_eq!(header(&packed, "vary"), Some("accept-encoding"));
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&packed.octets[..]).read_to_string(&mut unpacked).expect("gzip");
        assert_eq!(unpacked, text);
        let plain = document.answer(&RequestHeaders::default());
        assert_eq!((header(&plain, "content-encoding"), plain.octets.len()), (None, text.len()));
        assert_ne!(header(&plain, "etag"), header(&packed, "etag"));
        let known = RequestHeaders { if_none_match: header(&packed, "etag"), ..RequestHeaders::default() };
        assert_eq!(document.answer(&known).status, 304, "the packed copy is a copy");
    }

    #[test]
    fn what_is_short_or_cannot_be_packed_goes_out_as_it_is() {
        let mut random = fastrand::Rng::with_seed(1);
        let noise: Vec<u8> = (0..5_000).map(|_| random.u8(..)).collect();
        for octets in [noise, b"short".to_vec()] {
            let answer = ready(octets.clone()).answer(&TAKES_GZIP);
            assert_eq!((header(&answer, "content-encoding"), &answer.octets[..]), (None, &octets[..]));
        }
    }
}
