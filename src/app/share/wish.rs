//! What is shared, where and how: as it was chosen in the window, and as it is kept from one start to the next.
//!
//! In: choices and words. Out: the request to publish, or the words of a relay, as the terminal has them too.
//! Start reading at [`ShareWish::check`].

use crate::app::catalog::hours::DatasetId;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::{Cut, PublishRequest, Serve};
use crate::app::relay::terms::{RelayTerms, RelayWords, RelayedDataset, wish_of};
use crate::catalog::provider::EntryId;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::outside_text::{show, show_with_urls};
use crate::domain::safe_path::safe_name;
use crate::publish::canonical::TorrentPrivacy;
use crate::publish::relay::places::RelayBase;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use url::Url;

/// The first port that is proposed; each further line gets the next.
pub const FIRST_PORT: u16 = 8480;

/// How long a relay offers files unless told, as times are written.
pub const USUAL_KEEP: &str = "24h";

/// Every network interface of this computer.
const EVERYWHERE: &str = "0.0.0.0";

/// This computer alone.
const HERE: &str = "127.0.0.1";

/// Something to be shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShareWish {
    /// A folder of a person's own is published.
    Folder(FolderWish),
    /// A dataset of a publisher is relayed.
    Dataset(DatasetWish),
}

/// A folder that is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderWish {
    /// The folder, or one file.
    pub folder: PathBuf,
    /// Where it is served.
    pub address: ServingAddress,
    /// Trackers beside its own.
    #[serde(default)]
    pub trackers: Vec<String>,
    /// Whether its peers are found by its trackers alone.
    #[serde(default)]
    pub privacy: TorrentPrivacy,
}

/// A dataset that is relayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetWish {
    /// Its id in the catalogue, with a package or without.
    pub id: String,
    /// Lead times as `--lead` takes them; all when `None`.
    #[serde(default)]
    pub lead: Option<String>,
    /// The relay's folder.
    pub folder: PathBuf,
    /// Where it is served.
    pub address: ServingAddress,
    /// How long each file is offered, as times are written.
    pub keep: String,
}

/// Where something is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServingAddress {
    /// Where this computer listens: `host:port`.
    pub bind: String,
    /// The address under which others reach it. The one at which it listens when `None`.
    #[serde(default)]
    pub base_url: Option<String>,
}

/// From where it may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServedTo {
    /// From every network that this computer is in.
    #[default]
    Everybody,
    /// From this computer alone, to try it.
    ThisComputer,
}

impl ServingAddress {
    /// That port, served to them, under the address that was typed: the usual one when nothing was.
    pub fn new(to: ServedTo, port: u16, base_url: &str) -> Self {
        let host = match to {
            ServedTo::Everybody => EVERYWHERE,
            ServedTo::ThisComputer => HERE,
        };
        let base_url = Some(base_url.trim()).filter(|typed| !typed.is_empty()).map(str::to_owned);
        Self { bind: format!("{host}:{port}"), base_url }
    }

    /// The port. `None` when there is none in it.
    pub fn port(&self) -> Option<u16> {
        self.bind.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
    }

    fn check(&self) -> Result<(), UserMessage> {
        let (host, _) = self.bind.rsplit_once(':').unwrap_or_default();
        if host.is_empty() || self.port().is_none() {
            return Err(UserMessage::Unreadable { text: show(&self.bind) });
        }
        let Some(typed) = &self.base_url else { return Ok(()) };
        let base = Url::parse(typed.trim()).ok().and_then(RelayBase::new);
        base.map(drop).ok_or_else(|| RelayMessage::AddressUnsound { address: show_with_urls(typed) }.into())
    }
}

impl ShareWish {
    /// The folder: what is published, or the relay's own.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folder(wish) => &wish.folder,
            Self::Dataset(wish) => &wish.folder,
        }
    }

    /// Where it is served.
    pub fn address(&self) -> &ServingAddress {
        match self {
            Self::Folder(wish) => &wish.address,
            Self::Dataset(wish) => &wish.address,
        }
    }

    /// What it is called, fit to be shown: the name of the folder, or the id of the dataset.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(wish) => {
                let name = wish.folder.file_name().unwrap_or(wish.folder.as_os_str());
                show(&name.to_string_lossy())
            }
            Self::Dataset(wish) => show(&wish.id),
        }
    }

    /// Whether all of it can be understood; whether folder, port and dataset are there is seen when it begins.
    ///
    /// # Errors
    /// The first part that cannot be.
    pub fn check(&self) -> Result<(), UserMessage> {
        self.address().check()?;
        match self {
            Self::Folder(wish) => wish.trackers.iter().try_for_each(|text| {
                let unreadable = || UserMessage::Unreadable { text: show_with_urls(text) };
                TrackerUrl::parse(text).map(drop).map_err(|_| unreadable())
            }),
            Self::Dataset(wish) => {
                RelayTerms::of(wish.words())?;
                let unreadable = |text: String| UserMessage::Unreadable { text: show(&text) };
                wish_of(&wish.id, wish.lead.clone()).selection().map(drop).map_err(unreadable)
            }
        }
    }
}

impl FolderWish {
    /// The request, as `nuee publish --serve` makes it.
    pub fn request(&self) -> PublishRequest {
        let ServingAddress { bind, base_url } = self.address.clone();
        PublishRequest {
            paths: vec![self.folder.clone()],
            trackers: self.trackers.clone(),
            web_seeds: Vec::new(),
            cut: Cut::None,
            out: None,
            privacy: self.privacy,
            serve: Some(Serve { bind: Some(bind), base_url }),
        }
    }
}

