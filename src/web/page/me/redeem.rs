//! The field for a redemption code on `/me`, where redeeming is switched on.

use crate::{
    core::message::commands::Command,
    web::{
        component::{Card, Field, Kind, Submit},
        page::Visitor,
        text::codes::Codes,
    },
};
use leptos::prelude::*;

/// The form; `None` while the command is off.
pub fn card(visitor: &Visitor) -> Option<AnyView> {
    let lang = visitor.request.lang();
    visitor.request.ctx.live().commands.word(Command::Redeem, lang)?;
    let t = Codes::of(lang);
    let filled = visitor.form("redeem");
    let view = view! {
        <Card>
            <form class="stack tight" method="post" action="/do/redeem">
                <Field
                    label=t.redeem
                    name="redemption_code"
                    value=filled.value("redemption_code")
                    error=filled.error("redemption_code")
                    placeholder="ABCD-EFGH-JKLM-NPQR"
                    autocomplete="off"
                    maxlength=64
                    required=true
                />
                <Submit text=t.redeem_do kind=Kind::Plain block=true />
            </form>
        </Card>
    };
    Some(view.into_any())
}
