//! An app together with the sandbox's simulated platform, for the tests of the public APIs.

use super::{
    AES_KEY, APPID, App, BEGINNING_MS, Database, JWT_SECRET, Phone, TOKEN, http,
    jwt::{claims_of, header_of, signed},
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::sync::Arc;
use weida::{
    base::{clock::FakeClock, rng::SystemRng},
    core::{account::directory, token},
    sandbox::platform::{Act, Credentials, Platform, PlatformSettings},
};

/// The path that requests a QR of dialect A.
pub const QR: &str = "/api/v1/auth/wechat/qrcode";

/// A program with all of the owner's WeChat apps, and the simulated platform that it calls.
pub struct World {
    pub app: App,
    pub platform: Platform,
}

impl World {
    pub async fn open(database: &Database) -> Self {
        Self::with(database, &[]).await
    }

    pub async fn with(database: &Database, more: &[(&str, &str)]) -> Self {
        let clock = Arc::new(FakeClock::at(BEGINNING_MS));
        let credentials = Credentials {
            appid: APPID.to_owned(),
            secret: "stand-in".to_owned(),
            token: TOKEN.to_owned(),
            aes_key: AES_KEY.to_owned(),
            mini_appid: "wxmini0123456789".to_owned(),
            web_appid: "wxweb00123456789".to_owned(),
            ..Credentials::random(&SystemRng)
        };
        let settings = PlatformSettings {
            credentials: Some(credentials.clone()),
            ..PlatformSettings::new(clock.clone(), Arc::new(SystemRng))
        };
        let platform = Platform::start(settings).await.unwrap();
        let (api, mp) = (platform.api_base(), platform.mp_base());
        let mut all = vec![
            ("WECHAT_API_BASE", api.as_str()),
            ("WECHAT_MP_BASE", mp.as_str()),
            ("WECHAT_MINI_APPID", credentials.mini_appid.as_str()),
            ("WECHAT_MINI_SECRET", credentials.mini_secret.as_str()),
            ("WECHAT_WEB_APPID", credentials.web_appid.as_str()),
            ("WECHAT_WEB_SECRET", credentials.web_secret.as_str()),
            ("WEIDA_TRUSTED_PROXIES", "127.0.0.1"),
        ];
        all.extend_from_slice(more);
        let app = App::with(database, clock, &all).await;
        platform.set_push_url(app.url("/api/v1/auth/wechat/verify").parse().unwrap());
        Self { app, platform }
    }

    /// A request to this program.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        http().request(method, self.app.url(path))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// A request with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// Adds a person to the platform and returns their openid for the official account.
    pub async fn person(&self, nickname: &str) -> String {
        self.platform.add_person(nickname).await.unwrap()
    }

    /// A code from the mini-program's `wx.login`.
    pub async fn mini_code(&self, openid: &str) -> String {
        self.platform.new_js_code(openid).await.unwrap()
    }

    pub fn mini_openid(&self, openid: &str) -> String {
        self.platform.person(openid).unwrap().mini_openid
    }

    /// A person acts on their phone, and the account answers.
    pub async fn act(&self, openid: &str, act: Act) {
        self.platform.act(openid, &act).await.unwrap();
    }

    /// Creates a user by a mini-program sign-in. Returns user id, mini-program openid and token.
    pub async fn entered(&self, nickname: &str) -> (i64, String, String) {
        let openid = self.person(nickname).await;
        let code = self.mini_code(&openid).await;
        let presented = weida::core::signin::wechat_apps::PresentedProfile {
            nickname: Some(nickname.to_owned()),
            ..Default::default()
        };
        let entered =
            weida::core::signin::wechat_apps::by_mini_program(&self.app.ctx, &code, &presented).await.unwrap();
        (entered.user.id, entered.openid, entered.token)
    }

    /// Creates an admin. Returns user id and token.
    pub async fn admin(&self, name: &str) -> (i64, String) {
        let id = weida::core::account::admin::create(&self.app.ctx, name, "correct horse battery").await.unwrap();
        (id, crate::rig::token(&self.app.ctx, id, None).await.unwrap())
    }

    /// Disables a user.
    pub async fn disable(&self, admin: &str, user_id: i64) {
        let bearer = token::verify(&self.app.ctx, admin).await.unwrap();
        let admin = directory::Admin::bearing(&bearer, "test").unwrap();
        directory::set_enabled(&self.app.ctx, &admin, user_id, false, "test").await.unwrap();
    }
}

/// Dialect A: QR codes that bind.
impl World {
    /// Requests a QR for this client and returns the answer.
    pub async fn qr(&self, client: &str) -> Value {
        let answer = self.post(QR, &json!({ "client_id": client })).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub fn check(&self, client: &str) -> RequestBuilder {
        self.get(&format!("/api/v1/auth/wechat/check-follow?client_id={client}"))
    }

    pub async fn checked(&self, client: &str) -> Value {
        self.check(client).send().await.unwrap().json().await.unwrap()
    }

    /// The same by the client that requested this QR.
    pub fn poll_qr(&self, qr: &Value) -> RequestBuilder {
        let [client, poll] = ["client_id", "poll_token"].map(|name| qr[name].as_str().unwrap());
        self.check(&format!("{client}&poll_token={poll}"))
    }

    pub async fn polled(&self, qr: &Value) -> Value {
        self.poll_qr(qr).send().await.unwrap().json().await.unwrap()
    }

    /// Scans the QR with this phone, which also follows the account. Returns the chat's answer.
    pub async fn scan(&self, phone: &Phone, qr: &Value) -> String {
        // A second later: two events of one follower in one second count as one.
        self.app.clock.advance_ms(1_000);
        let key = format!("qrscene_{}", qr["scene_id"].as_str().unwrap());
        phone.push(&phone.event("subscribe", &key)).await.unwrap()
    }
}

/// Admins and the scopes of their tokens.
impl World {
    /// Makes a user an admin.
    pub async fn promote(&self, admin: &str, user_id: i64) {
        let bearer = token::verify(&self.app.ctx, admin).await.unwrap();
        let admin = directory::Admin::bearing(&bearer, "test").unwrap();
        directory::set_role(&self.app.ctx, &admin, user_id, weida::core::account::Role::Admin).await.unwrap();
    }

    /// Creates an admin with this WeChat, who scanned a QR before becoming an admin.
    pub async fn promoted(&self, admin: &str, openid: &str) -> (i64, Phone) {
        let phone = self.app.phone(openid);
        let qr = self.qr(&format!("first-of-{openid}")).await;
        self.scan(&phone, &qr).await;
        let user_id = token::verify(&self.app.ctx, self.polled(&qr).await["token"].as_str().unwrap()).await.unwrap();
        self.promote(admin, user_id.user_id).await;
        (user_id.user_id, phone)
    }

    /// The token from a QR of dialect A that an admin scanned and confirmed.
    pub async fn poster(&self, admin: &str) -> String {
        let (_, phone) = self.promoted(admin, "oPoster").await;
        let qr = self.qr("poster").await;
        self.scan(&phone, &qr).await;
        phone.ask("1").await;
        self.polled(&qr).await["token"].as_str().unwrap().to_owned()
    }

    /// A token from before scopes existed.
    pub async fn unscoped(&self, user_id: i64) -> String {
        let text = crate::rig::token(&self.app.ctx, user_id, None).await.unwrap();
        let mut claims = claims_of(&text);
        assert_eq!(claims.remove("scope"), Some(json!("account")));
        // Scopes are older than these.
        for newer in ["iss", "typ", "user_id"] {
            claims.remove(newer).unwrap();
        }
        signed(&json!(header_of(&text)), &json!(claims), JWT_SECRET)
    }
}

/// A body that is one byte too large.
pub fn too_large() -> String {
    let frame = r#"{"code":""}"#.len();
    format!(r#"{{"code":"{}"}}"#, "x".repeat(64 * 1024 + 1 - frame))
}