impl DatasetWish {
    /// The words, as `nuee relay run` takes them; what is not said here is read from `relay.toml` in the folder.
    pub fn words(&self) -> RelayWords {
        RelayWords {
            base_url: self.address.base_url.clone(),
            bind: Some(self.address.bind.clone()),
            keep: Some(self.keep.clone()),
            datasets: vec![RelayedDataset { id: self.id.clone(), lead: self.lead.clone() }],
            ..RelayWords::default()
        }
    }
}

/// Whether a dataset has further runs and can be relayed; a .torrent has none.
pub fn can_be_relayed(dataset: &DatasetId) -> bool {
    EntryId::parse(&dataset.0).is_some()
}

/// The folder that is proposed for the relay of a dataset, below the one for finished files.
pub fn proposed_folder(below: &Path, id: &str) -> PathBuf {
    below.join("relay").join(safe_name(&id.replace('/', "-")))
}

/// The first port that none of `taken` uses.
pub fn free_port<'a>(taken: impl Iterator<Item = &'a ServingAddress>) -> u16 {
    let taken: Vec<u16> = taken.filter_map(ServingAddress::port).collect();
    (FIRST_PORT..u16::MAX).find(|port| !taken.contains(port)).unwrap_or(FIRST_PORT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::share::made::{a_dataset, a_folder};
    use std::time::Duration;

    #[test]
    fn what_is_chosen_in_the_window_is_what_the_commands_of_the_terminal_take() {
        let ShareWish::Folder(folder) = a_folder("/data/own") else { panic!("a folder") };
        let request = folder.request();
        assert_eq!(request.paths, [PathBuf::from("/data/own")]);
        let serve = request.serve.expect("it is served");
        assert_eq!(serve.bind.as_deref(), Some("127.0.0.1:8480"));
        let ShareWish::Dataset(dataset) = a_dataset("demo/arome-0.01/SP1") else { panic!("a dataset") };
        let terms = RelayTerms::of(dataset.words()).expect("terms");
        assert_eq!((terms.bind.as_str(), terms.keep), ("127.0.0.1:8480", Duration::from_secs(86_400)));
        assert_eq!(terms.datasets[0].lead.as_deref(), Some("0..2"));
    }

    #[test]
    fn a_word_that_cannot_be_understood_is_refused_before_anything_begins() {
        let ShareWish::Dataset(dataset) = a_dataset("demo/arome-0.01") else { panic!("a dataset") };
        let address = |bind: &str, base: Option<&str>| ServingAddress {
            bind: bind.to_owned(),
            base_url: base.map(str::to_owned),
        };
        for wrong in [
            DatasetWish { keep: "soon".to_owned(), ..dataset.clone() },
            DatasetWish { lead: Some("noon".to_owned()), ..dataset.clone() },
            DatasetWish { address: address("8480", None), ..dataset.clone() },
            DatasetWish { address: address("127.0.0.1:port", None), ..dataset.clone() },
            DatasetWish { address: address("127.0.0.1:1", Some("ftp://relay.example/")), ..dataset.clone() },
        ] {
            assert!(ShareWish::Dataset(wrong.clone()).check().is_err(), "{wrong:?}");
        }
        let ShareWish::Folder(folder) = a_folder("/data") else { panic!("a folder") };
        let wrong = FolderWish { trackers: vec!["gopher://t.example".to_owned()], ..folder.clone() };
        assert!(ShareWish::Folder(wrong).check().is_err());
        assert_eq!(
            (ShareWish::Folder(folder).check(), ShareWish::Dataset(dataset).check()),
            (Ok(()), Ok(()))
        );
    }

    #[test]
    fn an_address_is_for_everybody_or_for_this_computer_and_empty_words_are_the_usual_address() {
        let usual = ServingAddress::new(ServedTo::Everybody, 8480, " ");
        assert_eq!((usual.bind.as_str(), usual.base_url.as_deref()), ("0.0.0.0:8480", None));
        let own = ServingAddress::new(ServedTo::ThisComputer, 8481, " https://relay.example/ ");
        assert_eq!(own.bind, "127.0.0.1:8481");
        assert_eq!((own.port(), own.base_url.as_deref()), (Some(8481), Some("https://relay.example/")));
    }

    #[test]
    fn each_line_is_proposed_a_port_and_a_folder_of_its_own() {
        let taken = [8480, 8481].map(|port| ServingAddress::new(ServedTo::Everybody, port, ""));
        assert_eq!(free_port(taken.iter()), 8482);
        assert_eq!(free_port([].iter()), FIRST_PORT);
        let folder = proposed_folder(Path::new("/data"), "meteofrance/arome-0.01/SP1");
        assert_eq!(folder, Path::new("/data/relay/meteofrance-arome-0.01-SP1"));
        assert!(can_be_relayed(&DatasetId("demo/arome-0.01".into())));
        assert!(!can_be_relayed(&DatasetId("torrent:0123".into())));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        for wish in [a_folder("/data/own"), a_dataset("demo/arome-0.01")] {
            let text = serde_json::to_string(&wish).expect("text");
            assert_eq!(serde_json::from_str::<ShareWish>(&text).expect("a wish"), wish);
        }
    }
}
