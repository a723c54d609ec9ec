//! `/me/devices`: the browsers in which the user is signed in.

use super::sub_page::sub_page;
use crate::{
    core::account::session::{self as browsers, SignInMethod, WebSession},
    http::session,
    text::Lang,
    web::{
        component::{Badge, Icon, Kind, Shape, Submit, Tone},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, page},
        text::{fill, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn DevicesPage() -> impl IntoView {
    page(devices)
}

async fn devices(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    let t = Me::of(request.lang());
    let sessions = browsers::list(&request.ctx, user.id, &session::secret_of(&request.session)).await?;
    let (current, others): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.is_current);
    let body = view! {
        <ul class="cells iconed">{rows(request, current)}</ul>
        {(!others.is_empty()).then(|| elsewhere(request, others))}
    };
    Ok(sub_page(request.lang(), t.devices, body))
}

/// The other browsers, each with a sign-out button, and the button for all of them.
fn elsewhere(request: &PageRequest, others: Vec<WebSession>) -> impl IntoView + use<> {
    let t = Me::of(request.lang());
    let count = others.len().to_string();
    let title = fill(t.devices_others, &[("n", &count)]);
    view! {
        <section class="cells-group">
            <h2>{title}</h2>
            <ul class="cells iconed">{rows(request, others)}</ul>
            <p class="cells-note">{t.devices_unknown} <a href="/me/password">{t.devices_password}</a></p>
        </section>
        <form method="post" action="/do/revoke-others">
            <Submit text=fill(t.revoke_others, &[("n", &count)]) kind=Kind::PlainDanger block=true />
        </form>
    }
}

fn rows(request: &PageRequest, sessions: Vec<WebSession>) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    sessions.into_iter().map(|session| row(lang, session, now)).collect_view()
}

fn row(lang: Lang, session: WebSession, now: i64) -> impl IntoView + use<> {
    let t = Me::of(lang);
    let name = name_of(lang, &session.browser_label);
    let label = fill(t.revoke_one, &[("browser", &name), ("address", &session.address)]);
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
    let shape = shape_of(&session.browser_label);
    view! {
        <li>
            <div class="cell tall">
                <Icon shape class="cell-icon" />
                <span class="cell-label">
                    {name}
                    <small>{session.address} " · " <Ago lang at=session.seen_at now /></small>
                    <small>{fill(t.door, &[("door", door(t, session.door))])}</small>
                </span>
                <div class="cell-action">{act}</div>
            </div>
        </li>
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

/// A browser's label in the user's language.
fn name_of(lang: Lang, label: &str) -> String {
    match label.strip_prefix("WeChat") {
        Some(rest) => format!("{}{rest}", Me::of(lang).wechat),
        None => label.to_owned(),
    }
}

fn shape_of(label: &str) -> Shape {
    let is_handheld = ["iPhone", "iPad", "iPod", "Android", "Windows Phone"].iter().any(|name| label.contains(name));
    if is_handheld { Shape::Phone } else { Shape::Screen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_in_the_language_of_the_page() {
        assert_eq!(name_of(Lang::Zh, "WeChat · iPhone"), "微信 · iPhone");
        assert_eq!(name_of(Lang::En, "WeChat · iPhone"), "WeChat · iPhone");
        assert_eq!(name_of(Lang::Zh, "Chrome · Windows 10"), "Chrome · Windows 10");
        assert_eq!(shape_of("Safari · iPad"), Shape::Phone);
        assert_eq!(shape_of("Firefox · Linux"), Shape::Screen);
    }
}
