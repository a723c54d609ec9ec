//! What a QR code of this account is for, found by its scene.

use super::{Purpose, Status};
use crate::{
    base::secret::Use,
    core::{CoreError, Ctx},
    store,
};

/// A QR code that waits for its scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenScene {
    /// A sign-in page shows it.
    Page {
        purpose: Purpose,
        /// The name that is registered, or of the user who binds WeChat.
        name: Option<String>,
        /// Like `Chrome · Windows`; empty for a program.
        browser_label: String,
    },
    /// A client program shows it: see [`super::follow`].
    Client,
}

/// The purpose of the QR code with this scene; `None` once it was used, refused or has expired.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_open(ctx: &Ctx, scene: &str) -> Result<Option<OpenScene>, CoreError> {
    let (hash, now) = (ctx.hash(Use::Scene, scene), ctx.now());
    let mut db = ctx.store.read().await?;
    if let Some(row) = store::signin::find_by_scene(&mut db, &hash).await? {
        if Status::of(&row.status) != Status::Waiting || row.expires_at <= now {
            return Ok(None);
        }
        let user = match row.user_id {
            Some(id) => store::user::find_user(&mut db, id).await?,
            None => None,
        };
        let name = row.pending_username.or(user.map(|user| user.nickname));
        return Ok(Some(OpenScene::Page {
            purpose: Purpose::of(&row.purpose),
            name,
            browser_label: row.browser_label,
        }));
    }
    let client = store::follow::find_scene(&mut db, &hash).await?;
    Ok(client.filter(|row| row.completed_at.is_none() && row.expires_at > now).map(|_| OpenScene::Client))
}
