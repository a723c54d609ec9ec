//! `/me/wechat`: the personal-WeChat channel. It says what the channel is and is not before anything can be scanned.

mod connection;
mod scan;

use super::{
    place::CHANNEL,
    sub_page::{back, below},
};
use crate::{
    core::ilink::{
        connection::{self as connections, State, View},
        login::{self, State as LoginState},
    },
    http::{channel_events, session},
    web::{
        component::{Card, ConfirmCard, Notice, PageHead, Submit, Tone},
        page::{PageContent, PageError, PageRequest, Visitor, page, qr_image::qr_png},
        text::channel::Channel,
    },
};
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::*;

/// While a scan is awaited: without a script, the page loads itself again.
const SCANNING: &str = "/me/wechat?scan";
/// While a number is typed: the page does not load itself again.
const TYPING: &str = "/me/wechat?number";

#[component]
pub fn ChannelPage() -> impl IntoView {
    page(channel)
}

async fn channel(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    let (lang, ctx) = (request.lang(), &request.ctx);
    let t = Channel::of(lang);
    let waiting = login::find(ctx, user.id, &session::secret_of(&request.session)).await?;
    let state = waiting.as_ref().map(|view| view.state);
    if let Some(address) = address_for(state, request.has("scan")) {
        return Err(PageError::Redirect(address.to_owned()));
    }
    let view = connections::find(ctx, user.id).await?;
    let word = channel_events::word(waiting.as_ref(), view.as_ref());
    let is_open = state.is_some_and(|state| !state.is_final());
    let scanning = waiting.filter(|waiting| waiting.state != LoginState::Done).map(|waiting| {
        let (typed, error) = (visitor.form("channel").value("number"), visitor.form("channel").error("number"));
        scan::card(t, &waiting, typed, error)
    });
    let follows = is_open || view.as_ref().is_some_and(|view| view.state != State::Disconnected);
    let connected = view.filter(|view| view.state != State::Disconnected && !is_open);
    let begin = (!is_open && connected.is_none()).then(|| begin(t.connect));
    let body = view! {
        {back(lang)}
        <PageHead title=t.title />
        <Card>
            <p>{t.what}</p>
            <p>{t.what_not}</p>
            <p>{t.how}</p>
        </Card>
        <div class="stack wide" data-state-word=word data-state-page="/me/wechat" data-state-typing="enter_number wrong_number">
            {scanning}
            {connected.map(|view| connection::cards(request, t, &view))}
            {begin}
        </div>
        {follows.then(|| crate::web::page::script("/follow.js"))}
    };
    Ok(below(t.title, body))
}

/// The address under which a state is shown, if it is another one.
fn address_for(state: Option<LoginState>, has_scan: bool) -> Option<&'static str> {
    let is_typing = matches!(state, Some(LoginState::EnterNumber | LoginState::WrongNumber));
    let is_awaited = state.is_some_and(|state| !state.is_final()) && !is_typing;
    match (has_scan, is_awaited) {
        (true, false) if is_typing => Some(TYPING),
        (true, false) => Some(CHANNEL),
        (false, true) => Some(SCANNING),
        _ => None,
    }
}

/// The button that begins a sign-in.
fn begin(text: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action="/do/channel-connect">
            <Submit text=text block=true />
        </form>
    }
}

/// The state of the connection in one word.
pub fn state(t: &'static Channel, view: Option<&View>) -> &'static str {
    connection::state(t, view.map_or(State::Disconnected, |view| view.state)).0
}

/// The banner for a connection that needs a new scan.
pub fn banner(request: &PageRequest, view: Option<&View>) -> Option<AnyView> {
    let t = Channel::of(request.lang());
    view.filter(|view| view.state == State::NeedsLogin).map(|_| {
        view! {
            <Notice tone=Tone::Warning title=t.banner_title>
                <p>{t.banner} " " <a href=CHANNEL>{t.reconnect}</a></p>
            </Notice>
        }
        .into_any()
    })
}

#[component]
pub fn ChannelDisconnectPage() -> impl IntoView {
    page(disconnect)
}

async fn disconnect(visitor: Visitor) -> Result<PageContent, PageError> {
    visitor.signed_in()?;
    let lang = visitor.request.lang();
    let t = Channel::of(lang);
    let body = view! {
        <ConfirmCard
            lang
            title=t.disconnect_title
            text=t.disconnect_text
            action="/do/channel-disconnect"
            yes=t.disconnect_yes
            back=CHANNEL
            danger=true
        />
    };
    Ok(PageContent::narrow(t.disconnect_title, body))
}

/// `GET /me/wechat/qr.png`: the QR code, for the browser session that began the sign-in.
pub async fn picture(
    axum::extract::State(state): axum::extract::State<crate::http::state::AppState>,
    axum::Extension(session): axum::Extension<tower_sessions::Session>,
) -> Response {
    let found = async {
        let Some(user) = session::current_user(&state.ctx(), &session).await? else { return Ok(None) };
        login::find(&state.ctx(), user.id, &session::secret_of(&session)).await
    };
    match found.await {
        Ok(view) => qr_png(view.and_then(|view| view.qr_text)).await,
        Err(_) => axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_on_which_a_number_is_typed_is_never_loaded_again() {
        let of = |state: LoginState, has_scan| address_for(Some(state), has_scan);
        assert_eq!(of(LoginState::Scan, false), Some(SCANNING));
        assert_eq!(of(LoginState::Scan, true), None);
        assert_eq!(of(LoginState::WrongNumber, true), Some(TYPING));
        assert_eq!(of(LoginState::EnterNumber, false), None);
        assert_eq!(of(LoginState::Done, true), Some(CHANNEL));
        assert_eq!((of(LoginState::Failed, false), address_for(None, true)), (None, Some(CHANNEL)));
    }
}
