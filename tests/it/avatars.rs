//! Pictures of users: fetched once, made small, served from here, and deleted with the person. What an address answers may be hostile.

use crate::rig::{App, BEGINNING_MS, Browser, Database, browser_by_password, http, register};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use futures::TryStreamExt as _;
use serde_json::Value;
use std::{
    convert::Infallible,
    io::Cursor,
    sync::{Arc, Mutex},
};
use tokio::sync::Semaphore;
use weida::{
    base::clock::FakeClock,
    core::account::{
        avatar::{self, Failure},
        deletion, export,
    },
    store,
    wechat::api::ApiError,
};

crate::every_engine!(
    a_picture_is_fetched_once_and_served_from_here,
    a_hostile_address_gives_no_picture,
    a_picture_goes_with_its_person_even_while_it_is_fetched,
    a_withdrawn_picture_is_deleted,
);

/// A server that answers with pictures and with worse.
struct Host {
    base: String,
    asked: Arc<Mutex<Vec<String>>>,
    /// `/held.png` is answered with a permit only.
    gate: Arc<Semaphore>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

type Shared = (Arc<Mutex<Vec<String>>>, Arc<Semaphore>);

impl Host {
    async fn start() -> Self {
        let (asked, gate) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state((asked.clone(), gate.clone()));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { base, asked, gate, server }
    }

    fn times(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(width, height, |x, _| image::Rgb([u8::try_from(x % 256).unwrap(), 120, 60]));
    picture.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn answer(State((asked, gate)): State<Shared>, uri: Uri) -> Response {
    let path = uri.path().to_owned();
    asked.lock().unwrap().push(path.clone());
    match path.as_str() {
        "/a.png" | "/b.png" => png(300, 200).into_response(),
        "/held.png" => {
            gate.acquire().await.unwrap().forget();
            png(64, 64).into_response()
        }
        "/redirect" => (StatusCode::FOUND, [(header::LOCATION, "/target.png")]).into_response(),
        "/target.png" => png(64, 64).into_response(),
        "/svg" => {
            let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
            ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response()
        }
        "/html" => ([(header::CONTENT_TYPE, "image/png")], "<script>alert(1)</script>").into_response(),
        // 16 million pixels in a few kilobytes.
        "/bomb" => png(4_000, 4_000).into_response(),
        // A picture, and more than 2 MB after it, without a length.
        "/endless" => {
            let pieces = std::iter::once(png(64, 64)).chain(std::iter::repeat_n(vec![0; 64 * 1024], 40));
            let pieces = pieces.map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
            Body::from_stream(futures::stream::iter(pieces)).into_response()
        }
        "/half" => {
            let whole = png(300, 200);
            whole[..whole.len() / 2].to_vec().into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The program takes the host for the platform, the only private address that it may ask.
async fn app_at(database: &Database, host: &Host) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &host.base)]).await
}

async fn present(app: &App, user_id: i64, address: &str) {
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::user::update_presented(&mut tx, user_id, None, Some(address), 1).await.unwrap();
    tx.commit().await.unwrap();
}

async fn picture_of(app: &App, user_id: i64) -> Option<String> {
    avatar::find_path(&app.ctx, user_id).await.unwrap()
}

async fn a_picture_is_fetched_once_and_served_from_here(database: &Database) {
    let host = Host::start().await;
    let app = app_at(database, &host).await;
    let user = register(&app, &app.phone("oFace"), "face-user").await;
    avatar::fetch(&app.ctx, user).await.unwrap();
    assert_eq!(picture_of(&app, user).await, None, "without an address there is no picture");

    let address = format!("{}/a.png", host.base);
    present(&app, user, &address).await;
    for _ in 0..3 {
        avatar::fetch(&app.ctx, user).await.unwrap();
    }
    assert_eq!(host.times("/a.png"), 1);
    let path = picture_of(&app, user).await.unwrap();
    let answer = http().get(app.url(&path)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "image/webp");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let bytes = answer.bytes().await.unwrap();
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::WebP).unwrap();
    assert_eq!((picture.width(), picture.height()), (128, 128));
    let own = browser_by_password(&app, "face-user").await;
    assert!(own.get("/me").await.body.contains(&format!("src=\"{path}\"")));
    // What other programs and the export see is the address that was posted.
    let parts: Vec<String> = export::export(&app.ctx, user).await.unwrap().try_collect().await.unwrap();
    let exported: Value = serde_json::from_str(&parts.concat()).unwrap();
    assert_eq!(exported["user"]["avatar_url"], address);
    assert!(exported["avatar"]["address"].as_str().unwrap().ends_with(&path), "{}", exported["avatar"]);

