//! Registrations that an attacker relays to a follower.

use super::{App, BEGINNING_MS, Database, Phone, Platform, asker};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        account::identity,
        signin::{Secrets, begin},
    },
};

/// The password that the attacker chooses.
pub const ATTACKERS_PASSWORD: &str = "attackers own";

/// The attacker's registration, and the scene in its QR.
pub async fn relayed(app: &App, platform: &Platform, username: &str) -> (Secrets, String) {
    let secrets = begin::register(&app.ctx, username, ATTACKERS_PASSWORD, asker()).await.unwrap();
    (secrets, platform.last_scene().unwrap())
}

/// Starts an app with a simulated platform and more settings.
pub async fn app_with_platform(database: &Database, more: &[(&str, &str)]) -> (App, Platform) {
    let platform = Platform::answering().await;
    let mut all = vec![("WECHAT_API_BASE", platform.base.as_str())];
    all.extend_from_slice(more);
    (App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &all).await, platform)
}

/// The number of users.
pub async fn user_count(app: &App) -> i64 {
    app.count("SELECT COUNT(*) FROM users").await
}

/// The user to whom this phone's WeChat is bound.
pub async fn owner_of(app: &App, phone: &Phone) -> Option<i64> {
    identity::owner(&app.ctx, &phone.openid).await.unwrap()
}
