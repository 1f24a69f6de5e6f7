//! The messages by which the demo's publisher announces its files: WIS2 notifications and Sarracenia version 3.
//!
//! In: files with their digests, an hour of the run, the time. Out: [`Post`]s, made as for anybody's files. Three hours go wrong on
//! purpose, as they do in the field: see [`Mishap`]. Start reading at [`posts_of_hour`].

use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::UtcMillis;
pub use crate::mesh::post::Post;
use crate::mesh::post::place::{BaseUrl, MetadataId, PostTopic, SharedPath, TopicForm};
use crate::mesh::post::{FileFacts, HEAD, Inlining, PostForm, PostKind, PostMoment, PostTerms, posts_of};

/// Where the demo publishes on the way of WIS2; no centre has that name.
const CENTRE: &str = "a/wis2/xx-nuee-demo/data/core/weather";

/// The record of its dataset.
const RECORD: &str = "urn:wmo:md:xx-nuee-demo:demo";

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
    /// How it begins.
    pub head: Vec<u8>,
    /// Whether its content travels along.
    pub inlining: Inlining,
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
            head: octets.iter().copied().take(HEAD).collect(),
            inlining: Inlining::Never,
        }
    }
}

/// What one notification says besides its file.
struct Notice<'a> {
    topic: &'a str,
    published: UtcMillis,
    news: PostKind,
    /// The cache that speaks.
    cache: Option<&'a str>,
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
    let news = news_of(round);
    let mut posts = Vec::new();
    if mishap == Some(Mishap::DeadSource) {
        let elsewhere = DemoFile { base: dead.to_owned(), ..announced.clone() };
        let topic = format!("cache/{forecast}");
        posts.extend(wis2(&elsewhere, &Notice { topic: &topic, published, news, cache: Some(CACHE) }));
    }
    let notice = Notice { topic: &format!("origin/{forecast}"), published, news, cache: None };
    posts.extend(wis2(&announced, &notice));
    if mishap.is_none() {
        let notice = Notice { topic: "xpublic/v03", published, news, cache: None };
        posts.extend(posted(&announced, PostForm::V03, &notice));
    }
    posts
}

/// The message that announces a bulletin: an observation, or a warning.
pub fn post_of_bulletin(file: &DemoFile, kind: Bulletin, (now, round): (UtcMillis, u32)) -> Option<Post> {
    let topic = match kind {
        Bulletin::Observation => format!("origin/{CENTRE}/surface-based-observations/synop"),
        Bulletin::Warning => format!("origin/{CENTRE}/advisories-warnings"),
    };
    wis2(file, &Notice { topic: &topic, published: now, news: news_of(round), cache: None })
}

/// What a bulletin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulletin {
    /// An observation.
    Observation,
    /// A warning.
    Warning,
}

const fn news_of(round: u32) -> PostKind {
    if round == 0 { PostKind::New } else { PostKind::Update }
}

fn wis2(file: &DemoFile, notice: &Notice<'_>) -> Option<Post> {
    posted(file, PostForm::Wis2, notice)
}

/// The message of a file. `None` for a name or a place that nobody can announce: the demo has none.
fn posted(file: &DemoFile, form: PostForm, notice: &Notice<'_>) -> Option<Post> {
    let terms = PostTerms {
        form,
        base: BaseUrl::parse(&file.base)?,
        topic: PostTopic::parse(notice.topic, form, TopicForm::Post)?,
        inlining: file.inlining,
        metadata_id: MetadataId::parse(RECORD),
        global_cache: notice.cache.map(str::to_owned),
    };
    let facts = FileFacts {
        path: SharedPath::of(&file.path.split('/').collect::<Vec<_>>()).ok()?,
        length: file.length,
        modified: None,
        digest: file.digest.clone(),
        head: file.head.clone(),
    };
    let moment = PostMoment { published: notice.published, random: fastrand::u128(..) };
    posts_of(&facts, &terms, notice.news, moment).ok()?.into_iter().next()
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
        file.inlining = Inlining::Small;
        let post = post_of_bulletin(&file, Bulletin::Warning, (now(), 0)).expect("a message");
        let announcement = read_back(&post);
        assert!(announcement.usable_inline().is_some());
    }
}
