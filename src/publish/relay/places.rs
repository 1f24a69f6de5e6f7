//! Where everything of a relay lies, below one address: consistent, so that addresses can be guessed.
//!
//! In: the address of the relay and a [`RelayKey`]. Out: paths, and the addresses that lead to them.

use super::offered::RelayKey;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::safe_path::safe_name;
use crate::domain::url_component::encode_path;
use crate::domain::utc::UtcTime;
use crate::publish::beside::Sidecar;
use url::Url;

/// The folder of a file whose name tells no run.
const WITHOUT_RUN: &str = "latest";

/// What there is of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfWhich {
    /// The file itself.
    Data,
    /// Its slice index.
    Index,
    /// Its .torrent.
    Torrent,
    /// Its metalink.
    Metalink,
}

/// What there is once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayDocument {
    /// The newest items as RSS 2.0.
    Rss,
    /// The newest entries as Atom.
    Atom,
    /// The page for people.
    Page,
    /// The list of files in the form of MET Norway's services.
    FileList,
    /// What the relay says of each file, line by line.
    Manifest,
    /// The signature of the manifest.
    Signature,
    /// The key by which it is checked.
    PublicKey,
}

impl RelayDocument {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Rss, Self::Atom, Self::Page, Self::FileList, Self::Manifest, Self::Signature, Self::PublicKey];

    /// Its name at the top of a relay; stable.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rss => "feed.xml",
            Self::Atom => "feed.atom",
            Self::Page => "index.html",
            Self::FileList => "api-list.txt",
            Self::Manifest => "manifest.jsonl",
            Self::Signature => "manifest.jsonl.minisig",
            Self::PublicKey => "minisign.pub",
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Page => "text/html; charset=utf-8",
            Self::Manifest => "application/jsonl; charset=utf-8",
            Self::FileList | Self::Signature | Self::PublicKey => "text/plain; charset=utf-8",
        }
    }
}

/// The address of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayBase(Url);

impl RelayBase {
    /// `address` as the base of a relay: http or https, without user, query and fragment. `None` for any other.
    pub fn new(mut address: Url) -> Option<Self> {
        let is_web = matches!(address.scheme(), "http" | "https") && address.host().is_some();
        let is_plain = address.username().is_empty()
            && address.password().is_none()
            && address.query().is_none()
            && address.fragment().is_none();
        if !is_web || !is_plain {
            return None;
        }
        if !address.path().ends_with('/') {
            address.set_path(&format!("{}/", address.path()));
        }
        Some(Self(address))
    }

    /// The address itself; its path ends in `/`.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The address of what lies at `components`.
    pub fn address_of(&self, components: &[String]) -> Url {
        let mut address = self.0.clone();
        address.set_path(&format!("{}{}", self.0.path(), encode_path(components)));
        address
    }

    /// The addresses of its own tracker: by HTTP and, where packets are taken at that port and nothing stands in front of it, by
    /// UDP.
    pub fn trackers(&self, packets_at: Option<u16>) -> Vec<TrackerUrl> {
        let http = self.address_of(&["announce".to_owned()]).to_string();
        let is_direct = self.0.scheme() == "http" && self.0.port_or_known_default() == packets_at;
        let host = self.0.host_str().unwrap_or_default();
        let udp = packets_at.filter(|_| is_direct).map(|port| format!("udp://{host}:{port}/announce"));
        [Some(http), udp].into_iter().flatten().filter_map(|url| TrackerUrl::parse(&url).ok()).collect()
    }

    /// The address of something of a file.
    pub fn of_file(&self, key: &RelayKey, which: OfWhich) -> Url {
        self.address_of(&path_of(key, which))
    }

    /// The address of a document.
    pub fn of_document(&self, document: RelayDocument) -> Url {
        self.address_of(&[document.name().to_owned()])
    }
}

/// The folder of a run: `demo/arome-0.01/2026-11-30T0600Z`.
pub fn run_folder(dataset: &str, run: Option<UtcTime>) -> Vec<String> {
    let run = run.map_or_else(|| WITHOUT_RUN.to_owned(), run_name);
    dataset.split('/').filter(|part| !part.is_empty()).map(safe_name).chain([run]).collect()
}

