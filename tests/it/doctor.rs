//! `weida doctor` and `/admin/doctor` name what is broken and how to mend it: one fault at a time, with the program, a stand-in for the
//! platform, and a proxy. Both are asked about each fault of the program's own settings.

use crate::rig::{
    Platform, Program, Push, TOKEN,
    installed::{Installed as Site, environment_of, json, pair, settings_of},
    proxy::{Proxy, free_port},
};
use tokio::net::TcpListener;
use weida::base::clock::{Clock as _, SystemClock};

async fn accepting() -> Platform {
    Platform::answering().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_fits_has_no_fault_in_either_mode() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[]);
    assert_eq!(site.push(Push::safe).await, 200);
    let ended = site.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let report = json(&ended);
    let level = |check: &str| {
        let all = report["checks"].as_array().unwrap();
        all.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("{check}"))["level"].clone()
    };
    for check in
        ["public-url", "event-stream", "pushes", "app-secret", "ip-whitelist", "clock", "database", "secret-key"]
    {
        assert_eq!(level(check), "fine", "{check}: {report:#}");
    }
    // No secret is in it, also not in the list of settings.
    assert!(!ended.stdout.contains(TOKEN) && !ended.stdout.contains("stand-in\""), "{}", ended.stdout);
    // The list for people, in their language.
    let mut settings = site.settings.clone();
    settings.push(pair("LANG", "zh_CN.UTF-8"));
    let environment = environment_of(site.folder.path(), &settings);
    let list = tokio::task::block_in_place(|| Program::run(site.folder.path(), &["doctor"], &environment));
    assert!(list.stdout.contains("✓ public-url") && list.stdout.contains("走了一圈"), "{}", list.stdout);
    let plain = Site::start(&platform.base, &[("WECHAT_AES_KEY", "")]);
    assert_eq!(plain.push(Push::plain).await, 200);
    assert_eq!(plain.doctor(&[]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_token_is_named() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[("WECHAT_TOKEN", "An0therT0ken")]);
    assert_eq!(site.push(Push::safe).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["Token", "WECHAT_TOKEN"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_aes_key_is_named() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[("WECHAT_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")]);
    assert_eq!(site.push(Push::safe).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["EncodingAESKey", "WECHAT_AES_KEY"]).await;
}

/// T-200
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_mode_is_named_within_one_push() {
    let platform = accepting().await;
    let site = Site::start(&platform.base, &[]);
    assert_eq!(site.push(Push::plain).await, 403);
    site.until("pushes", "fault").await;
    site.assert_only_fault(&[], "pushes", &["安全模式", "WECHAT_AES_KEY"]).await;
    // The console was set right: the next push is accepted, and the fault is over.
    assert_eq!(site.push(Push::safe).await, 200);
    let ended = site.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let plain = Site::start(&platform.base, &[("WECHAT_AES_KEY", "")]);
    assert_eq!(plain.push(Push::safe).await, 403);
    plain.until("pushes", "fault").await;
    plain.assert_only_fault(&[], "pushes", &["EncodingAESKey", "WECHAT_AES_KEY"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_secret_and_an_address_outside_of_the_whitelist_are_named() {
    let token = "/cgi-bin/stable_token";
    for (code, message, check, words) in [
        (40125, "invalid appsecret", "app-secret", &["40125", "WECHAT_SECRET"][..]),
        (40001, "invalid credential", "app-secret", &["40001", "WECHAT_SECRET"]),
        (40013, "invalid appid", "app-secret", &["40013", "WECHAT_APPID"]),
        (
            40164,
            "invalid ip 203.0.113.24 ipv6 ::ffff:203.0.113.24, not in whitelist rid: 1",
            "ip-whitelist",
            &["203.0.113.24"],
        ),
    ] {
        let answer = format!(r#"{{"errcode":{code},"errmsg":"{message}"}}"#);
        let platform = Platform::saying(&[(token, answer.into_bytes())]).await;
        let site = Site::start(&platform.base, &[]);
        site.assert_only_fault(&[], check, words).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_is_named() {
    // A platform whose time is an hour ahead.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let later = time::OffsetDateTime::from_unix_timestamp(SystemClock.now_secs() + 3600).unwrap();
    let date = later.format(&time::format_description::well_known::Rfc2822).unwrap().replace("+0000", "GMT");
    let answer = move || async move { ([("date", date)], r#"{"access_token":"x","expires_in":7200}"#) };
    let server =
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await.unwrap() });
    let site = Site::start(&base, &[]);
    site.assert_only_fault(&[], "clock", &["timedatectl set-ntp true", "300"]).await;
    server.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_that_leads_elsewhere_is_named() {
    let platform = accepting().await;
    let (site, other) = (Site::start(&platform.base, &[]), Site::start(&platform.base, &[]));
    let nothing = format!("http://127.0.0.1:{}", free_port());
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &nothing)], "public-url", &[&nothing]).await;
    let lost = Site::start(&platform.base, &[("WEIDA_PUBLIC_URL", &nothing)]);
    lost.assert_only_fault(&[], "public-url", &[&nothing]).await;
    // Another Weida with the same account and its own database.
    let elsewhere = format!("http://{}", other.address());
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &elsewhere)], "public-url", &["WEIDA_PUBLIC_URL"]).await;
    // The settings were changed after the start of the program.
    site.assert_only_fault(&[("WECHAT_TOKEN", "Ch4nged")], "public-url", &["403", "Token"]).await;
    // A proxy that sends callers to another name.
    let port = free_port();
    let moved = format!("server {{ listen 127.0.0.1:{port}; return 301 https://www.example.com$request_uri; }}");
    let Some(_nginx) = Proxy::nginx(&moved, port).await else { return };
    let url = format!("http://127.0.0.1:{port}");
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &url)], "public-url", &["https://www.example.com/"]).await;
    let (port, dead) = (free_port(), free_port());
    let broken = format!("server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{dead}; }} }}");
    let Some(_nginx) = Proxy::nginx(&broken, port).await else { return };
    let url = format!("http://127.0.0.1:{port}");
    site.assert_only_fault(&[("WEIDA_PUBLIC_URL", &url)], "public-url", &["502"]).await;
}

