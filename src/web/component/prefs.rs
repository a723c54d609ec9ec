//! Switches of language and theme: plain forms that redirect back to the current page.

use crate::text::{Lang, Prefs, Theme};
use crate::web::text::Common;
use leptos::prelude::*;

/// The action of both switches; they send `lang` or `theme`, and `next` (a path of this site, which the receiver must
/// check).
pub const PREFS_PATH: &str = "/prefs";

/// Chinese or English, each in its own language.
#[component]
pub fn LangSwitch(
    /// The current preferences.
    prefs: Prefs,
) -> impl IntoView {
    let choices = [Lang::Zh, Lang::En].map(|lang| (lang.code(), lang.own_name(), lang == prefs.lang));
    switch(Common::of(prefs.lang).language, "lang", prefs.address, choices.to_vec())
}

/// Device setting, light, or dark.
#[component]
pub fn ThemeSwitch(
    /// The current preferences.
    prefs: Prefs,
) -> impl IntoView {
    let t = Common::of(prefs.lang);
    let names = [(Theme::System, t.theme_system), (Theme::Light, t.theme_light), (Theme::Dark, t.theme_dark)];
    let choices = names.map(|(theme, name)| (theme.code(), name, theme == prefs.theme));
    switch(t.theme, "theme", prefs.address, choices.to_vec())
}

fn switch(
    label: &'static str,
    name: &'static str,
    next: String,
    choices: Vec<(&'static str, &'static str, bool)>,
) -> impl IntoView {
    let buttons = choices
        .into_iter()
        .map(|(value, text, is_on)| {
            let pressed = if is_on { "true" } else { "false" };
            view! { <button name=name value=value aria-pressed=pressed>{text}</button> }
        })
        .collect_view();
    view! {
        <form method="post" action=PREFS_PATH>
            <input type="hidden" name="next" value=next />
            <div class="seg" role="group" aria-label=label>{buttons}</div>
        </form>
    }
}
