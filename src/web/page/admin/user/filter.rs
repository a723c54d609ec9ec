//! The user list's query: search, filters and order. Invalid values are ignored.

use super::USERS;
use crate::text::Lang;
use crate::{
    core::account::{
        Role,
        directory::{Query, Sort, level_of},
    },
    web::{
        component::{Icon, Kind, LinkButton, Shape, Submit},
        page::PageRequest,
        text::{Common, users::Users},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::Serializer;

/// Users per page.
const SIZE: i64 = 50;
/// A longer search is cut.
const TEXT_MAX_CHARS: usize = 100;

/// The query of the list.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    text: String,
    level: Option<&'static str>,
    state: Option<&'static str>,
    follow: Option<&'static str>,
    sort: Sort,
    is_ascending: bool,
}

impl UserFilter {
    pub fn of(request: &PageRequest) -> Self {
        let sort = request.query("sort");
        let (name, is_ascending) = sort.strip_suffix("-asc").map_or((sort.as_str(), false), |name| (name, true));
        let known = Sort::of(name);
        Self {
            text: request.query("q").trim().chars().take(TEXT_MAX_CHARS).collect(),
            level: level_of(&request.query("level")),
            state: one_of(&["on", "off", "admin"], &request.query("state")),
            follow: one_of(&["yes", "no"], &request.query("follow")),
            sort: known.unwrap_or_default(),
            is_ascending: is_ascending && known.is_some(),
        }
    }

    /// The same as a query of the core.
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

    /// The address of the page that begins at this cursor.
    pub fn address(&self, cursor: &str) -> String {
        self.written(&self.order(), cursor)
    }

    /// The address of the same list ordered by `sort`, reversed if it is ordered by it already.
    pub fn sorted(&self, sort: Sort) -> String {
        let paginate = sort == self.sort && !self.is_ascending;
        self.written(&order(sort, paginate), "")
    }

    /// The direction of a column, as an `aria-sort` value.
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
            ("sort", order_name(order)),
            ("cursor", cursor),
        ];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(given).finish();
        if query.is_empty() { USERS.to_owned() } else { format!("{USERS}?{query}") }
    }

    /// Search, filters and order as a plain form.
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
        let order = order_name(&self.order()).to_owned();
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

/// The order in the query; the default is omitted.
fn order_name(order: &str) -> &str {
    if order == Sort::default().as_str() { "" } else { order }
}

fn one_of(known: &[&'static str], word: &str) -> Option<&'static str> {
    known.iter().find(|known| **known == word).copied()
}

/// One filter; its first option names it.
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
        let filter = UserFilter { text: "小 微&x".to_owned(), level: Some("vip"), ..UserFilter::default() };
        assert_eq!(filter.address(""), "/admin/users?q=%E5%B0%8F+%E5%BE%AE%26x&level=vip");
        assert_eq!(filter.address("c1"), "/admin/users?q=%E5%B0%8F+%E5%BE%AE%26x&level=vip&cursor=c1");
        assert_eq!(UserFilter::default().address(""), "/admin/users");
    }

    #[test]
    fn a_column_is_turned_round_by_asking_for_it_again() {
        let filter = UserFilter { sort: Sort::Credits, ..UserFilter::default() };
        assert_eq!(filter.sorted(Sort::Credits), "/admin/users?sort=credits-asc");
        assert_eq!(filter.sorted(Sort::Id), "/admin/users?sort=id");
        assert_eq!(UserFilter { is_ascending: true, ..filter }.sorted(Sort::Credits), "/admin/users?sort=credits");
        assert_eq!(UserFilter::default().direction(Sort::Created), Some("descending"));
        assert_eq!(UserFilter::default().direction(Sort::Id), None);
    }
}
