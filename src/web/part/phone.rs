//! A phone with a chat on it: the sandbox, and the preview of replies.

use super::{Icon, Mark, Shape, Words};
use crate::text::Lang;
use crate::web::{
    markup::leads_to_a_page,
    text::{Common, fill},
};
use leptos::prelude::*;

/// One thing in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bubble {
    /// A grey line between: a time, "关注了公众号".
    Line(String),
    /// Said by the account, on the left.
    Theirs(Said),
    /// Said by the phone's owner, on the right.
    Mine(Said),
}

/// What a bubble holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Text, its links taken out of it.
    Text(Vec<Piece>),
    /// A picture, with words for those who cannot see it.
    Picture { src: String, alt: String },
    /// A voice message of so many seconds.
    Voice { secs: u32 },
    /// An article, a piece of music, a video, a place: a title, a summary and where it leads.
    Card { title: String, summary: String, href: Option<String>, picture: Option<String> },
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain words; line breaks are kept.
    Words(String),
    /// Words that lead somewhere.
    Link { href: String, text: String },
    /// Words that say something when they are tapped: a button of the form with this id, which stands elsewhere on the page.
    Tap { form: &'static str, name: &'static str, value: String, text: String },
}

impl Said {
    /// Text without links.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Words(words.into())])
    }
}

/// The phone. Children are the form at its foot; without them the foot is only drawn.
#[component]
pub fn PhoneChat(
    /// The language.
    lang: Lang,
    /// The name of the account.
    #[prop(into)]
    title: String,
    /// What was said, oldest first.
    bubbles: Vec<Bubble>,
    /// The owner's name, whose first character is the avatar.
    #[prop(optional, into)]
    owner: Words,
    /// A form with an `.input` and a button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let t = Common::of(lang);
    let label = title.clone();
    let initial = owner.get().and_then(|name| name.chars().next()).unwrap_or('我');
    let lines = bubbles.into_iter().map(|bubble| line(bubble, initial, lang)).collect_view();
    let foot = children.map_or_else(
        || view! { <div class="phone-still" aria-hidden="true"></div> }.into_any(),
        |children| children().into_any(),
    );
    // The chat scrolls, so a keyboard must be able to stand on it.
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

fn line(bubble: Bubble, initial: char, lang: Lang) -> impl IntoView {
    match bubble {
        Bubble::Line(text) => view! { <li class="chat-line">{text}</li> }.into_any(),
        Bubble::Theirs(said) => view! {
            <li class="said">
                <span class="avatar" aria-hidden="true"><Mark /></span>
                {content(said, lang)}
            </li>
        }
        .into_any(),
        Bubble::Mine(said) => view! {
            <li class="said mine">
                <span class="avatar" aria-hidden="true">{initial.to_string()}</span>
                {content(said, lang)}
            </li>
        }
        .into_any(),
    }
}

fn content(said: Said, lang: Lang) -> AnyView {
    match said {
        Said::Text(pieces) => {
            view! { <div class="bubble">{pieces.into_iter().map(piece).collect_view()}</div> }.into_any()
        }
        Said::Picture { src, alt } => view! { <div class="bubble picture"><img src=src alt=alt /></div> }.into_any(),
        Said::Voice { secs } => {
            let length = fill(Common::of(lang).voice_secs, &[("secs", &secs.to_string())]);
            view! { <div class="bubble sound"><Icon shape=Shape::Sound /><span>{length}</span></div> }.into_any()
        }
        Said::Card { title, summary, href, picture } => {
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
