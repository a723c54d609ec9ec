//! A phone that answers a message with the rule as typed, and why. The same code as in the chat decides; nothing is saved or sent.

use super::{
    super::{bench, why},
    RuleScope,
};
use crate::{
    core::{
        CoreError,
        message::preview::{Input, Unsaved, preview_unsaved},
        rule::{Content, Keyword, TriggerKind, content::KINDS, example},
    },
    web::{
        component::{Bubble, Icon, PhoneChat, Shape},
        form::EditorForm,
        page::Visitor,
        text::{
            Common,
            replies::{bench::Bench, edit::Edit},
        },
    },
};
use leptos::prelude::*;

/// The preview, as it is beside the fields, and on a phone over them.
///
/// # Errors
/// The database cannot be reached.
pub async fn preview(visitor: &Visitor, scope: RuleScope, form: &EditorForm) -> Result<AnyView, CoreError> {
    let (t, c, b) = (Edit::of(scope.lang), Common::of(scope.lang), Bench::of(scope.lang));
    let (bubbles, why) = answered(visitor, scope, form).await?;
    let badge = if form.is_changed { t.preview_unsaved } else { t.preview };
    let says = matches!(form.draft.cause, TriggerKind::Keyword | TriggerKind::Default);
    let foot = says.then(|| {
        view! {
            <div class="phone-line">
                <input
                    class="input"
                    name="say"
                    value=form.say.clone()
                    aria-label=b.message
                    placeholder=t.say_hint
                    autocapitalize="off"
                    data-say
                />
                <button class="button primary small" name="step" value="preview" formnovalidate>{b.send}</button>
            </div>
        }
    });
    Ok(view! {
        <aside class="preview" id="preview" aria-label=t.preview>
            <p class="preview-top">
                <span class="badge warning" data-unsaved-badge=t.preview_unsaved>{badge}</span>
                <a class="icon-button on-phone" href="#editor" aria-label=c.close><Icon shape=Shape::Cross /></a>
            </p>
            <div class="preview-phone" data-part="phone">
                <PhoneChat lang=scope.lang title=bench::account_name(visitor, scope) bubbles>{foot}</PhoneChat>
            </div>
            <section class="why" aria-label=b.why data-part="why">{why}</section>
        </aside>
    }
    .into_any())
}

async fn answered(visitor: &Visitor, scope: RuleScope, form: &EditorForm) -> Result<(Vec<Bubble>, AnyView), CoreError> {
    let t = Edit::of(scope.lang);
    let hint =
        |text: &str| (vec![Bubble::Line(text.to_owned())], view! { <p class="soft">{t.why_later}</p> }.into_any());
    let Some(input) = input(scope, form) else { return Ok(hint(t.preview_no_keyword)) };
    if form.draft.contents.iter().all(is_blank) {
        return Ok(hint(t.preview_no_content));
    }
    let ctx = &visitor.request.ctx;
    // A new follower has no name here.
    let user_id = (form.draft.cause != TriggerKind::Follow).then_some(scope.user_id);
    let unsaved = Unsaved { owner_id: scope.owner_id, number: form.number, draft: &form.draft };
    // This reads all disabled rules: one request of a user at a time.
    let guard = ctx.list_locks.lock(scope.user_id).await;
    let preview = preview_unsaved(ctx, user_id, &input, unsaved).await?;
    drop(guard);
    let bubbles = bench::bubbles(ctx, scope, (&input, &preview), bench::plain_tap);
    let explained = why::Explained { input: &input, preview: &preview, edited: Some(form) };
    Ok((bubbles, why::brief(scope, &explained)))
}

/// The message that the phone sends: the one that was typed, else one that the rule is made for.
fn input(scope: RuleScope, form: &EditorForm) -> Option<Input> {
    let t = Edit::of(scope.lang);
    let said = Some(form.say.clone()).filter(|text| !text.is_empty());
    let first = form.draft.keywords.iter().find_map(example::message);
    let named = |none: &str| first.clone().unwrap_or_else(|| none.to_owned());
    Some(match form.draft.cause {
        TriggerKind::Keyword => Input::Text(said.or(first)?),
        TriggerKind::Default => Input::Text(said.unwrap_or_else(|| t.preview_any.to_owned())),
        TriggerKind::Follow => Input::Follow(None),
        TriggerKind::Menu => Input::Menu(named(t.preview_menu), String::new()),
        TriggerKind::Scan => Input::Scan(named(t.preview_scan)),
        TriggerKind::Kind => Input::Kind(kind(&form.draft.keywords).to_owned()),
    })
}

fn kind(keywords: &[Keyword]) -> &str {
    keywords.first().map_or(KINDS[0], |keyword| keyword.text.as_str())
}

fn is_blank(content: &Content) -> bool {
    content.parts().iter().all(|(_, text)| text.trim().is_empty())
}
