//! Changes to connections, which every instance must notice.

use crate::{
    core::Ctx,
    store::{self, StoreError, Tx},
};

/// The topic in `revisions`.
pub(super) const TOPIC: &str = "ilink";

/// Records that connections changed, in the caller's transaction: after its commit this instance looks at them at once, and the others
/// do within seconds.
pub(crate) async fn changed(ctx: &Ctx, db: &mut Tx) -> Result<(), StoreError> {
    let woken = ctx.clone();
    db.after_commit(move || woken.ilink.wake());
    store::fact::bump_revision(db, TOPIC).await
}

/// Ends a user's connection in the caller's transaction: its token, what waits to be sent, and a sign-in under way are forgotten.
pub(crate) async fn disconnect_within(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let is_ended = store::ilink_connection::update_disconnected(db, user_id).await?;
    store::ilink_message::delete_items(db, user_id).await?;
    store::ilink_login::delete_login(db, user_id).await?;
    if is_ended {
        changed(ctx, db).await?;
    }
    Ok(is_ended)
}
