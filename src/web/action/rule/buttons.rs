//! Actions on rules: enable, disable, reorder, delete, one or many; and undo. Text is edited on its own pages (`web::page::rule`).

use super::{change_by, scope};
use crate::{
    core::{
        CoreError,
        rule::{
            edit::{self, Editor},
            history,
            rejection::RuleRejection,
            reorder::{self, Spot},
        },
    },
    text::Lang,
    web::{
        action::{Back, Flash, Step},
        component::Tone,
        page::{
            PageRequest,
            rule::{RuleOwner, RuleScope, padded},
        },
        text::{
            fill,
            replies::{history::History, list::List},
        },
    },
};
use leptos::prelude::{ServerFnError, server};

/// The most rules that are named when nothing had to be changed.
const NAMED: usize = 5;

/// An action on rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Enable,
    Disable,
    Delete,
    Raise,
    Lower,
}

impl Act {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "enable" => Self::Enable,
            "disable" => Self::Disable,
            "delete" => Self::Delete,
            "raise" => Self::Raise,
            "lower" => Self::Lower,
            _ => return None,
        })
    }

    /// Carries it out and returns the change's id; `None` if nothing had to be changed.
    async fn perform(
        self,
        request: &PageRequest,
        editor: &Editor,
        numbers: &[i64],
    ) -> Result<Option<i64>, RuleRejection> {
        match self {
            Self::Enable => edit::set_enabled(&request.ctx, editor, numbers, true).await,
            Self::Disable => edit::set_enabled(&request.ctx, editor, numbers, false).await,
            Self::Delete => edit::delete(&request.ctx, editor, numbers).await,
            Self::Raise => edit::shift(&request.ctx, editor, numbers, 1).await,
            Self::Lower => edit::shift(&request.ctx, editor, numbers, -1).await,
        }
    }

    /// The notice if nothing had to be changed.
    fn message_unchanged(self, lang: Lang, numbers: &[i64]) -> String {
        let t = List::of(lang);
        let text = match self {
            Self::Enable => t.enabled_already,
            Self::Disable => t.disabled_already,
            Self::Delete => t.none_selected,
            Self::Raise => t.raised_already,
            Self::Lower => t.lowered_already,
        };
        let names: Vec<String> = numbers.iter().take(NAMED).map(|number| padded(*number)).collect();
        let more = if numbers.len() > NAMED { " …" } else { "" };
        fill(text, &[("n", &format!("{}{more}", names.join(lang.list_mark())))])
    }

    /// The notice after the action on these rules, of which `count` changed.
    fn message(self, t: &'static List, numbers: &[i64], count: usize) -> String {
        let (one, many) = match self {
            Self::Enable => (t.enabled, t.enabled_many),
            Self::Disable => (t.disabled, t.disabled_many),
            Self::Delete => (t.deleted, t.deleted_many),
            Self::Raise => (t.raised, t.raised),
            Self::Lower => (t.lowered, t.lowered),
        };
        match numbers {
            [number] => fill(one, &[("n", &padded(*number))]),
            _ => fill(many, &[("n", &count.to_string())]),
        }
    }
}

/// Acts on the ticked rules (`enable`), or on one rule (`delete-3`).
#[server(prefix = "/do", endpoint = "rules")]
pub async fn rules(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] act: String,
    #[server(default)] numbers: Vec<String>,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    let back = owner.back(&back);
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let t = List::of(scope.lang);
        let (act, numbers) = parse_act(&act, &numbers).ok_or(CoreError::NotFound)?;
        if numbers.is_empty() {
            request.set_flash(&Flash::notice(Tone::Info, t.none_selected));
            return Ok(Step::Redirect(back.clone()));
        }
        let change_id = act.perform(&request, &change_by(&request, scope), &numbers).await?;
        // Rules that were so already are not counted.
        let changed = match change_id {
            Some(id) => history::changes(&request.ctx, scope.owner_id, Some(id.saturating_add(1)), 1).await?.pop(),
            None => None,
        };
        let count = changed.map_or(numbers.len(), |change| usize::try_from(change.rules).unwrap_or_default());
        Ok(match scope.undo_offer(change_id, &back) {
            Some(offer) => Step::Offer(back.clone(), act.message(t, &numbers, count), offer),
            None => Step::redirect_with_notice(back.clone(), act.message_unchanged(scope.lang, &numbers)),
        })
    };
    request.answer(outcome.await, Back::to(&back, "rules"))
}

