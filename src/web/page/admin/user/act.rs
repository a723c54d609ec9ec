//! Admin actions on a user: one plain form each, which explains its effect.

use super::page_of;
use crate::{
    core::account::{ProfileColumn, Role, directory::UserDetail},
    web::{
        component::{Card, Cell, Cells, Field, Kind, Segment, Submit, profile_field},
        page::{Filled, Visitor},
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

/// All actions.
pub fn cards(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let lang = visitor.request.lang();
    let t = Users::of(lang);
    let delete = (!detail.is_last_admin).then(|| {
        let href = format!("{}/delete", page_of(detail.user.id));
        view! { <Cells><Cell label=t.delete note=t.delete_note href /></Cells> }
    });
    view! {
        {level(visitor, detail)}
        {credits(visitor, detail)}
        {access(visitor, detail)}
        {profile(visitor, detail)}
        {delete}
    }
}

fn level(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let (c, t) = (Common::of(visitor.request.lang()), Users::of(visitor.request.lang()));
    let options = [("normal", c.level_normal), ("premium", c.level_premium), ("vip", c.level_vip)];
    let options = options.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let (id, chosen) = (detail.user.id, detail.user.level.clone());
    view! {
        <Card title=t.level note=t.level_note>
            <form class="stack" method="post" action="/do/user-level">
                <input type="hidden" name="user" value=id />
                <Segment label=t.level name="level" options value=chosen bare=true />
                <p class="row end"><Submit text=t.level_save kind=Kind::Plain /></p>
            </form>
        </Card>
    }
}

fn credits(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let t = Users::of(visitor.request.lang());
    let filled = visitor.form("credits");
    let ways = [("give", t.give), ("take", t.take)].map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    let now = fill(t.credits_now, &[("n", &detail.user.credits.to_string())]);
    let id = detail.user.id;
    view! {
        <Card title=t.credits note=now>
            <form class="stack" method="post" action="/do/user-credits">
                <input type="hidden" name="user" value=id />
                <Segment label=t.way name="way" options=ways value=filled.value_or("way", "give") bare=true />
                <Field
                    label=t.amount
                    name="amount"
                    value=filled.value("amount")
                    error=filled.error("amount")
                    inputmode="numeric"
                    autocomplete="off"
                    required=true
                />
                <Field
                    label=t.reason
                    name="reason"
                    value=filled.value("reason")
                    error=filled.error("reason")
                    hint=t.credits_reason
                    autocomplete="off"
                    required=true
                />
                <p class="row end"><Submit text=t.credits_save kind=Kind::Plain /></p>
            </form>
        </Card>
    }
}

/// Sign-in and admin rights.
fn access(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let t = Users::of(visitor.request.lang());
    let (id, is_free) = (detail.user.id, !detail.is_last_admin);
    let state = match (detail.user.is_enabled, is_free) {
        (true, true) => disable(t, id, &visitor.form("disable")).into_any(),
        (true, false) => ().into_any(),
        (false, _) => simple(id, "user-enable", "", t.enable, t.enable_note, Kind::Plain).into_any(),
    };
    let role = match detail.user.role {
        Role::User => simple(id, "user-role", "admin", t.promote, t.promote_note, Kind::Plain).into_any(),
        Role::Admin if is_free => {
            simple(id, "user-role", "user", t.dismiss, t.dismiss_note, Kind::PlainDanger).into_any()
        }
        Role::Admin => ().into_any(),
    };
    view! {
        <Card title=t.access>
            <div class="acts-list">
                {state}
                {simple(id, "user-sign-out", "", t.sign_out, t.sign_out_note, Kind::Plain)}
                {role}
            </div>
        </Card>
    }
}

fn disable(t: &'static Users, id: i64, filled: &Filled) -> impl IntoView + use<> {
    view! {
        <form class="stack tight" method="post" action="/do/user-disable">
            <p class="small-text soft">{t.disable_note}</p>
            <input type="hidden" name="user" value=id />
            <Field
                label=t.disable_why
                name="disable_reason"
                value=filled.value("disable_reason")
                error=filled.error("disable_reason")
                hint=t.disable_reason
                autocomplete="off"
                required=true
            />
            <Submit text=t.disable kind=Kind::PlainDanger block=true />
        </form>
    }
}

/// An action that needs only a button.
fn simple(
    id: i64,
    action: &'static str,
    role: &'static str,
    text: &'static str,
    note: &'static str,
    kind: Kind,
) -> impl IntoView {
    let role = (!role.is_empty()).then(|| view! { <input type="hidden" name="role" value=role /> });
    view! {
        <form class="stack tight" method="post" action=format!("/do/{action}")>
            <p class="small-text soft">{note}</p>
            <input type="hidden" name="user" value=id />
            {role}
            <Submit text kind block=true />
        </form>
    }
}

/// Collapsed unless it has errors.
fn profile(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let (c, t) = (Common::of(visitor.request.lang()), Users::of(visitor.request.lang()));
    let filled = visitor.form("user-profile");
    let user = &detail.user;
    let field = |column: &ProfileColumn| profile_field(c, &filled, user, *column, "off");
    let fields: Vec<_> = ProfileColumn::ALL.iter().map(field).collect();
    let id = user.id;
    view! {
        <details class="card fold" open=filled.is_flawed()>
            <summary class="card-head"><h2>{t.profile}</h2></summary>
            <form class="card-body" method="post" action="/do/user-profile">
                <input type="hidden" name="user" value=id />
                {fields}
                <p class="row end"><Submit text=t.profile_save kind=Kind::Plain /></p>
            </form>
        </details>
    }
}
