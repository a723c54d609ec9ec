//! Finding users who may match.

use super::{
    Fragments,
    gram::{of_id, of_name},
    members::{Members, split},
};
use crate::store::{Link as _, Reader, StoreError, statement::Statement};
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};

/// With more marked users the index is of no use yet: it is being built.
const MARKED_MAX: i64 = 2_000;
/// The most grams of a fragment that are looked at: more say nothing new.
const GRAMS_MAX: usize = 24;
/// How many of them are read: the rarest.
const READ_MAX: usize = 6;
/// So many of them by one statement; more only while they leave more than [`ENOUGH`] users.
const READ_ONCE: usize = 2;
const ENOUGH: usize = 300;
/// A gram that more than this part of all users have is only read where there is no other.
const COMMON: f64 = 0.4;

/// Users who may match, and no others do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Candidates(BTreeMap<i64, Members>);

impl Candidates {
    fn of_ids(ids: &[i64]) -> Self {
        let mut numbers: BTreeMap<i64, Vec<u16>> = BTreeMap::new();
        for id in ids {
            let (segment, number) = split(*id);
            numbers.entry(segment).or_default().push(number);
        }
        Self(numbers.into_iter().map(|(segment, numbers)| (segment, Members::new(numbers))).collect())
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().map(Members::len).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their ids, ascending.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = i64> + '_ {
        self.0.iter().flat_map(|(segment, members)| members.ids(*segment))
    }

    /// The lowest and the highest id of each segment that has any.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = (i64, i64)> + '_ {
        self.0.iter().filter_map(|(segment, members)| members.first_and_last(*segment))
    }

    /// With these users, ascending ids.
    #[must_use]
    pub fn with(self, ids: &[i64]) -> Self {
        self.union(Self::of_ids(ids))
    }

    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        for (segment, members) in other.0 {
            let both = self.0.get(&segment).map(|own| own.union(&members));
            self.0.insert(segment, both.unwrap_or(members));
        }
        self
    }

    fn intersection(&self, other: &Self) -> Self {
        let both = |(segment, own): (&i64, &Members)| {
            let both = own.intersection(other.0.get(segment)?);
            (!both.is_empty()).then_some((*segment, both))
        };
        Self(self.0.iter().filter_map(both).collect())
    }
}

/// The index as one search sees it.
#[derive(Debug)]
pub struct Index {
    segments: Vec<i64>,
    users: i64,
    marked: Vec<i64>,
}

impl Index {
    /// `None` while the index is being built.
    pub async fn open(db: &mut Reader) -> Result<Option<Self>, StoreError> {
        // First: a user who is unmarked meanwhile is found by the rows that are read after this.
        let marked = db.sql("SELECT user_id FROM users_to_index LIMIT ?").bind(MARKED_MAX + 1);
        let rows = marked.fetch_all(db.conn()).await?;
        let marked = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
        if i64::try_from(marked.len()).unwrap_or(i64::MAX) > MARKED_MAX {
            return Ok(None);
        }
        let (mut segments, mut users) = (Vec::new(), 0);
        for row in db.sql("SELECT segment, users FROM user_segments").fetch_all(db.conn()).await? {
            segments.push(row.try_get(0)?);
            users += row.try_get::<i64, _>(1)?;
        }
        Ok(Some(Self { segments, users, marked }))
    }

    /// The users whose names or numbers may have this text; marked users are always among them.
    pub async fn find_by_name(&self, db: &mut Reader, fragments: &Fragments) -> Result<Candidates, StoreError> {
        let mut found = Candidates::of_ids(&self.marked);
        for text in [&fragments.name, &fragments.digits] {
            if !text.is_empty() {
                found = found.union(self.find(db, &of_name(text)).await?);
            }
        }
        Ok(found)
    }

    /// The users of whom an openid or a unionid may have this text; marked users are always among them.
    pub async fn find_by_id(&self, db: &mut Reader, fragment: &str) -> Result<Candidates, StoreError> {
        Ok(Candidates::of_ids(&self.marked).union(self.find(db, &of_id(fragment)).await?))
    }

