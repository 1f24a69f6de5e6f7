//! What a relay writes, in real programs: minisign checks its signatures, aria2 downloads by its metalinks.

use super::programs::{Nginx, has, made_octets, text};
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use nuee::domain::torrent::InfoHash;
use nuee::domain::utc::UtcTime;
use nuee::publish::relay::metalink::write_metalink;
use nuee::publish::relay::offered::{RelayKey, RelayedFile, SourceFacts};
use nuee::publish::relay::places::RelayBase;
use nuee::publish::relay::signing::{PublicKey, SecretKey, SignedStamp};
use std::path::Path;
use std::process::{Command, Output};
use tempfile::{TempDir, tempdir};

fn minisign(arguments: &[&str]) -> Output {
    Command::new("minisign").args(arguments).output().expect("minisign runs")
}

/// A folder with a manifest.
fn a_manifest() -> (TempDir, String) {
    let folder = tempdir().unwrap();
    let manifest = folder.path().join("manifest.jsonl");
    std::fs::write(&manifest, "{\"format\":\"nuee-relay-manifest\"}\n").unwrap();
    (folder, text(&manifest).to_owned())
}

fn stamp() -> SignedStamp {
    let time = UtcTime::parse_rfc3339("2026-11-30T06:00:00Z").expect("a time");
    SignedStamp { sequence: 12, time }
}

#[test]
fn minisign_checks_what_a_relay_signed_and_refuses_what_was_changed() {
    if !has(&["minisign"]) {
        return;
    }
    let (folder, manifest) = a_manifest();
    let key = SecretKey::from_chance(std::array::from_fn(|at| u8::try_from(at).unwrap()));
    let public = folder.path().join("minisign.pub");
    std::fs::write(&public, key.public().to_text()).unwrap();
    let signature = key.sign(&std::fs::read(&manifest).unwrap(), &stamp().to_comment());
    std::fs::write(format!("{manifest}.minisig"), signature).unwrap();
    let checked = minisign(&["-V", "-H", "-p", text(&public), "-m", &manifest]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
    assert!(said.contains("sequence:12"), "{said}");
    let by_line = minisign(&["-V", "-P", &key.public().line(), "-m", &manifest]);
    assert!(by_line.status.success());
    std::fs::write(&manifest, "{\"format\":\"nuee-relay-manifesT\"}\n").unwrap();
    assert!(!minisign(&["-V", "-p", text(&public), "-m", &manifest]).status.success());
}

#[test]
fn a_key_and_signatures_of_minisign_are_read() {
    if !has(&["minisign"]) {
        return;
    }
    let (folder, manifest) = a_manifest();
    let (public, secret) = (folder.path().join("key.pub"), folder.path().join("key.sec"));
    let made = minisign(&["-G", "-W", "-p", text(&public), "-s", text(&secret)]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let key = PublicKey::parse(&read(&public)).expect("a public key");
    assert_eq!(SecretKey::parse(&read(&secret)).expect("a secret key").public(), key);
    let octets = std::fs::read(&manifest).unwrap();
    let comment = stamp().to_comment();
    for (file, more) in [("hashed", &[][..]), ("whole", &["-l"])] {
        let signature = folder.path().join(file);
        let sign = ["-S", "-W", "-s", text(&secret), "-m", &manifest, "-x", text(&signature), "-t", &comment];
        let signed = minisign(&[&sign[..], more].concat());
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        let told = key.verify(&octets, &read(&signature)).expect("a signature that holds");
        assert_eq!(SignedStamp::parse(&told), Some(stamp()), "{told}");
    }
}

#[test]
fn minisign_signs_with_a_key_that_was_made_here() {
    if !has(&["minisign"]) {
        return;
    }
    let (folder, manifest) = a_manifest();
    let key = SecretKey::from_chance([9; 40]);
    let secret = folder.path().join("key.sec");
    std::fs::write(&secret, key.to_text()).unwrap();
    let signed = minisign(&["-S", "-W", "-s", text(&secret), "-m", &manifest, "-t", "by the tool"]);
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let signature = std::fs::read_to_string(format!("{manifest}.minisig")).unwrap();
    let told = key.public().verify(&std::fs::read(&manifest).unwrap(), &signature);
    assert_eq!(told.as_deref(), Ok("by the tool"));
}

/// An offer of `octets` whose publisher is `address`.
fn an_offer(address: &str, octets: &[u8]) -> RelayedFile {
    let time = stamp().time;
    RelayedFile {
        key: RelayKey { dataset: "demo/arome".to_owned(), run: Some(time), name: "a b+é.grib2".to_owned() },
        source: SourceFacts {
            address: address.parse().expect("a URL"),
            length: octets.len() as u64,
            etag: None,
            modified: None,
        },
        info_hash: InfoHash([1; 20]),
        torrent_length: 1,
        sha256: Digest::of(DigestAlgorithm::Sha256, octets),
        sha512: Digest::of(DigestAlgorithm::Sha512, octets),
        index: None,
        fetched: time,
        offered: time,
        expires: time,
        replaces: None,
    }
}

#[test]
fn aria2_downloads_and_verifies_by_a_metalink_of_a_relay() {
    if !has(&["aria2c", "nginx"]) {
        return;
    }
    let nginx = Nginx::start();
    let octets = made_octets(1 << 20);
    std::fs::write(nginx.root.join("published.grib2"), &octets).unwrap();
    let base = RelayBase::new(nginx.url("").parse().expect("a URL")).expect("a base");
    let out = tempdir().unwrap();
    let download = |offer: &RelayedFile, folder: &str| {
        let metalink = out.path().join("a.meta4");
        std::fs::write(&metalink, write_metalink(&base, offer)).unwrap();
        let folder = out.path().join(folder);
        let directory = format!("--dir={}", folder.display());
        let fixed = ["--no-conf", "--enable-dht=false", "--follow-torrent=false", "--max-tries=1"];
        let named = [directory.as_str(), text(&metalink)];
        let ended = Command::new("aria2c").args([&fixed[..], &named].concat()).output().expect("aria2c runs");
        (ended.status.success(), std::fs::read(folder.join("a b+é.grib2")).ok())
    };
    let mut offer = an_offer(&nginx.url("published.grib2"), &octets);
    let (is_done, downloaded) = download(&offer, "right");
    assert!(is_done && downloaded.as_deref() == Some(&octets[..]));
    offer.sha512 = Digest::of(DigestAlgorithm::Sha512, b"other");
    offer.sha256 = Digest::of(DigestAlgorithm::Sha256, b"other");
    assert!(!download(&offer, "wrong").0, "another digest is refused");
}
