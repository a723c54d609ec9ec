use super::*;

#[tokio::test]
async fn the_products_own_client_finds_its_way() {
    let clock = clock();
    let platform = start(&clock).await;
    let client = client(&platform, &clock);
    let openid = follower(&platform).await;
    platform.set_unionid(&openid, "u1").await.unwrap();
    let ticket = client.create_qr("login_1", 600).await.unwrap();
    assert_eq!((ticket.expire_secs, platform.codes()[0].url.as_str()), (600, ticket.url.as_str()));
    let picture = http().get(client.qr_image_url(&ticket.ticket)).send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(http().get(client.qr_image_url("gQwrong")).send().await.unwrap().status(), 404);
    let info = client.user_info(&openid).await.unwrap();
    assert_eq!((info.is_follower, info.unionid.as_deref()), (true, Some("u1")));
    client.send_custom_text(&openid, "你好").await.unwrap();
    assert_eq!(platform.chat(&openid).last().unwrap().content, ChatContent::Text("你好".to_owned()));
    assert_eq!(client.callback_ips().await.unwrap(), ["127.0.0.1"]);
    assert!(client.current_autoreply_info().await.unwrap()["keyword_autoreply_info"]["list"].is_array());
    assert_eq!(platform.calls("/cgi-bin/stable_token"), 1);
}

#[tokio::test]
async fn a_file_lives_three_days_and_a_video_is_elsewhere() {
    let clock = clock();
    let platform = start(&clock).await;
    let client = client(&platform, &clock);
    let png = b"\x89PNG\r\n\x1a\npixels".as_slice();
    let film = b"\0\0\0\x18ftypmp42film".as_slice();
    let medium = |kind, name, media_type, bytes| Medium { kind, name, media_type, bytes };
    let picture = client.upload_media(medium(MediumKind::Image, "a.png", "image/png", png)).await.unwrap();
    let video = client.upload_media(medium(MediumKind::Video, "a.mp4", "video/mp4", film)).await.unwrap();
    assert_eq!(client.fetch_media(&picture).await.unwrap(), png);
    assert_eq!(client.fetch_media(&video).await.unwrap(), film);
    let is_refused =
        |error: ApiError, expected: i64| matches!(error, ApiError::Platform { code, .. } if code == expected);
    let wrong = client.upload_media(medium(MediumKind::Voice, "a.png", "image/png", png)).await.unwrap_err();
    assert!(is_refused(wrong, 40005));
    assert!(is_refused(client.fetch_media("another_account").await.unwrap_err(), 40007));
    // The picture of the owner's rule has a new media id at every call.
    let info = client.current_autoreply_info().await.unwrap();
    let poster =
        info["keyword_autoreply_info"]["list"][1]["reply_list_info"][0]["content"].as_str().unwrap().to_owned();
    assert!(client.fetch_media(&poster).await.unwrap().starts_with(b"\x89PNG"));
    platform.set_kind(AccountKind::PersonalSubscription).await;
    assert!(is_refused(client.fetch_media(&picture).await.unwrap_err(), 48001));
    platform.set_kind(AccountKind::VerifiedService).await;
    clock.advance_ms(3 * 24 * 3_600_000);
    assert!(is_refused(client.fetch_media(&picture).await.unwrap_err(), 40007));
}

#[tokio::test]
async fn a_personal_account_hears_48001_where_it_may_not_call() {
    let clock = clock();
    let platform = start(&clock).await;
    platform.set_kind(AccountKind::PersonalSubscription).await;
    let client = client(&platform, &clock);
    let openid = follower(&platform).await;
    let is_refused = |error: ApiError| matches!(error, ApiError::Platform { code: 48001, .. });
    assert!(is_refused(client.create_qr("a", 60).await.unwrap_err()));
    assert!(is_refused(client.user_info(&openid).await.unwrap_err()));
    assert!(is_refused(client.send_custom_text(&openid, "hi").await.unwrap_err()));
    assert!(client.callback_ips().await.is_ok());
    assert!(client.current_autoreply_info().await.is_ok());
}

#[tokio::test]
async fn a_token_ends_after_two_hours_and_at_once_when_the_secret_changes() {
    let clock = clock();
    let platform = start(&clock).await;
    let path = format!("/cgi-bin/getcallbackip?access_token={}", token(&platform).await);
    clock.advance_ms(7_199_999);
    assert!(ask(&platform, &path, None).await["ip_list"].is_array());
    clock.advance_ms(1);
    assert_eq!(ask(&platform, &path, None).await["errcode"], 42001);
    let path = format!("/cgi-bin/getcallbackip?access_token={}", token(&platform).await);
    platform.revoke_tokens().await;
    assert_eq!(ask(&platform, &path, None).await["errcode"], 40001);
    assert_eq!(ask(&platform, "/cgi-bin/getcallbackip", None).await["errcode"], 41001);
    assert_eq!(ask(&platform, "/cgi-bin/getcallbackip?access_token=x", None).await["errcode"], 40014);
}

