//! Forgetting people: the statements that the list stands for.

use super::{
    Forget::{self, Delete, Empty},
    Key, Table, list_tables,
};
use crate::store::{Link, StoreError, Tx, link::Asked};
use sqlx::{Row as _, any::AnyRow};

/// Who is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    User(i64),
    /// All users except the admins.
    Ordinary,
}

/// `appid` and `openid` of an identity.
pub type IdentityKey = (String, String);

/// A condition on rows: its text, and the values that it binds.
struct Condition {
    pieces: Vec<&'static str>,
    values: Values,
}

enum Values {
    None,
    Id(i64),
    Text(String),
    Identity(IdentityKey),
}

impl Values {
    fn bind(&self, query: Asked) -> Asked {
        match self {
            Self::None => query,
            Self::Id(id) => query.bind(*id),
            Self::Text(text) => query.bind(text.clone()),
            Self::Identity((appid, openid)) => query.bind(appid.clone()).bind(openid.clone()),
        }
    }
}

const ORDINARY: &str = "SELECT id FROM users WHERE role <> 'admin'";

fn of_identity(identity: &IdentityKey) -> Condition {
    Condition { pieces: vec!["appid = ? AND openid = ?"], values: Values::Identity(identity.clone()) }
}

/// The rows of a subject by this key. `None`: only those of [`list_identities`], see [`of_identity`].
fn of_subject(table: &Table, key: Key, subject: Subject) -> Option<Condition> {
    let (pieces, values) = match (key, subject) {
        // The identities themselves are found by their user.
        (Key::Identity, Subject::Ordinary) if table.name != "identities" => {
            let set = "(appid, openid) IN (SELECT appid, openid FROM identities WHERE user_id IN (";
            (vec![set, ORDINARY, "))"], Values::None)
        }
        (Key::Identity, _) => return None,
        (Key::Row(condition), _) => (vec![condition], Values::None),
        (Key::User(column), Subject::User(id)) => (vec![column, " = ?"], Values::Id(id)),
        // MySQL refuses a subquery of the table that it deletes from (error 1093).
        (Key::User(_), Subject::Ordinary) if table.name == "users" => (vec!["role <> 'admin'"], Values::None),
        (Key::User(column), Subject::Ordinary) => (vec![column, " IN (", ORDINARY, ")"], Values::None),
        (Key::Target(column), Subject::User(id)) => (vec![column, " = ?"], Values::Text(format!("user/{id}"))),
        (Key::Target(column), Subject::Ordinary) => {
            (vec![column, " IN (SELECT CONCAT('user/', id) FROM users WHERE role <> 'admin')"], Values::None)
        }
        (Key::Username(column), Subject::User(id)) => {
            (vec![column, " IN (SELECT username FROM users WHERE id = ?)"], Values::Id(id))
        }
        (Key::Username(column), Subject::Ordinary) => {
            (vec![column, " IN (SELECT username FROM users WHERE role <> 'admin')"], Values::None)
        }
        (Key::OwnerOf(column, parent), Subject::User(id)) => {
            (vec![column, " IN (SELECT id FROM ", parent, " WHERE owner_id = ?)"], Values::Id(id))
        }
        (Key::OwnerOf(column, parent), Subject::Ordinary) => {
            (vec![column, " IN (SELECT id FROM ", parent, " WHERE owner_id IN (", ORDINARY, "))"], Values::None)
        }
    };
    Some(Condition { pieces, values })
}

async fn forget(db: &mut Tx, table: &Table, how: Forget, which: &Condition) -> Result<u64, StoreError> {
    let mut pieces = Vec::new();
    match how {
        Delete => pieces.extend(["DELETE FROM ", table.name]),
        Empty(columns) => {
            pieces.extend(["UPDATE ", table.name, " SET "]);
            for (at, (_, assignment)) in columns.iter().enumerate() {
                pieces.extend((at > 0).then_some(", "));
                pieces.push(assignment);
            }
        }
    }
    pieces.push(" WHERE ");
    pieces.extend(&which.pieces);
    Ok(which.values.bind(db.sql_of(&pieces)).execute(db.conn()).await?.rows_affected())
}

