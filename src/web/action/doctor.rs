//! Examines again.

use super::{Back, Step};
use crate::{
    core::{CoreError, account::directory::Admin, doctor},
    web::{
        page::{PageRequest, path::DOCTOR},
        text::doctor::Doctor,
    },
};
use leptos::prelude::{ServerFnError, server};

/// Lets the page ask the platform again.
#[server(prefix = "/do", endpoint = "doctor-again")]
pub async fn doctor_again() -> Result<(), ServerFnError> {
    let request = PageRequest::now();
    let outcome = async {
        Admin::of(&request.user().await?.ok_or(CoreError::NotSignedIn)?, request.address())?;
        doctor::forget(&request.ctx).await;
        Ok(Step::redirect_with_notice(DOCTOR, Doctor::of(request.lang()).done))
    };
    request.answer(outcome.await, Back::to(DOCTOR, "doctor"))
}
