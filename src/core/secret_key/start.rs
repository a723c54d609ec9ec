//! Loading the secret key at startup, and re-encrypting the database if needed.
//!
//! The database stores the key's fingerprint. The first start creates the key and stores the fingerprint; every later start
//! needs the same key. A key is created in no other case: a second key could not decrypt values of the first.

use super::{
    KEY_MIN_BYTES, Purpose, SecretKey, file, ilink_field::IlinkField, is_encrypted,
    official_account_field::OfficialAccountField as Field,
};
use crate::{
    base::rng::Rng,
    config::Checked,
    store::{self, Store, StoreError, Tx, secret_value::FINGERPRINT},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::Path;

/// Facts that earlier versions stored in plain text.
const PLAIN: [&str; 2] = ["hash-key", "token-keys"];
/// How often concurrently starting instances retry.
const TRIES: u32 = 20;

/// Where the key may come from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// `WEIDA_SECRET_KEY`.
    pub given: Option<&'a SecretString>,
    /// `WEIDA_PREVIOUS_SECRET_KEY`.
    pub previous: Option<&'a SecretString>,
    /// The file to use if no key is given.
    pub file: &'a Path,
}

impl<'a> Source<'a> {
    /// As the settings say.
    #[must_use]
    pub fn of(settings: &'a Checked) -> Self {
        let security = &settings.settings.security;
        Self {
            given: security.secret_key.as_ref(),
            previous: security.previous_secret_key.as_ref(),
            file: &settings.secret_key_file,
        }
    }

    /// The operator's name for the key.
    #[must_use]
    pub fn name(&self) -> String {
        self.given.map_or_else(|| self.file.display().to_string(), |_| "WEIDA_SECRET_KEY".to_owned())
    }

    /// The fingerprints of the key that is here, and of the one before it if that is given; empty without a key.
    ///
    /// # Errors
    /// One line: the file cannot be read, or the key is too short.
    pub fn fingerprints(&self) -> Result<Vec<String>, String> {
        let previous = self.previous.and_then(|text| SecretKey::parse(text.expose_secret()));
        Ok(self.key()?.iter().chain(&previous).map(|key| key.fingerprint().to_owned()).collect())
    }

    fn key(&self) -> Result<Option<SecretKey>, String> {
        let read;
        let text = match self.given {
            Some(text) => text,
            None => match file::read(self.file) {
                Ok(Some(text)) => {
                    read = text;
                    &read
                }
                Ok(None) => return Ok(None),
                Err(e) => return Err(format!("the key file {} cannot be read: {e}", self.file.display())),
            },
        };
        let wrong = || format!("the secret key in {} is too short: at least {KEY_MIN_BYTES} bytes", self.name());
        SecretKey::parse(text.expose_secret()).map(Some).ok_or_else(wrong)
    }
}

/// The key of this database. Creates it at the first start; re-encrypts the values after a key change; encrypts values that an
/// earlier version stored in plain text.
///
/// # Errors
/// One line: the key is missing or wrong, the file cannot be read or created, or the database cannot be reached.
pub async fn open(store: &Store, source: Source<'_>, chance: &dyn Rng) -> Result<SecretKey, String> {
    for _ in 0..TRIES {
        match attempt(store, source, chance).await {
            Ok(Some(key)) => return Ok(key),
            Ok(None) => {}
            Err(Failure::Store(e)) if e.is_retryable() => {}
            Err(Failure::Store(e)) => return Err(e.to_string()),
            Err(Failure::Refused(line)) => return Err(line),
        }
    }
    Err("another instance changes the secret key at this moment: start this one again".to_owned())
}

