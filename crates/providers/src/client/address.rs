//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The wire server of Azure, a metadata service on a public address.
const AZURE_WIRE_SERVER: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Whether an address is one of the public internet: not private, shared (carrier-grade NAT),
/// loopback, link-local (cloud metadata), multicast, documentation, benchmark or reserved, nor an
/// IPv6 form of such an IPv4 address.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => v4(it),
        IpAddr::V6(it) => v6(it),
    }
}

fn v4(address: Ipv4Addr) -> bool {
    let reserved = match address.octets() {
        [0 | 240..=255, ..] | [192, 0, 0, _] | [192, 88, 99, _] => true,
        [100, second, ..] => (64..128).contains(&second),
        [198, second, ..] => matches!(second, 18 | 19),
        _ => false,
    };
    !(reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || address == AZURE_WIRE_SERVER)
}

/// Only global unicast (`2000::/3`) and the forms that stand for an IPv4 address can be public.
fn v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return v4(mapped);
    }
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = address.segments();
    let v4_of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // NAT64, well-known prefix
        (0x64, 0xff9b) => [third, fourth, fifth, sixth] == [0; 4] && v4_of(seventh, eighth),
        // Teredo and other protocol assignments, documentation
        (0x2001, 0..=0x1ff | 0xdb8) | (0x3fff, 0..=0xfff) => false,
        // 6to4
        (0x2002, _) => v4_of(second, third),
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests;
