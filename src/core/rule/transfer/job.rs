//! Import jobs of the web: a file is uploaded, previewed and applied, each in a request of its own, at any instance.
//!
//! The file is stored in the database for an hour. It is applied in a background task; clients poll [`find`]. The plan is computed
//! again when it is applied, and must then equal the previewed one: [`Look::mark`].

pub use super::state::{Failure, Imports, Outcome, Progress, State, Step};

use super::{Applied, FileFlaw, Format, Mode, Parsed, Plan, json, plan as make_plan, plan::plan_watched, read, wechat};
use crate::{
    core::{
        CoreError, Ctx, OfficialCtx,
        account::lock_owner,
        rule::{edit::Editor, rejection::RuleRejection},
    },
    store::{self, import::ImportRow},
    text::cut,
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long a file waits to be applied, and its result to be viewed.
const LIFE_MS: i64 = 60 * 60_000;
/// A job that shows no progress for this long belongs to a dead instance.
const DEAD_MS: i64 = 2 * 60_000;
/// The interval of recording progress.
const ALIVE: Duration = Duration::from_secs(20);
/// The most waiting files of an owner.
const MOST_WAITING: usize = 3;
/// The state of a job that is reading the platform's rules.
const FETCHING: &str = "fetching";
/// The most characters of a file's name.
const NAME_MAX_CHARS: usize = 80;

/// An import and its state.
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

/// The preview of an import.
#[derive(Debug, Clone)]
pub struct Look {
    pub plan: Plan,
    /// A hash of everything that the plan would do.
    pub mark: String,
}

/// Stores a file and returns the id of its job. An owner's oldest files beyond three are deleted.
///
/// # Errors
/// The file cannot be parsed at all; [`CoreError::Busy`]; the database cannot be reached.
pub async fn begin(ctx: &Ctx, editor: &Editor, name: &str, bytes: &[u8]) -> Result<Result<i64, FileFlaw>, CoreError> {
    let format = Format::of(name, bytes);
    let whole = bytes.to_vec();
    if let Err(flaw) = ctx.worker_pool.file(move || read(format, &whole).map(drop)).await? {
        return Ok(Err(flaw));
    }
    keep(ctx, editor, name, (format, "waiting"), bytes).await.map(Ok)
}

/// Starts to fetch the rules set on the platform's website, with their files, in the background: [`find`] shows the progress. Losses
/// are listed in the plan's notes.
///
/// # Errors
/// The database cannot be reached.
pub async fn begin_from_platform(ctx: &OfficialCtx, editor: &Editor) -> Result<i64, CoreError> {
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
            tracing::error!(%error, "the rules read from the platform could not be stored");
        }
        ctx.imports.remove(id);
    });
    Ok(id)
}

async fn fetch(ctx: &OfficialCtx, id: i64) -> Result<Vec<u8>, Failure> {
    let watch = |done, total| ctx.imports.set(id, Progress { step: Step::Fetching, done, total });
    let Parsed { rows, notes, .. } = wechat::from_platform_watched(ctx, watch).await.map_err(|fault| {
        tracing::warn!(%fault, "the platform's rules were not read");
        Failure::from(&fault)
    })?;
    Ok(json::write_noted(rows.into_iter().map(|row| (row.number, row.draft)), &notes))
}

async fn fetched_whole(ctx: &Ctx, id: i64, bytes: &[u8]) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if store::import::update_import(tx, id, (FETCHING, "waiting"), "", ctx.now()).await? {
            store::file::insert_file(tx, id, bytes).await?;
        }
        Ok(())
    })
}

