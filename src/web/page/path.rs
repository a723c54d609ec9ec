//! Checks redirect targets: only paths of this site.

use url::form_urlencoded::byte_serialize;

/// The address of the console.
pub const CONSOLE: &str = "/admin";
/// The doctor's page.
pub const DOCTOR: &str = "/admin/doctor";
/// The checklist of the first days.
pub const START: &str = "/admin/start";
/// Where the Official Account is connected, and where it is disconnected.
pub const CONNECT: &str = "/admin/connect";
pub const CONNECT_END: &str = "/admin/connect/disconnect";
/// The settings.
pub const SETTINGS: &str = "/admin/settings";
/// A longer path is no valid target.
const MAX_BYTES: usize = 200;

/// A path of this site, with query and fragment as typed. Refuses anything that could lead to another site: `//host`, a
/// backslash (which browsers read as `/`), control characters (which they drop).
pub fn local_path(text: &str) -> Option<&str> {
    let is_plain = text.len() <= MAX_BYTES && text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (is_plain && text.starts_with('/') && !text.starts_with("//")).then_some(text)
}

/// `path?next=…`, or `path` alone if `next` is not valid.
pub fn with_next(path: &str, next: &str) -> String {
    match local_path(next) {
        Some(next) => format!("{path}?next={}", byte_serialize(next.as_bytes()).collect::<String>()),
        None => path.to_owned(),
    }
}

/// `path` with the mark that it is seen as a visitor sees it, also by a browser that is signed in: on `/register` and `/login` only.
pub fn as_guest(path: String, is_guest: bool) -> String {
    match (is_guest, path.contains('?')) {
        (false, _) => path,
        (true, false) => path + "?guest",
        (true, true) => path + "&guest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_site_is_taken_as_it_is() {
        for path in ["/", "/me", "/replies?owner=account#rule-3", "/a//b", "/%E5%BE%AE", "/me?u=//x"] {
            assert_eq!(local_path(path), Some(path));
        }
    }

    #[test]
    fn whatever_could_lead_elsewhere_is_refused() {
        let long = format!("/{}", "a".repeat(200));
        for bad in [
            "",
            "me",
            "//evil.test",
            "/\\evil.test",
            "\\/evil.test",
            "https://evil.test",
            "JavaScript:alert(1)",
            "/\t/evil.test",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/\u{202e}x",
            &long,
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_way_back_is_written_so_that_it_reads_back_whole() {
        assert_eq!(
            with_next("/login", "/replies?owner=account&x=1"),
            "/login?next=%2Freplies%3Fowner%3Daccount%26x%3D1"
        );
        assert_eq!(with_next("/login", "//evil.test"), "/login");
    }
}
