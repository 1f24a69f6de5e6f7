//! What services say exists: answers of object stores, directory pages, MET Norway's lists, feeds of torrents.
//!
//! In: the octets of an answer and the address it came from. Out: a [`Listing`] of addresses, all on the host that was
//! asked (feeds excepted), or [`NotAListing`]. Every reader is bounded, and says when an answer was cut short: such a
//! listing tells what is there, but not what is gone. Start reading at [`read`]; [`Pages`] follows several pages.

mod api_list;
mod available;
mod feed_rows;
mod page;
mod s3;
#[cfg(test)]
mod tests;

use super::keys::Keys;
use super::provider::ListingForm;
use super::text::text_of;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::collections::HashSet;
use url::Url;

/// Longest answer that is read, in octets.
pub const LONGEST: usize = 64 << 20;

/// Most rows of one listing with all its pages.
pub const MOST_ROWS: usize = 200_000;

/// Most pages of one listing.
pub const MOST_PAGES: usize = 1_000;

/// Longest address or key that is taken, in octets.
const LONGEST_ADDRESS: usize = 4 << 10;

/// How large a file is, as far as it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    /// So many octets.
    Exact(ByteCount),
    /// About so many: directory pages of Apache round.
    About(ByteCount),
    /// Not told.
    #[default]
    Unknown,
}

/// One file that a listing names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it lies.
    pub address: Url,
    /// How large it is.
    pub size: Size,
    /// When it was last changed, by the server's clock.
    pub changed: Option<UtcTime>,
    /// What a list says of it besides: `area`, `type`, `time`…
    pub keys: Keys,
}

/// What one answer lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, in the order of the answer.
    pub rows: Vec<ListedFile>,
    /// Where the next page is.
    pub next: Option<Url>,
    /// Whether the answer was whole.
    pub wholeness: Wholeness,
    /// How many rows were passed over: folders apart, what leads elsewhere, is expired or is not understood.
    pub passed_over: usize,
}

/// Whether an answer was whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wholeness {
    /// It was: what is not in it is not there.
    #[default]
    Whole,
    /// It ends too early, or has more rows than are read.
    Cut,
}

/// Why an answer is no listing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAListing {
    /// The object store refused, in its own words.
    #[error("the object store says {code}")]
    Refused {
        /// `NoSuchKey`, `SlowDown`, `AccessDenied`…
        code: String,
    },
    /// A web page instead: a portal that asks to log in, or an error page.
    #[error("a web page stands there instead of the listing")]
    WebPage,
    /// Something else.
    #[error("not in the form that was expected: {detail}")]
    OtherForm {
        /// What was noticed.
        detail: &'static str,
    },
    /// More than 64 MiB.
    #[error("longer than 64 MiB")]
    TooLong,
}

/// Reads the answer that came from `at`. Rows that expired before `now` are not offered.
///
/// # Errors
/// [`NotAListing`] when it is something else.
pub fn read(form: ListingForm, at: &Url, octets: &[u8], now: UtcTime) -> Result<Listing, NotAListing> {
    if octets.len() > LONGEST {
        return Err(NotAListing::TooLong);
    }
    match form {
        ListingForm::S3 => s3::read(at, octets),
        ListingForm::Page => page::read(at, octets),
        ListingForm::ApiList => api_list::read(at, octets, now),
        ListingForm::Available => available::read(at, octets),
        ListingForm::Feed => feed_rows::read(at, octets),
        ListingForm::Probe | ListingForm::Folder => {
            Err(NotAListing::OtherForm { detail: "this form has no answers to read" })
        }
    }
}

/// Follows the pages of one listing.
#[derive(Clone, Debug)]
pub struct Pages {
    form: ListingForm,
    asked: HashSet<Url>,
    /// What was read so far; `next` says what to ask now.
    pub so_far: Listing,
}

impl Pages {
    /// Begins with the page at `first`, which is to be asked.
    pub fn begin(form: ListingForm, first: Url) -> Self {
        Self {
            form,
            asked: HashSet::from([first.clone()]),
            so_far: Listing { next: Some(first), ..Listing::default() },
        }
    }

    /// Takes the answer of the page that [`Listing::next`] named, and says where the next one is.
    ///
    /// # Errors
    /// [`NotAListing`] when it is none; what was read before stays.
    pub fn take(&mut self, octets: &[u8], now: UtcTime) -> Result<Option<&Url>, NotAListing> {
        let Some(at) = self.so_far.next.take() else { return Ok(None) };
        let page =
            read(self.form, &at, octets, now).inspect_err(|_| self.so_far.wholeness = Wholeness::Cut)?;
        self.so_far.rows.extend(page.rows);
        self.so_far.passed_over += page.passed_over;
        if page.wholeness == Wholeness::Cut || self.so_far.rows.len() > MOST_ROWS {
            self.so_far.rows.truncate(MOST_ROWS);
            self.so_far.wholeness = Wholeness::Cut;
        }
        if let Some(next) = page.next {
            // A page that was asked before, or too many of them: a ring.
            if self.asked.len() < MOST_PAGES
                && self.asked.insert(next.clone())
                && self.so_far.rows.len() < MOST_ROWS
            {
                self.so_far.next = Some(next);
            } else {
                self.so_far.wholeness = Wholeness::Cut;
            }
        }
        Ok(self.so_far.next.as_ref())
    }

    /// The page that cannot be had: what was read before stays, and is not whole.
    pub fn give_up(&mut self) {
        self.so_far.next = None;
        self.so_far.wholeness = Wholeness::Cut;
    }
}

/// Whether octets begin like a web page.
pub fn is_web_page(octets: &[u8]) -> bool {
    let start = text_of(&octets[..octets.len().min(512)]).to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Whether `address` is on the server that was asked.
fn is_same_server(address: &Url, asked: &Url) -> bool {
    address.origin() == asked.origin() && address.username().is_empty() && address.password().is_none()
}
