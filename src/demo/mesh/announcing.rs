//! The messages by which the demo's publisher announces its files: WIS2 notifications and Sarracenia version 3.
//!
//! In: files with their digests, an hour of the run, the time. Out: [`Post`]s. Three hours go wrong on purpose, as they do in
//! the field: see [`Mishap`]. Start reading at [`posts_of_hour`].

use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcMillis;
use base64::Engine;
use serde_json::{Value, json};

/// Where the demo publishes on the way of WIS2; no centre has that name.
const CENTRE: &str = "a/wis2/xx-nuee-demo/data/core/weather";

/// The cache that announces a file and does not give it.
const CACHE: &str = "xx-nuee-demo-global-cache";

/// What goes wrong with one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Its announcement comes ten minutes after it was published.
    Late,
    /// Its announcement has the digest of other bytes.
    WrongChecksum,
    /// A cache that does not answer announces it before its origin does.
    DeadSource,
}

impl Mishap {
    /// What goes wrong with `hour`. `None` for most hours.
    pub const fn of_hour(hour: u32) -> Option<Self> {
        match hour {
            2 => Some(Self::Late),
            3 => Some(Self::WrongChecksum),
            4 => Some(Self::DeadSource),
            _ => None,
        }
    }
}

/// How long before it came the late one was published.
const LATE_MILLIS: i64 = 600_000;

/// A file that is announced.
#[derive(Clone, Debug)]
pub struct DemoFile {
    /// Its name.
    pub name: String,
    /// The server that has it, with a slash at its end.
    pub base: String,
    /// Its path there.
    pub path: String,
    /// Its length in octets.
    pub length: u64,
    /// Its SHA-512.
    pub digest: Digest,
    /// Its content, when it is small enough to travel along.
    pub text: Option<String>,
}

impl DemoFile {
    /// A file of these octets.
    pub fn new(name: &str, (base, path): (&str, String), octets: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            base: base.to_owned(),
            path,
            length: octets.len() as u64,
            digest: Digest::of(DigestAlgorithm::Sha512, octets),
            text: None,
        }
    }

    fn url(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    fn integrity(&self) -> Value {
        let value = base64::engine::general_purpose::STANDARD.encode(self.digest.octets());
        json!({ "method": "sha512", "value": value })
    }
}

/// A message with its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The topic.
    pub topic: String,
    /// The media type of the message.
    pub content_type: &'static str,
    /// The message.
    pub payload: String,
}

/// What one notification says besides its file.
struct Notice<'a> {
    topic: &'a str,
    published: UtcMillis,
    rel: &'a str,
    /// The cache that speaks, and where it says that the file is.
    cache: Option<(&'a str, String)>,
}

/// The messages that announce an hour of the run, in their order. `dead` is a server that does not answer; in a later
/// `round` the same files are announced once more, as updates.
pub fn posts_of_hour(file: &DemoFile, hour: u32, (now, round): (UtcMillis, u32), dead: &str) -> Vec<Post> {
    let mishap = Mishap::of_hour(hour);
    let mut announced = file.clone();
    if mishap == Some(Mishap::WrongChecksum) {
        announced.digest = Digest::of(DigestAlgorithm::Sha512, b"DEMO: other bytes");
    }
    let forecast = format!("{CENTRE}/prediction/forecast/short-range/deterministic/limited-area");
    let late = UtcMillis::from_unix_millis(now.unix_millis() - LATE_MILLIS).unwrap_or(now);
    let published = if mishap == Some(Mishap::Late) { late } else { now };
    let rel = if round == 0 { "canonical" } else { "update" };
    let mut posts = Vec::new();
    if mishap == Some(Mishap::DeadSource) {
        let cache = Some((CACHE, format!("{dead}{}", file.path)));
        posts.push(wis2(&announced, &Notice { topic: &format!("cache/{forecast}"), published, rel, cache }));
    }
    let notice = Notice { topic: &format!("origin/{forecast}"), published, rel, cache: None };
    posts.push(wis2(&announced, &notice));
    if mishap.is_none() {
        posts.push(v03(&announced, published));
    }
    posts
}

/// The message that announces a bulletin: an observation, or a warning.
pub fn post_of_bulletin(file: &DemoFile, kind: Bulletin, (now, round): (UtcMillis, u32)) -> Post {
    let topic = match kind {
        Bulletin::Observation => format!("origin/{CENTRE}/surface-based-observations/synop"),
        Bulletin::Warning => format!("origin/{CENTRE}/advisories-warnings"),
    };
    let rel = if round == 0 { "canonical" } else { "update" };
    wis2(file, &Notice { topic: &topic, published: now, rel, cache: None })
}

