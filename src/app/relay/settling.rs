//! Whether a file of the publisher is finished, or still being written.
//!
//! In: what its server said of it at two looks. Out: whether it may be fetched, and after how long it is looked at again.

use crate::catalog::entry::Entry;
use crate::catalog::listing::Size;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::SourceFacts;
use std::time::Duration;

/// A file that was last changed so long ago is not being written, in seconds.
const AT_REST: i64 = 300;

/// What is to be done with a file of the publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// It may be fetched.
    Settled,
    /// It is to be looked at again after so long.
    LookAgain(Duration),
}

/// What follows from a look at `now`, and from the one before with its time. `apart` is how far apart two looks are that show
/// the same file.
pub fn settling(
    seen: &SourceFacts,
    now: UtcTime,
    before: Option<(&SourceFacts, UtcTime)>,
    apart: Duration,
) -> Settling {
    let rest = seen.modified.map(|modified| now.unix_seconds() - modified.unix_seconds());
    if rest.is_some_and(|rest| rest >= AT_REST) {
        return Settling::Settled;
    }
    match before {
        Some((before, then)) if is_same(before, seen) => {
            let passed = u64::try_from(now.unix_seconds() - then.unix_seconds()).unwrap_or(0);
            match apart.checked_sub(Duration::from_secs(passed)) {
                Some(rest) if !rest.is_zero() => Settling::LookAgain(rest),
                _ => Settling::Settled,
            }
        }
        _ => Settling::LookAgain(apart),
    }
}

/// Whether two looks showed the same file. What one of them was not told decides nothing.
pub fn is_same(a: &SourceFacts, b: &SourceFacts) -> bool {
    fn agree<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
        a.zip(b).is_none_or(|(a, b)| a == b)
    }
    a.length == b.length
        && agree(a.etag.as_ref(), b.etag.as_ref())
        && agree(a.modified.as_ref(), b.modified.as_ref())
}

/// How much later a listing may say that a file was changed than its server does, in seconds: listings round to minutes.
const LISTING_SLACK: i64 = 120;

/// Whether a listing tells of another file than was fetched. It is a reason to ask the server, no more.
pub fn may_be_replaced(entry: &Entry, fetched: &SourceFacts) -> bool {
    let is_of_other_length = matches!(entry.size, Size::Exact(octets) if octets.0 != fetched.length);
    let is_later = entry.published.zip(fetched.modified).is_some_and(|(listed, fetched)| {
        listed.unix_seconds() > fetched.unix_seconds().saturating_add(LISTING_SLACK)
    });
    is_of_other_length || is_later
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::entry::SeenRoads;
    use crate::domain::octets::ByteCount;
    use std::sync::Arc;
    use url::Url;

    const LOOKS_APART: Duration = Duration::from_secs(30);

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_790_000_000 + seconds).expect("a time")
    }

    fn facts(length: u64, modified: Option<i64>) -> SourceFacts {
        let address = Url::parse("https://data.example/a.grib2").expect("a URL");
        SourceFacts { address, length, etag: None, modified: modified.map(at) }
    }

    #[test]
    fn a_file_that_was_changed_minutes_ago_is_fetched_at_once() {
        assert_eq!(settling(&facts(5, Some(0)), at(300), None, LOOKS_APART), Settling::Settled);
        assert_eq!(
            settling(&facts(5, Some(0)), at(299), None, LOOKS_APART),
            Settling::LookAgain(LOOKS_APART)
        );
    }

    #[test]
    fn another_file_is_fetched_when_two_looks_half_a_minute_apart_showed_the_same() {
        let seen = facts(5, None);
        assert_eq!(settling(&seen, at(0), None, LOOKS_APART), Settling::LookAgain(LOOKS_APART));
        assert_eq!(
            settling(&seen, at(10), Some((&seen, at(0))), LOOKS_APART),
            Settling::LookAgain(Duration::from_secs(20))
        );
        assert_eq!(settling(&seen, at(30), Some((&seen, at(0))), LOOKS_APART), Settling::Settled);
    }

    #[test]
    fn a_file_that_grows_is_waited_for_from_then_on() {
        let (before, seen) = (facts(5, None), facts(9, None));
        assert_eq!(
            settling(&seen, at(60), Some((&before, at(0))), LOOKS_APART),
            Settling::LookAgain(LOOKS_APART)
        );
    }

    #[test]
    fn a_clock_that_went_back_only_makes_it_wait() {
        let seen = facts(5, None);
        assert_eq!(
            settling(&seen, at(0), Some((&seen, at(900))), LOOKS_APART),
            Settling::LookAgain(LOOKS_APART)
        );
    }

    #[test]
    fn a_listing_that_tells_of_another_file_is_a_reason_to_ask() {
        let entry = |size, published: Option<i64>| Entry {
            values: Arc::default(),
            size,
            published: published.map(at),
            seen: SeenRoads::default(),
            withdrawn: None,
            others: Vec::new(),
        };
        let fetched = facts(5, Some(0));
        assert!(!may_be_replaced(&entry(Size::Exact(ByteCount(5)), Some(60)), &fetched));
        assert!(may_be_replaced(&entry(Size::Exact(ByteCount(6)), None), &fetched));
        assert!(may_be_replaced(&entry(Size::Unknown, Some(600)), &fetched));
        assert!(!may_be_replaced(&entry(Size::Unknown, Some(600)), &facts(5, None)));
    }

    #[test]
    fn what_a_server_does_not_tell_contradicts_nothing() {
        let tagged = |tag: &str| SourceFacts { etag: Some(tag.to_owned()), ..facts(5, None) };
        assert!(is_same(&tagged("\"a\""), &facts(5, Some(3))));
        assert!(!is_same(&tagged("\"a\""), &tagged("\"b\"")));
        assert!(!is_same(&facts(5, Some(3)), &facts(5, Some(4))));
    }
}
