//! Parallel picture edits of one user are served in turn, and keep no one else waiting.

use crate::rig::{Database, Engine, World, adjust, eventually};
use futures::future::join_all;
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{
    Method, Response,
    multipart::{Form, Part},
};
use std::{io::Cursor, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use weida::core::image::MAX_REQUESTS_PER_USER;

fn png(side: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(RgbImage::new(side, side)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn edit(world: &World, token: &str) -> Response {
    let image = Part::bytes(png(48)).file_name("a.png");
    let form = Form::new().part("image", image).text("operations", r#"[{"op":"resize","width":4}]"#);
    let request = world.request(Method::POST, "/api/v1/image/edit").bearer_auth(token).multipart(form);
    request.send().await.unwrap()
}

/// The head of an edit, whose body comes later or never.
async fn begin(world: &World, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.app.address).await.unwrap();
    let head = format!(
        "POST /api/v1/image/edit HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: multipart/form-data; \
         boundary=b\r\ncontent-length: 5000\r\nexpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Waits until the program asks for the picture.
async fn is_asked_for_its_picture(stream: &mut TcpStream) {
    let mut bytes = [0; 2048];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut bytes)).await.expect("its turn comes");
    let said = String::from_utf8_lossy(&bytes[..read.unwrap()]).into_owned();
    assert!(said.starts_with("HTTP/1.1 100"), "{said}");
}

/// True if the program has said nothing yet.
async fn is_waiting(stream: &mut TcpStream) -> bool {
    let mut bytes = [0; 2048];
    tokio::time::timeout(Duration::from_millis(200), stream.read(&mut bytes)).await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_edits_by_sixteen_callers_of_one_user_are_all_served() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (user_id, _, token) = world.entered("小忙").await;
    let (other_id, _, other) = world.entered("小闲").await;
    for user_id in [user_id, other_id] {
        adjust(&world.app.ctx, user_id, 100).await.unwrap();
    }
    let caller = async || {
        for n in 0..4 {
            let answer = edit(&world, &token).await;
            assert_eq!(answer.status(), 200, "{n}: {}", answer.text().await.unwrap());
        }
    };
    let idle = async {
        for n in 0..4 {
            assert_eq!(edit(&world, &other).await.status(), 200, "{n}");
        }
    };
    tokio::join!(join_all((0..16).map(|_| caller())), idle);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_is_received_when_its_turn_comes_and_the_queue_ends_at_its_documented_depth() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (user_id, _, token) = world.entered("小忙").await;
    let (other_id, _, other) = world.entered("小闲").await;
    for user_id in [user_id, other_id] {
        adjust(&world.app.ctx, user_id, 100).await.unwrap();
    }
    // Three are asked for their picture.
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = begin(&world, &token).await;
        is_asked_for_its_picture(&mut stream).await;
        held.push(stream);
    }
    // Further ones wait: their pictures are not read yet. Each is in the queue before the next begins.
    let mut waiting = Vec::new();
    for n in 3..MAX_REQUESTS_PER_USER {
        waiting.push(begin(&world, &token).await);
        let edits = &world.app.ctx.image_edits;
        assert!(eventually(Duration::from_secs(20), async || edits.requests_of(user_id) == n + 1).await, "{n}");
    }
    assert!(is_waiting(&mut waiting[0]).await);
    const { assert!(MAX_REQUESTS_PER_USER >= 16) };
    // One too many.
    let refused = edit(&world, &token).await;
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(edit(&world, &other).await.status(), 200, "another user is served");
    // A caller hangs up: the first that waits is asked for its picture.
    drop(held.pop());
    is_asked_for_its_picture(&mut waiting[0]).await;
    assert!(is_waiting(&mut waiting[1]).await);
}

/// 503 is for a program whose every place is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_full_program_is_busy() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut slots = Vec::new();
    // Eight users with three places each.
    for user_id in 9_000..9_008 {
        for _ in 0..3 {
            slots.push(world.app.ctx.image_edits.enter(user_id).await.unwrap());
        }
    }
    let (user_id, _, token) = world.entered("小晚").await;
    adjust(&world.app.ctx, user_id, 100).await.unwrap();
    let busy = edit(&world, &token).await;
    assert!(busy.status() == 503 && busy.headers().contains_key("retry-after"), "{busy:?}");
    slots.pop();
    assert_eq!(edit(&world, &token).await.status(), 200);
}
