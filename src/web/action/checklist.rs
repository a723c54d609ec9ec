//! Skipping a step of the checklist, and taking it up again.

use super::{Back, Step};
use crate::{
    core::{
        CoreError,
        account::directory::Admin,
        checklist::{self, Step as ListStep},
    },
    web::{
        page::{PageRequest, path::START},
        text::{checklist::Checklist, fill},
    },
};
use leptos::prelude::{ServerFnError, server};

/// `skip=1` skips the step, anything else takes it up again.
#[server(prefix = "/do", endpoint = "checklist-skip")]
pub async fn skip_step(#[server(default)] step: String, #[server(default)] skip: String) -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let t = Checklist::of(request.lang());
    let outcome = async {
        let user = request.user().await?.ok_or(CoreError::NotSignedIn)?;
        let admin = Admin::of(&user, request.address())?;
        let step = ListStep::of(&step).ok_or(CoreError::NotFound)?;
        checklist::skip(&request.ctx, &admin, step, skip == "1").await?;
        let text = if skip == "1" { t.did_skip } else { t.did_unskip };
        Ok(Step::redirect_with_notice(START, fill(text, &[("step", t.step(step).0)])))
    };
    request.answer(outcome.await, Back::to(START, "skip"))
}
