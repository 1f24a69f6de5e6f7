//! What whoever runs a relay wishes: as words of the command line and of `relay.toml`, and as the relay takes it.
//!
//! In: [`RelayWords`]. Out: [`RelayTerms`]. A word of the command line goes before the same word of the file.

use super::announcing::RelayBroker;
use super::orders::Probe;
use crate::app::follow::FollowWish;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::words::time_of;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::outside_text::{show, show_with_urls};
pub use crate::publish::relay::object_store::ObjectStoreWords;
use crate::publish::relay::object_store::{NoObjectStore, ObjectStore};
use crate::publish::relay::places::RelayBase;
use crate::transfer::fallback::Policy;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The name of the file in the relay's folder.
pub const SETTINGS: &str = "relay.toml";

/// Where it listens unless told: this computer alone, as everything that serves.
const USUAL_BIND: &str = "127.0.0.1:8480";

/// How long files are offered unless told.
const USUAL_KEEP: Duration = Duration::from_secs(24 * 3_600);

/// How long a file is given after nothing names it any more, unless told.
const USUAL_GRACE: Duration = Duration::from_secs(30 * 60);

/// The longest pause between two looks at a publisher's listing, unless told.
const USUAL_EVERY: Duration = Duration::from_secs(600);

/// How far apart two looks at a file of the publisher are that show it finished, unless told.
const USUAL_SETTLE: Duration = Duration::from_secs(30);

/// The longest time that is taken: ten years.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// What is wished, in words. What is `None`, or empty, is left to the file or is as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelayWords {
    /// The address under which others reach it.
    pub base_url: Option<String>,
    /// Where it listens: `host:port`.
    pub bind: Option<String>,
    /// How long files are offered.
    pub keep: Option<String>,
    /// How long a file is given after nothing names it any more.
    pub grace: Option<String>,
    /// How far apart two looks at a file of the publisher are that show it finished.
    pub settle: Option<String>,
    /// The longest pause between two looks at a publisher's listing.
    pub every: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// Trackers beside its own.
    pub trackers: Vec<String>,
    /// Whether its own tracker is named in .torrents.
    pub own_tracker: Option<bool>,
    /// The file of torrents that a tracker beside its own reads.
    pub tracker_list: Option<PathBuf>,
    /// The command that has that tracker read it.
    pub tracker_reload: Option<String>,
    /// Whether files are announced without asking the public address for them.
    pub unchecked: Option<bool>,
    /// The S3 store in which everything is put as well.
    pub store: ObjectStoreWords,
    /// The broker that is told of files.
    pub broker: Option<String>,
    /// In which form.
    pub form: Option<String>,
    /// On which topic, or below which.
    pub topic: Option<String>,
    /// Which topics a file has in Sarracenia and wmo_mesh.
    pub topic_form: Option<String>,
    /// The discovery record of the dataset, in WIS2.
    pub metadata_id: Option<String>,
    /// Datasets that are relayed.
    #[serde(rename = "dataset")]
    pub datasets: Vec<RelayedDataset>,
}

/// A dataset of `relay.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelayedDataset {
    /// Its id in the catalogue, with a package or without.
    pub id: String,
    /// Lead times as `--lead` takes them; all when `None`.
    #[serde(default)]
    pub lead: Option<String>,
}

impl RelayWords {
    /// Reads `relay.toml`, called `file` in messages.
    ///
    /// # Errors
    /// Names the line that cannot be understood.
    pub fn read(text: &str, file: &str) -> Result<Self, UserMessage> {
        toml::from_str(text).map_err(|error| {
            let (file, detail) = (show(file), show(error.to_string().trim()));
            RelayMessage::SettingsUnsound { file, detail }.into()
        })
    }

    /// These words, and those of `file` where there are none.
    #[must_use]
    pub fn or(self, file: Self) -> Self {
        let pick = |words: Vec<String>, others| if words.is_empty() { others } else { words };
        Self {
            base_url: self.base_url.or(file.base_url),
            bind: self.bind.or(file.bind),
            keep: self.keep.or(file.keep),
            grace: self.grace.or(file.grace),
            settle: self.settle.or(file.settle),
            every: self.every.or(file.every),
            title: self.title.or(file.title),
            trackers: pick(self.trackers, file.trackers),
            own_tracker: self.own_tracker.or(file.own_tracker),
            tracker_list: self.tracker_list.or(file.tracker_list),
            tracker_reload: self.tracker_reload.or(file.tracker_reload),
            unchecked: self.unchecked.or(file.unchecked),
            store: self.store.or(file.store),
            broker: self.broker.or(file.broker),
            form: self.form.or(file.form),
            topic: self.topic.or(file.topic),
            topic_form: self.topic_form.or(file.topic_form),
            metadata_id: self.metadata_id.or(file.metadata_id),
            datasets: if self.datasets.is_empty() { file.datasets } else { self.datasets },
        }
    }
}

