//! Listings of servers in every form: no row of a bucket or a page leads to another host.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nuee::catalog::listing;
use nuee::catalog::provider::ListingForm;
use nuee::domain::utc::UtcTime;
use url::Url;

fuzz_target!(|octets: &[u8]| {
    let at = Url::parse("https://b.example/d/?list-type=2&prefix=pnt/").expect("an address");
    let now = UtcTime::parse_rfc3339("2026-11-20T12:00:00Z").expect("a time");
    for form in [ListingForm::S3, ListingForm::Page, ListingForm::ApiList, ListingForm::Available] {
        if let Ok(listing) = listing::read(form, &at, octets, now) {
            assert!(listing.rows.iter().all(|row| row.address.origin() == at.origin()));
        }
    }
    let _ = listing::read(ListingForm::Feed, &at, octets, now);
});
