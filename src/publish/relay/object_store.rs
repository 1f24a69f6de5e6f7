//! An S3 store in which the files of a relay lie: what lies where in it, and signed requests.
//!
//! In: the words of whoever runs the relay, keys, the time, what lies there already. Out: addresses, signed for one request each,
//! and what is to be put and removed. Nothing is asked here. Start reading at [`ObjectStore::new`] and [`acts_towards`].

use super::places::{RelayBase, RelayDocument};
use crate::domain::utc::UtcTime;
use rusty_s3::actions::S3Action;
use rusty_s3::{Bucket, Credentials, UrlStyle};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// So long a signed request may be begun. Stores refuse clocks that are a quarter of an hour wrong, whatever this says.
const SIGNED_FOR: Duration = Duration::from_secs(3_600);

/// The region of stores that know none.
const USUAL_REGION: &str = "us-east-1";

/// The largest object that one request can put, in octets: 5 GiB.
pub const LARGEST_OBJECT: u64 = 5 << 30;

/// Where a store is, in words. What is `None` follows from the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct ObjectStoreWords {
    /// Bucket and folder: `s3://BUCKET/FOLDER`.
    pub url: Option<String>,
    /// The address of the service; that of AWS in the region by default.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` by default.
    pub region: Option<String>,
    /// The address under which others read the bucket's folder; by default the one at which it is written.
    pub public_url: Option<String>,
}

impl ObjectStoreWords {
    /// These words, and those of `other` where there are none.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            url: self.url.or(other.url),
            endpoint: self.endpoint.or(other.endpoint),
            region: self.region.or(other.region),
            public_url: self.public_url.or(other.public_url),
        }
    }
}

/// The word that names no store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoObjectStore(pub String);

/// The keys of a store.
#[derive(Clone)]
pub struct StoreKeys(Credentials);

impl StoreKeys {
    /// Keys as the environment has them: id and secret, and a token where they are lent for a while. `None` when id or
    /// secret is missing or empty.
    pub fn new(id: Option<String>, secret: Option<String>, token: Option<String>) -> Option<Self> {
        let said = |word: Option<String>| word.filter(|word| !word.trim().is_empty());
        let (id, secret) = (said(id)?, said(secret)?);
        Some(Self(match said(token) {
            Some(token) => Credentials::new_with_token(id, secret, token),
            None => Credentials::new(id, secret),
        }))
    }
}

impl std::fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKeys(…)")
    }
}

/// What is asked of a store about one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreRequest {
    /// Put it there, in place of one of that name.
    Put,
    /// Remove it; one that is not there is no failure.
    Remove,
    /// Say how long it is.
    Head,
}

/// A bucket, a folder in it, and the address under which others read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectStore {
    bucket: Bucket,
    folder: Vec<String>,
    public: RelayBase,
}

impl ObjectStore {
    /// The store that `words` name. `None` when they name none.
    ///
    /// # Errors
    /// The word that cannot be understood.
    pub fn new(words: &ObjectStoreWords) -> Result<Option<Self>, NoObjectStore> {
        let Some(text) = &words.url else {
            let lonely = [&words.endpoint, &words.region, &words.public_url].into_iter().flatten().next();
            return lonely.map_or(Ok(None), |word| Err(NoObjectStore(word.clone())));
        };
        let unsound = || NoObjectStore(text.clone());
        let (name, folder) = place_of(text).ok_or_else(unsound)?;
        let region = words.region.clone().unwrap_or_else(|| USUAL_REGION.to_owned());
        let endpoint = words.endpoint.clone().unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
        let service = Url::parse(&endpoint).map_err(|_| NoObjectStore(endpoint.clone()))?;
        // Its own name is part of the host only at AWS; other services are found by any name only with the other style.
        let is_in_host = words.endpoint.is_none() && !name.contains('.');
        let style = if is_in_host { UrlStyle::VirtualHost } else { UrlStyle::Path };
        let bucket = Bucket::new(service, style, name, region).map_err(|_| NoObjectStore(endpoint))?;
        let public = match &words.public_url {
            Some(public) => Url::parse(public).ok().and_then(RelayBase::new),
            None => RelayBase::new(bucket.object_url(&folder.join("/"))),
        };
        let named = words.public_url.as_ref().unwrap_or(text);
        let public = public.ok_or_else(|| NoObjectStore(named.clone()))?;
        Ok(Some(Self { bucket, folder, public }))
    }

    /// The address under which others read it.
    pub fn public(&self) -> &RelayBase {
        &self.public
    }

