use super::*;
use crate::wechat::message::Kind;

fn last(platform: &Platform, openid: &str) -> ChatContent {
    platform.chat(openid).pop().unwrap().content
}

#[tokio::test]
async fn what_the_account_answers_stands_in_the_chat() {
    let platform = start(&clock()).await;
    product(&platform, |_, push, with| async move {
        match &push.message.kind {
            Kind::Text { content, .. } => sealed(&push, &with, &text(&format!("{content}?"))),
            _ => "success".to_owned(),
        }
    })
    .await;
    let openid = platform.add_person("小微").await.unwrap();
    assert_eq!(platform.act(&openid, &Act::Follow).await.unwrap(), Answer::Nothing);
    assert_eq!(platform.act(&openid, &Act::text("在吗")).await.unwrap().text(), Some("在吗?"));
    let content: Vec<(By, ChatContent)> =
        platform.chat(&openid).into_iter().map(|line| (line.by, line.content)).collect();
    assert_eq!(
        content,
        [
            (By::Platform, ChatContent::Note(Note::Followed)),
            (By::Platform, ChatContent::Note(Note::NoReply(Unanswered::Follow))),
            (By::Person, ChatContent::Text("在吗".to_owned())),
            (By::Account, ChatContent::Text("在吗?".to_owned())),
        ]
    );
}

#[tokio::test]
async fn a_push_that_is_not_answered_in_time_comes_three_times_and_is_the_same_message() {
    let platform = hasty().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keys = Arc::clone(&seen);
    product(&platform, move |number, push, with| {
        locked(&keys).push(push.message.dedupe_key.clone());
        async move {
            if number < 2 {
                std::future::pending::<()>().await;
            }
            sealed(&push, &with, &text("终于"))
        }
    })
    .await;
    let openid = follower(&platform).await;
    assert_eq!(platform.act(&openid, &Act::text("hi")).await.unwrap().text(), Some("终于"));
    let keys = locked(&seen).clone();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[tokio::test]
async fn an_account_that_never_answers_is_out_of_order_after_the_third_time() {
    let platform = hasty().await;
    let seen = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    product(&platform, move |_, _, _| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        std::future::pending()
    })
    .await;
    let openid = follower(&platform).await;
    assert_eq!(platform.act(&openid, &Act::text("hi")).await.unwrap(), Answer::Late);
    assert_eq!(last(&platform, &openid), ChatContent::Note(Note::OutOfOrder));
    assert_eq!(seen.load(std::sync::atomic::Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_abnormal_answer_is_not_asked_for_again() {
    let platform = start(&clock()).await;
    let seen = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    product(&platform, move |_, _, _| {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async { r#"{"errcode":0}"#.to_owned() }
    })
    .await;
    let openid = follower(&platform).await;
    assert_eq!(platform.act(&openid, &Act::text("hi")).await.unwrap(), Answer::Odd(Oddity::NotXml));
    assert_eq!(last(&platform, &openid), ChatContent::Note(Note::OutOfOrder));
    assert_eq!(seen.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_product_that_is_not_there_is_tried_until_the_third_time() {
    let platform = hasty().await;
    let openid = follower(&platform).await;
    assert_eq!(platform.act(&openid, &Act::text("hi")).await.unwrap(), Answer::Unreachable);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    platform.set_push_url(Url::parse(&format!("http://{}/push", listener.local_addr().unwrap())).unwrap());
    drop(listener);
    let started = std::time::Instant::now();
    assert_eq!(platform.act(&openid, &Act::text("hi")).await.unwrap(), Answer::Unreachable);
    assert!(started.elapsed() >= SOON * 2);
    assert_eq!(last(&platform, &openid), ChatContent::Note(Note::OutOfOrder));
}

#[tokio::test]
async fn who_has_unfollowed_sees_no_answer() {
    let platform = start(&clock()).await;
    product(&platform, |_, push, with| async move { sealed(&push, &with, &text("再见")) }).await;
    let openid = follower(&platform).await;
    assert_eq!(platform.act(&openid, &Act::Unfollow).await.unwrap().text(), Some("再见"));
    assert_eq!(last(&platform, &openid), ChatContent::Note(Note::Unfollowed));
}

#[tokio::test]
async fn one_push_can_be_brought_to_several_instances() {
    let platform = start(&clock()).await;
    let one = product(&platform, |_, push, with| async move { sealed(&push, &with, &text("一")) }).await;
    let other = product(&platform, |_, push, with| async move { sealed(&push, &with, &text("二")) }).await;
    let openid = follower(&platform).await;
    let push = platform.prepare(&openid, &Act::text("hi")).await.unwrap();
    assert_eq!(platform.deliver_to(&push, &one).await.text(), Some("一"));
    assert_eq!(platform.deliver_to(&push, &other).await.text(), Some("二"));
    let raw = platform.seal(&push).unwrap();
    assert_eq!(platform.post(&raw, &one).await.unwrap().0, 200);
    assert_eq!(last(&platform, &openid), ChatContent::Text("hi".to_owned()));
}

#[tokio::test]
async fn an_address_is_taken_only_when_it_echoes() {
    let platform = start(&clock()).await;
    let url = product(&platform, |_, _, _| async { "success".to_owned() }).await;
    platform.save_push_url(url.clone()).await.unwrap();
    let foreign = start(&clock()).await;
    assert!(foreign.save_push_url(url).await.is_err());
    let openid = follower(&foreign).await;
    assert_eq!(foreign.act(&openid, &Act::text("hi")).await.unwrap(), Answer::Unreachable);
}
