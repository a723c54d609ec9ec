//! The chat's side of a sign-in: a scan, a sent code, and the user's confirmation. Runs inside the transaction of the
//! message.

#![expect(
    clippy::missing_errors_doc,
    reason = "the database cannot be reached, or a concurrent transaction collided: retry the transaction"
)]

use super::{
    Status,
    chat_outcome::ChatOutcome,
    complete::{Completed, complete, needs_confirm, question},
    follow, plain_mode,
};
use crate::{
    base::secret::Use,
    core::{
        Ctx, OfficialCtx,
        signin_log::{self, Door},
    },
    store::{self, StoreError, Tx, identity::IdentityRow, signin::SigninRow},
};

/// The outcome of a message, and what must be announced after the commit.
#[derive(Debug, Clone)]
pub struct ChatStep {
    pub outcome: ChatOutcome,
    /// Sessions whose status changed.
    pub changed: Vec<(i64, Status)>,
    /// The user whose tokens were ended.
    pub ended_tokens: Option<i64>,
}

impl ChatStep {
    fn unchanged(outcome: ChatOutcome) -> Self {
        Self::changed(outcome, Vec::new())
    }

    fn changed(outcome: ChatOutcome, changed: Vec<(i64, Status)>) -> Self {
        Self { outcome, changed, ended_tokens: None }
    }
}

/// The user scanned a QR with this scene. `None` if the scene belongs to neither a sign-in nor a client program.
pub async fn scan(
    ctx: &OfficialCtx,
    db: &mut Tx,
    scene: &str,
    identity: &IdentityRow,
) -> Result<Option<ChatStep>, StoreError> {
    if let Some(row) = store::signin::find_by_scene(db, &ctx.hash(Use::Scene, scene)).await?
        && row.appid == identity.appid
    {
        return handle_session(ctx, db, row, identity).await.map(Some);
    }
    if let Some(outcome) = follow::scan(ctx, db, scene, identity).await? {
        if matches!(outcome, ChatOutcome::AskFollow { .. }) {
            // One question at a time: `1` must refer to this one.
            return Ok(Some(ChatStep::changed(outcome, end_question(ctx, db, identity).await?)));
        }
        // The answer `取消` now refers to this.
        store::question::delete_question(db, &identity.appid, &identity.openid).await?;
        return Ok(Some(ChatStep::unchanged(outcome)));
    }
    // Our scenes have this form; an unknown one belongs to a deleted session, from an old photo of a QR.
    let is_ours = scene.len() == 22 && scene.bytes().all(|b| b.is_ascii_alphanumeric());
    Ok(is_ours.then(|| ChatStep::unchanged(ChatOutcome::Expired)))
}

