//! The secrets of a row, encrypted and in plain text.

use crate::{
    base::rng::Rng,
    config::Account,
    core::secret_key::{OfficialAccountField, Purpose, SecretKey},
    store::official_account::OfficialAccountRow,
};
use secrecy::SecretString;

/// A secret of the row with this id, encrypted.
pub fn encrypted(key: &SecretKey, rng: &dyn Rng, id: i64, field: OfficialAccountField, plain: &str) -> String {
    key.encrypt(Purpose::OfficialAccount, &field.name(id), plain, rng)
}

/// A secret of a row; `None` if it has none, or if the key cannot decrypt it.
pub fn decrypted(key: &SecretKey, row: &OfficialAccountRow, field: OfficialAccountField) -> Option<SecretString> {
    let stored = match field {
        OfficialAccountField::AppSecret => &row.app_secret,
        OfficialAccountField::Token => &row.push_token,
        OfficialAccountField::AesKey => &row.aes_key,
        OfficialAccountField::PreviousAesKey => &row.previous_aes_key,
    };
    key.decrypt(Purpose::OfficialAccount, &field.name(row.id), stored.as_ref()?)
}

/// The credentials of a row; `None` if one that it needs is missing or cannot be decrypted.
pub fn credentials(key: &SecretKey, row: &OfficialAccountRow) -> Option<Account> {
    let of = |field| decrypted(key, row, field);
    let aes_key = of(OfficialAccountField::AesKey);
    // Otherwise a damaged key would turn the account to plain mode.
    if aes_key.is_none() && row.aes_key.is_some() {
        return None;
    }
    Some(Account {
        appid: row.appid.clone(),
        secret: of(OfficialAccountField::AppSecret)?,
        token: of(OfficialAccountField::Token)?,
        previous_aes_key: of(OfficialAccountField::PreviousAesKey).filter(|_| aes_key.is_some()),
        aes_key,
        original_id: None,
    })
}
