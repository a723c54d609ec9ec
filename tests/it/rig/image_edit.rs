//! Requests of paid image edits, for tests of dialect A.

use super::World;
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};
use serde_json::Value;
use std::io::Cursor;
use weida::core::token;

/// The operations of a small edit.
pub const SMALL: &str = r#"[{"op":"resize","width":4}]"#;

impl World {
    /// The answer to the query of the caller's credits.
    pub async fn credits(&self, token: &str) -> Value {
        let answer = self.get("/api/v1/user/credits").bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// A request for an image edit, not sent yet.
    pub fn edit(&self, token: &str, image: Vec<u8>, operations: &str) -> RequestBuilder {
        let form =
            Form::new().part("image", Part::bytes(image).file_name("a.png")).text("operations", operations.to_owned());
        self.request(Method::POST, "/api/v1/image/edit").bearer_auth(token).multipart(form)
    }
}

/// A black square picture with this many pixels a side.
pub fn png(side: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(side, side)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Creates a user with 100 credits. Returns the user's id and token.
pub async fn follower(world: &World, openid: &str) -> (i64, String) {
    let qr = world.qr(openid).await;
    world.scan(&world.app.phone(openid), &qr).await;
    let token = world.polled(&qr).await["token"].as_str().unwrap().to_owned();
    (token::verify(&world.app.ctx, &token).await.unwrap().user_id, token)
}
