//! The browsers in which somebody is signed in.

use crate::{
    core::account::session::WebSession,
    web::{
        page::{Ago, Here},
        part::{Badge, Card, Kind, Submit, Tone},
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
    view! {
        <Card title=t.sessions actions flush=true>
            <div class="table-wrap">
                <table class="table cards">
                    <thead>
                        <tr>
                            <th scope="col">{t.browser}</th>
                            <th scope="col">{t.address}</th>
                            <th scope="col">{t.seen}</th>
                            <th scope="col"><span class="sr-only">{Common::of(lang).actions}</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
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
