//! Parses a multipart form with a picture and its list of operations.

use super::{Follow, fault::Fault};
use crate::{
    core::image,
    http::{
        api::{ApiFailure, RequestError, has_cause},
        connection::TooSlow,
    },
};
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};

/// The most parts of a form that are read.
const PARTS_MAX: usize = 32;

/// The form's two fields. Others are ignored.
pub struct Upload {
    pub image: Vec<u8>,
    pub operations: String,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let mut form = Multipart::from_request(request, state).await.map_err(|_| Fault::NotForm)?;
        let (mut image, mut operations, mut parts) = (None, None, 0);
        while let Some(field) = form.next_field().await.map_err(broken)? {
            parts += 1;
            if parts > PARTS_MAX {
                return Err(Fault::NotForm);
            }
            // The first value of a repeated field counts, as in a query.
            match field.name() {
                Some("image") if image.is_none() => image = Some(Vec::from(field.bytes().await.map_err(broken)?)),
                Some("operations") if operations.is_none() => {
                    let bytes = field.bytes().await.map_err(broken)?;
                    let text = String::from_utf8(bytes.into()).map_err(|_| ApiFailure::ill_typed("operations"))?;
                    operations = Some(text);
                }
                _ => {
                    field.bytes().await.map_err(broken)?;
                }
            }
        }
        let image = image.ok_or_else(|| ApiFailure::<Follow>::missing("image"))?;
        let operations = operations.ok_or_else(|| ApiFailure::<Follow>::missing("operations"))?;
        Ok(Self { image, operations })
    }
}

fn broken(error: MultipartError) -> Fault {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiFailure::<Follow>::from(RequestError::TooLarge(image::MAX_BYTES)).into()
    } else if has_cause::<TooSlow>(&error) {
        ApiFailure::<Follow>::from(RequestError::TimedOut).into()
    } else {
        Fault::NotForm
    }
}
