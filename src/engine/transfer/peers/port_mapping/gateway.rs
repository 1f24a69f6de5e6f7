//! The router of the default route, where the system tells it in a file.
//!
//! In: the table of routes as Linux shows it. Out: the address of the router. Elsewhere: unknown.

use std::net::Ipv4Addr;

/// The flag of a route that leads over a router.
const OVER_ROUTER: u32 = 0x2;

/// The router of the default route of version 4. `None`: there is none, or the system does not tell.
pub(super) fn of_default_route() -> Option<Ipv4Addr> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    router_in(&std::fs::read_to_string("/proc/net/route").ok()?)
}

/// Reads the table: after a line of names, `Iface Destination Gateway Flags …`, addresses as hexadecimal numbers in the
/// order of octets of this machine.
fn router_in(table: &str) -> Option<Ipv4Addr> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_whitespace().skip(1);
        let (destination, router, flags) = (columns.next()?, columns.next()?, columns.next()?);
        let router = u32::from_str_radix(router, 16).ok()?;
        let flags = u32::from_str_radix(flags, 16).ok()?;
        let is_default = destination == "00000000" && flags & OVER_ROUTER != 0 && router != 0;
        is_default.then(|| Ipv4Addr::from(router.to_ne_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_router_is_the_one_of_the_default_route() {
        let router = u32::from_ne_bytes([192, 168, 178, 1]);
        let table = format!(
            "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
             docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n\
             eth0\t00000000\t{router:08X}\t0003\t0\t0\t100\t00000000\n\
             eth1\t00000000\t0100000A\t0003\t0\t0\t200\t00000000\n"
        );
        assert_eq!(router_in(&table), Some(Ipv4Addr::new(192, 168, 178, 1)));
        for nothing in ["", "Iface\n", "Iface\neth0\t00000000\n", "Iface\nppp0\t00000000\t00000000\t0001\n"] {
            assert_eq!(router_in(nothing), None);
        }
    }
}
