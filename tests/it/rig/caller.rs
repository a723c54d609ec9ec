//! A program that calls dialect B with the session cookie of a user.

use super::{Phone, World, digits};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A signed-in client program.
pub struct Caller<'a> {
    pub world: &'a World,
    pub cookie: String,
}

impl<'a> Caller<'a> {
    /// Registers with a code from the chat and signs in.
    pub async fn registered(world: &'a World, phone: &Phone, name: &str) -> Self {
        let code = digits(&phone.ask("验证码").await).unwrap();
        let body = json!({ "username": name, "password": "correct horse", "last_name": code });
        let answer: Value = world.post("/account/register", &body).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 200, "{answer}");
        Self::signed_in(world, name).await
    }

    pub async fn signed_in(world: &'a World, name: &str) -> Self {
        let body = json!({ "username": name, "password": "correct horse" });
        let answer = world.post("/account/login", &body).send().await.unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], 200);
        Self { world, cookie }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.world.request(method, path).header("cookie", &self.cookie)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    pub async fn code(&self, request: RequestBuilder) -> i64 {
        request.send().await.unwrap().json::<Value>().await.unwrap()["code"].as_i64().unwrap()
    }

    pub async fn shown(&self) -> Value {
        self.get("/database/show").send().await.unwrap().json().await.unwrap()
    }
}
