//! Joining two accounts of one WeChat user. The platform reports the same unionid for identities of both; they become one
//! account only after the user agrees in the chat, where both accounts are named.
//!
//! An attacker who relays a registration's QR code chooses the password of the registered account. So the account that came by WeChat's
//! proof alone stays, and every password, session and token of either account ends with the join.

use super::{LEVELS, Origin, Role, User, admin, deletion, identity, level};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        audit::{self, Act},
        check_in, credit, rule, token,
    },
    store::{self, Tx, identity::IdentityRow},
};

/// The ledger's reason for the credits that the deleted account had.
const REASON: &str = "united";
/// How long after an unanswered question the user is asked again.
const ASK_AGAIN_MS: i64 = 24 * 3_600_000;

/// Two accounts of one WeChat user.
#[derive(Debug, Clone)]
pub struct Pair {
    pub stays: User,
    pub goes: User,
    /// Number of rules of the account that is deleted.
    pub rules: i64,
}

impl Pair {
    /// True if either is an admin, as the joined account will be.
    #[must_use]
    pub fn has_power(&self) -> bool {
        is_admin(&self.stays) || is_admin(&self.goes)
    }

    /// The accounts and roles that the question named: the answer applies to these only.
    #[must_use]
    pub fn subject(&self) -> String {
        let (stays, goes) = (&self.stays, &self.goes);
        format!("{},{},{},{}", stays.id, goes.id, stays.role.as_str(), goes.role.as_str())
    }

    fn ids(&self) -> (i64, i64) {
        (self.stays.id, self.goes.id)
    }
}

/// The outcome of an answer.
#[derive(Debug, Clone)]
pub enum Answered {
    Joined(Box<Pair>),
    /// A sign-in or a spend of either account is in progress: nothing was done, the question stays open.
    Busy,
    /// The accounts no longer match the question.
    Changed,
}

/// The user's other accounts: those with the same unionid.
///
/// # Errors
/// The database cannot be reached.
pub async fn others(ctx: &Ctx, user_id: i64) -> Result<Vec<User>, CoreError> {
    let mut db = ctx.store.read().await?;
    let mut users = Vec::new();
    for id in store::join::list_same_person(&mut db, user_id).await? {
        users.extend(store::user::find_user(&mut db, id).await?.map(|row| User::at(row, ctx.now())));
    }
    Ok(users)
}

/// The pair that this user is to be asked about now, recorded as asked; `None` if there is none. `is_wanted`: the user requested
/// it, so an earlier refusal or question does not count.
pub(crate) async fn take_due(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    is_wanted: bool,
) -> Result<Option<Pair>, CoreError> {
    let (Some(own), Some(unionid)) = (identity.user_id, identity.unionid.as_deref()) else { return Ok(None) };
    for other in store::identity::list_owners_of_unionid(db, unionid).await? {
        if other == own {
            continue;
        }
        let asked = store::join::find_asked(db, (own, other)).await?;
        let is_due = asked.is_none_or(|(at, is_refused)| !is_refused && at <= ctx.now() - ASK_AGAIN_MS);
        if !is_due && !is_wanted {
            continue;
        }
        if !is_wanted && store::join::has_signin(db, (own, other), ctx.now()).await? {
            continue;
        }
        if let Some(pair) = pair_of(ctx, db, unionid, (own, other)).await? {
            store::join::update_asked(db, pair.ids(), ctx.now()).await?;
            return Ok(Some(pair));
        }
    }
    Ok(None)
}

/// The two accounts; `None` if one no longer exists, is disabled, or also belongs to another WeChat user, who would get into the
/// joined account. Also `None` if one is an admin's and pushes are plaintext: an observer of one push can forge messages of any
/// user.
async fn pair_of(
    ctx: &OfficialCtx,
    db: &mut Tx,
    unionid: &str,
    (one, other): (i64, i64),
) -> Result<Option<Pair>, CoreError> {
    for id in [one, other] {
        let identities = store::identity::list_identities(db, id).await?;
        if identities.iter().any(|identity| identity.unionid.as_deref() != Some(unionid)) {
            return Ok(None);
        }
    }
    let first =
        store::user::find_user(db, one).await?.map(|row| User::at(row, ctx.now())).filter(|user| user.is_enabled);
    let second =
        store::user::find_user(db, other).await?.map(|row| User::at(row, ctx.now())).filter(|user| user.is_enabled);
    let (Some(first), Some(second)) = (first, second) else { return Ok(None) };
    let (stays, goes) = if rank(&first) > rank(&second) { (first, second) } else { (second, first) };
    let (rules, _, _) = store::directory::find_rule_counts(db, goes.id).await?;
    let pair = Pair { stays, goes, rules };
    Ok(Some(pair).filter(|pair| !(ctx.account.is_plain && pair.has_power())))
}

/// The account with the higher rank stays. An account that came by WeChat's proof stays before one that came by a password, then an
/// admin's before another, then the older one.
fn rank(user: &User) -> (u8, bool, i64) {
    let origin = match user.origin {
        Origin::Operator => 2,
        Origin::WeChat => 1,
        Origin::Password => 0,
    };
    (origin, is_admin(user), -user.id)
}

fn is_admin(user: &User) -> bool {
    user.role == Role::Admin
}

