//! Why a conversation over AMQP ended, as it is told of any broker.
//!
//! In: an [`AmqpEnd`]. Out: a [`BrokerTrouble`], with the broker's words made fit to be shown.

use crate::app::mesh::listening::BrokerTrouble;
use crate::domain::outside_text::show;
use crate::mesh::amqp::conversation::AmqpEnd;
use crate::transfer::reason::Reason;

/// What is told of the broker.
pub(crate) fn trouble_of_end(end: &AmqpEnd) -> BrokerTrouble {
    match end {
        AmqpEnd::Credentials => BrokerTrouble::Credentials,
        AmqpEnd::VirtualHost(name, said) => BrokerTrouble::NoVirtualHost(show(name), show(said)),
        AmqpEnd::Exchange(name, said) => BrokerTrouble::NoExchange(show(name), show(said)),
        AmqpEnd::Queue(name, said) => BrokerTrouble::NoQueue(show(name), show(said)),
        AmqpEnd::QueueRemoved(name) => BrokerTrouble::QueueRemoved(show(name)),
        AmqpEnd::Closed(said) => BrokerTrouble::Refused(show(said)),
        AmqpEnd::HungUp | AmqpEnd::Left => BrokerTrouble::HungUp,
        AmqpEnd::Silent => BrokerTrouble::NotReached(Reason::NoAnswer),
        AmqpEnd::Fault(fault) => BrokerTrouble::OtherProtocol(fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::amqp::frame::AmqpFault;

    #[test]
    fn every_end_has_a_name_and_what_a_broker_says_is_made_fit_to_be_shown() {
        let wild = || "NOT_FOUND\u{202e}\n".to_owned();
        for (end, key) in [
            (AmqpEnd::Credentials, "credentials"),
            (AmqpEnd::VirtualHost(wild(), wild()), "no_virtual_host"),
            (AmqpEnd::Exchange(wild(), wild()), "no_exchange"),
            (AmqpEnd::Queue(wild(), wild()), "no_queue"),
            (AmqpEnd::QueueRemoved(wild()), "queue_removed"),
            (AmqpEnd::Closed(wild()), "refused"),
            (AmqpEnd::HungUp, "hung_up"),
            (AmqpEnd::Silent, "lost"),
            (AmqpEnd::Fault(AmqpFault::NoFrameEnd), "other_protocol"),
        ] {
            let trouble = trouble_of_end(&end);
            assert_eq!(trouble.key(), key);
            assert!(!trouble.to_string().contains(['\u{202e}', '\n']), "{trouble:?}");
        }
    }
}
