//! Keys and signatures, and what is said of those that do not hold.

use super::*;
use crate::domain::tests::mutate;

fn a_key(number: u8) -> SecretKey {
    SecretKey::from_chance(std::array::from_fn(|at| number.wrapping_add(u8::try_from(at).unwrap_or(0))))
}

const COMMENT: &str = "timestamp:1795000000\tfile:manifest.jsonl\thashed\tsequence:7";

#[test]
fn a_signature_holds_for_its_octets_its_comment_and_its_key_only() {
    let (key, other) = (a_key(1), a_key(2));
    let signature = key.sign(b"manifest", COMMENT);
    assert_eq!(key.public().verify(b"manifest", &signature).as_deref(), Ok(COMMENT));
    assert_eq!(key.public().verify(b"Manifest", &signature), Err(SignatureError::OtherOctets));
    let changed = signature.replace("sequence:7", "sequence:8");
    assert_eq!(key.public().verify(b"manifest", &changed), Err(SignatureError::OtherComment));
    let (found, expected) = (key.public().number(), other.public().number());
    let refused = other.public().verify(b"manifest", &signature);
    assert_eq!(refused, Err(SignatureError::OtherKey { found, expected }));
    // Another key under the same number: the number is no proof.
    let forged = SecretKey { public: PublicKey { number: found, ..other.public() }, ..other };
    assert_eq!(forged.public().verify(b"manifest", &signature), Err(SignatureError::OtherOctets));
}

#[test]
fn a_signature_over_the_whole_file_holds_too() {
    let key = a_key(1);
    let pair = pair_of(&key.seed);
    let of_octets = pair.sign(b"manifest");
    let of_comment = pair.sign(&[of_octets.as_ref(), b"c"].concat());
    let line = STANDARD.encode([&WHOLE[..], &key.public.number.0, of_octets.as_ref()].concat());
    let text = format!("{UNTRUSTED}x\n{line}\n{TRUSTED}c\n{}\n", STANDARD.encode(of_comment.as_ref()));
    assert_eq!(key.public().verify(b"manifest", &text).as_deref(), Ok("c"));
}

#[test]
fn keys_are_read_back_and_a_secret_is_never_shown() {
    let key = a_key(9);
    let public = PublicKey::parse(&key.public().to_text());
    assert_eq!(public, Ok(key.public()));
    assert_eq!(PublicKey::parse(&key.public().line()), Ok(key.public()));
    let secret = SecretKey::parse(&key.to_text()).expect("a secret key");
    assert_eq!((secret.public(), secret.seed), (key.public(), key.seed));
    assert_eq!(format!("{key:?}"), format!("secret key {}", key.public().number()));
}

#[test]
fn a_secret_key_is_read_also_without_a_check_sum() {
    let key = a_key(9);
    let mut octets = STANDARD.decode(key.to_text().lines().nth(1).expect("two lines")).expect("base 64");
    octets[126..].fill(0);
    assert_eq!(SecretKey::parse(&STANDARD.encode(&octets)).map(|key| key.seed), Ok(key.seed));
    // Then the public half still shows damage.
    octets[70] ^= 1;
    assert_eq!(SecretKey::parse(&STANDARD.encode(&octets)).err(), Some(KeyTextError::WrongCheckSum));
}

#[test]
fn the_number_and_the_fingerprint_of_a_key_have_one_form() {
    // The public key of minisign's own releases.
    let key = PublicKey::parse("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3").expect("a key");
    assert_eq!(key.number().to_string(), "E7620F1842B4E81F");
    let fingerprint = key.fingerprint();
    assert_eq!((fingerprint.len(), fingerprint.split(' ').count()), (39, 8));
    assert_ne!(a_key(1).public().fingerprint(), a_key(2).public().fingerprint());
}

#[test]
fn what_is_wrong_with_a_key_is_named() {
    let text = a_key(1).to_text();
    let changed = |at: usize, to: u8| {
        let line = text.lines().nth(1).expect("two lines");
        let mut octets = STANDARD.decode(line).expect("base 64");
        octets[at] = to;
        SecretKey::parse(&STANDARD.encode(octets)).expect_err("a damaged key")
    };
    assert_eq!(changed(2, b'S'), KeyTextError::Protected);
    assert_eq!(changed(0, b'X'), KeyTextError::OtherAlgorithm);
    assert_eq!(changed(70, 0xFF), KeyTextError::WrongCheckSum);
    assert_eq!(PublicKey::parse(&text), Err(KeyTextError::WrongLength { found: 158, expected: 42 }));
    assert_eq!(PublicKey::parse("untrusted comment: x\n"), Err(KeyTextError::NotBase64));
    assert_eq!(PublicKey::parse("é"), Err(KeyTextError::NotBase64));
    assert_eq!(PublicKey::parse(&"A".repeat(20 << 10)), Err(KeyTextError::TooLong));
}

#[test]
fn what_is_wrong_with_a_signature_is_named_with_its_line() {
    let key = a_key(1);
    let signature = key.sign(b"x", COMMENT);
    let lines: Vec<&str> = signature.lines().collect();
    for missing in 0..4 {
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at < missing).map(|(_, line)| *line).collect();
        let refused = key.public().verify(b"x", &kept.join("\n"));
        assert_eq!(refused, Err(SignatureError::Malformed { line: missing + 1 }));
    }
    let longer = format!("{signature}more\n");
    assert_eq!(key.public().verify(b"x", &longer), Err(SignatureError::Malformed { line: 5 }));
    assert_eq!(key.public().verify(b"x", &"A".repeat(20 << 10)), Err(SignatureError::TooLong));
    assert!(key.public().verify(b"x", &signature.replace('\n', "\r\n")).is_ok());
}

#[test]
fn a_comment_carries_the_number_and_the_time() {
    let time = UtcTime::from_unix_seconds(1_795_000_000).expect("a time");
    let stamp = SignedStamp { sequence: 7, time };
    assert_eq!(stamp.to_comment(), COMMENT);
    assert_eq!(SignedStamp::parse(COMMENT), Some(stamp));
    for other in ["", "timestamp:1", "sequence:1", "timestamp:x\tsequence:1", "timestamp:1\tsequence:-1"] {
        assert_eq!(SignedStamp::parse(other), None, "{other}");
    }
    let broken = a_key(1).sign(b"x", "a\nb");
    assert_eq!(a_key(1).public().verify(b"x", &broken).as_deref(), Ok("ab"));
}

#[test]
fn no_damage_makes_a_reader_of_keys_or_signatures_panic_or_a_changed_comment_hold() {
    let key = a_key(1);
    let signature = key.sign(b"manifest", COMMENT);
    let seeds = [signature, key.to_text(), key.public().to_text()].map(String::into_bytes);
    mutate(&seeds, |octets| {
        let text = String::from_utf8_lossy(octets);
        if let Ok(comment) = key.public().verify(b"manifest", &text) {
            assert_eq!(comment, COMMENT);
        }
        if let Ok(read) = SecretKey::parse(&text) {
            assert_eq!(read.public(), key.public());
        }
        let _ = PublicKey::parse(&text).map(|key| key.fingerprint());
    });
}
