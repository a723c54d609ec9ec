//! The forms of requests and answers.

use super::fault::{Assistant, DATA, Fault, OK};
use crate::{
    core::{account::User, reply::pairs::Pair},
    http::api::{Failed, Json as Text, Unreadable},
};
use axum::{
    Json,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// `POST /account/register`.
#[derive(Deserialize)]
pub struct Register {
    pub username: String,
    pub password: String,
    /// The code that the account sent. The older client had no other field for it.
    pub last_name: String,
}

/// `POST /account/login`.
#[derive(Deserialize)]
pub struct Login {
    pub username: String,
    pub password: String,
}

/// `POST /account/password`: by the old one, or by a code.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub struct NewPassword {
    pub old_password: Option<String>,
    pub code: Option<String>,
    pub new_password: String,
}

/// `POST /account/email`.
#[derive(Deserialize)]
pub struct Email {
    pub email: String,
}

/// `POST /wechat/autoreply`, and what the `GET` gives.
#[derive(Deserialize, Serialize)]
pub struct AutoReply {
    pub enabled: bool,
}

/// `{"收到": "回复", …}`: at least one pair, in the order they are written. A key may come twice: then it is told, not lost.
pub struct Pairs(pub Vec<Pair>);

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let Text(bytes, _) = Text::<Assistant>::from_request(request, state).await?;
        let Entries(entries) = serde_json::from_slice(&bytes).map_err(|_| Unreadable::NotJson)?;
        if entries.is_empty() {
            return Err(Failed::missing("收到").into());
        }
        let pair = |(received, replied): (String, Value)| match replied {
            Value::String(replied) => Ok((received, replied)),
            _ => Err(Failed::ill_typed(&received)),
        };
        Ok(Self(entries.into_iter().map(pair).collect::<Result<_, Failed<Assistant>>>()?))
    }
}

impl Pairs {
    /// The one pair where only one makes sense.
    pub fn single(self) -> Result<Pair, Fault> {
        let mut pairs = self.0;
        match (pairs.pop(), pairs.is_empty()) {
            (Some(pair), true) => Ok(pair),
            (pair, _) => Err(Failed::ill_typed(pair.as_ref().map_or("收到", |(received, _)| received)).into()),
        }
    }
}

/// The entries of an object, as they stand.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    code: i64,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

/// An answer without data.
pub fn answer(status: StatusCode, code: i64, message: &str) -> Response {
    (status, Json(Envelope::<()> { code, message, data: None })).into_response()
}

/// It is done.
pub fn done() -> Response {
    answer(StatusCode::OK, OK, "成功")
}

/// What was asked for.
pub fn data(data: impl Serialize) -> Response {
    Json(Envelope { code: DATA, message: "成功", data: Some(data) }).into_response()
}

/// What was asked for at an older address, whose code for it is another one.
pub fn old_data(data: impl Serialize) -> Response {
    Json(Envelope { code: OK, message: "成功", data: Some(data) }).into_response()
}

#[derive(Serialize)]
struct Info {
    id: i64,
    username: Option<String>,
    nickname: String,
    openid: Option<String>,
    email: Option<String>,
    level: String,
    auto_reply: bool,
    last_modified: Option<String>,
}

/// `data` of `GET /account/info`.
pub fn info(user: User, openid: Option<String>) -> Response {
    data(Info {
        id: user.id,
        username: user.username,
        nickname: user.nickname,
        openid,
        email: user.email,
        level: user.level,
        auto_reply: user.is_auto_reply,
        last_modified: OffsetDateTime::from_unix_timestamp(user.updated_at.div_euclid(1000))
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok()),
    })
}

/// `{"01": {"收到": "回复"}, …}`, without an envelope.
pub fn numbered(rules: Vec<(i64, Vec<Pair>)>) -> Response {
    let rules = rules.into_iter().map(|(number, pairs)| (format!("{number:02}"), flat(pairs)));
    Json(Value::Object(rules.collect())).into_response()
}

/// `{"收到": "回复", …}`.
pub fn flat(pairs: Vec<Pair>) -> Value {
    Value::Object(pairs.into_iter().map(|(received, replied)| (received, Value::from(replied))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn read(text: &str) -> Result<Vec<Pair>, Fault> {
        let request = Request::builder().header("content-type", "application/json").body(Body::from(text.to_owned()));
        Pairs::from_request(request.unwrap(), &()).await.map(|pairs| pairs.0)
    }

    #[tokio::test]
    async fn pairs_keep_their_order_and_what_comes_twice() {
        let pairs = read(r#"{"b":"1","a":"2","b":"3"}"#).await.unwrap();
        let read: Vec<_> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(read, [("b", "1"), ("a", "2"), ("b", "3")]);
    }

    #[tokio::test]
    async fn what_are_no_pairs_is_a_wrong_parameter() {
        for text in ["", "[]", "7", "null", "{}", r#"{"a":1}"#, r#"{"a":null}"#, r#"{"a":{"b":"c"}}"#, r#"{"a":"b"}x"#]
        {
            assert!(matches!(read(text).await, Err(Fault::Common(_))), "{text}");
        }
    }
}
