//! Manifests that are read back, and what is said of those that are not right.

use super::*;
use crate::domain::tests::mutate;
use crate::publish::relay::made::*;
use serde_json::{Map, Value};

fn head(sequence: u64) -> ManifestHead {
    let previous = (sequence > 1).then(|| digest_of(b"before"));
    ManifestHead { relay: base(), sequence, time: at("2026-11-30T12:00:00Z"), previous }
}

/// Two files, one of which replaced another, and two withdrawals.
fn a_manifest() -> Manifest {
    let mut second = file(2, ODD_NAME);
    second.replaces = Some(info_hash(1));
    second.index = None;
    second.source.etag = None;
    second.source.modified = None;
    second.key.run = None;
    let files = vec![second, file(3, "b.grib2")];
    let withdrawn = vec![withdrawn(1, "z.grib2"), withdrawn(5, "y.grib2")];
    Manifest::new(head(7), &RelayOffers::new(identity(), files, withdrawn))
}

fn read(text: &str) -> Result<Manifest, ManifestError> {
    read_manifest(text.as_bytes())
}

/// The error of a manifest whose line `number` was changed.
fn refused(number: usize, change: impl FnOnce(&str) -> String) -> ManifestError {
    let text = a_manifest().write();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[number - 1] = change(&lines[number - 1]);
    read(&(lines.join("\n") + "\n")).expect_err("a wrong manifest")
}

/// The error of a manifest in whose line `number` a member has another value.
fn refused_with(number: usize, member: &str, value: impl Into<Value>) -> ManifestError {
    let value = value.into();
    refused(number, |line| {
        let members: Map<String, Value> = serde_json::from_str(line).expect("an object");
        assert!(members.contains_key(member), "{member}");
        let old = serde_json::to_string(&members[member]).expect("JSON");
        line.replace(&format!("\"{member}\":{old}"), &format!("\"{member}\":{value}"))
    })
}

#[test]
fn a_manifest_is_read_back_and_written_alike() {
    let manifest = a_manifest();
    let text = manifest.write();
    assert_eq!(read(&text).as_ref(), Ok(&manifest));
    assert_eq!(text.lines().count(), 5);
    let empty = Manifest::new(head(1), &RelayOffers::new(identity(), Vec::new(), Vec::new()));
    assert_eq!(read(&empty.write()), Ok(empty));
}

#[test]
fn members_stand_in_the_order_of_the_form() {
    let text =
        Manifest::new(head(1), &RelayOffers::new(identity(), vec![file(1, "a.grib2")], Vec::new())).write();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "{\"format\":\"nuee-relay-manifest\",\"version\":1,\"relay\":\"https://relay.example/nuee/\",\"sequence\":1,\
         \"time\":\"2026-11-30T12:00:00Z\",\"previous\":null,\"files\":1,\"withdrawn\":0}"
    );
    let start = "{\"dataset\":\"demo/arome-0.01\",\"run\":\"2026-11-30T06:00:00Z\",\"name\":\"a.grib2\",\
                 \"url\":\"https://data.example/arome/a.grib2\",\"length\":100000001,\"etag\":\"\\\"1\\\"\",\
                 \"last_modified\":\"2026-11-30T09:00:00Z\",\"fetched\":\"2026-11-30T09:05:00Z\",\"sha256\":\"";
    assert!(lines[1].starts_with(start), "{}", lines[1]);
    assert!(lines[1].ends_with(",\"expires\":\"2026-12-02T09:10:00Z\",\"replaces\":null}"), "{}", lines[1]);
}

#[test]
fn the_same_offers_give_the_same_octets_in_whatever_order_they_came() {
    let files = || vec![file(1, "a.grib2"), file(2, "b.grib2"), file(3, "c.grib2")];
    let of = |files| Manifest::new(head(1), &RelayOffers::new(identity(), files, Vec::new())).write();
    let mut turned = files();
    turned.reverse();
    assert_eq!(of(files()), of(turned));
}

#[test]
fn a_member_twice_missing_or_unknown_is_named_with_its_line() {
    let twice = refused(2, |line| line.replacen("{", "{\"name\":\"x\",", 1));
    assert_eq!(twice, ManifestError::MemberTwice { line: 2, member: "name".to_owned() });
    let missing = refused(3, |line| line.replace("\"btih\":", "\"bt\":"));
    assert_eq!(missing, ManifestError::Missing { line: 3, member: "btih" });
    let unknown = refused(4, |line| line.replace('}', ",\"more\":1}"));
    assert_eq!(unknown, ManifestError::Unknown { line: 4, member: "more".to_owned() });
    let head = refused(1, |line| line.replace("\"sequence\":7,", ""));
    assert_eq!(head, ManifestError::Missing { line: 1, member: "sequence" });
}

