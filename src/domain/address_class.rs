//! What kind of network address an address is: a public one, or one that only some can reach.
//!
//! In: an address after resolution, in any spelling. Out: an [`AddressClass`], or none for an ordinary public one.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use serde::{Deserialize, Serialize};

/// Why an address is not a public one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AddressClass {
    /// This machine: 127.0.0.0/8, ::1, 0.0.0.0/8, ::.
    Loopback,
    /// A private network: RFC 1918, fc00::/7.
    Private,
    /// Link-local, which holds the metadata service of clouds: 169.254.0.0/16, fe80::/10.
    LinkLocal,
    /// Behind a carrier's address translation: 100.64.0.0/10.
    CarrierNat,
    /// Multicast, broadcast, benchmarks and what nobody may use.
    Special,
}

impl AddressClass {
    /// The class of `address`, or `None` for an ordinary public one. Addresses of version 4 that are written inside
    /// version 6 (mapped, compatible, NAT64, 6to4) are classified as what they are.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => match embedded_v4(v6) {
                Some(v4) => Self::of_v4(v4),
                None => Self::of_v6(v6),
            },
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        match address.octets() {
            [0, ..] | [127, ..] => Some(Self::Loopback),
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Self::Private),
            [169, 254, ..] => Some(Self::LinkLocal),
            [100, 64..=127, ..] => Some(Self::CarrierNat),
            [192, 0, 0, _] | [192, 0, 2, _] | [198, 18..=19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => {
                Some(Self::Special)
            }
            [224..=255, ..] => Some(Self::Special),
            _ => None,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        if address.is_loopback() || address.is_unspecified() {
            return Some(Self::Loopback);
        }
        match address.segments()[0] {
            0xfc00..=0xfdff | 0xfec0..=0xfeff => Some(Self::Private),
            0xfe80..=0xfebf => Some(Self::LinkLocal),
            0xff00.. => Some(Self::Special),
            0x2001 if address.segments()[1] == 0x0db8 => Some(Self::Special),
            _ => None,
        }
    }
}

/// What one person, office or carrier has of the address space, as a number: an address of version 4, a network of 64 bits of
/// version 6. Who counts strangers counts these.
pub fn household(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64,
    }
}

/// The address of version 4 that `address` only wraps.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = address.segments();
    let last = || Ipv4Addr::from(u32::from(s[6]) << 16 | u32::from(s[7]));
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => {
            Some(last())
        }
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(last()),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str) -> Option<AddressClass> {
        AddressClass::of(text.parse().expect("an address"))
    }

    #[test]
    fn public_addresses_have_no_class() {
        for text in ["8.8.8.8", "193.252.19.4", "2a01:e0a::1", "172.32.0.1", "100.63.0.1"] {
            assert_eq!(class(text), None, "{text}");
        }
    }

    #[test]
    fn this_machine_is_known_in_every_spelling() {
        for text in ["127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::127.0.0.1"] {
            assert_eq!(class(text), Some(AddressClass::Loopback), "{text}");
        }
        assert_eq!(class("64:ff9b::7f00:1"), Some(AddressClass::Loopback));
        assert_eq!(class("2002:7f00:1::"), Some(AddressClass::Loopback));
    }

    #[test]
    fn private_link_local_and_carrier_networks_are_told_apart() {
        assert_eq!(class("10.77.0.1"), Some(AddressClass::Private));
        assert_eq!(class("172.16.0.1"), Some(AddressClass::Private));
        assert_eq!(class("::ffff:192.168.1.1"), Some(AddressClass::Private));
        assert_eq!(class("fd12::1"), Some(AddressClass::Private));
        assert_eq!(class("169.254.169.254"), Some(AddressClass::LinkLocal));
        assert_eq!(class("fe80::1"), Some(AddressClass::LinkLocal));
        assert_eq!(class("100.64.0.1"), Some(AddressClass::CarrierNat));
        assert_eq!(class("255.255.255.255"), Some(AddressClass::Special));
    }

    #[test]
    fn a_household_has_one_address_of_version_4_or_a_network_of_version_6() {
        let of = |text: &str| household(text.parse().expect("an address"));
        assert_eq!(of("2a01:e0a:1:2::1"), of("2a01:e0a:1:2:ffff::9"));
        assert_ne!(of("2a01:e0a:1:2::1"), of("2a01:e0a:1:3::1"));
        assert_eq!(of("::ffff:11.0.0.1"), of("11.0.0.1"));
        assert_ne!(of("11.0.0.1"), of("11.0.0.2"));
    }
}
