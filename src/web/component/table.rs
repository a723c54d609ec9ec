//! A table whose rows become cards on a phone: there `data-label` names each cell.

use leptos::prelude::*;

/// The head of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    Text(&'static str),
    /// For numbers, aligned right.
    Number(&'static str),
    /// For screen readers only, above self-explanatory cells such as buttons.
    Hidden(&'static str),
}

/// The table. Children are its rows, each starting with a `<th scope="row">`.
#[component]
pub fn Table(
    heads: Vec<Head>,
    /// An additional class.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let heads = heads.into_iter().map(|head| match head {
        Head::Text(text) => view! { <th scope="col">{text}</th> }.into_any(),
        Head::Number(text) => view! { <th scope="col" class="num">{text}</th> }.into_any(),
        Head::Hidden(text) => view! { <th scope="col"><span class="sr-only">{text}</span></th> }.into_any(),
    });
    view! {
        <div class="table-wrap">
            <table class=format!("table cards {class}").trim_end().to_owned()>
                <thead>
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
