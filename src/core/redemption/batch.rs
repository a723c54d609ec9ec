//! Batches of redemption codes, as admins create, list and stop them. The codes themselves are returned once, at their creation: the
//! database has their hashes.

use super::code::Code;
use crate::{
    base::{beijing, secret::Use},
    config::LEVELS,
    core::{
        CoreError, Ctx, FieldError, Problem,
        account::{
            directory::{Admin, level_of},
            level,
        },
        audit::{self, Act},
        credit,
    },
    store::{
        self,
        audit::AuditEntry,
        redemption::{BatchRow, CodeRow, RedeemedRow},
    },
};

/// The most codes of a batch: creating them takes a transaction of a second on the embedded database.
pub const CODES_MAX: i64 = 10_000;
/// The most uses of a code.
pub const USES_MAX: i64 = 1_000_000;
/// The longest time of a level, in days.
pub const LEVEL_DAYS_MAX: i64 = 3_660;
/// The longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 100;
/// Batches, and redemptions of a batch, on one page.
const PAGE: i64 = 50;
/// Number of audit entries shown.
const LATEST: i64 = 20;

/// A batch as typed. Dates are days of Beijing, both included; empty: no limit.
#[derive(Debug, Clone, Default)]
pub struct Draft<'a> {
    pub credits: &'a str,
    /// Empty: none.
    pub level: &'a str,
    pub level_days: &'a str,
    pub codes: &'a str,
    pub uses: &'a str,
    /// A person redeems one code of the batch only.
    pub is_once: bool,
    pub from: &'a str,
    pub to: &'a str,
    pub note: &'a str,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: i64,
    pub credits: i64,
    /// A level, and for how many days.
    pub level: Option<(&'static str, i64)>,
    pub codes: i64,
    /// Uses of each code.
    pub uses_max: i64,
    pub is_once: bool,
    /// Epoch milliseconds.
    pub valid_from: Option<i64>,
    /// The first millisecond after.
    pub valid_to: Option<i64>,
    pub note: String,
    /// Uses of all codes so far.
    pub redeemed: i64,
    pub created_at: i64,
    pub stopped_at: Option<i64>,
}

/// Whether codes of a batch can be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Valid,
    NotYet,
    Over,
    UsedUp,
    Stopped,
}

impl Batch {
    /// The state at `now`.
    #[must_use]
    pub fn state(&self, now: i64) -> State {
        match self {
            _ if self.stopped_at.is_some() => State::Stopped,
            _ if self.valid_to.is_some_and(|end| end <= now) => State::Over,
            _ if self.redeemed >= self.codes.saturating_mul(self.uses_max) => State::UsedUp,
            _ if self.valid_from.is_some_and(|start| start > now) => State::NotYet,
            _ => State::Valid,
        }
    }
}

impl From<BatchRow> for Batch {
    fn from(row: BatchRow) -> Self {
        Self {
            id: row.id,
            credits: row.credits,
            level: level_of(&row.level).map(|level| (level, row.level_days)),
            codes: row.codes,
            uses_max: row.uses_max,
            is_once: row.is_once == 1,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            note: row.note,
            redeemed: row.redeemed,
            created_at: row.created_at,
            stopped_at: row.stopped_at,
        }
    }
}

/// A page of batches.
#[derive(Debug, Clone)]
pub struct Page {
    pub batches: Vec<Batch>,
    /// Where the next page begins; `None` on the last.
    pub below: Option<i64>,
}

/// A batch, who redeemed its codes, and what was done to it.
#[derive(Debug, Clone)]
pub struct Detail {
    pub batch: Batch,
    /// Newest first.
    pub redeemed: Vec<RedeemedRow>,
    /// Where the next page of them begins; `None` on the last.
    pub below: Option<i64>,
    pub audit: Vec<AuditEntry>,
}

/// Creates a batch and returns it with its codes, which cannot be read again.
///
/// # Errors
/// All field errors of the draft together.
pub async fn create(ctx: &Ctx, admin: &Admin, draft: &Draft<'_>) -> Result<(Batch, Vec<Code>), CoreError> {
    let row = parse(draft, ctx.next_id(), ctx.now())?;
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        let codes: Vec<Code> = (0..row.codes).map(|_| Code::random(ctx.rng.as_ref())).collect();
        let rows: Vec<CodeRow> = codes.iter().map(|code| code_row(ctx, &row, code)).collect();
        store::redemption::insert_batch(tx, row.clone(), &rows).await?;
        audit::note(ctx, tx, Act::BatchCreate, audit::batch(row.id), admin.actor(), &described(&row)).await?;
        Ok((Batch::from(row.clone()), codes))
    })
}

