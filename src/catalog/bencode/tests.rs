//! What the reader takes and refuses, and that it survives anything.

use super::*;
use crate::catalog::tests::mutate;

fn error(octets: &[u8]) -> BencodeError {
    read(octets).expect_err("it should be refused")
}

fn value(octets: &[u8]) -> Value<'_> {
    read(octets).expect("it should be read").value
}

#[test]
fn every_kind_of_value_is_read() {
    assert_eq!(value(b"i-42e").integer(), Some(-42));
    assert_eq!(value(b"i-9223372036854775808e").integer(), Some(i64::MIN));
    assert_eq!(value(b"4:spam").text(), Some(&b"spam"[..]));
    assert_eq!(value(b"0:").text(), Some(&b""[..]));
    let list = value(b"l4:spami0eldeee").list().expect("a list");
    let kinds: Vec<_> = list.values().map(|v| (v.text(), v.integer(), v.list().is_some())).collect();
    assert_eq!(kinds, [(Some(&b"spam"[..]), None, false), (None, Some(0), false), (None, None, true)]);
    assert_eq!(value(b"le").list().map(|l| l.values().count()), Some(0));
}

#[test]
fn a_dictionary_gives_its_own_octets_whatever_stands_around_it() {
    let outer = value(b"d4:infod1:bi1e1:ai2ee4:last1:xe").dictionary().expect("a dictionary");
    let [info] = outer.pick(["info"]).expect("once");
    let info = info.and_then(Value::dictionary).expect("a dictionary");
    assert_eq!(info.octets(), b"d1:bi1e1:ai2ee");
    assert!(!info.is_sorted() && outer.is_sorted());
}

#[test]
fn a_key_that_matters_must_not_stand_twice() {
    let twice = value(b"d1:ai1e1:ai2e1:bi3ee").dictionary().expect("a dictionary");
    assert_eq!(twice.pick(["a"]), Err(BencodeError::DuplicateKey { key: "a" }));
    assert_eq!(twice.pick(["b", "c"]), Ok([Some(Value::Integer(3)), None]));
    assert!(!twice.is_sorted());
}

#[test]
fn there_is_one_way_to_write_a_number() {
    for octets in ["i-0e", "i03e", "i00e", "ie", "i-e", "i+1e", "i1.5e", "i 1e", "i9223372036854775808e"] {
        assert_eq!(error(octets.as_bytes()), BencodeError::UnsoundInteger { at: 0 }, "{octets}");
    }
    assert_eq!(error(format!("i{}e", "1".repeat(5_000)).as_bytes()), BencodeError::UnsoundInteger { at: 0 });
    assert_eq!(error(b"04:spam"), BencodeError::UnsoundLength { at: 0 });
    assert_eq!(error(b"999999999999999999999:x"), BencodeError::UnsoundLength { at: 0 });
    assert_eq!(error(b"4spam"), BencodeError::UnsoundLength { at: 0 });
}

#[test]
fn a_length_is_compared_with_what_is_left() {
    assert_eq!(error(b"5:spam"), BencodeError::LongerThanInput { at: 0, length: 5, left: 4 });
    assert_eq!(error(b"l5:spame"), BencodeError::EndsEarly { at: 8 });
    assert_eq!(error(b"99999999:x"), BencodeError::LongerThanInput { at: 0, length: 99_999_999, left: 1 });
}

#[test]
fn nesting_ends_at_thirty_two() {
    let nested = |depth: usize| format!("{}{}", "l".repeat(depth), "e".repeat(depth)).into_bytes();
    assert!(read(&nested(32)).is_ok());
    assert_eq!(error(&nested(33)), BencodeError::TooDeep { at: 32 });
    assert_eq!(error(&vec![b'l'; 200_000]), BencodeError::TooDeep { at: 32 });
    assert_eq!(error(&b"d1:a".repeat(200_000)), BencodeError::TooDeep { at: 32 * 4 });
}

#[test]
fn what_is_no_bencoding_is_refused_with_its_place() {
    assert_eq!(error(b""), BencodeError::EndsEarly { at: 0 });
    assert_eq!(error(b"d3:abc"), BencodeError::EndsEarly { at: 6 });
    assert_eq!(error(b"d3:abce"), BencodeError::Unexpected { octet: b'e', at: 6 });
    assert_eq!(error(b"i12"), BencodeError::EndsEarly { at: 3 });
    assert_eq!(error(b"di1ei2ee"), BencodeError::KeyNotText { at: 1 });
    assert_eq!(error(b"<html>"), BencodeError::Unexpected { octet: b'<', at: 0 });
}

#[test]
fn the_input_and_the_number_of_values_are_bounded() {
    assert_eq!(error(&vec![b'l'; LONGEST_INPUT + 1]), BencodeError::TooLong { octets: LONGEST_INPUT + 1 });
    let many = [b"l".to_vec(), b"0:".repeat(MOST_VALUES), b"e".to_vec()].concat();
    assert_eq!(error(&many), BencodeError::TooManyValues);
}

#[test]
fn what_follows_the_document_is_counted() {
    assert_eq!(read(b"i1e\r\n").map(|d| d.trailing), Ok(2));
    assert_eq!(read(b"i1e").map(|d| d.trailing), Ok(0));
}

#[test]
fn the_writer_sorts_keys_and_the_reader_agrees() {
    let tree = Node::dictionary([
        ("zone", Node::text("été")),
        ("a b", Node::List(vec![Node::Integer(-1), Node::Encoded(b"i7e")])),
    ]);
    let octets = tree.to_octets();
    assert_eq!(octets, "d3:a bli-1ei7ee4:zone5:étée".as_bytes());
    assert!(value(&octets).dictionary().is_some_and(Dictionary::is_sorted));
}

#[test]
fn damaged_documents_never_panic_and_what_is_read_is_all_there() {
    let seed =
        b"d8:announce3:abc4:infod5:filesld6:lengthi7e4:pathl1:a1:beed6:lengthi-7eee4:name3:\xff\xfe\xfdee"
            .to_vec();
    mutate(&[seed, b"lllli1eeeee".to_vec()], |octets| {
        if let Ok(document) = read(octets) {
            let count = count(document.value);
            assert!(count <= octets.len());
        }
    });
}

/// Walks over everything: each value is reached, and their number is bounded by the octets.
fn count(value: Value<'_>) -> usize {
    match value {
        Value::Integer(_) | Value::Text(_) => 1,
        Value::List(list) => 1 + list.values().map(count).sum::<usize>(),
        Value::Dictionary(dictionary) => {
            let _ = (dictionary.pick(["info", "name"]), dictionary.is_sorted());
            1 + dictionary.entries().map(|(_, value)| 1 + count(value)).sum::<usize>()
        }
    }
}
