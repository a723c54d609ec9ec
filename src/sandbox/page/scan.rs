//! The codes to scan.

use super::Shown;
use crate::{
    sandbox::platform::Code,
    web::{
        component::{Card, Empty, Field, Kind, LinkButton, Notice, Shape, Submit},
        page::Ago,
        text::fill,
    },
};
use leptos::prelude::*;

/// Older codes are unlikely to be on a page any more.
const CODES_MAX: usize = 8;

pub(super) fn scan(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let codes = shown.phone.platform.codes();
    let list = if codes.is_empty() {
        view! {
            <Empty title=t.scan_none text=t.scan_none_do shape=Shape::Scan>
                <LinkButton href="/login" text=t.scan_open kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    } else {
        let rows = codes.iter().take(CODES_MAX).map(|code| row(shown, code)).collect_view();
        view! { <ul class="cells">{rows}</ul> }.into_any()
    };
    let (ask, paste) = (ask(shown), paste(shown));
    view! {
        <div class="sandbox-scan" id="scan">
            <Card title=t.scan_title note=t.scan_note flush=true>
                {ask}
                <div id="sandbox-codes" data-live>
                    {list}
                </div>
                {paste}
            </Card>
        </div>
    }
}

/// A scan by a user who does not follow: WeChat shows the account first.
fn ask(shown: &Shown) -> Option<impl IntoView + use<>> {
    let t = shown.t;
    let is_open = !shown.asking.is_empty() && shown.person.is_some() && !shown.is_follower();
    let (openid, code) = (shown.openid(), shown.asking.clone());
    is_open.then(|| {
        view! {
            <div class="sandbox-ask">
                <Notice title=t.ask_title>
                    <p>{fill(t.ask_text, &[("account", t.account)])}</p>
                    <form method="post" action="/sandbox/scan">
                        <input type="hidden" name="person" value=openid />
                        <input type="hidden" name="code" value=code />
                        <Submit text=t.follow_and_scan name="follow" value="1" />
                    </form>
                </Notice>
            </div>
        }
    })
}

fn row(shown: &Shown, code: &Code) -> impl IntoView + use<> {
    let t = shown.t;
    let (lang, at, now) = (shown.lang, code.created_at_ms, shown.now_ms);
    let ticket = short(&code.ticket);
    let named = |template| fill(template, &[("ticket", &ticket)]);
    let is_permanent = code.expires_at_ms.is_none();
    let act = shown.person.is_some().then(|| {
        let (text, label, follow) = if shown.is_follower() {
            (t.scan, named(t.scan_one), "")
        } else {
            (t.follow_and_scan, named(t.follow_and_scan_one), "1")
        };
        view! {
            <form class="cell-action" method="post" action="/sandbox/scan">
                <input type="hidden" name="person" value=shown.openid() />
                <input type="hidden" name="code" value=code.url.clone() />
                <Submit text label small=true kind=Kind::Plain name="follow" value=follow />
            </form>
        }
    });
    view! {
        <li>
            <div class="cell">
                <span class="cell-label">
                    {named(t.code)}
                    <small><Ago lang at now /> {is_permanent.then(|| format!(" · {}", t.code_permanent))}</small>
                </span>
                {act}
            </div>
        </li>
    }
}

fn paste(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    if shown.person.is_none() {
        return view! { <p class="sandbox-add soft">{t.need_person}</p> }.into_any();
    }
    view! {
        <form class="sandbox-add tight" method="post" action="/sandbox/scan">
            <input type="hidden" name="person" value=shown.openid() />
            <div class="sandbox-line">
                <Field label=t.paste name="code" placeholder="http://weixin.qq.com/q/…" autocomplete="off" required=true />
                <Submit text=t.scan kind=Kind::Plain />
            </div>
            <p class="small-text soft">{t.paste_hint}</p>
        </form>
    }
    .into_any()
}

/// The end of a ticket identifies it; all tickets begin alike.
fn short(ticket: &str) -> String {
    let end: String = ticket.trim_end_matches('=').chars().rev().take(6).collect();
    format!("…{}", end.chars().rev().collect::<String>())
}
