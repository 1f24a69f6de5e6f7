//! Metalinks that are whole, contradictory, hostile or damaged.

use super::*;
use crate::catalog::tests::mutate;

fn read(text: &str) -> Result<Metalink, NotAMetalink> {
    read_metalink(text.as_bytes())
}

fn with(files: &str) -> String {
    format!("<?xml version=\"1.0\"?><metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">{files}</metalink>")
}

fn one(inside: &str) -> Metalink {
    read(&with(&format!("<file name=\"a.grib2\">{inside}</file><file name=\"other\"/>"))).expect("a metalink")
}

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn whole() -> String {
    with(&format!(
        "<published>2026-11-30T06:00:00Z</published><file name=\"run/a.grib2\"><size>3</size>\
         <hash type=\"sha-256\">{ABC}</hash><hash type=\"shake128\">00</hash>\
         <pieces length=\"2\" type=\"sha-1\"><hash>00</hash><hash>01</hash></pieces>\
         <url location=\"de\">https://c.example/a.grib2</url><url priority=\"2\">https://b.example/a.grib2</url>\
         <url priority=\"1\">http://a.example/a.grib2</url><url priority=\"1\">ftp://f.example/a.grib2</url>\
         <metaurl mediatype=\"torrent\" priority=\"1\">https://a.example/a.torrent</metaurl>\
         <metaurl mediatype=\"http://x\">https://a.example/a.other</metaurl></file>"
    ))
}

#[test]
fn a_file_has_its_length_its_digests_and_its_addresses_by_preference() {
    let metalink = read(&whole()).expect("a metalink");
    let [file] = &metalink.files[..] else { panic!("one file") };
    assert_eq!((file.path.to_string().as_str(), file.length), ("run/a.grib2", Some(3)));
    assert_eq!(file.digests, [Digest::of(DigestAlgorithm::Sha256, b"abc")]);
    let addresses: Vec<&str> = file.addresses.iter().map(Url::as_str).collect();
    assert_eq!(
        addresses,
        ["http://a.example/a.grib2", "https://b.example/a.grib2", "https://c.example/a.grib2"]
    );
    assert_eq!(file.torrents.iter().map(Url::as_str).collect::<Vec<_>>(), ["https://a.example/a.torrent"]);
    assert_eq!((metalink.is_cut, metalink.passed_over), (false, 0));
}

#[test]
fn other_documents_and_the_old_form_are_refused() {
    let old = "<metalink version=\"3.0\" xmlns=\"http://www.metalinker.org/\"><files/></metalink>";
    assert_eq!(read(old), Err(NotAMetalink::Version3));
    for text in ["", "<html/>", "{}", "<rss/>", "metalink"] {
        assert_eq!(read(text), Err(NotAMetalink::OtherForm), "{text}");
    }
    assert_eq!(read(&with("")), Err(NotAMetalink::NoFile));
    assert_eq!(read_metalink(&vec![b' '; LONGEST + 1]), Err(NotAMetalink::TooLong));
}

#[test]
fn a_name_that_leads_out_of_the_folder_is_passed_over() {
    for name in ["../a", "/etc/passwd", "a/../../b", "..", "", "a//b", "c:\\a", "./a"] {
        let metalink =
            read(&with(&format!("<file name=\"{name}\"/><file name=\"good\"/>"))).expect("a metalink");
        assert_eq!((metalink.files.len(), metalink.passed_over), (1, 1), "{name}");
    }
    assert_eq!(read(&with("<file/>")), Err(NotAMetalink::NoFile));
}

#[test]
fn a_file_that_contradicts_itself_is_passed_over() {
    let other = ABC.replace('b', "c");
    for inside in [
        "<size>3</size><size>4</size>".to_owned(),
        "<size>-3</size>".to_owned(),
        "<size>+3</size>".to_owned(),
        "<size></size>".to_owned(),
        "<size>99999999999999999999</size>".to_owned(),
        format!("<hash type=\"sha-256\">{ABC}</hash><hash type=\"sha-256\">{other}</hash>"),
        "<hash type=\"sha-256\">abcd</hash>".to_owned(),
        "<hash type=\"sha-256\">zz</hash>".to_owned(),
    ] {
        assert_eq!((one(&inside).files.len(), one(&inside).passed_over), (1, 1), "{inside}");
    }
    let same = format!("<hash type=\"SHA-256\">{ABC}</hash><hash type=\"sha-256\">{ABC}</hash>");
    assert_eq!(one(&same).files[0].digests.len(), 1);
}

#[test]
fn addresses_that_are_none_are_left_out_and_many_are_bounded() {
    let inside: String = (0..200).map(|at| format!("<url>http://a.example/{at}</url>")).collect();
    assert_eq!(one(&inside).files[0].addresses.len(), MOST_ADDRESSES);
    let long = format!("<url>http://a.example/{}</url>", "x".repeat(5_000));
    for inside in ["<url>file:///etc/passwd</url>", "<url>a.grib2</url>", "<url/>", long.as_str()] {
        assert_eq!(one(inside).files[0].addresses, [], "{inside}");
    }
    let priorities = "<url priority=\"0\">http://a.example/</url><url priority=\"5\">http://b.example/</url>";
    assert_eq!(one(priorities).files[0].addresses[0].as_str(), "http://b.example/");
}

#[test]
fn a_metalink_cut_short_keeps_whole_files_and_says_so() {
    let text = with("<file name=\"a\"><size>1</size></file><file name=\"b\"><size>1</size></file>");
    let cut = read(&text[..text.len() - 30]).expect("a metalink");
    assert_eq!((cut.files.len(), cut.is_cut), (1, true));
    let many: String = (0..MOST_FILES + 1).map(|at| format!("<file name=\"{at}\"/>")).collect();
    let many = read(&with(&many)).expect("a metalink");
    assert_eq!((many.files.len(), many.is_cut), (MOST_FILES, true));
}

#[test]
fn no_damage_makes_the_reader_panic_or_lead_out_of_a_folder() {
    let seeds = [whole(), with("<file name=\"a\"><size>1</size></file>")].map(String::into_bytes);
    mutate(&seeds, |octets| {
        let Ok(metalink) = read_metalink(octets) else { return };
        for file in &metalink.files {
            assert!(file.path.components().iter().all(|part| part != ".." && !part.contains('/')));
            assert!(file.addresses.len() <= MOST_ADDRESSES && file.torrents.len() <= MOST_ADDRESSES);
            let addresses = file.addresses.iter().chain(&file.torrents);
            assert!(addresses.into_iter().all(|address| matches!(address.scheme(), "http" | "https")));
        }
    });
}