/// Stops a batch: no code of it can be redeemed any more.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn stop(ctx: &Ctx, admin: &Admin, id: i64) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        let batch = store::redemption::find_batch(tx, id).await?.ok_or(CoreError::NotFound)?;
        if store::redemption::update_stopped(tx, id, ctx.now()).await? {
            let detail = format!("{} / {}", batch.redeemed, batch.codes.saturating_mul(batch.uses_max));
            audit::note(ctx, tx, Act::BatchStop, audit::batch(id), admin.actor(), &detail).await?;
        }
        Ok(())
    })
}

/// Batches, newest first, below the end of an earlier page.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, _: &Admin, below: Option<i64>) -> Result<Page, CoreError> {
    let mut db = ctx.store.read().await?;
    let mut rows = store::redemption::list_batches(&mut db, below.unwrap_or(i64::MAX), PAGE + 1).await?;
    let below = cut(&mut rows, |row| row.id);
    Ok(Page { batches: rows.into_iter().map(Batch::from).collect(), below })
}

/// One batch.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn detail(ctx: &Ctx, _: &Admin, id: i64, below: Option<i64>) -> Result<Detail, CoreError> {
    let mut db = ctx.store.read().await?;
    let batch = store::redemption::find_batch(&mut db, id).await?.ok_or(CoreError::NotFound)?;
    let mut redeemed = store::redemption::list_redeemed(&mut db, id, below.unwrap_or(i64::MAX), PAGE + 1).await?;
    let below = cut(&mut redeemed, |row| row.id);
    let audit = store::audit::list_about(&mut db, &audit::batch(id), LATEST).await?;
    Ok(Detail { batch: batch.into(), redeemed, below, audit })
}

/// Cuts a list that was read with one row more than a page has; returns the id of the page's last row if there was one.
fn cut<T>(rows: &mut Vec<T>, id: impl Fn(&T) -> i64) -> Option<i64> {
    let page = usize::try_from(PAGE).unwrap_or_default();
    let has_more = rows.len() > page;
    rows.truncate(page);
    rows.last().map(id).filter(|_| has_more)
}

fn code_row(ctx: &Ctx, batch: &BatchRow, code: &Code) -> CodeRow {
    CodeRow {
        id: ctx.next_id(),
        batch_id: batch.id,
        code_hash: ctx.hash(Use::Redemption, code.as_str()),
        last_four: code.last_four().to_owned(),
        used: 0,
        uses_max: batch.uses_max,
    }
}

/// The audit log's text: `100 × 1: +50, vip 30`.
fn described(row: &BatchRow) -> String {
    let credits = (row.credits > 0).then(|| format!("+{}", row.credits));
    let level = (!row.level.is_empty()).then(|| format!("{} {}", row.level, row.level_days));
    let value: Vec<String> = [credits, level].into_iter().flatten().collect();
    format!("{} × {}: {}", row.codes, row.uses_max, value.join(", "))
}