#[test]
fn a_member_with_something_else_in_it_is_named() {
    let unfit = |line, member, why| ManifestError::Unfit { line, member, why };
    let short = MemberFault::WrongLength { found: 3, expected: 32 };
    assert_eq!(refused_with(2, "sha256", "abcdef"), unfit(2, "sha256", short));
    let long = MemberFault::WrongLength { found: 21, expected: 20 };
    assert_eq!(refused_with(4, "btih", "00".repeat(21)), unfit(4, "btih", long));
    assert_eq!(refused_with(3, "sha512", "xy"), unfit(3, "sha512", MemberFault::NotHex));
    assert_eq!(refused_with(2, "length", -1), unfit(2, "length", MemberFault::NotANumber));
    assert_eq!(refused_with(2, "length", "1"), unfit(2, "length", MemberFault::NotANumber));
    assert_eq!(refused_with(2, "expires", "tomorrow"), unfit(2, "expires", MemberFault::NotATime));
    assert_eq!(refused_with(2, "url", "file:///x"), unfit(2, "url", MemberFault::NotAnAddress));
    assert_eq!(refused_with(2, "name", Value::Null), unfit(2, "name", MemberFault::NotText));
    assert_eq!(refused_with(4, "withdrawn", "lost"), unfit(4, "withdrawn", MemberFault::OtherWord));
    assert_eq!(
        refused_with(1, "relay", "https://a@b.example/"),
        unfit(1, "relay", MemberFault::NotAnAddress)
    );
    assert_eq!(refused_with(1, "sequence", 0), unfit(1, "sequence", MemberFault::NotANumber));
    assert_eq!(refused_with(1, "previous", Value::Null), unfit(1, "previous", MemberFault::OutOfPlace));
}

#[test]
fn another_way_to_write_the_same_is_refused() {
    let canonical = |line| ManifestError::NotCanonical { line };
    assert_eq!(refused(2, |line| line.replacen(':', ": ", 1)), canonical(2));
    assert_eq!(refused(2, |line| line.replace("arome-0.01", "\\u0061rome-0.01")), canonical(2));
    assert_eq!(refused_with(3, "fetched", "2026-11-30T10:05:00+01:00"), canonical(3));
    let upper = a_manifest().files[0].sha256.hex().to_uppercase();
    assert_eq!(refused_with(2, "sha256", upper), canonical(2));
    assert_eq!(
        refused(1, |line| line
            .replace("\"version\":1,", "")
            .replace("\"sequence\"", "\"version\":1,\"sequence\"")),
        canonical(1)
    );
    assert_eq!(refused(4, |line| format!("{line}\r")), canonical(4));
}

#[test]
fn files_twice_out_of_order_or_not_as_many_as_told_are_refused() {
    let text = a_manifest().write();
    let lines: Vec<&str> = text.lines().collect();
    let of = |order: &[usize]| {
        let text: String = order.iter().map(|at| format!("{}\n", lines[*at])).collect();
        read(&text).expect_err("a wrong manifest")
    };
    assert_eq!(of(&[0, 1, 1, 3, 4]), ManifestError::FileTwice { line: 3 });
    assert_eq!(of(&[0, 2, 1, 3, 4]), ManifestError::OutOfOrder { line: 3 });
    assert_eq!(of(&[0, 1, 3, 2, 4]), ManifestError::OutOfOrder { line: 4 });
    assert_eq!(of(&[0, 1, 2, 4, 3]), ManifestError::OutOfOrder { line: 5 });
    assert_eq!(of(&[0, 1, 2, 3, 3]), ManifestError::FileTwice { line: 5 });
    let counts = |files, withdrawn| LineCounts { files, withdrawn };
    let told = counts(2, 2);
    assert_eq!(of(&[0, 1, 2, 3]), ManifestError::OtherCount { found: counts(2, 1), told });
    assert_eq!(of(&[0]), ManifestError::OtherCount { found: counts(0, 0), told });
}

#[test]
fn what_is_no_manifest_is_refused_for_what_it_is() {
    let text = a_manifest().write();
    assert_eq!(read(text.trim_end()), Err(ManifestError::CutOff));
    assert_eq!(read(&text[..text.len() / 2]), Err(ManifestError::CutOff));
    for other in ["\n", "<html>\n", "[]\n", "{}\n", "{\"format\":\"other\",\"version\":1}\n"] {
        assert_eq!(read(other), Err(ManifestError::OtherFormat), "{other}");
    }
    assert_eq!(refused_with(1, "version", 2), ManifestError::OtherVersion { found: 2 });
    assert_eq!(refused(3, |_| "{\"name\":".to_owned()), ManifestError::NotAnObject { line: 3 });
    assert_eq!(refused(3, |_| String::new()), ManifestError::NotAnObject { line: 3 });
    assert_eq!(
        refused(3, |line| line.replace('{', &"[".repeat(500))),
        ManifestError::NotAnObject { line: 3 }
    );
    assert_eq!(refused_with(3, "name", "x".repeat(20_000)), ManifestError::LineTooLong { line: 3 });
}

#[test]
fn ten_thousand_files_are_read_back() {
    let manifest = Manifest::new(head(1), &offers(10_000));
    let text = manifest.write();
    assert!(text.len() < 10_001 * 1_024, "{}", text.len());
    assert_eq!(read(&text), Ok(manifest));
}

#[test]
fn what_is_read_after_damage_would_be_written_just_so() {
    let small = Manifest::new(head(1), &RelayOffers::new(identity(), vec![file(1, "a")], Vec::new()));
    let seeds = [a_manifest().write().into_bytes(), small.write().into_bytes()];
    mutate(&seeds, |octets| {
        if let Ok(manifest) = read_manifest(octets) {
            assert_eq!(manifest.write().as_bytes(), octets);
        }
    });
}