enum Failure {
    Store(StoreError),
    Refused(String),
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

impl From<String> for Failure {
    fn from(line: String) -> Self {
        Self::Refused(line)
    }
}

/// One attempt; `None` if the state changed and must be read again.
async fn attempt(store: &Store, source: Source<'_>, chance: &dyn Rng) -> Result<Option<SecretKey>, Failure> {
    let known = store::fact::find_fact(&mut store.read().await?, FINGERPRINT).await?;
    let key = source.key()?;
    let (Some(known), Some(key)) = (&known, &key) else {
        if known.is_some() {
            return Err(lost(&source).into());
        }
        first(store, source, key, chance).await?;
        return Ok(None);
    };
    if known == key.fingerprint() {
        encrypt_plain(store, key, chance).await?;
        return Ok(Some(key.clone()));
    }
    let previous = source.previous.and_then(|text| SecretKey::parse(text.expose_secret()));
    match previous.filter(|previous| known == previous.fingerprint()) {
        Some(previous) => {
            rotate(store, &previous, key, chance).await?;
            Ok(None)
        }
        None => Err(another(&source).into()),
    }
}

fn lost(source: &Source<'_>) -> String {
    format!(
        "the database was encrypted with a secret key that is not here: restore the file {} or set WEIDA_SECRET_KEY to that key; no other key can decrypt it",
        source.file.display()
    )
}

fn another(source: &Source<'_>) -> String {
    format!(
        "the secret key in {} is not the one that this database was encrypted with: restore that key ({} or WEIDA_SECRET_KEY); to change the key, set WEIDA_PREVIOUS_SECRET_KEY to the old one for one start",
        source.name(),
        source.file.display()
    )
}

/// Stores the fingerprint of the first key, and creates the key if missing. The file is written before the commit: an
/// interrupted start leaves a key without a database, never the reverse. A concurrent instance waits for the row.
async fn first(store: &Store, source: Source<'_>, key: Option<SecretKey>, chance: &dyn Rng) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    let text = key.is_none().then(|| {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        SecretString::from(hex::encode(bytes))
    });
    let made = text.as_ref().and_then(|text| SecretKey::parse(text.expose_secret()));
    let Some(key) = key.or(made) else { return Err(lost(&source).into()) };
    store::fact::insert_fact(&mut tx, FINGERPRINT, key.fingerprint()).await?;
    if let Some(text) = &text {
        let path = source.file.display();
        let is_new = file::create(source.file, text.expose_secret())
            .map_err(|e| format!("the key file {path} cannot be created: {e}; or set WEIDA_SECRET_KEY"))?;
        if !is_new {
            return Ok(tx.rollback().await?);
        }
        tracing::warn!(%path, "a secret key was created: keep a copy of it apart from the backups of the database");
    }
    Ok(tx.commit().await?)
}

/// Encrypts values that an earlier version stored in plain text, and removes the plain text from the embedded
/// database's file.
async fn encrypt_plain(store: &Store, key: &SecretKey, chance: &dyn Rng) -> Result<(), Failure> {
    let mut db = store.read().await?;
    let mut is_plain = store::platform_token::list_tokens(&mut db).await?.iter().any(|(_, token)| !is_encrypted(token));
    for name in PLAIN {
        is_plain |= store::fact::find_fact(&mut db, name).await?.is_some();
    }
    drop(db);
    if !is_plain {
        return Ok(());
    }
    let mut tx = store.begin().await?;
    lock(&mut tx, key).await?;
    for name in PLAIN {
        let Some(plain) = store::fact::find_fact(&mut tx, name).await? else { continue };
        if store::secret_value::find_value(&mut tx, name).await?.is_none() {
            let value = key.encrypt(Purpose::Installation, name, &plain, chance);
            store::secret_value::insert_value(&mut tx, name, &value).await?;
        }
        store::fact::delete_fact(&mut tx, name).await?;
    }
    for (appid, token) in store::platform_token::list_tokens(&mut tx).await? {
        if !is_encrypted(&token) {
            let value = key.encrypt(Purpose::PlatformToken, &appid, &token, chance);
            store::platform_token::update_value(&mut tx, &appid, &value).await?;
        }
    }
    tx.commit().await?;
    tracing::warn!(
        "keys that were stored in plain text are encrypted now: earlier backups still contain the plain text"
    );
    if let Err(error) = store.compact().await {
        tracing::warn!(%error, "the database file could not be compacted: it may still hold old keys in unused pages");
    }
    Ok(())
}

