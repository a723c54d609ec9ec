//! Pictures of users. An app of WeChat presents an address; the program fetches the picture from there once, makes it small, drops all
//! metadata, and serves it itself: a visitor's browser asks no other site. The APIs go on giving the address.

use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        image::{self, PictureError},
    },
    store::{self, StoreError, Tx, avatar::PICTURE_MAX_BYTES},
    wechat::api::ApiError,
};
use tokio::sync::Semaphore;
use url::Url;

/// Width and height of a stored picture: twice what pages show.
const SIDE: u32 = 128;
/// An address that gave no picture is asked again at a sign-in after this time.
const RETRY_MS: i64 = 24 * 3_600_000;
/// Pictures that are fetched and decoded at the same time; more wait, and beyond [`MOST_WAITING`] they are left for the next sign-in.
static FETCHES: Semaphore = Semaphore::const_new(2);
static WAITING: Semaphore = Semaphore::const_new(MOST_WAITING);
const MOST_WAITING: usize = 100;

/// Why no picture was stored.
#[derive(Debug)]
pub enum Failure {
    Store(StoreError),
    /// The address may not be asked, or did not answer with a file of at most 2 MB.
    Fetch(ApiError),
    /// The file is no picture, or a too large one.
    Picture(PictureError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Fetches a user's picture in the background, if its address is new.
pub fn fetch_soon(ctx: &OfficialCtx, user_id: i64) {
    let Ok(place) = WAITING.try_acquire() else { return };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        let fetched = fetch(&ctx, user_id).await;
        drop(place);
        match fetched {
            Ok(()) => {}
            // The address is the user's: it is not logged.
            Err(Failure::Fetch(error)) => tracing::debug!(user_id, error = error.name(), "a picture was not fetched"),
            Err(Failure::Picture(error)) => tracing::debug!(user_id, ?error, "a fetched file is no picture"),
            Err(Failure::Store(error)) => tracing::warn!(user_id, %error, "a picture could not be stored"),
        }
    });
}

/// Fetches the picture if its address is new, or gave none a day ago.
///
/// # Errors
/// [`Failure`]: the user has no picture.
pub async fn fetch(ctx: &OfficialCtx, user_id: i64) -> Result<(), Failure> {
    let Some(source) = due(ctx, user_id).await? else { return Ok(()) };
    // Never closed.
    let _place = FETCHES.acquire().await;
    let now = ctx.now();
    // Also a claim: another instance that looks now finds the address asked.
    let is_claimed = store::transact!(ctx.store, |tx| -> Result<bool, StoreError> {
        let is_current = is_current(tx, user_id, &source).await?;
        if is_current {
            store::avatar::replace_source(tx, user_id, &source, now).await?;
        }
        Ok(is_current)
    })?;
    if !is_claimed {
        return Ok(());
    }
    let url = Url::parse(&source).map_err(|_| Failure::Fetch(ApiError::Malformed))?;
    let bytes = ctx.account.platform.fetch_picture(&url).await.map_err(Failure::Fetch)?;
    let made = tokio::task::spawn_blocking(move || image::square(&bytes, SIDE, PICTURE_MAX_BYTES)).await;
    let picture = made.unwrap_or(Err(PictureError::Damaged)).map_err(Failure::Picture)?;
    let key = ctx.rng.token();
    store::transact!(ctx.store, |tx| -> Result<(), StoreError> {
        if is_current(tx, user_id, &source).await? {
            store::avatar::update_picture(tx, user_id, &source, &key, &picture).await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Locks the user's row, and tells whether this is still the address of their picture: the user may have been deleted, or the picture
/// withdrawn or replaced, since it was read. Deletions lock in the same order.
async fn is_current(db: &mut Tx, user_id: i64, source: &str) -> Result<bool, StoreError> {
    if !store::user::lock_user(db, user_id).await? {
        return Ok(false);
    }
    let user = store::user::find_user(db, user_id).await?;
    Ok(user.and_then(|user| user.avatar_url).as_deref() == Some(source))
}

/// The address to ask; `None` if there is none, or it was asked already.
async fn due(ctx: &Ctx, user_id: i64) -> Result<Option<String>, StoreError> {
    let mut db = ctx.store.read().await?;
    let user = store::user::find_user(&mut db, user_id).await?;
    let Some(source) = user.and_then(|user| user.avatar_url) else { return Ok(None) };
    let is_asked = match store::avatar::find_source(&mut db, user_id).await? {
        Some((of, has_picture, asked_at)) => of == source && (has_picture || ctx.now() - asked_at < RETRY_MS),
        None => false,
    };
    Ok((!is_asked).then_some(source))
}

/// The path of a user's picture on this site; `None` without one.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_path(ctx: &Ctx, user_id: i64) -> Result<Option<String>, CoreError> {
    let key = store::avatar::find_key(&mut ctx.store.read().await?, user_id).await?;
    Ok(key.map(|key| format!("/avatars/{key}")))
}

/// The picture with this key, a WebP.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, key: &str) -> Result<Vec<u8>, CoreError> {
    store::avatar::find_picture(&mut ctx.store.read().await?, key).await?.ok_or(CoreError::NotFound)
}
