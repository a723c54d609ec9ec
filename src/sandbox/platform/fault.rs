//! The platform's errors: an `errcode` and its message, with HTTP status 200. Facts: docs/WECHAT.md, 5.

use serde_json::{Value, json};

/// One error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault(pub i64, pub &'static str);

pub const BUSY: Fault = Fault(-1, "system error");
pub const SECRET_WRONG: Fault = Fault(40001, "invalid credential, access_token is invalid or not latest");
pub const GRANT_TYPE: Fault = Fault(40002, "invalid grant_type");
pub const OPENID: Fault = Fault(40003, "invalid openid");
pub const MEDIA_KIND: Fault = Fault(40004, "invalid media type");
pub const FILE_KIND: Fault = Fault(40005, "invalid file type");
pub const MEDIA_ID: Fault = Fault(40007, "invalid media_id");
pub const MESSAGE_TYPE: Fault = Fault(40008, "invalid message type");
pub const APPID: Fault = Fault(40013, "invalid appid");
pub const TOKEN_INVALID: Fault = Fault(40014, "invalid access_token");
pub const JS_CODE: Fault = Fault(40029, "invalid code");
pub const ACTION_NAME: Fault = Fault(40052, "invalid action name");
pub const ACTION_INFO: Fault = Fault(40053, "invalid action info");
pub const ADDRESS: Fault = Fault(40066, "invalid url");
pub const APPSECRET: Fault = Fault(40125, "invalid appsecret");
pub const TOKEN_MISSING: Fault = Fault(41001, "access_token missing");
pub const SECRET_MISSING: Fault = Fault(41004, "appsecret missing");
pub const MEDIA_MISSING: Fault = Fault(41005, "media data missing");
pub const TOKEN_EXPIRED: Fault = Fault(42001, "access_token expired");
pub const NOT_POST: Fault = Fault(43002, "require POST method");
pub const EMPTY_BODY: Fault = Fault(44002, "empty post data");
pub const EMPTY_TEXT: Fault = Fault(44004, "empty content");
pub const MEDIA_SIZE: Fault = Fault(45001, "media size out of limit");
pub const TOO_LONG: Fault = Fault(45002, "content size out of limit");
pub const ARTICLES: Fault = Fault(45008, "article size out of limit");
pub const DAILY_QUOTA: Fault = Fault(45009, "reach max api daily quota limit");
pub const WINDOW: Fault = Fault(45015, "response out of time limit or subscription is canceled");
pub const CODES_FULL: Fault = Fault(45029, "qrcode count out of limit");
pub const COUNT: Fault = Fault(45047, "out of response count limit");
pub const TYPING_COMMAND: Fault = Fault(45072, "invalid command");
pub const TYPING_WINDOW: Fault = Fault(45080, "not reply within 30s");
pub const NO_MENU: Fault = Fault(46003, "menu no exist");
pub const NOT_JSON: Fault = Fault(47001, "data format error");
pub const UNAUTHORIZED: Fault = Fault(48001, "api unauthorized");
pub const CGI_PATH: Fault = Fault(76021, "cgi_path not found, please check");
pub const CGI_PATH_UNAUTHORIZED: Fault = Fault(76022, "could not use this cgi_path, no permission");

impl Fault {
    /// The response, with the request's id as the platform writes it.
    #[must_use]
    pub fn json(self, rid: &str) -> Value {
        json!({ "errcode": self.0, "errmsg": format!("{} rid: {rid}", self.1) })
    }
}
