//! `/me/usage`: the user's usage of their level's features, and on `/me` what is left today.

use super::{place::USAGE, sub_page::sub_page};
use crate::{
    core::quota::{self, Usage, Used, Window},
    text::Lang,
    web::{
        component::{Card, Meter},
        page::{PageContent, PageError, Visitor, page},
        text::{fill, usage::Usages},
    },
};
use leptos::prelude::*;

#[component]
pub fn UsagePage() -> impl IntoView {
    page(own)
}

async fn own(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let lang = visitor.request.lang();
    let usage = quota::usage(&visitor.request.ctx, user.id).await?;
    let t = Usages::of(lang);
    let body = view! {
        <Card>{meters(t, usage)}</Card>
        <p class="cells-note">{t.note}</p>
    };
    Ok(sub_page(lang, t.title, body))
}

/// A meter for every window with a limit, for an admin.
pub fn card(lang: Lang, usage: Vec<Usage>) -> impl IntoView + use<> {
    let t = Usages::of(lang);
    view! { <Card title=t.title note=t.note>{meters(t, usage)}</Card> }
}

fn meters(t: &'static Usages, usage: Vec<Usage>) -> impl IntoView + use<> {
    let rows = usage.into_iter().map(|feature| row(t, &feature)).collect_view();
    view! { <div class="meters">{rows}</div> }
}

/// What is left today of each feature; nothing if the levels have no features.
pub fn left(lang: Lang, usage: &[Usage]) -> Option<AnyView> {
    let t = Usages::of(lang);
    let rows = usage.iter().map(|feature| left_of(t, feature)).collect_view();
    let view = view! {
        <a class="usage" href=USAGE>
            <span class="usage-head">
                <b>{t.left}</b>
                <small>{t.left_note}</small>
            </span>
            <span class="uses">{rows}</span>
        </a>
    };
    (!usage.is_empty()).then(|| view.into_any())
}

/// The window that ends first decides how much is left.
fn left_of(t: &'static Usages, usage: &Usage) -> impl IntoView + use<> {
    let name = feature_name(t, &usage.feature);
    let tightest = usage.tightest();
    let left = match tightest.remaining() {
        _ if !usage.is_included => view! { <span class="soft">{t.excluded}</span> }.into_any(),
        None => view! { <span class="soft">{t.left_unlimited}</span> }.into_any(),
        Some(left) => {
            let (before, after) = t.left_times.split_once("{n}").unwrap_or_default();
            view! { <span>{before} <b class="num">{left}</b> {after}</span> }.into_any()
        }
    };
    let bar = tightest.limit.zip(tightest.remaining()).filter(|_| usage.is_included).map(|(limit, left)| {
        let label = fill(t.left_of, &[("feature", &name)]);
        view! { <progress aria-label=label value=left.to_string() max=limit.max(1).to_string()></progress> }
    });
    view! {
        <span class="use">
            <span class="soft">{name}</span>
            {left}
            {bar}
        </span>
    }
}

fn row(t: &'static Usages, usage: &Usage) -> AnyView {
    let name = feature_name(t, &usage.feature);
    if !usage.is_included {
        return view! { <Meter name=name used=0 text=t.excluded /> }.into_any();
    }
    let limited: Vec<&Used> = usage.windows.iter().filter(|window| window.limit.is_some()).collect();
    if limited.is_empty() {
        let used = count(usage.tightest().used);
        return view! { <Meter name=name used text=fill(t.unlimited, &[("n", &used.to_string())]) /> }.into_any();
    }
    let meters = limited.into_iter().map(|window| {
        let name = fill(t.name, &[("feature", &name), ("window", window_name(t, window.window))]);
        view! { <Meter name used=count(window.used) limit=window.limit.map(count) /> }
    });
    meters.collect_view().into_any()
}

/// An operator's own feature is shown by its name in the settings.
fn feature_name(t: &'static Usages, feature: &str) -> String {
    match feature {
        "article" => t.article.to_owned(),
        "image_edit" => t.image_edit.to_owned(),
        own => own.to_owned(),
    }
}

fn window_name(t: &'static Usages, window: Window) -> &'static str {
    match window {
        Window::Day => t.day,
        Window::Month => t.month,
        Window::Total => t.total,
    }
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
