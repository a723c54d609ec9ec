//! Resetting a forgotten password by a code that the chat gave to the account's owner.

use super::{
    Purpose, Secrets,
    enter_code::{RESET, spend_guess, wrong},
    unsolicited_code::named_owner,
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, OfficialCtx,
        account::{
            field,
            password::Password,
            profile::{self, collect},
        },
    },
    store,
};
use std::net::IpAddr;

/// Sets a new password for the user who was given the code, and signs all their browsers out.
///
/// # Errors
/// Field errors of `code` and `new_password` (no guess is counted); [`CoreError::WrongCode`]; [`CoreError::SessionOver`];
/// [`CoreError::TooMany`] if the address, or all addresses together, guessed wrong too often.
pub async fn set_password(
    ctx: &OfficialCtx,
    secrets: &Secrets,
    typed: &str,
    new: &str,
    address: IpAddr,
) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let digits = collect(&mut flaws, field::code(typed, ctx.settings.settings.signin.code_digits));
    let new = collect(&mut flaws, Password::parse_new("new_password", new));
    let (Some(digits), Some(new)) = (digits, new) else { return Err(CoreError::Invalid(flaws)) };
    // Counted before the password is hashed, which is expensive. A common password costs neither the guess nor the
    // code.
    let guess = spend_guess(ctx, secrets, address, |purpose| purpose == Purpose::Reset).await?;
    let hash = match ctx.hasher.hash("new_password", new, None).await {
        Ok(hash) => hash,
        Err(refused) => {
            guess.was_not_made(ctx).await?;
            return Err(refused);
        }
    };
    let row = &guess.row;
    let is_right = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        let hash_of_code = ctx.hash(Use::Code, &digits);
        let Some(openid) = store::code::delete_code(tx, &hash_of_code, RESET, &ctx.account.appid, ctx.now()).await?
        else {
            return Ok(false);
        };
        let user_id = named_owner(ctx, tx, &openid).await?.ok_or(CoreError::WrongCode)?;
        // A reset session has no result to collect: it ends here, and cannot be used again.
        store::signin::update_ended(tx, row.id, super::Status::Expired.as_str(), None, ctx.now()).await?;
        profile::store_password_within(ctx, tx, user_id, &hash, "", &address.to_string()).await?;
        guess.accept(tx).await?;
        Ok(true)
    })?;
    if is_right { Ok(()) } else { Err(wrong(ctx, row).await?) }
}
