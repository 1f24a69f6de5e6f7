//! What the contents of a job came to together: those that are done, those that go on giving, and the one under way.

use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::view::{Live, Transfer};
use crate::app::messages::line_kind::LineKind;
use crate::domain::octets::ByteCount;
use crate::domain::source::SourceKind;

/// What the contents that are done came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct ContentSums {
    done: Transfer,
}

impl ContentSums {
    /// Both together; what moves now is that of `current`.
    pub(crate) fn with(&self, current: &Transfer) -> Transfer {
        let mut sum = current.clone();
        for (figure, done) in [
            (&mut sum.wanted, self.done.wanted),
            (&mut sum.missing, self.done.missing),
            (&mut sum.received, self.done.received),
            (&mut sum.wasted, self.done.wasted),
            (&mut sum.given, self.done.given),
        ] {
            *figure += done;
        }
        sum.by_source.merge(&self.done.by_source);
        let (live, done) = (sum.live_mut(), self.done.live());
        live.held_before.merge(&done.held_before);
        live.offered += done.offered;
        live.sources.splice(0..0, done.sources.iter().cloned());
        sum
    }

    /// The same with one more that is done, or that goes on giving.
    pub(crate) fn and(&self, content: &Transfer) -> Self {
        Self { done: self.with(content) }
    }

    /// Counts one that no content task received.
    pub(crate) fn add(&mut self, content: &Transfer) {
        self.done = self.with(content);
        self.done.settle();
    }

    /// Counts one that a content task received: its peers are of no more use.
    pub(crate) fn add_content(&mut self, content: &Transfer) {
        self.add(content);
        let lines = &mut self.done.live_mut().sources;
        lines.retain(|line| matches!(line.kind, LineKind::Source(_)));
    }

    /// The figures of the whole, with what an earlier start of the program received and gave.
    pub(crate) fn into_transfer(self, kept: Option<&KeptGiving>) -> Transfer {
        let now = self.done;
        let Some(KeptGiving { transfer, .. }) = kept else { return now };
        let held_before = transfer.live().held_before;
        let live = Live { held_before, ..now.live().clone() };
        Transfer { given: transfer.given + now.given, ..transfer.clone() }.with_live(live)
    }
}

/// So much of a file came from a server, and at least so much is missing.
pub(crate) fn received_so_far(received: ByteCount, missing: ByteCount) -> Transfer {
    let mut transfer = Transfer { wanted: received + missing, missing, received, ..Transfer::default() };
    transfer.by_source.add(SourceKind::Mirror, received);
    transfer
}

/// So much was taken from a file of this machine.
pub(crate) fn taken_from_disk(wanted: ByteCount) -> Transfer {
    let mut transfer = Transfer { wanted, ..Transfer::default() };
    transfer.by_source.add(SourceKind::Disk, wanted);
    transfer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::SourceLine;

    fn line(kind: LineKind) -> SourceLine {
        SourceLine {
            kind,
            label: String::new(),
            gave: ByteCount(3),
            wasted: ByteCount::ZERO,
            rate: 7,
            named: None,
            troubles: Vec::new(),
            peer: None,
        }
    }

    #[test]
    fn what_is_done_counts_once_with_what_moves_and_keeps_no_peers() {
        let mut sums = ContentSums::default();
        let sources = vec![line(LineKind::Source(SourceKind::Swarm)), line(LineKind::Peer)];
        let live = Live { peer_rate: 9, sources, ..Live::default() };
        sums.add_content(&received_so_far(ByteCount(3), ByteCount::ZERO).with_live(live));
        let whole = sums.with(&received_so_far(ByteCount(2), ByteCount(5)));
        assert_eq!(
            (whole.wanted, whole.missing, whole.received),
            (ByteCount(10), ByteCount(5), ByteCount(5))
        );
        assert_eq!(whole.live().peer_rate, 0);
        let kinds: Vec<LineKind> = whole.live().sources.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [LineKind::Source(SourceKind::Swarm)]);
    }

    #[test]
    fn what_an_earlier_start_gave_is_added_to_what_this_one_gives() {
        let given = |given| Transfer { given: ByteCount(given), ..Transfer::default() };
        let kept = KeptGiving {
            so_far: Default::default(),
            contents: Vec::new(),
            transfer: Transfer { received: ByteCount(50), ..given(5) },
        };
        let whole = ContentSums::default().and(&given(2)).into_transfer(Some(&kept));
        assert_eq!((whole.given, whole.received), (ByteCount(7), ByteCount(50)));
    }
}
