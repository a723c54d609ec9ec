//! The orders of the user list, and the parts of them that an index has.

use crate::store::{directory::Order, statement::Statement};

/// A position in an order: the sort key (0 for users who never signed in), then the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub value: i64,
    pub id: i64,
}

/// A part of an order that one index has from its beginning to its end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    /// By id alone.
    Ids(i64),
    /// Users with this sort key, beyond this id.
    Equal(Key),
    /// Users with sort keys beyond this one.
    Beyond(i64),
    /// Users who never signed in, beyond this id.
    Never(i64),
}

/// An order and a direction.
#[derive(Debug, Clone, Copy)]
pub struct Ordering {
    pub order: Order,
    pub is_descending: bool,
}

impl Ordering {
    /// The position before the first user.
    #[must_use]
    pub fn start(self) -> Key {
        if self.is_descending { Key { value: i64::MAX, id: i64::MAX } } else { Key { value: i64::MIN, id: i64::MIN } }
    }

    /// True if one position comes after another one.
    #[must_use]
    pub fn is_beyond(self, key: Key, start: Key) -> bool {
        if self.is_descending { key < start } else { key > start }
    }

    /// Sorts positions into this order.
    pub fn sort(self, keys: &mut [Key]) {
        keys.sort_unstable();
        if self.is_descending {
            keys.reverse();
        }
    }

    /// The column of the index.
    fn column(self) -> &'static str {
        match self.order {
            Order::Id => "u.id",
            Order::Created => "u.created_at",
            Order::LastLogin => "u.last_login_at",
            Order::Credits => "u.credits",
        }
    }

    /// The sort key.
    pub(super) fn value(self) -> &'static str {
        if self.order == Order::LastLogin { "COALESCE(u.last_login_at, 0)" } else { self.column() }
    }

    /// The sort key, which no index has.
    pub(super) fn computed(self) -> &'static str {
        match self.order {
            Order::Id => "u.id + 0",
            Order::Created => "u.created_at + 0",
            Order::LastLogin => "COALESCE(u.last_login_at, 0) + 0",
            Order::Credits => "u.credits + 0",
        }
    }

    pub(super) fn beyond(self) -> &'static str {
        if self.is_descending { " < ?" } else { " > ?" }
    }

    pub(super) fn way(self) -> &'static str {
        if self.is_descending { " DESC" } else { " ASC" }
    }

    /// What comes after a position, in order. Ranges, because not every engine finds the place of two columns in an index.
    pub(super) fn ranges(self, start: Key) -> Vec<Range> {
        let edge = self.start();
        let rest = if start == edge {
            vec![Range::Beyond(start.value)]
        } else {
            vec![Range::Equal(start), Range::Beyond(start.value)]
        };
        match (self.order, self.is_descending) {
            (Order::Id, _) => vec![Range::Ids(start.id)],
            (Order::LastLogin, true) if start.value <= 0 => vec![Range::Never(start.id)],
            (Order::LastLogin, true) => rest.into_iter().chain([Range::Never(i64::MAX)]).collect(),
            (Order::LastLogin, false) if start == edge => vec![Range::Never(i64::MIN), Range::Beyond(0)],
            (Order::LastLogin, false) if start.value <= 0 => vec![Range::Never(start.id), Range::Beyond(0)],
            _ => rest,
        }
    }

    pub(super) fn add_range(self, statement: &mut Statement, range: Range) {
        let column = self.column();
        match range {
            Range::Ids(id) => {
                statement.add_all(&["u.id", self.beyond()]);
                statement.bind(id);
            }
            Range::Equal(Key { value, id }) => {
                statement.add_all(&[column, " = ? AND u.id", self.beyond()]);
                statement.bind(value);
                statement.bind(id);
            }
            Range::Beyond(value) => {
                statement.add_all(&[column, self.beyond()]);
                statement.bind(value);
            }
            Range::Never(id) => {
                statement.add_all(&["u.last_login_at IS NULL AND u.id", self.beyond()]);
                statement.bind(id);
            }
        }
    }

    pub(super) fn add_order(self, statement: &mut Statement, range: Range) {
        statement.add(" ORDER BY ");
        if matches!(range, Range::Beyond(_)) {
            statement.add_all(&[self.column(), self.way(), ", "]);
        }
        statement.add_all(&["u.id", self.way()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(order: Order, is_descending: bool, key: Option<(i64, i64)>) -> String {
        let ordering = Ordering { order, is_descending };
        let start = key.map_or(ordering.start(), |(value, id)| Key { value, id });
        let names = ordering.ranges(start).into_iter().map(|range| match range {
            Range::Ids(id) => format!("ids {id}"),
            Range::Equal(key) => format!("{}/{}", key.value, key.id),
            Range::Beyond(value) if value == ordering.start().value => "all".to_owned(),
            Range::Beyond(value) => format!("beyond {value}"),
            Range::Never(id) if id == ordering.start().id => "never".to_owned(),
            Range::Never(id) => format!("never {id}"),
        });
        names.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_position_has_its_ranges() {
        assert_eq!(ranges(Order::Id, true, Some((9, 9))), "ids 9");
        assert_eq!(ranges(Order::Credits, true, None), "all");
        assert_eq!(ranges(Order::Credits, false, Some((100, 7))), "100/7, beyond 100");
        assert_eq!(ranges(Order::LastLogin, true, None), "all, never");
        assert_eq!(ranges(Order::LastLogin, true, Some((5, 7))), "5/7, beyond 5, never");
        assert_eq!(ranges(Order::LastLogin, true, Some((0, 7))), "never 7");
        assert_eq!(ranges(Order::LastLogin, false, None), "never, beyond 0");
        assert_eq!(ranges(Order::LastLogin, false, Some((0, 7))), "never 7, beyond 0");
        assert_eq!(ranges(Order::LastLogin, false, Some((5, 7))), "5/7, beyond 5");
    }

    #[test]
    fn positions_are_ordered_by_key_then_by_id() {
        let down = Ordering { order: Order::Created, is_descending: true };
        let key = |value, id| Key { value, id };
        assert!(down.is_beyond(key(1, 5), key(1, 6)) && down.is_beyond(key(0, 9), key(1, 6)));
        let mut keys = [key(1, 5), key(2, 1), key(1, 6)];
        down.sort(&mut keys);
        assert_eq!(keys, [key(2, 1), key(1, 6), key(1, 5)]);
    }
}
