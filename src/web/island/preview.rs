//! Shows how a reply will look in the chat while it is typed.

use crate::web::markup::{Span, leads_to_a_page, spans};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlTextAreaElement};

/// A bubble with the text of the text area `field` on the same page, its variables replaced by `values` (name and value).
///
/// Without a script it shows the text that the page was rendered with.
#[island]
pub fn ReplyPreview(
    /// The id of the text area.
    field: String,
    /// Shown while the field is empty.
    example: String,
    /// The initial text.
    text: String,
    /// Variables and their values.
    values: Vec<(String, String)>,
) -> impl IntoView {
    let (typed, set_typed) = signal(text);
    Effect::new(move |_| {
        let field = field.clone();
        // The text area is outside this island: listen on the window.
        window_event_listener(ev::input, move |event| {
            let area = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(area) = area.filter(|area| area.id() == field) {
                set_typed.set(area.value());
            }
        });
    });
    let shown = move || {
        let typed = typed.get();
        let text = filled(if typed.trim().is_empty() { &example } else { typed.trim() }, &values);
        spans(&text).into_iter().map(piece).collect_view()
    };
    view! {
        <div class="said">
            <span class="avatar" aria-hidden="true">"微"</span>
            <div class="bubble">{shown}</div>
        </div>
    }
}

/// Links open in a new tab: the text typed here is not saved yet.
fn piece(span: Span) -> AnyView {
    match span {
        Span::Link { href, text } if leads_to_a_page(&href) => {
            view! { <a href=href target="_blank" rel="noreferrer">{text}</a> }.into_any()
        }
        Span::Words(text) | Span::Link { text, .. } => text.into_any(),
    }
}

/// The text as this visitor would get it. The real substitution runs on the server; this is an approximation.
fn filled(text: &str, values: &[(String, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}
