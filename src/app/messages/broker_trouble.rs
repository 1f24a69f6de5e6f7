//! Why a broker is not listened to, or not told.

use crate::transfer::address_rule::AddressClass;
use crate::transfer::reason::Reason;
use serde::{Deserialize, Serialize};

/// Why a connection did not come about, or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum BrokerTrouble {
    /// The broker does not speak this version, as far as can be told.
    #[error("the broker does not speak this version of MQTT")]
    Version,
    /// User or password are wrong, or one must come as somebody.
    #[error("the broker refuses user or password")]
    Credentials,
    /// The broker refuses for another reason, in its own words.
    #[error("the broker refuses: {0}")]
    Refused(String),
    /// It has no such virtual host, or not for us: its name, and the broker's words.
    #[error("no virtual host {0}: {1}")]
    NoVirtualHost(String, String),
    /// It has no such exchange, or not for us: its name, and the broker's words.
    #[error("no exchange {0}: {1}")]
    NoExchange(String, String),
    /// The queue may not be declared or read: its name, and the broker's words.
    #[error("no queue {0}: {1}")]
    NoQueue(String, String),
    /// The queue was removed while it was read.
    #[error("queue {0} was removed")]
    QueueRemoved(String),
    /// What it sends is not what it is to speak.
    #[error("not AMQP 0-9-1: {0}")]
    OtherProtocol(String),
    /// Another connection came under our name.
    #[error("session taken over: another client came with the same client id (0x8E)")]
    TakenOver,
    /// Its certificate cannot be trusted, or the TLS of both do not meet.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// Its name leads to an address that is not allowed.
    #[error("address refused: {0:?}")]
    AddressRefused(AddressClass),
    /// Its name is unknown.
    #[error("name not found")]
    NameNotFound,
    /// It closed the connection and gave no reason.
    #[error("the broker closed the connection without a reason")]
    HungUp,
    /// No name server said anything of its name.
    #[error("no name server answers")]
    NameServiceSilent,
    /// This computer has no network.
    #[error("offline")]
    Offline,
    /// No connection came about, for a reason that has words.
    #[error("{0}")]
    NotReached(Reason),
    /// No connection, or it broke.
    #[error("{0}")]
    Lost(String),
}

impl BrokerTrouble {
    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Credentials => "credentials",
            Self::Refused(_) => "refused",
            Self::NoVirtualHost(..) => "no_virtual_host",
            Self::NoExchange(..) => "no_exchange",
            Self::NoQueue(..) => "no_queue",
            Self::QueueRemoved(_) => "queue_removed",
            Self::OtherProtocol(_) => "other_protocol",
            Self::TakenOver => "taken_over",
            Self::Tls(_) => "tls",
            Self::AddressRefused(_) => "address_refused",
            Self::NameNotFound => "name_not_found",
            Self::HungUp => "hung_up",
            Self::NameServiceSilent => "name_service_silent",
            Self::Offline => "offline",
            Self::NotReached(_) | Self::Lost(_) => "lost",
        }
    }
}
