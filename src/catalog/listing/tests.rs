//! Listings that are whole, cut, damaged, or something else.

use super::*;
use crate::catalog::tests::mutate;

fn url(text: &str) -> Url {
    text.parse().expect("a URL")
}

fn now() -> UtcTime {
    UtcTime::parse_rfc3339("2026-11-20T12:00:00Z").expect("a time")
}

fn read_at(form: ListingForm, at: &str, text: &str) -> Result<Listing, NotAListing> {
    read(form, &url(at), text.as_bytes(), now())
}

fn addresses(listing: &Listing) -> Vec<&str> {
    listing.rows.iter().map(|row| row.address.as_str()).collect()
}

const BUCKET: &str = "https://b.example/?list-type=2&prefix=pnt/";

fn bucket(keys: &[&str], end: &str) -> String {
    let rows: String =
        keys.iter().map(|key| format!("<Contents><Key>{key}</Key><Size>7</Size></Contents>")).collect();
    format!("<?xml version=\"1.0\"?><ListBucketResult>{rows}{end}</ListBucketResult>")
}

fn page(rows: &str) -> String {
    format!("<html><head><title>Index of /d/</title></head><body><pre>{rows}</pre></body></html>")
}

#[test]
fn objects_become_addresses_and_keys_that_lead_elsewhere_are_passed_over() {
    let keys = [
        "pnt/2026-11-20T06:00:00Z/a b.grib2",
        "pnt/../secret",
        "other/x",
        "pnt//x",
        "pnt/é&amp;?.grib2",
        "pnt/folder/",
    ];
    let listing = read_at(ListingForm::S3, BUCKET, &bucket(&keys, "")).expect("a listing");
    let expected = [
        "https://b.example/pnt/2026-11-20T06:00:00Z/a%20b.grib2",
        "https://b.example/pnt/%C3%A9%26%3F.grib2",
    ];
    assert_eq!(addresses(&listing), expected);
    assert_eq!((listing.passed_over, listing.wholeness), (4, Wholeness::Whole));
    let by_path = read_at(ListingForm::S3, "https://s3.example/bucket/?list-type=2", &bucket(&["k/x"], ""))
        .expect("a listing");
    assert_eq!(addresses(&by_path), ["https://s3.example/bucket/k/x"]);
}

#[test]
fn pages_are_followed_until_the_last_and_never_in_a_ring() {
    let truncated = |token: &str| {
        bucket(
            &["pnt/x"],
            &format!("<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"),
        )
    };
    let mut pages = Pages::begin(ListingForm::S3, url(BUCKET));
    let next =
        pages.take(truncated("a+b/c==").as_bytes(), now()).expect("a page").expect("a next one").clone();
    assert_eq!(
        next.query_pairs()
            .find(|(key, _)| key == "continuation-token")
            .map(|(_, v)| v.into_owned())
            .as_deref(),
        Some("a+b/c==")
    );
    assert_eq!(
        next.query_pairs().find(|(key, _)| key == "prefix").map(|(_, v)| v.into_owned()).as_deref(),
        Some("pnt/")
    );
    assert_eq!(pages.take(truncated("a+b/c==").as_bytes(), now()), Ok(None), "the same page again");
    assert_eq!((pages.so_far.rows.len(), pages.so_far.wholeness), (2, Wholeness::Cut));
    let without_token = bucket(&["pnt/x"], "<IsTruncated>true</IsTruncated>");
    assert_eq!(read_at(ListingForm::S3, BUCKET, &without_token).map(|l| l.wholeness), Ok(Wholeness::Cut));
}

