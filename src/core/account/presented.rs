//! The name and the picture that an app of WeChat presents for its user. Some say nothing about the user: placeholders of the platform, and
//! pictures that exist only on the developer's machine. They are dropped, whichever app presents them.

use super::field::{self, Nickname, folded};
use url::{Host, Url};

/// Names that the platform presents for everybody. Since 2022-11-08 `wx.getUserProfile` and `wx.getUserInfo` give the first one in place of
/// the person's own (the platform's notice "小程序用户头像昵称获取规则调整公告"); the others are its forms in the other languages of WeChat.
pub const PLACEHOLDER_NAMES: [&str; 3] = ["微信用户", "微信用戶", "WeChat User"];

/// What the addresses of default pictures contain, in any size and on any of the platform's hosts.
pub const PLACEHOLDER_PICTURES: [&str; 2] = [
    // The grey picture that `wx.getUserProfile` and `wx.getUserInfo` give since then, by the same notice.
    "POgEwh4mIHO4nibH0KlMECNjjGxQUq24ZEaGT4poC6icRiccVGKSyXwibcPq4BWmiaIGuG1icwxaQX6grC9VemZoJ8rg",
    // The picture before one is chosen, in the example of the platform's page "头像昵称填写", which most mini-programs copied.
    "icTdbqWNOwNRna42FI242Lcia07jQodd2FJGIYQfG0LAJGFxM4FbnQP6yfMxBgJ0F3YRqJCJ1aPAK2dQagdusBZg",
];

/// A name from an app: cleaned, and `None` if nothing remains or it is a placeholder.
#[must_use]
pub fn nickname(text: &str) -> Option<Nickname> {
    Nickname::cleaned(text).filter(|name| !is_placeholder(name.as_str()))
}

/// True for a name of [`PLACEHOLDER_NAMES`], whatever its width, case and spaces.
fn is_placeholder(name: &str) -> bool {
    let bare = |text: &str| folded(text).split_whitespace().collect::<String>();
    PLACEHOLDER_NAMES.iter().any(|known| bare(known) == bare(name))
}

/// A picture from an app: its web address, and `None` for a placeholder, for what is no web address, and for one that only the developer's
/// machine has.
#[must_use]
pub fn picture(text: &str) -> Option<String> {
    let address = field::picture_url(text)?;
    let is_default = PLACEHOLDER_PICTURES.iter().any(|known| address.contains(known));
    (!is_default && is_public(&Url::parse(&address).ok()?)).then_some(address)
}

/// True for an address that other machines can open. A mini-program's temporary files are `http://tmp/…` and `http://usr/…` in the
/// developer's tool, or `http://127.0.0.1:PORT/__tmp__/…`, and `wxfile://…` on a phone.
fn is_public(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let last = name.rsplit('.').next().unwrap_or_default();
            name.contains('.') && !matches!(last, "local" | "localhost" | "localdomain" | "internal" | "invalid")
        }
        Some(Host::Ipv4(ip)) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified()),
        Some(Host::Ipv6(ip)) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{PLACEHOLDER_NAMES, PLACEHOLDER_PICTURES, nickname, picture};

    #[test]
    fn placeholders_are_no_names() {
        for name in PLACEHOLDER_NAMES.into_iter().chain([
            " 微信用户 ",
            "微信 用户",
            "微信用户\u{200b}",
            "wechat user",
            "ＷｅＣｈａｔ　ｕｓｅｒ",
        ]) {
            assert_eq!(nickname(name), None, "{name:?}");
        }
        for name in ["微信用户小微", "小微", "老微信用户", "We"] {
            assert_eq!(nickname(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn default_pictures_are_no_pictures() {
        for known in PLACEHOLDER_PICTURES {
            for host in [
                "https://thirdwx.qlogo.cn/mmopen/vi_32",
                "http://wx.qlogo.cn/mmopen/vi_32",
                "https://mmbiz.qpic.cn/mmbiz",
            ] {
                for size in ["0", "132", "64?x=1"] {
                    assert_eq!(picture(&format!("{host}/{known}/{size}")), None);
                }
            }
        }
    }

    #[test]
    fn a_picture_is_an_address_that_others_can_open() {
        for fine in [
            "https://thirdwx.qlogo.cn/mmopen/vi_32/Q0j4TwGTfTK/132",
            "http://wx.qlogo.cn/mmhead/x/0",
            "https://example.com/a.png",
            "http://203.0.113.5/a.png",
            "https://tmp.example.com/tmp/a.png",
            "https://头像.example/a.png",
        ] {
            assert_eq!(picture(fine).as_deref(), Some(fine));
        }
        for bad in [
            "http://tmp/IvY3.jpg",
            "https://tmp/IvY3.jpg",
            "HTTP://TMP/IvY3.jpg",
            "http://tmp./a.jpg",
            "http://tmp:80/a.jpg",
            "http://usr/avatar.png",
            "http://store/a.png",
            "wxfile://tmp_0a.jpg",
            "http://127.0.0.1:27489/__tmp__/a.jpg",
            "http://localhost/a.png",
            "http://a.localhost/a.png",
            "http://[::1]/a.png",
            "http://192.168.1.5/a.png",
            "http://2130706433/a.png",
            "data:image/png;base64,AAAA",
            "blob:https://example.com/1",
            "cloud://env.1/a.png",
            "file:///tmp/a.png",
            "/tmp/a.png",
            "tmp/a.png",
            "//example.com/a.png",
            "javascript:alert(1)",
            "https://",
            "undefined",
            "null",
            "",
        ] {
            assert_eq!(picture(bad), None, "{bad}");
        }
    }
}