/// Joins the accounts of this subject, in the caller's transaction, after the user agreed. Call [`invalidate`] after the
/// commit.
pub(crate) async fn join(
    ctx: &OfficialCtx,
    db: &mut Tx,
    identity: &IdentityRow,
    subject: &str,
) -> Result<Answered, CoreError> {
    let Some(unionid) = identity.unionid.as_deref() else { return Ok(Answered::Changed) };
    // Locked before anything is read: concurrent sign-ins, spends and deletions run before or after.
    identity::relative(ctx, db, Some(unionid)).await?;
    admin::lock(db).await?;
    let owners = store::identity::list_owners_of_unionid(db, unionid).await?;
    let Some((one, other)) = named(subject).filter(|(one, other)| owners.contains(one) && owners.contains(other))
    else {
        return Ok(Answered::Changed);
    };
    for id in [one.min(other), one.max(other)] {
        if !store::user::lock_user(db, id).await? {
            return Err(CoreError::Collided);
        }
    }
    let Some(pair) = pair_of(ctx, db, unionid, (one, other)).await?.filter(|pair| pair.subject() == subject) else {
        return Ok(Answered::Changed);
    };
    if store::join::has_signin(db, (one, other), ctx.now()).await? || store::hold::has_hold(db, pair.goes.id).await? {
        return Ok(Answered::Busy);
    }
    end_access(ctx, db, &pair).await?;
    hand_over(ctx, db, &pair).await?;
    rule::cache::changed(ctx, db, pair.stays.id).await?;
    Ok(Answered::Joined(Box::new(pair)))
}

fn named(subject: &str) -> Option<(i64, i64)> {
    let mut parts = subject.split(',').map(str::parse::<i64>);
    Some((parts.next()?.ok()?, parts.next()?.ok()?)).filter(|(one, other)| one != other)
}

/// The holder of a password, a session or a token of either account may not be the user who agreed: all of them end.
async fn end_access(ctx: &Ctx, db: &mut Tx, pair: &Pair) -> Result<(), CoreError> {
    for id in [pair.stays.id, pair.goes.id] {
        // Raise the generation first: see `profile::store_password_within`.
        token::revoke_all_within(ctx, db, id).await?;
        store::access::update_password_removed(db, id, ctx.now()).await?;
        store::web_session::delete_all_of(db, id, "").await?;
        store::join::update_signins_ended(db, id, ctx.now()).await?;
        store::access::update_reviewed(db, id).await?;
        // Undoing a registration would delete the data of both accounts.
        store::registration::delete_registration(db, id).await?;
    }
    Ok(())
}

/// Moves the data of the account that goes to the one that stays, and deletes the former.
async fn hand_over(ctx: &Ctx, db: &mut Tx, pair: &Pair) -> Result<(), CoreError> {
    let (stays, goes, now) = (&pair.stays, &pair.goes, ctx.now());
    let went = store::user::find_user(db, goes.id).await?.ok_or(CoreError::Collided)?;
    credit::hand_over(ctx, db, goes.id, stays.id, REASON).await?;
    for (feature, period, used, expires_at) in store::usage::list_all(db, goes.id).await? {
        if !store::usage::update_used(db, stays.id, &feature, &period, used, i64::MAX).await? {
            store::usage::insert_used(db, stays.id, &feature, &period, used, expires_at).await?;
        }
    }
    let (level, until) = level::better((&stays.level, stays.level_until), (&goes.level, goes.level_until));
    let level = LEVELS[level::rank(level)];
    store::personal_data::update_completed_by(db, stays.id, (level, until), goes.id, now).await?;
    check_in::hand_over(db, goes.id, stays.id).await?;
    if is_admin(goes) && !is_admin(stays) {
        store::user::update_role(db, stays.id, Role::Admin.as_str(), now).await?;
    }
    store::join::update_owner_of_rules(db, goes.id, stays.id, now).await?;
    store::join::update_owner_of_files(db, goes.id, stays.id).await?;
    store::personal_data::update_owner_of_rows(db, goes.id, stays.id).await?;
    let detail = format!(
        "user/{}; level: {} → {level}; role: {} + {}; rules: {}",
        goes.id,
        stays.level,
        stays.role.as_str(),
        goes.role.as_str(),
        pair.rules,
    );
    audit::note(ctx, db, Act::Unite, audit::user(stays.id), (None, "wechat"), &detail).await?;
    deletion::delete_within(ctx, db, goes.id, None, "wechat").await?;
    // The name is free only after the deletion.
    if let (None, Some(name), Some(key)) = (&stays.username, &went.username, &went.username_key) {
        store::user::update_username(db, stays.id, name, key, now).await?;
    }
    Ok(())
}

/// Records a refusal: the user is asked again only on request.
pub(crate) async fn refuse(ctx: &Ctx, db: &mut Tx, subject: &str) -> Result<(), CoreError> {
    match named(subject) {
        Some(pair) => Ok(store::join::update_refused(db, pair, ctx.now()).await?),
        None => Ok(()),
    }
}

/// Two users whose accounts were joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinedUsers {
    pub kept: i64,
    pub deleted: i64,
}

/// Removes two joined accounts from this instance's memory; called after the commit.
pub(crate) fn invalidate(ctx: &Ctx, joined: JoinedUsers) {
    deletion::invalidate(ctx, joined.deleted);
    ctx.rule_cache.remove(joined.kept);
    ctx.token_status.invalidate(joined.kept);
}
