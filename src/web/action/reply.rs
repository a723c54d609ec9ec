//! Short acts on rules: switched, ordered and deleted, one or many; and what was done is taken back. What is typed goes to its own
//! page (`web::page::reply`).

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::Role,
        reply::{
            edit::{self, Editor},
            history,
            place::{self, Spot},
            refusal::Refusal,
        },
    },
    text::Lang,
    web::{
        action::Flash,
        page::{
            Here,
            reply::{Desk, Scope, padded},
        },
        part::Tone,
        text::{
            fill,
            replies::{history::History, list::List},
        },
    },
};
use leptos::prelude::{ServerFnError, server};

/// Rules that are named where nothing had to be done.
const NAMED: usize = 5;

/// What can be done to rules.
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

    /// Does it, and gives the change; None where the rules were like that already.
    async fn perform(self, here: &Here, editor: &Editor, numbers: &[i64]) -> Result<Option<i64>, Refusal> {
        match self {
            Self::Enable => edit::set_enabled(&here.ctx, editor, numbers, true).await,
            Self::Disable => edit::set_enabled(&here.ctx, editor, numbers, false).await,
            Self::Delete => edit::delete(&here.ctx, editor, numbers).await,
            Self::Raise => edit::shift(&here.ctx, editor, numbers, 1).await,
            Self::Lower => edit::shift(&here.ctx, editor, numbers, -1).await,
        }
    }

    /// What is said where nothing had to be done.
    fn told_already(self, lang: Lang, numbers: &[i64]) -> String {
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

    /// What is said afterwards.
    fn told(self, t: &'static List, numbers: &[i64]) -> String {
        let (one, many) = match self {
            Self::Enable => (t.enabled, t.enabled_many),
            Self::Disable => (t.disabled, t.disabled_many),
            Self::Delete => (t.deleted, t.deleted_many),
            Self::Raise => (t.raised, t.raised),
            Self::Lower => (t.lowered, t.lowered),
        };
        match numbers {
            [number] => fill(one, &[("n", &padded(*number))]),
            many_of => fill(many, &[("n", &many_of.len().to_string())]),
        }
    }
}

/// Does something to the rules that are ticked (`enable`), or to one (`delete-3`).
#[server(prefix = "/do", endpoint = "rules")]
pub async fn rules(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] act: String,
    #[server(default)] numbers: Vec<String>,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = scope.back(&back);
    let outcome = async {
        let desk = desk(&here, scope).await?;
        let t = List::of(desk.lang);
        let (act, numbers) = asked(&act, &numbers).ok_or(CoreError::NotFound)?;
        if numbers.is_empty() {
            here.leave(&Flash::notice(Tone::Info, t.none_selected));
            return Ok(Step::Go(back.clone()));
        }
        let change_id = act.perform(&here, &desk.editor(&here), &numbers).await?;
        Ok(match desk.undoing(change_id, &back) {
            Some(offer) => Step::Offer(back.clone(), act.told(t, &numbers), offer),
            None => Step::tell(back.clone(), act.told_already(desk.lang, &numbers)),
        })
    };
    here.answer(outcome.await, Back::to(&back, "rules"))
}

/// Puts a rule at another place of the order: `spot` is `after-3` or `before-3`.
#[server(prefix = "/do", endpoint = "rules-place")]
pub async fn rules_place(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] number: String,
    #[server(default)] spot: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = scope.back(&back);
    let outcome = async {
        let desk = desk(&here, scope).await?;
        let t = List::of(desk.lang);
        let number = number.parse().map_err(|_| CoreError::NotFound)?;
        let spot = spot_of(&spot).ok_or(CoreError::NotFound)?;
        let change_id = place::put(&here.ctx, &desk.editor(&here), number, spot).await?;
        Ok(match desk.undoing(change_id, &back) {
            Some(offer) => Step::Offer(back.clone(), fill(t.placed, &[("n", &padded(number))]), offer),
            None => Step::Go(back.clone()),
        })
    };
    here.answer(outcome.await, Back::to(&back, "rules"))
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

/// Takes a change back.
#[server(prefix = "/do", endpoint = "rules-undo")]
pub async fn rules_undo(
    #[server(default)] owner: String,
    #[server(default)] back: String,
    #[server(default)] change: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let back = scope.back(&back);
    let outcome = async {
        let desk = desk(&here, scope).await?;
        let change = change.parse().map_err(|_| CoreError::NotFound)?;
        undone(&here, desk, history::undo(&here.ctx, &desk.editor(&here), change).await.map(|_| ()), &back)
    };
    here.answer(outcome.await, Back::to(&back, "rules"))
}

fn undone(here: &Here, desk: Desk, outcome: Result<(), Refusal>, back: &str) -> Result<Step, CoreError> {
    let t = List::of(desk.lang);
    let text = match outcome {
        Ok(()) => return Ok(Step::tell(back, t.undone)),
        Err(Refusal::Core(CoreError::Conflict)) => t.not_undone,
        Err(Refusal::Drafts(_)) => t.not_undone_taken,
        Err(Refusal::Core(other)) => return Err(other),
    };
    here.leave(&Flash::notice(Tone::Warning, text));
    Ok(Step::Go(back.to_owned()))
}

/// Brings back what a rule said before a change.
#[server(prefix = "/do", endpoint = "rules-restore")]
pub async fn rules_restore(
    #[server(default)] owner: String,
    #[server(default)] number: String,
    #[server(default)] change: String,
) -> Result<(), ServerFnError> {
    let (here, scope) = (Here::now(), Scope::of(&owner));
    let number = number.parse().unwrap_or(-1);
    let back = scope.rule_history(number);
    let outcome = async {
        let desk = desk(&here, scope).await?;
        let change = change.parse().map_err(|_| CoreError::NotFound)?;
        let restored = history::restore(&here.ctx, &desk.editor(&here), number, change).await;
        match undone(&here, desk, restored, &back)? {
            Step::Tell(back, _) => {
                Ok(Step::tell(back, fill(History::of(desk.lang).restored, &[("n", &padded(number))])))
            }
            other => Ok(other),
        }
    };
    here.answer(outcome.await, Back::to(back.clone(), "rules"))
}

/// What is asked, and of which rules: a number in the act itself comes before those that are ticked.
fn asked(act: &str, ticked: &[String]) -> Option<(Act, Vec<i64>)> {
    if let Some((act, number)) = act.split_once('-') {
        return Some((Act::of(act)?, vec![number.parse().ok()?]));
    }
    let mut numbers: Vec<i64> = ticked.iter().filter_map(|number| number.parse().ok()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    Some((Act::of(act)?, numbers))
}

/// The desk of whoever acts: nobody gets past it who may not.
pub(super) async fn desk(here: &Here, scope: Scope) -> Result<Desk, CoreError> {
    let user = here.user().await?.ok_or(CoreError::NotSignedIn)?;
    let is_admin = user.role == Role::Admin;
    if scope == Scope::Account && !is_admin {
        return Err(CoreError::Forbidden);
    }
    Ok(Desk { scope, owner_id: scope.owner_id(user.id), user_id: user.id, is_admin, lang: here.lang() })
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
        assert_eq!(asked("delete-7", &ticked), Some((Act::Delete, vec![7])));
        assert_eq!(asked("disable", &ticked), Some((Act::Disable, vec![1, 3])));
        for nonsense in ["", "drop", "delete-", "delete-x", "-3"] {
            assert_eq!(asked(nonsense, &ticked), None, "{nonsense}");
        }
    }
}
