//! Removing deleted users from the index.

use super::{
    lock,
    members::{Members, split},
};
use crate::store::{Link as _, StoreError, Tx};
use sqlx::Row as _;

/// Removes a user from the index, before their row is deleted. It looks at the whole segment, so that nothing of the user stays, whatever
/// they were called when they were indexed.
pub async fn delete_user(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    lock(db).await?;
    let marked = db.sql("SELECT is_indexed FROM users_to_index WHERE user_id = ?").bind(user_id);
    let is_new = match marked.fetch_optional(db.conn()).await? {
        Some(row) => row.try_get::<i64, _>(0)? == 0,
        None => false,
    };
    if is_new {
        return Ok(());
    }
    let (segment, number) = split(user_id);
    let gone = Members::new(vec![number]);
    let query = db.sql("SELECT gram, members FROM user_postings WHERE segment = ?").bind(segment);
    let mut is_found = false;
    for row in query.fetch_all(db.conn()).await? {
        let (gram, members): (i64, Members) = (row.try_get(0)?, Members::read(&row.try_get::<String, _>(1)?));
        if !members.has_any_of(&gone) {
            continue;
        }
        is_found = true;
        let left = members.without(&gone);
        if left.is_empty() {
            let query = db.sql("DELETE FROM user_postings WHERE segment = ? AND gram = ?");
            query.bind(segment).bind(gram).execute(db.conn()).await?;
        } else {
            let query =
                db.sql("UPDATE user_postings SET users = users - 1, members = ? WHERE segment = ? AND gram = ?");
            query.bind(left.to_text()).bind(segment).bind(gram).execute(db.conn()).await?;
        }
    }
    if is_found {
        let query = db.sql("UPDATE user_segments SET users = users - 1 WHERE segment = ?");
        query.bind(segment).execute(db.conn()).await?;
    }
    Ok(())
}

/// Empties the index, before all users but the admins are deleted; the admins are marked.
pub async fn delete_ordinary(db: &mut Tx) -> Result<(), StoreError> {
    lock(db).await?;
    for text in [
        "DELETE FROM user_postings",
        "DELETE FROM user_segments",
        "DELETE FROM users_to_index",
        // A new number: an index that is built just now read them before.
        "INSERT INTO users_to_index (user_id, changes, is_indexed) SELECT u.id, r.revision, 0 FROM users u, revisions r \
         WHERE u.role = 'admin' AND r.topic = 'user_index'",
    ] {
        db.sql(text).execute(db.conn()).await?;
    }
    Ok(())
}
