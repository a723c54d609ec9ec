//! The browsers in which somebody is signed in.

use crate::{
    core::account::session::WebSession,
    web::{
        page::{Ago, Here},
        part::{Badge, Card, Head, Kind, Submit, Table, Tone},
        text::{Common, fill, me::Me},
    },
};
use leptos::prelude::*;

/// All of them, each with its way out.
pub fn card(here: &Here, sessions: Vec<WebSession>) -> impl IntoView + use<> {
    let (lang, now) = (here.lang(), here.ctx.now());
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
    let rows = sessions.into_iter().map(|session| row(here, session, now)).collect_view();
    let heads =
        vec![Head::Text(t.browser), Head::Text(t.address), Head::Text(t.seen), Head::Hidden(Common::of(lang).actions)];
    view! {
        <Card title=t.sessions actions flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
}

fn row(here: &Here, session: WebSession, now: i64) -> impl IntoView + use<> {
    let lang = here.lang();
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
            <td data-label=t.seen><Ago lang at=session.seen_at now /></td>
            <td class="acts">{act}</td>
        </tr>
    }
}
