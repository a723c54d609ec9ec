//! The form for a code that the account sent in the chat.

use super::gate::{Gate, with_guesses};
use crate::{
    core::signin::Purpose,
    web::{
        component::{Field, Kind, Submit},
        text::Common,
    },
};
use leptos::prelude::*;

/// The form. It is the page's main action after a wrong code.
pub fn code_form(gate: &Gate<'_>) -> AnyView {
    let request = gate.request();
    let c = Common::of(request.lang());
    let filled = gate.visitor.form("code");
    let error = filled.error("code").map(|error| with_guesses(request, gate.view, &error));
    let act = match gate.view.purpose {
        Purpose::Register => c.register,
        Purpose::Login | Purpose::Reset => c.sign_in,
        Purpose::Bind => c.bind,
    };
    let kind = if error.is_some() { Kind::Primary } else { Kind::Plain };
    view! {
        <form class="stack tight" method="post" action="/do/code">
            <Field
                label=c.code
                name="code"
                value=filled.value("code")
                error=error
                hint=gate.fill(gate.t.type_hint)
                autocomplete="one-time-code"
                inputmode="numeric"
                required=true
                digits=true
            />
            <Submit text=act kind block=true />
        </form>
    }
    .into_any()
}

/// The form with its heading.
pub fn code_section(gate: &Gate<'_>) -> AnyView {
    view! { <div class="stack tight"><h2>{gate.t.type_title}</h2>{code_form(gate)}</div> }.into_any()
}
