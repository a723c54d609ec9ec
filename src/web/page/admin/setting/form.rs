//! A setting that changes while the program runs: its name, its value to edit, and where that comes from.

use super::origin;
use crate::{
    core::setting::{InForce, Kind, Origin},
    web::{
        component::{Icon, Kind as Weight, Shape, Submit},
        page::Visitor,
        text::{fill, setting::SettingTexts},
    },
};
use leptos::prelude::*;

/// A line with its form. What the environment sets has no form.
pub fn row(visitor: &Visitor, of: &InForce) -> AnyView {
    let lang = visitor.request.lang();
    let t = SettingTexts::of(lang);
    let name = t.name_of(&of.key).to_owned();
    let id = format!("setting-{}", of.key.replace('.', "-"));
    let filled = visitor.form(&of.key);
    let error = filled.error("value").or_else(|| filled.error("command_words"));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let about = t.about(&of.key).map(|about| view! { <p class="field-hint" id=hint_id.clone()>{about}</p> });
    let described = [error.as_ref().map(|_| error_id.clone()), about.as_ref().map(|_| hint_id)];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let value = if let Origin::Environment(variable) = &of.origin {
        let value = t.value_of(&of.value).to_owned();
        let by = fill(t.by_environment, &[("name", variable)]);
        view! { <div class="setting-fixed"><b>{value}</b> <span class="soft">{by}</span></div> }.into_any()
    } else {
        let shown = filled.value_or("value", &of.value);
        let label = fill(t.unset, &[("origin", &t.origin_of(&Origin::File))]);
        let unset = (of.origin == Origin::Console).then(|| {
            let spoken = format!("{label}: {name}");
            view! { <Submit text=label name="unset" value="1" kind=Weight::Quiet small=true label=spoken /> }
        });
        view! {
            <form method="post" action="/do/setting" class="setting-form">
                <input type="hidden" name="key" value=of.key.clone() />
                <input type="hidden" name="seen" value=of.value.clone() />
                {control(t, of, &id, &shown, (error.is_some(), described))}
                <Submit text=t.save kind=Weight::Plain small=true label=format!("{}: {name}", t.save) />
                {unset}
            </form>
        }
        .into_any()
    };
    let error = error.map(|error| {
        view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{error}</span></p> }
    });
    let name = match of.origin {
        Origin::Environment(_) => view! { <span>{name}</span> }.into_any(),
        _ => view! { <label for=id>{name}</label> }.into_any(),
    };
    view! {
        <div class="setting">
            <div class="setting-name">
                {name}
                <span class="setting-origin">{origin(lang, &of.origin)}</span>
            </div>
            {value} {error} {about}
        </div>
    }
    .into_any()
}

fn control(
    t: &'static SettingTexts,
    of: &InForce,
    id: &str,
    shown: &str,
    (is_wrong, described): (bool, String),
) -> AnyView {
    let id = id.to_owned();
    let described = (!described.is_empty()).then_some(described);
    let invalid = is_wrong.then_some("true");
    match of.kind {
        Some(Kind::Choice(words)) => {
            let options = words.iter().map(|word| {
                let text = t.value_of(word).to_owned();
                view! { <option value=*word selected=*word == shown>{text}</option> }
            });
            let options = options.collect_view();
            view! {
                <select class="input" id=id name="value" aria-describedby=described aria-invalid=invalid>{options}</select>
            }
            .into_any()
        }
        kind => {
            let inputmode = matches!(kind, Some(Kind::Number { .. })).then_some("numeric");
            let class = if inputmode.is_some() { "input number" } else { "input" };
            view! {
                <input class=class id=id name="value" value=shown.to_owned() inputmode=inputmode autocomplete="off" aria-describedby=described aria-invalid=invalid autofocus=is_wrong />
            }
            .into_any()
        }
    }
}
