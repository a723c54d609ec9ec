//! The query of the list.

use crate::{
    core::rule::{
        MatchType, TriggerKind,
        search::{Query, Sort},
    },
    text::number,
};
use url::form_urlencoded::Serializer;

/// Rules per page.
pub const SIZE: i64 = 50;
/// The most characters of a search that are read.
const TEXT_MAX_CHARS: usize = 100;

/// The order of the list without a choice: that of answering, the highest priority first.
const ANSWERING: Sort = Sort::Priority;

/// The direction of an order without a choice: priorities, hits and times from the greatest.
pub fn begins_descending(sort: Sort) -> bool {
    !matches!(sort, Sort::Number | Sort::Keyword)
}

/// Search, filters, order and page. Invalid parameters are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    pub text: String,
    pub cause: Option<TriggerKind>,
    pub state: State,
    pub matching: Option<MatchType>,
    pub sort: Sort,
    pub is_descending: bool,
    /// From 1.
    pub page: i64,
}

/// A filter by the rules' state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Any,
    On,
    Off,
    /// Enabled or disabled, but never hit.
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

impl ListQuery {
    /// Parses the query's parameters.
    pub fn read(get: impl Fn(&str) -> String) -> Self {
        let (cause, matching) = (get("cause"), get("way"));
        let sort = Sort::ALL.into_iter().find(|s| s.as_str() == get("sort")).unwrap_or(ANSWERING);
        Self {
            text: get("q").trim().chars().filter(|c| !c.is_control()).take(TEXT_MAX_CHARS).collect(),
            cause: TriggerKind::ALL.into_iter().find(|c| c.as_str() == cause),
            state: State::of(&get("state")),
            matching: MatchType::ALL.into_iter().find(|m| m.as_str() == matching),
            sort,
            is_descending: match get("order").as_str() {
                "desc" => true,
                "asc" => false,
                _ => begins_descending(sort),
            },
            page: number::page(&get("page")),
        }
    }

    /// The same as a query of the core.
    pub fn search(&self) -> Query {
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

    /// True with a search or filter: an empty list then does not mean that there are no rules.
    pub fn is_filtered(&self) -> bool {
        !self.text.is_empty() || self.state != State::Any || self.matching.is_some()
    }

    /// True in the order of answering: only there a rule can be dragged to another place.
    pub fn is_answering_order(&self) -> bool {
        self.sort == ANSWERING && self.is_descending
    }

    /// The address at `path` with these parameters; without a page number it ends in `page=`.
    pub fn address(&self, path: &str, page: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        let mut put = |name: &str, value: &str| {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        };
        put("q", &self.text);
        put("cause", self.cause.map_or("", TriggerKind::as_str));
        put("state", self.state.as_str());
        put("way", self.matching.map_or("", MatchType::as_str));
        put("sort", if self.sort == ANSWERING { "" } else { self.sort.as_str() });
        let order = if self.is_descending { "desc" } else { "asc" };
        put("order", if self.is_descending == begins_descending(self.sort) { "" } else { order });
        put("page", &page.filter(|page| *page > 1).map(|page| page.to_string()).unwrap_or_default());
        let query = query.finish();
        match (page, query.is_empty()) {
            (Some(_), true) => path.to_owned(),
            (Some(_), false) => format!("{path}?{query}"),
            (None, true) => format!("{path}?page="),
            (None, false) => format!("{path}?{query}&page="),
        }
    }

    /// The address of the current page.
    pub fn current_address(&self, path: &str) -> String {
        self.address(path, Some(self.page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(query: &str) -> ListQuery {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        ListQuery::read(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default())
    }

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        let parsed = query("q=%E4%BB%B7+a%26b&cause=menu&state=unused&way=regex&sort=hits&order=desc&page=3");
        assert_eq!((parsed.text.as_str(), parsed.page, parsed.sort), ("价 a&b", 3, Sort::Hits));
        let address = parsed.current_address("/replies");
        assert_eq!(query(address.split_once('?').unwrap().1), parsed);
        assert_eq!(query("").current_address("/replies"), "/replies");
        assert_eq!(query("").address("/replies", None), "/replies?page=");
        assert!(query("").is_answering_order() && !query("order=asc").is_answering_order());
        assert_eq!(query("order=asc").current_address("/replies"), "/replies?order=asc");
        assert_eq!(query("sort=hits&order=desc").current_address("/replies"), "/replies?sort=hits");
    }

    #[test]
    fn what_makes_no_sense_is_not_said() {
        for nonsense in ["page=-1", "page=0", "page=x", "sort=;drop table", "cause=x&way=&state=1"] {
            assert_eq!(query(nonsense), query(""), "{nonsense}");
        }
        assert_eq!(query("page=2147483648").page, 2_147_483_648);
        // Too far, as any page after the last.
        assert_eq!(query("page=99999999999999999999").page, i64::MAX);
        assert_eq!(query(&format!("q={}", "x".repeat(5_000))).text.len(), 100);
    }
}
