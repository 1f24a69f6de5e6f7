//! Files that were withdrawn, as long as they are told.
//!
//! In: all of them, the oldest first. Out: what was in the place of a file before, and the list without what is too old.

use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::{RelayKey, WithdrawalReason, WithdrawnFile};

/// Most withdrawn files that are told, and for how many seconds each is.
const MOST_WITHDRAWN: usize = 10_000;
const WITHDRAWN_FOR: i64 = 7 * 86_400;

/// The info-hash under which a file of that key was offered when its publisher replaced it. `None` when it did not.
pub(super) fn replaced(withdrawn: &[WithdrawnFile], key: &RelayKey) -> Option<InfoHash> {
    let of_key = withdrawn.iter().filter(|gone| gone.key == *key && gone.why == WithdrawalReason::Replaced);
    of_key.max_by_key(|gone| gone.since).map(|gone| gone.info_hash)
}

/// Forgets what was withdrawn too long ago, and the oldest of too many.
pub(super) fn forget(withdrawn: &mut Vec<WithdrawnFile>, now: UtcTime) {
    let oldest = now.unix_seconds() - WITHDRAWN_FOR;
    withdrawn.retain(|gone| gone.since.unix_seconds() >= oldest);
    let over = withdrawn.len().saturating_sub(MOST_WITHDRAWN);
    withdrawn.drain(..over);
}