/// Where the files of a run go, below the relay's folder: where [`path_of`](crate::publish::relay::places::path_of) says,
/// in the folder that a web server may give as it is.
const FOLDER: &str = "public/data/{provider}/{dataset}/{run:%Y-%m-%dT%H%MZ}";

/// What is followed for a relay: whole files, from the publisher's own server.
pub fn wish_of(id: &str, lead: Option<String>) -> FollowWish {
    FollowWish {
        id: id.to_owned(),
        lead,
        via: Some(Policy::HttpOnly.key().to_owned()),
        folder: Some(FOLDER.to_owned()),
        ..FollowWish::default()
    }
}

/// Whether a relay's own tracker is named in .torrents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnTracker {
    /// It is, before the others.
    Named,
    /// Only the others are.
    LeftOut,
}

/// A list of torrents that a tracker reads which is another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerList {
    /// The file.
    pub file: PathBuf,
    /// The command by which it is read again. `None` where somebody else sees to that.
    pub reload: Option<String>,
}

/// How a relay runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayTerms {
    /// The address under which others reach it. When `None` that of the store, and without one where it listens.
    pub base: Option<RelayBase>,
    /// Where it listens: `host:port`.
    pub bind: String,
    /// How long files are offered.
    pub keep: Duration,
    /// How long a file is given after nothing names it any more.
    pub grace: Duration,
    /// How far apart two looks at a file of the publisher are that show it finished.
    pub settle: Duration,
    /// The longest pause between two looks at a publisher's listing.
    pub every: Duration,
    /// What it is called.
    pub title: String,
    /// Trackers beside its own, or instead of it.
    pub trackers: Vec<TrackerUrl>,
    /// Whether its own tracker is named in .torrents.
    pub own_tracker: OwnTracker,
    /// The list that one of the trackers reads.
    pub tracker_list: Option<TrackerList>,
    /// Whether the public address is asked for a file before it is announced.
    pub probe: Probe,
    /// The S3 store in which everything is put as well.
    pub store: Option<ObjectStore>,
    /// The broker that is told of files. `None` where feeds and lists alone name them.
    pub broker: Option<RelayBroker>,
    /// Datasets that are relayed, beside those that were added.
    pub datasets: Vec<RelayedDataset>,
}

impl RelayTerms {
    /// What these words mean.
    ///
    /// # Errors
    /// The word that cannot be understood.
    pub fn of(words: RelayWords) -> Result<Self, UserMessage> {
        let span = |word: Option<String>, usual: Duration| match word {
            None => Ok(usual),
            Some(text) => time_of(&text)
                .filter(|time| *time <= LONGEST)
                .ok_or_else(|| UserMessage::Unreadable { text: show(&text) }),
        };
        let tracker = |text: &String| {
            TrackerUrl::parse(text).map_err(|_| UserMessage::Unreadable { text: show_with_urls(text) })
        };
        let broker = RelayBroker::of(&words)?;
        let base = words.base_url.map(|text| base_of(&text)).transpose()?;
        let store = ObjectStore::new(&words.store)
            .map_err(|NoObjectStore(text)| RelayMessage::StoreUnsound { text: show_with_urls(&text) })?;
        let is_of_store = |base: &RelayBase| store.as_ref().is_some_and(|store| base == store.public());
        let own_tracker = match words.own_tracker {
            Some(false) if words.trackers.is_empty() => return Err(RelayMessage::NoTracker.into()),
            Some(false) => OwnTracker::LeftOut,
            // A store answers no tracker's questions, and under which address others reach the one here is not known.
            Some(true) | None if store.is_some() && base.as_ref().is_none_or(is_of_store) => {
                OwnTracker::LeftOut
            }
            Some(true) | None => OwnTracker::Named,
        };
        let tracker_list = match (words.tracker_list, words.tracker_reload) {
            (Some(file), reload) => Some(TrackerList { file, reload }),
            (None, Some(_)) => return Err(RelayMessage::ReloadWithoutList.into()),
            (None, None) => None,
        };
        Ok(Self {
            title: words.title.unwrap_or_else(|| "Nuée".to_owned()),
            base,
            bind: words.bind.unwrap_or_else(|| USUAL_BIND.to_owned()),
            keep: span(words.keep, USUAL_KEEP)?,
            grace: span(words.grace, USUAL_GRACE)?,
            settle: span(words.settle, USUAL_SETTLE)?,
            every: span(words.every, USUAL_EVERY)?,
            trackers: words.trackers.iter().map(tracker).collect::<Result<_, _>>()?,
            store,
            own_tracker,
            tracker_list,
            probe: if words.unchecked.unwrap_or(false) { Probe::Left } else { Probe::Asked },
            broker,
            datasets: words.datasets,
        })
    }
}

