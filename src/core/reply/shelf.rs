//! The books that are open: matching never reads the database while an owner's book is here.
//!
//! A small book is put away when a rule changes, and read again by whoever asks next. A large one takes a moment to make: the old one
//! answers until the new one is there, which is made behind the scenes, from the old one and from what has changed. No book is made
//! by two at once.

use super::{ACCOUNT, Matching, Rule, book::Book};
use crate::{
    core::{CoreError, Ctx},
    store::{self, Link, rule::KeywordRow},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, PoisonError, RwLock, RwLockWriteGuard,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tokio::sync::Mutex;

/// Books kept open; beyond it one of them makes room, and is read again when it is asked for.
const MOST: usize = 10_000;
/// What the compiled expressions of the open books may hold together, in bytes; beyond it books make room as well.
const MOST_EXPRESSION_BYTES: usize = 64 * 1024 * 1024;
/// A book with this many rules is large: a message does not wait until it is made anew.
const LARGE: usize = 2_000;
/// Changed rules up to which a large book is made from the old one.
const MOST_CHANGED: usize = 5_000;
/// Owners wait for one another's reading only where their ids fall together.
const GATES: usize = 64;

/// A book, and how true it is.
#[derive(Debug)]
struct Open {
    book: Arc<Book>,
    /// The revision of the owner's rules that it was read at.
    changed: i64,
    /// A rule has changed since. Large books only: small ones are put away.
    is_stale: bool,
    /// Somebody makes the next one.
    is_in_work: bool,
}

/// The open books, by owner.
#[derive(Debug)]
pub struct Shelf {
    books: RwLock<HashMap<i64, Open>>,
    gates: Vec<Mutex<()>>,
    /// Grows with every change: a book that was being read meanwhile may be out of date already.
    turn: AtomicU64,
    /// The database's revision that the books are known to agree with.
    revision: AtomicI64,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            books: RwLock::default(),
            gates: (0..GATES).map(|_| Mutex::default()).collect(),
            turn: AtomicU64::new(0),
            revision: AtomicI64::new(0),
        }
    }
}

impl Shelf {
    /// Puts an owner's book away after a change; a large one stays until the next is made.
    pub fn forget(&self, owner_id: i64) {
        let mut books = self.books();
        self.turn.fetch_add(1, Ordering::SeqCst);
        match books.get_mut(&owner_id) {
            Some(open) if open.book.len() >= LARGE => open.is_stale = true,
            _ => {
                books.remove(&owner_id);
            }
        }
    }

    /// The same for a change of another instance, where the book is older than that.
    fn forget_before(&self, owner_id: i64, changed: i64) -> bool {
        let is_older = self.books().get(&owner_id).is_none_or(|open| open.changed < changed);
        if is_older {
            self.forget(owner_id);
        }
        is_older
    }

    /// The book of an owner, and whether it is out of date.
    fn find(&self, owner_id: i64) -> Option<(Arc<Book>, bool)> {
        let books = self.books.read().unwrap_or_else(PoisonError::into_inner);
        books.get(&owner_id).map(|open| (open.book.clone(), open.is_stale))
    }

    /// Puts a book there that was read since `turn`.
    fn keep(&self, owner_id: i64, book: &Arc<Book>, changed: i64, turn: u64) {
        let mut books = self.books();
        let is_stale = self.turn.load(Ordering::SeqCst) != turn;
        if is_stale && book.len() < LARGE {
            return;
        }
        books.insert(owner_id, Open { book: book.clone(), changed, is_stale, is_in_work: false });
        make_room(&mut books, owner_id, MOST, MOST_EXPRESSION_BYTES);
    }

    /// The book that the next one is to be made from, for the one caller that is to make it.
    fn take_work(&self, owner_id: i64) -> Option<Arc<Book>> {
        let mut books = self.books();
        let open = books.get_mut(&owner_id).filter(|open| open.is_stale && !open.is_in_work)?;
        (open.is_in_work, open.is_stale) = (true, false);
        Some(open.book.clone())
    }

