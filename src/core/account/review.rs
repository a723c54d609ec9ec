//! Access to an account, for its owner to review after signing in by their own WeChat: the password, other browsers, tokens
//! and rules. Each may have been set by an attacker who chose the password when the account was registered.

use super::{
    User,
    session::{self, WebSession},
};
use crate::{
    base::secret::Use,
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        rule::{
            Rule, Source,
            edit::{self, Editor},
            rejection::RuleRejection,
            search::{self, PAGE_MAX, Query},
        },
        token,
    },
    store::{self, Tx},
};

/// The access found.
#[derive(Debug, Clone)]
pub struct Review {
    /// True until the owner finishes the review.
    pub is_due: bool,
    pub has_password: bool,
    /// Signed-in browsers except the current one.
    pub browsers: Vec<WebSession>,
    /// True if tokens issued before may still be valid.
    pub has_tokens: bool,
    /// The first of the enabled rules.
    pub rules: Vec<Rule>,
    /// Number of enabled rules.
    pub rules_total: i64,
}

impl Review {
    /// True if nothing remains to end.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_password && self.browsers.is_empty() && !self.has_tokens && self.rules.is_empty()
    }
}

/// One kind of access to end.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    Password,
    /// A session, by its public id.
    Browser(&'a str),
    Tokens,
    /// A rule, by its number: it is disabled.
    Rule(i64),
}

/// Access to this account; `current` is the cookie value of the current browser.
///
/// # Errors
/// The database cannot be reached.
pub async fn look(ctx: &Ctx, user: &User, current: &str) -> Result<Review, CoreError> {
    let browsers = session::list(ctx, user.id, current).await?;
    let rules = search::search(ctx, user.id, &enabled()).await?;
    Ok(Review {
        is_due: user.review_generation.is_some(),
        has_password: user.has_password,
        browsers: browsers.into_iter().filter(|browser| !browser.is_current).collect(),
        // If the generation was raised since, all earlier tokens are invalid.
        has_tokens: user.review_generation.is_none_or(|generation| generation == user.generation),
        rules_total: rules.total,
        rules: rules.rules,
    })
}

fn enabled() -> Query {
    Query { is_enabled: Some(true), page: 1, size: PAGE_MAX, ..Query::default() }
}

/// Ends one kind of access. Repeating it does nothing.
///
/// # Errors
/// The database cannot be reached; [`CoreError::NotFound`] for a rule that does not exist.
pub async fn end(ctx: &Ctx, user: &User, item: Item<'_>, current: &str, address: &str) -> Result<(), CoreError> {
    match item {
        Item::Browser(public_id) => match session::revoke(ctx, user.id, public_id).await {
            Err(CoreError::NotFound) => Ok(()),
            other => other,
        },
        Item::Rule(number) => end_rules(ctx, user.id, &[number], address).await,
        Item::Password => {
            store::transact!(ctx.store, |tx| end_password(ctx, tx, user.id, current, address).await)
        }
        Item::Tokens => token::revoke_all(ctx, user.id).await,
    }
}

/// Ends all access except the current browser's, and finishes the review.
///
/// # Errors
/// The database cannot be reached; errors of changing rules.
pub async fn end_all(ctx: &Ctx, user: &User, current: &str, address: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| -> Result<(), CoreError> {
        end_password(ctx, tx, user.id, current, address).await?;
        store::web_session::delete_all_of(tx, user.id, &ctx.hash(Use::WebSession, current)).await?;
        Ok(())
    })?;
    // A disabled rule is on no later page.
    loop {
        let rules = search::search(ctx, user.id, &enabled()).await?.rules;
        if rules.is_empty() {
            break;
        }
        let numbers: Vec<i64> = rules.iter().map(|rule| rule.number).collect();
        end_rules(ctx, user.id, &numbers, address).await?;
    }
    finish(ctx, user.id).await
}

/// Finishes the review.
///
/// # Errors
/// The database cannot be reached.
pub async fn finish(ctx: &Ctx, user_id: i64) -> Result<(), CoreError> {
    Ok(store::transact!(ctx.store, |tx| store::access::update_reviewed(tx, user_id).await)?)
}

/// Ends the password, every token, and the sessions opened by the password.
async fn end_password(ctx: &Ctx, db: &mut Tx, user_id: i64, current: &str, address: &str) -> Result<(), CoreError> {
    // Raise the generation first: see `profile::store_password_within`.
    token::revoke_all_within(ctx, db, user_id).await?;
    if store::access::update_password_removed(db, user_id, ctx.now()).await? {
        audit::note(ctx, db, Act::Password, audit::user(user_id), (Some(user_id), address), "removed").await?;
    }
    Ok(store::web_session::delete_all_by_password(db, user_id, &ctx.hash(Use::WebSession, current)).await?)
}

async fn end_rules(ctx: &Ctx, user_id: i64, numbers: &[i64], address: &str) -> Result<(), CoreError> {
    let editor = Editor { owner_id: user_id, actor_id: user_id, door: Source::Web, address: address.to_owned() };
    match edit::set_enabled(ctx, &editor, numbers, false).await {
        Ok(_) => Ok(()),
        Err(RuleRejection::Core(error)) => Err(error),
        // No rule is written, so none can be rejected.
        Err(RuleRejection::Drafts(_)) => Err(CoreError::Conflict),
    }
}
