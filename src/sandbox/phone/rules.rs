//! Example rules of the account, for whoever wants to see an answer before writing one.

use super::at::At;
use crate::{
    core::reply::{
        ACCOUNT, Cause, Door, Matching,
        draft::Draft,
        edit::{self, Editor},
        refusal::Refusal,
    },
    web::{part::Tone, text::fill},
};
use axum::response::Response;

/// Adds those that are not there: one for followers, one for a keyword, and the default.
pub async fn add_examples(at: At) -> Response {
    let t = at.texts();
    let editor = Editor { owner_id: ACCOUNT, actor_id: ACCOUNT, door: Door::Web, address: at.address.clone() };
    let draft = |cause, keywords: &str, text: &str| Draft::of_text(cause, keywords, Matching::Contains, text);
    let examples = [
        draft(Cause::Follow, "", t.rule_follow),
        draft(Cause::Keyword, t.rule_keyword, t.rule_answer),
        draft(Cause::Default, "", t.rule_default),
    ];
    let mut added = 0;
    for example in examples {
        match edit::add(&at.state.ctx, &editor, &example).await {
            Ok(_) => added += 1,
            // One like it is there already.
            Err(Refusal::Drafts(_)) => {}
            Err(error) => {
                tracing::error!(%error, "an example rule could not be added");
                return at.tell(Tone::Danger, t.rules_failed);
            }
        }
    }
    match added {
        0 => at.tell(Tone::Info, t.rules_there),
        _ => at.tell(Tone::Success, fill(t.rules_added, &[("n", &added.to_string()), ("keyword", t.rule_keyword)])),
    }
}
