//! Maps failures to HTTP statuses.

use super::{FORM_MAX_BYTES, gateway, paths, wire};
use crate::{
    core::{
        CoreError, Ctx,
        image::{
            EditError, Kind, MAX_BYTES, MAX_PIXELS, MAX_SIDE, MAX_TIME, OperationFlaw, OperationProblem,
            PictureError as Picture, paid,
        },
        rate::Caller as Counted,
    },
    http::api::{ApiFailure, Dialect, Params, RequestError},
};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri},
    response::{IntoResponse, Response},
};

/// Dialect A.
#[derive(Debug)]
pub struct Follow;

impl Dialect for Follow {
    const NAME: &'static str = "follow";
    const BODY_MAX_BYTES: usize = FORM_MAX_BYTES;
    /// Time for the largest picture at 1 Mbit/s, plus queue and processing.
    const PATIENCE_SECS: u64 = 120;

    fn counted(ctx: &Ctx, uri: &Uri, headers: &HeaderMap) -> Option<Counted> {
        if let Some(openid) = gateway::vouched(ctx, headers) {
            return Some(Counted::Openid(openid.to_owned()));
        }
        let client = (uri.path().trim_end_matches('/') == paths::CHECK_FOLLOW).then(|| Params::<Self>::of(uri))?;
        client.get("client_id").map(|client| Counted::Follower(client.to_owned()))
    }

    type Verdict = StatusCode;

    fn of_core(error: &CoreError) -> StatusCode {
        match error {
            CoreError::Invalid(_) | CoreError::WrongCode => StatusCode::BAD_REQUEST,
            CoreError::WrongCredentials | CoreError::NotSignedIn | CoreError::BadToken(_) => StatusCode::UNAUTHORIZED,
            CoreError::OutOfCredits => StatusCode::PAYMENT_REQUIRED,
            CoreError::Disabled | CoreError::Forbidden | CoreError::LastAdmin | CoreError::OverQuota => {
                StatusCode::FORBIDDEN
            }
            CoreError::NotFound | CoreError::SessionOver => StatusCode::NOT_FOUND,
            CoreError::AlreadyRegistered
            | CoreError::AlreadyBound
            | CoreError::Conflict
            | CoreError::KeyReused
            | CoreError::Collided => StatusCode::CONFLICT,
            CoreError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            CoreError::Platform(_) => StatusCode::BAD_GATEWAY,
            CoreError::Busy | CoreError::Unavailable | CoreError::NotConfigured(_) => StatusCode::SERVICE_UNAVAILABLE,
            CoreError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn of_request(what: &RequestError) -> StatusCode {
        match what {
            RequestError::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            other => other.status(),
        }
    }

    fn render(status: StatusCode, text: String) -> Response {
        let mut response = wire::refused(status, text);
        // Out of credits: the response then reports 0 remaining credits.
        if status == StatusCode::PAYMENT_REQUIRED {
            response.headers_mut().insert(wire::REMAINING, HeaderValue::from(0));
        }
        response
    }
}

/// Every failure of a call of this dialect.
#[derive(Debug)]
pub enum Fault {
    /// The failures that all dialects share.
    Common(ApiFailure<Follow>),
    /// The picture or the list of operations is invalid.
    Picture(Picture),
    /// The edit timed out, as others did in this hour, and cost a credit. Holds the credits that remain.
    Charged(i64),
    /// The body is not a form with a file.
    NotForm,
    /// The header `openid` without a trusted gateway.
    OpenidNotTrusted,
    /// An `openid` that no user has.
    UnknownOpenid,
}

impl<T: Into<ApiFailure<Follow>>> From<T> for Fault {
    fn from(failed: T) -> Self {
        Self::Common(failed.into())
    }
}

impl From<Picture> for Fault {
    fn from(refusal: Picture) -> Self {
        Self::Picture(refusal)
    }
}

impl From<EditError> for Fault {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Core(error) => error.into(),
            EditError::Refused(refusal) => Self::Picture(refusal),
            EditError::Charged { remaining } => Self::Charged(remaining),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Common(failed) => return failed.into_response(),
            Self::Picture(refusal) => of_picture(&refusal),
            Self::Charged(remaining) => return charged(remaining),
            Self::NotForm => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "请求体应为 multipart/form-data，带 image 和 operations 两个字段".to_owned(),
            ),
            Self::OpenidNotTrusted => (
                StatusCode::UNAUTHORIZED,
                "这里不接受 openid 请求头（管理员没有打开 WEIDA_TRUST_OPENID_HEADER），请用 Authorization: Bearer"
                    .to_owned(),
            ),
            Self::UnknownOpenid => (StatusCode::UNAUTHORIZED, "没有这个 openid，请先关注公众号".to_owned()),
        };
        wire::refused(status, detail)
    }
}

