//! The phone's own WeChat, by its buttons.

use super::*;
use crate::{
    ilink::{
        Client, Error, LoginCode,
        login::{Login, LoginOutcome, LoginView},
        media::MediaKind,
        message::{Content, OutgoingContent, OutgoingMessage},
    },
    sandbox::ilink::{Fault, Scope},
};

/// A client with the addresses that the program was given.
fn client(program: &Program) -> Client {
    program.state.ctx().platforms().ilink.clone()
}

/// The number that the page shows.
fn number(page: &str) -> String {
    let rest = page.split("id=\"sandbox-number\"").nth(1).unwrap();
    rest.split('>').nth(1).unwrap().chars().filter(char::is_ascii_digit).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_connects_and_talks_by_the_buttons() {
    let program = Program::start(&[]).await;
    let place = program.press("people", &[("nickname", "小微")]).await;
    let person = place.strip_prefix("/sandbox?person=").unwrap().strip_suffix("#phone").unwrap();
    let page = format!("/sandbox/personal?person={person}");
    let with = |name, value| [("person", person), (name, value)];
    let (client, clock) = (client(&program), SystemClock);
    assert!(program.page(&page).await.contains("现在没有二维码"));
    let mut login = Login::start(&client, &clock, Vec::new()).await.unwrap();
    let LoginView::Scan { qr_content } = login.view().clone() else { panic!("a code") };
    assert!(program.page(&page).await.contains(&qr_content.replace('&', "&amp;")));

    let scan = [("person", person), ("code", qr_content.as_str()), ("kind", "number")];
    assert_eq!(program.press("personal/scan", &scan).await, format!("{page}#phone"));
    assert_eq!(program.press("personal/scan", &scan).await, page, "refused with a notice");
    assert!(login.poll(&client, &clock).await.is_none());
    let shown = number(&program.page(&page).await);
    login.enter_code(LoginCode::parse(&shown).unwrap());
    assert!(login.poll(&client, &clock).await.is_none());
    assert!(program.page(&page).await.contains("要连接这个机器人吗"));
    program.press("personal/confirm", &with("", "")).await;
    let Some(LoginOutcome::Connected(found)) = login.poll(&client, &clock).await else { panic!("connected") };
    assert_eq!(found.user_id, format!("{person}@im.wechat"));

    program.press("personal/say", &with("text", "你好 <b>")).await;
    program.press("personal/send", &with("kind", "image")).await;
    let updates = client.updates(&found.bot(), "", None).await.unwrap();
    let Content::Image(picture) = &updates.messages[1].items[0].content else { panic!("a picture") };
    let picture = client.download(picture, 100_000).await.unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    let context_token = updates.messages[1].context_token.as_ref();
    let bot = found.bot();
    let file = client.upload(&bot, &found.user_id, MediaKind::Image, picture.clone()).await.unwrap();
    for (client_id, content) in [("1", OutgoingContent::Text("收到 <i>")), ("2", OutgoingContent::Image(&file))] {
        let message = OutgoingMessage { to_user_id: &found.user_id, client_id, context_token, content };
        client.send(&found.bot(), &message).await.unwrap();
    }
    let shown = program.page(&page).await;
    assert!(shown.contains("你好 &lt;b&gt;") && shown.contains("收到 &lt;i&gt;"), "{shown}");
    let last = shown.rsplit("/sandbox/personal/media/").next().unwrap().split('"').next().unwrap();
    let host = ("host", "127.0.0.1:3000");
    let media = called(&program, ("GET", &format!("/sandbox/personal/media/{last}")), "127.0.0.1", &[host]).await;
    assert_eq!(media.headers()["content-type"], "image/png");
    assert_eq!(axum::body::to_bytes(media.into_body(), usize::MAX).await.unwrap(), picture);

    program.press("personal/fault", &with("kind", "drop")).await;
    let ilink = program.phone.as_ref().unwrap().platform.ilink();
    assert_eq!(ilink.faults(), [(Scope::Send, Fault::Dropped, 1)]);
    assert!(program.page(&page).await.contains("等着发生的状况：1"));
    program.press("personal/fault", &with("kind", "clear")).await;
    program.press("personal/fault", &with("kind", "expire")).await;
    assert_eq!(client.updates(&found.bot(), "", None).await.unwrap_err(), Error::Stale);
    assert_eq!(
        program.press("personal/say", &[("person", "unknown"), ("text", "x")]).await,
        "/sandbox/personal?person=unknown"
    );
}
