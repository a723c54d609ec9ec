//! One batch: what it gives, who redeemed its codes, and how to stop it.

use super::{CODES, count, page_of, redeemed, state, valid, value};
use crate::{
    core::{
        CoreError,
        account::directory::Admin,
        redemption::batch::{self, Batch, Detail},
    },
    store::redemption::RedeemedRow,
    web::{
        component::{Card, Fact, Facts, Head, Icon, Kind, PageHead, Shape, StepPager, Submit, Table},
        page::{
            Ago, PageContent, PageError, PageRequest, Visitor,
            admin::{console_at, user},
        },
        text::{Common, codes::Codes, fill},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn CodeBatchPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id").unwrap_or_default();
    console_at(CODES, |visitor, admin| detail(visitor, admin, id))
}

async fn detail(visitor: Visitor, admin: Admin, id: String) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Codes::of(lang);
    let id: i64 = id.parse().map_err(|_| CoreError::NotFound)?;
    let below = request.query("below").parse().ok();
    let detail = batch::detail(&request.ctx, &admin, id, below).await?;
    let batch = &detail.batch;
    let facts = facts(request, batch);
    let title = value(lang, batch);
    let after = detail.below.map(|below| format!("{}?below={below}", page_of(id)));
    let body = view! {
        <a class="back" href=CODES><Icon shape=Shape::Left />{t.back}</a>
        <PageHead title=title.clone() note=fill(t.batch, &[("id", &id.to_string())]) />
        {facts}
        {who(request, &detail.redeemed)}
        <StepPager lang before=None after />
        {stop(request, &detail)}
        {user::audit_card(request, &detail.audit)}
    };
    Ok(PageContent::wide(title, body))
}

fn facts(request: &PageRequest, batch: &Batch) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let t = Codes::of(lang);
    let (state, created_at) = (state(lang, batch, now), batch.created_at);
    let (count, redeemed, valid) = (count(lang, batch), redeemed(lang, batch), valid(lang, batch));
    let note = Some(batch.note.clone()).filter(|note| !note.is_empty());
    let once = batch.is_once.then(|| view! { <p class="soft">{t.once}</p> });
    view! {
        <Card>
            <Facts>
                <Fact name=t.state>{state}</Fact>
                <Fact name=t.count>{count}</Fact>
                <Fact name=t.redeemed>{redeemed}</Fact>
                <Fact name=t.valid>{valid}</Fact>
                {note.map(|note| view! { <Fact name=t.note>{note}</Fact> })}
                <Fact name=t.created><Ago lang at=created_at now /></Fact>
            </Facts>
            {once}
        </Card>
    }
}

fn who(request: &PageRequest, redeemed: &[RedeemedRow]) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Codes::of(lang));
    if redeemed.is_empty() {
        return view! { <Card title=t.who><p class="soft">{t.who_none}</p></Card> }.into_any();
    }
    let rows = redeemed
        .iter()
        .map(|row| {
            let name = match row.nickname.clone() {
                Some(name) => view! { <a href=user::page_of(row.user_id)>{name}</a> }.into_any(),
                None => t.user_gone.into_any(),
            };
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td data-label=t.code_end><code>{fill(t.code_end_is, &[("end", &row.last_four)])}</code></td>
                    <td data-label=c.time><Ago lang at=row.redeemed_at now /></td>
                </tr>
            }
        })
        .collect_view();
    let heads = vec![Head::Text(t.user), Head::Text(t.code_end), Head::Text(c.time)];
    view! { <Card title=t.who flush=true><Table heads>{rows}</Table></Card> }.into_any()
}

fn stop(request: &PageRequest, detail: &Detail) -> Option<AnyView> {
    let t = Codes::of(request.lang());
    let id = detail.batch.id;
    let view = view! {
        <Card title=t.stop>
            <form class="stack tight" method="post" action="/do/codes-stop">
                <p class="small-text soft">{t.stop_note}</p>
                <input type="hidden" name="batch" value=id />
                <p class="row end"><Submit text=t.stop kind=Kind::PlainDanger /></p>
            </form>
        </Card>
    };
    detail.batch.stopped_at.is_none().then(|| view.into_any())
}
