//! Navigation between the pages of a list.

use super::{Icon, Shape, Words};
use crate::text::Lang;
use crate::web::text::{Common, fill};
use leptos::prelude::*;

/// Arrows, page numbers and the current position. Renders nothing for a single page without a total.
#[component]
pub fn Pager(
    /// The language.
    lang: Lang,
    /// The current page, from 1.
    page: u64,
    /// The number of pages.
    pages: u64,
    /// The URL up to the page number: `/admin/users?q=a&page=`.
    #[prop(into)]
    base: String,
    /// "共 42 条", already formatted.
    #[prop(optional, into)]
    total: Words,
) -> impl IntoView {
    let t = Common::of(lang);
    let href = move |to: u64| format!("{base}{to}");
    let (request, last) = (page.to_string(), pages.to_string());
    let of = fill(t.page_of, &[("page", &request), ("pages", &last)]);
    let numbers = window(page, pages)
        .into_iter()
        .map(|slot| match slot {
            None => view! { <span class="pager-number" aria-hidden="true">"…"</span> }.into_any(),
            Some(to) => {
                let current = (to == page).then_some("page");
                view! { <a class="button quiet small square pager-number" href=href(to) aria-current=current>{to}</a> }
                    .into_any()
            }
        })
        .collect_view();
    let before = (page > 1).then(|| {
        view! { <a class="button quiet small" rel="prev" href=href(page - 1)><Icon shape=Shape::Left />{t.page_before}</a> }
    });
    let after = (page < pages).then(|| {
        view! { <a class="button quiet small" rel="next" href=href(page + 1)>{t.page_after}<Icon shape=Shape::Right /></a> }
    });
    let steps = (pages > 1).then(
        || view! { <div class="pager-steps">{before} {numbers} <span class="pager-of">{of}</span> {after}</div> },
    );
    (steps.is_some() || total.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=t.pages>
                <p>{total.get()}</p>
                {steps}
            </nav>
        }
    })
}

/// Previous and next for a list without page numbers, paged by cursor.
#[component]
pub fn StepPager(
    /// The language.
    lang: Lang,
    /// The URL of the previous page; `None` on the first.
    #[prop(optional_no_strip)]
    before: Option<String>,
    /// The URL of the next page; `None` on the last.
    #[prop(optional_no_strip)]
    after: Option<String>,
    /// "共 42 条", already formatted.
    #[prop(optional, into)]
    total: Words,
) -> impl IntoView {
    let t = Common::of(lang);
    let before = before.map(|href| {
        view! { <a class="button plain small" rel="prev" href=href><Icon shape=Shape::Left />{t.page_before}</a> }
    });
    let after = after.map(|href| {
        view! { <a class="button plain small" rel="next" href=href>{t.page_after}<Icon shape=Shape::Right /></a> }
    });
    view! {
        <nav class="pager" aria-label=t.pages>
            <p>{total.get()}</p>
            {(before.is_some() || after.is_some()).then(|| view! { <div class="pager-steps">{before} {after}</div> })}
        </nav>
    }
}

/// The pages with a link: first, last, and two on each side of the current one; `None` is a gap.
fn window(page: u64, pages: u64) -> Vec<Option<u64>> {
    let near = |n: u64| n == 1 || n == pages || n.abs_diff(page) <= 2;
    let mut slots = Vec::new();
    let candidates =
        std::iter::once(1).chain(page.saturating_sub(2)..=page.saturating_add(2)).chain(std::iter::once(pages));
    let mut last = 0;
    for n in candidates.filter(|&n| n >= 1 && n <= pages && near(n)) {
        if n <= last {
            continue;
        }
        if n > last + 1 {
            slots.push(None);
        }
        slots.push(Some(n));
        last = n;
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn the_ends_and_the_neighbours_are_one_step_away_however_long_the_list() {
        let shown = |page, pages| {
            window(page, pages)
                .iter()
                .map(|s| s.map_or("…".to_owned(), |n| n.to_string()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(1, 3), "1 2 3");
        assert_eq!(shown(5, 9), "1 … 3 4 5 6 7 … 9");
        assert_eq!(shown(1_000_000, 1_000_000), "1 … 999998 999999 1000000");
        assert_eq!(shown(7, 3), "1 … 3");
        assert_eq!(shown(u64::MAX, 0), "");
    }
}
