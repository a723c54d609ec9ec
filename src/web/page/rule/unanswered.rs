//! Messages that no rule answered, the most frequent first; each can become a rule.

use super::{RuleScope, Section, trace::new_rule};
use crate::{
    core::message::unanswered::{self, Group, MOST},
    web::{
        component::{Card, Empty, Head, Kind, Notice, Shape, Submit, Table},
        page::{Ago, PageContent, PageError, Visitor, page},
        text::{Common, fill, replies::inbox::Inbox},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// The most characters of a message in the list.
const SHOWN_CHARS: usize = 120;
/// The most characters of a message in a button's label.
const NAME_CHARS: usize = 20;

#[component]
pub fn UnansweredPage() -> impl IntoView {
    page(unanswered)
}

async fn unanswered(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let (ctx, t) = (&visitor.request.ctx, Inbox::of(scope.lang));
    let groups = unanswered::inbox(ctx, scope.owner_id, MOST).await?;
    let is_kept = ctx.live().message.keep_days > 0;
    let is_cut = i64::try_from(groups.len()).unwrap_or_default() == MOST;
    let list = if groups.is_empty() { nothing(scope, is_kept) } else { list(scope, &groups, ctx.now()) };
    let cut = is_cut.then(|| view! { <p class="soft">{fill(t.most, &[("n", &MOST.to_string())])}</p> });
    let log = scope.owner.below("messages?only=unanswered");
    let actions = view! { <a class="button plain small" href=log>{t.log}</a> };
    let note = if scope.is_accounts() { t.note_account } else { t.note_own };
    Ok(scope.page(Section::Unanswered, t.title, note, actions.into_any(), view! { {list} {cut} }.into_any()))
}

fn nothing(scope: RuleScope, is_kept: bool) -> AnyView {
    let t = Inbox::of(scope.lang);
    if !is_kept {
        return view! { <Notice><p>{t.not_kept}</p></Notice> }.into_any();
    }
    view! { <section class="card"><Empty title=t.empty text=t.empty_text shape=Shape::Check /></section> }.into_any()
}

fn list(scope: RuleScope, groups: &[Group], now: i64) -> AnyView {
    let t = Inbox::of(scope.lang);
    let rows = groups.iter().map(|group| row(scope, group, now)).collect_view();
    let heads = vec![
        Head::Text(t.message),
        Head::Number(t.times),
        Head::Text(t.last),
        Head::Hidden(Common::of(scope.lang).actions),
    ];
    view! {
        <Card flush=true>
            <Table heads class="inbox">{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(scope: RuleScope, group: &Group, now: i64) -> AnyView {
    let t = Inbox::of(scope.lang);
    let named = |template: &str| fill(template, &[("text", &cut(&group.sample, NAME_CHARS))]);
    let query: String = byte_serialize(group.sample.as_bytes()).collect();
    view! {
        <tr>
            <th scope="row">
                <a href=scope.owner.below(&format!("bench?say={query}")) title=named(t.try_one)>{cut(&group.sample, SHOWN_CHARS)}</a>
            </th>
            <td data-label=t.times class="num">{group.count}</td>
            <td data-label=t.last><Ago lang=scope.lang at=group.last_at now /></td>
            <td class="acts">
                <div class="row end">
                    <a class="button plain small" href=new_rule(scope, group.sample.trim()) aria-label=named(t.make_one)>{t.make}</a>
                    <form method="post" action="/do/reply-ignore">
                        <input type="hidden" name="owner" value=scope.owner.owner() />
                        <input type="hidden" name="text" value=group.folded.clone() />
                        <Submit text=t.ignore kind=Kind::Quiet small=true label=named(t.ignore_one) />
                    </form>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

/// The beginning of a text.
pub fn cut(text: &str, most: usize) -> String {
    crate::text::cut::shown(text, most)
}
