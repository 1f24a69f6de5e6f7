//! Which links are taken, what is left out of them, and that no link does harm.

use super::*;
use crate::catalog::tests::mutate;

const HEX: &str = "c9e15763f722f23e98a29decdfae341b98d53056";

fn magnet(rest: &str) -> Magnet {
    Magnet::parse(&format!("magnet:?xt=urn:btih:{HEX}{rest}")).expect("a magnet link")
}

fn error(text: &str) -> MagnetError {
    Magnet::parse(text).expect_err("it should be refused")
}

#[test]
fn an_info_hash_is_read_in_hexadecimal_and_in_base_32_whatever_the_case() {
    let hash = magnet("").info_hash;
    assert_eq!(hash.hex(), HEX);
    for text in [
        "magnet:?xt=urn:btih:ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW",
        "MAGNET:?xt=URN:BTIH:zhqvoy7xelzd5gfctxwn7lrudomnkmcw",
        "  magnet:?dn=x&xt.1=urn%3Abtih%3AC9E15763F722F23E98A29DECDFAE341B98D53056\n",
        "magnet://?xt=urn:btih:c9e15763f722f23e98a29decdfae341b98d53056",
    ] {
        assert_eq!(Magnet::parse(text).map(|m| m.info_hash), Ok(hash), "{text}");
    }
}

#[test]
fn name_trackers_web_seeds_torrents_peers_and_files_are_read() {
    let magnet = magnet(
        "&dn=AROME+06%20h%C3%A9&tr=udp%3A%2F%2Ft.example%3A6969&amp;tr.1=http://u.example/announce\
         &ws=https%3A%2F%2Fw.example%2Fa%2520b+c.grib2&xs=http://c.example/x.torrent\
         &x.pe=192.0.2.7:6881&x.pe=[2001:db8::7]:6882&x.pe=peer.example:6883&so=0,2,4-7",
    );
    assert_eq!(magnet.name.as_deref(), Some("AROME 06 hé"));
    let shown: Vec<String> = magnet.trackers.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["udp://t.example:6969", "http://u.example/announce"]);
    assert_eq!(magnet.web_seeds[0].as_str(), "https://w.example/a%20b+c.grib2");
    assert_eq!(magnet.torrents[0].as_str(), "http://c.example/x.torrent");
    let peers: Vec<String> = magnet.peers.iter().map(ToString::to_string).collect();
    assert_eq!(peers, ["192.0.2.7:6881", "[2001:db8::7]:6882", "peer.example:6883"]);
    let meant: Vec<u32> = (0..10).filter(|&file| magnet.means_file(file)).collect();
    assert_eq!(meant, [0, 2, 4, 5, 6, 7]);
    assert_eq!(magnet.ignored, 0);
}

#[test]
fn what_is_no_link_of_version_one_is_refused_with_a_reason() {
    assert_eq!(error("http://x/"), MagnetError::NotAMagnet);
    assert_eq!(error("magnet:xt=urn:btih:x"), MagnetError::NotAMagnet);
    assert_eq!(error("magnet:?"), MagnetError::NoInfoHash);
    assert_eq!(error("magnet:?xt=urn:sha1:ABC"), MagnetError::NoInfoHash);
    assert_eq!(error(&format!("magnet:?xt=urn:btmh:1220{}", "a".repeat(64))), MagnetError::VersionTwoOnly);
    assert_eq!(
        error("magnet:?xt=urn:btih:12\u{202E}"),
        MagnetError::BadInfoHash { shown: "12<U+202E>".to_owned() }
    );
    let other = "a".repeat(40);
    assert_eq!(error(&format!("magnet:?xt=urn:btih:{HEX}&xt=urn:btih:{other}")), MagnetError::TwoInfoHashes);
    assert!(matches!(error(&format!("magnet:?dn={}", "x".repeat(70_000))), MagnetError::TooLong { .. }));
    assert!(Magnet::is_meant_by("magnet:?") && !Magnet::is_meant_by("run.torrent"));
}

#[test]
fn a_link_of_both_versions_is_used_as_version_one() {
    let both = magnet(&format!("&xt=urn:btmh:1220{}&xt=urn:btih:{HEX}", "a".repeat(64)));
    assert_eq!(both.info_hash.hex(), HEX);
}

#[test]
fn what_cannot_be_used_is_left_out_and_counted() {
    let magnet = magnet(
        "&tr=wss://t&tr=&ws=ftp://w/x&ws=x&xs=dchub://h&x.pe=h&x.pe=192.0.2.7:0&x.pe=::1:80&so=4-2&so=a&kt=weather&dn=a&dn=b",
    );
    assert_eq!((magnet.trackers.len(), magnet.web_seeds.len(), magnet.torrents.len()), (0, 0, 0));
    assert_eq!((magnet.peers.len(), magnet.files.len(), magnet.ignored), (0, 0, 12));
    assert_eq!(magnet.name.as_deref(), Some("a"));
}

#[test]
fn lists_end_at_a_hundred_and_names_at_255_characters() {
    let trackers: String = (0..150).map(|n| format!("&tr=http://t{n}/")).collect();
    let flood =
        magnet(&format!("{trackers}&tr=http://t0/&dn={}&so=1{}", "é".repeat(300), ",1".repeat(2_000)));
    assert_eq!((flood.trackers.len(), flood.files.len()), (100, 0));
    assert_eq!(flood.ignored, 51, "fifty trackers and the list of files");
    assert_eq!(flood.name.map(|name| name.chars().count()), Some(255));
}

#[test]
fn a_link_is_shown_and_passed_on_without_its_secrets() {
    let magnet = magnet(
        "&dn=a%26b&tr=http://t/announce?passkey=pl4nted&ws=http://u:pl4nted@w/?token=pl4nted&so=1,3-4",
    );
    let uri = magnet.to_uri();
    assert!(!uri.contains("pl4nted") && !format!("{magnet:?}").contains("pl4nted"), "{uri}");
    assert!(
        uri.starts_with(&format!("magnet:?xt=urn:btih:{HEX}&dn=a%26b&tr=http://t/announce%3Fpasskey")),
        "{uri}"
    );
    assert!(uri.ends_with("&so=1,3-4"), "{uri}");
}

#[test]
fn a_link_without_secrets_comes_back_as_it_was() {
    let one =
        magnet("&dn=é%20%2B&tr=udp://t:1/&ws=http://w/a%2520b?x=1%262&xs=http://c/t&x.pe=[::1]:9&so=0,4-7");
    assert_eq!(Magnet::parse(&one.to_uri()), Ok(one));
}

#[test]
fn damaged_links_never_panic_and_stay_within_bounds() {
    let seeds = [
        format!(
            "magnet:?xt=urn:btih:{HEX}&dn=a%20b&tr=udp%3A%2F%2Ft%3A1&ws=http://w/%zz&x.pe=[::1]:80&so=0,4-7"
        ),
        format!("magnet:?xt=urn:btmh:1220{HEX}&xt.1=urn:btih:{HEX}&tr.2=http://t/?key=1"),
    ];
    mutate(&seeds.map(String::into_bytes), |octets| {
        let text = String::from_utf8_lossy(octets);
        if let Ok(magnet) = Magnet::parse(&text) {
            assert!(magnet.trackers.len() <= 100 && magnet.peers.len() <= 100 && magnet.files.len() <= 100);
            assert!(Magnet::parse(&magnet.to_uri()).is_ok(), "{magnet:?}");
        }
    });
}
