//! The networks of an address, narrowest first. Each has its own limit, and a wider one a larger limit: a customer with a /48 has
//! 65,536 networks of 64 bits, but not 65,536 limits.

use std::net::IpAddr;

/// The factors of wider networks over the limit of one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Widening {
    /// IPv4: 24 bits. Several customers, often behind one NAT router each.
    pub v4_24: i64,
    /// IPv6: 56 bits, typical of a household.
    pub v6_56: i64,
    /// IPv6: 48 bits, typical of a company or a rented server.
    pub v6_48: i64,
}

/// A network and its factor over the limit of one address.
pub(super) type Step = (String, i64);

/// The networks of an address, narrowest first.
pub(super) fn steps(address: IpAddr, widening: Widening) -> Vec<Step> {
    let narrow = (narrowest(address), 1);
    match address.to_canonical() {
        // All of 127.0.0.0/8, and 0.0.0.0, which stands for all callers behind an undeclared proxy, count as one host.
        IpAddr::V4(ip) if ip.is_loopback() || ip.is_unspecified() => vec![narrow],
        IpAddr::V4(_) => vec![narrow, (widest(address), widening.v4_24)],
        IpAddr::V6(ip) if ip.is_loopback() || ip.is_unspecified() => vec![narrow],
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            let middle = format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00);
            vec![narrow, (middle, widening.v6_56), (widest(address), widening.v6_48)]
        }
    }
}

/// The part of an address that one customer has at least: all of IPv4, the first 64 bits of IPv6.
pub(super) fn narrowest(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The widest network that is counted.
pub(super) fn widest(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDENING: Widening = Widening { v4_24: 8, v6_56: 2, v6_48: 4 };

    fn of(address: &str) -> Vec<Step> {
        steps(address.parse().unwrap(), WIDENING)
    }

    #[test]
    fn an_ipv6_customer_is_one_subject_and_a_mapped_ipv4_is_its_own() {
        let narrow = |address: &str| narrowest(address.parse().unwrap());
        assert_eq!(narrow("2001:db8:1:2:3:4:5:6"), narrow("2001:db8:1:2:ffff::1"));
        assert_eq!(narrow("::ffff:192.0.2.1"), "192.0.2.1");
    }

    #[test]
    fn the_networks_of_one_customer_share_the_wider_steps() {
        let step = |text: &str, times| (text.to_owned(), times);
        assert_eq!(
            of("2001:db8:1:2ab:3::1"),
            [step("2001:db8:1:2ab::/64", 1), step("2001:db8:1:200::/56", 2), step("2001:db8:1::/48", 4)]
        );
        assert_eq!(of("2001:db8:1:2ff::1")[1..], of("2001:db8:1:2ab::1")[1..]);
        assert_eq!(of("2001:db8:1:ffff::1")[2..], of("2001:db8:1:2ab::1")[2..]);
        assert_eq!(of("192.0.2.77"), [step("192.0.2.77", 1), step("192.0.2.0/24", 8)]);
        assert_eq!(of("::ffff:192.0.2.77"), of("192.0.2.77"));
        assert_eq!((of("127.0.0.1").len(), of("::1").len(), of("0.0.0.0").len()), (1, 1, 1));
    }
}