impl RelayTerms {
    /// Whether others read everything in the store, and nothing here but the tracker and peers.
    pub fn is_read_in_store(&self) -> bool {
        self.store.as_ref().is_some_and(|store| self.base.as_ref().is_none_or(|base| base == store.public()))
    }
}

fn base_of(text: &str) -> Result<RelayBase, UserMessage> {
    let base = Url::parse(text.trim()).ok().and_then(RelayBase::new);
    base.ok_or_else(|| RelayMessage::AddressUnsound { address: show_with_urls(text) }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_command_line_goes_before_the_one_of_the_file() {
        let file = RelayWords::read(
            "base-url = \"https://relay.example/\"\nkeep = \"2d\"\ntrackers = [\"udp://t.example:6969\"]\n\
             [[dataset]]\nid = \"demo/arome-0.01\"\nlead = \"0..6\"\n",
            "relay.toml",
        )
        .expect("a file");
        let words = RelayWords { keep: Some("6h".to_owned()), ..RelayWords::default() };
        let terms = RelayTerms::of(words.or(file)).expect("terms");
        assert_eq!(terms.keep, Duration::from_secs(6 * 3_600));
        assert_eq!(terms.base.expect("a base").url().as_str(), "https://relay.example/");
        assert_eq!((terms.trackers.len(), terms.datasets[0].lead.as_deref()), (1, Some("0..6")));
    }

    #[test]
    fn nothing_said_is_this_computer_alone_for_a_day() {
        let terms = RelayTerms::of(RelayWords::default()).expect("terms");
        assert!(terms.bind.starts_with("127.0.0.1:") && terms.base.is_none());
        assert_eq!((terms.keep, terms.probe), (Duration::from_secs(86_400), Probe::Asked));
    }

    #[test]
    fn a_store_is_the_public_address_unless_another_is_told() {
        let text = "[store]\nurl = \"s3://grib/relay\"\nendpoint = \"https://s3.example\"\n";
        let words = || RelayWords::read(text, "relay.toml").expect("words");
        let terms = RelayTerms::of(words()).expect("terms");
        assert!(terms.is_read_in_store());
        let elsewhere = RelayWords { base_url: Some("https://relay.example/".to_owned()), ..words() };
        assert!(!RelayTerms::of(elsewhere).expect("terms").is_read_in_store());
        assert!(!RelayTerms::of(RelayWords::default()).expect("terms").is_read_in_store());
        let unsound =
            RelayWords::read("[store]\nurl = \"https://grib.example/\"\n", "relay.toml").expect("words");
        let Err(UserMessage::Relay(RelayMessage::StoreUnsound { text })) = RelayTerms::of(unsound) else {
            panic!("a web address names no bucket")
        };
        assert_eq!(text, "https://grib.example/");
    }

    #[test]
    fn its_own_tracker_is_left_out_only_where_another_is_named() {
        let of = |text: &str| RelayTerms::of(RelayWords::read(text, "relay.toml").expect("words"));
        let alone = "own-tracker = false\n";
        assert_eq!(of(alone), Err(RelayMessage::NoTracker.into()));
        let other = format!("{alone}trackers = [\"udp://t.example:6969\"]\n");
        assert_eq!(of(&other).map(|terms| terms.own_tracker), Ok(OwnTracker::LeftOut));
        assert_eq!(of("").map(|terms| terms.own_tracker), Ok(OwnTracker::Named));
    }

    #[test]
    fn a_command_that_reads_a_list_again_has_a_list() {
        let of = |text: &str| RelayTerms::of(RelayWords::read(text, "relay.toml").expect("words"));
        assert_eq!(of("tracker-reload = \"true\""), Err(RelayMessage::ReloadWithoutList.into()));
        let list =
            of("tracker-list = \"/run/list\"\ntracker-reload = \"true\"").map(|terms| terms.tracker_list);
        let expected = TrackerList { file: PathBuf::from("/run/list"), reload: Some("true".to_owned()) };
        assert_eq!(list, Ok(Some(expected)));
    }

    #[test]
    fn a_word_that_cannot_be_understood_is_named_with_its_line() {
        let refused = RelayWords::read("keep = \"1d\"\nkep = 3\n", "relay.toml");
        let Err(UserMessage::Relay(RelayMessage::SettingsUnsound { file, detail })) = refused else {
            panic!("{refused:?}")
        };
        assert!(file == "relay.toml" && detail.contains("line 2") && detail.contains("kep"), "{detail}");
        for (key, text) in [("keep", "soon"), ("keep", "99999999d"), ("base-url", "ftp://relay.example/")] {
            let words = RelayWords::read(&format!("{key} = \"{text}\""), "relay.toml").expect("words");
            assert!(RelayTerms::of(words).is_err(), "{key} = {text}");
        }
    }
}
