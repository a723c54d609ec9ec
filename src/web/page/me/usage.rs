//! The user's usage of their level's features.

use crate::text::Lang;
use crate::{
    core::quota::{Usage, Used, Window},
    web::{
        component::{Card, Meter},
        text::{fill, usage::Usages},
    },
};
use leptos::prelude::*;

/// A meter for every window with a limit.
pub fn card(lang: Lang, usage: Vec<Usage>) -> impl IntoView + use<> {
    let t = Usages::of(lang);
    let rows = usage.into_iter().map(|feature| row(t, &feature)).collect_view();
    view! { <Card title=t.title note=t.note><div class="usage">{rows}</div></Card> }
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
