//! What is known of one file on a server, before anything of it is kept.

use super::job_end::JobEnd;
use super::wish::AnnouncedFile;
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::domain::compression::Compression;
use crate::domain::content::{ContentFile, ContentId, Layout};
use crate::domain::data_kind::Promised;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::safe_path::SafePath;
use crate::transfer::address_rule::Reach;
use crate::transfer::assembly::BLOCK_LENGTH;
use crate::transfer::reason::Reason;
use crate::transfer::verification::ReceivedFile;
use bytes::Bytes;
use percent_encoding::percent_decode_str;
use url::Url;

/// A file on a server.
#[derive(Clone, Debug)]
pub(crate) struct RemoteTarget {
    pub(crate) url: Url,
    /// How far names may reach that lead to it.
    pub(crate) reach: Reach,
    /// What it is to be called here.
    pub(crate) name: String,
    pub(crate) length: ByteCount,
    pub(crate) validator: Option<String>,
    /// Whether the server answers with the range that was asked for.
    pub(crate) answers_ranges: bool,
    /// How it is compressed, by its first octets.
    pub(crate) compression: Option<Compression>,
    /// How it begins.
    pub(crate) beginning: Bytes,
}

/// A file on a server that does not tell its length: it is read once, to its end.
#[derive(Clone, Debug)]
pub(crate) struct StreamedTarget {
    pub(crate) url: Url,
    pub(crate) reach: Reach,
    /// What it is to be called here.
    pub(crate) name: String,
}

impl RemoteTarget {
    /// What it was asked as.
    pub(crate) fn promised(&self) -> Promised {
        Promised::by_url(&self.url).max(Promised::by_name(&self.name))
    }

    /// All of its octets.
    pub(crate) fn whole(&self) -> RangeSet {
        ByteRange::new(0, self.length.0).into_iter().collect()
    }

    /// Why it has no fields: it is no GRIB although it was asked as such, or nothing that can be told apart.
    pub(crate) fn without_fields(&self) -> JobEnd {
        let (name, beginning) = (self.name.as_str(), &self.beginning[..]);
        // Fields were asked of it.
        let received = ReceivedFile { name, promised: Promised::Grib, beginning, length: self.length };
        let is_message = beginning.windows(4).any(|four| four == b"GRIB");
        match received.refusal().filter(|_| !is_message) {
            Some(refusal) => refusal.into(),
            None => JobEnd::new(End::Unsound, UserMessage::NoFields { name: show(name) }),
        }
    }

    /// Refuses a file of another length than was announced.
    ///
    /// # Errors
    /// The end that tells both lengths.
    pub(crate) fn check_length(&self, announced: Option<&AnnouncedFile>) -> Result<(), JobEnd> {
        let Some(announced) = announced else { return Ok(()) };
        let too_long = (self.length > announced.most).then_some(announced.most);
        let other = announced.length.filter(|length| *length != self.length);
        match too_long.or(other) {
            Some(expected) => {
                Err(JobEnd::unreachable(&self.url, Reason::WrongLength { expected, told: self.length }))
            }
            None => Ok(()),
        }
    }

    /// What tells this content from another at the same URL: the server's validator, and the digest that was announced. An
    /// update may come under the same URL with the same length, and not every server says that it changed.
    pub(crate) fn content_id(&self, announced: Option<&AnnouncedFile>) -> ContentId {
        let validator = self.validator.clone().unwrap_or_default();
        let validator = match announced.and_then(|announced| announced.digest.as_ref()) {
            Some(digest) => format!("{validator} {digest:?}"),
            None => validator,
        };
        ContentId::Remote { url: self.url.to_string(), length: self.length, validator }
    }

    /// It as the only file of a content.
    pub(crate) fn layout(&self, announced: Option<&AnnouncedFile>) -> Layout {
        let announced = announced.map(|announced| announced.path.clone());
        let path = announced.unwrap_or_else(|| SafePath::from_name(&self.name));
        let (published, length) = (Vec::new(), self.length);
        layout_of_one(self.name.clone(), ContentFile { path, published, start: 0, length, is_padding: false })
    }
}

/// A file as the only one of a content.
pub(crate) fn layout_of_one(name: String, file: ContentFile) -> Layout {
    let alone = ContentFile { start: 0, published: Vec::new(), ..file };
    Layout::new(name, vec![alone], BLOCK_LENGTH).expect("one file from the first octet is a layout")
}

/// The mirrors that a person named, and those that are none.
pub(crate) fn mirrors_of(web_seeds: &[String]) -> impl Iterator<Item = Result<Url, UserMessage>> + '_ {
    web_seeds.iter().map(|text| match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => {
            let detail = "no http or https url".to_owned();
            Err(UserMessage::WebSeedUnusable { url: show_with_urls(text), detail })
        }
    })
}

/// The name of the file at `url`: the last part of its path, or the host where there is none.
pub(crate) fn name_of(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let decoded = percent_decode_str(last).decode_utf8_lossy().into_owned();
    if decoded.is_empty() { url.host_str().unwrap_or("file").to_owned() } else { decoded }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::{Digest, DigestAlgorithm, Voucher};

    fn remote(length: u64) -> RemoteTarget {
        let url = Url::parse("https://host/data/a%20b.grib2").expect("a URL");
        RemoteTarget {
            name: name_of(&url),
            url,
            reach: Reach::Public,
            length: ByteCount(length),
            validator: None,
            answers_ranges: true,
            compression: None,
            beginning: Bytes::new(),
        }
    }

    fn announced(most: u64, length: Option<u64>) -> AnnouncedFile {
        AnnouncedFile {
            digest: Some(Digest::of(DigestAlgorithm::Sha256, b"one")),
            voucher: Voucher::Person,
            path: SafePath::from_name("announced.grib2"),
            most: ByteCount(most),
            length: length.map(ByteCount),
            torrent: None,
        }
    }

    #[test]
    fn a_file_of_another_length_than_was_announced_is_refused() {
        assert!(remote(10).check_length(None).is_ok());
        assert!(remote(10).check_length(Some(&announced(10, None))).is_ok());
        assert!(remote(11).check_length(Some(&announced(10, None))).is_err());
        assert!(remote(9).check_length(Some(&announced(10, Some(10)))).is_err());
    }

    #[test]
    fn an_update_under_the_same_url_and_length_is_another_content() {
        let (one, mut other) = (announced(10, None), announced(10, None));
        other.digest = Some(Digest::of(DigestAlgorithm::Sha256, b"other"));
        assert_ne!(remote(10).content_id(Some(&one)), remote(10).content_id(Some(&other)));
        assert_eq!(remote(10).content_id(None), remote(10).content_id(None));
    }

    #[test]
    fn a_file_is_called_as_the_last_part_of_its_url_or_as_it_was_announced() {
        assert_eq!(remote(1).layout(None).files()[0].path, SafePath::from_name("a b.grib2"));
        let placed = remote(1).layout(Some(&announced(1, None)));
        assert_eq!(placed.files()[0].path, SafePath::from_name("announced.grib2"));
        assert_eq!(name_of(&Url::parse("https://host/").expect("a URL")), "host");
    }

    #[test]
    fn a_mirror_that_is_no_web_address_is_told() {
        let named = ["https://host/a".to_owned(), "ftp://host/a".to_owned(), "a".to_owned()];
        let usable: Vec<bool> = mirrors_of(&named).map(|mirror| mirror.is_ok()).collect();
        assert_eq!(usable, [true, false, false]);
    }
}
