//! The browsers in which the user is signed in.

use crate::{
    core::account::session::{SignInMethod, WebSession},
    web::{
        component::{Badge, Card, Head, Kind, Submit, Table, Tone},
        page::{Ago, PageRequest},
        text::{Common, fill, me::Me},
    },
};
use leptos::prelude::*;

/// All browsers, each with a sign-out button.
pub fn card(request: &PageRequest, sessions: Vec<WebSession>) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let t = Me::of(lang);
    let has_others = sessions.iter().any(|session| !session.is_current);
    let actions = move || {
        has_others.then(|| {
            view! {
                <form method="post" action="/do/revoke-others">
                    <Submit text=t.revoke_others kind=Kind::Quiet small=true />
                </form>
            }
        })
    };
    let rows = sessions.into_iter().map(|session| row(request, session, now)).collect_view();
    let heads = vec![
        Head::Text(t.browser),
        Head::Text(t.address),
        Head::Text(t.door),
        Head::Text(t.seen),
        Head::Hidden(Common::of(lang).actions),
    ];
    view! {
        <Card title=t.sessions actions flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
}

/// The name of a browser's sign-in method.
pub fn door(t: &'static Me, door: Option<SignInMethod>) -> &'static str {
    match door {
        Some(SignInMethod::Password | SignInMethod::Setup) => t.door_password,
        Some(SignInMethod::WeChat) => t.door_wechat,
        Some(SignInMethod::Register) => t.door_register,
        None => t.door_unknown,
    }
}

fn row(request: &PageRequest, session: WebSession, now: i64) -> impl IntoView + use<> {
    let lang = request.lang();
    let t = Me::of(lang);
    let label = fill(t.revoke_one, &[("browser", &session.browser_label), ("address", &session.address)]);
    let act = if session.is_current {
        view! { <Badge text=t.current tone=Tone::Success /> }.into_any()
    } else {
        view! {
            <form method="post" action="/do/revoke">
                <Submit text=t.revoke name="session" value=session.public_id label kind=Kind::Quiet small=true />
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row">{session.browser_label}</th>
            <td data-label=t.address>{session.address}</td>
            <td data-label=t.door>{door(t, session.door)}</td>
            <td data-label=t.seen><Ago lang at=session.seen_at now /></td>
            <td class="acts">{act}</td>
        </tr>
    }
}
