//! Which network addresses may be contacted, by who named them.
//!
//! In: an address after resolution, in any spelling. Out: allowed, or the [`AddressClass`] that forbids it.
//! Asked again at every resolution, redirect and reconnect: a name that was public may become private.
//! Resolves nothing itself.

pub use crate::domain::address_class::AddressClass;

use core::net::IpAddr;
use url::Url;

/// A network that a person calls their own, so that files may name addresses in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `192.168.7.0/24`, `fd00::/8` or a single address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.trim().parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |p| p.trim().parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether `address` lies in this network.
    pub fn contains(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                u32::from(own) & mask == u32::from(other) & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                u128::from(own) & mask == u128::from(other) & mask
            }
            _ => false,
        }
    }
}

/// Which addresses may be contacted for something that was named by a file, a tracker or a redirect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRule {
    reach: Reach,
    own: Vec<Network>,
}

/// How far a rule lets names reach, from the nearest to the farthest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Public addresses only: the rule for whatever a file from outside names.
    #[default]
    Public,
    /// Public addresses and private networks: what a file from a server in a private network names.
    Network,
    /// Public addresses, private networks and this computer: what a file from a server on this computer names.
    Computer,
    /// Any address: what a person typed, or everything under `--allow-local`.
    Anywhere,
}

impl Reach {
    /// The farther of two reaches.
    pub fn max_of(self, other: Self) -> Self {
        self.max(other)
    }

    /// How far the names in a file may reach that a server gave whose address is of `class`, when a person typed where
    /// it lies. A server in a private network says nothing of what runs on this computer.
    pub fn of_file_from(class: Option<AddressClass>) -> Self {
        match class {
            Some(AddressClass::Loopback) => Self::Computer,
            Some(AddressClass::Private) => Self::Network,
            Some(AddressClass::LinkLocal | AddressClass::CarrierNat | AddressClass::Special) | None => {
                Self::Public
            }
        }
    }

    /// How far the names in a file may reach that a person has on the disk, or in a magnet: inwards only when they all
    /// lead inwards. One that also names public hosts came from outside, and has no business here.
    pub fn of_places<'a>(places: impl IntoIterator<Item = &'a Url>) -> Self {
        let classes: Option<Vec<AddressClass>> = places.into_iter().map(inward_class).collect();
        match classes {
            Some(classes) if classes.contains(&AddressClass::Loopback) => Self::Computer,
            Some(classes) if classes.contains(&AddressClass::Private) => Self::Network,
            _ => Self::Public,
        }
    }

    /// The name under which it is kept; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Network => "network",
            Self::Computer => "computer",
            Self::Anywhere => "anywhere",
        }
    }

    /// The reach with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Public, Self::Network, Self::Computer, Self::Anywhere]
            .into_iter()
            .find(|reach| reach.key() == key)
    }

    fn allows(self, class: AddressClass) -> bool {
        match self {
            Self::Public => false,
            Self::Network => class == AddressClass::Private,
            Self::Computer => matches!(class, AddressClass::Private | AddressClass::Loopback),
            Self::Anywhere => true,
        }
    }
}

/// Names that lead into a private network without a look-up.
const INWARD_ENDINGS: [&str; 4] = [".local", ".lan", ".home.arpa", ".internal"];

/// The class of a place that leads to this computer or into a private network, as far as it is written there. `None` for
/// any other, and for one with a query or a user: a request that tells a device what to do.
fn inward_class(place: &Url) -> Option<AddressClass> {
    if place.query().is_some() || !place.username().is_empty() {
        return None;
    }
    // The library reads hosts of schemes that it does not know, such as udp, as names.
    let host = place.host_str()?.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = host.parse() {
        let class = AddressClass::of(address);
        return class.filter(|class| matches!(class, AddressClass::Loopback | AddressClass::Private));
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(AddressClass::Loopback);
    }
    let is_inward = !host.contains('.') || INWARD_ENDINGS.iter().any(|ending| host.ends_with(ending));
    is_inward.then_some(AddressClass::Private)
}

impl AddressRule {
    /// A rule of the given reach, in which addresses of `own` networks are always allowed.
    pub fn new(reach: Reach, own: Vec<Network>) -> Self {
        Self { reach, own }
    }

    /// The same own networks under another reach.
    pub fn with_reach(&self, reach: Reach) -> Self {
        Self { reach, own: self.own.clone() }
    }

    /// How far it reaches.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// Whether `address` may be contacted.
    ///
    /// # Errors
    /// The class that forbids it.
    pub fn check(&self, address: IpAddr) -> Result<(), AddressClass> {
        match AddressClass::of(address) {
            Some(class) if !self.reach.allows(class) && !self.own.iter().any(|n| n.contains(address)) => {
                Err(class)
            }
            _ => Ok(()),
        }
    }

