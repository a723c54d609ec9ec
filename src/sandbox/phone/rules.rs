//! Example rules of the account, to see replies before writing any.

use super::request::PhoneRequest;
use crate::{
    core::rule::{
        ACCOUNT, MatchType, Source, TriggerKind,
        draft::Draft,
        edit::{self, Editor},
        rejection::RuleRejection,
    },
    web::{component::Tone, text::fill},
};
use axum::response::Response;

/// Adds the missing ones: one for new followers, one for a keyword, and the default.
pub async fn add_examples(at: PhoneRequest) -> Response {
    let t = at.texts();
    let editor = Editor { owner_id: ACCOUNT, actor_id: ACCOUNT, door: Source::Web, address: at.address.clone() };
    let draft = |cause, keywords: &str, text: &str| Draft::of_text(cause, keywords, MatchType::Contains, text);
    let examples = [
        draft(TriggerKind::Follow, "", t.rule_follow),
        draft(TriggerKind::Keyword, t.rule_keyword, t.rule_answer),
        draft(TriggerKind::Default, "", t.rule_default),
    ];
    let mut added = 0;
    for example in examples {
        match edit::add(&at.state.ctx(), &editor, &example).await {
            Ok(_) => added += 1,
            // A rule with the same keyword exists already.
            Err(RuleRejection::Drafts(_)) => {}
            Err(error) => {
                tracing::error!(%error, "an example rule could not be added");
                return at.redirect_with_notice(Tone::Danger, t.rules_failed);
            }
        }
    }
    match added {
        0 => at.redirect_with_notice(Tone::Info, t.rules_there),
        _ => at.redirect_with_notice(
            Tone::Success,
            fill(t.rules_added, &[("n", &added.to_string()), ("keyword", t.rule_keyword)]),
        ),
    }
}