    /// The address for `request` about the object at `components`, signed with `keys` at `now`.
    pub fn signed(
        &self,
        request: StoreRequest,
        components: &[String],
        (keys, now): (&StoreKeys, UtcTime),
    ) -> Url {
        let name: Vec<&str> = self.folder.iter().chain(components).map(String::as_str).collect();
        let (name, keys) = (name.join("/"), Some(&keys.0));
        // Every time of ours is one of that clock.
        let time = jiff::Timestamp::from_second(now.unix_seconds()).unwrap_or_default();
        match request {
            StoreRequest::Put => self.bucket.put_object(keys, &name).sign_with_time(SIGNED_FOR, &time),
            StoreRequest::Remove => self.bucket.delete_object(keys, &name).sign_with_time(SIGNED_FOR, &time),
            StoreRequest::Head => self.bucket.head_object(keys, &name).sign_with_time(SIGNED_FOR, &time),
        }
    }
}

/// Bucket and folder of `s3://BUCKET/FOLDER`. `None` for anything else.
fn place_of(text: &str) -> Option<(String, Vec<String>)> {
    let rest = text.trim().strip_prefix("s3://")?;
    let (name, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_name = (3..=63).contains(&name.len())
        && name.chars().all(is_of_name)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    let folder: Vec<String> = folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let is_folder = folder.iter().all(|part| part != "." && part != ".." && !part.contains(['?', '#', '\\']));
    (is_name && is_folder).then(|| (name.to_owned(), folder))
}

/// One thing that is to lie in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Where, as on the disk below `public`.
    pub at: Vec<String>,
    /// What tells it from another of that name: a digest.
    pub version: String,
}

/// What is to be done in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreAct {
    /// Put what lies there on the disk.
    Put(StoredObject),
    /// Remove what lies there.
    Remove(Vec<String>),
}

/// What leads from what lies in a store to what is `wanted`: everything new in the sequence in which it is wanted, and only then
/// what nothing names any more.
pub fn acts_towards(wanted: &[StoredObject], there: &BTreeMap<Vec<String>, String>) -> Vec<StoreAct> {
    let is_new = |one: &&StoredObject| there.get(&one.at) != Some(&one.version);
    let put = wanted.iter().filter(is_new).cloned().map(StoreAct::Put);
    let named: std::collections::BTreeSet<&Vec<String>> = wanted.iter().map(|one| &one.at).collect();
    let over = there.keys().filter(|at| !named.contains(at)).cloned().map(StoreAct::Remove);
    put.chain(over).collect()
}

/// The media type of what lies at `at`.
pub fn media_type_at(at: &[String]) -> &'static str {
    let name = at.last().map_or("", String::as_str);
    let document = RelayDocument::ALL.into_iter().find(|document| at.len() == 1 && document.name() == name);
    match (document, name.rsplit_once('.').map(|(_, ending)| ending)) {
        (Some(document), _) => document.media_type(),
        (None, Some("torrent")) => "application/x-bittorrent",
        (None, Some("meta4")) => "application/metalink4+xml",
        (None, Some("atom")) => RelayDocument::Atom.media_type(),
        (None, _) => "application/octet-stream",
    }
}

/// How long others may keep what lies at `at` without asking anew. `None` for what never changes under its name while it is
/// offered, of which the store's own rule holds.
pub fn cache_rule_at(at: &[String]) -> Option<&'static str> {
    // Documents are written anew every few seconds while a run comes in.
    (at.len() == 1).then_some("max-age=10")
}