    /// Ends that work: with the next book, or with none because it failed. True where there is more to do.
    fn end_work(&self, owner_id: i64, made: Option<(Arc<Book>, i64)>) -> bool {
        let mut books = self.books();
        let Some(open) = books.get_mut(&owner_id) else { return false };
        open.is_in_work = false;
        if let Some((book, changed)) = made {
            (open.book, open.changed) = (book, changed);
            open.is_stale
        } else {
            open.is_stale = true;
            false
        }
    }

    fn books(&self) -> RwLockWriteGuard<'_, HashMap<i64, Open>> {
        self.books.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts books away until no more than this are open, and no more than these bytes of expressions. The account's answers to everybody,
/// and `last` is just being asked for: both stay.
fn make_room(books: &mut HashMap<i64, Open>, last: i64, most: usize, most_bytes: usize) {
    let mut bytes: usize = books.values().map(|open| open.book.expression_bytes()).sum();
    while books.len() > most || bytes > most_bytes {
        let is_heavy = bytes > most_bytes;
        let mut others = books.iter().filter(|(owner, _)| ![ACCOUNT, last].contains(owner));
        let Some((&owner, open)) = others.find(|(_, open)| !is_heavy || open.book.expression_bytes() > 0) else {
            return;
        };
        bytes -= open.book.expression_bytes();
        books.remove(&owner);
    }
}

/// An owner's book; read from the database where it is not open. A large one may lag behind a change by the time that making it takes.
///
/// # Errors
/// The database cannot be reached.
pub async fn open(ctx: &Ctx, owner_id: i64) -> Result<Arc<Book>, CoreError> {
    if let Some(book) = opened(ctx, owner_id) {
        return Ok(book);
    }
    let gate = usize::try_from(owner_id.unsigned_abs()).unwrap_or_default() % GATES;
    let _held = ctx.shelf.gates[gate].lock().await;
    // Whoever was first has read it.
    if let Some(book) = opened(ctx, owner_id) {
        return Ok(book);
    }
    let turn = ctx.shelf.turn.load(Ordering::SeqCst);
    let mut db = ctx.store.read().await?;
    let (book, changed) = read(&mut db, owner_id).await?;
    drop(db);
    ctx.shelf.keep(owner_id, &book, changed, turn);
    Ok(book)
}

fn opened(ctx: &Ctx, owner_id: i64) -> Option<Arc<Book>> {
    let (book, is_stale) = ctx.shelf.find(owner_id)?;
    if is_stale {
        renew(ctx, owner_id);
    }
    Some(book)
}

/// Puts an owner's book away after a change that was committed, and has a large one made anew at once.
pub fn put_away(ctx: &Ctx, owner_id: i64) {
    ctx.shelf.forget(owner_id);
    renew(ctx, owner_id);
}

/// Puts the books away whose rules another instance changed. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let mut db = ctx.store.read().await?;
    let revision = store::fact::find_revision(&mut db, "rules").await?;
    let known = ctx.shelf.revision.load(Ordering::SeqCst);
    if known != revision {
        for owner in store::rule_edit::list_changed_owners(&mut db, known).await? {
            if ctx.shelf.forget_before(owner.owner_id, owner.changed) {
                renew(ctx, owner.owner_id);
            }
        }
        ctx.shelf.revision.store(revision, Ordering::SeqCst);
    }
    Ok(())
}

/// Has the next edition of a large book made, where it is out of date and nobody is at it.
fn renew(ctx: &Ctx, owner_id: i64) {
    let Some(mut old) = ctx.shelf.take_work(owner_id) else { return };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        loop {
            let made = next_edition(&ctx, owner_id, &old).await;
            if let Err(error) = &made {
                tracing::warn!(%error, "a book of rules could not be made anew");
            }
            if !ctx.shelf.end_work(owner_id, made.ok()) {
                return;
            }
            // It changed again meanwhile.
            let Some(next) = ctx.shelf.take_work(owner_id) else { return };
            old = next;
        }
    });
}

