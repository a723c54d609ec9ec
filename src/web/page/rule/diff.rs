//! The differences of two versions of a rule, field by field.

use super::RuleScope;
use crate::{
    core::rule::{Content, Keyword, TriggerKind, content::ContentNames, draft::Draft},
    web::text::{Common, replies::history::History},
};
use leptos::prelude::*;

/// One field that differs: its name, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// The fields in which two versions differ; a missing version has no values.
pub fn differences(scope: RuleScope, before: Option<&Draft>, after: Option<&Draft>) -> Vec<Difference> {
    let (before, after) = (describe(scope, before), describe(scope, after));
    let both = before.into_iter().zip(after);
    both.filter(|(b, a)| b.1 != a.1).map(|((field, before), (_, after))| Difference { field, before, after }).collect()
}

/// The table of these differences, with two headings.
pub fn table(scope: RuleScope, found: Vec<Difference>, [before, after]: [&'static str; 2]) -> AnyView {
    let t = History::of(scope.lang);
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

/// `None` for an empty text, so that a narrow page can omit the line.
fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Every field as text.
fn describe(scope: RuleScope, draft: Option<&Draft>) -> Vec<(&'static str, String)> {
    let (t, r, c) = (History::of(scope.lang), scope.texts(), Common::of(scope.lang));
    let say = |say: &dyn Fn(&Draft) -> String| draft.map(say).unwrap_or_default();
    vec![
        (t.f_cause, say(&|d| r.cause(d.cause).to_owned())),
        (t.f_keywords, say(&|d| d.keywords.iter().map(|k| keyword(scope, d.cause, k)).collect::<Vec<_>>().join("\n"))),
        (t.f_contents, say(&|d| d.contents.iter().map(|c| content(scope, c)).collect::<Vec<_>>().join("\n\n"))),
        (t.f_answer, say(&|d| r.answer(d.answer).to_owned())),
        (t.f_name, say(&|d| d.name.clone())),
        (t.f_priority, say(&|d| d.priority.to_string())),
        (t.f_enabled, say(&|d| if d.is_enabled { c.on } else { c.off }.to_owned())),
    ]
}

fn keyword(scope: RuleScope, cause: TriggerKind, keyword: &Keyword) -> String {
    match cause {
        TriggerKind::Kind => scope.texts().kind(&keyword.text),
        _ => format!("{}（{}）", keyword.text, scope.texts().matching(keyword.matching)),
    }
}

fn content(scope: RuleScope, content: &Content) -> String {
    if let Content::Text { text } = content {
        return text.clone();
    }
    let parts: Vec<&str> =
        content.parts().into_iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty()).collect();
    format!("[{}] {}", ContentNames::of(scope.lang).name(content), parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::rule::MatchType, text::Lang, web::page::rule::RuleOwner};

    #[test]
    fn only_what_differs_is_shown_and_in_words() {
        let scope = RuleScope { owner: RuleOwner::User, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };
        let before = Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Exact, "一百");
        let after = Draft {
            is_enabled: false,
            ..Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Contains, "一百")
        };
        let found = differences(scope, Some(&before), Some(&after));
        let found: Vec<_> = found.iter().map(|d| (d.before.as_str(), d.after.as_str())).collect();
        assert_eq!(found, [("价格（全匹配）", "价格（半匹配）"), ("已启用", "已停用")]);
        assert!(differences(scope, Some(&after), Some(&after)).is_empty());
        assert_eq!(differences(scope, None, Some(&before)).len(), 6);
    }
}
