//! The list of users, or the search results.

use super::{filter::UserFilter, following, level_tone, page_of};
use crate::{
    core::{
        CoreError,
        account::{
            Role,
            directory::{self, Admin, COUNTED, Entry, Page, Sort, Total},
        },
    },
    web::{
        component::{Badge, Card, CopyId, Empty, PageHead, Shape, StepPager, Tone},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, admin::console},
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

#[component]
pub fn UsersPage() -> impl IntoView {
    console(users)
}

async fn users(visitor: Visitor, admin: Admin) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Users::of(lang);
    let filter = UserFilter::of(request);
    let found = match directory::search(&request.ctx, &admin, &filter.query(request.query("cursor"))).await {
        // An invalid cursor, or one of another order: begin with the first page.
        Err(CoreError::Invalid(_)) => directory::search(&request.ctx, &admin, &filter.query(String::new())).await?,
        found => found?,
    };
    let total = match found.total {
        Total::Exactly(n) => fill(t.total, &[("n", &n.to_string())]),
        Total::More => fill(t.total_more, &[("n", &COUNTED.to_string())]),
    };
    let step = |cursor: &Option<String>| cursor.as_deref().map(|cursor| filter.address(cursor));
    let (before, after) = (step(&found.before), step(&found.after));
    let notice = found.is_unindexed.then(|| view! { <p class="soft">{t.indexing}</p> });
    let list = table(request, &filter, found);
    let body = view! {
        <PageHead title=t.title />
        {filter.form(lang)}
        {notice}
        <Card flush=true>{list}</Card>
        <StepPager lang before after total />
    };
    Ok(PageContent::wide(t.title, body))
}

fn table(request: &PageRequest, filter: &UserFilter, found: Page) -> AnyView {
    let (c, t) = (Common::of(request.lang()), Users::of(request.lang()));
    if found.entries.is_empty() {
        return view! { <Empty title=t.none text=t.none_text shape=Shape::Search /> }.into_any();
    }
    let rows = found.entries.into_iter().map(|entry| row(request, entry)).collect_view();
    let sorted = |sort: Sort, name: &'static str, class: &'static str| {
        view! {
            <th scope="col" class=class aria-sort=filter.direction(sort)>
                <a href=filter.sorted(sort)>{name}</a>
            </th>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table cards users">
                <thead>
                    <tr>
                        <th scope="col">{t.user}</th>
                        {sorted(Sort::Id, t.id, "")}
                        <th scope="col" class="users-openid">{t.openid}</th>
                        <th scope="col">{t.level}</th>
                        <th scope="col">{t.follow}</th>
                        {sorted(Sort::Credits, c.credits, "num")}
                        {sorted(Sort::Created, t.registered, "")}
                        {sorted(Sort::LastLogin, t.last_login, "")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(request: &PageRequest, entry: Entry) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Users::of(lang));
    let also = also(&entry);
    let openid = entry.openid.map(|id| view! { <CopyId id lang /> });
    let seen = match entry.last_login_at {
        Some(at) => view! { <Ago lang at now /> }.into_any(),
        None => view! { <span class="soft">{t.never}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <div class="users-who">
                    <p>
                        <a href=page_of(entry.id)>{entry.nickname}</a>
                        {(entry.role == Role::Admin).then(|| view! { <Badge text=t.admin tone=Tone::Info /> })}
                        {(!entry.is_enabled).then(|| view! { <Badge text=t.state_off tone=Tone::Danger /> })}
                    </p>
                    {also.map(|also| view! { <p class="users-also">{also}</p> })}
                </div>
            </th>
            <td data-label=t.id><CopyId id=entry.id.to_string() lang /></td>
            <td data-label=t.openid class="users-openid">{openid}</td>
            <td data-label=t.level><Badge text=c.level_name(&entry.level) tone=level_tone(&entry.level) /></td>
            <td data-label=t.follow>{following(t, entry.is_subscribed)}</td>
            <td data-label=c.credits class="num">{entry.credits}</td>
            <td data-label=t.registered><Ago lang at=entry.created_at now /></td>
            <td data-label=t.last_login>{seen}</td>
        </tr>
    }
}

/// Other values by which the search may have found the user, in one line.
fn also(entry: &Entry) -> Option<String> {
    let username = entry.username.clone().filter(|name| *name != entry.nickname);
    let parts: Vec<String> =
        [username, entry.real_name.clone(), entry.phone.clone(), entry.email.clone()].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
