//! The list of batches, and whether redeeming is switched on.

use super::{CODES, NEW, count, page_of, redeemed, state, valid, value};
use crate::{
    core::{
        account::directory::Admin,
        message::commands::{Command, Commands},
        redemption::batch::{self, Batch},
        rule::{
            ACCOUNT,
            warning::{self, Shadowed},
        },
    },
    text::Lang,
    web::{
        component::{Card, Empty, Head, LinkButton, Notice, PageHead, Shape, StepPager, Table},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, admin::console_at, path::SETTINGS},
        text::{codes::Codes, fill},
    },
};
use leptos::prelude::*;

#[component]
pub fn CodesPage() -> impl IntoView {
    console_at(CODES, codes)
}

async fn codes(visitor: Visitor, admin: Admin) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Codes::of(lang);
    let below = request.query("below").parse().ok();
    let page = batch::list(&request.ctx, &admin, below).await?;
    let switch = switch(request).await?;
    let after = page.below.map(|below| format!("{CODES}?below={below}"));
    let list = if page.batches.is_empty() {
        view! { <Empty title=t.none text=t.none_text shape=Shape::Star /> }.into_any()
    } else {
        table(request, &page.batches)
    };
    let body = view! {
        <PageHead title=t.title>
            <LinkButton href=NEW text=t.new />
        </PageHead>
        {switch}
        <Card flush=true>{list}</Card>
        <StepPager lang before=None after />
    };
    Ok(PageContent::wide(t.title, body))
}

/// What is off and how to switch it on, and the rules that the commands' words answer before.
async fn switch(request: &PageRequest) -> Result<AnyView, PageError> {
    let (lang, live) = (request.lang(), request.ctx.live());
    let settings = &live.words;
    let t = Codes::of(lang);
    let title = match (settings.redeem.is_empty(), settings.check_in.is_empty()) {
        (true, true) => t.off_title,
        (true, false) => t.off_codes_title,
        (false, true) => t.off_check_in_title,
        (false, false) => "",
    };
    let suggested = settings.suggested();
    // A suggested word may be that of another command: then the operator has to choose one.
    let commands = Commands::new(&suggested).unwrap_or_default();
    let wanted = [Command::Redeem, Command::CheckIn];
    let shadowed = warning::shadowed_by(&request.ctx, ACCOUNT, &commands, &wanted).await?;
    let has_shadowed = !shadowed.is_empty();
    let rules = rules(lang, &shadowed);
    if title.is_empty() {
        let view = view! { <Notice><p>{t.shadows}</p>{rules}</Notice> };
        return Ok(if has_shadowed { view.into_any() } else { ().into_any() });
    }
    let lines = [(&settings.redeem, &suggested.redeem), (&settings.check_in, &suggested.check_in)];
    let lines = lines.map(|(words, suggested)| words.is_empty().then(|| suggested.join(", ")));
    let lines = lines.into_iter().flatten().map(|line| view! { <p><code>{line}</code></p> }).collect_view();
    let about = if has_shadowed { t.would_shadow } else { t.shadows_none };
    Ok(view! {
        <Notice title>
            <p>{t.off_text}</p>
            {lines}
            <p>{about}</p>
            {rules}
            <p><a href=SETTINGS>{t.off_link}</a></p>
        </Notice>
    }
    .into_any())
}

fn rules(lang: Lang, shadowed: &[Shadowed]) -> impl IntoView + use<> {
    let rows = shadowed.iter().map(|rule| {
        let number = rule.number.to_string();
        let text = fill(Codes::of(lang).rule, &[("number", &number), ("keyword", &rule.keyword)]);
        view! { <li><a href=format!("/admin/replies/{number}")>{text}</a></li> }
    });
    let rows = rows.collect_view();
    (!shadowed.is_empty()).then(|| view! { <ul>{rows}</ul> })
}

fn table(request: &PageRequest, batches: &[Batch]) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let t = Codes::of(lang);
    let rows = batches
        .iter()
        .map(|batch| {
            view! {
                <tr>
                    <th scope="row"><a href=page_of(batch.id)>{value(lang, batch)}</a></th>
                    <td data-label=t.count>{count(lang, batch)}</td>
                    <td data-label=t.redeemed class="num">{redeemed(lang, batch)}</td>
                    <td data-label=t.valid>{valid(lang, batch)}</td>
                    <td data-label=t.state>{state(lang, batch, now)}</td>
                    <td data-label=t.note class="wrap">{batch.note.clone()}</td>
                    <td data-label=t.created><Ago lang at=batch.created_at now /></td>
                </tr>
            }
        })
        .collect_view();
    let heads = vec![
        Head::Text(t.value),
        Head::Text(t.count),
        Head::Number(t.redeemed),
        Head::Text(t.valid),
        Head::Text(t.state),
        Head::Text(t.note),
        Head::Text(t.created),
    ];
    view! { <Table heads>{rows}</Table> }.into_any()
}
