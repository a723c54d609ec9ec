//! The program without a real account: a fake platform, and a phone to use it with.
//!
//! Code outside this folder does not know that the platform is fake: [`Sandbox`] supplies an account and addresses, as the
//! settings would, and everything else goes over the network.

pub mod access;
pub mod ilink;
pub mod platform;

mod page;
mod phone;
mod text;

pub use page::{PersonalPage, SandboxPage};
pub use phone::{admit, routes};

use crate::{
    base::{clock::Clock, rng::Rng},
    config::{Account, Checked},
};
use access::Access;
use platform::{Platform, PlatformSettings};
use secrecy::SecretString;
use std::{net::IpAddr, path::Path, sync::Arc};
use url::Url;

/// The account's name.
const ACCOUNT_NAME: &str = "微答沙箱";
/// The user that a new sandbox has.
const DEMO_NAME: &str = "演示用户";

/// The sandbox's phone, which can act as any follower.
#[derive(Debug)]
pub struct Phone {
    platform: Platform,
    pub access: Access,
}

/// A running sandbox: its settings replace those of a real account.
#[derive(Debug)]
pub struct Sandbox {
    pub account: Account,
    pub api_base: Url,
    pub mp_base: Url,
    /// The base URLs of the iLink platform and of its media files.
    pub ilink_bases: (Url, Url),
    pub account_name: String,
    pub account_qr: String,
    /// The appid and secret of the same owner's mini-program.
    pub mini_program: (String, SecretString),
    /// The appid and secret of the owner's web login.
    pub web_login: (String, SecretString),
    pub phone: Arc<Phone>,
}

impl Phone {
    /// Ends the sandbox for good, when an account takes its place: see [`Platform::end`].
    pub async fn end(&self) {
        self.platform.end().await;
    }
}

impl Sandbox {
    /// Starts the fake platform on its own loopback port, with a demo user at first; its users and codes are stored in `folder`. `address` is the program's
    /// listening address, `public_url` its public URL.
    ///
    /// # Errors
    /// One line: the folder cannot be written, or no port is free.
    pub async fn start(
        folder: &Path,
        (push_url, address, public_url): (Url, IpAddr, &Url),
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, String> {
        let access = Access::new(rng.as_ref(), address, public_url);
        let (folder, push_url) = (Some(folder.to_owned()), Some(push_url));
        let platform =
            Platform::start(PlatformSettings { folder, push_url, ..PlatformSettings::new(clock, rng) }).await?;
        if platform.people().is_empty() {
            platform.add_person(DEMO_NAME).await.map_err(|refusal| format!("no demo user: {refusal:?}"))?;
        }
        let credentials = platform.credentials();
        Ok(Self {
            account: credentials.account(),
            api_base: platform.api_base(),
            mp_base: platform.mp_base(),
            ilink_bases: (platform.api_base(), platform.ilink().cdn_base()),
            account_name: ACCOUNT_NAME.to_owned(),
            account_qr: credentials.account_qr,
            web_login: (credentials.web_appid, SecretString::from(credentials.web_secret)),
            mini_program: (credentials.mini_appid, SecretString::from(credentials.mini_secret)),
            phone: Arc::new(Phone { platform, access }),
        })
    }
}

impl Sandbox {
    /// The settings with the addresses and apps of the sandbox.
    #[must_use]
    pub fn settings(&self, mut settings: Checked) -> Checked {
        let of = &mut settings.settings;
        (of.wechat.api_base, of.wechat.mp_base) = (self.api_base.to_string(), self.mp_base.to_string());
        (of.ilink.api_base, of.ilink.cdn_base) = (self.ilink_bases.0.to_string(), self.ilink_bases.1.to_string());
        (of.mini_program.appid, of.mini_program.secret) = self.mini_program.clone();
        (of.open_platform.appid, of.open_platform.secret) = self.web_login.clone();
        settings
    }
}

#[cfg(test)]
mod tests;
