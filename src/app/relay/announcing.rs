//! What a relay tells a broker of its files: that one is offered, and that it is no longer.
//!
//! In: a file as it is kept, and the terms. Out: the messages, made of nothing but these: told once more after a process that was killed,
//! they are the same to the letter, with the same id and the same time of publication.

use super::file::RelayFile;
use super::terms::RelayWords;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::utc::{UtcMillis, UtcTime};
use crate::mesh::post::place::{BaseUrl, MetadataId, PostTopic, SharedPath, TopicForm};
use crate::mesh::post::{
    FileFacts, Inlining, Post, PostError, PostForm, PostKind, PostMoment, PostTerms, posts_of,
};
use crate::mesh::subscription::BrokerAddress;
use crate::publish::relay::places::{OfWhich, RelayBase, path_of};

/// What stands before the folders of a file, unless a person says otherwise.
const USUAL_ROOT: &str = "xpublic/v03";

/// To whom a relay announces its files, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayBroker {
    /// To whom.
    pub broker: BrokerAddress,
    /// In which form.
    pub form: PostForm,
    /// Where.
    pub topic: PostTopic,
    /// The discovery record of the dataset, in WIS2.
    pub metadata_id: Option<MetadataId>,
}

/// Whether more is told of files than in feeds, lists, page and manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Announces {
    /// It is not.
    #[default]
    InDocuments,
    /// A broker is told of what is offered.
    ToBroker,
    /// A broker is told of that, and of what is withdrawn.
    ToBrokerWithDeletions,
}

/// Why a file that is offered is not announced to the broker yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnouncementWait {
    /// The broker cannot be reached.
    BrokerAway,
    /// The broker refuses it, or its form does.
    Refused,
}

impl AnnouncementWait {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::BrokerAway => "broker_away",
            Self::Refused => "refused",
        }
    }

    /// What such a name means. `None` for another.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::BrokerAway, Self::Refused].into_iter().find(|known| known.key() == key)
    }
}

impl RelayBroker {
    /// What these words mean. `None` where no broker is named.
    ///
    /// # Errors
    /// The word that cannot be understood.
    pub fn of(words: &RelayWords) -> Result<Option<Self>, UserMessage> {
        let unreadable = |text: &str| UserMessage::Unreadable { text: show_with_urls(text) };
        let Some(text) = &words.broker else {
            // What says how to announce and not to whom is a mistake.
            let lost = [&words.form, &words.topic, &words.topic_form, &words.metadata_id];
            return match lost.into_iter().flatten().next() {
                Some(word) => Err(RelayMessage::NoBroker { word: show(word) }.into()),
                None => Ok(None),
            };
        };
        let broker = BrokerAddress::parse(text).map_err(|_| unreadable(text))?;
        let read = |word: &Option<String>, usual: &str| word.clone().unwrap_or_else(|| usual.to_owned());
        let form = read(&words.form, "wmo-mesh");
        let form = PostForm::from_key(&form).ok_or_else(|| unreadable(&form))?;
        let topics = read(&words.topic_form, TopicForm::KEYS[0]);
        let topics = TopicForm::from_key(&topics).ok_or_else(|| unreadable(&topics))?;
        // In WIS2 a topic is that of the dataset: none can be guessed.
        let topic = read(&words.topic, if form == PostForm::Wis2 { "" } else { USUAL_ROOT });
        let topic = PostTopic::parse(&topic, form, topics).ok_or_else(|| unreadable(&topic))?;
        let metadata_id = words
            .metadata_id
            .as_ref()
            .map(|id| MetadataId::parse(id).ok_or_else(|| unreadable(id)))
            .transpose()?;
        Ok(Some(Self { broker, form, topic, metadata_id }))
    }

    /// What is told of files.
    pub fn announces(&self) -> Announces {
        match self.form {
            PostForm::Wis2 | PostForm::V03 => Announces::ToBrokerWithDeletions,
            // Its peers end where they are told of one.
            PostForm::WmoMesh => Announces::ToBroker,
        }
    }

    /// The messages that say what has become of a file: one for each topic.
    ///
    /// # Errors
    /// When the form does not allow it.
    pub fn posts(&self, file: &RelayFile, kind: PostKind, base: &RelayBase) -> Result<Vec<Post>, PostError> {
        let (Some(computed), Some(offer), Some(address)) =
            (&file.computed, file.offer, BaseUrl::parse(base.url().as_str()))
        else {
            return Ok(Vec::new());
        };
        let Ok(path) = SharedPath::of(&path_of(&file.key, OfWhich::Data)) else { return Ok(Vec::new()) };
        let facts = FileFacts {
            path,
            length: file.source.length,
            modified: file.source.modified.and_then(millis),
            digest: computed.sha512.clone(),
            head: Vec::new(),
        };
        let terms = PostTerms {
            form: self.form,
            base: address,
            topic: self.topic.clone(),
            inlining: Inlining::Never,
            metadata_id: self.metadata_id.clone(),
            global_cache: None,
        };
        // When it was withdrawn is kept with it, as when it was offered.
        let at = if kind == PostKind::Deletion { file.since } else { offer.since };
        let told = format!("{}\n{at}\n{kind:?}", computed.info_hash.hex());
        let Some(published) = millis(at) else { return Ok(Vec::new()) };
        let moment = PostMoment { published, random: mark_of(&told) };
        posts_of(&facts, &terms, kind, moment)
    }
}

