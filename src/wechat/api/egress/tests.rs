use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// Hosts that lead to this machine, its network or a cloud's metadata server, in every notation of a URL.
const HOSTS: &[&str] = &[
    // Loopback by name.
    "localhost",
    "localhost.",
    "LOCALHOST",
    "LocalHost.",
    "lo%63alhost",
    "ｌｏｃａｌｈｏｓｔ",
    // Loopback by number: dotted, short, decimal, octal, hexadecimal, mixed, escaped, full width, with a final dot.
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0X7F.1",
    "0177.0.0.01",
    "0x7f.0x0.0x0.0x1",
    "0x7f.0.1",
    "%31%32%37.0.0.1",
    "１２７.０.０.１",
    "127。0。0。1",
    "user:secret@127.0.0.1",
    "mmbiz.qpic.cn@127.0.0.1",
    // This host, and everything on it.
    "0",
    "0.0.0.0",
    "0x0",
    // Private, shared, link-local, cloud metadata.
    "10.0.0.1",
    "167772161",
    "10.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "0xc0a80001",
    "192.168.1",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "169.254.0.23",
    "168.63.129.16",
    "192.0.0.192",
    // Documentation, benchmarks, relays, multicast, reserved, broadcast.
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "198.19.255.255",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    // IPv6.
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:7f00:1::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::1]",
    "[2002:a00:1::]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

/// The addresses of the test names.
fn table(name: &str) -> Vec<SocketAddr> {
    let addresses: &[&str] = match name {
        "private.test" => &["10.0.0.1", "192.168.1.1"],
        "loopback.test" => &["127.0.0.1", "::1"],
        "mapped.test" => &["::ffff:127.0.0.1"],
        "mixed.test" => &["127.0.0.1", "61.182.133.153", "fd00::1"],
        "public.test" => &["61.182.133.153", "2408:8756::1"],
        _ => &[],
    };
    addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect()
}

fn by_table() -> PublicOnly {
    PublicOnly(Arc::new(|name| Box::pin(async move { Ok(table(&name)) })))
}

async fn resolved(name: &str) -> Option<Vec<String>> {
    let found = by_table().resolve(name.parse().unwrap()).await.ok()?;
    Some(found.map(|address| address.ip().to_string()).collect())
}

/// T-172: the client never connects to a special address, in any notation.
#[tokio::test]
async fn nothing_is_fetched_from_nearby_however_it_is_written() {
    assert!(HOSTS.len() >= 60);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = Arc::new(AtomicUsize::new(0));
    let seen = accepted.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    let wait = Duration::from_secs(2);
    let http = client(PublicOnly::of_system(), wait, wait).unwrap();
    for host in HOSTS {
        // A URL with an invalid host cannot be fetched either.
        let Ok(url) = Url::parse(&format!("http://{host}:{port}/a")) else { continue };
        if may_be_fetched(&url) {
            assert!(matches!(url.host(), Some(Host::Domain(_))), "{url}");
            assert!(http.get(url.clone()).send().await.unwrap_err().is_connect(), "{url}");
        }
    }
    assert_eq!(accepted.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_what_it_resolves_to() {
    for name in ["private.test", "loopback.test", "mapped.test", "nowhere.test"] {
        assert_eq!(resolved(name).await, None, "{name}");
    }
    assert_eq!(resolved("mixed.test").await.unwrap(), ["61.182.133.153"]);
    assert_eq!(resolved("public.test").await.unwrap(), ["61.182.133.153", "2408:8756::1"]);
}

#[test]
fn the_public_internet_is_let_through_and_other_schemes_are_not() {
    let is = |url: &str| may_be_fetched(&Url::parse(url).unwrap());
    for url in [
        "http://mmbiz.qpic.cn/mmbiz/a/0",
        "https://61.182.133.153/a.mp4",
        "http://100.63.0.1/",
        "http://100.128.0.1/",
        "http://172.32.0.1/",
        "http://[2408:8756::1]/",
        "http://[64:ff9b::61.182.133.153]/",
    ] {
        assert!(is(url), "{url}");
    }
    for url in ["file:///etc/passwd", "ftp://mmbiz.qpic.cn/", "data:text/plain,a", "gopher://61.182.133.153/"] {
        assert!(!is(url), "{url}");
    }
}
