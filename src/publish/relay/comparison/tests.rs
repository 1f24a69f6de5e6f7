//! Who is believed when relays and the publisher's server agree or do not.

use super::*;
use crate::publish::relay::made::*;
use crate::publish::relay::manifest::ManifestHead;
use crate::publish::relay::offers::RelayOffers;
use crate::publish::relay::signing::SecretKey;
use url::Url;

/// The bytes that a relay has, the version at the publisher, and which relay it is.
#[derive(Clone, Copy)]
struct Says {
    bytes: u32,
    version: u32,
    relay: u8,
}

fn claimed(says: Says) -> ManifestFile {
    let mut offered = file(says.bytes, "a.grib2");
    offered.source = at_source(says.version);
    offered.fetched = offered.fetched.plus_minutes(i64::from(says.version)).expect("a time");
    ManifestFile::from(&offered)
}

fn at_source(version: u32) -> SourceFacts {
    SourceFacts { length: 100, ..file(version, "a.grib2").source }
}

fn relay(number: u8) -> RelayBase {
    RelayBase::new(Url::parse(&format!("https://relay{number}.example/")).expect("a URL")).expect("a base")
}

fn verdicts(says: &[Says], check: Option<&SourceCheck>) -> Vec<JudgedClaim> {
    let files: Vec<ManifestFile> = says.iter().map(|says| claimed(*says)).collect();
    let relays: Vec<RelayBase> = says.iter().map(|says| relay(says.relay)).collect();
    let keys: Vec<PublicKey> =
        says.iter().map(|says| SecretKey::from_chance([says.relay; 40]).public()).collect();
    let claims: Vec<RelayClaim<'_>> = (0..says.len())
        .map(|at| RelayClaim { relay: &relays[at], signer: Some(&keys[at]), file: &files[at] })
        .collect();
    judge(&claims, check)
}

fn says(bytes: u32, version: u32, relay: u8) -> Says {
    Says { bytes, version, relay }
}

fn checked(bytes: u32, version: u32) -> SourceCheck {
    SourceCheck { info_hash: info_hash(bytes), now: at_source(version), right: 2, pieces: 400, wrong: None }
}

fn a_wrong_piece() -> WrongPiece {
    let digest = |octets| Digest::of(DigestAlgorithm::Sha1, octets);
    WrongPiece { piece: 17, told: digest(b"told"), found: digest(b"found") }
}

fn judged(verdict: RelayVerdict, after: AfterVerdict) -> JudgedClaim {
    JudgedClaim { verdict, after }
}

/// Contradicted by another relay, whose bytes are the others.
fn against(bytes: u32, others: u32, other: u8, after: AfterVerdict) -> JudgedClaim {
    let digest = |bytes| claimed(says(bytes, 1, 1)).sha256;
    let by = Contradiction::Relay { other: relay(other) };
    judged(RelayVerdict::Contradicted { by, told: digest(bytes), found: digest(others) }, after)
}

fn only() -> JudgedClaim {
    judged(RelayVerdict::OnlyThisRelay, AfterVerdict::Use)
}

fn replaced() -> JudgedClaim {
    judged(RelayVerdict::ReplacedSince, AfterVerdict::AwaitSuccessor)
}

fn agreed(relays: usize) -> JudgedClaim {
    judged(RelayVerdict::AgreedBy { relays }, AfterVerdict::Use)
}

fn right() -> JudgedClaim {
    judged(RelayVerdict::CheckedAtSource { right: 2, pieces: 400 }, AfterVerdict::Use)
}

#[test]
fn without_a_check_relays_are_compared_with_each_other() {
    let ask = AfterVerdict::CheckAtSource;
    let cases: [(&str, &[Says], Vec<JudgedClaim>); 6] = [
        ("alone", &[says(1, 1, 1)], vec![only()]),
        ("two agree", &[says(1, 1, 1), says(1, 1, 2)], vec![agreed(2), agreed(2)]),
        ("one key at two addresses is one voice", &[says(1, 1, 1), says(1, 1, 1)], vec![only(), only()]),
        (
            "the same version with other bytes",
            &[says(1, 1, 1), says(2, 1, 2)],
            vec![against(1, 2, 2, ask), against(2, 1, 1, ask)],
        ),
        (
            "a majority proves nothing",
            &[says(1, 1, 1), says(1, 1, 2), says(2, 1, 3)],
            vec![against(1, 2, 3, ask), against(1, 2, 3, ask), against(2, 1, 1, ask)],
        ),
        ("an older version is no lie", &[says(1, 1, 1), says(2, 2, 2)], vec![replaced(), only()]),
    ];
    for (what, says, expected) in cases {
        assert_eq!(verdicts(says, None), expected, "{what}");
    }
}

#[test]
fn the_publishers_server_decides_between_relays() {
    let aside = AfterVerdict::SetRelayAside;
    let check = checked(1, 1);
    assert_eq!(verdicts(&[says(1, 1, 1)], Some(&check)), [right()]);
    let both = verdicts(&[says(1, 1, 1), says(2, 1, 2)], Some(&check));
    assert_eq!(both, [right(), against(2, 1, 1, aside)]);
}

#[test]
fn a_wrong_piece_of_the_same_version_sets_the_relay_aside_with_both_digests() {
    let check = SourceCheck { wrong: Some(a_wrong_piece()), ..checked(1, 1) };
    let WrongPiece { piece, told, found } = a_wrong_piece();
    let by = Contradiction::Source { piece };
    let lied = RelayVerdict::Contradicted { by, told, found };
    assert_eq!(verdicts(&[says(1, 1, 1)], Some(&check)), [judged(lied, AfterVerdict::SetRelayAside)]);
    // Two that say the same are wrong together.
    let both = verdicts(&[says(1, 1, 1), says(1, 1, 2)], Some(&check));
    assert!(both.iter().all(|judged| judged.after == AfterVerdict::SetRelayAside));
    // The other one is not right because this one is wrong.
    let other = &verdicts(&[says(1, 1, 1), says(2, 1, 2)], Some(&check))[1];
    assert_eq!(other.after, AfterVerdict::CheckAtSource);
}

