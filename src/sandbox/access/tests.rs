use super::*;
use crate::base::rng::SystemRng;

const LOCAL: &str = "127.0.0.1";
const PHONE: &str = "192.168.1.77";

fn public() -> Url {
    Url::parse("http://192.168.1.5:3000").unwrap()
}

fn access() -> Access {
    Access::new(&SystemRng, "0.0.0.0".parse().unwrap(), &public())
}

fn decided(access: &Access, address: &str, cookie: Option<&str>, sent: &[(&'static str, &str)]) -> Admission {
    let headers: HeaderMap = sent
        .iter()
        .map(|(name, value)| (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    access.decide((&headers, &Uri::from_static("/sandbox")), address.parse().unwrap(), cookie, &public())
}

#[test]
fn this_machine_by_its_own_name_needs_no_key() {
    let access = access();
    for (address, host) in [
        (LOCAL, "127.0.0.1:3000"),
        (LOCAL, "localhost:3000"),
        (LOCAL, "LOCALHOST"),
        (LOCAL, "weida.localhost:9"),
        ("::1", "[::1]:3000"),
        ("::ffff:127.0.0.1", "[::ffff:127.0.0.1]"),
        ("127.8.8.8", "127.1:3000"),
    ] {
        assert_eq!(decided(&access, address, None, &[("host", host)]), Admission::Local, "{address} {host}");
    }
}

#[test]
fn everything_else_that_is_private_needs_the_key() {
    let access = access();
    for (address, host) in [
        (PHONE, "192.168.1.5:3000"),
        ("10.0.0.9", "10.0.0.1"),
        ("fe80::9", "[fe80::1]"),
        // The address of a container or of the local network, and this machine's own network address.
        ("172.17.0.1", "localhost:3000"),
        ("192.168.1.5", "192.168.1.5:3000"),
        ("203.0.113.7", "127.0.0.1:3000"),
        // A proxy that adds no header.
        (LOCAL, "192.168.1.5:3000"),
    ] {
        let sent = [("host", host)];
        assert_eq!(decided(&access, address, None, &sent), Admission::KeyNeeded, "{address} {host}");
        assert_eq!(decided(&access, address, Some("x"), &sent), Admission::KeyNeeded, "{address} {host}");
        assert_eq!(decided(&access, address, Some(&access.key), &sent), Admission::KeyNeeded, "the key is no cookie");
        assert_eq!(decided(&access, address, Some(&access.pass), &sent), Admission::Keyed, "{address} {host}");
    }
}

#[test]
fn a_request_that_was_passed_on_is_refused_with_the_key_too() {
    let access = access();
    let pass = access.pass.clone();
    for name in ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via"] {
        for (address, host) in [(LOCAL, "127.0.0.1:3000"), (PHONE, "192.168.1.5:3000")] {
            let sent = [("host", host), (name, "127.0.0.1")];
            assert_eq!(decided(&access, address, Some(&pass), &sent), Admission::Refused, "{name} {address}");
        }
    }
}

#[test]
fn a_name_that_is_not_ours_is_refused_with_the_key_too() {
    let access = access();
    let pass = access.pass.clone();
    for host in [
        "",
        "evil.test",
        "localhost.evil.test:3000",
        "127.0.0.1.evil.test",
        "127.0.0.1@evil.test",
        "evil.test@127.0.0.1",
        "a b",
        "[::1",
        // Addresses outside private networks.
        "203.0.113.7:3000",
        "8.8.8.8",
        "0.0.0.0:3000",
        "0:3000",
        "[::]:3000",
        "[2408:8756::1]",
    ] {
        for address in [LOCAL, PHONE] {
            let admission = decided(&access, address, Some(&pass), &[("host", host)]);
            assert_eq!(admission, Admission::Refused, "{address} {host}");
        }
    }
    let mut both = HeaderMap::new();
    both.append("host", "127.0.0.1".parse().unwrap());
    both.append("host", "evil.test".parse().unwrap());
    let address = LOCAL.parse().unwrap();
    assert_eq!(access.decide((&both, &Uri::from_static("/")), address, None, &public()), Admission::Refused);
}

#[test]
fn wrong_keys_are_limited_for_each_address() {
    let access = access();
    let [one, other] = [PHONE, "192.168.1.78"].map(|text| text.parse().unwrap());
    for n in 0..WRONG_KEYS_PER_MINUTE {
        assert_eq!(access.enter(&format!("wrong{n}"), one, 0), Err(KeyRefusal::Wrong));
    }
    assert_eq!(access.enter(access.key(), one, 59_999), Err(KeyRefusal::TooMany));
    assert_eq!(access.enter(access.key(), other, 59_999), Ok(access.pass.as_str()));
    assert_eq!(access.enter(access.key(), one, 60_000), Ok(access.pass.as_str()));
    assert_eq!(access.enter("", one, 60_000), Err(KeyRefusal::Wrong));
}

#[test]
fn a_link_is_offered_only_where_another_device_reaches_it() {
    let link =
        |address: &str, url: &str| Access::new(&SystemRng, address.parse().unwrap(), &Url::parse(url).unwrap()).link();
    let given = link("0.0.0.0", "http://192.168.1.5:3000").unwrap();
    assert!(given.starts_with("http://192.168.1.5:3000/sandbox?key="), "{given}");
    assert!(link("192.168.1.5", "http://192.168.1.5:3000").is_some());
    assert_eq!(link("0.0.0.0", "http://localhost:3000"), None);
    assert_eq!(link("127.0.0.1", "http://192.168.1.5:3000"), None);
}