#[test]
fn a_refusal_a_portal_and_another_document_are_told_apart() {
    let read = |text: &str| read_at(ListingForm::S3, BUCKET, text).expect_err("no listing");
    let slow = "<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>x</Message></Error>";
    assert_eq!(read(slow), NotAListing::Refused { code: "SlowDown".to_owned() });
    assert_eq!(read("<!DOCTYPE html><html><body>Log in</body></html>"), NotAListing::WebPage);
    assert_eq!(read("<rss></rss>"), NotAListing::OtherForm { detail: "no ListBucketResult" });
    assert_eq!(read(""), NotAListing::OtherForm { detail: "no XML" });
    let portal = "<html><body><a href=\"/login\">Log in</a></body></html>";
    assert_eq!(read_at(ListingForm::Page, "https://a.example/d/", portal), Err(NotAListing::WebPage));
}

#[test]
fn a_listing_cut_in_the_middle_keeps_its_rows_and_says_so() {
    let whole = bucket(&["pnt/a", "pnt/b"], "");
    let cut = &whole[..whole.len() - 30];
    let listing = read_at(ListingForm::S3, BUCKET, cut).expect("a listing");
    assert_eq!((listing.rows.len(), listing.wholeness), (1, Wholeness::Cut));
    let cut = "<html><title>Index of /</title><a href=\"a.grib2\">a.grib2</a> 20-Nov-2026 06:00 5";
    assert_eq!(
        read_at(ListingForm::Page, "https://a.example/", cut).map(|l| (l.rows.len(), l.wholeness)),
        Ok((1, Wholeness::Cut))
    );
}

#[test]
fn entities_of_a_document_are_never_put_in() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><ListBucketResult><Contents><Key>pnt/&b;</Key></Contents></ListBucketResult>";
    let listing = read_at(ListingForm::S3, BUCKET, bomb).expect("a listing");
    assert_eq!(addresses(&listing), ["https://b.example/pnt/%26b%3B"]);
    let deep = "<a>".repeat(100_000);
    let nested = format!("<ListBucketResult>{deep}");
    assert_eq!(read_at(ListingForm::S3, BUCKET, &nested).map(|l| l.wholeness), Ok(Wholeness::Cut));
}

#[test]
fn directory_pages_give_what_lies_directly_below_them() {
    let rows = "<a href=\"../\">../</a>\n<a href=\"sub/\">sub/</a> 20-Nov-2026 06:00 -\n\
        <a href=\"a%20b.grib2\">a b.grib2</a>   20-Nov-2026 06:42   12345\n\
        <A HREF='c&amp;d.grib2'>c&amp;d</A> 2026-11-20 06:43  1.5M\n\
        <a href=\"2026-11-20T06:00:00Z.grib2\">x</a> 20-Nov-2026 06:44 7\n\
        <a href=\"?C=N;O=D\">Name</a><a href=\"https://evil.example/d/x.grib2\">x</a><a href=\"/other/y\">y</a>\
        <a href=\"//evil.example/d/z\">z</a><a href=\"deep/er\">e</a><a href=\"../../etc\">e</a>";
    let listing = read_at(ListingForm::Page, "https://a.example/d/", &page(rows)).expect("a listing");
    let expected = [
        "https://a.example/d/a%20b.grib2",
        "https://a.example/d/c&d.grib2",
        "https://a.example/d/2026-11-20T06:00:00Z.grib2",
    ];
    assert_eq!(addresses(&listing), expected);
    assert_eq!(listing.passed_over, 5);
    assert_eq!(listing.rows[0].size, Size::Exact(ByteCount(12_345)));
    assert_eq!(listing.rows[0].changed.map(|time| time.to_string()).as_deref(), Some("2026-11-20T06:42:00Z"));
    assert_eq!(listing.rows[1].size, Size::About(ByteCount(1_572_864)));
}

#[test]
fn latin_1_is_read_as_it_was_meant() {
    let text = page("<a href=\"a.grib2\">pr\u{e9}vision</a> 20-Nov-2026 06:42 5");
    let octets: Vec<u8> = text.chars().map(|c| c as u8).collect();
    assert!(std::str::from_utf8(&octets).is_err());
    assert_eq!(
        read(ListingForm::Page, &url("https://a.example/d/"), &octets, now()).map(|l| l.rows.len()),
        Ok(1)
    );
}

