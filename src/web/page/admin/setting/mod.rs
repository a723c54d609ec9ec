//! `/admin/settings`: every setting in force and where it comes from; those that change while the program runs are changed here.

mod form;
mod history;

use super::console;
use crate::{
    core::{
        account::directory::Admin,
        setting::{self, InForce, Kind, Origin},
    },
    text::Lang,
    web::{
        component::{Badge, Card},
        page::{ConsolePage, PageContent, PageError, Visitor, head, path::SETTINGS},
        text::setting::SettingTexts,
    },
};
use leptos::prelude::*;

#[component]
pub fn SettingsPage() -> impl IntoView {
    console(settings)
}

async fn settings(visitor: Visitor, _: Admin) -> Result<PageContent, PageError> {
    let (ctx, lang) = (&visitor.request.ctx, visitor.request.lang());
    let t = SettingTexts::of(lang);
    let (live, fixed): (Vec<_>, Vec<_>) = setting::in_force(ctx).into_iter().partition(|of| of.kind.is_some());
    let changes = setting::changes(ctx).await?;
    let group = |wanted: fn(&InForce) -> bool| {
        live.iter().filter(|of| wanted(of)).map(|of| form::row(&visitor, of)).collect_view()
    };
    let signin = group(|of| !of.key.starts_with("limits.") && of.kind != Some(Kind::Words));
    let (words, limits) = (group(|of| of.kind == Some(Kind::Words)), group(|of| of.key.starts_with("limits.")));
    let body = view! {
        <p class="soft">{t.order}</p>
        <Card title=t.signin><div class="setting-list">{signin}</div></Card>
        <Card title=t.words note=t.words_text><div class="setting-list">{words}</div></Card>
        <Card title=t.limits note=t.limits_text><div class="setting-list">{limits}</div></Card>
        {history::card(&visitor, changes)}
        {restart(lang, fixed)}
    };
    let console = ConsolePage {
        place: SETTINGS.to_owned(),
        head: Some(head(t.title, t.note, ().into_any())),
        is_filled: false,
        skip: None,
        start: None,
    };
    Ok(PageContent { console: Some(console), ..PageContent::medium(t.title, body) })
}

/// The settings that a restart changes.
fn restart(lang: Lang, fixed: Vec<InForce>) -> AnyView {
    let t = SettingTexts::of(lang);
    let rows = fixed.into_iter().map(|of| {
        let value = match of.value.as_str() {
            "" => view! { <span class="soft">{t.empty}</span> }.into_any(),
            "(hidden)" => view! { <span>{t.hidden}</span> }.into_any(),
            _ => view! { <code>{of.value.clone()}</code> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row"><code>{of.key.clone()}</code></th>
                <td data-label=t.value class="wrap">{value}</td>
                <td data-label=t.origin>{origin(lang, &of.origin)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Card title=t.fixed note=t.fixed_text flush=true>
            <div class="table-wrap">
                <table class="table cards">
                    <thead><tr><th scope="col">{t.name}</th><th scope="col">{t.value}</th><th scope="col">{t.origin}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
    .into_any()
}

/// Where a value comes from.
fn origin(lang: Lang, origin: &Origin) -> AnyView {
    let text = SettingTexts::of(lang).origin_of(origin);
    match origin {
        Origin::Default => view! { <span class="soft">{text}</span> }.into_any(),
        Origin::Environment(_) => view! { <code>{text}</code> }.into_any(),
        Origin::File | Origin::Console => view! { <Badge text /> }.into_any(),
    }
}