/// A site behind nginx with these lines beside `proxy_pass`.
async fn behind_nginx(platform: &str, lines: &str, proxies: &str) -> Option<(Site, Proxy)> {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let site = Site::start(platform, &[("WEIDA_PUBLIC_URL", &url), ("WEIDA_TRUSTED_PROXIES", proxies)]);
    let servers =
        format!("server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://{}; {lines} }} }}", site.address());
    Some((site, Proxy::nginx(&servers, port).await?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_hides_callers_or_holds_streams_back_is_named() {
    let platform = accepting().await;
    let forwarded = "proxy_set_header X-Forwarded-For $remote_addr;";
    let Some((good, _nginx)) = behind_nginx(&platform.base, forwarded, "127.0.0.1").await else { return };
    let ended = good.doctor(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let Some((undeclared, _nginx)) = behind_nginx(&platform.base, forwarded, "").await else { return };
    undeclared.assert_only_fault(&[], "proxy", &["WEIDA_TRUSTED_PROXIES=127.0.0.1"]).await;
    let Some((hidden, _nginx)) = behind_nginx(&platform.base, "", "127.0.0.1").await else { return };
    hidden.assert_only_fault(&[], "proxy", &["X-Forwarded-For"]).await;
    let holding = format!("{forwarded} proxy_ignore_headers X-Accel-Buffering; proxy_buffering on;");
    let Some((buffered, _nginx)) = behind_nginx(&platform.base, &holding, "127.0.0.1").await else { return };
    buffered.assert_only_fault(&[], "event-stream", &["proxy_buffering off;"]).await;
}

/// A copy of a database without its key, and one that no program has started on yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_changes_nothing() {
    let platform = accepting().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = settings_of(&platform.base, free_port(), &[]);
    let environment = environment_of(folder.path(), &settings);
    let doctor = || tokio::task::block_in_place(|| Program::run(folder.path(), &["doctor"], &environment));
    let fresh = doctor();
    assert!(fresh.stdout.contains("the first start creates it"), "{fresh:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is created");
    let made = tokio::task::block_in_place(|| Program::run(folder.path(), &["admin", "create", "first"], &environment));
    assert_eq!(made.code, Some(0), "{made:?}");
    std::fs::remove_file(folder.path().join("secret.key")).unwrap();
    let database = std::fs::read(folder.path().join("weida.db")).unwrap();
    let keyless = doctor();
    assert!(keyless.code == Some(1) && keyless.stdout.contains("secret.key"), "{keyless:?}");
    assert!(!folder.path().join("secret.key").exists());
    assert_eq!(std::fs::read(folder.path().join("weida.db")).unwrap(), database);
}