/// What a bulletin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulletin {
    /// An observation.
    Observation,
    /// A warning.
    Warning,
}

fn wis2(file: &DemoFile, notice: &Notice<'_>) -> Post {
    let topic = notice.topic.to_owned();
    let data_id = format!("{}/{}", topic.split('/').skip(1).collect::<Vec<_>>().join("/"), file.name);
    let href = notice.cache.as_ref().map_or_else(|| file.url(), |(_, href)| href.clone());
    let is_grib = file.name.ends_with(".grib2");
    let media_type = if is_grib { "application/x-grib2" } else { "text/plain" };
    let mut message = json!({
        "id": uuid(),
        "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "type": "Feature",
        "geometry": null,
        "properties": {
            "pubtime": notice.published.to_string(),
            "data_id": data_id,
            "datetime": null,
            "metadata_id": "urn:wmo:md:xx-nuee-demo:demo",
            "integrity": file.integrity(),
        },
        "links": [{ "href": href, "rel": notice.rel, "type": media_type, "length": file.length }],
    });
    if let Some((cache, _)) = &notice.cache {
        message["properties"]["global-cache"] = json!(cache);
    }
    if let Some(text) = &file.text {
        message["properties"]["content"] = json!({ "encoding": "utf-8", "value": text, "size": file.length });
    }
    Post { topic, content_type: "application/geo+json", payload: message.to_string() }
}

fn v03(file: &DemoFile, published: UtcMillis) -> Post {
    let folders = file.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let message = json!({
        "pubTime": published.to_string().replace(['-', ':', 'Z'], ""),
        "baseUrl": file.base,
        "relPath": file.path,
        "identity": file.integrity(),
        "size": file.length,
        "source": "NUEE-DEMO",
    });
    let topic = format!("xpublic/v03/post/{folders}");
    Post { topic, content_type: "application/json", payload: message.to_string() }
}

/// A random UUID, version 4.
fn uuid() -> String {
    let bits = (fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::{Announcement, Soundness, read};
    use crate::mesh::topic::is_wis2;

    fn now() -> UtcMillis {
        UtcMillis::parse_rfc3339("2026-11-20T06:42:00.250Z").expect("a time")
    }

    fn file() -> DemoFile {
        DemoFile::new("NUEE-DEMO_X.grib2", ("http://h:1/", "data/run/NUEE-DEMO_X.grib2".to_owned()), b"GRIB")
    }

    fn read_back(post: &Post) -> Announcement {
        let read = read(post.payload.clone().into(), &[]);
        assert_eq!(
            read.reading.soundness(),
            Soundness::Valid,
            "{} {:?}",
            post.payload,
            read.reading.remarks()
        );
        read.reading.announcement().expect("an announcement").clone()
    }

    #[test]
    fn every_message_is_valid_whatever_goes_wrong_with_its_file() {
        for hour in 0..6 {
            for post in posts_of_hour(&file(), hour, (now(), hour % 2), "http://dead:9/") {
                let announcement = read_back(&post);
                assert!(post.topic.starts_with("xpublic/") || is_wis2(&post.topic), "{}", post.topic);
                assert_eq!(announcement.file_name(), "NUEE-DEMO_X.grib2");
            }
        }
    }

    #[test]
    fn one_hour_is_late_one_has_a_wrong_checksum_and_one_is_first_known_by_a_dead_cache() {
        let of = |hour| posts_of_hour(&file(), hour, (now(), 0), "http://dead:9/");
        assert_eq!(read_back(&of(0)[0]).published_at, now());
        assert_eq!(now().millis_since(read_back(&of(2)[0]).published_at), LATE_MILLIS);
        assert_ne!(read_back(&of(3)[0]).integrity.digest(), Some(&file().digest));
        let both = of(4);
        let (dead, origin) = (read_back(&both[0]), read_back(&both[1]));
        assert_eq!(dead.key, origin.key, "one file");
        assert_eq!(&*dead.source, CACHE);
        assert!(dead.links[0].href.starts_with("http://dead:9/"));
        assert_eq!(&*origin.links[0].href, "http://h:1/data/run/NUEE-DEMO_X.grib2");
    }

    #[test]
    fn a_bulletin_travels_in_its_message() {
        let mut file = DemoFile::new("DEMO.txt", ("http://h:1/", "b/DEMO.txt".to_owned()), b"DEMO");
        file.text = Some("DEMO".to_owned());
        let announcement = read_back(&post_of_bulletin(&file, Bulletin::Warning, (now(), 0)));
        assert!(announcement.usable_inline().is_some());
    }
}
