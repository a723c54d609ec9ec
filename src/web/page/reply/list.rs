//! The list of rules, and the form that adds one.

use super::{Scope, form, form::matching_of, padded, scope};
use crate::text::Lang;
use crate::{
    core::reply::{Cause, Matching, Rule, edit as rules},
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::{Badge, Card, Empty, Kind, LinkButton, NavLink, Notice, PageHead, Shape, Submit, Tab, Tabs, Tone},
        text::{Common, fill, replies::Replies},
    },
};
use leptos::prelude::*;

#[component]
pub fn RepliesPage() -> impl IntoView {
    page(replies)
}

async fn replies(visitor: Visitor) -> Result<Leaf, Halt> {
    let (scope, owner_id) = scope(&visitor)?;
    let lang = visitor.here.lang();
    let t = Replies::of(lang);
    let rules = rules::list(&visitor.here.ctx, owner_id).await?;
    let is_off = scope == Scope::Own && visitor.user.as_ref().is_some_and(|user| !user.is_auto_reply);
    let body = view! {
        <PageHead title=t.title note=if scope == Scope::Own { t.note_own } else { t.note_account } />
        {visitor.is_admin().then(|| scopes(lang, scope))}
        {is_off.then(|| view! {
            <Notice tone=Tone::Warning><p>{t.switched_off} " " <a href="/me">{t.to_switch}</a></p></Notice>
        })}
        <div class="duo">
            <Card flush=true>{table(lang, scope, rules)}</Card>
            <div class="duo-side" id="add">{add(&visitor, scope)}</div>
        </div>
    };
    Ok(Leaf::wide(t.title, body))
}

/// An admin's switch between their own rules and the account's.
fn scopes(lang: Lang, scope: Scope) -> impl IntoView {
    let t = Replies::of(lang);
    let tabs = [(Scope::Own, t.scope_own), (Scope::Account, t.scope_account)]
        .map(|(of, text)| Tab {
            link: NavLink { href: of.list(), text: text.to_owned(), is_current: of == scope },
            count: None,
        })
        .to_vec();
    view! { <Tabs label=t.scopes tabs /> }
}

fn add(visitor: &Visitor, scope: Scope) -> impl IntoView + use<> {
    let t = Replies::of(visitor.here.lang());
    let fields = form::fields(visitor, scope, None);
    view! {
        <Card title=t.add_title>
            <form class="stack" method="post" action="/do/rule-add">
                {fields}
                <Submit text=t.add block=true />
            </form>
        </Card>
    }
}

fn table(lang: Lang, scope: Scope, rules: Vec<Rule>) -> AnyView {
    let (c, t) = (Common::of(lang), Replies::of(lang));
    if rules.is_empty() {
        return view! {
            <Empty title=t.empty text=t.empty_text shape=Shape::Chat>
                <LinkButton href="#keywords" text=t.empty_do kind=Kind::Plain />
            </Empty>
        }
        .into_any();
    }
    let rows = rules.into_iter().map(|rule| row(lang, scope, rule)).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table cards rules">
                <thead>
                    <tr>
                        <th scope="col">{t.number}</th>
                        <th scope="col">{t.keywords}</th>
                        <th scope="col">{t.text}</th>
                        <th scope="col" class="num">{t.hits}</th>
                        <th scope="col">{c.status}</th>
                        <th scope="col"><span class="sr-only">{c.actions}</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(lang: Lang, scope: Scope, rule: Rule) -> impl IntoView {
    let (c, t) = (Common::of(lang), Replies::of(lang));
    let number = padded(rule.number);
    let called = |template: &str| fill(template, &[("n", &number)]);
    let keywords = cause(t, &rule);
    let state = if rule.is_enabled {
        view! { <Badge text=c.on tone=Tone::Success dot=true /> }.into_any()
    } else {
        view! { <Badge text=c.off tone=Tone::Warning dot=true /> }.into_any()
    };
    let (act, act_label, on) =
        if rule.is_enabled { (c.disable, called(t.disable_one), "0") } else { (c.enable, called(t.enable_one), "1") };
    view! {
        <tr id=format!("rule-{}", rule.number)>
            <th scope="row" class="num">{number.clone()}</th>
            <td data-label=t.keywords><span class="keywords">{keywords}</span></td>
            <td data-label=t.text class="rule-text"><span>{rule.text}</span></td>
            <td data-label=t.hits class="num">{rule.hits}</td>
            <td data-label=c.status>{state}</td>
            <td class="acts">
                <div class="row end">
                    <form method="post" action="/do/rule-toggle">
                        <input type="hidden" name="owner" value=scope.owner() />
                        <input type="hidden" name="number" value=rule.number />
                        <Submit text=act name="on" value=on label=act_label kind=Kind::Quiet small=true />
                    </form>
                    <a class="button quiet small" href=scope.rule(rule.number) aria-label=called(t.edit_one)>{c.edit}</a>
                    <a class="button quiet danger small" href=scope.delete(rule.number) aria-label=called(t.delete_one)>
                        {c.delete}
                    </a>
                </div>
            </td>
        </tr>
    }
}

/// What the rule answers: keywords and how they are compared, or a kind of its own.
fn cause(t: &'static Replies, rule: &Rule) -> AnyView {
    let name = match rule.cause {
        Cause::Default => t.cause_default,
        Cause::Follow => t.cause_follow,
        Cause::Keyword => {
            let words = rule.keywords.iter().map(|k| view! { <span class="keyword">{k.text.clone()}</span> });
            let way = match matching_of(rule) {
                Matching::Exact => None,
                Matching::Prefix => Some(t.prefix_short),
                Matching::Contains => Some(t.contains_short),
                Matching::Regex => Some(t.regex_short),
            };
            let way = way.map(|text| view! { <Badge text /> });
            return view! { {words.collect_view()} {way} }.into_any();
        }
    };
    view! { <Badge text=name tone=Tone::Info /> }.into_any()
}
