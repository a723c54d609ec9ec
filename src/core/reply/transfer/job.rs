//! A file on its way in through the web: uploaded, looked at, applied — each in a request of its own, at whatever instance.
//!
//! The file is kept in the database for an hour. Applying runs in a task of its own; whoever waits asks [`find`]. The plan is made
//! anew when it is applied, and must then be the one that was looked at: [`Look::mark`].

pub use super::state::{Failure, Imports, Outcome, Progress, State, Step};

use super::{Applied, FileFlaw, Format, Mode, Parsed, Plan, json, plan as make_plan, plan::plan_watched, read, wechat};
use crate::{
    core::{
        CoreError, Ctx,
        reply::{edit::Editor, refusal::Refusal},
    },
    store::{self, import::ImportRow},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long a file waits to be applied, and its result to be looked at.
const LIFE_MS: i64 = 60 * 60_000;
/// Work that has not ended after this long has died with its instance.
const DEAD_MS: i64 = 2 * 60_000;
/// How often it is noted that work goes on.
const ALIVE: Duration = Duration::from_secs(20);
/// Files of an owner that wait.
const MOST_WAITING: usize = 3;
/// The state of a job whose rules are being read from the platform.
const FETCHING: &str = "fetching";
/// Characters of a file's name.
const NAME_MAX_CHARS: usize = 80;

/// An import, as it stands.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: i64,
    /// The file's name, or empty for the platform's rules.
    pub name: String,
    pub format: Format,
    pub state: State,
    /// Epoch milliseconds.
    pub created_at: i64,
}

/// What an import would do.
#[derive(Debug, Clone)]
pub struct Look {
    pub plan: Plan,
    /// Stands for everything that the plan would do.
    pub mark: String,
}

/// Takes a file and gives the id of its job. An owner's oldest files go where there are more than three.
///
/// # Errors
/// The file cannot be read at all; [`CoreError::Busy`]; the database cannot be reached.
pub async fn begin(ctx: &Ctx, editor: &Editor, name: &str, bytes: &[u8]) -> Result<Result<i64, FileFlaw>, CoreError> {
    let format = Format::of(name, bytes);
    let whole = bytes.to_vec();
    if let Err(flaw) = ctx.apart.file(move || read(format, &whole).map(drop)).await? {
        return Ok(Err(flaw));
    }
    keep(ctx, editor, name, (format, "waiting"), bytes).await.map(Ok)
}

/// Begins to take the rules that were set on the platform's website, and the files that they need, in the background: [`find`] says how
/// far it is. What cannot be kept is in the plan's notes.
///
/// # Errors
/// The database cannot be reached.
pub async fn begin_from_platform(ctx: &Ctx, editor: &Editor) -> Result<i64, CoreError> {
    let id = keep(ctx, editor, "", (Format::Json, FETCHING), &[]).await?;
    let ctx = ctx.clone();
    tokio::spawn(async move {
        ctx.imports.set(id, Progress { step: Step::Fetching, ..Progress::default() });
        let fetched = while_alive(&ctx, (id, FETCHING), fetch(&ctx, id)).await;
        let done = match fetched {
            Ok(bytes) => fetched_whole(&ctx, id, &bytes).await,
            Err(failure) => end(&ctx, id, (FETCHING, "failed"), &failure).await,
        };
        if let Err(error) = done {
            tracing::error!(%error, "what was read from the platform was not noted");
        }
        ctx.imports.remove(id);
    });
    Ok(id)
}

async fn fetch(ctx: &Ctx, id: i64) -> Result<Vec<u8>, Failure> {
    let watch = |done, total| ctx.imports.set(id, Progress { step: Step::Fetching, done, total });
    let Parsed { rows, notes, .. } = wechat::from_platform_watched(ctx, watch).await.map_err(|fault| {
        tracing::warn!(%fault, "the platform's rules were not read");
        Failure::from(&fault)
    })?;
    Ok(json::write_noted(rows.into_iter().map(|row| (row.number, row.draft)), &notes))
}

async fn fetched_whole(ctx: &Ctx, id: i64, bytes: &[u8]) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    if store::import::update_import(&mut tx, id, (FETCHING, "waiting"), "", ctx.now()).await? {
        store::file::insert_file(&mut tx, id, bytes).await?;
    }
    Ok(tx.commit().await?)
}

