use super::*;

async fn start(rig: &Rig) -> Login {
    Login::start(&rig.client, rig.clock.as_ref(), Vec::new()).await.unwrap()
}

fn content(login: &Login) -> String {
    match login.view() {
        LoginView::Scan { qr_content } => qr_content.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_person_connects_with_a_number() {
    let rig = Rig::start().await;
    let mut login = start(&rig).await;
    let qr = content(&login);
    assert_eq!(rig.platform.codes()[0].content, qr);
    let clock = rig.clock.as_ref();
    assert!(login.poll(&rig.client, clock).await.is_none());
    rig.platform.scan(OWNER, &qr, NumberAsked::Yes, true).unwrap();
    assert_eq!(rig.platform.scan("oBob@im.wechat", &qr, NumberAsked::No, false), Err(Refusal::NoCode));
    // First to another host, then the number.
    for expected in [LoginView::Scanned, LoginView::EnterCode { is_wrong: false }] {
        assert!(login.poll(&rig.client, clock).await.is_none());
        assert_eq!(*login.view(), expected);
    }
    let Some(ScanView::Number(number)) = rig.platform.owner(OWNER).scan else { panic!("a number") };
    let wrong = if number == "00" { "01" } else { "00" };
    login.enter_code(LoginCode::parse(wrong).unwrap());
    assert!(login.poll(&rig.client, clock).await.is_none());
    assert_eq!(*login.view(), LoginView::EnterCode { is_wrong: true });
    assert_eq!(rig.platform.confirm(OWNER), Err(Refusal::NothingScanned));
    login.enter_code(LoginCode::parse(&number).unwrap());
    assert!(login.poll(&rig.client, clock).await.is_none());
    assert_eq!((login.view(), rig.platform.owner(OWNER).scan), (&LoginView::Scanned, Some(ScanView::Scanned)));
    rig.platform.confirm(OWNER).unwrap();
    let Some(LoginOutcome::Connected(found)) = login.poll(&rig.client, clock).await else { panic!("connected") };
    assert_eq!(found.user_id, OWNER);
    assert!(found.bot_id.ends_with("@im.bot") && rig.platform.owner(OWNER).is_connected);
    // The same person again: with the token known, without a new one.
    let mut again = Login::start(&rig.client, clock, vec![found.bot_token.clone()]).await.unwrap();
    rig.platform.scan(OWNER, &content(&again), NumberAsked::No, false).unwrap();
    rig.platform.confirm(OWNER).unwrap();
    assert!(matches!(again.poll(&rig.client, clock).await, Some(LoginOutcome::AlreadyConnected)));
    rig.client.notify_start(&found.bot()).await.unwrap();
    // Without the token known: a new token, and the old one is stale.
    let mut other = start(&rig).await;
    rig.platform.scan(OWNER, &content(&other), NumberAsked::No, false).unwrap();
    rig.platform.confirm(OWNER).unwrap();
    let Some(LoginOutcome::Connected(new)) = other.poll(&rig.client, clock).await else { panic!("connected") };
    assert_ne!(new.bot_token.expose_secret(), found.bot_token.expose_secret());
    assert_eq!(rig.client.notify_start(&found.bot()).await, Err(Error::Stale));
    assert_eq!(rig.platform.owner(OWNER).counts.notified_start, 1);
}

#[tokio::test]
async fn three_wrong_numbers_block_the_code() {
    let rig = Rig::start().await;
    let mut login = start(&rig).await;
    let qr = content(&login);
    rig.platform.scan(OWNER, &qr, NumberAsked::Yes, false).unwrap();
    for _ in 0..3 {
        assert!(login.poll(&rig.client, rig.clock.as_ref()).await.is_none());
        login.enter_code(LoginCode::parse("123").unwrap());
    }
    assert!(login.poll(&rig.client, rig.clock.as_ref()).await.is_none());
    assert_ne!(content(&login), qr, "a new code");
}

#[tokio::test]
async fn a_code_expires_after_two_minutes_or_when_the_owner_refuses() {
    let rig = Rig::start().await;
    let mut login = start(&rig).await;
    let first = content(&login);
    rig.clock.advance_ms(120_000);
    assert_eq!(rig.platform.scan(OWNER, &first, NumberAsked::No, false), Err(Refusal::NoCode));
    assert!(login.poll(&rig.client, rig.clock.as_ref()).await.is_none());
    let second = content(&login);
    rig.platform.scan(OWNER, &second, NumberAsked::No, false).unwrap();
    rig.platform.cancel(OWNER).unwrap();
    assert!(login.poll(&rig.client, rig.clock.as_ref()).await.is_none());
    assert!(first != second && second != content(&login));
}

#[tokio::test]
async fn a_login_that_runs_ends_by_the_persons_doing() {
    let rig = Rig::start().await;
    let login = start(&rig).await;
    let qr = content(&login);
    let (views, mut seen) = tokio::sync::watch::channel(login.view().clone());
    let (codes, typed) = tokio::sync::mpsc::channel(4);
    // A number before it is asked for is no answer.
    codes.send(LoginCode::parse("999").unwrap()).await.unwrap();
    let (client, clock) = (rig.client.clone(), rig.clock.clone());
    let running = tokio::spawn(async move { login.run(&client, clock.as_ref(), typed, &views).await });
    rig.platform.scan(OWNER, &qr, NumberAsked::Yes, false).unwrap();
    seen.wait_for(|view| *view == LoginView::EnterCode { is_wrong: false }).await.unwrap();
    let Some(ScanView::Number(number)) = rig.platform.owner(OWNER).scan else { panic!("a number") };
    codes.send(LoginCode::parse(&number).unwrap()).await.unwrap();
    seen.wait_for(|view| *view == LoginView::Scanned).await.unwrap();
    rig.platform.confirm(OWNER).unwrap();
    assert!(matches!(running.await.unwrap(), LoginOutcome::Connected(c) if c.user_id == OWNER));
}
