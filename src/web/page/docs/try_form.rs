//! The form that sends a call from the page. A script shows and sends it; without one, the sample for curl stands beside it.

use crate::{
    dialect::openapi::{Access, Call, Parameter, RequestBody},
    text::Lang,
    web::{
        component::{Kind, Submit},
        escape::inside_textarea,
        text::{docs::Docs, fill},
    },
};
use leptos::prelude::*;

/// The height of a text area, in lines.
const MIN_LINES: usize = 3;
const MAX_LINES: usize = 12;
/// A file in an example of a form of parts, as curl writes it.
const FILE: char = '@';
/// The field by which a call asks for a confirmation; its value is not filled in.
const CONFIRM: &str = "confirm";

/// The form of a call.
pub fn form(lang: Lang, call: &Call) -> AnyView {
    let t = Docs::of(lang);
    let is_signed = call.access.contains(&Access::Bearer);
    let label = fill(t.try_one, &[("call", &call.summary)]);
    let parameters = call.parameters.iter().map(|parameter| parameter_field(call, parameter)).collect_view();
    let body = call.body.as_ref().map(|body| body_field(t, call, body));
    view! {
        <details class="docs-try" hidden>
            <summary aria-label=label>{t.try_title}</summary>
            <form
                data-method=call.method.clone()
                data-path=call.path.clone()
                data-type=call.body.as_ref().map(|body| body.content_type.clone())
                data-signed=is_signed.then_some("")
            >
                {parameters}
                {body}
                <div class="row">
                    <Submit text=t.send kind=Kind::Primary small=true label=fill(t.send_one, &[("call", &call.summary)]) />
                    <button type="button" class="button plain small" data-stop hidden>{t.stop}</button>
                </div>
                <div class="docs-result" role="status" data-result data-sending=t.sending data-failed=t.unreachable data-took=t.took></div>
            </form>
        </details>
    }
    .into_any()
}

fn parameter_field(call: &Call, parameter: &Parameter) -> impl IntoView + use<> {
    let name = parameter.field.name.clone();
    let id = format!("{}-{name}", call.id);
    view! {
        <div class="docs-input">
            <label for=id.clone()>{name.clone()}</label>
            <input
                class="input"
                id=id
                type="text"
                value=parameter.example.clone()
                required=parameter.field.is_required
                autocomplete="off"
                spellcheck="false"
                data-name=name
                data-in=parameter.place.as_str()
            />
        </div>
    }
}

fn body_field(t: &'static Docs, call: &Call, body: &RequestBody) -> AnyView {
    if !body.parts.is_empty() {
        let parts = body.parts.iter().map(|(name, example)| part(call, name, example));
        return parts.collect_view().into_any();
    }
    let asks = body.fields.iter().any(|field| field.name == CONFIRM);
    let (value, hint) = if asks { ("", body.example.as_str()) } else { (body.example.as_str(), "") };
    text_area(call, t.body, "body", value, hint).into_any()
}

/// One field of a form of parts.
fn part(call: &Call, name: &str, example: &str) -> AnyView {
    if !example.starts_with(FILE) {
        return text_area(call, name, "part", example, "").into_any();
    }
    let id = format!("{}-{name}", call.id);
    view! {
        <div class="docs-input">
            <label for=id.clone()>{name.to_owned()}</label>
            <input class="input file" id=id type="file" required data-name=name.to_owned() data-in="part" />
        </div>
    }
    .into_any()
}

fn text_area(call: &Call, name: &str, place: &'static str, value: &str, hint: &str) -> impl IntoView + use<> {
    let id = format!("{}-{place}-{name}", call.id);
    let lines = value.lines().count().clamp(MIN_LINES, MAX_LINES);
    view! {
        <div class="docs-input">
            <label for=id.clone()>{name.to_owned()}</label>
            <textarea
                class="input"
                id=id
                rows=lines
                placeholder=hint.to_owned()
                spellcheck="false"
                data-name=name.to_owned()
                data-in=place
            >
                {inside_textarea(value)}
            </textarea>
        </div>
    }
}
