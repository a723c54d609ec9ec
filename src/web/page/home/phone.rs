//! The phone of the home page. It answers a question by `/?say=…`, and while one types by `/say?say=…`, which is one bubble.

use crate::{
    core::{
        CoreError, OfficialCtx,
        message::showcase,
        rate::take_question,
        rule::{
            Content,
            content::{ContentNames, Part},
        },
    },
    http::{client::Client, state::AppState},
    text::Lang,
    web::{
        component::{Bubble, Icon, PhoneMessage, Piece, Shape, Submit, chat_line, pieces},
        page::{Visitor, account_name, prefs_of},
        text::{Common, fill, home::Home},
    },
};
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use leptos::prelude::*;
use std::net::IpAddr;
use url::form_urlencoded;

/// The visitor's picture in the chat.
fn initial(lang: Lang) -> &'static str {
    if lang == Lang::Zh { "我" } else { "Y" }
}

/// The phone, with the answer to the question in the address, else with an example.
pub async fn phone(visitor: &Visitor) -> Result<AnyView, CoreError> {
    let request = &visitor.request;
    let (lang, ctx) = (request.lang(), &request.ctx);
    let t = Home::of(lang);
    let account = account_name(request);
    let suggested = showcase::suggested(ctx, lang).await?;
    let typed = request.query("say").trim().to_owned();
    let (question, replies) = if typed.is_empty() {
        let example = suggested.first().cloned().unwrap_or_default();
        let replies = showcase::answer(ctx, lang, &example).await?;
        (example, replies.iter().map(|content| shown(lang, content)).collect())
    } else {
        let replies = bubbles(ctx, lang, request.client.address, &typed).await?;
        (typed.chars().take(showcase::QUESTION_MAX_CHARS).collect(), replies.unwrap_or_else(|| vec![too_many(t)]))
    };
    let greeting = fill(t.greeting, &[("account", &account)]);
    let mut chat = vec![Bubble::Theirs(PhoneMessage::text(greeting))];
    if !question.is_empty() {
        chat.push(Bubble::Mine(PhoneMessage::text(question)));
        chat.extend(replies.into_iter().map(Bubble::Theirs));
    }
    let lines = chat.into_iter().map(|bubble| chat_line(bubble, initial(lang), lang)).collect_view();
    let chips =
        suggested.into_iter().map(|text| view! { <button name="say" value=text.clone()>{text.clone()}</button> });
    let c = Common::of(lang);
    let view = view! {
        <div class="hero-phone" data-talk=t.too_many>
            {shape()}
            <section class="phone" aria-label=fill(t.phone, &[("account", &account)])>
                <div class="phone-top">
                    <Icon shape=Shape::Left />
                    <b>{account.clone()}</b>
                    <Icon shape=Shape::More />
                </div>
                <div class="phone-chat" role="log" aria-label=c.chat tabindex="0"><ol class="chat">{lines}</ol></div>
                // A form of its own: Enter in the field must not press the first suggestion.
                <form class="chips" method="get" action="/">{chips.collect_view()}</form>
                <form class="phone-foot" method="get" action="/">
                    <label class="sr-only" for="say">{fill(t.say, &[("account", &account)])}</label>
                    <div class="join">
                        <input
                            class="input"
                            id="say"
                            name="say"
                            autocomplete="off"
                            enterkeyhint="send"
                            maxlength=showcase::QUESTION_MAX_CHARS.to_string()
                            placeholder=t.say_hint
                        />
                        <Submit text=c.send />
                    </div>
                </form>
                <div class="phone-home" aria-hidden="true"></div>
            </section>
        </div>
    };
    Ok(view.into_any())
}

/// `GET /say?say=…`: the bubbles of question and answer, for the page's script; 204 without an answer while one still types
/// (`draft`), 429 after too many questions.
pub async fn say(State(state): State<AppState>, Extension(client): Extension<Client>, parts: Parts) -> Response {
    let lang = prefs_of(&parts).lang;
    let query = parts.uri.query().unwrap_or_default();
    let value =
        |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, v)| v.into_owned());
    let question = value("say").unwrap_or_default();
    let answered = match bubbles(&state.ctx(), lang, client.address, question.trim()).await {
        Ok(Some(replies)) => replies,
        Ok(None) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let is_unknown = matches!(answered.as_slice(), [PhoneMessage::Text(pieces)] if pieces == &unknown(lang));
    if value("draft").is_some() && is_unknown {
        return StatusCode::NO_CONTENT.into_response();
    }
    let lines = Owner::new().with(|| {
        provide_context(state.clone());
        let line = |message| chat_line(Bubble::Theirs(message), initial(lang), lang).to_html();
        answered.into_iter().map(line).collect::<String>()
    });
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], lines).into_response()
}

/// The answers, at least one; `None` if this address asked too many questions.
async fn bubbles(
    ctx: &OfficialCtx,
    lang: Lang,
    address: IpAddr,
    question: &str,
) -> Result<Option<Vec<PhoneMessage>>, CoreError> {
    if !take_question(ctx, address) {
        return Ok(None);
    }
    let contents = showcase::answer(ctx, lang, question).await?;
    if contents.is_empty() {
        return Ok(Some(vec![PhoneMessage::Text(unknown(lang))]));
    }
    Ok(Some(contents.iter().map(|content| shown(lang, content)).collect()))
}

fn unknown(lang: Lang) -> Vec<Piece> {
    vec![Piece::Words(Home::of(lang).unknown.to_owned())]
}

fn too_many(t: &Home) -> PhoneMessage {
    PhoneMessage::text(t.too_many)
}

/// A content as the chat shows it, without files: the page loads nothing from other sites.
fn shown(lang: Lang, content: &Content) -> PhoneMessage {
    let name = ContentNames::of(lang).name(content);
    match content {
        // What would send a message in WeChat is plain text here.
        Content::Text { text } => PhoneMessage::Text(pieces(text, |_, _, shown| Piece::Words(shown.to_owned()))),
        Content::Image { .. } | Content::Voice { .. } => PhoneMessage::text(format!("[{name}]")),
        other => {
            let title = other.part(Part::Title);
            PhoneMessage::Card {
                title: if title.is_empty() { name.to_owned() } else { title.to_owned() },
                summary: other.part(Part::Description).to_owned(),
                href: (!other.url().is_empty()).then(|| other.url().to_owned()),
                picture: None,
            }
        }
    }
}

/// The brand's bubble, large, behind the phone.
fn shape() -> impl IntoView {
    view! {
        <svg class="hero-shape" viewBox="0 0 640 640" aria-hidden="true">
            <path d="M150 60h340a140 140 0 0 1 140 140v190a140 140 0 0 1-140 140H226L100 618c-13 9-28 1-28-14V497A140 140 0 0 1 10 390V200A140 140 0 0 1 150 60" />
        </svg>
    }
}
