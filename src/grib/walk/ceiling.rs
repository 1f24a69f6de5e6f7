//! How much a walk may cost: whatever the file is made of, it ends.
//!
//! In: what was read, and when a message was found. Out: the reason to stop, once there is one.

/// Limits of a walk. What was found until one of them is reached counts; the problem `gave_up` says which it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Most reads in all: by network each is a request.
    pub reads: u64,
    /// Most reads since the last message.
    pub reads_without_message: u64,
    /// Most octets read since the last message.
    pub octets_without_message: u64,
}

impl Ceiling {
    /// Of a file on this machine: whoever has gigabytes of something else is told so, but only then.
    pub const ON_DISK: Self =
        Self { reads: u64::MAX, reads_without_message: 250_000, octets_without_message: 4 << 30 };

    /// Of a file on somebody's server: a part of a large file may begin within a message of some tens of MiB.
    pub const ON_SERVER: Self =
        Self { reads: 60_000, reads_without_message: 5_000, octets_without_message: 128 << 20 };
}

/// Steps from one state to the next that may be taken without finding a message: they cost time, though nothing is read.
const MOST_STEPS: u64 = 4_000_000;

/// What a walk has spent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effort {
    reads: u64,
    reads_without_message: u64,
    octets_without_message: u64,
    pub(super) steps: u64,
}

impl Effort {
    pub(super) fn read(&mut self, octets: u64) {
        self.reads += 1;
        self.reads_without_message += 1;
        self.octets_without_message += octets;
    }

    pub(super) fn found_message(&mut self) {
        *self = Self { reads: self.reads, ..Self::default() };
    }

    /// Why the walk has to stop.
    pub(super) fn exceeds(&self, ceiling: &Ceiling) -> Option<&'static str> {
        if self.reads > ceiling.reads {
            return Some("the limit of reads is reached before the end of the file");
        }
        if self.octets_without_message > ceiling.octets_without_message {
            return Some("too many octets without a message");
        }
        let without = self.reads_without_message > ceiling.reads_without_message;
        (without || self.steps > MOST_STEPS).then_some("too many reads without a message")
    }
}
