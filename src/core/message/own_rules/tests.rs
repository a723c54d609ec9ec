use super::*;
use crate::core::rule::{AnswerMode, TriggerKind};

fn rule(keywords: &[(&str, MatchType)]) -> Rule {
    Rule {
        id: 1,
        number: 3,
        name: "名".to_owned(),
        cause: TriggerKind::Keyword,
        keywords: keywords
            .iter()
            .map(|(text, matching)| Keyword { text: (*text).to_owned(), matching: *matching })
            .collect(),
        contents: vec![Content::text("旧")],
        answer: AnswerMode::All,
        priority: 5,
        is_enabled: false,
        hits: 9,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: Source::Web,
        is_on_home: false,
        revision: 1,
    }
}

#[test]
fn an_edit_changes_keyword_and_reply_and_nothing_else() {
    let draft = rewritten(&rule(&[("价格", MatchType::Contains)]), "多少钱", "新");
    assert_eq!(draft.keywords, [Keyword { text: "多少钱".to_owned(), matching: MatchType::Contains }]);
    assert_eq!((draft.name.as_str(), draft.priority, draft.is_enabled), ("名", 5, false));
    assert_eq!(draft.contents, [Content::text("新")]);
}

#[test]
fn a_keyword_that_the_rule_has_already_keeps_the_others() {
    let several = rule(&[("价格", MatchType::Contains), ("Price", MatchType::Exact)]);
    assert_eq!(rewritten(&several, "ＰＲＩＣＥ", "新").keywords, several.keywords);
    assert_eq!(rewritten(&several, "费用", "新").keywords, [exact("费用")]);
    assert_eq!(rewritten(&rule(&[("a.*", MatchType::Regex)]), "费用", "新").keywords, [exact("费用")]);
}
