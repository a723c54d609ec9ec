//! The addresses of the pages below `/me`.

use crate::{
    text::Lang,
    web::text::{me::Me, usage::Usages},
};

pub const PROFILE: &str = "/me/profile";
pub const LINKED: &str = "/me/linked";
pub const PASSWORD: &str = "/me/password";
pub const DEVICES: &str = "/me/devices";
pub const CREDITS: &str = "/me/credits";
pub const USAGE: &str = "/me/usage";
pub const CHANNEL: &str = "/me/wechat";

/// The pages with their names, for the command menu.
pub fn places(lang: Lang) -> [(&'static str, &'static str); 6] {
    let t = Me::of(lang);
    [
        (PROFILE, t.profile),
        (LINKED, t.wechat),
        (PASSWORD, t.password),
        (DEVICES, t.devices),
        (CREDITS, t.ledger),
        (USAGE, Usages::of(lang).title),
    ]
}
