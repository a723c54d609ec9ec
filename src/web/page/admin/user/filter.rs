//! The list's address: what is looked for, and in which order. What makes no sense there is passed over.

use super::USERS;
use crate::text::Lang;
use crate::{
    core::account::{
        Role,
        directory::{Query, Sort, level_of},
    },
    web::{
        page::Here,
        part::{Icon, Kind, LinkButton, Shape, Submit},
        text::{Common, users::Users},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::Serializer;

/// Users a page.
const SIZE: i64 = 50;
/// Longer searches are nobody's typing.
const TEXT_MAX_CHARS: usize = 100;

/// What the address asks for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    text: String,
    level: Option<&'static str>,
    state: Option<&'static str>,
    follow: Option<&'static str>,
    sort: Sort,
    is_ascending: bool,
}

impl Asked {
    pub fn of(here: &Here) -> Self {
        let sort = here.query("sort");
        let (name, is_ascending) = sort.strip_suffix("-asc").map_or((sort.as_str(), false), |name| (name, true));
        let known = Sort::of(name);
        Self {
            text: here.query("q").trim().chars().take(TEXT_MAX_CHARS).collect(),
            level: level_of(&here.query("level")),
            state: one_of(&["on", "off", "admin"], &here.query("state")),
            follow: one_of(&["yes", "no"], &here.query("follow")),
            sort: known.unwrap_or_default(),
            is_ascending: is_ascending && known.is_some(),
        }
    }

    /// The same for the domain.
    pub fn query(&self, cursor: String) -> Query {
        Query {
            text: self.text.clone(),
            level: self.level,
            role: self.state.filter(|state| *state == "admin").map(|_| Role::Admin),
            is_enabled: self.state.and_then(|state| match state {
                "on" => Some(true),
                "off" => Some(false),
                _ => None,
            }),
            is_subscribed: self.follow.map(|follow| follow == "yes"),
            sort: self.sort,
            is_descending: !self.is_ascending,
            cursor,
            size: SIZE,
        }
    }

    /// The address of the page that begins there.
    pub fn address(&self, cursor: &str) -> String {
        self.written(&self.order(), cursor)
    }

    /// The address of the same list in another order: by `sort`, and the other way round where it is so already.
    pub fn sorted(&self, sort: Sort) -> String {
        let turned = sort == self.sort && !self.is_ascending;
        self.written(&order(sort, turned), "")
    }

    /// Which way a column is ordered, as `aria-sort` says it.
    pub fn direction(&self, sort: Sort) -> Option<&'static str> {
        (sort == self.sort).then_some(if self.is_ascending { "ascending" } else { "descending" })
    }

    fn is_filtered(&self) -> bool {
        !self.text.is_empty() || self.level.is_some() || self.state.is_some() || self.follow.is_some()
    }

    fn order(&self) -> String {
        order(self.sort, self.is_ascending)
    }

    fn written(&self, order: &str, cursor: &str) -> String {
        let parts = [
            ("q", self.text.as_str()),
            ("level", self.level.unwrap_or_default()),
            ("state", self.state.unwrap_or_default()),
            ("follow", self.follow.unwrap_or_default()),
            ("sort", said(order)),
            ("cursor", cursor),
        ];
        let said = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(said).finish();
        if query.is_empty() { USERS.to_owned() } else { format!("{USERS}?{query}") }
    }

    /// Search, filters and order, as a plain form.
    pub fn form(&self, lang: Lang) -> impl IntoView + use<> {
        let (c, t) = (Common::of(lang), Users::of(lang));
        let levels =
            [("", t.any_level), ("normal", c.level_normal), ("premium", c.level_premium), ("vip", c.level_vip)];
        let states = [("", t.any_state), ("on", t.state_on), ("off", t.state_off), ("admin", t.state_admin)];
        let follows = [("", t.any_follow), ("yes", t.follow_yes), ("no", t.follow_no)];
        let sorts = [
            ("", t.sort_created),
            ("created-asc", t.sort_created_asc),
            ("login", t.sort_login),
            ("login-asc", t.sort_login_asc),
            ("credits", t.sort_credits),
            ("credits-asc", t.sort_credits_asc),
            ("id", t.sort_id),
            ("id-asc", t.sort_id_asc),
        ];
        let order = said(&self.order()).to_owned();
        let clear = self.is_filtered().then(|| {
            view! { <LinkButton href=USERS text=t.clear kind=Kind::Quiet /> }
        });
        view! {
            <form class="tools users-tools" method="get" action=USERS role="search" data-live>
                <div class="search">
                    <Icon shape=Shape::Search />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=self.text.clone()
                        placeholder=t.search_hint
                        aria-label=t.search
                        maxlength=TEXT_MAX_CHARS
                        autocomplete="off"
                        spellcheck="false"
                        data-search
                    />
                </div>
                {choice("level", c.level, &levels, self.level.unwrap_or_default())}
                {choice("state", t.state, &states, self.state.unwrap_or_default())}
                {choice("follow", t.follow, &follows, self.follow.unwrap_or_default())}
                {choice("sort", t.sort, &sorts, &order)}
                <Submit text=c.search kind=Kind::Plain />
                {clear}
            </form>
        }
    }
}

fn order(sort: Sort, is_ascending: bool) -> String {
    format!("{}{}", sort.as_str(), if is_ascending { "-asc" } else { "" })
}

/// An order as an address says it: what is so anyway is not said.
fn said(order: &str) -> &str {
    if order == Sort::default().as_str() { "" } else { order }
}

fn one_of(known: &[&'static str], word: &str) -> Option<&'static str> {
    known.iter().find(|known| **known == word).copied()
}

/// One of the filters; its first choice says what it is about.
fn choice(
    name: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    chosen: &str,
) -> impl IntoView + use<> {
    let options = options
        .iter()
        .map(|(value, text)| view! { <option value=*value selected=*value == chosen>{*text}</option> })
        .collect_view();
    view! { <select class="input" name=name aria-label=label>{options}</select> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_only_what_is_asked_for() {
        let asked = Asked { text: "小 微&x".to_owned(), level: Some("vip"), ..Asked::default() };
        assert_eq!(asked.address(""), "/admin/users?q=%E5%B0%8F+%E5%BE%AE%26x&level=vip");
        assert_eq!(asked.address("c1"), "/admin/users?q=%E5%B0%8F+%E5%BE%AE%26x&level=vip&cursor=c1");
        assert_eq!(Asked::default().address(""), "/admin/users");
    }

    #[test]
    fn a_column_is_turned_round_by_asking_for_it_again() {
        let asked = Asked { sort: Sort::Credits, ..Asked::default() };
        assert_eq!(asked.sorted(Sort::Credits), "/admin/users?sort=credits-asc");
        assert_eq!(asked.sorted(Sort::Id), "/admin/users?sort=id");
        assert_eq!(Asked { is_ascending: true, ..asked }.sorted(Sort::Credits), "/admin/users?sort=credits");
        assert_eq!(Asked::default().direction(Sort::Created), Some("descending"));
        assert_eq!(Asked::default().direction(Sort::Id), None);
    }
}