fn millis(time: UtcTime) -> Option<UtcMillis> {
    UtcMillis::new(time, 0)
}

/// What stands for chance in the id of a message: the same for the same words.
fn mark_of(words: &str) -> u128 {
    let digest = Digest::of(DigestAlgorithm::Sha256, words.as_bytes());
    digest.octets().iter().take(16).fold(0, |mark, octet| mark << 8 | u128::from(*octet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::relay::file::{ComputedDigests, OfferSpan};
    use crate::app::relay::{RelayKey, stage::RelayStage};
    use crate::domain::torrent::InfoHash;
    use crate::mesh::announcement::{FileAction, read};
    use crate::publish::relay::offered::SourceFacts;
    use url::Url;

    fn a_file() -> RelayFile {
        let now = UtcTime::from_unix_seconds(1_790_000_000).expect("a time");
        let key = RelayKey { dataset: "demo/arome".to_owned(), run: Some(now), name: "a.grib2".to_owned() };
        let address = Url::parse("https://data.example/a.grib2").expect("a URL");
        let source = SourceFacts { address, length: 7, etag: None, modified: None };
        let digest = |algorithm| Digest::of(algorithm, b"octets.");
        let computed = ComputedDigests {
            info_hash: InfoHash([7; 20]),
            sha256: digest(DigestAlgorithm::Sha256),
            sha512: digest(DigestAlgorithm::Sha512),
        };
        RelayFile {
            computed: Some(computed),
            offer: Some(OfferSpan { since: now, until: now }),
            ..RelayFile::seen(key, source, now).at(RelayStage::Offered, now)
        }
    }

    fn words(form: &str, topic: Option<&str>) -> RelayWords {
        RelayWords {
            broker: Some("mqtt://me:secret@broker.example".to_owned()),
            form: Some(form.to_owned()),
            topic: topic.map(str::to_owned),
            ..RelayWords::default()
        }
    }

    fn broker(form: &str, topic: Option<&str>) -> RelayBroker {
        RelayBroker::of(&words(form, topic)).expect("words").expect("a broker")
    }

    fn base() -> RelayBase {
        RelayBase::new(Url::parse("https://relay.example/r").expect("a URL")).expect("a base")
    }

    #[test]
    fn what_is_announced_is_where_the_relay_serves_it_and_reads_as_what_it_is() {
        let topic = "origin/a/wis2/fr-demo/data/core/weather/prediction";
        for (form, topic) in [("wis2", Some(topic)), ("v03", None), ("wmo-mesh", None)] {
            let broker = broker(form, topic);
            let posts = broker.posts(&a_file(), PostKind::New, &base()).expect("a message");
            let read = read(posts[0].payload.clone().into(), &[]);
            let announcement = read.reading.announcement().expect("an announcement");
            assert_eq!(announcement.action, FileAction::New, "{form}");
            let href = &announcement.links[0].href;
            assert!(href.starts_with("https://relay.example/r/data/demo/arome/"), "{form}: {href}");
            assert!(href.ends_with("/a.grib2") && announcement.integrity.digest().is_some());
        }
    }

    #[test]
    fn what_is_told_once_more_is_the_same_to_the_letter() {
        let broker = broker("wis2", Some("origin/a/wis2/fr-demo/data/core/weather/prediction"));
        let told = |file: &RelayFile, kind| broker.posts(file, kind, &base()).expect("a message").remove(0);
        let later =
            a_file().at(RelayStage::Announced, UtcTime::from_unix_seconds(1_790_009_000).expect("a time"));
        assert_eq!(told(&a_file(), PostKind::New), told(&later, PostKind::New));
        assert!(told(&a_file(), PostKind::New).id != told(&a_file(), PostKind::Deletion).id);
    }

    #[test]
    fn a_deletion_is_told_where_the_form_has_one() {
        let topic = "origin/a/wis2/fr-demo/data/core/weather/prediction";
        for (form, topic) in [("wis2", Some(topic)), ("v03", None)] {
            let broker = broker(form, topic);
            assert_eq!(broker.announces(), Announces::ToBrokerWithDeletions);
            let posts = broker.posts(&a_file(), PostKind::Deletion, &base()).expect("a message");
            let read = read(posts[0].payload.clone().into(), &[]);
            let action = read.reading.announcement().map(|announcement| announcement.action);
            assert_eq!(action, Some(FileAction::Deletion), "{form}: {}", posts[0].payload);
        }
        assert_eq!(broker("wmo-mesh", None).announces(), Announces::ToBroker);
    }

    #[test]
    fn words_that_lead_to_no_announcement_are_refused() {
        assert!(RelayBroker::of(&words("wis2", None)).is_err(), "a dataset of WIS2 has a topic of its own");
        assert!(RelayBroker::of(&words("v04", None)).is_err());
        let alone = RelayWords { form: Some("v03".to_owned()), ..RelayWords::default() };
        assert!(matches!(
            RelayBroker::of(&alone),
            Err(UserMessage::Relay(RelayMessage::NoBroker { word })) if word == "v03"
        ));
        assert_eq!(RelayBroker::of(&RelayWords::default()).expect("words"), None);
        for wait in [AnnouncementWait::BrokerAway, AnnouncementWait::Refused] {
            assert_eq!(AnnouncementWait::from_key(wait.key()), Some(wait));
        }
    }
}
