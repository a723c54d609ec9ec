//! How far the connection is: the state, the end of the sandbox, and the message that arrived.

use super::seen;
use crate::{
    core::official_account::{SandboxData, State, View},
    web::{
        component::{Card, Fact, Facts, Icon, Kind, Notice, Shape, Submit, Tone},
        page::{
            Ago, PageRequest, Visitor,
            path::{CONNECT, DOCTOR},
        },
        text::{
            connect::Connect,
            fill,
            replies::{Replies, message::Messages},
        },
    },
};
use leptos::prelude::*;

/// The state in one line with its explanation. Where it changes by itself, a button checks it without a script, too.
pub fn state(request: &PageRequest, view: &View) -> AnyView {
    let t = Connect::of(request.lang());
    let (class, title, text) = match view.state {
        State::Environment => ("plain", t.environment, t.environment_text),
        State::None if view.is_sandbox => ("plain", t.sandbox, t.sandbox_text),
        State::None => ("plain", t.none, t.none_text),
        State::Draft => ("warn", t.draft, t.draft_text),
        State::Waiting => ("wait", t.waiting, t.waiting_text),
        State::Verified => ("good", t.verified, t.verified_text),
        State::Answering => ("good", t.answering, ""),
    };
    let shape = match view.state {
        State::Verified | State::Answering => Shape::Good,
        State::Waiting => Shape::Again,
        State::Draft => Shape::Warning,
        State::Environment | State::None => Shape::Info,
    };
    let check = matches!(view.state, State::Waiting | State::Verified);
    let check = check.then(|| {
        view! { <a class="button plain small" href=CONNECT data-check="">{t.check}</a> }
    });
    let appid = (view.state == State::Environment).then(|| {
        view! { <p><code>{view.appid.clone()}</code></p> }
    });
    let text = if text.is_empty() { None } else { Some(view! { <p>{text}</p> }) };
    view! {
        <section class=format!("connect-state {class}") role="status" data-connect-state=class>
            <Icon shape />
            <div><h2>{title}</h2> {text} {appid} {times(request, view)}</div>
            {check}
        </section>
    }
    .into_any()
}

fn times(request: &PageRequest, view: &View) -> Option<impl IntoView + use<>> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let verified = view.shown.as_ref()?.verified_at?;
    let arrived = view.arrived.as_ref()?;
    let t = Connect::of(lang);
    let at = arrived.received_at;
    let (before, rest) = t.answering_text.split_once("{verified}").unwrap_or((t.answering_text, ""));
    let (between, after) = rest.split_once("{message}").unwrap_or((rest, ""));
    Some(view! {
        <p>{before} <Ago lang at=verified now /> {between} <Ago lang at now /> {after}</p>
    })
}

/// What the end of the sandbox deletes, and the button that does it.
pub fn end_of_sandbox(visitor: &Visitor, view: &View, data: SandboxData) -> AnyView {
    let t = Connect::of(visitor.request.lang());
    let error = visitor.form("end").error("own_password");
    let error = error.map(|error| view! { <Notice tone=Tone::Danger><p>{error}</p></Notice> });
    let seen = seen(view);
    view! {
        <Card title=t.end note=t.end_text>
            {error}
            <Facts>
                <Fact name=t.end_people>{data.people}</Fact>
                <Fact name=t.end_users>{data.users}</Fact>
                <Fact name=t.end_sessions>{data.sessions}</Fact>
                <Fact name=t.end_tokens>{t.end_tokens_all}</Fact>
                <Fact name=t.end_messages>{data.messages}</Fact>
            </Facts>
            <form method="post" action="/do/account-activate" class="row connect-acts">
                {seen}
                <Submit text=t.end kind=Kind::Danger />
                <Submit text=t.discard kind=Kind::Plain formaction="/do/account-disconnect" />
            </form>
        </Card>
    }
    .into_any()
}

/// The message that arrived, what answered it, and what comes next.
pub fn arrived(request: &PageRequest, view: &View) -> Option<AnyView> {
    let t = Connect::of(request.lang());
    let arrived = view.arrived.as_ref()?;
    let text = match &arrived.content {
        Some(content) => content.clone(),
        None if arrived.kind == "text" => t.arrived_hidden.to_owned(),
        None => Replies::of(request.lang()).kind(&arrived.kind).to_owned(),
    };
    let took = fill(t.arrived_took, &[("n", &(arrived.took_us / 1000).to_string())]);
    let by = Messages::of(request.lang()).answered_by(arrived.answered_by);
    let why = format!("/admin/replies/messages/{}", arrived.id);
    Some(
        view! {
            <Card title=t.arrived>
                <p class="connect-said">{text}</p>
                <p class="soft">{by} " · " {took} " · " <a href=why>{t.arrived_why}</a></p>
                <p><b>{t.next}</b></p>
                <div class="row">
                    <a class="button primary" href="/admin/replies/import">{t.next_import}</a>
                    <a class="button plain" href=DOCTOR>{t.next_health}</a>
                </div>
            </Card>
        }
        .into_any(),
    )
}
