use super::*;
use crate::ilink::TransportFailure;
use crate::ilink::login::LoginFailure;

#[tokio::test]
async fn each_fault_of_a_poll_is_what_it_says() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    rig.platform.say(OWNER, "你好").unwrap();
    let transport = Error::Transport;
    for (fault, expected) in [
        (Fault::Ret(-14), Some(Error::Stale)),
        (Fault::Ret(-2), Some(Error::Limited)),
        (Fault::Ret(-12), Some(Error::Frequency)),
        (Fault::Status(500), Some(transport(TransportFailure::Status(500)))),
        (Fault::Html, Some(Error::Unreadable)),
        (Fault::Large, Some(Error::Unreadable)),
        (Fault::Cut, Some(transport(TransportFailure::Broken))),
        (Fault::Control, None),
    ] {
        rig.platform.inject(Scope::Updates, fault, 1);
        let result = rig.client.updates(&bot, "", None).await;
        match expected {
            Some(expected) => assert_eq!(result.unwrap_err(), expected, "{fault:?}"),
            None => assert_eq!(result.unwrap().messages.len(), 1, "{fault:?}"),
        }
        assert!(rig.platform.faults().is_empty());
    }
    rig.platform.inject(Scope::Updates, Fault::Hang, usize::MAX);
    let held = tokio::time::timeout(Duration::from_millis(200), rig.client.updates(&bot, "", None)).await;
    assert!(held.is_err());
    assert_eq!(rig.platform.faults(), [(Scope::Updates, Fault::Hang, usize::MAX)]);
    rig.platform.clear_faults();
    assert_eq!(rig.poll(&bot, "").await.0.len(), 1);
}

#[tokio::test]
async fn a_dropped_message_and_a_cut_answer_differ() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    rig.platform.say(OWNER, "你好").unwrap();
    let (messages, _) = rig.poll(&bot, "").await;
    let send = async |id: &str| rig.answer(&bot, &messages[0], id, OutgoingContent::Text("好")).await;
    rig.platform.inject(Scope::Send, Fault::Dropped, 1);
    assert_eq!(send("a").await, Ok(SendOutcome::NotDelivered));
    assert_eq!(rig.platform.owner(OWNER).counts.shown, 0);
    rig.platform.inject(Scope::Send, Fault::Cut, 1);
    assert_eq!(send("a").await, Err(Error::Transport(TransportFailure::Broken)));
    assert_eq!(rig.platform.owner(OWNER).counts.shown, 1);
    assert!(matches!(send("a").await, Ok(SendOutcome::Accepted(_))));
    let counts = rig.platform.owner(OWNER).counts;
    assert_eq!((counts.shown, counts.duplicates), (1, 1));
}

#[tokio::test]
async fn a_foreign_host_gets_nothing() {
    let rig = Rig::start().await;
    for is_confirmed in [false, true] {
        let mut login = Login::start(&rig.client, rig.clock.as_ref(), Vec::new()).await.unwrap();
        let LoginView::Scan { qr_content } = login.view().clone() else { panic!("a code") };
        rig.platform.scan(OWNER, &qr_content, NumberAsked::No, false).unwrap();
        if is_confirmed {
            rig.platform.confirm(OWNER).unwrap();
        }
        rig.platform.inject(Scope::Login, Fault::ForeignHost, 1);
        let end = login.poll(&rig.client, rig.clock.as_ref()).await;
        assert!(matches!(end, Some(LoginOutcome::Failed(LoginFailure::ForeignHost))), "{end:?}");
    }
}

#[tokio::test]
async fn a_login_goes_on_over_failures() {
    let rig = Rig::start().await;
    let mut login = Login::start(&rig.client, rig.clock.as_ref(), Vec::new()).await.unwrap();
    for fault in [Fault::Status(524), Fault::Html, Fault::Large, Fault::Cut, Fault::Ret(-1), Fault::Control] {
        rig.platform.inject(Scope::Login, fault, 1);
        assert!(login.poll(&rig.client, rig.clock.as_ref()).await.is_none());
        assert!(matches!(login.view(), LoginView::Scan { .. }), "{fault:?}");
    }
}
