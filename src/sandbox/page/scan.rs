//! The codes to scan, named by what they are for and where they are shown.

use super::Shown;
use crate::{
    core::{
        CoreError, Ctx,
        signin::{
            Purpose,
            scene::{self, OpenScene},
        },
    },
    sandbox::{platform::Code, text::Sandbox},
    web::{
        component::{Card, Empty, Field, Kind, LinkButton, Notice, Shape, Submit},
        page::Ago,
        text::fill,
    },
};
use leptos::prelude::*;

/// Older codes are unlikely to be on a page any more.
const CODES_MAX: usize = 8;

/// A code that waits for its scan.
pub(super) struct OpenCode {
    code: Code,
    /// What it is for and where: "注册 · 小红 · Safari · iPhone".
    name: String,
}

/// The open codes of the account, newest first. Those that were used, or whose page was renewed, are left out.
pub(super) async fn open_codes(ctx: &Ctx, t: &Sandbox, codes: Vec<Code>) -> Result<Vec<OpenCode>, CoreError> {
    let mut open = Vec::new();
    for code in codes {
        if open.len() == CODES_MAX {
            break;
        }
        if let Some(scene) = scene::find_open(ctx, &code.scene.to_string()).await? {
            open.push(OpenCode { name: name_of(t, scene), code });
        }
    }
    Ok(open)
}

fn name_of(t: &Sandbox, scene: OpenScene) -> String {
    let OpenScene::Page { purpose, name, browser_label } = scene else { return t.code_client.to_owned() };
    let purpose = match purpose {
        Purpose::Register => t.code_register,
        Purpose::Login => t.code_login,
        Purpose::Bind => t.code_bind,
        Purpose::Reset => t.code_reset,
    };
    let place = if browser_label.is_empty() { t.code_program.to_owned() } else { browser_label };
    [Some(purpose.to_owned()), name, Some(place)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(super) fn scan(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let list = if shown.codes.is_empty() {
        view! {
            <Empty title=t.scan_none text=t.scan_none_do shape=Shape::Scan>
                <LinkButton href="/login" text=t.scan_open kind=Kind::Plain />
            </Empty>
        }
        .into_any()
    } else {
        let rows = shown.codes.iter().map(|code| row(shown, code)).collect_view();
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
    let is_open = !shown.asking.is_empty() && !shown.is_follower();
    let (openid, code) = (shown.person.openid.clone(), shown.asking.clone());
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

fn row(shown: &Shown, OpenCode { code, name }: &OpenCode) -> impl IntoView + use<> {
    let t = shown.t;
    let (lang, at, now) = (shown.lang, code.created_at_ms, shown.now_ms);
    let named = |template| fill(template, &[("code", name)]);
    let (text, label, follow) = if shown.is_follower() {
        (t.scan, named(t.scan_one), "")
    } else {
        (t.follow_and_scan, named(t.follow_and_scan_one), "1")
    };
    view! {
        <li>
            <div class="cell">
                <span class="cell-label">{name.clone()} <small><Ago lang at now /></small></span>
                <form class="cell-action" method="post" action="/sandbox/scan">
                    <input type="hidden" name="person" value=shown.person.openid.clone() />
                    <input type="hidden" name="code" value=code.url.clone() />
                    <Submit text label small=true kind=Kind::Plain name="follow" value=follow />
                </form>
            </div>
        </li>
    }
}

fn paste(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    view! {
        <form class="sandbox-add tight" method="post" action="/sandbox/scan">
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <div class="sandbox-line">
                <Field label=t.paste name="code" placeholder="http://weixin.qq.com/q/…" autocomplete="off" required=true />
                <Submit text=t.scan kind=Kind::Plain />
            </div>
            <p class="small-text soft">{t.paste_hint}</p>
        </form>
    }
}
