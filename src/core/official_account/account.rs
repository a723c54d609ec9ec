//! One Official Account: what belongs to it alone.

use crate::{
    core::{
        account::unionid::UnionidLookups,
        doctor::{memory::Memory, refused_pushes::RefusedPushes},
        message::{PushQueue, custom_message::CustomMessages, original_id::OriginalId},
        rule::media::upload::MediaUploads,
        signin::qr_availability::QrAvailability,
    },
    wechat::{api::Client, callback::PushSettings},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Where an account's credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Environment,
    /// A row that the console wrote.
    Console,
    Sandbox,
    /// There is no account.
    None,
}

/// One Official Account: what belongs to it alone.
#[derive(Debug)]
pub struct OfficialAccount {
    pub origin: Origin,
    /// Id and version of its row; `None` in the sandbox and without an account.
    pub row: Option<(i64, i64)>,
    /// Empty without an account.
    pub appid: String,
    /// The name that people see. Empty: none is known.
    pub name: String,
    /// The content of its QR code. Empty: it is not known.
    pub qr_url: String,
    /// How pushes are verified; `None` without an account.
    pub push: Option<PushSettings>,
    /// True if pushes are plaintext: their signature does not cover the body, so they prove little.
    pub is_plain: bool,
    /// True if it is stored that the platform has used these credentials.
    pub is_verified: AtomicBool,
    pub original_id: OriginalId,
    /// The client of the platform, with this account's access token.
    pub platform: Client,
    pub unionid_lookups: UnionidLookups,
    pub qr_availability: QrAvailability,
    pub media_uploads: MediaUploads,
    pub custom_messages: CustomMessages,
    pub push_queue: PushQueue,
    pub refused_pushes: RefusedPushes,
    pub doctor: Memory,
}

impl OfficialAccount {
    /// False without an account: nothing is received, and no person can be reached in a chat.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.push.is_some()
    }

    /// True for an account of the console until it is stored that the platform has used its credentials.
    #[must_use]
    pub fn awaits_use(&self) -> bool {
        self.row.is_some() && !self.is_verified.load(Ordering::Relaxed)
    }
}
