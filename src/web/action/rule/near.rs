//! Makes a rule answer that nearly answered: enables it, or lets a keyword match as a part of the message.

use super::{change_by, scope};
use crate::{
    core::{
        CoreError,
        rule::{MatchType, draft::Draft, edit, rejection::RuleRejection, search},
    },
    web::{
        action::{Back, Flash, Step},
        component::Tone,
        page::{
            PageRequest,
            rule::{RuleOwner, padded},
        },
        text::{fill, replies::list::List},
    },
};
use leptos::prelude::{ServerFnError, server};

/// Changes a rule: `act` is `enable`, or `contains` for the match type of `keyword`.
#[server(prefix = "/do", endpoint = "rules-near")]
pub async fn rules_near(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] number: String,
    #[server(default)] keyword: String,
    #[server(default)] act: String,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    // A user's bench shows an admin the account's rules too.
    let is_page = |of: &RuleOwner| of.back(&back) == back;
    let back = if [RuleOwner::Account, RuleOwner::User].iter().any(is_page) { back } else { owner.list().to_owned() };
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let t = List::of(scope.lang);
        let number: i64 = number.parse().map_err(|_| CoreError::NotFound)?;
        let editor = change_by(&request, scope);
        let changed = if act == "enable" {
            edit::set_enabled(&request.ctx, &editor, &[number], true).await
        } else {
            let rule = search::find(&request.ctx, scope.owner_id, number).await?;
            let mut draft = Draft::from(&rule);
            for word in draft.keywords.iter_mut().filter(|word| word.text == keyword) {
                word.matching = MatchType::Contains;
            }
            edit::update(&request.ctx, &editor, number, rule.revision, &draft).await
        };
        let n = padded(number);
        Ok(match changed {
            Ok(change_id) => match scope.undo_offer(change_id, &back) {
                Some(offer) => Step::Offer(back.clone(), fill(t.saved, &[("n", &n)]), offer),
                None => Step::Redirect(back.clone()),
            },
            Err(RuleRejection::Drafts(_)) => {
                request.set_flash(&Flash::notice(Tone::Warning, fill(t.not_changed_taken, &[("n", &n)])));
                Step::Redirect(back.clone())
            }
            Err(RuleRejection::Core(error)) => return Err(error),
        })
    };
    request.answer(outcome.await, Back::to(&back, "rules"))
}
