//! `/admin/start`: the checklist of the first days.

use super::console_at;
use crate::{
    core::{
        account::directory::Admin,
        checklist::{self, State, Step},
    },
    text::Lang,
    web::{
        component::{Badge, Icon, Kind, Notice, Shape, Submit, Tone},
        page::{
            ConsolePage, PageContent, PageError, Visitor, head,
            path::{CONNECT, DOCTOR, SETTINGS, START},
        },
        text::{checklist::Checklist, fill},
    },
};
use leptos::prelude::*;

#[component]
pub fn ChecklistPage() -> impl IntoView {
    console_at(START, page)
}

async fn page(visitor: Visitor, _: Admin) -> Result<PageContent, PageError> {
    let lang = visitor.request.lang();
    let t = Checklist::of(lang);
    let steps = checklist::find(&visitor.request.ctx).await?;
    let settled = steps.iter().filter(|(_, state)| *state != State::Open).count();
    let note = fill(t.note, &[("n", &settled.to_string()), ("all", &steps.len().to_string())]);
    let finished = (settled == steps.len()).then(|| {
        view! { <Notice tone=Tone::Success title=t.all_done><p>{t.all_done_text}</p></Notice> }
    });
    let first_open = steps.iter().find(|(_, state)| *state == State::Open).map(|(step, _)| *step);
    let rows = steps.iter().enumerate();
    let rows = rows.map(|(at, (step, state))| row(lang, at + 1, *step, *state, first_open == Some(*step)));
    let rows = rows.collect_view();
    let body = view! { {finished} <ol class="start">{rows}</ol> };
    let console = ConsolePage {
        place: START.to_owned(),
        head: Some(head(t.title, note, ().into_any())),
        is_filled: false,
        skip: None,
        start: None,
    };
    Ok(PageContent { console: Some(console), ..PageContent::medium(t.title, body) })
}

/// Where a step is done.
fn place(step: Step) -> &'static str {
    match step {
        Step::Name => SETTINGS,
        Step::Sandbox => "/sandbox",
        Step::Connect => CONNECT,
        Step::Import => "/admin/replies/import",
        Step::Backup => DOCTOR,
    }
}

fn row(lang: Lang, n: usize, step: Step, state: State, is_next: bool) -> AnyView {
    let t = Checklist::of(lang);
    let (title, text, act) = t.step(step);
    let (class, badge) = match state {
        State::Done => ("done", view! { <Badge text=t.done tone=Tone::Success /> }.into_any()),
        State::Skipped => ("skipped", view! { <Badge text=t.skipped /> }.into_any()),
        State::Open => ("open", view! { <span class="sr-only">{t.open}</span> }.into_any()),
    };
    let mark = match state {
        State::Done => view! { <Icon shape=Shape::Check /> }.into_any(),
        State::Skipped | State::Open => view! { <span>{n}</span> }.into_any(),
    };
    let (to, label) = match state {
        State::Skipped => ("0", t.unskip),
        State::Done | State::Open => ("1", t.skip),
    };
    let skip = (state != State::Done).then(|| {
        view! {
            <form method="post" action="/do/checklist-skip">
                <input type="hidden" name="step" value=step.as_str() />
                <Submit text=label name="skip" value=to kind=Kind::Quiet small=true label=format!("{label}: {title}") />
            </form>
        }
    });
    let button = if is_next { "button primary small" } else { "button plain small" };
    let link = (state != State::Skipped).then(|| view! { <a class=button href=place(step)>{act}</a> });
    view! {
        <li class=class data-step=step.as_str() data-step-state=class>
            <span class="start-mark" aria-hidden="true">{mark}</span>
            <div class="start-what"><h2>{title} " " {badge}</h2> <p class="soft">{text}</p></div>
            <div class="start-acts">{link} {skip}</div>
        </li>
    }
    .into_any()
}
