//! Two versions of a rule side by side, field by field, with the differences marked.

mod value;

pub use value::keywords;

use super::RuleScope;
use crate::{
    core::rule::draft::Draft,
    web::{
        component::{Badge, Tone},
        text::{Common, replies::history::History},
    },
};
use leptos::prelude::*;

/// Which fields are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// All that have a value; those that do not differ are soft.
    All,
    Changed,
}

/// A field of both versions.
struct Row {
    field: &'static str,
    before: AnyView,
    after: AnyView,
    is_changed: bool,
}

/// The fields in which two versions differ.
pub fn changed_fields(scope: RuleScope, before: &Draft, after: &Draft) -> Vec<&'static str> {
    rows(scope, Some(before), Some(after)).into_iter().filter(|row| row.is_changed).map(|row| row.field).collect()
}

/// The short values that differ: the field, before and after.
pub fn changed_words(scope: RuleScope, before: &Draft, after: &Draft) -> Vec<(&'static str, String, String)> {
    let pairs = words_of(scope, before).into_iter().zip(words_of(scope, after));
    pairs.filter(|(old, new)| old.1 != new.1).map(|((field, old), (_, new))| (field, old, new)).collect()
}

/// The table of both versions; of a version that is missing, the other one alone.
pub fn table(
    scope: RuleScope,
    (before, after): (Option<&Draft>, Option<&Draft>),
    heads: [&'static str; 2],
    fields: Fields,
) -> AnyView {
    let t = History::of(scope.lang);
    let is_pair = before.is_some() && after.is_some();
    let [before_head, after_head] = heads;
    let (has_before, has_after) = (before.is_some(), after.is_some());
    let rows = rows(scope, before, after).into_iter().filter(|row| fields == Fields::All || row.is_changed);
    let rows = rows.map(|row| {
        let changed = (is_pair && row.is_changed).then(|| view! { <Badge text=t.changed tone=Tone::Info /> });
        view! {
            <tr class=(!row.is_changed).then_some("same")>
                <th scope="row">{row.field} " " {changed}</th>
                {has_before.then(|| view! { <td data-label=before_head>{row.before}</td> })}
                {has_after.then(|| view! { <td data-label=after_head>{row.after}</td> })}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap">
            <table class="table cards versions">
                <thead>
                    <tr>
                        <th scope="col">{t.field}</th>
                        {has_before.then(|| view! { <th scope="col">{before_head}</th> })}
                        {has_after.then(|| view! { <th scope="col">{after_head}</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The fields with a short value: trigger, reply mode, name, priority, state.
fn words_of(scope: RuleScope, draft: &Draft) -> [(&'static str, String); 5] {
    let (t, r, c) = (History::of(scope.lang), scope.texts(), Common::of(scope.lang));
    [
        (t.f_cause, r.cause(draft.cause).to_owned()),
        (t.f_answer, r.answer(draft.answer).to_owned()),
        (t.f_name, draft.name.clone()),
        (t.f_priority, draft.priority.to_string()),
        (t.f_enabled, if draft.is_enabled { c.on } else { c.off }.to_owned()),
    ]
}

/// Every field in the order of the editor, without those that are empty in both versions.
fn rows(scope: RuleScope, before: Option<&Draft>, after: Option<&Draft>) -> Vec<Row> {
    let t = History::of(scope.lang);
    let of =
        |draft: Option<&Draft>| draft.map(|draft| words_of(scope, draft).map(|(_, text)| text)).unwrap_or_default();
    let names = words_of(scope, &Draft::default()).map(|(field, _)| field);
    let words = names.into_iter().zip(of(before)).zip(of(after)).map(|((field, old), new)| {
        let (is_changed, has_value) = (old != new, !old.is_empty() || !new.is_empty());
        let (before, after) = value::words(old, new);
        has_value.then_some(Row { field, before, after, is_changed })
    });
    let mut words = words.collect::<Vec<_>>().into_iter().flatten();
    let mut rows = Vec::from_iter(words.next());
    if [before, after].into_iter().flatten().any(|draft| !draft.keywords.is_empty()) {
        let is_changed = before.map(|d| (d.cause, &d.keywords)) != after.map(|d| (d.cause, &d.keywords));
        let (old, new) = value::keywords(scope, before, after);
        rows.push(Row { field: t.f_keywords, before: old, after: new, is_changed });
    }
    let is_changed = before.map(|d| &d.contents) != after.map(|d| &d.contents);
    let (old, new) = value::contents(scope, before, after);
    rows.push(Row { field: t.f_contents, before: old, after: new, is_changed });
    rows.extend(words);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::rule::{Content, MatchType, TriggerKind},
        text::Lang,
        web::page::rule::RuleOwner,
    };

    const SCOPE: RuleScope =
        RuleScope { owner: RuleOwner::User, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };

    fn html(before: Option<&Draft>, after: Option<&Draft>, fields: Fields) -> String {
        table(SCOPE, (before, after), ["之前", "之后"], fields).to_html().replace("<!>", "")
    }

    #[test]
    fn the_whole_rule_is_shown_and_what_differs_is_marked_in_words() {
        let before = Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Exact, "一百元");
        let mut after = Draft {
            is_enabled: false,
            ..Draft::of_text(TriggerKind::Keyword, "价格", MatchType::Contains, "二百元")
        };
        after.contents.push(Content::Image { media: "weida:1".to_owned() });
        assert_eq!(changed_fields(SCOPE, &before, &after), ["关键词", "回复", "状态"]);
        let page = html(Some(&before), Some(&after), Fields::All);
        for part in ["全匹配", "半匹配", "<del>一</del>百元", "<ins>二</ins>百元", "图片", "已启用", "已停用", "优先级"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("exact") && !page.contains("[image]"), "{page}");
        let changed = html(Some(&before), Some(&after), Fields::Changed);
        assert!(!changed.contains("优先级") && changed.contains("已停用"), "{changed}");
        assert!(changed_fields(SCOPE, &after, &after).is_empty());
    }

    #[test]
    fn a_new_rule_and_a_deleted_one_have_one_column() {
        let draft = Draft::of_text(TriggerKind::Keyword, "<b>", MatchType::Exact, "<i>");
        let added = html(None, Some(&draft), Fields::All);
        assert!(!added.contains("之前") && added.contains("之后"), "{added}");
        assert!(!added.contains("<b>") && !added.contains("<i>"), "{added}");
        let deleted = html(Some(&draft), None, Fields::All);
        assert!(deleted.contains("之前") && !deleted.contains("之后"), "{deleted}");
    }
}
