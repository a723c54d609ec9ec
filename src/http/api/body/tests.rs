//! What bodies are read, and how the faults of others are named.

use super::*;
use crate::dialect::{assistant::Assistant, qr_login::QrLogin};
use axum::body::Body as Raw;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Wanted {
    openid: String,
    amount: Option<i64>,
    is_on: Option<bool>,
    list: Option<Vec<Inner>>,
    word: Option<Word>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    kind: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Inc,
    Clear,
}

async fn sent<D: Dialect>(kind: Option<&str>, body: &str) -> Result<Wanted, RequestError> {
    let request = Request::post("/").body(Raw::from(body.to_owned())).unwrap();
    let (mut parts, body) = request.into_parts();
    if let Some(kind) = kind {
        parts.headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
    }
    read(parsed::<D>(Request::from_parts(parts, body)).await?)
}

#[tokio::test]
async fn the_field_that_is_wrong_is_named() {
    let read = async |text: &str| sent::<QrLogin>(None, text).await;
    assert!(read(r#"{"openid":"o","other":[1],"amount":null,"other":2}"#).await.is_ok());
    assert_eq!(read(r#"{"openid":"o","word":"clear"}"#).await.unwrap().word, Some(Word::Clear));
    let missing = |field: &str| RequestError::Missing { field: field.to_owned() };
    let ill = |field: &str| RequestError::IllTyped { field: field.to_owned() };
    let cases = [
        ("", missing("openid")),
        (" \r\n", missing("openid")),
        ("{}", missing("openid")),
        (r#"{"openid":null}"#, ill("openid")),
        (r#"{"openid":7}"#, ill("openid")),
        (r#"{"openid":true}"#, ill("openid")),
        (r#"{"openid":["o"]}"#, ill("openid")),
        (r#"{"openid":"o","amount":"1"}"#, ill("amount")),
        (r#"{"openid":"o","amount":true}"#, ill("amount")),
        (r#"{"openid":"o","amount":1.5}"#, ill("amount")),
        (r#"{"openid":"o","amount":1.0}"#, ill("amount")),
        (r#"{"openid":"o","amount":99999999999999999999}"#, ill("amount")),
        (r#"{"openid":"o","amount":18446744073709551615}"#, ill("amount")),
        (r#"{"openid":"o","is_on":1}"#, ill("is_on")),
        (r#"{"openid":"o","is_on":"true"}"#, ill("is_on")),
        (r#"{"openid":"o","list":[{"kind":"a"},{}]}"#, missing("list[1].kind")),
        (r#"{"openid":"o","list":[{"kind":3}]}"#, ill("list[0].kind")),
        (r#"{"openid":"o","list":[{"kind":"a"},["b"]]}"#, ill("list[1]")),
        (r#"{"openid":"o","list":{"0":{"kind":"a"}}}"#, ill("list")),
        (r#"{"openid":"o","list":[{"kind":"a","kind":"b"}]}"#, ill("list[0].kind")),
        (r#"{"openid":"o","word":{"inc":null}}"#, ill("word")),
        (r#"{"openid":"o","word":{"inc":{}}}"#, ill("word")),
        (r#"{"openid":"o","word":["inc"]}"#, ill("word")),
        (r#"{"openid":"o","word":0}"#, ill("word")),
        (r#"{"openid":"o","word":"Inc"}"#, ill("word")),
        (r#"{"openid":"o","openid":"p"}"#, ill("openid")),
        ("[]", RequestError::NotJson),
        (r#"["o",1,true]"#, RequestError::NotJson),
        (r#"[{"openid":"o"}]"#, RequestError::NotJson),
        (r#""o""#, RequestError::NotJson),
        ("null", RequestError::NotJson),
        ("7", RequestError::NotJson),
        (r#"{"openid":"o"} x"#, RequestError::NotJson),
        ("{\"openid\":\"\u{1}\"}", RequestError::NotJson),
        ("openid=o", RequestError::NotJson),
    ];
    for (text, expected) in cases {
        assert_eq!(read(text).await.unwrap_err(), expected, "{text}");
    }
    let deep = "[".repeat(60_000);
    assert_eq!(read(&deep).await.unwrap_err(), RequestError::NotJson);
}

#[tokio::test]
async fn json_is_read_whatever_its_content_type() {
    let kinds = [
        None,
        Some("application/json"),
        Some("application/json; charset=utf-8"),
        Some("application/vnd.api+json"),
        Some("text/plain;charset=UTF-8"),
        Some("text/json"),
        Some("application/x-www-form-urlencoded"),
        Some("application/octet-stream"),
        Some("multipart/form-data; boundary=x"),
        Some("rubbish"),
        Some(""),
    ];
    for kind in kinds {
        for body in [r#"{"openid":"o","amount":3}"#, " \n{\"openid\":\"o\",\"amount\":3}\n"] {
            let expected = ("o".to_owned(), Some(3));
            let read = sent::<QrLogin>(kind, body).await.unwrap();
            assert_eq!((read.openid, read.amount), expected, "{kind:?}");
            let read = sent::<Assistant>(kind, body).await.unwrap();
            assert_eq!((read.openid, read.amount), expected, "{kind:?}");
        }
        assert_eq!(sent::<Assistant>(kind, r#"["o"]"#).await.unwrap_err(), RequestError::NotJson, "{kind:?}");
    }
}

#[tokio::test]
async fn a_form_is_read_where_the_dialect_takes_forms() {
    let form = Some("application/x-www-form-urlencoded; charset=UTF-8");
    let read = sent::<Assistant>(form, "openid=%E5%B0%8F+o&is_on=true&more=1").await.unwrap();
    assert_eq!((read.openid.as_str(), read.is_on), ("小 o", Some(true)));
    let ill = |field: &str| RequestError::IllTyped { field: field.to_owned() };
    for (body, expected) in [
        ("is_on=true", RequestError::Missing { field: "openid".to_owned() }),
        ("openid=o&is_on=1", ill("is_on")),
        ("openid=o&amount=1", ill("amount")),
        ("openid=o&openid=p", ill("openid")),
        // GBK.
        ("openid=%B5%E7", ill("openid")),
    ] {
        assert_eq!(sent::<Assistant>(form, body).await.unwrap_err(), expected, "{body}");
    }
    // Not without its content type, and not in another dialect.
    assert_eq!(sent::<Assistant>(None, "openid=o").await.unwrap_err(), RequestError::NotJson);
    assert_eq!(sent::<QrLogin>(form, "openid=o").await.unwrap_err(), RequestError::NotJson);
}
