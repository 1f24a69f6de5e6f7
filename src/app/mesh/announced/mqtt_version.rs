//! Which version of MQTT a broker is spoken to in, where it is MQTT: 5, unless the broker itself shows that it speaks an older one alone.
//!
//! In: why a connection ended. Out: the version to try next. A connection that is refused or breaks says nothing of the version. A
//! broker that hangs up on a greeting of version 5 may be one that knows only 3.1.1, or one that is just being started: it is asked
//! in 3.1.1, and when it welcomes us there, once more in version 5, before it is believed.

use crate::app::mesh::listening::{BrokerTrouble, Protocol};
use crate::mesh::subscription::BrokerScheme;

/// What is known of the versions that a broker speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KnownVersions {
    /// It may speak version 5.
    #[default]
    Newer,
    /// It hung up on version 5 and then welcomed us in 3.1.1; version 5 is tried once more.
    InDoubt,
    /// It speaks 3.1.1 alone.
    Older,
    /// It is a broker of AMQP, which has one version.
    Amqp,
}

/// What is to be found out before the next connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing.
    None,
    /// Whether the broker welcomes us in the older version.
    Ask,
    /// It said so itself.
    Told,
}

/// How far a connection came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The broker did not take our subscriptions.
    Nothing,
    /// It was listened to.
    Listening,
}

impl KnownVersions {
    /// What is known before the first connection.
    pub(crate) const fn of(scheme: BrokerScheme) -> Self {
        if scheme.is_amqp() { Self::Amqp } else { Self::Newer }
    }

    /// The version to speak.
    pub(crate) const fn protocol(self) -> Protocol {
        match self {
            Self::Newer | Self::InDoubt => Protocol::V5,
            Self::Older => Protocol::V4,
            Self::Amqp => Protocol::Amqp,
        }
    }

    /// Notes why a connection ended.
    pub(crate) fn note(&mut self, reason: &BrokerTrouble, reached: Reached) -> Doubt {
        let was = *self;
        if was == Self::Amqp {
            return Doubt::None;
        }
        // Whoever comes back next may be another.
        *self = Self::Newer;
        match (was, reason) {
            (Self::Newer | Self::InDoubt, BrokerTrouble::Version) => {
                *self = Self::Older;
                Doubt::Told
            }
            (Self::InDoubt, BrokerTrouble::HungUp) if reached == Reached::Nothing => {
                *self = Self::Older;
                Doubt::Told
            }
            (Self::Newer, BrokerTrouble::HungUp) if reached == Reached::Nothing => Doubt::Ask,
            _ => Doubt::None,
        }
    }

    /// Notes that the broker welcomed us in the older version.
    pub(crate) const fn note_older_welcome(&mut self) {
        *self = Self::InDoubt;
    }

    /// Whether something new is known, so that there is nothing to wait for.
    pub(crate) const fn is_to_be_tried_at_once(self) -> bool {
        matches!(self, Self::InDoubt | Self::Older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_refused_or_breaks_says_nothing_of_the_version() {
        let lost = BrokerTrouble::Lost("connection refused".to_owned());
        for reason in [lost, BrokerTrouble::Credentials, BrokerTrouble::TakenOver] {
            let mut version = KnownVersions::default();
            assert_eq!(version.note(&reason, Reached::Nothing), Doubt::None, "{reason:?}");
            assert_eq!(version.protocol(), Protocol::V5);
        }
        let mut version = KnownVersions::default();
        assert_eq!(
            version.note(&BrokerTrouble::HungUp, Reached::Listening),
            Doubt::None,
            "it had welcomed us"
        );
    }

    #[test]
    fn a_broker_of_amqp_is_asked_for_no_version() {
        let mut version = KnownVersions::of(BrokerScheme::Amqps);
        assert_eq!(version.note(&BrokerTrouble::HungUp, Reached::Nothing), Doubt::None);
        assert_eq!((version.protocol(), version.is_to_be_tried_at_once()), (Protocol::Amqp, false));
        assert_eq!(KnownVersions::of(BrokerScheme::Wss), KnownVersions::default());
    }

    #[test]
    fn a_broker_that_refuses_the_version_is_believed_at_once() {
        let mut version = KnownVersions::default();
        assert_eq!(version.note(&BrokerTrouble::Version, Reached::Nothing), Doubt::Told);
        assert_eq!(version.protocol(), Protocol::V4);
        version.note(&BrokerTrouble::HungUp, Reached::Listening);
        assert_eq!(version.protocol(), Protocol::V5, "it may have been renewed");
    }

    #[test]
    fn a_broker_that_hangs_up_is_believed_when_it_does_so_twice_and_welcomes_the_older_version() {
        let mut version = KnownVersions::default();
        assert_eq!(version.note(&BrokerTrouble::HungUp, Reached::Nothing), Doubt::Ask);
        assert!(!version.is_to_be_tried_at_once());
        assert_eq!(version.note(&BrokerTrouble::HungUp, Reached::Nothing), Doubt::Ask);
        version.note_older_welcome();
        assert_eq!((version.protocol(), version.is_to_be_tried_at_once()), (Protocol::V5, true));
        assert_eq!(version.note(&BrokerTrouble::HungUp, Reached::Nothing), Doubt::Told);
        assert_eq!(version.protocol(), Protocol::V4);
    }
}
