//! How a reply will look in the chat, while it is typed.

use crate::web::markup::{Span, leads_to_a_page, spans};
use leptos::{ev, prelude::*, wasm_bindgen::JsCast as _, web_sys::HtmlTextAreaElement};

/// A bubble with the text of the text area `field` of the same page, its variables filled with `values` (name and value).
///
/// Without a script it shows what the page came with.
#[island]
pub fn ReplyPreview(
    /// The id of the text area.
    field: String,
    /// Shown while nothing is typed.
    example: String,
    /// The text that the page came with.
    text: String,
    /// Variables and what they stand for.
    values: Vec<(String, String)>,
) -> impl IntoView {
    let (typed, set_typed) = signal(text);
    Effect::new(move |_| {
        let field = field.clone();
        // The area is not ours: what is typed into it comes by.
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

/// A link opens elsewhere: what is typed here is not saved yet.
fn piece(span: Span) -> AnyView {
    match span {
        Span::Link { href, text } if leads_to_a_page(&href) => {
            view! { <a href=href target="_blank" rel="noreferrer">{text}</a> }.into_any()
        }
        Span::Words(text) | Span::Link { text, .. } => text.into_any(),
    }
}

/// The text as this visitor would get it. The engine's own filling is on the server; this only shows the idea.
fn filled(text: &str, values: &[(String, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}
