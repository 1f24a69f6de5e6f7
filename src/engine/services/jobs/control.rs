//! What a running job can be told from outside, beside to stop: until when it gives, and how fast it may go.

use crate::app::jobs::request::{GetRequest, TransferLimits};
use crate::engine::transfer::limits::RateLimit;
use crate::engine::transfer::peers::sessions::PeerSessions;
use crate::transfer::giving::GiveUntil;
use parking_lot::Mutex;
use std::sync::Arc;

/// The ends of a job that others hold.
#[derive(Debug)]
pub struct JobControl {
    until: Mutex<GiveUntil>,
    down: Arc<RateLimit>,
    up: Arc<RateLimit>,
}

impl JobControl {
    /// As the request has it, within the limits that hold for all jobs.
    pub(super) fn new(request: &GetRequest, all_down: &Arc<RateLimit>, sessions: &PeerSessions) -> Self {
        Self {
            until: Mutex::new(request.giving.until(GiveUntil::default())),
            down: Arc::new(RateLimit::within(all_down.clone(), request.limits.down)),
            up: Arc::new(RateLimit::within(sessions.up(), request.limits.up)),
        }
    }

    /// Until when it gives from now on, and how fast it may go.
    pub fn tune(&self, until: GiveUntil, limits: TransferLimits) {
        *self.until.lock() = until;
        self.down.set(limits.down);
        self.up.set(limits.up);
    }

    pub(super) fn until(&self) -> GiveUntil {
        *self.until.lock()
    }

    pub(super) fn down(&self) -> Arc<RateLimit> {
        self.down.clone()
    }

    pub(super) fn up(&self) -> Arc<RateLimit> {
        self.up.clone()
    }
}
