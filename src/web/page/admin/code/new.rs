//! The form of a new batch.

use super::{CODES, CREATE};
use crate::{
    core::account::directory::Admin,
    web::{
        component::{Card, Check, Field, Icon, Notice, PageHead, Pick, Shape, Submit},
        page::{PageContent, PageError, Visitor, admin::console_at},
        text::{Common, codes::Codes},
    },
};
use leptos::prelude::*;

#[component]
pub fn NewCodesPage() -> impl IntoView {
    console_at(CODES, form)
}

async fn form(visitor: Visitor, _: Admin) -> Result<PageContent, PageError> {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Codes::of(lang));
    let filled = visitor.form("codes");
    let levels = [("", t.level_none), ("premium", c.level_premium), ("vip", c.level_vip)];
    let levels = levels.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let number = |label: &'static str, name: &'static str, missing: &'static str, hint: &'static str| {
        let (value, error) = (filled.value_or(name, missing), filled.error(name));
        view! { <Field label name value error hint inputmode="numeric" autocomplete="off" /> }
    };
    let day = |label: &'static str, name: &'static str| {
        let (value, error) = (filled.value(name), filled.error(name));
        view! { <Field label name kind="date" value error hint=t.days_hint autocomplete="off" /> }
    };
    let value_fields = number(t.credits, "credits", "", t.credits_hint);
    let days = number(t.level_days, "level_days", "", t.level_days_hint);
    let counts = (number(t.codes, "codes", "", t.codes_hint), number(t.uses, "uses", "1", t.uses_hint));
    let valid = (day(t.from, "valid_from"), day(t.to, "valid_to"));
    let (level, level_error) = (filled.value_or("level", ""), filled.error("level"));
    let (note, note_error) = (filled.value("note"), filled.error("note"));
    let is_once = filled.value("once").is_some_and(|once| once == "on");
    let body = view! {
        <a class="back" href=CODES><Icon shape=Shape::Left />{t.back}</a>
        <PageHead title=t.new />
        <Notice><p>{t.once_only}</p></Notice>
        <Card>
            <form class="stack" method="post" action=CREATE>
                {value_fields}
                <Pick
                    label=t.level
                    name="level"
                    options=levels
                    value=level
                    error=level_error
                />
                {days}
                {counts}
                <Check label=t.once name="once" checked=is_once />
                {valid}
                <Field
                    label=t.note
                    name="note"
                    value=note
                    error=note_error
                    hint=t.note_hint
                    autocomplete="off"
                />
                <Submit text=t.create block=true />
            </form>
        </Card>
    };
    Ok(PageContent::narrow(t.new, body))
}
