//! Sessions of signed-in browsers: `tower-sessions` over our own table, with hashed ids.

use super::client::Client;
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx,
        account::{User, known, session::SignInMethod},
        signin_log,
    },
    store::{self, StoreError, web_session::NewWebSession},
};
use async_trait::async_trait;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

const USER: &str = "user";
/// The user's generation when they signed in; checked once, when the session is created.
const GENERATION: &str = "generation";
const BROWSER: &str = "browser";
const ADDRESS: &str = "address";
const DOOR: &str = "door";
/// The store's error if the session may not begin any more.
const OVER: &str = "signed out meanwhile";
/// `seen_at` is written at most once in this interval.
const SEEN_RESOLUTION_MS: i64 = 5 * 60_000;

/// The session store.
#[derive(Debug, Clone)]
pub struct Sessions(pub Ctx);

/// The layer that reads and writes the session cookie.
#[must_use]
pub fn layer(ctx: &Ctx) -> SessionManagerLayer<Sessions> {
    let settings = &ctx.settings;
    SessionManagerLayer::new(Sessions(ctx.clone()))
        .with_name(super::cookie::Jar::Session.name(settings.is_https))
        .with_secure(settings.is_https)
        // A link opened from a chat must arrive with the session: Lax, not the library's default Strict.
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_expiry(Expiry::OnInactivity(Duration::days(settings.settings.signin.web_session_days)))
}

/// Signs the browser in. Always creates a new id, so that an attacker cannot use one they knew before (session fixation). `user`
/// must be as read when they proved their identity: if they signed out everywhere or were disabled since, the sign-in fails.
///
/// # Errors
/// [`CoreError::SessionOver`] if the sign-in fails for that reason; the database cannot be reached.
pub async fn sign_in(
    session: &Session,
    user: &User,
    client: &Client,
    door: SignInMethod,
) -> std::result::Result<(), CoreError> {
    let fault = |e: tower_sessions::session::Error| match e {
        tower_sessions::session::Error::Store(Error::Backend(why)) if why == OVER => CoreError::SessionOver,
        e => CoreError::Fault(e.to_string()),
    };
    // `flush` would also empty it, but keeps the id that the browser sent for the next record.
    session.clear().await;
    session.cycle_id().await.map_err(fault)?;
    session.insert(USER, user.id).await.map_err(fault)?;
    session.insert(GENERATION, user.generation).await.map_err(fault)?;
    session.insert(BROWSER, &client.browser_label).await.map_err(fault)?;
    session.insert(ADDRESS, client.address.to_string()).await.map_err(fault)?;
    session.insert(DOOR, door.as_str()).await.map_err(fault)?;
    match session.save().await.map_err(fault) {
        Ok(()) => {
            client.known.remember(user);
            signin_log::signed_in(door.into(), user.id);
            Ok(())
        }
        Err(error) => {
            // Otherwise the layer would try to save again with the response.
            session.clear().await;
            Err(signin_log::failed(door.into(), Some(user.id), error))
        }
    }
}

/// Signs the browser out.
///
/// # Errors
/// The database cannot be reached.
pub async fn sign_out(session: &Session) -> std::result::Result<(), CoreError> {
    session.flush().await.map_err(|e| CoreError::Fault(e.to_string()))
}

/// The user who signed in with this browser, without checking that they still may.
pub async fn user_of(session: &Session) -> Option<i64> {
    session.get::<i64>(USER).await.ok().flatten()
}

/// The sign-in method of this browser; `None` for a session from before methods were recorded.
pub async fn door_of(session: &Session) -> Option<SignInMethod> {
    session.get::<String>(DOOR).await.ok().flatten().as_deref().and_then(SignInMethod::of)
}

/// The secret that identifies this browser's session; empty if it has none.
#[must_use]
pub fn secret_of(session: &Session) -> String {
    session.id().map(|id| id.to_string()).unwrap_or_default()
}

/// The signed-in user; `None` immediately after the user was disabled or deleted.
///
/// # Errors
/// The database cannot be reached.
pub async fn current_user(ctx: &Ctx, session: &Session) -> std::result::Result<Option<User>, CoreError> {
    let user_id = session.get::<i64>(USER).await.map_err(|e| CoreError::Fault(e.to_string()))?;
    let Some(user_id) = user_id else { return Ok(None) };
    let mut db = ctx.store.read().await?;
    let Some(user) =
        store::user::find_user(&mut db, user_id).await?.map(|row| User::at(row, ctx.now())).filter(|u| u.is_enabled)
    else {
        return Ok(None);
    };
    let id_hash = ctx.hash(Use::WebSession, &secret_of(session));
    let seen_at = store::web_session::find_seen(&mut db, &id_hash).await?;
    drop(db);
    // A page view writes to the database only once in this interval.
    if seen_at.is_some_and(|at| at < ctx.now() - SEEN_RESOLUTION_MS) {
        store::transact!(ctx.store, |tx| store::web_session::update_seen(tx, &id_hash, ctx.now()).await)?;
    }
    Ok(Some(user))
}

fn backend(e: StoreError) -> Error {
    Error::Backend(e.to_string())
}

impl Sessions {
    fn key(&self, id: &Id) -> String {
        self.0.hash(Use::WebSession, &id.to_string())
    }

    fn expires_at(record: &Record) -> i64 {
        record.expiry_date.unix_timestamp().saturating_mul(1000)
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let ctx = &self.0;
        let text = |name: &str| record.data.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let new = NewWebSession {
            id_hash: self.key(&record.id),
            user_id: record.data.get(USER).and_then(serde_json::Value::as_i64),
            data: serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?,
            public_id: ctx.rng.token(),
            browser_label: text(BROWSER),
            address: text(ADDRESS),
            door: SignInMethod::of(&text(DOOR)).map_or("", SignInMethod::as_str),
            created_at: ctx.now(),
            expires_at: Self::expires_at(record),
        };
        let is_current = store::transact!(ctx.store, |tx| -> std::result::Result<bool, StoreError> {
            // The user's row is locked from here on: ending this user's sessions either happens before or sees this one.
            if let Some(user_id) = new.user_id {
                let generation = record.data.get(GENERATION).and_then(serde_json::Value::as_i64).unwrap_or(-1);
                if !store::user::update_signed_in(tx, user_id, generation, ctx.now()).await? {
                    return Ok(false);
                }
                if let Ok(address) = new.address.parse() {
                    known::note_network(ctx, tx, user_id, generation, address).await?;
                }
            }
            store::web_session::insert_web_session(tx, new.clone()).await?;
            Ok(true)
        });
        if is_current.map_err(backend)? { Ok(()) } else { Err(Error::Backend(OVER.to_owned())) }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let user_id = record.data.get(USER).and_then(serde_json::Value::as_i64);
        let (key, expires_at) = (self.key(&record.id), Self::expires_at(record));
        store::transact!(self.0.store, |tx| {
            store::web_session::update_web_session(tx, &key, user_id, &data, expires_at).await
        })
        .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut db = self.0.store.read().await.map_err(backend)?;
        let Some((data, expires_at)) =
            store::web_session::find_web_session(&mut db, &self.key(id), self.0.now()).await.map_err(backend)?
        else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expires_at.div_euclid(1000))
                .map_err(|e| Error::Decode(e.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let key = self.key(id);
        store::transact!(self.0.store, |tx| store::web_session::delete_web_session(tx, &key).await).map_err(backend)
    }
}
