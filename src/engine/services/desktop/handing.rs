//! What was handed over, as far as it can be known without contacting anybody: its name and the hosts it would contact.

use crate::app::state::HandedOver;
use crate::app::user_message::UserMessage;
use crate::catalog::magnet::Magnet;
use crate::catalog::metainfo::LARGEST_TORRENT;
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::file_kind::FileKind;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_with_urls};
use crate::engine::store::positioned::read_bounded;
use std::collections::BTreeSet;
use std::path::Path;
use url::Url;

/// Longest target that is taken, in octets.
const LONGEST_TARGET: usize = 16 << 10;

/// How much of a file is read to see what it is.
const FIRST_LOOK: u64 = 4096;

/// Most hosts that are listed.
const MOST_HOSTS: usize = 50;

/// What is done about something that was handed over.
pub(in crate::engine) enum Handed {
    /// It is asked about.
    Asked(Box<HandedOver>),
    /// It is data on this computer: it is opened, which contacts nobody.
    Opened,
    /// It is nothing that can be got or opened.
    Refused(UserMessage),
}

/// Reads what `target` is, as far as that can be known without contacting anybody.
pub(in crate::engine) fn read(target: &str) -> Handed {
    if let Some(handed) = describe(target) {
        return Handed::Asked(Box::new(handed));
    }
    let shown = show_with_urls(target);
    match beginning_of(Path::new(target)) {
        Ok(FileKind::Grib) => Handed::Opened,
        Ok(FileKind::Torrent) => Handed::Refused(UserMessage::TargetUnknown { target: shown }),
        Ok(kind) => Handed::Refused(UserMessage::OfAnotherKind { target: shown, kind }),
        Err(_) => Handed::Refused(UserMessage::TargetNotFound { target: shown }),
    }
}

/// The kind of a file, by its first octets.
fn beginning_of(path: &Path) -> std::io::Result<FileKind> {
    use std::io::Read;
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Ok(FileKind::Folder);
    }
    let mut first = Vec::new();
    file.take(FIRST_LOOK).read_to_end(&mut first)?;
    Ok(FileKind::of(&first))
}

/// Describes `target`. `None` when it is nothing that could be got. Reads a file when it names one.
pub(in crate::engine) fn describe(target: &str) -> Option<HandedOver> {
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
        let torrent = of_file(Path::new(target))?;
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

fn of_file(path: &Path) -> Option<Metainfo> {
    let octets = read_bounded(path, LARGEST_TORRENT).ok()??;
    metainfo::read(&octets).ok()
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
    fn what_is_no_torrent_magnet_or_url_is_not_taken() {
        for target in
            ["/etc/passwd", "/dev/zero/x", "magnet:?xt=nothing", "ftp://a/b", "", &"x".repeat(20_000)]
        {
            assert_eq!(describe(target), None, "{target}");
        }
    }
}
