//! What a user must be to be listed.

use crate::store::{directory::Filter, statement::Statement};

/// The conditions of a search on a user's row.
#[derive(Debug, Clone, Copy)]
pub struct Conditions<'a> {
    pub filter: &'a Filter,
    /// The users whose openid or unionid has the searched text; `None`: look at their identities.
    pub by_openid: Option<&'a [i64]>,
}

impl Conditions<'_> {
    pub(super) fn add_to(self, statement: &mut Statement) {
        let filter = self.filter;
        if filter.without_id != 0 {
            statement.add(" AND u.id <> ?");
            statement.bind(filter.without_id);
        }
        if !filter.names.is_empty() {
            statement.add(" AND (u.search_key LIKE ? ESCAPE '!'");
            statement.bind(filter.names.as_str());
            if !filter.digits.is_empty() {
                statement.add(" OR u.search_key LIKE ? ESCAPE '!'");
                statement.bind(filter.digits.as_str());
            }
            self.add_openids(statement);
            statement.add(")");
        }
        if !filter.level.is_empty() {
            statement.add(" AND CASE WHEN u.level_until <= ? THEN 'normal' ELSE u.level END = ?");
            statement.bind(filter.now);
            statement.bind(filter.level);
        }
        if !filter.role.is_empty() {
            statement.add(" AND u.role = ?");
            statement.bind(filter.role);
        }
        if let Some(is_enabled) = filter.is_enabled {
            statement.add(" AND u.is_enabled = ?");
            statement.bind(i64::from(is_enabled));
        }
        if let Some(is_subscribed) = filter.is_subscribed {
            statement
                .add(" AND ? = (SELECT COALESCE(MAX(f.is_subscribed), 0) FROM identities f WHERE f.user_id = u.id)");
            statement.bind(i64::from(is_subscribed));
        }
    }

    fn add_openids(self, statement: &mut Statement) {
        match self.by_openid {
            _ if self.filter.openids.is_empty() => {}
            Some([]) => {}
            Some(ids) => {
                statement.add(" OR u.id IN ");
                statement.list(ids);
            }
            None => {
                statement.add(
                    " OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id \
                     AND (i.openid LIKE ? ESCAPE '!' OR i.unionid LIKE ? ESCAPE '!'))",
                );
                statement.bind(self.filter.openids.as_str());
                statement.bind(self.filter.openids.as_str());
            }
        }
    }
}
