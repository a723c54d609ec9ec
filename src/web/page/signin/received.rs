//! What a waiting page shows once the account received the scan or the digits: the message that waits in the chat, as it is there.

use super::{gate::Gate, wechat::open_wechat};
use crate::{
    core::{
        message::ask_text,
        signin::{Purpose, chat_outcome::Question},
    },
    http::client::Device,
    text::Lang,
    web::{
        component::{Face, Fold},
        markup::{Span, spans},
        page::account_name,
    },
};
use leptos::prelude::*;

/// The part for the status `scanned`.
pub fn received_part(gate: &Gate<'_>) -> AnyView {
    let t = gate.t;
    let title = gate.fill(gate.by_purpose(t.tap_register, t.tap_login, t.tap_bind));
    let open = (gate.device() == Device::Phone).then(|| open_wechat(t.open_wechat, None));
    let (no_message_do, not_mine_do) = (gate.fill(t.no_message_do), gate.fill(t.not_mine_do));
    view! {
        <div class="whole" data-part="received" data-when="scanned">
            {open}
            <div class="halves">
                <section class="half panel peek" aria-hidden="true">{message(gate)}</section>
                <section class="half panel">
                    <h2>{title}</h2>
                    <p class="soft">{t.tap_back}</p>
                    <div class="cells">
                        <Fold name=t.no_message><p class="soft">{no_message_do}</p></Fold>
                        <Fold name=t.not_mine><p class="soft">{not_mine_do}</p></Fold>
                    </div>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// The question in the chat. The account asks in Chinese, whatever the page's language.
fn message(gate: &Gate<'_>) -> impl IntoView + use<> {
    let (request, view) = (gate.request(), gate.view);
    let name = gate.visitor.user.as_ref().map(|user| user.username.clone().unwrap_or_else(|| user.id.to_string()));
    let question = match view.purpose {
        Purpose::Register => Question::Register(view.username.clone()),
        Purpose::Login | Purpose::Reset => Question::Login,
        Purpose::Bind => Question::Bind(name.unwrap_or_default()),
    };
    let client = &request.client;
    let text = ask_text(&request.ctx, Lang::Zh, &question, &client.browser_label, &request.address(), view.created_at);
    let mut is_first = true;
    let pieces = spans(&text).into_iter().map(|span| match span {
        Span::Words(words) => words.into_any(),
        Span::Link { text, .. } => {
            let class = if std::mem::take(&mut is_first) { "tap hint" } else { "tap" };
            view! { <span class=class>{text}</span> }.into_any()
        }
    });
    let pieces = pieces.collect_view();
    view! {
        <div class="peek-phone" lang="zh-CN">
            <p>{account_name(request)}</p>
            <ol class="chat"><li class="said"><Face /><div class="bubble">{pieces}</div></li></ol>
        </div>
    }
}
