//! Requests and responses as JSON.

mod admin;
mod person;
mod session;
mod usage;

pub use admin::{Clear, Cleared, Listed, SetLevel, Target, Update};
pub use person::{Holder, Named, OfPerson, Person, Validate, Validated};
pub use session::{Created, Finalize, State};
pub use usage::{Check, OfUsage, Permission, Use, UseArticle, by_feature};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;

/// A success: `success` beside the data.
#[derive(Debug, Serialize)]
pub struct Done<T> {
    success: bool,
    #[serde(flatten)]
    rest: T,
}

impl<T: Serialize> Done<T> {
    pub fn answer(rest: T) -> Response {
        Json(Self::of(rest)).into_response()
    }

    pub fn of(rest: T) -> Self {
        Self { success: true, rest }
    }
}

/// A failure.
#[derive(Debug, Serialize)]
pub struct Refused {
    success: bool,
    error: String,
}

impl Refused {
    pub fn new(error: String) -> Self {
        Self { success: false, error }
    }

    pub fn with(self, status: StatusCode) -> Response {
        (status, Json(self)).into_response()
    }
}