    /// Whether `address` may be contacted that was heard within the local network: private addresses that lie in a network
    /// of this computer or of the person, and no other that [`check`](Self::check) forbids.
    ///
    /// # Errors
    /// The class that forbids it; [`AddressClass::Special`] for a public address that lies elsewhere.
    pub fn check_heard(&self, address: IpAddr, whence: Whence) -> Result<(), AddressClass> {
        match (AddressClass::of(address), whence) {
            (None | Some(AddressClass::Private), Whence::Attached) => Ok(()),
            (None, Whence::Elsewhere) => Err(AddressClass::Special),
            (Some(_), _) => self.check(address),
        }
    }
}

/// Where an address lies that was heard within the local network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// In a network to which this computer is attached.
    Attached,
    /// Elsewhere: the sender lies about where it is.
    Elsewhere,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_names_stays_public_unless_the_network_is_ones_own() {
        let rule =
            AddressRule::new(Reach::Public, vec![Network::parse("192.168.7.0/24").expect("a network")]);
        let check = |text: &str| rule.check(text.parse().expect("an address"));
        assert_eq!(check("8.8.8.8"), Ok(()));
        assert_eq!(check("192.168.7.9"), Ok(()));
        assert_eq!(check("::ffff:192.168.7.9"), Ok(()));
        assert_eq!(check("192.168.8.9"), Err(AddressClass::Private));
        assert_eq!(rule.with_reach(Reach::Anywhere).check([127, 0, 0, 1].into()), Ok(()));
    }

    fn reach_of(places: &[&str]) -> Reach {
        let places: Vec<Url> = places.iter().map(|place| Url::parse(place).expect("a URL")).collect();
        Reach::of_places(&places)
    }

    #[test]
    fn a_file_leads_inwards_only_when_all_its_places_do() {
        assert_eq!(reach_of(&["http://127.0.0.1:8080/a/", "udp://localhost:6969"]), Reach::Computer);
        assert_eq!(reach_of(&["http://192.168.1.5/a/", "http://nas.local/a/"]), Reach::Network);
        assert_eq!(reach_of(&["http://192.168.1.5/a/", "http://[::1]:80/a/"]), Reach::Computer);
        assert_eq!(reach_of(&["http://192.168.1.5/a/", "https://tracker.example/announce"]), Reach::Public);
        assert_eq!(reach_of(&["http://192.168.1.1/apply.cgi?reboot=1"]), Reach::Public);
        assert_eq!(reach_of(&["http://admin:admin@192.168.1.1/a"]), Reach::Public);
        assert_eq!(reach_of(&["http://169.254.169.254/latest/"]), Reach::Public);
        assert_eq!(reach_of(&[]), Reach::Public);
    }

    #[test]
    fn a_file_reaches_as_far_inwards_as_the_server_that_gave_it() {
        let check = |class, to: &str| {
            let rule = AddressRule::default().with_reach(Reach::of_file_from(class));
            rule.check(to.parse().expect("an address")).is_ok()
        };
        assert!(check(Some(AddressClass::Loopback), "127.0.0.1"));
        assert!(check(Some(AddressClass::Loopback), "192.168.1.1"));
        assert!(check(Some(AddressClass::Private), "192.168.1.1"));
        assert!(!check(Some(AddressClass::Private), "127.0.0.1"));
        assert!(!check(Some(AddressClass::Loopback), "169.254.169.254"));
        assert!(!check(None, "192.168.1.1"));
        assert!(!check(Some(AddressClass::CarrierNat), "192.168.1.1"));
    }

    #[test]
    fn a_network_is_read_with_and_without_prefix() {
        assert!(Network::parse("0.0.0.0/0").is_some_and(|n| n.contains([9, 9, 9, 9].into())));
        assert!(Network::parse("10.0.0.1").is_some_and(|n| !n.contains([10, 0, 0, 2].into())));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("ten"), None);
    }

    #[test]
    fn who_was_heard_nearby_must_lie_nearby() {
        let heard = |rule: &AddressRule, text: &str, whence| {
            rule.check_heard(text.parse().expect("an address"), whence).is_ok()
        };
        let own = vec![Network::parse("10.9.0.0/16").expect("a network")];
        let rule = AddressRule::new(Reach::Public, own);
        assert!(
            heard(&rule, "192.168.7.3", Whence::Attached) && !heard(&rule, "192.168.7.3", Whence::Elsewhere)
        );
        assert!(heard(&rule, "10.9.1.1", Whence::Elsewhere), "a network of the person");
        assert!(!heard(&rule, "8.8.8.8", Whence::Elsewhere), "a public address that is not here");
        assert!(heard(&rule, "8.8.8.8", Whence::Attached), "an office with public addresses");
        for text in ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "100.64.0.1", "239.192.152.143"] {
            assert!(!heard(&rule, text, Whence::Attached), "{text}");
        }
    }
}
