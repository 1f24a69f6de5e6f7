//! What a magnet adds to the torrent that it names, and how far the names in it may lead.

use super::job_end::JobEnd;
use super::target::TorrentTarget;
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::magnet::{Magnet, MagnetError, MagnetPeer};
use crate::catalog::tracker::TrackerUrl;
use crate::catalog::web_seed::WebSeed;
use crate::domain::outside_text::show;
use crate::transfer::address_rule::Reach;
use url::Url;

/// Reads a magnet.
///
/// # Errors
/// When it is none, or of a kind that is not spoken here.
pub(crate) fn magnet_of(text: &str) -> Result<Magnet, JobEnd> {
    Magnet::parse(text).map_err(|error| {
        let message = match error {
            MagnetError::VersionTwoOnly => UserMessage::TorrentIsV2Only,
            error => UserMessage::MagnetUnsound { detail: show(&error.to_string()) },
        };
        JobEnd::new(End::Unsound, message)
    })
}

/// How far the names in a magnet may lead: it is often copied from a page, so that only one which leads inwards
/// altogether does.
pub(crate) fn reach_of(magnet: &Magnet) -> Reach {
    let peer = |peer: &MagnetPeer| Url::parse(&format!("peer://{}:{}", peer.host, peer.port)).ok();
    let peers: Vec<Url> = magnet.peers.iter().filter_map(peer).collect();
    let trackers = magnet.trackers.iter().map(TrackerUrl::url);
    Reach::of_places(trackers.chain(&magnet.web_seeds).chain(&magnet.torrents).chain(&peers))
}

/// The torrent with the trackers and web seeds of the magnet.
pub(crate) fn with_places(mut torrent: TorrentTarget, magnet: &Magnet) -> TorrentTarget {
    let metainfo = &mut torrent.metainfo;
    for tracker in &magnet.trackers {
        if !metainfo.trackers.iter().flatten().any(|known| known == tracker) {
            metainfo.trackers.push(vec![tracker.clone()]);
        }
    }
    let layout = metainfo.layout().clone();
    let seeds = magnet.web_seeds.iter().filter_map(|url| WebSeed::new(url.clone(), &layout).ok());
    metainfo.web_seeds.extend(seeds);
    torrent
}

/// A .torrent that holds this description and nothing else.
pub(crate) fn from_info_octets(info: &[u8]) -> Vec<u8> {
    [b"d4:info", info, b"e"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::target::{MetainfoPlace, torrent_target};
    use crate::domain::integrity::Voucher;

    const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_magnet_leads_inwards_only_when_all_its_names_do() {
        let reach = |places: &str| {
            reach_of(&magnet_of(&format!("magnet:?xt=urn:btih:{HASH}{places}")).expect("a magnet"))
        };
        let inside = "&tr=http%3A%2F%2F192.168.1.2%2Fannounce";
        assert_ne!(reach(inside), Reach::Public);
        assert_eq!(reach(&format!("{inside}&ws=https%3A%2F%2Fexample.org%2Fa")), Reach::Public);
    }

    #[test]
    fn a_tracker_that_the_torrent_names_is_not_added_again() {
        let info = b"d6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
        let octets = from_info_octets(info);
        let torrent = torrent_target(&octets, Voucher::Person, MetainfoPlace::Nowhere).expect("a .torrent");
        let text = format!("magnet:?xt=urn:btih:{HASH}&tr=http%3A%2F%2Ft%2Fa&ws=https%3A%2F%2Fh%2Fa");
        let magnet = magnet_of(&text).expect("a magnet");
        let twice = with_places(with_places(torrent, &magnet), &magnet);
        assert_eq!(twice.metainfo.trackers.iter().flatten().count(), 1);
        assert!(!twice.metainfo.web_seeds.is_empty());
    }

    #[test]
    fn a_magnet_of_the_second_version_alone_is_named_as_such() {
        let v2 = format!("magnet:?xt=urn:btmh:1220{HASH}{}", &HASH[..24]);
        assert_eq!(magnet_of(&v2).err().map(|end| end.message), Some(UserMessage::TorrentIsV2Only));
    }
}