/// Runs work of a job and records meanwhile that it is running: otherwise other instances would consider it dead.
async fn while_alive<T>(ctx: &Ctx, (id, state): (i64, &'static str), work: impl Future<Output = T>) -> T {
    let recording = async {
        let mut rounds = tokio::time::interval(ALIVE);
        loop {
            rounds.tick().await;
            // On the embedded database the work itself may hold the write lock: the next round will succeed.
            if let Err(error) = record_progress(ctx, id, state).await {
                tracing::debug!(%error, "the progress of an import could not be recorded");
            }
        }
    };
    tokio::select! {
        done = work => done,
        () = recording => unreachable!("the loop never ends"),
    }
}

async fn record_progress(ctx: &Ctx, id: i64, state: &'static str) -> Result<(), CoreError> {
    let progress = ctx.imports.find(id).unwrap_or_default();
    let json = serde_json::to_string(&progress).unwrap_or_default();
    store::transact!(ctx.store, |tx| store::import::update_import(tx, id, (state, state), &json, ctx.now()).await)?;
    Ok(())
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
        name: cut::chars(&name.chars().filter(|c| !c.is_control()).collect::<String>(), NAME_MAX_CHARS).to_owned(),
        format: format.as_str().to_owned(),
        state: state.to_owned(),
        result: String::new(),
        created_at: ctx.now(),
        changed_at: ctx.now(),
        expires_at: ctx.now() + LIFE_MS,
    };
    store::transact!(ctx.store, |tx| {
        lock_owner(tx, editor.owner_id).await?;
        store::import::insert_import(tx, &row).await?;
        store::file::insert_file(tx, row.id, bytes).await?;
        store::import::delete_surplus(tx, editor.owner_id, MOST_WAITING).await?;
        Ok(row.id)
    })
}

/// An owner's import.
///
/// # Errors
/// [`CoreError::NotFound`], also after the import expired.
pub async fn find(ctx: &Ctx, owner_id: i64, id: i64) -> Result<Job, CoreError> {
    // First: work that ends meanwhile stores its end before it is removed here.
    let here = ctx.imports.find(id);
    let row = store::import::find_import(&mut ctx.store.read().await?, id, owner_id, ctx.now()).await?;
    let row = row.ok_or(CoreError::NotFound)?;
    Ok(Job { id, state: state(ctx, &row, here), format: format(&row), name: row.name, created_at: row.created_at })
}

fn format(row: &ImportRow) -> Format {
    if row.format == "json" { Format::Json } else { Format::Csv }
}

/// The state of an import; `here`: its progress in this instance, read before the row.
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

/// Previews an import.
///
/// # Errors
/// [`CoreError::NotFound`], also after the import expired.
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
    ctx.worker_pool.file(move || read(format, &bytes)).await?.map_err(|_| CoreError::NotFound)
}

/// A hash of a plan in 32 hexadecimal digits.
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

/// A request to apply an import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    pub mode: Mode,
    /// The mark of the previewed plan.
    pub mark: String,
    /// Whether invalid lines are left out; otherwise they prevent the import.
    pub is_partial: bool,
}

/// Starts to apply an import in the background; [`find`] shows the progress. Repeated calls apply it once.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if it was started before.
pub async fn start(ctx: &Ctx, editor: &Editor, id: i64, order: ImportRequest) -> Result<(), CoreError> {
    let here = ctx.imports.find(id);
    let row = store::import::find_import(&mut ctx.store.read().await?, id, editor.owner_id, ctx.now()).await?;
    let row = row.ok_or(CoreError::NotFound)?;
    let from = match (state(ctx, &row, here), row.state.as_str()) {
        (State::Waiting, _) => "waiting",
        // There is nothing to apply.
        (State::Failed(failure), _) if failure.is_platforms() => return Err(CoreError::NotFound),
        (State::Failed(_), "failed") => "failed",
        // Its instance died; if it is alive after all, the later one finds changed rules and fails.
        (State::Failed(_), _) => "running",
        (State::Running(_) | State::Done(_), _) => return Err(CoreError::Conflict),
    };
    let states = (from, "running");
    if !store::transact!(ctx.store, |tx| store::import::update_import(tx, id, states, "", ctx.now()).await)? {
        return Err(CoreError::Conflict);
    }
    let (ctx, editor) = (ctx.clone(), editor.clone());
    tokio::spawn(async move {
        ctx.imports.set(id, Progress::default());
        let done = while_alive(&ctx, (id, "running"), run(&ctx, &editor, id, &order)).await;
        if let Err(error) = finish(&ctx, id, done).await {
            tracing::error!(%error, "the end of an import could not be recorded");
        }
        ctx.imports.remove(id);
    });
    Ok(())
}

async fn run(ctx: &Ctx, editor: &Editor, id: i64, order: &ImportRequest) -> Result<Applied, Failure> {
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
        RuleRejection::Drafts(_) => Failure::Flaws,
        RuleRejection::Core(CoreError::Conflict | CoreError::NotFound) => Failure::Conflict,
        RuleRejection::Core(error) => other(error),
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
    store::transact!(ctx.store, |tx| store::import::update_import(tx, id, states, &result, ctx.now()).await)?;
    Ok(())
}