/// A book from the one before it and from what has changed since.
async fn next_edition(ctx: &Ctx, owner_id: i64, old: &Arc<Book>) -> Result<(Arc<Book>, i64), CoreError> {
    let mut db = ctx.store.read().await?;
    // Before the rules: what changes in between is read again.
    let changed = store::rule_edit::find_changed(&mut db, owner_id).await?;
    let now: HashMap<i64, i64> = store::rule::list_revisions(&mut db, owner_id).await?.into_iter().collect();
    let known: HashMap<i64, i64> = old.rules().iter().map(|rule| (rule.id, rule.revision)).collect();
    let fresh: Vec<i64> =
        now.iter().filter(|(id, revision)| known.get(*id) != Some(*revision)).map(|(id, _)| *id).collect();
    if fresh.len() > MOST_CHANGED {
        return read(&mut db, owner_id).await;
    }
    let records = store::rule::list_by_id(&mut db, &fresh).await?;
    drop(db);
    let fresh: HashSet<i64> = fresh.into_iter().collect();
    let old = old.clone();
    let make = move || {
        let kept = old.rules().iter().filter(|rule| now.contains_key(&rule.id) && !fresh.contains(&rule.id));
        let added = records.into_iter().map(|record| Arc::new(Rule::from(record)));
        Arc::new(Book::of(kept.cloned().chain(added).collect()))
    };
    Ok((blocking(make).await?, changed))
}

/// A book from the beginning.
async fn read(db: &mut impl Link, owner_id: i64) -> Result<(Arc<Book>, i64), CoreError> {
    let changed = store::rule_edit::find_changed(db, owner_id).await?;
    let records = store::rule::list_rules(db, owner_id).await?;
    // Compiling an expression may take a millisecond, and there may be hundreds.
    let is_expression = |keyword: &KeywordRow| keyword.matching == Matching::Regex.as_str();
    let is_slow = records.len() >= LARGE || records.iter().flat_map(|record| &record.keywords).any(is_expression);
    let make = || Arc::new(Book::new(records.into_iter().map(Rule::from).collect()));
    let book = if is_slow { blocking(make).await? } else { make() };
    Ok((book, changed))
}

/// Does what takes long where nobody's request waits behind it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reply::book::tests::rule;

    fn open(expressions: usize) -> Open {
        let rules = (0..expressions)
            .map(|n| rule(i64::try_from(n).unwrap(), 0, &[(Matching::Regex, r"^订单\s*(\d+)$")]))
            .collect();
        Open { book: Arc::new(Book::new(rules)), changed: 0, is_stale: false, is_in_work: false }
    }

    #[test]
    fn books_make_room_by_number_and_by_what_their_expressions_hold() {
        let one = open(1).book.expression_bytes();
        assert!((1_000..1_000_000).contains(&one), "{one}");
        let shelf =
            || HashMap::from([(ACCOUNT, open(2)), (1001, open(0)), (1002, open(2)), (1003, open(2)), (1004, open(2))]);
        let mut books = shelf();
        make_room(&mut books, 1004, 5, 8 * one);
        assert_eq!(books.len(), 5);
        make_room(&mut books, 1004, 5, 6 * one);
        assert!(books.len() == 4 && [ACCOUNT, 1001, 1004].iter().all(|owner| books.contains_key(owner)));
        // The account's own and the one that is asked for stay, however much they hold.
        make_room(&mut books, 1004, 5, one);
        assert_eq!(books.keys().copied().collect::<HashSet<_>>(), HashSet::from([ACCOUNT, 1001, 1004]));
        let mut books = shelf();
        make_room(&mut books, 1004, 3, usize::MAX);
        assert_eq!(books.len(), 3);
    }
}