#[test]
fn lists_of_met_norway_are_read_without_what_has_expired() {
    let text = "filename=World-IR-20170119140000.png,area=World,size=normal,type=IR,time=2017-01-19T14:00:00Z\n\
        dir=web,filename=b.gif,type=reflectivity,time=2017-03-24T10:00:00Z\n\
        dir=halo,filename=c.png,updated=2019-01-09T05:23:54Z,expires=2019-01-10T18:00:00Z\n\
        dir=../..,filename=d.png\n\
        dir=long,\\\nfilename=e.png\nnonsense\n";
    let listing = read_at(ListingForm::ApiList, "https://m.example/l/api-list.txt", text).expect("a listing");
    let expected = [
        "https://m.example/l/World-IR-20170119140000.png",
        "https://m.example/l/web/b.gif",
        "https://m.example/l/long/e.png",
    ];
    assert_eq!(addresses(&listing), expected);
    assert_eq!(listing.passed_over, 3);
    assert_eq!(&listing.rows[0].keys["area"], "World");
    assert!(read_at(ListingForm::ApiList, "https://m.example/l/api-list.txt", "hello\n").is_err());
}

#[test]
fn queries_are_read_from_xml_and_json_and_stay_on_their_host() {
    let xml = "<available><query><parameter><name>area</name><value>oslofjord</value></parameter>\
        <uri>/g/?area=oslofjord&amp;content=weather</uri></query><query><uri>https://evil.example/</uri></query></available>";
    let json = r#"[{"params":{"area":"oslofjord","n":3},"updated":"2026-11-20T06:00:00Z","uri":"https://m.example/g/?area=oslofjord&content=weather"},{"uri":"https://evil.example/"}]"#;
    for text in [xml, json] {
        let listing =
            read_at(ListingForm::Available, "https://m.example/g/available", text).expect("a listing");
        assert_eq!(addresses(&listing), ["https://m.example/g/?area=oslofjord&content=weather"]);
        assert_eq!((listing.passed_over, &listing.rows[0].keys["area"]), (1, "oslofjord"));
    }
    assert!(read_at(ListingForm::Available, "https://m.example/g/available", &json[..40]).is_err());
}

#[test]
fn damaged_listings_never_panic_hang_or_lead_elsewhere() {
    let rows = "<a href=\"../\">../</a>\n<a href=\"a%20b.grib2\">a</a> 20-Nov-2026 06:42 12345\n<a href='b'>b</a> 2026-11-20 06:43  1.5M";
    let seeds = [
        bucket(&["pnt/2026-11-20T06:00:00Z/a.grib2", "pnt/b"], "<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>"),
        page(rows),
        "filename=a.png,dir=x,time=2017-01-19T14:00:00Z,expires=2029-01-10T18:00:00Z\n".repeat(3),
        "<a><query><parameter><name>a</name><value>o</value></parameter><uri>/g/?a=o</uri></query></a>".to_owned(),
        r#"[{"params":{"area":"o","n":3},"updated":"2026-11-20T06:00:00Z","uri":"/g/?a=o"}]"#.to_owned(),
        "<rss><channel><item><enclosure url=\"a.torrent\" type=\"application/x-bittorrent\"/></item></channel></rss>".to_owned(),
    ];
    let at = url("https://b.example/d/?list-type=2&prefix=pnt/");
    mutate(&seeds.map(String::into_bytes), |octets| {
        for form in [ListingForm::S3, ListingForm::Page, ListingForm::ApiList, ListingForm::Available] {
            if let Ok(listing) = read(form, &at, octets, now()) {
                assert!(listing.rows.iter().all(|row| row.address.origin() == at.origin()));
            }
        }
        let _ = read(ListingForm::Feed, &at, octets, now());
    });
}
