//! What the list is asked for, in its address.

use crate::core::reply::{
    Cause, Matching,
    search::{Query, Sort},
};
use url::form_urlencoded::Serializer;

/// Rules on one page.
pub const SIZE: i64 = 50;
/// Characters of a search that are read.
const TEXT_MAX_CHARS: usize = 100;

/// Search, filters, order and page. What an address says that cannot be read is not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub text: String,
    pub cause: Option<Cause>,
    pub state: State,
    pub matching: Option<Matching>,
    pub sort: Sort,
    pub is_descending: bool,
    /// From 1.
    pub page: i64,
}

/// Which rules, by what they do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Any,
    On,
    Off,
    /// On or off, but never hit.
    Unused,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Any, Self::On, Self::Off, Self::Unused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::On => "on",
            Self::Off => "off",
            Self::Unused => "unused",
        }
    }

    fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.as_str() == text).unwrap_or_default()
    }
}

impl Ask {
    /// Reads an address's parameters.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let (cause, matching) = (get("cause"), get("way"));
        Self {
            text: get("q").trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX_CHARS).collect(),
            cause: Cause::ALL.into_iter().find(|c| c.as_str() == cause),
            state: State::of(&get("state")),
            matching: Matching::ALL.into_iter().find(|m| m.as_str() == matching),
            sort: Sort::of(&get("sort")),
            is_descending: get("order") == "desc",
            page: get("page").parse().unwrap_or(1).max(1),
        }
    }

    /// The same as a query of the domain.
    pub fn query(&self) -> Query {
        Query {
            text: self.text.clone(),
            cause: self.cause,
            is_enabled: match self.state {
                State::On => Some(true),
                State::Off => Some(false),
                State::Any | State::Unused => None,
            },
            matching: self.matching,
            is_unused: self.state == State::Unused,
            sort: self.sort,
            is_descending: self.is_descending,
            page: self.page,
            size: SIZE,
        }
    }

    /// Something is looked for: an empty list does not mean that there are no rules.
    pub fn is_filtered(&self) -> bool {
        !self.text.is_empty() || self.state != State::Any || self.matching.is_some()
    }

    /// The address at `path` that asks for this; without its page's number it ends in `page=`.
    pub fn address(&self, path: &str, page: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        put("q", &self.text);
        put("cause", self.cause.map_or("", Cause::as_str));
        put("state", self.state.as_str());
        put("way", self.matching.map_or("", Matching::as_str));
        put("sort", if self.sort == Sort::Number { "" } else { self.sort.as_str() });
        put("order", if self.is_descending { "desc" } else { "" });
        put("page", &page.filter(|page| *page > 1).map(|page| page.to_string()).unwrap_or_default());
        let query = query.finish();
        match (page, query.is_empty()) {
            (Some(_), true) => path.to_owned(),
            (Some(_), false) => format!("{path}?{query}"),
            (None, true) => format!("{path}?page="),
            (None, false) => format!("{path}?{query}&page="),
        }
    }

    /// The address of the page that is shown.
    pub fn here(&self, path: &str) -> String {
        self.address(path, Some(self.page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(query: &str) -> Ask {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ask::read(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default())
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let asked = ask("q=%E4%BB%B7+a%26b&cause=menu&state=unused&way=regex&sort=hits&order=desc&page=3");
        assert_eq!((asked.text.as_str(), asked.page, asked.sort), ("价 a&b", 3, Sort::Hits));
        let address = asked.here("/replies");
        assert_eq!(ask(address.split_once('?').unwrap().1), asked);
        assert_eq!(ask("").here("/replies"), "/replies");
        assert_eq!(ask("").address("/replies", None), "/replies?page=");
    }

    #[test]
    fn what_makes_no_sense_is_not_said() {
        for nonsense in
            ["page=-1", "page=0", "page=x", "sort=;drop table", "cause=x&way=&state=1", "page=99999999999999999999"]
        {
            assert_eq!(ask(nonsense), ask(""), "{nonsense}");
        }
        assert_eq!(ask("page=2147483648").page, 2_147_483_648);
        assert_eq!(ask(&format!("q={}", "x".repeat(5_000))).text.len(), 100);
    }
}
