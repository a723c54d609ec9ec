//! Codes to read, to send and to copy.
//!
//! The copy buttons are hidden until the page's script shows them: without it they would not work.

use super::{Icon, Shape};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// Digits to be sent, large, in groups of three. Selecting and copying yields the digits alone.
#[component]
pub fn Digits(
    /// The digits.
    #[prop(into)]
    code: String,
    /// No longer valid: struck through, and not selected as a whole.
    #[prop(optional)]
    old: bool,
) -> impl IntoView {
    let groups = groups(&code).into_iter().map(|group| view! { <span>{group}</span> }).collect_view();
    view! { <p class=if old { "digits-value old" } else { "digits-value" }>{groups}</p> }
}

/// A button that copies a text and says so itself. Hidden until the page's script shows it.
#[component]
pub fn Copy(
    /// The text.
    #[prop(into)]
    text: String,
    /// The language.
    lang: Lang,
) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <button type="button" class="button tint" data-copy=text data-done=t.copied hidden>
            <Icon shape=Shape::Copy />
            <span aria-live="polite">{t.copy}</span>
        </button>
    }
}

/// An id in one line, truncated if there is no room, copied in full.
#[component]
pub fn CopyId(
    /// The id.
    #[prop(into)]
    id: String,
    /// The language.
    lang: Lang,
) -> impl IntoView {
    view! { <span class="copy"><code>{id.clone()}</code><CopyButton text=id lang /></span> }
}

/// A block of code to copy.
#[component]
pub fn CodeBlock(
    /// The lines.
    #[prop(into)]
    code: String,
    /// The language of the button.
    lang: Lang,
) -> impl IntoView {
    // It scrolls sideways, so it must be reachable by keyboard.
    view! {
        <div class="code-block">
            <pre tabindex="0"><code>{code.clone()}</code></pre>
            <CopyButton text=code lang />
        </div>
    }
}

#[component]
fn CopyButton(text: String, lang: Lang) -> impl IntoView {
    let t = Common::of(lang);
    view! {
        <button type="button" class="button quiet small square" data-copy=text data-done=t.copied hidden>
            <Icon shape=Shape::Copy />
            <span class="sr-only" aria-live="polite">{t.copy}</span>
        </button>
    }
}

/// Digits in readable groups: four stay together, five and more are split by threes, the first group taking the
/// remainder.
fn groups(code: &str) -> Vec<String> {
    let digits: Vec<char> = code.chars().collect();
    if digits.len() < 5 {
        return vec![code.to_owned()];
    }
    let (first, rest) = digits.split_at(match digits.len() % 3 {
        0 => 3,
        over => over.max(2) + usize::from(over == 1) * 2,
    });
    std::iter::once(first).chain(rest.chunks(3)).map(|group| group.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn codes_of_every_length_fall_into_readable_groups() {
        for (code, shown) in [
            ("4827", "4827"),
            ("48271", "48 271"),
            ("482713", "482 713"),
            ("4827139", "4827 139"),
            ("48271395", "48 271 395"),
        ] {
            assert_eq!(groups(code).join(" "), shown);
        }
    }
}
