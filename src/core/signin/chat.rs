//! The phone's side: a scan, a sent code, and the person's word. Always inside the transaction of the message that brings it.

#![expect(
    clippy::missing_errors_doc,
    reason = "the database cannot be reached, or a rival met us: do the transaction again"
)]

use super::{
    Fault, Status,
    complete::{Completed, complete, needs_confirm},
    follow,
};
use crate::{
    core::{Ctx, secret::Use},
    store::{self, StoreError, Tx, identity::IdentityRow, signin::SigninRow},
};

/// What the chat is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The QR or the code is old, used, or was never made.
    Expired,
    /// Somebody else's phone was there first.
    TakenByOther,
    /// The person must agree: told which browser, from where, and when (epoch milliseconds).
    Ask {
        purpose: super::Purpose,
        browser_label: String,
        address: String,
        asked_at: i64,
    },
    /// The browser is let in.
    Done {
        purpose: super::Purpose,
        is_new: bool,
        credits: i64,
        name: String,
    },
    /// The person belongs to a client program from now on, and may take that back.
    Followed {
        credits: i64,
        name: String,
    },
    /// It was let in before.
    DoneBefore,
    Refused,
    /// A client program was sent away again.
    Cancelled,
    Failed(Fault),
}

/// What was heard, and which sessions' pages must be told once the transaction is committed.
#[derive(Debug, Clone)]
pub struct Turn {
    pub heard: Heard,
    pub changed: Vec<(i64, Status)>,
}

impl Turn {
    fn unchanged(heard: Heard) -> Self {
        Self { heard, changed: Vec::new() }
    }
}

/// The person scanned a QR with this scene. None where the scene is neither of a sign-in nor of a client program.
pub async fn scan(ctx: &Ctx, db: &mut Tx, scene: &str, identity: &IdentityRow) -> Result<Option<Turn>, StoreError> {
    if let Some(row) = store::signin::find_by_scene(db, &ctx.hash(Use::Scene, scene)).await?
        && row.appid == identity.appid
    {
        return meet(ctx, db, row, identity).await.map(Some);
    }
    if let Some(heard) = follow::scan(ctx, db, scene, identity).await? {
        // Whoever answers `取消` now means this.
        store::question::delete_question(db, &identity.appid, &identity.openid).await?;
        return Ok(Some(Turn::unchanged(heard)));
    }
    // Ours have this form; a session that was swept away is an old photo of a QR.
    let is_ours = scene.len() == 22 && scene.bytes().all(|b| b.is_ascii_alphanumeric());
    Ok(is_ours.then(|| Turn::unchanged(Heard::Expired)))
}

/// The person sent digits. None where no page shows them just now.
pub async fn send_code(
    ctx: &Ctx,
    db: &mut Tx,
    digits: &str,
    identity: &IdentityRow,
) -> Result<Option<Turn>, StoreError> {
    match store::signin::find_by_code(db, &ctx.hash(Use::Code, digits)).await? {
        Some(row) if row.appid == identity.appid && row.expires_at > ctx.now() => {
            meet(ctx, db, row, identity).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// The person agrees. None where nothing waits for their word.
pub async fn confirm(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<Turn>, StoreError> {
    let Some(row) =
        store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?.into_iter().next()
    else {
        return Ok(None);
    };
    finish(ctx, db, row, identity).await.map(Some)
}

/// The person refuses, or takes back what bound at once. None where nothing waits for their word.
pub async fn refuse(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Option<Turn>, StoreError> {
    let rows = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    if rows.is_empty() {
        return Ok(follow::cancel(ctx, db, identity).await?.map(Turn::unchanged));
    }
    let changed = end_all(ctx, db, rows).await?;
    Ok(Some(Turn { heard: Heard::Refused, changed }))
}

/// Something else is asked: a question about signing in that is still open is refused. What was done without asking stays done.
pub async fn end_question(ctx: &Ctx, db: &mut Tx, identity: &IdentityRow) -> Result<Vec<(i64, Status)>, StoreError> {
    let rows = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    end_all(ctx, db, rows).await
}

async fn meet(ctx: &Ctx, db: &mut Tx, row: SigninRow, identity: &IdentityRow) -> Result<Turn, StoreError> {
    let is_same = row.openid.as_deref() == Some(identity.openid.as_str());
    let status = Status::of(&row.status);
    if row.expires_at <= ctx.now() {
        return Ok(Turn::unchanged(Heard::Expired));
    }
    match status {
        Status::Waiting => {}
        Status::Scanned if is_same => return Ok(Turn::unchanged(ask(&row))),
        Status::Success if is_same => return Ok(Turn::unchanged(Heard::DoneBefore)),
        Status::Scanned | Status::Success => return Ok(Turn::unchanged(Heard::TakenByOther)),
        Status::Expired | Status::Refused | Status::Error => return Ok(Turn::unchanged(Heard::Expired)),
    }
    if !needs_confirm(ctx, db, &row, identity).await? {
        return finish(ctx, db, row, identity).await;
    }
    // One question at a time: `1` must mean the one that was asked last.
    store::question::delete_question(db, &identity.appid, &identity.openid).await?;
    let older = store::signin::list_scanned(db, &identity.appid, &identity.openid, ctx.now()).await?;
    let mut changed = end_all(ctx, db, older).await?;
    if !store::signin::update_scanned(db, row.id, &identity.openid, ctx.now()).await? {
        return Ok(Turn { heard: Heard::TakenByOther, changed });
    }
    changed.push((row.id, Status::Scanned));
    Ok(Turn { heard: ask(&row), changed })
}

async fn finish(ctx: &Ctx, db: &mut Tx, row: SigninRow, identity: &IdentityRow) -> Result<Turn, StoreError> {
    let purpose = super::Purpose::of(&row.purpose);
    Ok(match complete(ctx, db, &row, identity).await? {
        Completed::Success { is_new, credits, name } => {
            Turn { heard: Heard::Done { purpose, is_new, credits, name }, changed: vec![(row.id, Status::Success)] }
        }
        Completed::Failed(fault) => Turn { heard: Heard::Failed(fault), changed: vec![(row.id, Status::Error)] },
        Completed::TooLate => Turn::unchanged(Heard::Expired),
    })
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

fn ask(row: &SigninRow) -> Heard {
    Heard::Ask {
        purpose: super::Purpose::of(&row.purpose),
        browser_label: row.browser_label.clone(),
        address: row.address.clone(),
        asked_at: row.created_at,
    }
}
