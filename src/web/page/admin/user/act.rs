//! Admin actions on a user: one plain form each, which explains its effect.

use super::question;
use crate::{
    base::beijing::last_date_before,
    core::account::{ProfileColumn, Role, directory::UserDetail},
    web::{
        component::{Card, Cell, Cells, Field, Kind, LinkButton, Segment, Submit, profile_field},
        page::Visitor,
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

/// All actions.
pub fn cards(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let lang = visitor.request.lang();
    let t = Users::of(lang);
    let delete = (!detail.is_last_admin).then(|| {
        let href = question(detail.user.id, "delete");
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
    let (id, filled) = (detail.user.id, visitor.form("level"));
    let until = detail.user.level_until.map(last_date_before).unwrap_or_default();
    let (chosen, last_day) = (filled.value_or("level", &detail.user.level), filled.value_or("level_until", &until));
    let error = filled.error("level_until");
    view! {
        <Card title=t.level note=t.level_note>
            <form class="stack" method="post" action="/do/user-level">
                <input type="hidden" name="user" value=id />
                <Segment label=t.level name="level" options value=chosen bare=true />
                <Field
                    label=t.level_until
                    name="level_until"
                    kind="date"
                    value=last_day
                    error
                    hint=t.level_until_hint
                    autocomplete="off"
                />
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

/// Sign-in and admin rights. What takes rights away or gives them asks on a page of its own.
fn access(visitor: &Visitor, detail: &UserDetail) -> impl IntoView + use<> {
    let t = Users::of(visitor.request.lang());
    let (id, is_free) = (detail.user.id, !detail.is_last_admin);
    let state = match (detail.user.is_enabled, is_free) {
        (true, true) => Some(asking(id, "disable", t.disable, t.disable_note, Kind::PlainDanger).into_any()),
        (true, false) => None,
        (false, _) => Some(simple(id, "user-enable", t.enable, t.enable_note).into_any()),
    };
    let role = match detail.user.role {
        Role::User => Some(asking(id, "promote", t.promote, t.promote_note, Kind::Plain)),
        Role::Admin if is_free => Some(asking(id, "dismiss", t.dismiss, t.dismiss_note, Kind::PlainDanger)),
        Role::Admin => None,
    };
    view! {
        <Card title=t.access>
            <div class="acts-list">
                {state}
                {simple(id, "user-sign-out", t.sign_out, t.sign_out_note)}
                {role}
            </div>
        </Card>
    }
}

/// A link to the confirmation of an action.
fn asking(id: i64, action: &'static str, text: &'static str, note: &'static str, kind: Kind) -> impl IntoView {
    view! {
        <div class="stack tight">
            <p class="small-text soft">{note}</p>
            <LinkButton href=question(id, action) text=format!("{text}…") kind block=true />
        </div>
    }
}

/// An action that needs only a button.
fn simple(id: i64, action: &'static str, text: &'static str, note: &'static str) -> impl IntoView {
    view! {
        <form class="stack tight" method="post" action=format!("/do/{action}")>
            <p class="small-text soft">{note}</p>
            <input type="hidden" name="user" value=id />
            <Submit text kind=Kind::Plain block=true />
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
