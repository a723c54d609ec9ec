//! `/admin/codes`: batches of redemption codes.

mod detail;
mod list;
mod new;

pub use detail::CodeBatchPage;
pub use list::CodesPage;
pub use new::NewCodesPage;

use crate::{
    base::beijing::{date_of, last_date_before},
    core::redemption::batch::{Batch, State},
    text::Lang,
    web::{
        component::{Badge, Tone},
        text::{Common, codes::Codes, fill},
    },
};
use leptos::prelude::*;

/// The list.
pub const CODES: &str = "/admin/codes";
/// The form of a new batch.
pub const NEW: &str = "/admin/codes/new";
/// Its action, which answers with the file.
pub const CREATE: &str = "/do/codes-create";

/// The page of one batch.
pub fn page_of(id: i64) -> String {
    format!("{CODES}/{id}")
}

/// What a code of the batch gives.
fn value(lang: Lang, batch: &Batch) -> String {
    let t = Codes::of(lang);
    let credits = fill(t.value_credits, &[("n", &batch.credits.to_string())]);
    let Some((level, days)) = batch.level else { return credits };
    let level = Common::of(lang).level_name(level);
    let level = fill(t.value_level, &[("level", level), ("n", &days.to_string())]);
    if batch.credits == 0 { level } else { fill(t.value_both, &[("credits", &credits), ("level", &level)]) }
}

/// The number of codes, and how often each can be used.
fn count(lang: Lang, batch: &Batch) -> String {
    let t = Codes::of(lang);
    let template = if batch.uses_max == 1 { t.count_single } else { t.count_each };
    fill(template, &[("n", &batch.codes.to_string()), ("uses", &batch.uses_max.to_string())])
}

/// Uses so far, of all possible ones.
fn redeemed(lang: Lang, batch: &Batch) -> String {
    let all = batch.codes.saturating_mul(batch.uses_max).to_string();
    fill(Codes::of(lang).redeemed_of, &[("n", &batch.redeemed.to_string()), ("all", &all)])
}

/// The days on which codes can be redeemed.
fn valid(lang: Lang, batch: &Batch) -> String {
    let t = Codes::of(lang);
    let (from, to) = (batch.valid_from.map(date_of), batch.valid_to.map(last_date_before));
    match (from, to) {
        (None, None) => t.valid_always.to_owned(),
        (Some(from), None) => fill(t.valid_from_only, &[("from", &from)]),
        (None, Some(to)) => fill(t.valid_to_only, &[("to", &to)]),
        (Some(from), Some(to)) => fill(t.valid_between, &[("from", &from), ("to", &to)]),
    }
}

fn state(lang: Lang, batch: &Batch, now: i64) -> impl IntoView + use<> {
    let t = Codes::of(lang);
    let (text, tone) = match batch.state(now) {
        State::Valid => (t.state_valid, Some(Tone::Success)),
        State::NotYet => (t.state_not_yet, Some(Tone::Info)),
        State::Over => (t.state_over, None),
        State::UsedUp => (t.state_used_up, None),
        State::Stopped => (t.state_stopped, Some(Tone::Warning)),
    };
    view! { <Badge text tone /> }
}
