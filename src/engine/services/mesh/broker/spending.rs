//! Counts what comes for files that nobody clicked against the day's limit, and remembers it over restarts.
//!
//! In: octets as they come. Out: whether more may. Every octet counts, also of a file that is refused in the end. What is counted is
//! written down every few MiB, and by whoever notes what became of files, many at a time. Start reading at [`Spending::begin`].

use super::inflow::Halt;
use super::ledger::MeshLedger;
use crate::app::mesh::listening::NotFetched;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::engine::clock::Clock;
use crate::engine::store::error::StoreError;
use crate::mesh::budget::{BudgetShare, DayBudget, NoRoom};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Octets that may have come and not be written down.
const UNWRITTEN: u64 = 4 << 20;

/// What the day has left, for all fetches of one folder.
#[derive(Debug)]
pub(super) struct Spending {
    ledger: Arc<MeshLedger>,
    clock: Clock,
    budget: Mutex<DayBudget>,
    unwritten: AtomicU64,
}

impl Spending {
    /// The day so far, with its limit.
    pub(super) fn open(ledger: Arc<MeshLedger>, clock: Clock, most: ByteCount) -> Result<Self, StoreError> {
        let day = day_of(clock);
        let spent = ledger.received_on(day)?;
        let budget = Mutex::new(DayBudget::new(most, day, spent));
        Ok(Self { ledger, clock, budget, unwritten: AtomicU64::new(0) })
    }

    /// Begins a fetch that is expected to bring so much.
    ///
    /// # Errors
    /// When the day has less left.
    pub(super) fn begin(self: &Arc<Self>, expected: Option<ByteCount>) -> Result<Meter, Halt> {
        let share = self.budget.lock().begin(day_of(self.clock), expected).map_err(over)?;
        Ok(Meter { spending: self.clone(), share: Some(share) })
    }

    /// Writes down what came since the last time.
    pub(super) fn write_down(&self) -> Result<(), StoreError> {
        match self.unwritten.swap(0, Ordering::Relaxed) {
            0 => Ok(()),
            octets => self.ledger.note_received(day_of(self.clock), octets),
        }
    }
}

impl Drop for Spending {
    fn drop(&mut self) {
        if let Err(error) = self.write_down() {
            tracing::warn!(error = &error as &dyn std::error::Error, "what came cannot be counted");
        }
    }
}

/// The day, counted from 1970.
pub(super) fn day_of(clock: Clock) -> i64 {
    clock.utc().unix_seconds().div_euclid(86_400)
}

fn over(no_room: NoRoom) -> Halt {
    match no_room {
        NoRoom::Spent { most } => Halt::NotFetched(NotFetched::DailyLimit(most)),
        NoRoom::Never { most } => Halt::NotFetched(NotFetched::LargerThanDay(most)),
        NoRoom::Kept => Halt::Wait,
    }
}

/// Counts what one fetch brings.
#[derive(Debug)]
pub(super) struct Meter {
    spending: Arc<Spending>,
    /// There until the end.
    share: Option<BudgetShare>,
}

impl Meter {
    /// Takes in what a server says the length is.
    pub(super) fn expect(&mut self, length: ByteCount) -> Result<(), Halt> {
        match &mut self.share {
            Some(share) => self.spending.budget.lock().expect(share, length).map_err(over),
            None => Ok(()),
        }
    }

    /// Counts octets that came.
    pub(super) fn receive(&mut self, octets: u64) -> Result<(), Halt> {
        let day = day_of(self.spending.clock);
        let unwritten = octets + self.spending.unwritten.fetch_add(octets, Ordering::Relaxed);
        let counted = match &mut self.share {
            Some(share) => self.spending.budget.lock().receive(day, share, octets),
            None => Ok(()),
        };
        if unwritten >= UNWRITTEN {
            let written = self.spending.write_down();
            written.map_err(|error| NotFetched::Trouble(show(&error.to_string())))?;
        }
        counted.map_err(over)
    }

    /// Octets that came in all.
    pub(super) fn received(&self) -> u64 {
        self.share.as_ref().map_or(0, BudgetShare::received)
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(share) = self.share.take() {
            self.spending.budget.lock().end(share);
        }
    }
}
