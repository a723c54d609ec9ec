//! Shows how the reply will look in the chat while it is typed.

use super::{RuleScope, media};
use crate::{
    core::rule::{
        AnswerMode, Content, TriggerKind,
        content::{ContentNames, Part},
    },
    web::{
        component::{Icon, Shape},
        form::{EditorForm, editor::field},
        island::ReplyPreview,
        page::Visitor,
        text::replies::edit::Edit,
    },
};
use leptos::prelude::*;

/// What makes the rule answer, and each of its contents as a bubble.
pub fn preview(visitor: &Visitor, scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    let incoming = incoming(scope, form);
    let bubbles = form.draft.contents.iter().enumerate().map(|(index, content)| match content {
        Content::Text { text } => written(visitor, scope, form, index, text),
        other => shown(scope, index, other),
    });
    let several = (form.draft.contents.len() > 1).then_some(match form.draft.answer {
        AnswerMode::All => t.preview_all,
        AnswerMode::Random => t.preview_random,
    });
    view! {
        <section class="preview" aria-label=t.preview>
            <p class="small-text soft">{t.preview}</p>
            {incoming}
            {several.map(|text| view! { <p class="chat-line">{text}</p> })}
            {bubbles.collect_view()}
        </section>
    }
    .into_any()
}

fn incoming(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    let line = match form.draft.cause {
        TriggerKind::Keyword => {
            let keyword = form.draft.keywords.first().map(|k| k.text.clone()).filter(|text| !text.is_empty());
            let keyword = keyword.unwrap_or_else(|| "…".to_owned());
            return view! {
                <div class="said mine">
                    <span class="avatar" aria-hidden="true">"我"</span>
                    <div class="bubble" data-echo="keyword" data-empty="…">{keyword}</div>
                </div>
            }
            .into_any();
        }
        TriggerKind::Follow => t.preview_follow,
        TriggerKind::Menu => t.preview_menu,
        TriggerKind::Scan => t.preview_scan,
        TriggerKind::Default | TriggerKind::Kind => t.preview_any,
    };
    view! { <p class="chat-line">{line}</p> }.into_any()
}

fn written(visitor: &Visitor, scope: RuleScope, form: &EditorForm, index: usize, text: &str) -> AnyView {
    let (name, id) = visitor.user.as_ref().map(|u| (u.nickname.clone(), u.id.to_string())).unwrap_or_default();
    let keyword = form.draft.keywords.first().map(|k| k.text.clone()).unwrap_or_default();
    let values = [("nickname", name), ("user_id", id), ("keyword", keyword)].map(|(n, v)| (n.to_owned(), v)).to_vec();
    let example = Edit::of(scope.lang).text_example.to_owned();
    view! { <ReplyPreview field=field("text", index) example text=text.to_owned() values /> }.into_any()
}

/// A content other than text, as far as its data is available here.
fn shown(scope: RuleScope, index: usize, content: &Content) -> AnyView {
    let name = ContentNames::of(scope.lang).name(content);
    let (title, more) = (content.part(Part::Title).to_owned(), content.part(Part::Description).to_owned());
    let bubble = match content {
        Content::Voice { .. } => {
            view! { <div class="bubble sound"><Icon shape=Shape::Sound /><span>{name}</span></div> }.into_any()
        }
        Content::Image { media } if media::place(media).is_some() => {
            view! { <div class="bubble picture"><img src=media::place(media) alt=name /></div> }.into_any()
        }
        Content::Image { .. } => {
            view! { <div class="bubble still"><Icon shape=Shape::Picture /><span>{name}</span></div> }.into_any()
        }
        _ => {
            let title = if title.is_empty() { name.to_owned() } else { title };
            view! {
                <div class="bubble news">
                    <span class="news-words">
                        <b data-echo=Part::Title.field(index) data-empty=name>{title}</b>
                        <span data-echo=Part::Description.field(index) data-empty="">{more}</span>
                    </span>
                </div>
            }
            .into_any()
        }
    };
    view! { <div class="said"><span class="avatar" aria-hidden="true">"微"</span>{bubble}</div> }.into_any()
}