    /// Those of them, or of all users, who may have all these filter values.
    pub async fn filter(
        &self,
        db: &mut Reader,
        found: Option<Candidates>,
        words: &[i64],
    ) -> Result<Candidates, StoreError> {
        let marked = Candidates::of_ids(&self.marked);
        if words.is_empty() {
            return Ok(found.unwrap_or_default().union(marked));
        }
        let filtered = self.find_all(db, words).await?;
        Ok(found.map_or(filtered.clone(), |found| found.intersection(&filtered)).union(marked))
    }

    /// The indexed users with all these grams, or more: of many grams only the rarest are read.
    async fn find(&self, db: &mut Reader, grams: &BTreeSet<i64>) -> Result<Candidates, StoreError> {
        let grams: Vec<i64> = grams.iter().copied().take(GRAMS_MAX).collect();
        if self.segments.is_empty() || grams.is_empty() {
            return Ok(Candidates::default());
        }
        let mut counts: BTreeMap<i64, i64> = grams.iter().map(|gram| (*gram, 0)).collect();
        let statement = self.statement("SELECT gram, users FROM user_postings WHERE segment IN ", &grams);
        for row in statement.fetch(db).await? {
            *counts.entry(row.try_get(0)?).or_default() += row.try_get::<i64, _>(1)?;
        }
        let mut rarest: Vec<(i64, i64)> = counts.into_iter().map(|(gram, users)| (users, gram)).collect();
        rarest.sort_unstable();
        if rarest.first().is_none_or(|(users, _)| *users == 0) {
            return Ok(Candidates::default());
        }
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a part of all users")]
        let common = (self.users as f64 * COMMON) as i64;
        let is_read = |at: usize, users: i64| at == 0 || at < READ_MAX && users <= common;
        let read =
            rarest.iter().enumerate().filter(|(at, (users, _))| is_read(*at, *users)).map(|(_, (_, gram))| *gram);
        let read: Vec<i64> = read.collect();
        let mut found = None;
        for part in read.chunks(READ_ONCE) {
            let left = self.read(db, part, found).await?;
            if left.len() <= ENOUGH {
                return Ok(left);
            }
            found = Some(left);
        }
        Ok(found.unwrap_or_default())
    }

    /// The same for filter values, all of which are read.
    async fn find_all(&self, db: &mut Reader, grams: &[i64]) -> Result<Candidates, StoreError> {
        if self.segments.is_empty() {
            return Ok(Candidates::default());
        }
        self.read(db, grams, None).await
    }

    fn statement(&self, head: &'static str, grams: &[i64]) -> Statement {
        let mut statement = Statement::new(head);
        statement.list(&self.segments);
        statement.add(" AND gram IN ");
        statement.list(grams);
        statement
    }

    /// Of the users found before, or of all, those who are in the rows of each of these grams.
    async fn read(&self, db: &mut Reader, grams: &[i64], before: Option<Candidates>) -> Result<Candidates, StoreError> {
        let statement = self.statement("SELECT gram, segment, members FROM user_postings WHERE segment IN ", grams);
        let mut texts: BTreeMap<i64, BTreeMap<i64, String>> = BTreeMap::new();
        for row in statement.fetch(db).await? {
            texts.entry(row.try_get(1)?).or_default().insert(row.try_get(0)?, row.try_get(2)?);
        }
        let mut found = BTreeMap::new();
        for (segment, texts) in texts {
            let mut left = before.as_ref().map(|before| before.0.get(&segment).cloned().unwrap_or_default());
            for gram in grams {
                // A segment without the gram has no user with all.
                let text = texts.get(gram).map_or("", String::as_str);
                left = Some(left.map_or_else(|| Members::read(text), |left| left.those_in(text)));
                if left.as_ref().is_some_and(Members::is_empty) {
                    break;
                }
            }
            if let Some(members) = left.filter(|members| !members.is_empty()) {
                found.insert(segment, members);
            }
        }
        Ok(Candidates(found))
    }
}
