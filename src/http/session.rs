//! Signed-in browsers: `tower-sessions` over our own table, with ids hashed at rest.

use super::client::Client;
use crate::{
    core::{CoreError, Ctx, account::User, secret::Use},
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
/// The user's generation when they were proven; looked at once, when the session is made.
const GENERATION: &str = "generation";
const BROWSER: &str = "browser";
const ADDRESS: &str = "address";
/// What the store says of a session that may not begin any more.
const OVER: &str = "signed out meanwhile";
/// `seen_at` is written no more often than this.
const SEEN_RESOLUTION_MS: i64 = 5 * 60_000;

/// The store behind the sessions.
#[derive(Debug, Clone)]
pub struct Sessions(pub Ctx);

/// The layer that reads and writes the session's cookie.
#[must_use]
pub fn layer(ctx: &Ctx) -> SessionManagerLayer<Sessions> {
    let settings = &ctx.settings;
    SessionManagerLayer::new(Sessions(ctx.clone()))
        .with_name(super::cookie::Jar::Session.name(settings.is_https))
        .with_secure(settings.is_https)
        // A link opened from a chat must arrive signed in: Lax, not the library's Strict.
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_expiry(Expiry::OnInactivity(Duration::days(settings.settings.signin.web_session_days)))
}

/// Signs the browser in: a new id whatever was there, so that an id known before opens nothing. `user` is as read when they were
/// proven: who signed out everywhere since then, or was shut out, is not let in.
///
/// # Errors
/// [`CoreError::SessionOver`] where they are not let in; the database cannot be reached.
pub async fn sign_in(session: &Session, user: &User, client: &Client) -> std::result::Result<(), CoreError> {
    let fault = |e: tower_sessions::session::Error| match e {
        tower_sessions::session::Error::Store(Error::Backend(why)) if why == OVER => CoreError::SessionOver,
        e => CoreError::Fault(e.to_string()),
    };
    // `flush` would do for emptying it, but keeps the id that the browser brought for the record to come.
    session.clear().await;
    session.cycle_id().await.map_err(fault)?;
    session.insert(USER, user.id).await.map_err(fault)?;
    session.insert(GENERATION, user.generation).await.map_err(fault)?;
    session.insert(BROWSER, &client.browser_label).await.map_err(fault)?;
    session.insert(ADDRESS, client.address.to_string()).await.map_err(fault)?;
    let saved = session.save().await.map_err(fault);
    if saved.is_err() {
        // Else the layer would try again with the answer.
        session.clear().await;
    }
    saved
}

/// Signs the browser out.
///
/// # Errors
/// The database cannot be reached.
pub async fn sign_out(session: &Session) -> std::result::Result<(), CoreError> {
    session.flush().await.map_err(|e| CoreError::Fault(e.to_string()))
}

/// Who signed in with this browser, without asking whether they still may.
pub async fn user_of(session: &Session) -> Option<i64> {
    session.get::<i64>(USER).await.ok().flatten()
}

/// The secret under which this browser's session is stored; empty when it has none.
#[must_use]
pub fn secret_of(session: &Session) -> String {
    session.id().map(|id| id.to_string()).unwrap_or_default()
}

/// Who is signed in. A user who was disabled or deleted is nobody, at once.
///
/// # Errors
/// The database cannot be reached.
pub async fn current_user(ctx: &Ctx, session: &Session) -> std::result::Result<Option<User>, CoreError> {
    let user_id = session.get::<i64>(USER).await.map_err(|e| CoreError::Fault(e.to_string()))?;
    let Some(user_id) = user_id else { return Ok(None) };
    let mut db = ctx.store.read().await?;
    let Some(user) = store::user::find_user(&mut db, user_id).await?.map(User::from).filter(|u| u.is_enabled) else {
        return Ok(None);
    };
    let id_hash = ctx.hash(Use::WebSession, &secret_of(session));
    let seen_at = store::web_session::find_seen(&mut db, &id_hash).await?;
    drop(db);
    // A page view writes nothing, but now and then.
    if seen_at.is_some_and(|at| at < ctx.now() - SEEN_RESOLUTION_MS) {
        let mut tx = ctx.store.begin().await?;
        store::web_session::update_seen(&mut tx, &id_hash, ctx.now()).await?;
        tx.commit().await?;
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
            public_id: ctx.chance.token(),
            browser_label: text(BROWSER),
            address: text(ADDRESS),
            created_at: ctx.now(),
            expires_at: Self::expires_at(record),
        };
        let mut tx = ctx.store.begin().await.map_err(backend)?;
        // The user's row is locked from here on: whoever ends this user's sessions does so before it or sees this one.
        if let Some(user_id) = new.user_id {
            let generation = record.data.get(GENERATION).and_then(serde_json::Value::as_i64).unwrap_or(-1);
            if !store::user::update_signed_in(&mut tx, user_id, generation, ctx.now()).await.map_err(backend)? {
                return Err(Error::Backend(OVER.to_owned()));
            }
        }
        store::web_session::insert_web_session(&mut tx, new).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let user_id = record.data.get(USER).and_then(serde_json::Value::as_i64);
        let mut tx = self.0.store.begin().await.map_err(backend)?;
        store::web_session::update_web_session(
            &mut tx,
            &self.key(&record.id),
            user_id,
            &data,
            Self::expires_at(record),
        )
        .await
        .map_err(backend)?;
        tx.commit().await.map_err(backend)
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
        let mut tx = self.0.store.begin().await.map_err(backend)?;
        store::web_session::delete_web_session(&mut tx, &self.key(id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}
