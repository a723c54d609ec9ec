//! A browser without a display: cookies, forms and uploads, and the table of every address that changes data.

use super::App;
use reqwest::{Method, StatusCode, header};
use std::fmt::Write as _;

/// A browser: keeps cookies, follows no redirects, and sends the headers of a same-origin request.
pub struct Browser {
    client: reqwest::Client,
    base: String,
    cookies: std::sync::Mutex<std::collections::BTreeMap<String, String>>,
}

/// An HTTP answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }
}

impl Browser {
    pub fn on(app: &App) -> Self {
        let client =
            weida::base::tls::http_client().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { client, base: app.url(""), cookies: std::sync::Mutex::default() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// Follows a link on the site's own page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], &[("sec-fetch-site", "same-origin")]).await
    }

    /// Posts a form from the site's own page.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, fields, &[("sec-fetch-site", "same-origin")]).await
    }

    pub async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == Method::POST {
            request = request.form(fields);
        }
        self.answer(request).await
    }

    /// Uploads a file from the site's own page.
    pub async fn upload(&self, path: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        self.answer(request.multipart(form)).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies = self.cookies.lock().unwrap().iter().fold(String::new(), |mut all, (k, v)| {
            let _ = write!(all, "{k}={v}; ");
            all
        });
        let answer = request.header("accept", "text/html").header("cookie", cookies).send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap();
            let (name, rest) = pair.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if pair.contains("Max-Age=0") {
                cookies.remove(name)
            } else {
                cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        Answer { status, headers, body: answer.text().await.unwrap() }
    }
}

/// Every address that changes data, with valid fields.
pub const CHANGES: &[(&str, &[(&str, &str)])] = &[
    ("/do/register", &[("username", "csrf-new"), ("password", "correct horse")]),
    ("/do/login", &[("username", "csrf"), ("password", "correct horse")]),
    ("/do/wechat", &[]),
    ("/do/bind", &[]),
    ("/do/code", &[("code", "123456")]),
    ("/do/renew", &[]),
    ("/do/forgot", &[("code", "123456"), ("new_password", "another horse")]),
    ("/do/setup", &[("key", "x"), ("username", "root-2"), ("password", "correct horse")]),
    ("/do/sign-out", &[]),
    ("/do/profile", &[("nickname", "changed")]),
    ("/do/password", &[("old_password", "correct horse"), ("new_password", "another horse")]),
    ("/do/auto-reply", &[("on", "0")]),
    ("/do/revoke", &[("session", "x")]),
    ("/do/revoke-others", &[]),
    ("/do/unbind", &[]),
    ("/do/channel-connect", &[]),
    ("/do/channel-cancel", &[]),
    ("/do/channel-number", &[("number", "42")]),
    ("/do/channel-pause", &[]),
    ("/do/channel-resume", &[]),
    ("/do/channel-remind", &[("on", "1")]),
    ("/do/channel-disconnect", &[]),
    ("/do/delete-account", &[("confirm", "csrf")]),
    ("/do/try-token", &[]),
    ("/do/rules", &[("act", "delete-1")]),
    ("/do/rule-home", &[("number", "1"), ("on", "on")]),
    ("/do/rules-place", &[("number", "1"), ("spot", "after-2")]),
    ("/do/rules-undo", &[("change", "1")]),
    ("/do/rules-near", &[("number", "1"), ("act", "enable")]),
    ("/do/rules-restore", &[("number", "1"), ("change", "1")]),
    ("/replies", &[("form", "quick"), ("new_keyword", "a"), ("new_text", "b")]),
    ("/replies/new", &[("cause", "keyword"), ("keyword", "a"), ("kind", "text"), ("text", "b"), ("enabled", "on")]),
    ("/replies/1", &[("number", "1"), ("revision", "1"), ("keyword", "a"), ("kind", "text"), ("text", "c")]),
    ("/replies/several", &[("lines", "a=b")]),
    ("/replies/history", &[]),
    ("/replies/history/1", &[]),
    ("/replies/1/history", &[]),
    ("/do/codes-create", &[("credits", "5"), ("codes", "1")]),
    ("/do/codes-stop", &[("batch", "1")]),
    ("/do/redeem", &[("redemption_code", "ABCD-EFGH-JKLM-NPQR")]),
    ("/do/user-level", &[("user", "1001"), ("level", "vip")]),
    ("/do/user-credits", &[("user", "1001"), ("way", "give"), ("amount", "5"), ("reason", "x")]),
    ("/do/user-disable", &[("user", "1001"), ("disable_reason", "x")]),
    ("/do/user-enable", &[("user", "1001")]),
    ("/do/user-role", &[("user", "1001"), ("role", "admin")]),
    ("/do/user-sign-out", &[("user", "1001")]),
    ("/do/user-end-session", &[("user", "1001"), ("session", "x")]),
    ("/do/user-profile", &[("user", "1001"), ("nickname", "changed")]),
    ("/do/user-delete", &[("user", "1001"), ("confirm_user", "1001")]),
    ("/do/doctor-again", &[]),
    ("/do/setting", &[("key", "message.keep-days"), ("value", "7"), ("seen", "30")]),
    ("/do/setting-undo", &[("change", "1")]),
    ("/do/checklist-skip", &[("step", "backup"), ("skip", "1")]),
    ("/do/account", &[("account", "0"), ("version", "0"), ("appid", "wx0123456789abcdef"), ("app_secret", "x")]),
    ("/do/account-activate", &[("account", "0"), ("version", "0")]),
    ("/do/account-renew", &[("account", "0"), ("version", "0"), ("which", "key")]),
    ("/do/account-disconnect", &[("account", "0"), ("version", "0")]),
    ("/do/reply-ignore", &[("text", "a")]),
    ("/do/review-end", &[("kind", "password")]),
    ("/do/review-all", &[("next", "/me")]),
    ("/do/review-keep", &[("next", "/me")]),
    ("/replies/bench", &[("say", "first")]),
    ("/replies/unanswered", &[]),
    ("/replies/messages", &[]),
    ("/replies/messages/1", &[]),
    ("/replies/numbers", &[]),
    ("/replies/import", &[("from", "platform")]),
    ("/replies/import/1", &[("mode", "replace"), ("mark", "x"), ("partial", "on")]),
    ("/prefs", &[("theme", "dark")]),
    ("/signin/done", &[]),
];
