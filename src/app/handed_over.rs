//! What was handed over, as far as it can be known without contacting anybody: its name and the hosts it would contact.

use crate::app::vitals::HandedOver;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::Metainfo;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_with_urls};
use std::collections::BTreeSet;
use std::path::Path;
use url::Url;

/// Longest target that is taken, in octets.
const LONGEST_TARGET: usize = 16 << 10;

/// Most hosts that are listed.
const MOST_HOSTS: usize = 50;

/// Describes `target`. `None` when it is nothing that could be got; `read` gives the .torrent of a file, if it is one.
pub(crate) fn described(target: &str, read: &dyn Fn(&Path) -> Option<Metainfo>) -> Option<HandedOver> {
    if target.len() > LONGEST_TARGET {
        return None;
    }
    let mut content = None;
    let (name, hosts) = if Magnet::is_meant_by(target) {
        of_magnet(&Magnet::parse(target).ok()?)
    } else if let Some(url) = web_url(target) {
        let name = url.path_segments().and_then(|mut parts| parts.next_back().map(str::to_owned));
        (name.unwrap_or_default(), vec![url])
    } else {
        let torrent = read(Path::new(target))?;
        content = Some(content_of(&torrent));
        (torrent.layout().name.clone(), hosts_of(&torrent))
    };
    let listed: BTreeSet<String> = hosts.iter().filter_map(host_of).collect();
    Some(HandedOver {
        number: 0,
        target: target.to_owned(),
        name: if name.is_empty() { show_with_urls(target) } else { show(&name) },
        hosts: listed.into_iter().take(MOST_HOSTS).collect(),
        content,
    })
}

fn web_url(target: &str) -> Option<Url> {
    Url::parse(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn host_of(url: &Url) -> Option<String> {
    url.host_str().map(show)
}

fn of_magnet(magnet: &Magnet) -> (String, Vec<Url>) {
    let trackers = magnet.trackers.iter().map(|tracker| tracker.url().clone());
    (magnet.name.clone().unwrap_or_default(), trackers.collect())
}

fn content_of(torrent: &Metainfo) -> (u64, ByteCount) {
    let files = torrent.layout().files().iter().filter(|file| !file.is_padding);
    files.fold((0, ByteCount::ZERO), |(count, sum), file| (count + 1, sum + file.length))
}

fn hosts_of(torrent: &Metainfo) -> Vec<Url> {
    let trackers = torrent.trackers.iter().flatten().map(|tracker| tracker.url().clone());
    trackers.chain(torrent.web_seeds.iter().map(crate::catalog::web_seed::WebSeed::base)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(target: &str) -> Option<HandedOver> {
        described(target, &|_| None)
    }

    #[test]
    fn a_magnet_and_a_url_tell_their_name_and_hosts_and_nobody_is_contacted() {
        let magnet =
            "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=run&tr=udp://t.example:1/a";
        let handed = describe(magnet).expect("a magnet");
        assert_eq!((handed.name.as_str(), handed.hosts), ("run", vec!["t.example".to_owned()]));
        let handed = describe("https://data.example/x/run.torrent?token=s3cret").expect("a URL");
        assert_eq!((handed.name.as_str(), handed.hosts), ("run.torrent", vec!["data.example".to_owned()]));
    }

    #[test]
    fn a_path_is_taken_only_when_it_is_a_torrent() {
        assert_eq!(describe("/srv/run.torrent"), None);
        assert_eq!(describe(&"x".repeat(20_000)), None);
    }
}
