use super::*;
use crate::ilink::message::Sender;

#[tokio::test]
async fn messages_come_until_their_cursor_is_sent_back() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    let (none, begin) = rig.poll(&bot, "").await;
    assert!(none.is_empty());
    rig.platform.say(OWNER, "一").unwrap();
    rig.platform.say(OWNER, "二").unwrap();
    let (two, cursor) = rig.poll(&bot, &begin).await;
    assert_eq!(two.iter().map(text).collect::<Vec<_>>(), ["一", "二"]);
    assert_eq!((two[0].sender, two[0].from_user_id.as_str()), (Sender::User, OWNER));
    assert!(two[0].id.as_ref().unwrap().as_str().parse::<u64>().unwrap() > i64::MAX.unsigned_abs());
    // The same again: the program may have died before it stored the cursor.
    let (again, _) = rig.poll(&bot, &begin).await;
    assert_eq!(
        again.iter().map(|m| m.id.clone()).collect::<Vec<_>>(),
        two.iter().map(|m| m.id.clone()).collect::<Vec<_>>()
    );
    assert_eq!(rig.platform.owner(OWNER).waiting, 2);
    rig.platform.say(OWNER, "三").unwrap();
    let (three, last) = rig.poll(&bot, &cursor).await;
    assert_eq!(three.iter().map(text).collect::<Vec<_>>(), ["三"]);
    assert_eq!(rig.platform.owner(OWNER).counts.cursor_went_back, 0);
    rig.poll(&bot, &last).await;
    rig.poll(&bot, &begin).await;
    assert_eq!(rig.platform.owner(OWNER).counts.cursor_went_back, 1);
    // A program that lost its cursor gets what no cursor has passed.
    assert!(rig.poll(&bot, "").await.0.is_empty());
    assert_eq!(rig.client.updates(&bot, "rubbish", None).await.unwrap_err().name(), "other");
}

#[tokio::test]
async fn a_held_poll_ends_with_the_message() {
    let rig = Rig::start().await;
    rig.platform.set_hold(Duration::from_secs(30));
    let bot = rig.bot();
    let (client, polling) = (rig.client.clone(), bot.clone());
    let held = tokio::spawn(async move { client.updates(&polling, "", None).await.unwrap() });
    while !rig.platform.owner(OWNER).is_polling {
        tokio::task::yield_now().await;
    }
    rig.platform.say(OWNER, "你好").unwrap();
    let updates = held.await.unwrap();
    assert_eq!((text(&updates.messages[0]), updates.hold), ("你好", Some(Duration::from_secs(30))));
    // A stale token ends it as well; a poll that hangs up is not counted any more.
    let (client, polling) = (rig.client.clone(), bot.clone());
    let cursor = updates.cursor.unwrap();
    let held = tokio::spawn(async move { client.updates(&polling, &cursor, None).await });
    while !rig.platform.owner(OWNER).is_polling {
        tokio::task::yield_now().await;
    }
    rig.platform.expire_token(OWNER);
    assert_eq!(held.await.unwrap().unwrap_err(), Error::Stale);
    let bot = rig.bot();
    let client = rig.client.clone();
    let held = tokio::spawn(async move { client.updates(&bot, "", None).await });
    while !rig.platform.owner(OWNER).is_polling {
        tokio::task::yield_now().await;
    }
    held.abort();
    while rig.platform.owner(OWNER).is_polling {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.platform.owner(OWNER).counts.polls_at_once, 1);
}

#[tokio::test]
async fn ten_messages_a_message_and_a_day_are_the_limit() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    rig.platform.say(OWNER, "你好").unwrap();
    let (messages, cursor) = rig.poll(&bot, "").await;
    let send = |n: u32| {
        let (rig, bot, to) = (&rig, &bot, &messages[0]);
        async move { rig.answer(bot, to, &format!("c-{n}"), OutgoingContent::Text("好")).await }
    };
    let mut ids = Vec::new();
    for n in 0..10 {
        assert_eq!(rig.platform.owner(OWNER).left, 10 - n);
        ids.push(send(n).await.unwrap());
    }
    assert_eq!(send(10).await, Err(Error::Limited));
    // A repeated message is the same one, also beyond the limit.
    assert_eq!(send(3).await.unwrap(), ids[3]);
    let counts = rig.platform.owner(OWNER).counts;
    assert_eq!((counts.shown, counts.duplicates), (10, 1));
    rig.platform.say(OWNER, "继续").unwrap();
    assert!(send(10).await.is_ok());
    rig.clock.advance_ms(WINDOW_MS);
    assert_eq!(send(11).await, Err(Error::Limited));
    let (later, _) = rig.poll(&bot, &cursor).await;
    assert_eq!(later.len(), 1);
    let foreign = Message { from_user_id: "oBob@im.wechat".to_owned(), ..later[0].clone() };
    assert_eq!(rig.answer(&bot, &foreign, "c-x", OutgoingContent::Text("x")).await, Err(Error::BadRecipient));
    rig.platform.say(OWNER, "在吗").unwrap();
    let no_context = Message { context_token: None, ..later[0].clone() };
    assert_eq!(rig.answer(&bot, &no_context, "c-y", OutgoingContent::Text("x")).await.unwrap_err().name(), "other");
}

