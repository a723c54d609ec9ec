//! Parses the pairs of keyword and reply in a request body.

use super::fault::{Assistant, Fault};
use crate::{
    core::rule::pairs::Pair,
    http::api::{ApiFailure, Entries, Json},
};
use axum::extract::{FromRequest, Request};

/// What the document calls the first side of a pair.
const RECEIVED: &str = "收到内容";

/// `{"收到": "回复", …}`: at least one pair, in the order written. A key may occur twice: duplicates are reported, not lost.
pub struct Pairs(pub Vec<Pair>);

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let Entries(entries, _) = Entries::<Assistant>::from_request(request, state).await?;
        if entries.is_empty() {
            return Err(ApiFailure::missing(RECEIVED).into());
        }
        let pair = |(received, replied): (String, Json)| match replied {
            Json::Text(replied) | Json::Field(replied) => Ok((received, replied)),
            _ => Err(ApiFailure::ill_typed(&received)),
        };
        Ok(Self(entries.into_iter().map(pair).collect::<Result<_, ApiFailure<Assistant>>>()?))
    }
}

impl Pairs {
    /// The pair of a request that accepts only one.
    pub fn single(self) -> Result<Pair, Fault> {
        let mut pairs = self.0;
        match (pairs.pop(), pairs.is_empty()) {
            (Some(pair), true) => Ok(pair),
            (pair, _) => Err(ApiFailure::ill_typed(pair.as_ref().map_or(RECEIVED, |(received, _)| received)).into()),
        }
    }
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
