//! The profile fields of a user in a form.

use super::Field;
use crate::{
    core::account::{ProfileColumn, User},
    web::{page::Filled, text::Common},
};
use leptos::prelude::*;

/// One field, with the stored value, or with what was typed and the error.
pub fn profile_field(
    c: &'static Common,
    filled: &Filled,
    user: &User,
    column: ProfileColumn,
    autocomplete: &'static str,
) -> impl IntoView + use<> {
    let name = column.name();
    let is_required = column == ProfileColumn::Nickname;
    let inputmode = match column {
        ProfileColumn::Phone => "tel",
        ProfileColumn::Email => "email",
        _ => "",
    };
    view! {
        <Field
            label=c.profile_label(column)
            name
            value=filled.value_or(name, user.profile(column))
            error=filled.error(name)
            mark=(!is_required).then_some(c.optional)
            autocomplete
            inputmode
            required=is_required
        />
    }
}
