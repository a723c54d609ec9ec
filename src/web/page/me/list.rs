//! The list of `/me`: replies, the account, and its data.

use super::{
    channel, linked,
    place::{CHANNEL, CREDITS, DEVICES, LINKED, PASSWORD, PROFILE},
};
use crate::{
    core::{
        account::{User, session::SignInMethod},
        ilink::connection::View,
    },
    store::identity::IdentityRow,
    text::fill,
    web::{
        component::{Cell, Cells, Shape, SwitchCell, Tint},
        page::PageRequest,
        text::{Common, channel::Channel, me::Me, review::Review},
    },
};
use leptos::prelude::*;

/// What the rows say at their ends.
pub struct Facts {
    pub identity: Option<IdentityRow>,
    /// Browsers in which the user is signed in.
    pub sessions: usize,
    /// Other accounts of the same WeChat.
    pub others: usize,
    pub rules: i64,
    pub connection: Option<View>,
    /// The sum of today's changes; `None` without any.
    pub credits_today: Option<i64>,
    /// How this browser signed in.
    pub door: Option<SignInMethod>,
}

/// The three groups.
pub fn groups(request: &PageRequest, user: &User, facts: &Facts) -> impl IntoView + use<> {
    view! {
        {replies(request, user, facts)}
        {account(request, user, facts)}
        {data(request, facts)}
    }
}

fn replies(request: &PageRequest, user: &User, facts: &Facts) -> impl IntoView + use<> {
    let lang = request.lang();
    let (c, t, channel) = (Common::of(lang), Me::of(lang), Channel::of(lang));
    let rules = fill(t.rules, &[("n", &facts.rules.to_string())]);
    let state = channel::state(channel, facts.connection.as_ref());
    let is_on = user.is_auto_reply;
    view! {
        <Cells iconed=true>
            <SwitchCell
                label=t.own_replies
                note=t.replies_note
                id="auto-reply"
                action="/do/auto-reply"
                checked=is_on
                save=c.save
                icon=Shape::Replies
                tint=Tint::Brand
            />
            <Cell label=t.manage value=rules href="/replies" indent=true />
            <Cell label=channel.title value=state href=CHANNEL indent=true />
        </Cells>
    }
}

fn account(request: &PageRequest, user: &User, facts: &Facts) -> impl IntoView + use<> {
    let t = Me::of(request.lang());
    let wechat = match &facts.identity {
        Some(identity) => linked::state(t, identity).0,
        None => t.wechat_unlinked,
    };
    // Merging two accounts begins on this page.
    let wechat_note = if facts.others > 0 { t.other } else { "" };
    let password = if user.has_password { t.password_set_already } else { t.password_unset };
    let sessions = fill(t.devices_count, &[("n", &facts.sessions.to_string())]);
    let nickname = user.nickname.clone();
    view! {
        <Cells iconed=true>
            <Cell label=t.profile value=nickname href=PROFILE icon=Shape::Person tint=Tint::Info />
            <Cell label=t.wechat note=wechat_note value=wechat href=LINKED icon=Shape::Chat tint=Tint::Brand />
            <Cell label=t.password_cell value=password href=PASSWORD icon=Shape::Key tint=Tint::Warning />
            <Cell label=t.devices value=sessions href=DEVICES icon=Shape::Screen tint=Tint::Info />
        </Cells>
    }
}

fn data(request: &PageRequest, facts: &Facts) -> impl IntoView + use<> {
    let lang = request.lang();
    let (t, review) = (Me::of(lang), Review::of(lang));
    let today = facts.credits_today.map(|sum| fill(t.ledger_today, &[("n", &format!("{sum:+}"))])).unwrap_or_default();
    // Only a browser that signed in with WeChat may review the account's access.
    let may_review = facts.door == Some(SignInMethod::WeChat);
    view! {
        <Cells iconed=true>
            <Cell label=t.ledger value=today href=CREDITS icon=Shape::Star tint=Tint::Warning />
            {may_review.then(|| view! {
                <Cell label=review.cell href="/me/review" icon=Shape::Shield tint=Tint::Brand />
            })}
            <Cell label=t.export value="JSON" href="/me/data.json" icon=Shape::Download tint=Tint::Info />
            <Cell label=t.delete href="/me/delete" icon=Shape::Trash tint=Tint::Danger />
        </Cells>
    }
}
