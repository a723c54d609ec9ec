//! A QR code: dark on white in both themes, with its quiet zone in the picture.

use leptos::prelude::*;

/// The picture of a code.
#[component]
pub fn QrFrame(
    /// The picture's URL.
    #[prop(into)]
    src: String,
    /// What the code is for.
    #[prop(into)]
    alt: String,
    /// Shows where to press, for browsers that recognize a code that is pressed.
    #[prop(optional)]
    press: bool,
    /// What covers an unusable code.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=if press { "qr-frame press" } else { "qr-frame" }>
            <img src=src alt=alt width="240" height="240" />
            {children.map(|children| children())}
        </div>
    }
}
