//! A forgotten password, set by a code that the account gave to its owner's phone.

use super::{
    Purpose, Secrets,
    typed::{RESET, spend_guess, wrong},
    unbound::named_owner,
};
use crate::{
    core::{
        CoreError, Ctx,
        account::{field, password::Password, profile, profile::collect},
        secret::Use,
    },
    store,
};

/// Sets a new password for whoever was given the code, and signs all their browsers out.
///
/// # Errors
/// Flaws of `code` and `new_password` (no guess is spent then); [`CoreError::WrongCode`]; [`CoreError::SessionOver`].
pub async fn set_password(
    ctx: &Ctx,
    secrets: &Secrets,
    typed: &str,
    new: &str,
    address: &str,
) -> Result<(), CoreError> {
    let mut flaws = Vec::new();
    let digits = collect(&mut flaws, field::code(typed, ctx.settings.settings.signin.code_digits));
    let new = collect(&mut flaws, Password::parse_new("new_password", new));
    let (Some(digits), Some(new)) = (digits, new) else { return Err(CoreError::Invalid(flaws)) };
    // Counted before the hash is made: that is the dear part. A common password costs neither the guess nor the code.
    let guess = spend_guess(ctx, secrets, |purpose| purpose == Purpose::Reset).await?;
    let hash = match ctx.hasher.hash("new_password", new, None).await {
        Ok(hash) => hash,
        Err(refused) => {
            guess.was_not_made(ctx).await?;
            return Err(refused);
        }
    };
    let row = &guess.row;
    let mut tx = ctx.store.begin().await?;
    let Some(openid) =
        store::code::delete_code(&mut tx, &ctx.hash(Use::Code, &digits), RESET, &ctx.appid, ctx.now()).await?
    else {
        tx.rollback().await?;
        return Err(wrong(ctx, row).await?);
    };
    let Some(user_id) = named_owner(ctx, &mut tx, &openid).await? else { return Err(CoreError::WrongCode) };
    // A reset session collects nothing: it ends here, and cannot be used again.
    store::signin::update_ended(&mut tx, row.id, super::Status::Expired.as_str(), None, ctx.now()).await?;
    profile::store_password_within(ctx, &mut tx, user_id, &hash, "", address).await?;
    guess.was_right(&mut tx).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}
