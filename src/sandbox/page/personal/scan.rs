//! The connection codes to scan.

use super::Shown;
use crate::{
    sandbox::ilink::QrView,
    web::{
        component::{Card, Empty, Field, Kind, Shape, Submit},
        page::Ago,
        text::fill,
    },
};
use leptos::prelude::*;

/// Older codes are unlikely to be on a page any more.
const CODES_MAX: usize = 5;

pub(super) fn scan(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let codes = shown.phone.platform.ilink().codes();
    let list = if codes.is_empty() {
        view! { <Empty title=t.scan_none text=t.scan_none_do shape=Shape::Scan /> }.into_any()
    } else {
        let rows = codes.iter().take(CODES_MAX).map(|code| row(shown, code)).collect_view();
        view! { <ul class="cells">{rows}</ul> }.into_any()
    };
    let paste = view! {
        <form class="sandbox-add tight" method="post" action="/sandbox/personal/scan">
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <div class="sandbox-line">
                <Field
                    label=t.paste
                    name="code"
                    placeholder="https://liteapp.weixin.qq.com/q/…"
                    autocomplete="off"
                    required=true
                />
                <Submit text=t.scan kind=Kind::Plain />
                <Submit text=t.scan_number kind=Kind::Plain name="kind" value="number" />
            </div>
        </form>
    };
    view! {
        <div class="sandbox-scan" id="scan">
            <Card title=t.scan_title note=t.scan_note flush=true>
                <div id="sandbox-codes" data-live>
                    {list}
                </div>
                {paste}
            </Card>
        </div>
    }
}

fn row(shown: &Shown, code: &QrView) -> impl IntoView + use<> {
    let t = shown.t;
    let (lang, at, now) = (shown.lang, code.created_at_ms, shown.now_ms);
    let end = short(&code.content);
    let named = |template| fill(template, &[("end", &end)]);
    let act = view! {
        <form class="cell-action sandbox-line" method="post" action="/sandbox/personal/scan">
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <input type="hidden" name="code" value=code.content.clone() />
            <Submit text=t.scan label=named(t.scan_one) small=true kind=Kind::Plain />
            <Submit
                text=t.scan_number
                label=named(t.scan_number_one)
                small=true
                kind=Kind::Plain
                name="kind"
                value="number"
            />
        </form>
    };
    view! {
        <li>
            <div class="cell">
                <span class="cell-label">{named(t.code)} <small><Ago lang at now /></small></span>
                {act}
            </div>
        </li>
    }
}

/// What tells one code from the others.
fn short(content: &str) -> String {
    let path = content.split('?').next().unwrap_or_default();
    format!("…{}", path.rsplit('/').next().unwrap_or_default())
}
