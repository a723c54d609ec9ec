//! How the answer will look in the chat, while it is typed.

use super::{Desk, Form, attach, form::field};
use crate::{
    core::reply::{Answer, Cause, Content},
    web::{
        island::ReplyPreview,
        page::Visitor,
        part::{Icon, Shape},
        text::replies::edit::Edit,
    },
};
use leptos::prelude::*;

/// What makes the rule answer, and each of its contents as a bubble.
pub fn preview(visitor: &Visitor, desk: Desk, form: &Form) -> AnyView {
    let t = Edit::of(desk.lang);
    let heard = heard(desk, form);
    let bubbles = form.draft.contents.iter().enumerate().map(|(index, content)| match content {
        Content::Text { text } => written(visitor, desk, form, index, text),
        other => shown(desk, index, other),
    });
    let several = (form.draft.contents.len() > 1).then_some(match form.draft.answer {
        Answer::All => t.preview_all,
        Answer::Random => t.preview_random,
    });
    view! {
        <section class="preview" aria-label=t.preview>
            <p class="small-text soft">{t.preview}</p>
            {heard}
            {several.map(|text| view! { <p class="chat-line">{text}</p> })}
            {bubbles.collect_view()}
        </section>
    }
    .into_any()
}

fn heard(desk: Desk, form: &Form) -> AnyView {
    let t = Edit::of(desk.lang);
    let line = match form.draft.cause {
        Cause::Keyword => {
            let said = form.draft.keywords.first().map(|k| k.text.clone()).filter(|text| !text.is_empty());
            let said = said.unwrap_or_else(|| "…".to_owned());
            return view! {
                <div class="said mine">
                    <span class="avatar" aria-hidden="true">"我"</span>
                    <div class="bubble" data-echo="keyword" data-empty="…">{said}</div>
                </div>
            }
            .into_any();
        }
        Cause::Follow => t.preview_follow,
        Cause::Menu => t.preview_menu,
        Cause::Scan => t.preview_scan,
        Cause::Default | Cause::Kind => t.preview_any,
    };
    view! { <p class="chat-line">{line}</p> }.into_any()
}

fn written(visitor: &Visitor, desk: Desk, form: &Form, index: usize, text: &str) -> AnyView {
    let (name, id) = visitor.user.as_ref().map(|u| (u.nickname.clone(), u.id.to_string())).unwrap_or_default();
    let keyword = form.draft.keywords.first().map(|k| k.text.clone()).unwrap_or_default();
    let values = [("nickname", name), ("user_id", id), ("keyword", keyword)].map(|(n, v)| (n.to_owned(), v)).to_vec();
    let example = Edit::of(desk.lang).text_example.to_owned();
    view! { <ReplyPreview field=field("text", index) example text=text.to_owned() values /> }.into_any()
}

/// What is not text, as far as it is known here.
fn shown(desk: Desk, index: usize, content: &Content) -> AnyView {
    let name = desk.texts().content(content);
    let (title, more) = match content {
        Content::News { title, description, .. }
        | Content::Video { title, description, .. }
        | Content::Music { title, description, .. } => (title.clone(), description.clone()),
        Content::Text { .. } | Content::Image { .. } | Content::Voice { .. } => (String::new(), String::new()),
    };
    let bubble = match content {
        Content::Voice { .. } => {
            view! { <div class="bubble sound"><Icon shape=Shape::Sound /><span>{name}</span></div> }.into_any()
        }
        Content::Image { media } if attach::place(media).is_some() => {
            view! { <div class="bubble picture"><img src=attach::place(media) alt=name /></div> }.into_any()
        }
        Content::Image { .. } => {
            view! { <div class="bubble still"><Icon shape=Shape::Picture /><span>{name}</span></div> }.into_any()
        }
        _ => {
            let title = if title.is_empty() { name.to_owned() } else { title };
            view! {
                <div class="bubble news">
                    <span class="news-words">
                        <b data-echo=field("title", index) data-empty=name>{title}</b>
                        <span data-echo=field("description", index) data-empty="">{more}</span>
                    </span>
                </div>
            }
            .into_any()
        }
    };
    view! { <div class="said"><span class="avatar" aria-hidden="true">"微"</span>{bubble}</div> }.into_any()
}
