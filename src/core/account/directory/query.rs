//! The query of the user list.

use super::Role;
use crate::store::{
    containing,
    directory::{Filter, Order},
    folded,
    user_index::Fragments,
};

/// The most users per page.
pub const MOST_A_PAGE: i64 = 100;
/// Longer fragments are cut: no stored name is longer.
const FRAGMENT_MAX_CHARS: usize = 100;
/// Shorter fragments are not searched in openids: they occur in thousands of them by chance.
const OPENID_MIN_CHARS: usize = 4;
/// A number with hyphens may be a phone number from this many digits on.
const PHONE_MIN_DIGITS: usize = 3;

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Time of registration.
    #[default]
    Created,
    LastLogin,
    Credits,
    Id,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Created, Self::LastLogin, Self::Credits, Self::Id];

    /// The name in a URL and in a cursor.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::LastLogin => "login",
            Self::Credits => "credits",
            Self::Id => "id",
        }
    }

    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }

    pub(super) fn order(self) -> Order {
        match self {
            Self::Created => Order::Created,
            Self::LastLogin => Order::LastLogin,
            Self::Credits => Order::Credits,
            Self::Id => Order::Id,
        }
    }
}

/// Filter, order and start of a page. The default is all users, newest first.
#[derive(Debug, Clone)]
pub struct Query {
    /// A fragment of a name, phone number, e-mail address, openid or unionid, or a whole id. Empty: all users.
    pub text: String,
    /// One of [`super::LEVELS`].
    pub level: Option<&'static str>,
    pub role: Option<Role>,
    pub is_enabled: Option<bool>,
    /// Whether the user follows the account.
    pub is_subscribed: Option<bool>,
    pub sort: Sort,
    pub is_descending: bool,
    /// A cursor of an earlier page; empty for the first page.
    pub cursor: String,
    /// Users per page, 1 to [`MOST_A_PAGE`].
    pub size: i64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            level: None,
            role: None,
            is_enabled: None,
            is_subscribed: None,
            sort: Sort::default(),
            is_descending: true,
            cursor: String::new(),
            size: 50,
        }
    }
}

impl Query {
    /// The id, if the text can be one.
    pub(super) fn exact_id(&self) -> Option<i64> {
        self.text.trim().parse().ok().filter(|id| *id > 0)
    }

    /// The filter for the database.
    pub(super) fn filter(&self, without_id: i64, now: i64) -> Filter {
        let text: String = folded(&self.text).chars().take(FRAGMENT_MAX_CHARS).collect();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_phone = digits.len() >= PHONE_MIN_DIGITS
            && digits.len() < text.len()
            && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')'));
        // WeChat's ids are case-sensitive: they are not folded.
        let id = self.text.trim();
        let may_be_id =
            (OPENID_MIN_CHARS..=FRAGMENT_MAX_CHARS).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        let fragments = Fragments {
            digits: if is_phone { digits } else { String::new() },
            id: if may_be_id { id.to_owned() } else { String::new() },
            name: text,
        };
        let pattern = |fragment: &str| if fragment.is_empty() { String::new() } else { containing(fragment) };
        Filter {
            names: pattern(&fragments.name),
            digits: pattern(&fragments.digits),
            openids: pattern(&fragments.id),
            fragments,
            level: self.level.unwrap_or_default(),
            now,
            role: self.role.map(Role::as_str).unwrap_or_default(),
            is_enabled: self.is_enabled,
            is_subscribed: self.is_subscribed,
            without_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        Query { text: text.to_owned(), ..Query::default() }.filter(0, 0)
    }

    #[test]
    fn what_could_stand_for_anything_stands_for_itself() {
        assert_eq!(filter("100%_!").names, "%100!%!_!!%");
        assert_eq!(filter("100%_!").openids, "%100!%!_!!%");
    }

    #[test]
    fn a_fragment_is_folded_for_names_and_left_for_ids() {
        assert_eq!((filter(" ＡbC ").names.as_str(), filter("oAbC").openids.as_str()), ("%abc%", "%oAbC%"));
        assert_eq!((filter("小微").openids.as_str(), filter("abc").openids.as_str()), ("", ""));
        assert_eq!(filter(" \t").names, "");
        assert_eq!(filter(&"长".repeat(500)).names.chars().count(), 102);
    }

    #[test]
    fn a_phone_number_is_found_however_it_is_written() {
        assert_eq!(filter("+86 138-0013").digits, "%861380013%");
        assert_eq!(filter("1380013").digits, "");
        assert_eq!(filter("a-1-2-3").digits, "");
    }
}
