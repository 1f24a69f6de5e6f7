//! Processor time: what others do on the machine meanwhile does not count.

use std::time::Duration;

/// A stopwatch for the work of this process.
pub struct Cpu(Duration);

impl Cpu {
    /// Starts it.
    pub fn now() -> Self {
        Self(worked())
    }

    /// Time that this process has worked since.
    pub fn elapsed(&self) -> Duration {
        worked() - self.0
    }
}

fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
