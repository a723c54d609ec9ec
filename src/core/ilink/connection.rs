//! A user's connection: what pages and calls show of it, and what the user changes.

use super::{
    change::{changed, disconnect_within},
    secret::{Field, decrypt, encrypt},
    window::Window,
};
use crate::{
    core::{CoreError, Ctx, account::lock_owner},
    ilink::Credentials,
    store::{
        self, StoreError, Tx,
        ilink_connection::{ConnectionRow, NewCredentials},
    },
};
use secrecy::SecretString;

/// The width of the columns with the ids of bot and person.
const ID_MAX_BYTES: usize = 128;
/// The width of the column with the address of calls.
const BASE_MAX_BYTES: usize = 255;
/// The width of the column with the encrypted token.
const TOKEN_MAX_BYTES: usize = 1_000;

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Connected,
    /// The user paused it: messages wait at the platform.
    Paused,
    /// The token is no longer valid: the user must scan again.
    NeedsLogin,
    /// The user ended it.
    Disconnected,
}

impl State {
    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Paused => "paused",
            Self::NeedsLogin => "needs_login",
            Self::Disconnected => "disconnected",
        }
    }

    fn of(word: &str) -> Self {
        let all = [Self::Connected, Self::Paused, Self::NeedsLogin];
        all.into_iter().find(|state| state.as_str() == word).unwrap_or(Self::Disconnected)
    }
}

/// A connection, as its page shows it. Times are epoch milliseconds.
#[derive(Debug, Clone)]
pub struct View {
    pub state: State,
    /// Raised by every change of the state.
    pub epoch: i64,
    pub connected_at: i64,
    pub window: Window,
    /// The name of the latest error, and its time.
    pub last_error: Option<(String, i64)>,
    pub received: i64,
    pub sent: i64,
    /// Messages that the platform did not deliver, several times.
    pub undelivered: i64,
    /// Answers that wait to be sent.
    pub waiting: i64,
    /// True if the user wants a message two hours before the window ends.
    pub is_reminded: bool,
}

/// A user's connection; `None` if they never had one.
///
/// # Errors
/// The database cannot be reached.
pub async fn find(ctx: &Ctx, user_id: i64) -> Result<Option<View>, CoreError> {
    let mut db = ctx.store.read().await?;
    let Some(row) = store::ilink_connection::find_connection(&mut db, user_id).await? else { return Ok(None) };
    let (waiting, _) = store::ilink_message::count_items(&mut db, user_id).await?;
    Ok(Some(View {
        state: State::of(&row.state),
        epoch: row.epoch,
        connected_at: row.connected_at,
        window: Window { inbound_at: row.inbound_at, sent: row.window_sent },
        last_error: row.last_error.zip(row.last_error_at),
        received: row.received,
        sent: row.sent,
        undelivered: row.undelivered,
        waiting,
        is_reminded: row.is_reminded == 1,
    }))
}

/// True if the user must scan again.
///
/// # Errors
/// The database cannot be reached.
pub async fn needs_login(ctx: &Ctx, user_id: i64) -> Result<bool, CoreError> {
    let row = store::ilink_connection::find_connection(&mut ctx.store.read().await?, user_id).await?;
    Ok(row.is_some_and(|row| State::of(&row.state) == State::NeedsLogin))
}

/// Pauses a connection: nothing is answered until [`resume`].
///
/// # Errors
/// [`CoreError::NotFound`] if there is no connection in that state.
pub async fn pause(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    change_state(ctx, user_id, State::Connected, State::Paused).await
}

/// Resumes a paused connection: messages of the meantime are answered now.
///
/// # Errors
/// [`CoreError::NotFound`] if there is no connection in that state.
pub async fn resume(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    change_state(ctx, user_id, State::Paused, State::Connected).await
}

async fn change_state(ctx: &Ctx, user_id: i64, from: State, to: State) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if !store::ilink_connection::update_state(tx, user_id, from.as_str(), to.as_str()).await? {
            return Err(CoreError::NotFound);
        }
        Ok(changed(ctx, tx).await?)
    })
}

/// Ends a connection: its token and what waits to be sent are deleted.
///
/// # Errors
/// The database cannot be reached.
pub async fn disconnect(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| disconnect_within(ctx, tx, user_id).await)?;
    Ok(())
}

/// Whether the user gets a message two hours before the window ends.
///
/// # Errors
/// [`CoreError::NotFound`] if there is no connection.
pub async fn set_reminder(ctx: &Ctx, user_id: i64, is_reminded: bool) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if !store::ilink_connection::update_reminder(tx, user_id, is_reminded).await? {
            return Err(CoreError::NotFound);
        }
        Ok(changed(ctx, tx).await?)
    })
}

/// The token that the platform may still know for a user, for a new sign-in.
pub(super) async fn known_token(ctx: &Ctx, user_id: i64) -> Result<Option<SecretString>, CoreError> {
    let row = store::ilink_connection::find_connection(&mut ctx.store.read().await?, user_id).await?;
    Ok(row.and_then(|row| decrypt(ctx, user_id, Field::BotToken, row.bot_token.as_deref()?)))
}

/// Stores the credentials of a confirmed sign-in, in the caller's transaction: the connection begins.
///
/// # Errors
/// [`CoreError::NotFound`] if the user no longer exists; [`CoreError::Disabled`]; [`CoreError::Fault`] for credentials that are longer
/// than any known ones.
pub(super) async fn connect_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    credentials: &Credentials,
) -> Result<(), CoreError> {
    lock_owner(db, user_id).await?;
    if store::user::find_user(db, user_id).await?.is_none_or(|user| user.is_enabled == 0) {
        return Err(CoreError::Disabled);
    }
    let new = NewCredentials {
        bot_token: encrypt(ctx, user_id, Field::BotToken, &credentials.bot_token),
        bot_id: credentials.bot_id.clone(),
        ilink_user_id: credentials.user_id.clone(),
        base_url: credentials.base_url.as_str().to_owned(),
    };
    let is_too_long = new.bot_token.len() > TOKEN_MAX_BYTES
        || new.bot_id.len() > ID_MAX_BYTES
        || new.ilink_user_id.len() > ID_MAX_BYTES
        || new.base_url.len() > BASE_MAX_BYTES;
    if is_too_long {
        return Err(CoreError::Fault("the platform gave credentials that are too long".to_owned()));
    }
    let before = store::ilink_connection::find_connection(db, user_id).await?;
    if before.is_none() {
        store::ilink_connection::insert_connection(db, ConnectionRow::new(user_id, ctx.now())).await?;
    } else if before.and_then(|row| row.ilink_user_id).as_deref() != Some(new.ilink_user_id.as_str()) {
        // What waits was meant for another WeChat.
        store::ilink_message::delete_items(db, user_id).await?;
    }
    store::ilink_connection::update_connected(db, user_id, new, ctx.now()).await?;
    changed(ctx, db).await?;
    Ok(())
}

/// Connects again with the token that is stored already, in the caller's transaction. False if there is none.
pub(super) async fn reconnect_within(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let mut is_connected = false;
    for from in [State::Paused, State::NeedsLogin] {
        is_connected |=
            store::ilink_connection::update_state(db, user_id, from.as_str(), State::Connected.as_str()).await?;
    }
    changed(ctx, db).await?;
    let row = store::ilink_connection::find_connection(db, user_id).await?;
    Ok(is_connected || row.is_some_and(|row| State::of(&row.state) == State::Connected))
}
