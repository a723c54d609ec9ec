//! A phone with a chat, for the sandbox and the preview of replies.

use super::{Icon, Shape, Words, face::picture};
use crate::text::{Lang, cut};
use crate::web::{
    markup::leads_to_a_page,
    text::{Common, fill},
};
use leptos::prelude::*;

/// A line of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bubble {
    /// A grey line: a time, "关注了公众号".
    Line(String),
    /// From the account, on the left.
    Theirs(PhoneMessage),
    /// From the phone's owner, on the right.
    Mine(PhoneMessage),
}

/// The content of a bubble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneMessage {
    /// Text, split into parts.
    Text(Vec<Piece>),
    /// A picture with its alternative text.
    Picture { src: String, alt: String },
    /// A voice message of this length.
    Voice { secs: u32 },
    /// An article, music, a video or a location: title, summary and link.
    Card { title: String, summary: String, href: Option<String>, picture: Option<String> },
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text; line breaks are preserved.
    Words(String),
    /// A link.
    Link { href: String, text: String },
    /// Text that sends a message when tapped: a button of the form with this id elsewhere on the page.
    Tap { form: &'static str, name: &'static str, value: String, text: String },
}

impl PhoneMessage {
    /// Text without links.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Words(words.into())])
    }
}

/// The phone. Children are the form at its bottom; without them the bottom is decoration.
#[component]
pub fn PhoneChat(
    /// The language.
    lang: Lang,
    /// The name of the account.
    #[prop(into)]
    title: String,
    /// The messages, oldest first.
    bubbles: Vec<Bubble>,
    /// The owner's name; its first character is the avatar.
    #[prop(optional, into)]
    owner: Words,
    /// A form with an `.input` and a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let t = Common::of(lang);
    let label = title.clone();
    let owner = owner.or("我");
    let initial = cut::first(&owner);
    let lines = bubbles.into_iter().map(|bubble| chat_line(bubble, initial, lang)).collect_view();
    let foot = children.map_or_else(
        || view! { <div class="phone-still" aria-hidden="true"></div> }.into_any(),
        |children| children().into_any(),
    );
    // The chat scrolls, so it must be reachable by keyboard.
    view! {
        <section class="phone" aria-label=label>
            <p class="phone-top">{title}</p>
            <div class="phone-chat" role="log" aria-label=t.chat tabindex="0">
                <ol>{lines}</ol>
            </div>
            <div class="phone-foot">{foot}</div>
        </section>
    }
}

/// A line of a chat, in its list. `initial`: the owner's avatar.
pub fn chat_line(bubble: Bubble, initial: &str, lang: Lang) -> impl IntoView + use<> {
    match bubble {
        Bubble::Line(text) => view! { <li class="chat-line">{text}</li> }.into_any(),
        Bubble::Theirs(message) => view! {
            <li class="said">
                <span class="avatar" aria-hidden="true">{picture()}</span>
                {content(message, lang)}
            </li>
        }
        .into_any(),
        Bubble::Mine(message) => view! {
            <li class="said mine">
                <span class="avatar" aria-hidden="true">{initial.to_owned()}</span>
                {content(message, lang)}
            </li>
        }
        .into_any(),
    }
}

fn content(message: PhoneMessage, lang: Lang) -> AnyView {
    match message {
        PhoneMessage::Text(pieces) => {
            view! { <div class="bubble">{pieces.into_iter().map(piece).collect_view()}</div> }.into_any()
        }
        PhoneMessage::Picture { src, alt } => {
            view! { <div class="bubble picture"><img src=src alt=alt /></div> }.into_any()
        }
        PhoneMessage::Voice { secs } => {
            let length = fill(Common::of(lang).voice_secs, &[("secs", &secs.to_string())]);
            view! { <div class="bubble sound"><Icon shape=Shape::Sound /><span>{length}</span></div> }.into_any()
        }
        PhoneMessage::Card { title, summary, href, picture } => {
            let inner = view! {
                {picture.map(|src| view! { <img src=src alt="" /> })}
                <span class="news-words"><b>{title}</b><span>{summary}</span></span>
            };
            match href.filter(|href| leads_to_a_page(href)) {
                Some(href) => view! { <a class="bubble news" href=href rel="noreferrer">{inner}</a> }.into_any(),
                None => view! { <div class="bubble news">{inner}</div> }.into_any(),
            }
        }
    }
}

fn piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Link { href, text } if leads_to_a_page(&href) => {
            view! { <a href=href rel="noreferrer">{text}</a> }.into_any()
        }
        Piece::Tap { form, name, value, text } => {
            view! { <button class="tap" form=form name=name value=value>{text}</button> }.into_any()
        }
        Piece::Words(words) | Piece::Link { text: words, .. } => words.into_any(),
    }
}