#[tokio::test]
async fn wrong_credentials_and_wrong_calls_have_their_own_numbers() {
    let clock = clock();
    let platform = start(&clock).await;
    let account = platform.credentials();
    let body =
        |grant: &str, appid: &str, secret: &str| Some(json!({ "grant_type": grant, "appid": appid, "secret": secret }));
    let right = "client_credential";
    for (body, code) in [
        (None, 43002),
        (body("other", &account.appid, &account.secret), 40002),
        (body(right, "wx0", &account.secret), 40013),
        (body(right, &account.appid, ""), 41004),
        (body(right, &account.appid, "0"), 40125),
    ] {
        assert_eq!(ask(&platform, "/cgi-bin/stable_token", body).await["errcode"], code);
    }
    let path = format!("/cgi-bin/token?grant_type={right}&appid={}&secret={}", account.appid, account.secret);
    assert_eq!(ask(&platform, &path, None).await["expires_in"], 7200);
    assert_eq!(ask(&platform, "/cgi-bin/menu/create", None).await["errcode"], 40066);
    let create = format!("/cgi-bin/qrcode/create?access_token={}", token(&platform).await);
    assert_eq!(ask(&platform, &create, Some(json!({ "action_name": "QR" }))).await["errcode"], 40052);
    assert_eq!(ask(&platform, &create, Some(json!("text"))).await["errcode"], 47001);
    assert_eq!(ask(&platform, &create, None).await["errcode"], 43002);
}

#[tokio::test]
async fn the_account_may_write_five_times_in_48_hours() {
    let clock = clock();
    let platform = start(&clock).await;
    let openid = follower(&platform).await;
    clock.advance_ms(60_000);
    let path = format!("/cgi-bin/message/custom/send?access_token={}", token(&platform).await);
    let body = || Some(json!({ "touser": openid, "msgtype": "text", "text": { "content": "hi" } }));
    assert_eq!(ask(&platform, &path, body()).await["errcode"], 45015);
    platform.prepare(&openid, &Act::text("你好")).await.unwrap();
    for _ in 0..5 {
        assert_eq!(ask(&platform, &path, body()).await["errcode"], 0);
    }
    assert_eq!(ask(&platform, &path, body()).await["errcode"], 45047);
    platform.prepare(&openid, &Act::Unfollow).await.unwrap();
    assert_eq!(ask(&platform, &path, body()).await["errcode"], 45015);
    let unknown = json!({ "touser": "oNobody", "msgtype": "text", "text": { "content": "hi" } });
    assert_eq!(ask(&platform, &path, Some(unknown)).await["errcode"], 40003);
}

#[tokio::test]
async fn a_custom_message_must_be_one_that_can_be_shown() {
    let clock = clock();
    let platform = start(&clock).await;
    let openid = follower(&platform).await;
    let token = token(&platform).await;
    let send = format!("/cgi-bin/message/custom/send?access_token={token}");
    for (kind, inner, code) in [
        ("text", json!({ "content": "" }), 44004),
        ("text", json!({ "content": "字".repeat(683) }), 45002),
        ("news", json!({ "articles": [{}, {}] }), 45008),
        ("hologram", json!({}), 40008),
        ("msgmenu", json!({ "head_content": "好吗", "list": [{ "id": "1", "content": "好" }], "tail_content": "" }), 0),
    ] {
        let body = json!({ "touser": openid, "msgtype": kind, kind: inner });
        assert_eq!(ask(&platform, &send, Some(body)).await["errcode"], code, "{kind}");
    }
    let typing = format!("/cgi-bin/message/custom/typing?access_token={token}");
    let body = |command: &str| Some(json!({ "touser": openid, "command": command }));
    assert_eq!(ask(&platform, &typing, body("Typing")).await["errcode"], 0);
    assert_eq!(ask(&platform, &typing, body("Wave")).await["errcode"], 45072);
    clock.advance_ms(30_000);
    assert_eq!(ask(&platform, &typing, body("Typing")).await["errcode"], 45080);
}

#[tokio::test]
async fn a_login_code_of_the_mini_program_works_once() {
    let clock = clock();
    let platform = start(&clock).await;
    let openid = follower(&platform).await;
    let (account, code) = (platform.credentials(), platform.new_js_code(&openid).await.unwrap());
    let path = format!(
        "/sns/jscode2session?appid={}&secret={}&js_code={code}&grant_type=authorization_code",
        account.mini_appid, account.mini_secret
    );
    let session = ask(&platform, &path, None).await;
    assert_eq!(session["openid"], platform.person(&openid).unwrap().mini_openid);
    assert!(session["session_key"].is_string() && session["unionid"].is_null());
    assert_eq!(ask(&platform, &path, None).await["errcode"], 40029);
}

#[tokio::test]
async fn a_test_can_make_calls_fail_and_hang_for_a_while() {
    let clock = clock();
    let platform = start(&clock).await;
    let path = "/cgi-bin/getcallbackip";
    let full = format!("{path}?access_token={}", token(&platform).await);
    platform.inject(path, Injection::Errcode(-1), 2);
    platform.inject(path, Injection::Delay(Duration::from_millis(20)), 1);
    assert_eq!(ask(&platform, &full, None).await["errcode"], -1);
    assert_eq!(ask(&platform, &full, None).await["errcode"], -1);
    assert!(ask(&platform, &full, None).await["ip_list"].is_array());
    platform.inject(path, Injection::Status(502), 1);
    let url = platform.api_base().join(&full).unwrap();
    assert_eq!(http().get(url.clone()).send().await.unwrap().status(), 502);
    platform.inject(path, Injection::Hang, 1);
    let hanging = tokio::spawn(http().get(url).send());
    while platform.calls(path) < 5 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!hanging.is_finished());
    platform.inject(path, Injection::Hang, 9);
    platform.clear_injections();
    assert!(ask(&platform, &full, None).await["ip_list"].is_array());
    assert_eq!(platform.calls(path), 6);
}
