//! What was seen of whether others reach what is shared, and no more than that.
//!
//! In: answers at the public address, asked for from this computer; connections from other networks. Out: [`ReachCheck`] and
//! [`PublicAddress`]. An answer from here proves that the address leads back to this computer, not that it does so for others.

use crate::app::messages::user_message::UserMessage;
use crate::app::relay::event::RelayCheck;
use crate::domain::address_class::AddressClass;
use crate::domain::utc::UtcTime;
use core::net::IpAddr;
use url::{Host, Url};

/// How the check from this computer went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReachCheck {
    /// Nobody asked for it since the start.
    #[default]
    NotAsked,
    /// It is under way.
    UnderWay(ReachTally),
    /// It is over.
    Over(ReachTally, UtcTime),
}

/// What a check has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReachTally {
    /// Addresses that were asked.
    pub asked: usize,
    /// Those that answered as they should.
    pub right: usize,
    /// The first that did not, and what was seen there. `None` while all did.
    pub trouble: Option<UserMessage>,
}

impl ReachTally {
    /// Counts one address.
    pub fn count(&mut self, check: RelayCheck) {
        self.asked += 1;
        match check.trouble {
            None => self.right += 1,
            Some(message) => drop(self.trouble.get_or_insert(message)),
        }
    }
}

/// Whom a public address can lead here at all, as far as it tells by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicAddress {
    /// This computer alone.
    ThisComputer,
    /// The network that this computer is in.
    OwnNetwork,
    /// Everybody, where nothing stands in the way: a public address, or a name.
    Anybody,
}

impl PublicAddress {
    /// What the address tells. `None` when it is none.
    pub fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let ip: IpAddr = match url.host()? {
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
            Host::Domain("localhost") => return Some(Self::ThisComputer),
            Host::Domain(_) => return Some(Self::Anybody),
        };
        Some(match AddressClass::of(ip) {
            Some(AddressClass::Loopback) => Self::ThisComputer,
            Some(AddressClass::Private | AddressClass::LinkLocal | AddressClass::CarrierNat) => {
                Self::OwnNetwork
            }
            Some(AddressClass::Special) => Self::OwnNetwork,
            None => Self::Anybody,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_whom_it_can_lead_here_at_all() {
        for (url, expected) in [
            ("http://127.0.0.1:8480/", PublicAddress::ThisComputer),
            ("http://[::1]:8480/", PublicAddress::ThisComputer),
            ("http://localhost/", PublicAddress::ThisComputer),
            ("http://192.168.1.4:8480/", PublicAddress::OwnNetwork),
            ("http://100.64.3.4:8480/", PublicAddress::OwnNetwork),
            ("http://8.8.8.8:8480/", PublicAddress::Anybody),
            ("https://relay.example/nuee/", PublicAddress::Anybody),
        ] {
            assert_eq!(PublicAddress::of(url), Some(expected), "{url}");
        }
        assert_eq!(PublicAddress::of("no address"), None);
    }

    #[test]
    fn a_check_counts_what_answered_and_remembers_the_first_that_did_not() {
        let mut tally = ReachTally::default();
        let checked = |trouble| RelayCheck { what: "http://a.example/".to_owned(), trouble };
        tally.count(checked(None));
        tally.count(checked(Some(UserMessage::DiskFull)));
        tally.count(checked(Some(UserMessage::Stopped)));
        assert_eq!((tally.asked, tally.right), (3, 1));
        assert_eq!(tally.trouble, Some(UserMessage::DiskFull));
    }
}
