//! The books that are open: matching never reads the database while an owner's book is here.

use super::{Rule, book::Book};
use crate::{
    core::{CoreError, Ctx},
    store,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// Books kept open; beyond it one of them makes room, and is read again when it is asked for.
const MOST: usize = 10_000;

/// The open books, by owner.
#[derive(Debug, Default)]
pub struct Shelf {
    books: RwLock<HashMap<i64, Arc<Book>>>,
    /// Grows whenever books are put away: one that was being read meanwhile may be out of date, and is not kept.
    turn: AtomicU64,
    /// The database's revision that the books are known to agree with.
    revision: AtomicI64,
}

impl Shelf {
    /// Puts an owner's book away after a change.
    pub fn forget(&self, owner_id: i64) {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        self.turn.fetch_add(1, Ordering::SeqCst);
        books.remove(&owner_id);
    }

    fn forget_all(&self) {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        self.turn.fetch_add(1, Ordering::SeqCst);
        books.clear();
    }

    fn find(&self, owner_id: i64) -> Option<Arc<Book>> {
        self.books.read().unwrap_or_else(PoisonError::into_inner).get(&owner_id).cloned()
    }

    fn keep(&self, owner_id: i64, book: &Arc<Book>, turn: u64) {
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        if self.turn.load(Ordering::SeqCst) != turn {
            return;
        }
        if books.len() >= MOST
            && let Some(&any) = books.keys().next()
        {
            books.remove(&any);
        }
        books.insert(owner_id, book.clone());
    }
}

/// An owner's book; read from the database where it is not open.
///
/// # Errors
/// The database cannot be reached.
pub async fn open(ctx: &Ctx, owner_id: i64) -> Result<Arc<Book>, CoreError> {
    if let Some(book) = ctx.shelf.find(owner_id) {
        return Ok(book);
    }
    let turn = ctx.shelf.turn.load(Ordering::SeqCst);
    let rows = store::rule::list_rules(&mut ctx.store.read().await?, owner_id).await?;
    let book = Arc::new(Book::new(rows.into_iter().map(Rule::from).collect()));
    ctx.shelf.keep(owner_id, &book, turn);
    Ok(book)
}

/// Puts all books away if another instance changed a rule. Called twice a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let revision = store::fact::find_revision(&mut ctx.store.read().await?, "rules").await?;
    if ctx.shelf.revision.swap(revision, Ordering::SeqCst) != revision {
        ctx.shelf.forget_all();
    }
    Ok(())
}
