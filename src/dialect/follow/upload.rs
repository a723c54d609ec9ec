//! A picture and what is to be done with it, as a form with a file.

use super::{Follow, fault::Fault};
use crate::{
    core::image,
    http::api::{Failed, Unreadable, has_cause},
};
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use tower_http::timeout::TimeoutError;

/// The whole form: the largest picture, and room for the list of operations and what is between the parts.
pub const MAX_BYTES: usize = image::MAX_BYTES + 128 * 1024;

/// The form's two fields. Others are passed over.
pub struct Upload {
    pub image: Vec<u8>,
    pub operations: String,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let mut form = Multipart::from_request(request, state).await.map_err(|_| Fault::NotForm)?;
        let (mut image, mut operations) = (None, None);
        while let Some(field) = form.next_field().await.map_err(broken)? {
            // Of a field that comes twice the first one counts, as in a query.
            match field.name() {
                Some("image") if image.is_none() => image = Some(Vec::from(field.bytes().await.map_err(broken)?)),
                Some("operations") if operations.is_none() => {
                    let bytes = field.bytes().await.map_err(broken)?;
                    let text = String::from_utf8(bytes.into()).map_err(|_| Failed::ill_typed("operations"))?;
                    operations = Some(text);
                }
                _ => {
                    field.bytes().await.map_err(broken)?;
                }
            }
        }
        let image = image.ok_or_else(|| Failed::<Follow>::missing("image"))?;
        let operations = operations.ok_or_else(|| Failed::<Follow>::missing("operations"))?;
        Ok(Self { image, operations })
    }
}

fn broken(error: MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failed::<Follow>::from(Unreadable::TooLarge(image::MAX_BYTES)).into()
    } else if has_cause::<TimeoutError>(&error) {
        Failed::<Follow>::from(Unreadable::TimedOut).into()
    } else {
        Fault::NotForm
    }
}
