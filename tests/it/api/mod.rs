//! The public APIs, call by call: what each row of their document answers, and every way in which it refuses.

mod assistant;
mod authority;
mod cloud_hosting;
mod declared;
mod follow;
mod hostile;
mod mini_program;
mod parity;
mod qr_admin;
mod qr_login;

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, TOKEN, http};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::sync::Arc;
use weida::{
    core::{account::directory, chance::SystemChance, clock::FakeClock, token},
    sandbox::platform::{Act, Credentials, Platform, PlatformSettings},
};

/// A program with all of the owner's apps, and the stand-in platform that it talks to.
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
            ..Credentials::random(&SystemChance)
        };
        let settings = PlatformSettings {
            credentials: Some(credentials.clone()),
            ..PlatformSettings::new(clock.clone(), Arc::new(SystemChance))
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

    /// A person with WeChat, and their openid for the account.
    pub async fn person(&self, nickname: &str) -> String {
        self.platform.add_person(nickname).await.unwrap()
    }

    /// A code of the mini-program's `wx.login`.
    pub async fn mini_code(&self, openid: &str) -> String {
        self.platform.new_js_code(openid).await.unwrap()
    }

    pub fn mini_openid(&self, openid: &str) -> String {
        self.platform.person(openid).unwrap().mini_openid
    }

    /// Somebody does something with their phone, and the account answers.
    pub async fn act(&self, openid: &str, act: Act) {
        self.platform.act(openid, &act).await.unwrap();
    }

    /// Somebody who came by the mini-program: user id, mini openid, token.
    pub async fn entered(&self, nickname: &str) -> (i64, String, String) {
        let openid = self.person(nickname).await;
        let code = self.mini_code(&openid).await;
        let presented =
            weida::core::signin::app::Presented { nickname: Some(nickname.to_owned()), ..Default::default() };
        let entered = weida::core::signin::app::by_mini_program(&self.app.ctx, &code, &presented).await.unwrap();
        (entered.user.id, entered.openid, entered.token)
    }

    /// Somebody who is an admin: user id and token.
    pub async fn admin(&self, name: &str) -> (i64, String) {
        let id = weida::core::account::admin::create(&self.app.ctx, name, "correct horse battery").await.unwrap();
        (id, crate::rig::token(&self.app.ctx, id, None).await.unwrap())
    }

    /// Shuts somebody out.
    pub async fn disable(&self, admin: &str, user_id: i64) {
        let bearer = token::verify(&self.app.ctx, admin).await.unwrap();
        let admin = directory::Admin::bearing(&bearer, "test").unwrap();
        directory::set_enabled(&self.app.ctx, &admin, user_id, false, "test").await.unwrap();
    }
}

/// One byte more than a body may have.
pub fn too_large() -> String {
    let frame = r#"{"code":""}"#.len();
    format!(r#"{{"code":"{}"}}"#, "x".repeat(64 * 1024 + 1 - frame))
}
