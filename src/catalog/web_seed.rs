//! Where each file of a torrent lies on an HTTP server (BEP 19).
//!
//! In: an entry of a `url-list` or a magnet's `ws`, and the torrent's layout. Out: [`WebSeed`], which gives a URL a file.
//! Contacts nobody; whether the host may be contacted is `transfer::address_rule`'s.
//! Start reading at [`WebSeed::new`], which holds the rules.

use crate::domain::content::{ContentFile, Layout};
use crate::domain::outside_text::{show, show_url};
use crate::domain::url_component::encode_path;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Longest URL, in octets: room for the tokens that forecast services put into theirs.
const LONGEST_URL: usize = 8 << 10;

/// An HTTP server that holds the files of one torrent.
#[derive(Clone)]
pub struct WebSeed {
    layout: Arc<Layout>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    /// The URL of the only file, to be used as it is.
    File(Url),
    /// What stands before the name and path of a file; ends in `/`.
    Folder(String),
}

/// Why an entry cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebSeedError {
    /// Longer than 8 KiB.
    #[error("url of {octets} octets")]
    TooLong {
        /// Its length.
        octets: usize,
    },
    /// Not a URL with a host.
    #[error("not a url: {shown}")]
    NotAUrl {
        /// The entry, fit to be shown.
        shown: String,
    },
    /// Neither http nor https.
    #[error("scheme {scheme:?} is neither http nor https")]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// A URL with a query names one file; it cannot be told how it would name the others.
    #[error("a url with a query serves one file, and the torrent has several: {shown}")]
    QueryNamesOneFile {
        /// The URL without its secrets.
        shown: String,
    },
}

impl WebSeed {
    /// Reads an entry of a `url-list`.
    ///
    /// # Errors
    /// [`WebSeedError`] when it is no HTTP URL, or cannot name the files of `layout`.
    pub fn parse(text: &str, layout: &Arc<Layout>) -> Result<Self, WebSeedError> {
        Self::new(url_of_text(text)?, layout)
    }

    /// The web seed at `url`.
    ///
    /// | torrent | URL ends in `/` | otherwise |
    /// |---|---|---|
    /// | one file | the name follows | as it is |
    /// | several files | name and path follow | `/`, name and path follow; refused when there is a query |
    ///
    /// A URL with a query that does not end in `/` is never rewritten. A fragment is never sent.
    ///
    /// # Errors
    /// [`WebSeedError::Scheme`] and [`WebSeedError::QueryNamesOneFile`].
    pub fn new(mut url: Url, layout: &Arc<Layout>) -> Result<Self, WebSeedError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(WebSeedError::Scheme { scheme: show(url.scheme()) });
        }
        url.set_fragment(None);
        let layout = Arc::clone(layout);
        let place = if url.as_str().ends_with('/') {
            Place::Folder(url.into())
        } else if layout.is_single_file() {
            Place::File(url)
        } else if url.query().is_some() {
            return Err(WebSeedError::QueryNamesOneFile { shown: show_url(&url) });
        } else {
            Place::Folder(format!("{url}/"))
        };
        Ok(Self { layout, place })
    }

    /// Where file number `file` of the layout lies. Folders `.` and `..`, which no URL can name, are left out, as
    /// libtorrent does. `None` for padding, for an empty file, for a number past the last, for a file whose own name is
    /// empty, `.` or `..`, and for a path longer than any server takes.
    pub fn url_of(&self, file: usize) -> Option<Url> {
        let file = self.layout.files().get(file)?;
        if file.is_padding || file.range().is_none() {
            return None;
        }
        match &self.place {
            Place::File(url) => Some(url.clone()),
            Place::Folder(folder) => Url::parse(&format!("{folder}{}", self.path_of(file)?)).ok(),
        }
    }

    fn path_of(&self, file: &ContentFile) -> Option<String> {
        let components = || std::iter::once(&self.layout.name).chain(&file.published);
        let own_name = components().next_back().map(String::as_str).unwrap_or_default();
        let is_too_long = components().map(String::len).sum::<usize>() > LONGEST_URL;
        if is_too_long || matches!(own_name, "" | "." | "..") {
            return None;
        }
        // A URL parser takes `..` for a step up even when it is written `%2E%2E`.
        let named = components().filter(|component| !matches!(component.as_str(), "." | ".."));
        Some(encode_path(&named.collect::<Vec<_>>()))
    }

    /// The URL as a `url-list` should hold it: whole for one file, with a `/` at its end for several.
    ///
    /// anacrolix/torrent refuses a folder without the `/`; webtorrent does not append the name of a single file.
    /// `None` when the name of a single file cannot stand in a URL.
    pub fn to_url_list_entry(&self) -> Option<String> {
        match &self.place {
            Place::File(url) => Some(url.to_string()),
            Place::Folder(_) if self.layout.is_single_file() => Some(self.url_of(0)?.to_string()),
            Place::Folder(folder) => Some(folder.clone()),
        }
    }

    /// The URL from which those of the files are made.
    pub fn base(&self) -> Url {
        match &self.place {
            Place::File(url) => url.clone(),
            Place::Folder(folder) => Url::parse(folder).expect("a URL with a slash at its end is a URL"),
        }
    }

    /// The URL fit to be shown, without its secrets.
    pub fn shown(&self) -> String {
        show_url(&self.base())
    }
}