/// Does work of a job and notes meanwhile that it is being done: whoever asks elsewhere would take it for dead.
async fn while_alive<T>(ctx: &Ctx, (id, state): (i64, &'static str), work: impl Future<Output = T>) -> T {
    let noting = async {
        let mut rounds = tokio::time::interval(ALIVE);
        loop {
            rounds.tick().await;
            // On the embedded database the work itself may be the one that writes: then the next round will do.
            if let Err(error) = note_alive(ctx, id, state).await {
                tracing::debug!(%error, "it was not noted that an import goes on");
            }
        }
    };
    tokio::select! {
        done = work => done,
        () = noting => unreachable!("it never ends"),
    }
}

async fn note_alive(ctx: &Ctx, id: i64, state: &'static str) -> Result<(), CoreError> {
    let progress = ctx.imports.find(id).unwrap_or_default();
    let mut tx = ctx.store.begin().await?;
    let noted = serde_json::to_string(&progress).unwrap_or_default();
    store::import::update_import(&mut tx, id, (state, state), &noted, ctx.now()).await?;
    Ok(tx.commit().await?)
}

async fn keep(
    ctx: &Ctx,
    editor: &Editor,
    name: &str,
    (format, state): (Format, &'static str),
    bytes: &[u8],
) -> Result<i64, CoreError> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let row = ImportRow {
        id: ctx.next_id(),
        owner_id: editor.owner_id,
        actor_id: editor.actor_id,
        name: name.chars().filter(|c| !c.is_control()).take(NAME_MAX_CHARS).collect(),
        format: format.as_str().to_owned(),
        state: state.to_owned(),
        result: String::new(),
        created_at: ctx.now(),
        changed_at: ctx.now(),
        expires_at: ctx.now() + LIFE_MS,
    };
    let mut tx = ctx.store.begin().await?;
    store::import::insert_import(&mut tx, &row).await?;
    store::file::insert_file(&mut tx, row.id, bytes).await?;
    store::import::delete_surplus(&mut tx, editor.owner_id, MOST_WAITING).await?;
    tx.commit().await?;
    Ok(row.id)
}

/// An owner's import.
///
/// # Errors
/// [`CoreError::NotFound`], also where its hour is over.
pub async fn find(ctx: &Ctx, owner_id: i64, id: i64) -> Result<Job, CoreError> {
    // First: what ends meanwhile has noted its end before it is forgotten here.
    let here = ctx.imports.find(id);
    let row = store::import::find_import(&mut ctx.store.read().await?, id, owner_id, ctx.now()).await?;
    let row = row.ok_or(CoreError::NotFound)?;
    Ok(Job { id, state: state(ctx, &row, here), format: format(&row), name: row.name, created_at: row.created_at })
}

fn format(row: &ImportRow) -> Format {
    if row.format == "json" { Format::Json } else { Format::Csv }
}

/// What has become of an import; `here`: how far this instance is with it, asked before the row was read.
fn state(ctx: &Ctx, row: &ImportRow, here: Option<Progress>) -> State {
    let read_failed = |json: &str| serde_json::from_str(json).unwrap_or(Failure::Other);
    match row.state.as_str() {
        "running" | FETCHING => match here {
            Some(here) => State::Running(here),
            None if ctx.now() - row.changed_at > DEAD_MS && row.state == FETCHING => {
                State::Failed(Failure::Unreachable)
            }
            None if ctx.now() - row.changed_at > DEAD_MS => State::Failed(Failure::Other),
            None => State::Running(serde_json::from_str(&row.result).unwrap_or_default()),
        },
        "done" => State::Done(serde_json::from_str(&row.result).unwrap_or_default()),
        "failed" => State::Failed(read_failed(&row.result)),
        _ => State::Waiting,
    }
}

/// What an import would do now.
///
/// # Errors
/// [`CoreError::NotFound`], also where its hour is over.
pub async fn look(ctx: &Ctx, owner_id: i64, id: i64, mode: Mode) -> Result<Look, CoreError> {
    let parsed = file_of(ctx, owner_id, id).await?;
    let plan = make_plan(ctx, owner_id, parsed, mode).await?;
    Ok(Look { mark: mark(&plan), plan })
}

async fn file_of(ctx: &Ctx, owner_id: i64, id: i64) -> Result<Parsed, CoreError> {
    let mut db = ctx.store.read().await?;
    let row = store::import::find_import(&mut db, id, owner_id, ctx.now()).await?.ok_or(CoreError::NotFound)?;
    let bytes = store::file::find_file(&mut db, id).await?;
    drop(db);
    let format = format(&row);
    ctx.apart.file(move || read(format, &bytes)).await?.map_err(|_| CoreError::NotFound)
}

/// 32 hexadecimal digits: a plan that does anything else has others.
fn mark(plan: &Plan) -> String {
    let mut digest = Sha256::new();
    let mut note = |what: &str, json: Vec<u8>| {
        digest.update(what);
        digest.update(json);
    };
    note(plan.mode.as_str(), Vec::new());
    for row in &plan.added {
        note("+", serde_json::to_vec(&row.draft).unwrap_or_default());
    }
    for changed in &plan.changed {
        let before = (changed.before.id, changed.before.revision);
        note("~", serde_json::to_vec(&(before, &changed.after)).unwrap_or_default());
    }
    for rule in &plan.removed {
        note("-", serde_json::to_vec(&(rule.id, rule.revision)).unwrap_or_default());
    }
    for flaw in &plan.flaws {
        note("!", flaw.line.to_be_bytes().to_vec());
    }
    let mut mark = hex::encode(digest.finalize());
    mark.truncate(32);
    mark
}

/// What is to be applied.
#[derive(Debug, Clone)]
pub struct Order {
    pub mode: Mode,
    /// That of the plan that was looked at.
    pub mark: String,
    /// Lines with flaws are left out, instead of keeping everything from being applied.
    pub is_partial: bool,
}

/// Begins to apply an import, in the background; [`find`] says how far it is. Asked twice, it is done once.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] where it was begun before.
pub async fn start(ctx: &Ctx, editor: &Editor, id: i64, order: Order) -> Result<(), CoreError> {
    let here = ctx.imports.find(id);
    let row = store::import::find_import(&mut ctx.store.read().await?, id, editor.owner_id, ctx.now()).await?;
    let row = row.ok_or(CoreError::NotFound)?;
    let from = match (state(ctx, &row, here), row.state.as_str()) {
        (State::Waiting, _) => "waiting",
        // There is nothing to apply.
        (State::Failed(failure), _) if failure.is_platforms() => return Err(CoreError::NotFound),
        (State::Failed(_), "failed") => "failed",
        // Its instance died; should it live after all, the later one finds other rules than were looked at.
        (State::Failed(_), _) => "running",
        (State::Running(_) | State::Done(_), _) => return Err(CoreError::Conflict),
    };
    let mut tx = ctx.store.begin().await?;
    if !store::import::update_import(&mut tx, id, (from, "running"), "", ctx.now()).await? {
        return Err(CoreError::Conflict);
    }
    tx.commit().await?;
    let (ctx, editor) = (ctx.clone(), editor.clone());
    tokio::spawn(async move {
        ctx.imports.set(id, Progress::default());
        let done = while_alive(&ctx, (id, "running"), run(&ctx, &editor, id, &order)).await;
        if let Err(error) = finish(&ctx, id, done).await {
            tracing::error!(%error, "the end of an import was not noted");
        }
        ctx.imports.remove(id);
    });
    Ok(())
}

async fn run(ctx: &Ctx, editor: &Editor, id: i64, order: &Order) -> Result<Applied, Failure> {
    let other = |error: CoreError| {
        tracing::error!(%error, "an import failed");
        Failure::Other
    };
    let parsed = file_of(ctx, editor.owner_id, id).await.map_err(other)?;
    let watching = ctx.clone();
    let watch = move |done, total| watching.imports.set(id, Progress { step: Step::Checking, done, total });
    let plan = plan_watched(ctx, editor.owner_id, parsed, order.mode, watch).await.map_err(other)?;
    if mark(&plan) != order.mark {
        return Err(Failure::Conflict);
    }
    if !plan.may_apply(order.is_partial) {
        return Err(Failure::Flaws);
    }
    ctx.imports.set(id, Progress { step: Step::Saving, done: 0, total: plan.len() });
    super::apply(ctx, editor, &plan).await.map_err(|refusal| match refusal {
        Refusal::Drafts(_) => Failure::Flaws,
        Refusal::Core(CoreError::Conflict | CoreError::NotFound) => Failure::Conflict,
        Refusal::Core(error) => other(error),
    })
}

async fn finish(ctx: &Ctx, id: i64, done: Result<Applied, Failure>) -> Result<(), CoreError> {
    match done {
        Ok(Applied { added, changed, removed }) => {
            let outcome = Outcome { added: added.len(), changed, removed };
            end(ctx, id, ("running", "done"), &outcome).await
        }
        Err(failure) => end(ctx, id, ("running", "failed"), &failure).await,
    }
}

async fn end(
    ctx: &Ctx,
    id: i64,
    states: (&'static str, &'static str),
    result: &impl Serialize,
) -> Result<(), CoreError> {
    let result = serde_json::to_string(result).unwrap_or_default();
    let mut tx = ctx.store.begin().await?;
    store::import::update_import(&mut tx, id, states, &result, ctx.now()).await?;
    Ok(tx.commit().await?)
}
