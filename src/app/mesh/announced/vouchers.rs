//! Who vouches for each message that was taken in: the broker or the archive that it came from.
//!
//! Brokers and archives are kept as text, to be read at the next start. In: the number of the first message of each batch. Out: the [`Voucher`] of any of the last messages, in bounded memory.

use crate::domain::integrity::Voucher;
use crate::mesh::recent::Heard;
use std::collections::VecDeque;
use std::sync::Arc;

/// Batches of which it is remembered from whom they came.
const MOST_BATCHES: usize = 20_000;

/// From which message on who vouches.
#[derive(Debug, Default)]
pub(crate) struct VoucherLog(VecDeque<(u64, Voucher)>);

impl VoucherLog {
    /// Messages from `first` on are vouched for so.
    pub(crate) fn note(&mut self, first: u64, voucher: &Voucher) {
        if self.0.back().is_none_or(|(_, known)| known != voucher) {
            self.0.push_back((first, voucher.clone()));
        }
        if self.0.len() > MOST_BATCHES {
            self.0.pop_front();
        }
    }

    fn of(&self, number: u64) -> Voucher {
        let at = self.0.partition_point(|(first, _)| *first <= number);
        at.checked_sub(1).map_or(Voucher::Nobody, |at| self.0[at].1.clone())
    }

    /// Messages in their order, parted by who vouches for them.
    pub(crate) fn part(&self, heard: Vec<Arc<Heard>>) -> Vec<(Voucher, Vec<Arc<Heard>>)> {
        let mut parts: Vec<(Voucher, Vec<Arc<Heard>>)> = Vec::new();
        for heard in heard {
            let voucher = self.of(heard.number);
            match parts.last_mut() {
                Some((known, part)) if *known == voucher => part.push(heard),
                _ => parts.push((voucher, vec![heard])),
            }
        }
        parts
    }
}

/// A broker or archive as it is kept.
pub(crate) fn kept_voucher(voucher: &Voucher) -> String {
    match voucher {
        Voucher::Broker { host, tls: true } => format!("mqtts {host}"),
        Voucher::Broker { host, tls: false } => format!("mqtt {host}"),
        Voucher::QueueBroker { host, tls: true } => format!("amqps {host}"),
        Voucher::QueueBroker { host, tls: false } => format!("amqp {host}"),
        Voucher::Host { host, tls: true } => format!("https {host}"),
        Voucher::Host { host, tls: false } => format!("http {host}"),
        Voucher::Person | Voucher::Nobody => String::new(),
    }
}

/// The broker or archive that was kept as `text`.
pub(crate) fn read_voucher(text: &str) -> Voucher {
    match text.split_once(' ') {
        Some((scheme @ ("mqtt" | "mqtts"), host)) => {
            Voucher::Broker { host: host.to_owned(), tls: scheme == "mqtts" }
        }
        Some((scheme @ ("amqp" | "amqps"), host)) => {
            Voucher::QueueBroker { host: host.to_owned(), tls: scheme == "amqps" }
        }
        Some((scheme @ ("http" | "https"), host)) => {
            Voucher::Host { host: host.to_owned(), tls: scheme == "https" }
        }
        _ => Voucher::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_is_vouched_for_by_whoever_it_came_from() {
        let broker = |host: &str| Voucher::Broker { host: host.to_owned(), tls: true };
        let mut log = VoucherLog::default();
        assert_eq!(log.of(0), Voucher::Nobody);
        for (first, host) in [(0, "one"), (3, "one"), (5, "two"), (9, "one")] {
            log.note(first, &broker(host));
        }
        for (number, host) in [(0, "one"), (4, "one"), (5, "two"), (8, "two"), (30, "one")] {
            assert_eq!(log.of(number), broker(host), "{number}");
        }
        assert_eq!(log.0.len(), 3);
    }

    #[test]
    fn who_vouches_is_read_as_it_was_kept() {
        let host = "one.example:8883".to_owned();
        for tls in [true, false] {
            for voucher in [
                Voucher::Broker { host: host.clone(), tls },
                Voucher::QueueBroker { host: host.clone(), tls },
                Voucher::Host { host: host.clone(), tls },
            ] {
                assert_eq!(read_voucher(&kept_voucher(&voucher)), voucher);
            }
        }
        assert_eq!(read_voucher(&kept_voucher(&Voucher::Nobody)), Voucher::Nobody);
    }
}
