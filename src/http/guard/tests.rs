use super::*;

fn sent(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
}

#[test]
fn only_our_own_pages_may_change_something() {
    let ours = Url::parse("https://weida.example").unwrap();
    let cases = [
        (sent(&[("sec-fetch-site", "same-origin")]), true),
        (sent(&[("sec-fetch-site", "same-site"), ("origin", "https://weida.example")]), false),
        (sent(&[("sec-fetch-site", "cross-site")]), false),
        (sent(&[("origin", "https://weida.example")]), true),
        (sent(&[("origin", "http://weida.example")]), false),
        (sent(&[("origin", "https://weida.example.evil.test")]), false),
        (sent(&[("origin", "https://weida.example:8443")]), false),
        (sent(&[("origin", "null")]), false),
        (sent(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]), false),
        (sent(&[]), false),
    ];
    for (headers, expected) in cases {
        assert_eq!(is_own(&headers, &ours), expected, "{headers:?}");
    }
}

#[test]
fn who_is_no_browser_is_believed_and_another_site_is_not() {
    let ours = Url::parse("https://weida.example").unwrap();
    let cases = [
        (sent(&[]), false),
        (sent(&[("sec-fetch-site", "none")]), true),
        (sent(&[("sec-fetch-site", "same-origin"), ("referer", "https://evil.test/")]), false),
        (sent(&[("sec-fetch-site", "cross-site")]), true),
        (sent(&[("sec-fetch-site", "same-site")]), true),
        (sent(&[("origin", "https://evil.test")]), true),
        (sent(&[("origin", "null")]), true),
        (sent(&[("referer", "https://weida.example/me")]), false),
        (sent(&[("referer", "https://weida.example.evil.test/")]), true),
        (sent(&[("referer", "rubbish")]), true),
    ];
    for (headers, expected) in cases {
        assert_eq!(is_foreign(&Method::GET, &headers, &ours), expected, "{headers:?}");
    }
    assert!(!is_foreign(&Method::POST, &sent(&[("sec-fetch-site", "none")]), &ours));
}

/// What browsers send from another site over plain http, where there is no `Sec-Fetch-*`, if that site suppresses `Referer`.
#[test]
fn a_browser_that_proves_nothing_is_not_believed() {
    let ours = Url::parse("http://weida.example").unwrap();
    let signs = [
        ("sec-fetch-dest", "image"),
        ("upgrade-insecure-requests", "1"),
        ("accept-language", "zh-CN,zh;q=0.9"),
        ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
        ("accept", "image/avif,image/webp,*/*;q=0.8"),
        ("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
        ("user-agent", "mozilla/5.0"),
    ];
    for sign in signs {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            assert!(is_foreign(&method, &sent(&[sign]), &ours), "{method} {sign:?}");
        }
        let proven = sent(&[sign, ("referer", "http://weida.example/me")]);
        assert!(!is_foreign(&Method::GET, &proven, &ours), "{sign:?}");
        assert!(!is_foreign(&Method::POST, &sent(&[sign, ("content-type", "application/json")]), &ours), "{sign:?}");
        assert!(is_foreign(&Method::POST, &sent(&[sign, ("content-type", "text/plain")]), &ours), "{sign:?}");
    }
}

#[test]
fn programs_are_no_browsers() {
    let ours = Url::parse("http://weida.example").unwrap();
    for headers in [
        sent(&[("user-agent", "curl/8.5.0"), ("accept", "*/*")]),
        sent(&[("user-agent", "python-requests/2.32"), ("accept", "*/*"), ("accept-encoding", "gzip, deflate")]),
        sent(&[("user-agent", "Python-urllib/3.12")]),
        sent(&[("user-agent", "okhttp/4.12.0")]),
        sent(&[("user-agent", "axios/1.7.2"), ("accept", "application/json, text/plain, */*")]),
        // Node's own `fetch`.
        sent(&[
            ("user-agent", "node"),
            ("accept", "*/*"),
            ("accept-language", "*"),
            ("sec-fetch-mode", "cors"),
            ("accept-encoding", "gzip, deflate"),
        ]),
    ] {
        assert!(!is_foreign(&Method::GET, &headers, &ours), "{headers:?}");
    }
}

#[test]
fn a_private_installation_answers_on_its_addresses_but_not_under_foreign_names() {
    let ours = Url::parse("http://127.0.0.1:3000").unwrap();
    assert!(is_own(&sent(&[("origin", "http://192.168.1.5:3000"), ("host", "192.168.1.5:3000")]), &ours));
    assert!(is_own(&sent(&[("origin", "http://box.local:3000"), ("host", "box.local:3000")]), &ours));
    assert!(!is_own(&sent(&[("origin", "http://box.local.test:3000"), ("host", "box.local.test:3000")]), &ours));
    assert!(!is_own(&sent(&[("origin", "http://192.168.1.6"), ("host", "192.168.1.5:3000")]), &ours));
    assert!(!is_own(&sent(&[("origin", "http://rebound.test:3000"), ("host", "rebound.test:3000")]), &ours));
    assert!(!is_own(&sent(&[("origin", "http://203.0.113.1:3000"), ("host", "203.0.113.1:3000")]), &ours));
    // A GET states its origin in `Referer` only.
    for (from, host, expected) in [
        ("http://192.168.1.5:3000/me?a=b", "192.168.1.5:3000", false),
        ("http://192.168.1.6:3000/me", "192.168.1.5:3000", true),
        ("http://rebound.test:3000/", "rebound.test:3000", true),
    ] {
        let headers = sent(&[("referer", from), ("host", host)]);
        assert_eq!(is_foreign(&Method::GET, &headers, &ours), expected, "{from}");
    }
}
