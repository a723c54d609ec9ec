//! The product without an account: a stand-in for the platform, and a phone to use it with.
//!
//! Nothing outside this folder knows that it talks to a stand-in: [`Sandbox`] gives an account and addresses, as the settings
//! would, and everything else goes over the network.

pub mod platform;

mod page;
mod phone;
mod text;

pub use page::SandboxPage;
pub use phone::{own_host, routes};

use crate::{
    config::Account,
    core::{chance::Chance, clock::Clock},
};
use platform::{Platform, PlatformSettings};
use secrecy::SecretString;
use std::{path::Path, sync::Arc};
use url::Url;

/// How the account calls itself.
const ACCOUNT_NAME: &str = "微答沙箱";

/// The phone of the sandbox: everybody's, since it shows whom one picks.
#[derive(Debug)]
pub struct Phone {
    platform: Platform,
}

/// A running sandbox: what the program is told instead of a real account.
#[derive(Debug)]
pub struct Sandbox {
    pub account: Account,
    pub api_base: Url,
    pub mp_base: Url,
    pub account_name: String,
    pub account_qr: String,
    /// The appid and secret of the same owner's mini-program.
    pub mini_program: (String, SecretString),
    /// The same of web login.
    pub web_login: (String, SecretString),
    pub phone: Arc<Phone>,
}

impl Sandbox {
    /// Starts the stand-in on a loopback port of its own; its people and codes are kept in `folder`.
    ///
    /// # Errors
    /// One line: the folder cannot be written, or no port is free.
    pub async fn start(
        folder: &Path,
        push_url: Url,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, String> {
        let (folder, push_url) = (Some(folder.to_owned()), Some(push_url));
        let platform =
            Platform::start(PlatformSettings { folder, push_url, ..PlatformSettings::new(clock, chance) }).await?;
        let credentials = platform.credentials();
        Ok(Self {
            account: credentials.account(),
            api_base: platform.api_base(),
            mp_base: platform.mp_base(),
            account_name: ACCOUNT_NAME.to_owned(),
            account_qr: credentials.account_qr,
            web_login: (credentials.web_appid, SecretString::from(credentials.web_secret)),
            mini_program: (credentials.mini_appid, SecretString::from(credentials.mini_secret)),
            phone: Arc::new(Phone { platform }),
        })
    }
}

#[cfg(test)]
mod tests;
