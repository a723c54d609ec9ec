//! Dialect B connects a personal WeChat: the QR code as a picture, its states, the number, and the answer of the user's own rule.

use crate::rig::channel::SOON;
use crate::rig::{Caller, Database, Engine, Ilink, World, eventually};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_connects_a_personal_wechat_and_its_rules_answer() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let ilink = Ilink::start().await;
    let world = World::with(&database, &ilink.settings()).await;
    let phone = world.app.phone("oMing");
    let ming = Caller::registered(&world, &phone, "小明").await;
    let other = Caller::registered(&world, &world.app.phone("oHong"), "小红").await;
    assert_eq!(ming.code(ming.post("/database/add", &json!({ "价格": "100 元" }))).await, 200);
    let made: Value = ming.get("/wechat/testlogin").send().await.unwrap().json().await.unwrap();
    assert_eq!(made["code"], 200, "{made}");
    let pid = made["pid"].as_str().unwrap();
    let picture = format!("/static/qrimages/{pid}.png");
    let shown = ming.get(&picture).send().await.unwrap();
    assert_eq!((shown.status().as_u16(), &shown.headers()["content-type"]), (200, &"image/png".parse().unwrap()));
    assert_eq!(&shown.bytes().await.unwrap()[..8], b"\x89PNG\r\n\x1a\n");
    // Not for another user, another session of the same user, or without a session.
    let again = Caller::signed_in(&world, "小明").await;
    assert_eq!(other.get(&picture).send().await.unwrap().status(), 404);
    assert_eq!(again.get(&picture).send().await.unwrap().status(), 404);
    assert_eq!(world.get(&picture).send().await.unwrap().status(), 401);
    let status = format!("/wechat/testlogin/status?pid={pid}");
    let state = async || {
        let answer: Value = ming.get(&status).send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["code"], 1, "{answer}");
        answer["data"]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state().await, "scan");
    assert_eq!(other.code(other.get(&status)).await, -5);
    ilink.ask_number("ming@im.wechat", "42");
    assert!(eventually(SOON, async || state().await == "enter_number").await);
    assert_eq!(ming.code(ming.post(&status, &json!({ "number": "" }))).await, -4);
    assert_eq!(ming.code(ming.post(&status, &json!({ "number": "41" }))).await, 200);
    assert!(eventually(SOON, async || state().await == "wrong_number").await);
    assert_eq!(ming.code(ming.post(&status, &json!({ "number": "42" }))).await, 200);
    assert!(eventually(SOON, async || state().await == "done").await);
    assert_eq!(ming.get(&picture).send().await.unwrap().status(), 404, "it is used");
    ilink.say("ming@im.wechat", "价格");
    ilink.until("the answer", SOON, |ilink| ilink.texts("ming@im.wechat") == ["100 元"]).await;
    // The switch of this dialect counts for the channel, too.
    assert_eq!(ming.code(ming.post("/wechat/autoreply", &json!({ "enabled": false }))).await, 200);
    ilink.say("ming@im.wechat", "价格");
    assert_eq!(crate::rig::channel::sent_after(&ilink, "ming@im.wechat", "开启", 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_being_made_is_announced_and_a_silent_platform_is_a_failure() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let ilink = Ilink::start().await;
    let world = World::with(&database, &ilink.settings()).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "小明").await;
    // Several calls of one session at the same time: one gets the code, the others are asked to wait.
    let calls =
        (0..4).map(|_| async { ming.get("/wechat/testlogin").send().await.unwrap().json::<Value>().await.unwrap() });
    let answers = futures::future::join_all(calls).await;
    let made = answers.iter().filter(|answer| answer["code"] == 200).count();
    assert!(made >= 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer["code"] != 200) {
        assert_eq!((&answer["code"], &answer["message"]), (&json!(-2), &json!("正在生成")), "{answer}");
    }
    ilink.break_down(true);
    let failed: Value = ming.get("/wechat/testlogin").send().await.unwrap().json().await.unwrap();
    assert_eq!((&failed["code"], &failed["message"]), (&json!(0), &json!("unknow error")));
}
