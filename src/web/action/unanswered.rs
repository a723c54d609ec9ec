//! Actions on messages that no rule answered.

use super::{Back, Step, rule::scope};
use crate::{
    core::message::unanswered,
    web::{
        page::{
            PageRequest,
            rule::{RuleOwner, cut},
        },
        text::{fill, replies::inbox::Inbox},
    },
};
use leptos::prelude::{ServerFnError, server};

/// The most characters of a message in a notice.
const TOLD_CHARS: usize = 30;

/// Removes all messages with this text from the list.
#[server(prefix = "/do", endpoint = "reply-ignore")]
pub async fn reply_ignore(
    #[server(default)] owner: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    let back = owner.below("unanswered");
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let t = Inbox::of(scope.lang);
        let message = match unanswered::dismiss(&request.ctx, scope.owner_id, &text).await? {
            0 => t.gone.to_owned(),
            _ => fill(t.ignored, &[("text", &cut(&text, TOLD_CHARS))]),
        };
        Ok(Step::redirect_with_notice(back.clone(), message))
    };
    request.answer(outcome.await, Back::to(back.clone(), "inbox"))
}