/// The response to the third timeout in an hour, and each further one.
fn charged(remaining: i64) -> Response {
    let (status, detail) = of_picture(&Picture::TooLong);
    let detail = format!("{detail}；一小时内第 {} 次超时起扣积分，本次扣 {} 积分", paid::FREE_TIMEOUTS + 1, paid::COST);
    let mut response = wire::refused(status, detail);
    wire::set_credits(&mut response, paid::COST, remaining);
    response
}

fn of_picture(refusal: &Picture) -> (StatusCode, String) {
    let (megabytes, megapixels, secs) = (MAX_BYTES / 1024 / 1024, MAX_PIXELS / 1_000_000, MAX_TIME.as_secs());
    match refusal {
        Picture::Operation(flaw) => (StatusCode::UNPROCESSABLE_ENTITY, of_operation(flaw)),
        Picture::TooManyBytes => (StatusCode::PAYLOAD_TOO_LARGE, format!("image：图片不能超过 {megabytes} MiB")),
        Picture::UnknownFormat => {
            (StatusCode::UNPROCESSABLE_ENTITY, "image：只支持 PNG、JPEG 和 WebP，看的是文件内容".to_owned())
        }
        Picture::TooLarge => (
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("image：图片太大，最多 {megapixels} 百万像素、每边 {MAX_SIDE} 像素"),
        ),
        Picture::Animated => (StatusCode::UNPROCESSABLE_ENTITY, "image：不支持动图".to_owned()),
        Picture::Damaged => (StatusCode::UNPROCESSABLE_ENTITY, "image：图片已损坏或不完整".to_owned()),
        Picture::TooLong => {
            (StatusCode::UNPROCESSABLE_ENTITY, format!("image：{secs} 秒内没有处理完，请换小一点的图片或减少步骤"))
        }
    }
}

fn of_operation(flaw: &OperationFlaw) -> String {
    let place = &flaw.place;
    match &flaw.problem {
        OperationProblem::Missing => format!("{place}：缺少"),
        OperationProblem::NotJson => format!("{place}：不是有效的 JSON"),
        OperationProblem::WrongType(kind) => format!("{place}：应为{}", of_kind(*kind)),
        OperationProblem::OutOfRange { least, most } => format!("{place}：应在 {least} 到 {most} 之间"),
        OperationProblem::NotOneOf(allowed) => format!("{place}：应为 {} 之一", allowed.join("、")),
        OperationProblem::Empty => format!("{place}：至少要有一步"),
        OperationProblem::TooMany(most) => format!("{place}：最多 {most} 步"),
        OperationProblem::Outside { width, height } => format!("{place}：超出了图片，此时图片是 {width} × {height}"),
        OperationProblem::ResultTooLarge => {
            format!("{place}：结果太大，最多 {} 百万像素、每边 {MAX_SIDE} 像素", MAX_PIXELS / 1_000_000)
        }
    }
}

fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::List => "列表",
        Kind::Object => "对象",
        Kind::WholeNumber => "整数",
        Kind::Number => "数字",
        Kind::Text => "文字",
    }
}
