//! Brokers that the public may listen to, as data with a date.
//!
//! In: the text of `assets/brokers.toml`, or of a file that a person edited. Out: [`Presets`]. None has been tried: that is for a
//! front end to say until one has answered.

use super::archive::ArchiveAddress;
use super::subscription::BrokerAddress;
use super::topic::TopicFilter;
use serde::Deserialize;

/// What comes with the program.
pub const BUILT_IN: &str = include_str!("../../assets/brokers.toml");

/// Brokers, and when they were documented so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presets {
    /// The day, `YYYY-MM-DD`.
    pub as_of: String,
    /// The brokers.
    pub brokers: Vec<BrokerPreset>,
}

/// One broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerPreset {
    /// Its name in settings; stable.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Ways to reach it, the best first.
    pub addresses: Vec<BrokerAddress>,
    /// Topics to begin with: narrow ones.
    pub topics: Vec<TopicFilter>,
    /// Who is asked for what was missed. `None` when nobody is known.
    pub archive: Option<ArchiveAddress>,
    /// Who says so.
    pub source: String,
}

#[derive(Deserialize)]
struct File {
    as_of: String,
    broker: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    title: String,
    urls: Vec<String>,
    topics: Vec<String>,
    archive: Option<String>,
    #[serde(default)]
    source: String,
}

impl Presets {
    /// Reads presets.
    ///
    /// # Errors
    /// Says in English what is wrong, and nothing of a URL: it may hold a password.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let brokers = file.broker.into_iter().map(preset_of).collect::<Result<_, _>>()?;
        Ok(Self { as_of: file.as_of, brokers })
    }
}

fn preset_of(entry: Entry) -> Result<BrokerPreset, String> {
    let wrong = |what: String| format!("broker {}: {what}", entry.id);
    let addresses = entry.urls.iter().map(|url| BrokerAddress::parse(url)).collect::<Result<_, _>>();
    let topics = entry.topics.iter().map(|topic| TopicFilter::parse(topic)).collect::<Result<Vec<_>, _>>();
    let topics = topics.map_err(|error| wrong(error.to_string()))?;
    if topics.iter().any(TopicFilter::is_everything) {
        return Err(wrong("a preset never subscribes to everything".to_owned()));
    }
    let archive =
        entry.archive.as_deref().map(|url| ArchiveAddress::parse(url).ok_or("its archive is no URL"));
    let archive = archive.transpose().map_err(|why| wrong(why.to_owned()))?;
    Ok(BrokerPreset {
        archive,
        addresses: addresses.map_err(|error| wrong(error.to_string()))?,
        topics,
        id: entry.id,
        title: entry.title,
        source: entry.source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_that_come_along_are_sound_dated_and_narrow() {
        let presets = Presets::read(BUILT_IN).expect("sound presets");
        assert_eq!((presets.as_of.len(), presets.brokers.len()), (10, 5));
        assert!(presets.brokers.iter().all(|broker| broker.addresses[0].scheme.is_tls()));
    }

    #[test]
    fn a_preset_for_everything_and_one_with_a_wrong_url_are_refused_without_their_password() {
        let with = |url: &str, topic: &str| {
            format!(
                "as_of = \"2026-01-01\"\n[[broker]]\nid = \"x\"\ntitle = \"X\"\nurls = [\"{url}\"]\ntopics = [\"{topic}\"]"
            )
        };
        assert!(Presets::read(&with("mqtts://h", "#")).is_err());
        let refused = Presets::read(&with("ftp://u:__s3cret__@h", "a")).expect_err("no broker");
        assert!(!refused.contains("s3cret"), "{refused}");
    }
}