    // Another address replaces it; the old one is gone.
    present(&app, user, &format!("{}/b.png", host.base)).await;
    avatar::fetch(&app.ctx, user).await.unwrap();
    assert_ne!(picture_of(&app, user).await.unwrap(), path);
    assert_eq!(Browser::on(&app).get(&path).await.status, StatusCode::NOT_FOUND);
    for key in ["", "x", "..%2f..", "' OR 1=1 --"] {
        assert_eq!(Browser::on(&app).get(&format!("/avatars/{key}")).await.status, StatusCode::NOT_FOUND, "{key}");
    }
}

async fn a_hostile_address_gives_no_picture(database: &Database) {
    let host = Host::start().await;
    let app = app_at(database, &host).await;
    let user = register(&app, &app.phone("oHostile"), "hostile-user").await;
    let at = |path: &str| format!("{}{path}", host.base);
    let refused = [
        "https://127.0.0.1/a.png",
        "https://10.0.0.1/a.png",
        "https://192.168.1.1/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.png",
        "https://[::ffff:127.0.0.1]/a.png",
        "https://0x7f000001/a.png",
        "https://2130706433/a.png",
        "http://93.184.216.34/a.png",
        "http://example.com/a.png",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
    ]
    .map(str::to_owned);
    let by_https = host.base.replace("http://", "https://");
    for address in refused.into_iter().chain([by_https]) {
        present(&app, user, &address).await;
        let failure = avatar::fetch(&app.ctx, user).await.unwrap_err();
        assert!(matches!(failure, Failure::Fetch(ApiError::Malformed)), "{address}: {failure:?}");
        assert_eq!(picture_of(&app, user).await, None, "{address}");
    }
    for path in ["/redirect", "/svg", "/html", "/bomb", "/endless", "/half", "/missing"] {
        present(&app, user, &at(path)).await;
        let failure = avatar::fetch(&app.ctx, user).await.unwrap_err();
        assert!(matches!(failure, Failure::Fetch(_) | Failure::Picture(_)), "{path}: {failure:?}");
        assert_eq!(picture_of(&app, user).await, None, "{path}");
        // It is not asked again for a day.
        avatar::fetch(&app.ctx, user).await.unwrap();
        assert_eq!(host.times(path), 1, "{path}");
    }
    assert_eq!(host.times("/target.png"), 0, "a redirect is not followed");
    app.clock.advance_ms(24 * 3_600_000);
    avatar::fetch(&app.ctx, user).await.unwrap_err();
    assert_eq!(host.times("/missing"), 2);
}

async fn a_picture_goes_with_its_person_even_while_it_is_fetched(database: &Database) {
    let host = Host::start().await;
    let app = app_at(database, &host).await;
    for is_held in [false, true] {
        let name = format!("gone-{is_held}");
        let user = register(&app, &app.phone(&format!("o{name}")), &name).await;
        present(&app, user, &format!("{}/held.png", host.base)).await;
        let ctx = app.ctx.clone();
        let fetching = tokio::spawn(async move { avatar::fetch(&ctx, user).await });
        if is_held {
            // The host was asked, and answers after the deletion.
            let before = usize::from(is_held);
            while host.times("/held.png") <= before {
                tokio::task::yield_now().await;
            }
            deletion::delete(&app.ctx, user, Some(user), "").await.unwrap();
            host.gate.add_permits(1);
            fetching.await.unwrap().unwrap();
        } else {
            host.gate.add_permits(1);
            fetching.await.unwrap().unwrap();
            assert_eq!(app.count("SELECT COUNT(*) FROM avatars WHERE access_key IS NOT NULL").await, 1);
            deletion::delete(&app.ctx, user, Some(user), "").await.unwrap();
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM avatars").await, 0, "held: {is_held}");
    }
}

async fn a_withdrawn_picture_is_deleted(database: &Database) {
    let host = Host::start().await;
    let app = app_at(database, &host).await;
    let user = register(&app, &app.phone("oWithdrawn"), "withdrawn-user").await;
    let address = format!("{}/a.png", host.base);
    present(&app, user, &address).await;
    avatar::fetch(&app.ctx, user).await.unwrap();
    let withdraw = async |left: Option<&str>| {
        let mut tx = app.ctx.store.begin().await.unwrap();
        store::user::update_withdrawn(&mut tx, user, "x", left, 1).await.unwrap();
        tx.commit().await.unwrap();
    };
    withdraw(Some(&address)).await;
    assert!(picture_of(&app, user).await.is_some(), "this one is not withdrawn");
    withdraw(None).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM avatars").await, 0);
}
