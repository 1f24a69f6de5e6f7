//! The list of files in the form of MET Norway's `api-list.txt`: a file a line, `key=value` joined by commas.
//!
//! In: [`RelayOffers`]. Out: the text. Whoever stores it keeps the order of that form: a list is written after the files that
//! it names, and before a file is deleted a list without it is written. Names stand as in addresses, percent-encoded: so no
//! value holds a comma, a blank or an equals sign, and an address is right however odd the name.

use super::feed::put;
use super::offered::RelayedFile;
use super::offers::RelayOffers;
use super::places::{OfWhich, RelayBase};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The text of `api-list.txt`.
pub fn write_file_list(offers: &RelayOffers) -> String {
    let mut text = String::with_capacity(512 * offers.files().len());
    offers.files().iter().for_each(|file| put_line(&mut text, &offers.identity().base, file));
    text
}

fn put_line(text: &mut String, base: &RelayBase, file: &RelayedFile) {
    let address = base.of_file(&file.key, OfWhich::Data);
    let path = address.path().strip_prefix(base.url().path()).unwrap_or_default();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    put(text, format_args!("dir={folder},filename={name},dataset={}", value(&file.key.dataset)));
    if let Some(run) = file.key.run {
        put(text, format_args!(",time={run}"));
    }
    put(
        text,
        format_args!(
            ",updated={},expires={},size={},sha256={},btih={}\n",
            file.source.modified.unwrap_or(file.fetched),
            file.expires,
            file.source.length,
            file.sha256.hex(),
            file.info_hash
        ),
    );
}

/// Text in which neither commas nor blanks nor equals signs stand; ordinary names of datasets stay as they are.
fn value(text: &str) -> String {
    const PLAIN: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The dataset that a line names, as it was before it was encoded.
pub fn dataset_of(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::listing::{Listing, Wholeness, read};
    use crate::catalog::provider::ListingForm;
    use crate::publish::relay::made::*;
    use crate::publish::relay::places::RelayDocument;

    fn read_back(text: &str) -> Listing {
        let now = at("2026-11-30T12:00:00Z");
        let address = base().of_document(RelayDocument::FileList);
        read(ListingForm::ApiList, &address, text.as_bytes(), now).expect("a list")
    }

    #[test]
    fn every_line_is_read_back_with_its_address_its_run_and_its_digest() {
        let file = file(1, "arome.grib2");
        let text = write_file_list(&RelayOffers::new(identity(), vec![file.clone()], Vec::new()));
        let listing = read_back(&text);
        assert_eq!((listing.rows.len(), listing.passed_over, listing.wholeness), (1, 0, Wholeness::Whole));
        let row = &listing.rows[0];
        assert_eq!(row.address, base().of_file(&file.key, OfWhich::Data));
        assert_eq!(row.changed, file.source.modified);
        assert_eq!((&row.keys["time"], &row.keys["dataset"]), ("2026-11-30T06:00:00Z", "demo/arome-0.01"));
        assert_eq!(&row.keys["sha256"], file.sha256.hex());
        assert_eq!((&row.keys["btih"], &row.keys["size"]), (file.info_hash.hex().as_str(), "100000001"));
    }

    #[test]
    fn odd_names_lead_to_the_same_addresses() {
        let mut file = file(1, ODD_NAME);
        file.key.dataset = "demo/a,b=c d".to_owned();
        file.key.run = None;
        let text = write_file_list(&RelayOffers::new(identity(), vec![file.clone()], Vec::new()));
        assert_eq!(text.lines().count(), 1);
        let listing = read_back(&text);
        let row = &listing.rows[0];
        assert_eq!(row.address, base().of_file(&file.key, OfWhich::Data));
        assert_eq!(dataset_of(&row.keys["dataset"]), "demo/a,b=c d");
        assert_eq!(row.keys.get("time"), None);
    }

    #[test]
    fn a_list_of_ten_thousand_files_is_read_whole_and_what_expired_is_not_offered() {
        let listing = read_back(&write_file_list(&offers(10_000)));
        assert_eq!((listing.rows.len(), listing.wholeness), (10_000, Wholeness::Whole));
        let mut old = file(1, "a.grib2");
        old.expires = at("2026-11-30T11:59:59Z");
        let text = write_file_list(&RelayOffers::new(identity(), vec![old, file(2, "b.grib2")], Vec::new()));
        assert_eq!(read_back(&text).rows.len(), 1);
        assert_eq!(read_back(&write_file_list(&offers(0))).rows, []);
    }
}