/// Forgets users, their identities, and everything that belongs to them alone; returns the number of users. Their rows are locked
/// first: a concurrent transaction that adds data for one of them commits before, or finds no user.
pub async fn delete_of(db: &mut Tx, subject: Subject) -> Result<u64, StoreError> {
    match subject {
        Subject::User(id) => {
            crate::store::user::lock_user(db, id).await?;
            crate::store::identity::lock_identities(db, id).await?;
            crate::store::user_index::delete_user(db, id).await?;
        }
        Subject::Ordinary => {
            db.sql("UPDATE users SET updated_at = updated_at + 1 WHERE role <> 'admin'").execute(db.conn()).await?;
            let identities = "UPDATE identities SET is_subscribed = is_subscribed \
                              WHERE user_id IN (SELECT id FROM users WHERE role <> 'admin')";
            db.sql(identities).execute(db.conn()).await?;
            crate::store::user_index::delete_ordinary(db).await?;
        }
    }
    let identities = list_identities(db, subject, true).await?;
    for (appid, openid) in &identities {
        crate::store::identity::lock_identity(db, appid, openid).await?;
    }
    let mut users = 0;
    for table in list_tables() {
        for (key, how) in table.forget {
            if let Some(which) = of_subject(table, *key, subject) {
                users = forget(db, table, *how, &which).await?;
            }
            let each = if *key == Key::Identity { identities.as_slice() } else { &[] };
            for identity in each {
                forget(db, table, *how, &of_identity(identity)).await?;
            }
        }
    }
    // The last statement deleted the users.
    Ok(users)
}

/// Forgets a follower: an identity and everything that is stored under it; also data without an identity.
pub async fn delete_identity(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    crate::store::identity::lock_identity(db, appid, openid).await?;
    crate::store::user_index::update_owner_marked(db, appid, openid).await?;
    let which = of_identity(&(appid.to_owned(), openid.to_owned()));
    for table in list_tables() {
        for (key, how) in table.forget {
            match key {
                Key::Identity => forget(db, table, *how, &which).await?,
                Key::Row(condition) => {
                    forget(db, table, *how, &Condition { pieces: vec![condition], values: Values::None }).await?
                }
                _ => 0,
            };
        }
    }
    Ok(())
}

/// Forgets the answers that are stored for an identity: those for redeliveries, and the rest of long ones. They may contain its name.
pub async fn update_replies_forgotten(db: &mut Tx, appid: &str, openid: &str) -> Result<(), StoreError> {
    let which = of_identity(&(appid.to_owned(), openid.to_owned()));
    for table in list_tables() {
        if !matches!(table.name, "deliveries" | "pending_replies") {
            continue;
        }
        for (key, how) in table.forget {
            if *key == Key::Identity {
                forget(db, table, *how, &which).await?;
            }
        }
    }
    Ok(())
}

/// The identities of a user, and those without a user that are the same person's: with the same unionid, or unbound after they sent
/// messages for the account (`with_unbound`; not for an export: who has the account now may be another person). Of all ordinary users only
/// the latter: theirs are found in one statement.
pub(super) async fn list_identities(
    db: &mut impl Link,
    subject: Subject,
    with_unbound: bool,
) -> Result<Vec<IdentityKey>, StoreError> {
    let (condition, values) = match subject {
        Subject::User(id) => (" = ?", Values::Id(id)),
        Subject::Ordinary => (" IN (SELECT id FROM users WHERE role <> 'admin')", Values::None),
    };
    let mut statements = vec![(
        "SELECT appid, openid FROM identities WHERE user_id IS NULL AND unionid IN (SELECT unionid FROM identities WHERE user_id",
        ")",
    )];
    if with_unbound {
        statements.push((
            "SELECT DISTINCT i.appid, i.openid FROM messages m JOIN identities i ON i.appid = m.appid AND i.openid = m.openid \
             WHERE i.user_id IS NULL AND m.user_id",
            "",
        ));
    }
    if subject != Subject::Ordinary {
        statements.push(("SELECT appid, openid FROM identities WHERE user_id", ""));
    }
    let mut found = Vec::new();
    for (head, tail) in statements {
        for row in values.bind(db.sql_of(&[head, condition, tail])).fetch_all(db.conn()).await? {
            found.push(key_of(&row)?);
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn key_of(row: &AnyRow) -> Result<IdentityKey, sqlx::Error> {
    Ok((row.try_get(0)?, row.try_get(1)?))
}
