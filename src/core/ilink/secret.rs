//! Encryption of a connection's tokens. Each value is encrypted for its user and column.

pub(super) use crate::core::secret_key::IlinkField as Field;

use crate::core::{Ctx, secret_key::Purpose};
use secrecy::{ExposeSecret as _, SecretString};

/// The encrypted value for a user's column.
pub(super) fn encrypt(ctx: &Ctx, user_id: i64, field: Field, plain: &SecretString) -> String {
    ctx.secret_key.encrypt(Purpose::Ilink, &field.name(user_id), plain.expose_secret(), ctx.rng.as_ref())
}

/// The decrypted value of a user's column; `None` if it was changed or encrypted with another key.
pub(super) fn decrypt(ctx: &Ctx, user_id: i64, field: Field, stored: &str) -> Option<SecretString> {
    ctx.secret_key.decrypt(Purpose::Ilink, &field.name(user_id), stored)
}
