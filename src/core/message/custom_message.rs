//! Customer-service messages: the account's permission is discovered by sending one.

mod permission;

pub use permission::{CustomMessages, Permission};

use crate::{
    core::OfficialCtx,
    wechat::api::{ApiError, Custom},
};

/// Sends a customer-service message, and records the result.
///
/// # Errors
/// As [`crate::wechat::api::Client::send_custom`].
pub async fn send(ctx: &OfficialCtx, openid: &str, message: &Custom) -> Result<(), ApiError> {
    let result = ctx.account.platform.send_custom(openid, message).await;
    ctx.account.custom_messages.learn(ctx.now(), &result);
    result
}
