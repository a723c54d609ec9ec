//! How the users of a query are listed. The index proposes candidates; the fewer there are, the better it is to look at each of them, and
//! the more, the sooner a page is full of those that come first in the order.

use crate::{
    core::CoreError,
    store::{
        Reader,
        directory::{self, Filter, FoundRow, Order},
        user_index::{
            self,
            find::{Candidates, Index},
        },
        user_list::{self, Conditions, Key, Ordering},
    },
};

/// How many rows are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Up to so many candidates are all looked at: some 3 µs each.
    pub few: usize,
    /// With more, so many rows of the order are looked at first, a window after the other.
    pub windows: &'static [i64],
}

impl Default for Limits {
    fn default() -> Self {
        Self { few: 5_000, windows: &[500, 2_000, 4_000, 4_000, 4_000, 4_000] }
    }
}

/// Up to so many candidates for an openid are looked at before the rest of the search.
const OPENIDS_MAX: usize = 3_000;
/// With more users who have the openid, their identities are looked at with each user.
const BY_OPENID_MAX: usize = 500;

/// How a query is answered.
#[derive(Debug)]
pub enum Listing {
    /// Without the index, as long as it is being built.
    Scan(Filter),
    /// All users.
    Everyone(Filter),
    /// All that match, with their sort keys.
    Few(Vec<Key>),
    Many(Many),
}

/// Many users who may match.
#[derive(Debug)]
pub struct Many {
    filter: Filter,
    by_openid: Option<Vec<i64>>,
    candidates: Candidates,
    windows: &'static [i64],
}

/// The number of users in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All users, also those who are left out of the list.
    Everyone(i64),
    /// Counted up to some number.
    UpTo(i64),
}

impl Listing {
    pub async fn open(db: &mut Reader, filter: Filter, order: Order, limits: Limits) -> Result<Self, CoreError> {
        let words = filter.words();
        if filter.names.is_empty() && words.is_empty() {
            return Ok(Self::Everyone(filter));
        }
        let Some(index) = Index::open(db).await? else { return Ok(Self::Scan(filter)) };
        let mut by_openid = None;
        let mut named = None;
        if !filter.names.is_empty() {
            let mut found = index.find_by_name(db, &filter.fragments).await?;
            if !filter.openids.is_empty() {
                let proposed = index.find_by_id(db, &filter.fragments.id).await?;
                if proposed.len() <= OPENIDS_MAX {
                    let ids = user_list::list_by_openid(db, &filter, proposed.ids()).await?;
                    found = found.with(&ids);
                    by_openid = Some(ids).filter(|ids| ids.len() <= BY_OPENID_MAX);
                } else {
                    found = found.union(proposed);
                }
            }
            named = Some(found);
        }
        let candidates = index.filter(db, named, &words).await?;
        let many = Many { filter, by_openid, candidates, windows: limits.windows };
        if many.candidates.len() > limits.few {
            return Ok(Self::Many(many));
        }
        let ordering = Ordering { order, is_descending: false };
        let ids = many.candidates.ids();
        Ok(Self::Few(user_list::list_of_ids(db, many.conditions(), ordering, ids, usize::MAX).await?))
    }

    /// The users beyond a position, at most `most`.
    pub async fn rows(
        &self,
        db: &mut Reader,
        ordering: Ordering,
        start: Key,
        most: usize,
    ) -> Result<Vec<FoundRow>, CoreError> {
        let keys = match self {
            Self::Scan(filter) => {
                let most = i64::try_from(most).unwrap_or(i64::MAX);
                let start = (start.value, start.id);
                let (order, is_descending) = (ordering.order, ordering.is_descending);
                return Ok(directory::list_users(db, filter, order, is_descending, start, most).await?);
            }
            Self::Everyone(filter) => {
                let conditions = Conditions { filter, by_openid: None };
                // One may be left out.
                let window = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
                user_list::list_in_order(db, conditions, ordering, start, most, &[window, window]).await?.0
            }
            Self::Few(keys) => {
                let mut keys: Vec<Key> = keys.iter().copied().filter(|key| ordering.is_beyond(*key, start)).collect();
                ordering.sort(&mut keys);
                keys.truncate(most);
                keys
            }
            Self::Many(many) => many.keys(db, ordering, start, most).await?,
        };
        let ids: Vec<i64> = keys.iter().map(|key| key.id).collect();
        Ok(user_list::list_found(db, ordering.order, &ids).await?)
    }

    /// How many users match, counted up to a little more than `most`.
    pub async fn count(&self, db: &mut Reader, most: i64) -> Result<Counted, CoreError> {
        let most_keys = usize::try_from(most + 1).unwrap_or(usize::MAX);
        let counted = match self {
            Self::Scan(filter) if filter.names.is_empty() && filter.words().is_empty() => {
                return Ok(Counted::Everyone(user_index::count_all_users(db).await?));
            }
            Self::Everyone(_) => return Ok(Counted::Everyone(user_index::count_all_users(db).await?)),
            Self::Scan(filter) => return Ok(Counted::UpTo(directory::count_users(db, filter, most + 1).await?)),
            Self::Few(keys) => keys.len(),
            Self::Many(many) => {
                let ordering = Ordering { order: Order::Id, is_descending: false };
                let ids = many.candidates.ids();
                user_list::list_of_ids(db, many.conditions(), ordering, ids, most_keys).await?.len()
            }
        };
        Ok(Counted::UpTo(i64::try_from(counted).unwrap_or(i64::MAX)))
    }
}

impl Many {
    fn conditions(&self) -> Conditions<'_> {
        Conditions { filter: &self.filter, by_openid: self.by_openid.as_deref() }
    }

    async fn keys(&self, db: &mut Reader, ordering: Ordering, start: Key, most: usize) -> Result<Vec<Key>, CoreError> {
        if ordering.order == Order::Id {
            return self.keys_by_id(db, ordering, start, most).await;
        }
        let (mut found, stopped) =
            user_list::list_in_order(db, self.conditions(), ordering, start, most, self.windows).await?;
        let Some(from) = stopped else { return Ok(found) };
        // Those who match are not among the first of the order: look at all segments that have candidates.
        let mut rest = Vec::new();
        for range in self.candidates.ranges() {
            let left = most - found.len();
            rest.extend(user_list::list_between(db, self.conditions(), ordering, from, range, left).await?);
            ordering.sort(&mut rest);
            rest.truncate(left);
        }
        found.extend(rest);
        Ok(found)
    }

    /// The candidates are in this order already.
    async fn keys_by_id(
        &self,
        db: &mut Reader,
        ordering: Ordering,
        start: Key,
        most: usize,
    ) -> Result<Vec<Key>, CoreError> {
        let beyond = |id: &i64| if ordering.is_descending { *id < start.id } else { *id > start.id };
        let mut found = if ordering.is_descending {
            let ids = self.candidates.ids().rev().filter(beyond);
            user_list::list_of_ids(db, self.conditions(), ordering, ids, most).await?
        } else {
            let ids = self.candidates.ids().filter(beyond);
            user_list::list_of_ids(db, self.conditions(), ordering, ids, most).await?
        };
        ordering.sort(&mut found);
        found.truncate(most);
        Ok(found)
    }
}