/// Without the colon that some file systems refuse.
fn run_name(run: UtcTime) -> String {
    let time = run.civil();
    let day = format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day());
    format!("{day}T{:02}{:02}Z", time.hour(), time.minute())
}

/// Where something of a file lies: `data/{dataset}/{run}/{name}`, `torrent/{dataset}/{run}/{name}.torrent`.
pub fn path_of(key: &RelayKey, which: OfWhich) -> Vec<String> {
    let name = safe_name(&key.name);
    let (top, name) = match which {
        OfWhich::Data => ("data", name),
        OfWhich::Index => ("data", Sidecar::SliceIndex.name_for(&name)),
        OfWhich::Torrent => ("torrent", format!("{name}.torrent")),
        OfWhich::Metalink => ("torrent", format!("{name}.meta4")),
    };
    let folder = run_folder(&key.dataset, key.run);
    std::iter::once(top.to_owned()).chain(folder).chain([name]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_key(name: &str) -> RelayKey {
        let run = UtcTime::parse_rfc3339("2026-11-30T06:00:00Z");
        RelayKey { dataset: "demo/arome-0.01".to_owned(), run, name: name.to_owned() }
    }

    fn base(text: &str) -> Option<RelayBase> {
        RelayBase::new(Url::parse(text).expect("a URL"))
    }

    #[test]
    fn the_address_of_a_torrent_can_be_guessed_from_dataset_run_and_name() {
        let base = base("https://relay.example/nuee").expect("a base");
        let key = a_key("arome_00H06H.grib2");
        assert_eq!(
            base.of_file(&key, OfWhich::Torrent).as_str(),
            "https://relay.example/nuee/torrent/demo/arome-0.01/2026-11-30T0600Z/arome_00H06H.grib2.torrent"
        );
        assert_eq!(
            base.of_file(&key, OfWhich::Index).as_str(),
            "https://relay.example/nuee/data/demo/arome-0.01/2026-11-30T0600Z/arome_00H06H.grib2.index"
        );
    }

    #[test]
    fn a_tracker_is_named_by_udp_only_where_packets_reach_it() {
        let words = |text: &str, packets| -> Vec<String> {
            let trackers = base(text).expect("a base").trackers(packets);
            trackers.iter().map(|tracker| tracker.url().to_string()).collect()
        };
        assert_eq!(
            words("http://relay.example:8480/", Some(8480)),
            ["http://relay.example:8480/announce", "udp://relay.example:8480/announce"]
        );
        assert_eq!(words("http://relay.example:8480/", None), ["http://relay.example:8480/announce"]);
        assert_eq!(words("http://relay.example/", Some(8480)), ["http://relay.example/announce"]);
        assert_eq!(words("https://relay.example/n", Some(443)), ["https://relay.example/n/announce"]);
    }

    #[test]
    fn names_are_encoded_and_lead_nowhere_else() {
        let base = base("http://relay.example:8080/").expect("a base");
        let odd = base.of_file(&a_key("a b+é#?.grib2"), OfWhich::Data);
        assert!(odd.as_str().ends_with("/a%20b%2B%C3%A9%23_.grib2"), "{odd}");
        let key = RelayKey { dataset: "../..".to_owned(), ..a_key("../../etc/passwd") };
        assert!(
            path_of(&key, OfWhich::Data).iter().all(|part| !part.starts_with('.') && !part.contains('/'))
        );
    }

    #[test]
    fn two_runs_of_one_hour_lie_apart() {
        let run = |text| run_folder("a/b", UtcTime::parse_rfc3339(text)).pop();
        assert_eq!(run("2026-11-30T06:00:00Z").as_deref(), Some("2026-11-30T0600Z"));
        assert_eq!(run("2026-11-30T06:45:00Z").as_deref(), Some("2026-11-30T0645Z"));
        assert_eq!(run_folder("a/b", None), ["a", "b", "latest"]);
    }

    #[test]
    fn a_base_is_a_web_address_without_a_user_and_without_a_query() {
        for refused in
            ["ftp://relay.example/", "https://me:secret@relay.example/", "https://relay.example/?a=1"]
        {
            assert_eq!(base(refused), None, "{refused}");
        }
        assert_eq!(base("https://relay.example").expect("a base").url().path(), "/");
    }
}