#[tokio::test]
async fn files_go_both_ways() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    for (kind, text) in
        [(FileKind::Image, ""), (FileKind::Voice, "说的话"), (FileKind::File, "账单.pdf"), (FileKind::Video, "")]
    {
        rig.platform.send_file(OWNER, kind, text, format!("{kind:?}").as_bytes()).unwrap();
    }
    let (messages, _) = rig.poll(&bot, "").await;
    let mut found = Vec::new();
    for message in &messages {
        let media = match &message.items[0].content {
            Received::Image(media) | Received::Video { media: Some(media), .. } => media,
            Received::Voice { media: Some(media), transcript, .. } => {
                assert_eq!(transcript.as_deref(), Some("说的话"));
                media
            }
            Received::File { media: Some(media), name, size_bytes } => {
                assert_eq!((name.as_deref(), *size_bytes), (Some("账单.pdf"), Some(4)));
                media
            }
            other => panic!("{other:?}"),
        };
        found.push(String::from_utf8(rig.client.download(media, 100).await.unwrap()).unwrap());
    }
    assert_eq!(found, ["Image", "Voice", "File", "Video"]);
    let answer = async |kind: MediaKind, id: &str| {
        let file = rig.client.upload(&bot, OWNER, kind, id.as_bytes().to_vec()).await.unwrap();
        let content = match kind {
            MediaKind::Image => OutgoingContent::Image(&file),
            MediaKind::Video => OutgoingContent::Video(&file),
            MediaKind::File => OutgoingContent::File { name: "a.txt", file: &file },
            MediaKind::Voice => OutgoingContent::Voice { file: &file, encoding: 6, duration_ms: 1_000 },
        };
        rig.answer(&bot, &messages[0], id, content).await.unwrap();
    };
    for (kind, id) in
        [(MediaKind::Image, "i"), (MediaKind::Video, "v"), (MediaKind::File, "f"), (MediaKind::Voice, "o")]
    {
        answer(kind, id).await;
    }
    let lines = rig.platform.owner(OWNER).lines;
    let shown: Vec<String> = lines
        .iter()
        .filter(|line| line.by == LineBy::Bot)
        .map(|line| match &line.content {
            Content::File { kind, file, name } => {
                format!("{kind:?} {name} {}", String::from_utf8(rig.platform.file(file).unwrap()).unwrap())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown, ["Image  i", "Video  v", "File a.txt f", "Voice  o"]);
}

#[tokio::test]
async fn the_bot_is_seen_typing() {
    let rig = Rig::start().await;
    let bot = rig.bot();
    rig.platform.say(OWNER, "你好").unwrap();
    let (messages, _) = rig.poll(&bot, "").await;
    let ticket = rig.client.typing_ticket(&bot, OWNER, messages[0].context_token.as_ref()).await.unwrap().unwrap();
    rig.client.send_typing(&bot, OWNER, &ticket, Typing::On).await.unwrap();
    assert!(rig.platform.owner(OWNER).is_typing);
    rig.clock.advance_ms(5_000);
    assert!(!rig.platform.owner(OWNER).is_typing);
    rig.client.send_typing(&bot, OWNER, &ticket, Typing::On).await.unwrap();
    rig.client.send_typing(&bot, OWNER, &ticket, Typing::Off).await.unwrap();
    assert!(!rig.platform.owner(OWNER).is_typing);
    assert_eq!(rig.client.typing_ticket(&bot, OWNER, None).await.unwrap_err().name(), "other");
}

#[tokio::test]
async fn an_owner_sees_that_no_program_is_there() {
    let rig = Rig::start().await;
    assert_eq!(rig.platform.say(OWNER, "你好"), Err(Refusal::NoBot));
    let bot = rig.bot();
    rig.poll(&bot, "").await;
    rig.platform.say(OWNER, "你好").unwrap();
    assert_eq!(rig.platform.owner(OWNER).lines.last().unwrap().by, LineBy::Owner);
    rig.clock.advance_ms(60_001);
    rig.platform.say(OWNER, "在吗").unwrap();
    assert_eq!(rig.platform.owner(OWNER).lines.last().unwrap().content, Content::Unreachable);
}