fn parse(draft: &Draft<'_>, id: i64, now: i64) -> Result<BatchRow, CoreError> {
    let mut flaws = Vec::new();
    let mut number = |field: &'static str, text: &str, missing: i64, least: i64, most: i64| {
        let text = text.trim();
        let number = if text.is_empty() { Some(missing) } else { text.parse::<i64>().ok() };
        number.filter(|n| (least..=most).contains(n)).unwrap_or_else(|| {
            flaws.push(FieldError { field, problem: Problem::OutOfRange(least, most) });
            least
        })
    };
    let level = draft.level.trim();
    let has_level = !level.is_empty();
    let credits = number("credits", draft.credits, 0, 0, credit::AMOUNT_MAX);
    // Without a level its days do not count.
    let level_days = if has_level { number("level_days", draft.level_days, 0, 1, LEVEL_DAYS_MAX) } else { 0 };
    let codes = number("codes", draft.codes, 0, 1, CODES_MAX);
    let uses_max = number("uses", draft.uses, 1, 1, USES_MAX);
    let has_wrong_credits = flaws.iter().any(|flaw: &FieldError| flaw.field == "credits");
    let mut flaw = |field: &'static str, problem: Problem| flaws.push(FieldError { field, problem });
    if has_level && (level::rank(level) == 0 || level_of(level).is_none()) {
        flaw("level", Problem::Malformed);
    }
    if credits == 0 && !has_level && !has_wrong_credits {
        flaw("credits", Problem::Empty);
    }
    let mut day = |field: &'static str, text: &str| {
        let text = text.trim();
        let start = beijing::start_of(text);
        if start.is_none() && !text.is_empty() {
            flaw(field, Problem::Malformed);
        }
        start
    };
    let valid_from = day("valid_from", draft.from);
    let valid_to = day("valid_to", draft.to).map(|start| start + beijing::DAY_MS);
    if let Some(end) = valid_to
        && end <= valid_from.unwrap_or(now).max(now)
    {
        flaw("valid_to", Problem::Malformed);
    }
    let note = draft.note.split_whitespace().collect::<Vec<_>>().join(" ");
    if note.chars().count() > NOTE_MAX_CHARS {
        flaw("note", Problem::TooLong(NOTE_MAX_CHARS));
    } else if note.chars().any(char::is_control) {
        flaw("note", Problem::Malformed);
    }
    if !flaws.is_empty() {
        return Err(CoreError::Invalid(flaws));
    }
    Ok(BatchRow {
        id,
        credits,
        level: LEVELS.into_iter().find(|known| *known == level).unwrap_or_default().to_owned(),
        level_days,
        codes,
        uses_max,
        is_once: i64::from(draft.is_once),
        valid_from,
        valid_to,
        note,
        redeemed: 0,
        created_at: now,
        stopped_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_757_650_000_000;

    fn flaws(draft: &Draft<'_>) -> Vec<&'static str> {
        match parse(draft, 1, NOW) {
            Err(CoreError::Invalid(flaws)) => flaws.into_iter().map(|flaw| flaw.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_batch_is_read_as_typed() {
        let draft = Draft { credits: " 50 ", codes: "100", from: "2025-09-12", to: "2025-09-12", ..Draft::default() };
        let row = parse(&draft, 1, NOW).unwrap();
        assert_eq!((row.credits, row.codes, row.uses_max, row.level.as_str()), (50, 100, 1, ""));
        assert_eq!(row.valid_to.unwrap() - row.valid_from.unwrap(), beijing::DAY_MS);
        assert_eq!(described(&row), "100 × 1: +50");
        let draft = Draft { level: "vip", level_days: "30", codes: "1", uses: "10", ..Draft::default() };
        assert_eq!(described(&parse(&draft, 1, NOW).unwrap()), "1 × 10: vip 30");
    }

    #[test]
    fn what_is_wrong_is_named_at_its_field() {
        assert_eq!(flaws(&Draft::default()), ["codes", "credits"]);
        let draft = Draft { credits: "-1", codes: "10001", uses: "0", ..Draft::default() };
        assert_eq!(flaws(&draft), ["credits", "codes", "uses"]);
        let level = |level, level_days| Draft { level, level_days, codes: "1", ..Draft::default() };
        assert_eq!(flaws(&level("normal", "3")), ["level"]);
        assert_eq!(flaws(&level("root", "3")), ["level"]);
        assert_eq!(flaws(&level("vip", "")), ["level_days"]);
        let dated = |from, to| Draft { credits: "1", codes: "1", from, to, ..Draft::default() };
        assert_eq!(flaws(&dated("2025-13-01", "x")), ["valid_from", "valid_to"]);
        assert_eq!(flaws(&dated("2025-10-02", "2025-10-01")), ["valid_to"]);
        assert_eq!(flaws(&dated("", "2025-09-11")), ["valid_to"], "over already");
        let long = "长".repeat(NOTE_MAX_CHARS + 1);
        assert_eq!(flaws(&Draft { credits: "1", codes: "1", note: &long, ..Draft::default() }), ["note"]);
    }

    #[test]
    fn a_batch_has_one_state() {
        let draft = Draft { credits: "1", codes: "2", from: "2025-09-13", to: "2025-09-14", ..Draft::default() };
        let batch = Batch::from(parse(&draft, 1, NOW).unwrap());
        let (from, to) = (batch.valid_from.unwrap(), batch.valid_to.unwrap());
        let states = [from - 1, from, to - 1, to].map(|now| batch.state(now));
        assert_eq!(states, [State::NotYet, State::Valid, State::Valid, State::Over]);
        assert_eq!(Batch { redeemed: 2, ..batch.clone() }.state(from), State::UsedUp);
        assert_eq!(Batch { stopped_at: Some(1), ..batch }.state(to), State::Stopped);
    }
}