impl fmt::Debug for WebSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// The URL that `text` is; characters that may not stand in one are percent-encoded.
fn url_of_text(text: &str) -> Result<Url, WebSeedError> {
    let text = text.trim();
    if text.len() > LONGEST_URL {
        return Err(WebSeedError::TooLong { octets: text.len() });
    }
    let url = Url::parse(text).map_err(|_| WebSeedError::NotAUrl { shown: show(text) })?;
    if url.has_host() || !matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(WebSeedError::NotAUrl { shown: show(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteCount;
    use crate::domain::safe_path::SafePath;

    fn layout(name: &str, files: &[(&[&str], u64)]) -> Arc<Layout> {
        let mut start = 0;
        let files = files.iter().map(|&(published, length)| {
            let file = ContentFile {
                path: SafePath::from_name(name),
                published: published.iter().map(ToString::to_string).collect(),
                start,
                length: ByteCount(length),
                is_padding: published.first() == Some(&".pad"),
            };
            start += length;
            file
        });
        Arc::new(Layout::new(name.to_owned(), files.collect(), 16).expect("a sound layout"))
    }

    fn urls(entry: &str, layout: &Arc<Layout>) -> Vec<String> {
        let seed = WebSeed::parse(entry, layout).expect("a web seed");
        let url = |file| seed.url_of(file).map_or("-".to_owned(), |url| url.to_string());
        (0..=layout.files().len()).map(url).collect()
    }

    #[test]
    fn a_single_file_is_taken_as_it_is_or_its_name_follows_a_slash() {
        let single = layout("a b+é.grib2", &[(&[], 5)]);
        assert_eq!(urls("http://h/x.grib2", &single), ["http://h/x.grib2", "-"]);
        assert_eq!(urls("https://h:8443/run/", &single), ["https://h:8443/run/a%20b%2B%C3%A9.grib2", "-"]);
        assert_eq!(urls("http://h", &single)[0], "http://h/a%20b%2B%C3%A9.grib2");
    }

    #[test]
    fn several_files_lie_below_the_name_with_or_without_a_slash() {
        let several =
            layout("run 06", &[(&["HP1", "00H.grib2"], 5), (&["#1?.grib2"], 1), (&[".pad", "10"], 10)]);
        let expected = ["http://h/d/run%2006/HP1/00H.grib2", "http://h/d/run%2006/%231%3F.grib2", "-", "-"];
        assert_eq!(urls("http://h/d", &several), expected);
        assert_eq!(urls("http://h/d/#part", &several), expected);
    }

    #[test]
    fn an_empty_folder_name_stays_an_empty_part_of_the_path() {
        assert_eq!(urls("http://h/d/", &layout("n", &[(&["", "a"], 1)]))[0], "http://h/d/n//a");
    }

    #[test]
    fn an_empty_file_has_no_url() {
        assert_eq!(urls("http://h/", &layout("n", &[(&["a"], 0), (&["b"], 1)])), ["-", "http://h/n/b", "-"]);
    }

    #[test]
    fn a_url_with_a_query_is_never_rewritten() {
        let single = layout("AROME.grib2", &[(&[], 5)]);
        let query =
            "http://h/services/Get?token=__x__&model=AROME&time=00H&referencetime=2017-04-29T06:00:00Z";
        assert_eq!(urls(query, &single)[0], query);
        let several = layout("run", &[(&["a"], 1), (&["b"], 1)]);
        let refused = WebSeed::parse(query, &several).expect_err("it names one file");
        assert!(
            matches!(&refused, WebSeedError::QueryNamesOneFile { shown } if shown.contains("token=***&model"))
        );
        assert_eq!(urls("http://h/get?path=/", &several)[1], "http://h/get?path=/run/b");
    }

    #[test]
    fn a_folder_of_one_file_is_still_a_folder() {
        assert_eq!(urls("http://h/d", &layout("run", &[(&["a"], 1)]))[0], "http://h/d/run/a");
    }

    #[test]
    fn only_http_is_spoken() {
        let single = layout("n", &[(&[], 5)]);
        for (entry, scheme) in
            [("ftp://h/x", "ftp"), ("file:///etc/passwd", "file"), ("javascript:alert(1)", "javascript")]
        {
            let refused = WebSeed::parse(entry, &single).expect_err("it should be refused");
            assert_eq!(refused, WebSeedError::Scheme { scheme: scheme.to_owned() });
        }
        assert!(matches!(WebSeed::parse("//h/x", &single), Err(WebSeedError::NotAUrl { .. })));
        assert!(matches!(WebSeed::parse("http://", &single), Err(WebSeedError::NotAUrl { .. })));
        let long = format!("http://h/{}", "a".repeat(LONGEST_URL));
        assert!(matches!(WebSeed::parse(&long, &single), Err(WebSeedError::TooLong { .. })));
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let hostile = layout("..", &[(&["a"], 1), (&["..", "b"], 1), (&["c", ".."], 1), (&[""], 1)]);
        assert_eq!(urls("http://h/d/e/", &hostile), ["http://h/d/e/a", "http://h/d/e/b", "-", "-", "-"]);
        let hostile = layout("n", &[(&["%2e%2e", "x"], 1), (&["../../y"], 1), (&["a\\b"], 1)]);
        let below = urls("http://h/d/", &hostile);
        assert_eq!(
            below[..3],
            ["http://h/d/n/%252e%252e/x", "http://h/d/n/..%2F..%2Fy", "http://h/d/n/a%5Cb"]
        );
    }

    #[test]
    fn raw_characters_in_a_list_are_encoded_rather_than_refused() {
        let single = layout("n", &[(&[], 5)]);
        assert_eq!(
            urls(" http://h/mon fichier é.grib2\n", &single)[0],
            "http://h/mon%20fichier%20%C3%A9.grib2"
        );
    }

    #[test]
    fn a_list_entry_of_ours_suits_every_client() {
        let entry = |text: &str, layout: Arc<Layout>| {
            WebSeed::parse(text, &layout)
                .expect("a web seed")
                .to_url_list_entry()
                .expect("a name fit for a URL")
        };
        assert_eq!(entry("http://h/d", layout("run", &[(&["a"], 1)])), "http://h/d/");
        assert_eq!(entry("http://h/d/", layout("a.grib2", &[(&[], 1)])), "http://h/d/a.grib2");
    }

    #[test]
    fn secrets_do_not_show() {
        let seed =
            WebSeed::parse("http://u:pw@h/x?api_key=5ecret", &layout("n", &[(&[], 5)])).expect("a web seed");
        assert_eq!(format!("{seed:?}"), "http://***@h/x?api_key=***");
        assert_eq!(seed.url_of(0).map(String::from), Some("http://u:pw@h/x?api_key=5ecret".to_owned()));
    }
}