#[test]
fn a_file_that_was_replaced_at_the_source_is_no_lie() {
    let check = SourceCheck { wrong: Some(a_wrong_piece()), ..checked(1, 2) };
    assert_eq!(verdicts(&[says(1, 1, 1)], Some(&check)), [replaced()]);
    let both = verdicts(&[says(1, 1, 1), says(2, 2, 2)], Some(&SourceCheck { right: 0, ..checked(1, 2) }));
    assert_eq!(both, [replaced(), only()]);
}

#[test]
fn where_no_version_can_be_told_a_wrong_piece_leaves_the_file_and_not_the_relay() {
    let silent = |facts: SourceFacts| SourceFacts { etag: None, modified: None, ..facts };
    let mut file = claimed(says(1, 1, 1));
    file.source = silent(file.source);
    let relay = relay(1);
    let claims = [RelayClaim { relay: &relay, signer: None, file: &file }];
    let mut check = SourceCheck { wrong: Some(a_wrong_piece()), ..checked(1, 1) };
    check.now = silent(check.now);
    assert_eq!(judge(&claims, Some(&check))[0].after, AfterVerdict::LeaveFile);
    check.wrong = None;
    assert_eq!(judge(&claims, Some(&check)), [right()]);
    check.right = 0;
    assert_eq!(judge(&claims, Some(&check)), [only()]);
}

#[test]
fn versions_are_told_apart_by_length_entity_tag_and_time() {
    let facts = |etag: Option<&str>, modified: Option<&str>, length| SourceFacts {
        etag: etag.map(str::to_owned),
        modified: modified.map(at),
        length,
        ..at_source(1)
    };
    let (nine, ten) = (Some("2026-11-30T09:00:00Z"), Some("2026-11-30T10:00:00Z"));
    let (a, b, weak) = (Some("\"a\""), Some("\"b\""), Some("W/\"a\""));
    let cases = [
        (facts(a, nine, 1), facts(a, nine, 1), SameVersion::Yes),
        (facts(a, None, 1), facts(a, nine, 1), SameVersion::Yes),
        (facts(None, nine, 1), facts(a, nine, 1), SameVersion::Yes),
        (facts(a, nine, 1), facts(a, nine, 2), SameVersion::No),
        (facts(a, nine, 1), facts(b, nine, 1), SameVersion::No),
        (facts(a, nine, 1), facts(a, ten, 1), SameVersion::No),
        (facts(weak, None, 1), facts(weak, None, 1), SameVersion::CannotTell),
        (facts(weak, None, 1), facts(Some("W/\"b\""), None, 1), SameVersion::No),
        (facts(a, None, 1), facts(None, nine, 1), SameVersion::CannotTell),
        (facts(None, None, 1), facts(None, None, 1), SameVersion::CannotTell),
    ];
    for (one, other, expected) in cases {
        assert_eq!(same_version(&one, &other), expected, "{one:?} {other:?}");
        assert_eq!(same_version(&other, &one), expected, "{other:?} {one:?}");
    }
}

#[test]
fn relays_are_compared_file_by_file() {
    let head = |number| ManifestHead {
        relay: relay(number),
        sequence: 1,
        time: at("2026-11-30T12:00:00Z"),
        previous: None,
    };
    let offers = |names: &[&str]| {
        let files = (1..).zip(names).map(|(number, name)| file(number, name)).collect();
        RelayOffers::new(identity(), files, Vec::new())
    };
    let one = Manifest::new(head(1), &offers(&["a.grib2", "b.grib2"]));
    let other = Manifest::new(head(2), &offers(&["a.grib2"]));
    let claims = claims_by_key([(&one, None), (&other, None)]);
    assert_eq!(claims.len(), 2);
    assert_eq!(judge(&claims[&key("a.grib2")], None), [agreed(2), agreed(2)]);
    assert_eq!(judge(&claims[&key("b.grib2")], None), [only()]);
}

#[test]
fn a_small_file_is_checked_by_chance_and_a_large_one_always() {
    const MEBI: u64 = 1 << 20;
    let cases = [
        (64 * MEBI, 512, [0.0099, 0.0], Some(0)),
        (64 * MEBI, 512, [0.01, 0.0], None),
        (64 * MEBI + 1, 513, [0.99, 0.5], Some(256)),
        (64 * MEBI + 1, 513, [0.99, 1.0], Some(512)),
        (64 * MEBI + 1, 513, [f64::NAN, f64::NAN], Some(0)),
        (1, 1, [f64::NAN, 0.0], None),
        (0, 0, [0.0, 0.0], None),
    ];
    for (length, pieces, chance, expected) in cases {
        assert_eq!(piece_to_check(length, pieces, DEFAULT_SHARE, chance), expected, "{length} {chance:?}");
    }
    let mut random = fastrand::Rng::with_seed(1);
    let mut draw = || piece_to_check(MEBI, 16, DEFAULT_SHARE, [random.f64(), random.f64()]);
    let drawn: Vec<u32> = (0..100_000).filter_map(|_| draw()).collect();
    assert!((900..1_100).contains(&drawn.len()), "{}", drawn.len());
    assert!((0..16).all(|piece| drawn.contains(&piece)));
}
