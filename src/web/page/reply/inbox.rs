//! What people wrote and no rule answered: the most frequent first, each one step from a rule.

use super::{Desk, Room, trace::new_rule};
use crate::{
    core::message::inbox::{self, Group, MOST},
    web::{
        page::{Ago, Halt, Leaf, Visitor, page},
        part::{Card, Empty, Head, Kind, Notice, Shape, Submit, Table},
        text::{Common, fill, replies::inbox::Inbox},
    },
};
use leptos::prelude::*;
use url::form_urlencoded::byte_serialize;

/// Characters of a message that the list shows.
const SHOWN_CHARS: usize = 120;
/// Characters that name a message beside a button.
const NAME_CHARS: usize = 20;

#[component]
pub fn UnansweredPage() -> impl IntoView {
    page(unanswered)
}

async fn unanswered(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let (ctx, t) = (&visitor.here.ctx, Inbox::of(desk.lang));
    let groups = inbox::inbox(ctx, desk.owner_id, MOST).await?;
    let is_kept = ctx.settings.settings.message.keep_days > 0;
    let is_cut = i64::try_from(groups.len()).unwrap_or_default() == MOST;
    let list = if groups.is_empty() { nothing(desk, is_kept) } else { list(desk, &groups, ctx.now()) };
    let cut = is_cut.then(|| view! { <p class="soft">{fill(t.most, &[("n", &MOST.to_string())])}</p> });
    let log = desk.scope.below("messages?only=unanswered");
    let acts = view! { <a class="button plain small" href=log>{t.log}</a> };
    let note = if desk.is_accounts() { t.note_account } else { t.note_own };
    Ok(desk.leaf(Room::Unanswered, t.title, note, acts.into_any(), view! { {list} {cut} }.into_any()))
}

fn nothing(desk: Desk, is_kept: bool) -> AnyView {
    let t = Inbox::of(desk.lang);
    if !is_kept {
        return view! { <Notice><p>{t.not_kept}</p></Notice> }.into_any();
    }
    view! { <section class="card"><Empty title=t.empty text=t.empty_text shape=Shape::Check /></section> }.into_any()
}

fn list(desk: Desk, groups: &[Group], now: i64) -> AnyView {
    let t = Inbox::of(desk.lang);
    let rows = groups.iter().map(|group| row(desk, group, now)).collect_view();
    let heads = vec![
        Head::Text(t.message),
        Head::Number(t.times),
        Head::Text(t.last),
        Head::Hidden(Common::of(desk.lang).actions),
    ];
    view! {
        <Card flush=true>
            <Table heads class="inbox">{rows}</Table>
        </Card>
    }
    .into_any()
}

fn row(desk: Desk, group: &Group, now: i64) -> AnyView {
    let t = Inbox::of(desk.lang);
    let named = |template: &str| fill(template, &[("text", &cut(&group.sample, NAME_CHARS))]);
    let said: String = byte_serialize(group.sample.as_bytes()).collect();
    view! {
        <tr>
            <th scope="row">
                <a href=desk.scope.below(&format!("bench?say={said}")) title=named(t.try_one)>{cut(&group.sample, SHOWN_CHARS)}</a>
            </th>
            <td data-label=t.times class="num">{group.count}</td>
            <td data-label=t.last><Ago lang=desk.lang at=group.last_at now /></td>
            <td class="acts">
                <div class="row end">
                    <a class="button plain small" href=new_rule(desk, group.sample.trim()) aria-label=named(t.make_one)>{t.make}</a>
                    <form method="post" action="/do/reply-ignore">
                        <input type="hidden" name="owner" value=desk.scope.owner() />
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
    if text.chars().count() <= most {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(most).collect::<String>())
}
