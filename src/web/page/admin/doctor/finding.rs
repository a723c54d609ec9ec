//! One finding: a box with what was found and how to mend it, or a line.

use crate::{
    core::doctor::{Finding, Level, Text},
    text::Lang,
    web::{
        component::{Badge, CopyId, Icon, Shape, Tone},
        text::doctor::Doctor,
    },
};
use leptos::prelude::*;

/// The text in this language.
pub fn text(lang: Lang, of: &Text) -> String {
    if lang == Lang::Zh { of.zh.clone() } else { of.en.clone() }
}

/// A finding that is not fine.
pub fn sick(lang: Lang, finding: &Finding) -> AnyView {
    let t = Doctor::of(lang);
    let (class, shape, tone, state) = match finding.level {
        Level::Fault => ("sick danger", Shape::Bad, Tone::Danger, t.fault),
        _ => ("sick warn", Shape::Warning, Tone::Warning, t.warning),
    };
    let mend = finding.mend.as_ref().map(|mend| {
        let copy = finding.copy.clone().map(|line| view! { <p class="copy-line"><CopyId id=line lang /></p> });
        view! { <div><dt>{t.mend}</dt><dd>{text(lang, mend)} {copy}</dd></div> }
    });
    view! {
        <article class=class>
            <header><Icon shape /><h2>{t.check(finding.check)}</h2><Badge text=state tone /></header>
            <dl>
                <div><dt>{t.found}</dt><dd>{text(lang, &finding.found)}</dd></div>
                {mend}
            </dl>
        </article>
    }
    .into_any()
}

/// A finding that is fine.
pub fn line(lang: Lang, finding: &Finding) -> AnyView {
    let t = Doctor::of(lang);
    view! {
        <li>
            <span class="check-mark"><Icon shape=Shape::Check /></span>
            <b>{t.check(finding.check)}</b>
            <span>{text(lang, &finding.found)}</span>
        </li>
    }
    .into_any()
}
