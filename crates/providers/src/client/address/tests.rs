//! A table of addresses.

use super::is_public;

#[track_caller]
fn check(addresses: &str, expected: bool) {
    for address in addresses.split_whitespace() {
        assert_eq!(is_public(address.parse().expect("an address")), expected, "{address}");
    }
}

#[test]
fn private_and_special_ipv4_addresses_are_not_public() {
    check("127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1", false);
    check("169.254.169.254 169.254.170.2 100.64.0.1 100.100.100.200 100.127.255.255", false);
    check(
        "0.0.0.0 0.1.2.3 192.0.0.192 192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255",
        false,
    );
    check("224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.88.99.1 168.63.129.16", false);
}

#[test]
fn private_and_special_ipv6_addresses_are_not_public() {
    check(":: ::1 fe80::1 febf::1 fec0::1 fc00::1 fd00:ec2::254 fdff::1 ff02::1 100::1", false);
    check("2001:db8::1 2001::1 2001:10::1 3fff::1 64:ff9b:1::1 4000::1", false);
}

#[test]
fn ipv6_forms_of_ipv4_addresses_are_judged_by_those() {
    check("::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::8.8.8.8", false);
    check(
        "64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::1 64:ff9b:0:0:0:1:808:808",
        false,
    );
    check("::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1", true);
}

#[test]
fn addresses_of_the_internet_are_public() {
    check(
        "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.1 172.15.255.255 172.32.0.1 198.17.0.1 198.20.0.1 192.0.1.1",
        true,
    );
    check("2606:4700:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2001:200::1", true);
}
