//! Two versions of a rule, field by field.

use super::Desk;
use crate::{
    core::reply::{Cause, Content, Keyword, draft::Draft},
    web::text::{Common, replies::history::History},
};
use leptos::prelude::*;

/// One field that differs: its name, what it said, what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// The fields in which two versions differ; a version that is not there says nothing.
pub fn differences(desk: Desk, before: Option<&Draft>, after: Option<&Draft>) -> Vec<Difference> {
    let (before, after) = (said(desk, before), said(desk, after));
    let both = before.into_iter().zip(after);
    both.filter(|(b, a)| b.1 != a.1).map(|((field, before), (_, after))| Difference { field, before, after }).collect()
}

/// The table of these differences, under two headings.
pub fn table(desk: Desk, found: Vec<Difference>, [before, after]: [&'static str; 2]) -> AnyView {
    let t = History::of(desk.lang);
    let rows = found.into_iter().map(|difference| {
        view! {
            <tr>
                <th scope="row">{difference.field}</th>
                <td data-label=before class="old">{some(difference.before)}</td>
                <td data-label=after>{some(difference.after)}</td>
            </tr>
        }
    });
    view! {
        <div class="table-wrap">
            <table class="table cards diff">
                <thead>
                    <tr>
                        <th scope="col">{t.field}</th>
                        <th scope="col">{before}</th>
                        <th scope="col">{after}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Nothing at all where nothing is said, so that a narrow page can leave the line out.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Every field in words.
fn said(desk: Desk, draft: Option<&Draft>) -> Vec<(&'static str, String)> {
    let (t, r, c) = (History::of(desk.lang), desk.texts(), Common::of(desk.lang));
    let say = |say: &dyn Fn(&Draft) -> String| draft.map(say).unwrap_or_default();
    vec![
        (t.f_cause, say(&|d| r.cause(d.cause).to_owned())),
        (t.f_keywords, say(&|d| d.keywords.iter().map(|k| keyword(desk, d.cause, k)).collect::<Vec<_>>().join("\n"))),
        (t.f_contents, say(&|d| d.contents.iter().map(|c| content(desk, c)).collect::<Vec<_>>().join("\n\n"))),
        (t.f_answer, say(&|d| r.answer(d.answer).to_owned())),
        (t.f_name, say(&|d| d.name.clone())),
        (t.f_priority, say(&|d| d.priority.to_string())),
        (t.f_enabled, say(&|d| if d.is_enabled { c.on } else { c.off }.to_owned())),
    ]
}

fn keyword(desk: Desk, cause: Cause, keyword: &Keyword) -> String {
    match cause {
        Cause::Kind => desk.texts().kind(&keyword.text),
        _ => format!("{}（{}）", keyword.text, desk.texts().matching(keyword.matching)),
    }
}

fn content(desk: Desk, content: &Content) -> String {
    let parts: Vec<&str> = match content {
        Content::Text { text } => return text.clone(),
        Content::Image { media } | Content::Voice { media } => vec![media],
        Content::Video { media, title, description } => vec![title, description, media],
        Content::Music { title, description, url, hq_url, thumb } => vec![title, description, url, hq_url, thumb],
        Content::News { title, description, picture_url, url } => vec![title, description, url, picture_url],
    };
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("[{}] {}", desk.texts().content(content), parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::reply::Matching, text::Lang, web::page::reply::Scope};

    #[test]
    fn only_what_differs_is_shown_and_in_words() {
        let desk = Desk { scope: Scope::Own, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };
        let before = Draft::of_text(Cause::Keyword, "价格", Matching::Exact, "一百");
        let after =
            Draft { is_enabled: false, ..Draft::of_text(Cause::Keyword, "价格", Matching::Contains, "一百") };
        let found = differences(desk, Some(&before), Some(&after));
        let found: Vec<_> = found.iter().map(|d| (d.before.as_str(), d.after.as_str())).collect();
        assert_eq!(found, [("价格（全匹配）", "价格（半匹配）"), ("已启用", "已停用")]);
        assert!(differences(desk, Some(&after), Some(&after)).is_empty());
        assert_eq!(differences(desk, None, Some(&before)).len(), 6);
    }
}