/// Moves a rule to another position: `spot` is `after-3` or `before-3`.
#[server(prefix = "/do", endpoint = "rules-place")]
pub async fn rules_place(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] number: String,
    #[server(default)] spot: String,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    let back = owner.back(&back);
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let t = List::of(scope.lang);
        let number = number.parse().map_err(|_| CoreError::NotFound)?;
        let spot = spot_of(&spot).ok_or(CoreError::NotFound)?;
        let change_id = reorder::put(&request.ctx, &change_by(&request, scope), number, spot).await?;
        Ok(match scope.undo_offer(change_id, &back) {
            Some(offer) => Step::Offer(back.clone(), fill(t.placed, &[("n", &padded(number))]), offer),
            None => Step::Redirect(back.clone()),
        })
    };
    request.answer(outcome.await, Back::to(&back, "rules"))
}

fn spot_of(text: &str) -> Option<Spot> {
    let (side, number) = text.split_once('-')?;
    let number = number.parse().ok()?;
    match side {
        "after" => Some(Spot::After(number)),
        "before" => Some(Spot::Before(number)),
        _ => None,
    }
}

/// Undoes a change.
#[server(prefix = "/do", endpoint = "rules-undo")]
pub async fn rules_undo(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] change: String,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    let back = owner.back(&back);
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let change = change.parse().map_err(|_| CoreError::NotFound)?;
        undone(
            &request,
            scope,
            history::undo(&request.ctx, &change_by(&request, scope), change).await.map(|_| ()),
            &back,
        )
    };
    request.answer(outcome.await, Back::to(&back, "rules"))
}

fn undone(
    request: &PageRequest,
    scope: RuleScope,
    outcome: Result<(), RuleRejection>,
    back: &str,
) -> Result<Step, CoreError> {
    let t = List::of(scope.lang);
    let text = match outcome {
        Ok(()) => return Ok(Step::redirect_with_notice(back, t.undone)),
        Err(RuleRejection::Core(CoreError::Conflict)) => t.not_undone,
        Err(RuleRejection::Drafts(_)) => t.not_undone_taken,
        Err(RuleRejection::Core(other)) => return Err(other),
    };
    request.set_flash(&Flash::notice(Tone::Warning, text));
    Ok(Step::Redirect(back.to_owned()))
}

/// Restores a rule to its version before a change.
#[server(prefix = "/do", endpoint = "rules-restore")]
pub async fn rules_restore(
    #[server(default)] owner: String,
    #[server(default)] number: String,
    #[server(default)] change: String,
) -> Result<(), ServerFnError> {
    let (request, owner) = (PageRequest::now(), RuleOwner::of(&owner));
    let number = number.parse().unwrap_or(-1);
    let back = owner.rule_history(number);
    let outcome = async {
        let scope = scope(&request, owner).await?;
        let change = change.parse().map_err(|_| CoreError::NotFound)?;
        let restored = history::restore(&request.ctx, &change_by(&request, scope), number, change).await;
        match undone(&request, scope, restored, &back)? {
            Step::RedirectWithNotice(back, _) => {
                Ok(Step::redirect_with_notice(back, fill(History::of(scope.lang).restored, &[("n", &padded(number))])))
            }
            other => Ok(other),
        }
    };
    request.answer(outcome.await, Back::to(back.clone(), "rules"))
}

/// The requested action and its rules: a number in the action's name takes precedence over the ticked rules.
fn parse_act(act: &str, ticked: &[String]) -> Option<(Act, Vec<i64>)> {
    if let Some((act, number)) = act.split_once('-') {
        return Some((Act::of(act)?, vec![number.parse().ok()?]));
    }
    let mut numbers: Vec<i64> = ticked.iter().filter_map(|number| number.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Some((Act::of(act)?, numbers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_by_its_neighbour() {
        assert_eq!(spot_of("after-7"), Some(Spot::After(7)));
        assert_eq!(spot_of("before-7"), Some(Spot::Before(7)));
        for nonsense in ["", "after", "after-", "beside-7", "before-x"] {
            assert_eq!(spot_of(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_buttons_own_rule_comes_before_those_that_are_ticked() {
        let ticked = ["3", "1", "3", "x"].map(str::to_owned);
        assert_eq!(parse_act("delete-7", &ticked), Some((Act::Delete, vec![7])));
        assert_eq!(parse_act("disable", &ticked), Some((Act::Disable, vec![1, 3])));
        for nonsense in ["", "drop", "delete-", "delete-x", "-3"] {
            assert_eq!(parse_act(nonsense, &ticked), None, "{nonsense}");
        }
    }
}
