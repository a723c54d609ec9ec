use super::*;

#[tokio::test]
async fn a_killed_stand_in_goes_on_with_the_same_account_people_codes_and_tokens() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let with = || PlatformSettings { folder: Some(folder.path().to_owned()), ..settings(&clock) };
    let first = Platform::start(with()).await.unwrap();
    let openid = follower(&first).await;
    first.prepare(&openid, &Act::text("记住我")).await.unwrap();
    let token = token(&first).await;
    let ticket = client(&first, &clock).create_qr("login_1", 600).await.unwrap();
    first.set_kind(AccountKind::PersonalSubscription).await;
    let (credentials, chat) = (first.credentials(), first.chat(&openid));
    drop(first);

    let second = Platform::start(with()).await.unwrap();
    assert_eq!((second.credentials(), second.chat(&openid)), (credentials, chat));
    assert_eq!(
        (second.codes()[0].ticket.as_str(), second.kind()),
        (ticket.ticket.as_str(), AccountKind::PersonalSubscription)
    );
    let path = format!("/cgi-bin/getcallbackip?access_token={token}");
    assert!(ask(&second, &path, None).await["ip_list"].is_array());
    second.prepare(&openid, &Act::Scan { code: ticket.url }).await.unwrap();
}

#[tokio::test]
async fn a_killed_stand_in_goes_on_with_the_same_bots() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let with = || PlatformSettings { folder: Some(folder.path().to_owned()), ..settings(&clock) };
    let file = disk::path(&folder.path().join("sandbox-ilink"));
    let first = Platform::start(with()).await.unwrap();
    let token = first.ilink().connect("oAlice@im.wechat").0;
    first.ilink().say("oAlice@im.wechat", "记住我").unwrap();
    // Written in the background.
    while !std::fs::read_to_string(&file).is_ok_and(|text| text.contains("记住我") && text.contains(&token)) {
        tokio::task::yield_now().await;
    }
    drop(first);
    let second = Platform::start(with()).await.unwrap();
    let owner = second.ilink().owner("oAlice@im.wechat");
    assert!(owner.is_connected && owner.waiting == 1);
    drop(second);
    std::fs::write(&file, "{").unwrap();
    let error = Platform::start(with()).await.unwrap_err();
    assert!(error.contains("sandbox-ilink") && error.contains("delete it"), "{error}");
}

#[tokio::test]
async fn a_memory_that_cannot_be_read_is_not_overwritten() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let file = disk::path(folder.path());
    std::fs::write(&file, "{").unwrap();
    let with = PlatformSettings { folder: Some(folder.path().to_owned()), ..settings(&clock) };
    let error = Platform::start(with).await.unwrap_err();
    assert!(error.contains("sandbox.json") && error.contains("delete it"), "{error}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "{");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said_at_the_start() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Platform::start(PlatformSettings { folder: Some(file), ..settings(&clock) }).await.unwrap_err();
    assert!(error.contains("sandbox.json"), "{error}");
}

#[tokio::test]
async fn given_credentials_win_over_those_that_were_kept() {
    let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
    let with =
        |credentials| PlatformSettings { folder: Some(folder.path().to_owned()), credentials, ..settings(&clock) };
    drop(Platform::start(with(None)).await.unwrap());
    let wanted = Credentials::random(&SystemRng);
    assert_eq!(Platform::start(with(Some(wanted.clone()))).await.unwrap().credentials(), wanted);
    let useless = Credentials { aes_key: "short".to_owned(), ..wanted };
    assert!(Platform::start(with(Some(useless))).await.is_err());
}
