//! One call: what it does and takes, how to send it, and what it answers.

use super::{marked, method, try_form};
use crate::{
    dialect::openapi::{Access, Answer, Call, Field, Place, RequestBody},
    text::Lang,
    web::{
        component::{Badge, CodeBlock, Tone},
        text::{docs::Docs, fill},
    },
};
use leptos::prelude::*;

/// The section of a call, for an installation at `server`.
pub fn section(lang: Lang, call: &Call, server: &str) -> AnyView {
    let t = Docs::of(lang);
    let about = (!call.about.is_empty()).then(|| {
        let paragraphs = call.about.split("\n\n").map(|text| view! { <p>{marked(text)}</p> });
        paragraphs.collect_view()
    });
    let title_id = format!("{}-title", call.id);
    let labelled_by = title_id.clone();
    view! {
        <section class="docs-call" id=call.id.clone() aria-labelledby=labelled_by>
            <div class="docs-text">
                <h2 id=title_id>{call.summary.clone()}</h2>
                <p class="docs-line">{method(call)} <code>{call.path.clone()}</code></p>
                <p class="docs-access">{access(t, &call.access)}</p>
                {about}
                {parameters(t, call)}
                {call.body.as_ref().map(|body| body_fields(t, body))}
            </div>
            <div class="docs-side">
                <h3>{t.example}</h3>
                <CodeBlock code=call.curl(server) lang />
                {try_form::form(lang, call)}
                <h3>{t.answers}</h3>
                <div class="docs-answers">
                    {call.answers.iter().map(|of| answer(lang, of, of.status == "200")).collect_view()}
                </div>
            </div>
        </section>
    }
    .into_any()
}

/// Who may call it.
fn access(t: &'static Docs, access: &[Access]) -> String {
    let name = |access: &Access| match access {
        Access::Bearer => t.access_bearer,
        Access::Session => t.access_session,
        Access::OpenidHeader => t.access_openid,
    };
    let names: Vec<_> = access.iter().map(name).collect();
    if names.is_empty() { t.access_open.to_owned() } else { names.join(t.or) }
}

fn parameters(t: &'static Docs, call: &Call) -> Option<AnyView> {
    let rows = call.parameters.iter().map(|parameter| field(t, &parameter.field, Some(parameter.place)));
    let rows = rows.collect_view();
    (!call.parameters.is_empty())
        .then(|| view! { <h3>{t.parameters}</h3> <dl class="docs-fields">{rows}</dl> }.into_any())
}

fn body_fields(t: &'static Docs, body: &RequestBody) -> AnyView {
    let rows = body.fields.iter().map(|of| field(t, of, None)).collect_view();
    let kind =
        if body.may_be_form { fill(t.or_form, &[("type", &body.content_type)]) } else { body.content_type.clone() };
    view! {
        <h3>{t.body} " " <small class="soft">{kind}</small></h3>
        {(!body.fields.is_empty()).then(|| view! { <dl class="docs-fields">{rows}</dl> })}
    }
    .into_any()
}

fn field(t: &'static Docs, field: &Field, place: Option<Place>) -> impl IntoView + use<> {
    let place = place.map(|place| format!(" · {}", place.as_str()));
    let about = (!field.about.is_empty()).then(|| view! { <dd>{marked(&field.about)}</dd> });
    view! {
        <div>
            <dt>
                <code>{field.name.clone()}</code>
                <span class="docs-kind">{field.kind.clone()} {place}</span>
                {field.is_required.then(|| view! { <Badge text=t.required tone=Tone::Warning /> })}
            </dt>
            {about}
        </div>
    }
}

/// One response: its meaning, and folded its example and fields.
pub fn answer(lang: Lang, answer: &Answer, is_open: bool) -> AnyView {
    let t = Docs::of(lang);
    let is_good = answer.status.starts_with('2');
    let class = if is_good { "docs-status good" } else { "docs-status" };
    let head = view! { <span class=class>{answer.status.clone()}</span> <span>{marked(&answer.about)}</span> };
    let kinds = (!answer.content_types.is_empty()).then(|| answer.content_types.join(", "));
    if answer.example.is_empty() && answer.fields.is_empty() {
        return view! { <p class="docs-answer">{head} <small class="soft">{kinds}</small></p> }.into_any();
    }
    let example = (!answer.example.is_empty()).then(|| view! { <CodeBlock code=answer.example.clone() lang /> });
    let fields = (is_good && !answer.fields.is_empty()).then(|| {
        let rows = answer.fields.iter().map(|of| field(t, &Field { is_required: false, ..of.clone() }, None));
        view! { <dl class="docs-fields">{rows.collect_view()}</dl> }
    });
    view! {
        <details class="docs-answer" open=is_open>
            <summary>{head}</summary>
            {example}
            {fields}
        </details>
    }
    .into_any()
}