/// Serializes concurrent starts. Fails if the key was changed meanwhile.
async fn lock(tx: &mut Tx, key: &SecretKey) -> Result<(), StoreError> {
    if store::fact::delete_fact_if(tx, FINGERPRINT, key.fingerprint()).await? {
        return store::fact::insert_fact(tx, FINGERPRINT, key.fingerprint()).await;
    }
    Err(StoreError::Collision)
}

/// Re-encrypts all values with a new key, in one transaction.
async fn rotate(store: &Store, old: &SecretKey, new: &SecretKey, chance: &dyn Rng) -> Result<(), Failure> {
    let mut tx = store.begin().await?;
    if !store::fact::delete_fact_if(&mut tx, FINGERPRINT, old.fingerprint()).await? {
        return Ok(tx.rollback().await?);
    }
    store::fact::insert_fact(&mut tx, FINGERPRINT, new.fingerprint()).await?;
    let again = |purpose, name: &str, stored: &str| {
        let plain = old.decrypt(purpose, name, stored)?;
        Some(new.encrypt(purpose, name, plain.expose_secret(), chance))
    };
    for (name, stored) in store::secret_value::list_values(&mut tx).await? {
        let value = again(Purpose::Installation, &name, &stored).ok_or_else(|| damaged(&name))?;
        store::secret_value::update_value(&mut tx, &name, &value).await?;
    }
    for (appid, stored) in store::platform_token::list_tokens(&mut tx).await? {
        // A token that cannot be decrypted is dropped; the platform issues a new one.
        if let Some(value) = again(Purpose::PlatformToken, &appid, &stored) {
            store::platform_token::update_value(&mut tx, &appid, &value).await?;
        }
    }
    for (user_id, [bot_token, context_token]) in store::ilink_connection::list_secrets(&mut tx).await? {
        // A connection whose token cannot be decrypted asks for a new sign-in.
        let of = |field: IlinkField, stored: Option<String>| again(Purpose::Ilink, &field.name(user_id), &stored?);
        let secrets = [of(IlinkField::BotToken, bot_token), of(IlinkField::ContextToken, context_token)];
        store::ilink_connection::update_secrets(&mut tx, user_id, secrets).await?;
    }
    store::ilink_login::delete_all(&mut tx).await?;
    for row in store::official_account::list_accounts(&mut tx).await? {
        let of = |field: Field, stored: Option<String>| match stored {
            None => Ok(None),
            Some(stored) => {
                let name = field.name(row.id);
                again(Purpose::OfficialAccount, &name, &stored).map(Some).ok_or_else(|| damaged(&name))
            }
        };
        let secrets = [
            of(Field::AppSecret, row.app_secret)?,
            of(Field::Token, row.push_token)?,
            of(Field::AesKey, row.aes_key)?,
            of(Field::PreviousAesKey, row.previous_aes_key)?,
        ];
        store::official_account::update_secrets(&mut tx, row.id, secrets).await?;
    }
    // Answers that contain codes live for minutes: they are deleted instead.
    store::delivery::delete_encrypted_replies(&mut tx).await?;
    store::pending::delete_encrypted(&mut tx).await?;
    tx.commit().await?;
    tracing::warn!(
        "all keys of the database were encrypted with the new secret key: WEIDA_PREVIOUS_SECRET_KEY can be removed"
    );
    Ok(())
}

/// The error line about a value that the right key cannot decrypt.
#[must_use]
pub fn damaged(name: &str) -> String {
    format!(
        "the value {name:?} of the database cannot be decrypted: it was changed or damaged; restore it from a backup"
    )
}
