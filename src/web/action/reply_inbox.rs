//! Messages that no rule answered, and that none shall.

use super::{Back, Step, reply::desk};
use crate::{
    core::message::inbox,
    web::{
        page::{
            Here,
            reply::{Scope, cut},
        },
        text::{fill, replies::inbox::Inbox},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Characters of a message that are told.
const TOLD_CHARS: usize = 30;

/// Takes the messages that say this out of the inbox.
#[server(prefix = "/do", endpoint = "reply-ignore")]
pub async fn reply_ignore(
    #[server(default)] owner: String,
    #[server(default)] text: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = scope.below("unanswered");
    let outcome = async {
        let desk = desk(&here, scope).await?;
        let t = Inbox::of(desk.lang);
        let told = match inbox::dismiss(&here.ctx, desk.owner_id, &text).await? {
            0 => t.gone.to_owned(),
            _ => fill(t.ignored, &[("text", &cut(&text, TOLD_CHARS))]),
        };
        Ok(Step::tell(back.clone(), told))
    };
    here.answer(outcome.await, Back::to(back.clone(), "inbox"))
}