/// The user sent digits. `None` if no session has this code.
pub async fn send_code(
    ctx: &OfficialCtx,
    db: &mut Tx,
    digits: &str,
    identity: &IdentityRow,
) -> Result<Option<ChatStep>, StoreError> {
    match store::signin::find_by_code(db, &ctx.hash(Use::Code, digits)).await? {
        Some(row) if row.appid == identity.appid && row.expires_at > ctx.now() => {
            handle_session(ctx, db, row, identity).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// The user confirms. `None` if no question is open.
pub async fn confirm(ctx: &OfficialCtx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<ChatStep>, StoreError> {
    let Some(row) =
        store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?.into_iter().next()
    else {
        return Ok(None);
    };
    if plain_mode::refuses(ctx, db, identity).await? {
        log_refusal(db, &row, identity, "plain-mode");
        return Ok(Some(ChatStep::unchanged(ChatOutcome::PlainMode)));
    }
    finish(ctx, db, row, identity).await.map(Some)
}

/// The user refuses, or undoes a binding to a client program. `None` if there is nothing to refuse.
pub async fn refuse(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<ChatStep>, StoreError> {
    match refuse_question(ctx, db, identity).await? {
        Some(step) => Ok(Some(step)),
        None => Ok(follow::cancel(ctx, db, identity).await?.map(|cancelled| ChatStep {
            ended_tokens: cancelled.user_id,
            ..ChatStep::unchanged(ChatOutcome::Cancelled)
        })),
    }
}

/// The user refuses an open question, and undoes nothing else. `None` if no question is open.
pub async fn refuse_question(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<ChatStep>, StoreError> {
    let rows = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    let Some(newest) = rows.first() else { return Ok(None) };
    let outcome = ChatOutcome::Refused(super::Purpose::of(&newest.purpose));
    for row in &rows {
        log_refusal(db, row, identity, "declined");
    }
    let changed = end_all(ctx, db, rows).await?;
    Ok(Some(ChatStep::changed(outcome, changed)))
}

/// Another question is asked: refuses an open question about signing in. Bindings done without a question stay.
pub async fn end_question(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Vec<(i64, Status)>, StoreError> {
    let rows = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    end_all(ctx, db, rows).await
}

async fn handle_session(
    ctx: &OfficialCtx,
    db: &mut Tx,
    row: SigninRow,
    identity: &IdentityRow,
) -> Result<ChatStep, StoreError> {
    if plain_mode::refuses(ctx, db, identity).await? {
        log_refusal(db, &row, identity, "plain-mode");
        return Ok(ChatStep::unchanged(ChatOutcome::PlainMode));
    }
    let is_same = row.openid.as_deref() == Some(identity.openid.as_str());
    let status = Status::of(&row.status);
    if row.expires_at <= ctx.now() {
        return Ok(ChatStep::unchanged(ChatOutcome::Expired));
    }
    match status {
        Status::Waiting => {}
        Status::Scanned if is_same => return Ok(ChatStep::unchanged(ask(ctx, db, &row, identity).await?)),
        Status::Success if is_same => return Ok(ChatStep::unchanged(ChatOutcome::DoneBefore)),
        Status::Scanned | Status::Success => return Ok(ChatStep::unchanged(ChatOutcome::TakenByOther)),
        Status::Expired | Status::Refused | Status::Error => return Ok(ChatStep::unchanged(ChatOutcome::Expired)),
    }
    if !needs_confirm(ctx, db, &row, identity).await? {
        return finish(ctx, db, row, identity).await;
    }
    // One question at a time: `1` must refer to the latest one.
    store::question::delete_question(db, &identity.appid, &identity.openid).await?;
    let older = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    let mut changed = end_all(ctx, db, older).await?;
    if !store::signin::update_scanned(db, row.id, &identity.openid, ctx.now()).await? {
        return Ok(ChatStep::changed(ChatOutcome::TakenByOther, changed));
    }
    changed.push((row.id, Status::Scanned));
    Ok(ChatStep::changed(ask(ctx, db, &row, identity).await?, changed))
}

async fn finish(
    ctx: &OfficialCtx,
    db: &mut Tx,
    row: SigninRow,
    identity: &IdentityRow,
) -> Result<ChatStep, StoreError> {
    let purpose = super::Purpose::of(&row.purpose);
    Ok(match complete(ctx, db, &row, identity).await? {
        Completed::Success { is_new, credits, name } => {
            let outcome = ChatOutcome::Done { purpose, is_new, credits, name };
            ChatStep::changed(outcome, vec![(row.id, Status::Success)])
        }
        Completed::Failed(fault) => {
            log_refusal(db, &row, identity, fault.as_str());
            ChatStep::changed(ChatOutcome::Failed(fault), vec![(row.id, Status::Error)])
        }
        Completed::TooLate => ChatStep::unchanged(ChatOutcome::Expired),
    })
}

/// Logs a refused sign-in after the commit; a binding is none.
fn log_refusal(db: &mut Tx, row: &SigninRow, identity: &IdentityRow, cause: &'static str) {
    let door = match super::Purpose::of(&row.purpose) {
        super::Purpose::Bind => return,
        super::Purpose::Register => Door::Register,
        super::Purpose::Login | super::Purpose::Reset if row.browser_hash.is_none() => Door::Program,
        super::Purpose::Login | super::Purpose::Reset => Door::WeChat,
    };
    let user_id = identity.user_id;
    db.after_commit(move || signin_log::refused(door, user_id, cause));
}

async fn end_all(ctx: &Ctx, db: &mut Tx, rows: Vec<SigninRow>) -> Result<Vec<(i64, Status)>, StoreError> {
    let mut changed = Vec::new();
    for row in rows {
        if store::signin::update_ended(db, row.id, Status::Refused.as_str(), None, ctx.now()).await? {
            changed.push((row.id, Status::Refused));
        }
    }
    Ok(changed)
}

async fn ask(ctx: &Ctx, db: &mut Tx, row: &SigninRow, identity: &IdentityRow) -> Result<ChatOutcome, StoreError> {
    Ok(ChatOutcome::Ask {
        question: question(ctx, db, row, identity).await?,
        browser_label: row.browser_label.clone(),
        address: row.address.clone(),
        asked_at: row.created_at,
    })
}