/// The word by which a store says no, from the body of its answer: `AccessDenied`. `None` when there is none.
pub fn refusal_word(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word = (1..=64).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric());
    is_word.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(url: &str) -> ObjectStoreWords {
        ObjectStoreWords { url: Some(url.to_owned()), ..ObjectStoreWords::default() }
    }

    fn at(path: &str) -> Vec<String> {
        path.split('/').map(str::to_owned).collect()
    }

    fn object(path: &str, version: &str) -> StoredObject {
        StoredObject { at: at(path), version: version.to_owned() }
    }

    fn keys() -> StoreKeys {
        let word = |text: &str| Some(text.to_owned());
        StoreKeys::new(word("AKIAIOSFODNN7EXAMPLE"), word("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), None)
            .expect("keys")
    }

    #[test]
    fn the_public_address_follows_from_bucket_folder_and_service() {
        let aws = ObjectStore::new(&words("s3://grib/relay/a")).expect("words").expect("a store");
        assert_eq!(aws.public().url().as_str(), "https://grib.s3.us-east-1.amazonaws.com/relay/a/");
        let own =
            ObjectStoreWords { endpoint: Some("http://127.0.0.1:9000".to_owned()), ..words("s3://grib") };
        let own = ObjectStore::new(&own).expect("words").expect("a store");
        assert_eq!(own.public().url().as_str(), "http://127.0.0.1:9000/grib/");
        let fronted = ObjectStoreWords {
            public_url: Some("https://data.example/x".to_owned()),
            ..words("s3://grib/relay")
        };
        let fronted = ObjectStore::new(&fronted).expect("words").expect("a store");
        assert_eq!(fronted.public().url().as_str(), "https://data.example/x/");
    }

    #[test]
    fn a_word_that_names_no_store_is_named() {
        for text in
            ["https://grib.example/", "s3://", "s3://a/b", "s3://../x", "s3://grib/../x", "s3://gr ib/"]
        {
            assert_eq!(ObjectStore::new(&words(text)), Err(NoObjectStore(text.to_owned())), "{text}");
        }
        let lonely = ObjectStoreWords { region: Some("gra".to_owned()), ..ObjectStoreWords::default() };
        assert_eq!(ObjectStore::new(&lonely), Err(NoObjectStore("gra".to_owned())));
        let ftp = ObjectStoreWords { endpoint: Some("ftp://x.example".to_owned()), ..words("s3://grib") };
        assert_eq!(ObjectStore::new(&ftp), Err(NoObjectStore("ftp://x.example".to_owned())));
        assert_eq!(ObjectStore::new(&ObjectStoreWords::default()), Ok(None));
    }

    #[test]
    fn the_signature_is_that_of_the_service_s_own_example() {
        // The example of AWS's documentation on signed query strings: GET of test.txt; HEAD differs in its first line alone, so the
        // parts around the signature are compared, and that it changes with object, request and key.
        let store = ObjectStore::new(&words("s3://examplebucket")).expect("words").expect("a store");
        let now = UtcTime::parse_rfc3339("2013-05-24T00:00:00Z").expect("a time");
        let signed = |request, path: &str| store.signed(request, &at(path), (&keys(), now)).to_string();
        let put = signed(StoreRequest::Put, "data/a b.grib2");
        assert!(
            put.starts_with("https://examplebucket.s3.us-east-1.amazonaws.com/data/a%20b.grib2?"),
            "{put}"
        );
        for part in [
            "X-Amz-Algorithm=AWS4-HMAC-SHA256",
            "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
            "X-Amz-Date=20130524T000000Z",
            "X-Amz-SignedHeaders=host",
            "X-Amz-Signature=",
        ] {
            assert!(put.contains(part), "{part} in {put}");
        }
        assert!(!put.contains("wJalr"), "{put}");
        let others =
            [signed(StoreRequest::Remove, "data/a b.grib2"), signed(StoreRequest::Put, "data/b.grib2")];
        assert!(others.iter().all(|other| *other != put));
    }

    #[test]
    fn keys_are_whole_or_none_and_are_never_printed() {
        let word = |text: &str| Some(text.to_owned());
        assert!(StoreKeys::new(word("id"), None, None).is_none());
        assert!(StoreKeys::new(word("id"), word(" "), None).is_none());
        assert!(!format!("{:?}", keys()).contains("EXAMPLE"));
    }

    #[test]
    fn what_is_new_is_put_in_its_sequence_and_what_nothing_names_goes_last() {
        let there = BTreeMap::from([
            (at("torrent/a.torrent"), "1".to_owned()),
            (at("torrent/b.torrent"), "1".to_owned()),
            (at("feed.xml"), "old".to_owned()),
        ]);
        let wanted =
            [object("torrent/b.torrent", "1"), object("torrent/c.torrent", "1"), object("feed.xml", "new")];
        assert_eq!(
            acts_towards(&wanted, &there),
            [
                StoreAct::Put(object("torrent/c.torrent", "1")),
                StoreAct::Put(object("feed.xml", "new")),
                StoreAct::Remove(at("torrent/a.torrent")),
            ]
        );
        assert_eq!(acts_towards(&[], &BTreeMap::new()), []);
    }

    #[test]
    fn documents_are_asked_for_anew_and_a_file_is_not_one_for_its_name() {
        assert_eq!(media_type_at(&at("feed.xml")), "application/rss+xml; charset=utf-8");
        assert_eq!(media_type_at(&at("feed-2.atom")), "application/atom+xml; charset=utf-8");
        assert_eq!(media_type_at(&at("torrent/x/a.torrent")), "application/x-bittorrent");
        assert_eq!(media_type_at(&at("data/x/feed.xml")), "application/octet-stream");
        assert_eq!(
            (cache_rule_at(&at("feed.xml")), cache_rule_at(&at("data/x/a"))),
            (Some("max-age=10"), None)
        );
    }

    #[test]
    fn the_word_of_a_refusal_is_read_and_nothing_else_of_its_body() {
        let body = b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>x</Message></Error>";
        assert_eq!(refusal_word(body).as_deref(), Some("AccessDenied"));
        for odd in
            [&b"<Code></Code>"[..], b"<Code><b>x</b></Code>", b"no", b"\xff<Code>\xff</Code>", b"<Code>"]
        {
            assert_eq!(refusal_word(odd), None);
        }
    }
}
