//! Rules edited in the chat: by the follower whom the push names, recorded in the history, confirmed where an edit deletes.

use crate::rig::{App, BEGINNING_MS, Database, Phone, Platform, begin_login, digits, register, says, status};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        account,
        rule::{
            Content, MatchType, Rule, Source,
            draft::Draft,
            edit::{self, Editor},
            history, search,
        },
        signin::{Status, follow},
    },
};

crate::every_engine!(
    a_rule_is_added_shown_changed_and_answers_immediately,
    a_refused_rule_is_answered_with_the_limit_and_an_example,
    deleting_asks_once_and_can_be_undone,
    one_question_is_open_at_a_time,
    a_question_does_not_cancel_a_completed_bind,
    a_question_outlives_a_restart_and_ends_after_five_minutes,
    unbinding_asks_and_needs_another_way_in,
    a_switch_is_for_all_rules_or_for_some,
    a_follower_cannot_touch_the_rules_of_others,
    each_page_of_a_list_fits_one_message,
    the_operator_names_the_commands,
    chat_and_web_see_each_others_changes,
);

async fn registered(app: &App, openid: &str, name: &str) -> (Phone, i64) {
    let phone = app.phone(openid);
    let id = register(app, &phone, name).await;
    (phone, id)
}

async fn rules(app: &App, owner: i64) -> Vec<Rule> {
    search::list(&app.ctx, owner).await.unwrap()
}

async fn a_rule_is_added_shown_changed_and_answers_immediately(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oAnna", "anna").await;
    let answer = phone.ask("添加 收到=回复：<b>&]]😀").await;
    assert!(answer.starts_with("已添加规则 01") && answer.ends_with("回复：回复：<b>&]]😀"), "{answer}");
    assert_eq!(phone.ask("收到！").await, "回复：<b>&]]😀");
    phone.ask("ADD “Hello World” : hi = hello").await;
    assert_eq!(phone.ask("hello　world").await, "hi = hello");
    let shown = phone.ask("查看02").await;
    assert!(shown.contains("规则 02") && shown.contains("Hello World（全匹配）"), "{shown}");
    assert!(shown.contains("hi = hello") && shown.contains("回复过 1 次"), "{shown}");
    let answer = phone.ask("修改 01 收到=好的").await;
    assert_eq!(answer, "已修改规则 01：\n收到：收到\n回复：好的");
    assert_eq!(phone.ask("修改 01 收到=好的").await, "规则 01 本来就是这样，没有修改。");
    assert_eq!(phone.ask("收到").await, "好的");
    let changes = history::changes(&app.ctx, id, None, 10).await.unwrap();
    assert!(changes.len() == 3 && changes.iter().all(|c| c.door == Source::Chat && c.actor_id == id));
    // Line breaks and variables in the reply work too.
    phone.ask("添加 我是谁=第一行\n{{nickname}}，编号 {{user_id}}").await;
    assert_eq!(phone.ask("我是谁").await, format!("第一行\nanna，编号 {id}"));
}

async fn a_refused_rule_is_answered_with_the_limit_and_an_example(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oBert", "bert").await;
    phone.ask("添加 价格=100 元").await;
    let taken = phone.ask("添加 价格！=200 元").await;
    assert!(taken.contains("“价格！”已经在规则 01 里"), "{taken}");
    assert!(taken.contains("修改 01 价格！=200 元"), "{taken}");
    let long = phone.ask(&format!("添加 {}=x", "长".repeat(61))).await;
    assert!(long.contains("最多 60 个字") && long.contains("添加 收到=回复"), "{long}");
    let long = phone.ask(&format!("修改 01 {}=x", "长".repeat(61))).await;
    assert!(long.contains("最多 60 个字") && long.contains("修改 03 收到=回复"), "{long}");
    assert!(phone.ask("show 77 78").await.contains("no rule 77, 78."));
    for unclear in ["添加", "添加 没有等号", "添加 =x", "修改 01", "Edit 01 x"] {
        let answer = phone.ask(unclear).await;
        assert!(answer.contains("01") || answer.contains("收到=回复") || answer.contains("hello"), "{answer}");
    }
    assert!(phone.ask("查看 77").await.contains("没有规则 77"));
    assert!(phone.ask("修改 77 a=b").await.contains("没有规则 77"));
    let warned = phone.ask("添加 帮助=自己的").await;
    assert!(warned.contains("“帮助”是公众号的命令"), "{warned}");
    let rules = rules(&app, id).await;
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0].contents, [Content::text("100 元")]);
    // An ordinary sentence is not a command.
    for sentence in ["列表很长", "查看日程", "添加剂", "关闭 窗户"] {
        assert_eq!(phone.say(sentence).await, None, "{sentence}");
    }
}

async fn deleting_asks_once_and_can_be_undone(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oCarl", "carl").await;
    for n in 1..=3 {
        phone.ask(&format!("添加 词{n}=答{n}")).await;
    }
    let question = phone.ask("删除 01、3").await;
    assert!(question.contains("01 词1 = 答1") && question.contains("03 词3 = 答3"), "{question}");
    assert!(question.contains("回复“1”确认"), "{question}");
    assert_eq!(rules(&app, id).await.len(), 3);
    assert!(phone.ask("取消").await.contains("什么都没有改"));
    // No question is open any more: neither word has an effect.
    assert_eq!(phone.say("1").await, None);
    assert_eq!(phone.say("取消").await, None);
    phone.ask("删除 1 3").await;
    assert_eq!(phone.ask("１").await, "已删除规则 01、03。发送“撤销”可以撤销。");
    assert_eq!(rules(&app, id).await.iter().map(|r| r.number).collect::<Vec<_>>(), [2]);
    assert_eq!(phone.say("词1").await, None);
    assert_eq!(phone.ask("撤销").await, "已撤销：删除“词1、词3”");
    assert_eq!(phone.ask("词1").await, "答1");
    // A second undo reverts the change before it.
    assert_eq!(phone.ask("undo").await, "Undone: added “词3”");
    assert_eq!(phone.say("词3").await, None);
    // A rule that was changed elsewhere meanwhile is not reverted.
    let rule = rules(&app, id).await.remove(1);
    let editor = Editor { owner_id: id, actor_id: 7, ..Editor::default() };
    edit::update(&app.ctx, &editor, 2, rule.revision, &says("词2", "别人改的")).await.unwrap();
    assert!(phone.ask("撤销").await.contains("不能撤销"));
    assert_eq!(phone.ask("词2").await, "别人改的");
    // The rule is deleted elsewhere before the confirmation.
    phone.ask("删除 02").await;
    edit::delete(&app.ctx, &editor, &[2]).await.unwrap();
    assert!(phone.ask("1").await.contains("已经不在了"));
}

async fn one_question_is_open_at_a_time(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oDora", "dora").await;
    phone.ask("添加 词=答").await;
    // A sign-in asks, then a deletion asks: `1` confirms the deletion, and the sign-in is refused.
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    assert_eq!(status(&app, &secrets).await, Status::Scanned);
    phone.ask("删除 01").await;
    assert_eq!(status(&app, &secrets).await, Status::Refused);
    assert!(phone.ask("1").await.contains("已删除"));
    assert_eq!(status(&app, &secrets).await, Status::Refused);
    phone.ask("撤销").await;
    // The other way round: the sign-in asks last.
    phone.ask("删除 01").await;
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    assert!(phone.ask("1").await.contains("登录成功"));
    assert_eq!(rules(&app, id).await.len(), 1);
    assert_eq!(phone.say("1").await, None);
    // A newer question about rules replaces the older one.
    phone.ask("添加 词2=答2").await;
    phone.ask("删除 01").await;
    phone.ask("删除 02").await;
    phone.ask("是").await;
    assert_eq!(rules(&app, id).await.iter().map(|r| r.number).collect::<Vec<_>>(), [1]);
    assert_eq!(phone.say("1").await, None);
}

async fn a_question_does_not_cancel_a_completed_bind(database: &Database) {
    let platform = Platform::answering().await;
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WECHAT_API_BASE", platform.base.as_str())]).await;
    let client = follow::Client::parse(&app.ctx, "desktop-1").unwrap();
    follow::begin(&app.ctx, &client, std::net::IpAddr::from([127, 0, 0, 1])).await.unwrap();
    let phone = app.phone("oKlaus");
    phone.push(&phone.event("subscribe", &format!("qrscene_{}", platform.last_scene().unwrap()))).await;
    let progress = async || follow::look(&app.ctx, &client, None).await.unwrap().progress;
    assert_eq!(progress().await, follow::Progress::Completed);
    phone.ask("添加 词=答").await;
    phone.ask("删除 01").await;
    assert_eq!(progress().await, follow::Progress::Completed);
    assert!(phone.ask("取消").await.contains("什么都没有改"));
    assert_eq!(progress().await, follow::Progress::Completed);
    // With no question about rules open, the word cancels the client's bind again.
    phone.say("取消").await;
    assert_ne!(progress().await, follow::Progress::Completed);
    assert_eq!(phone.ask("词").await, "答");
}

async fn a_question_outlives_a_restart_and_ends_after_five_minutes(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[]).await;
    let (phone, id) = registered(&app, "oEmil", "emil").await;
    phone.ask("添加 词=答").await;
    phone.ask("删除 01").await;
    app.stopping.cancel();
    let after = App::with(database, clock.clone(), &[]).await;
    // The time decides which change is the last one.
    clock.advance_ms(1_000);
    assert!(after.phone("oEmil").ask("1").await.contains("已删除"));
    after.phone("oEmil").ask("撤销").await;
    after.phone("oEmil").ask("删除 01").await;
    clock.advance_ms(5 * 60_000);
    assert_eq!(after.phone("oEmil").say("1").await, None);
    assert_eq!(rules(&after, id).await.len(), 1);
}

async fn unbinding_asks_and_needs_another_way_in(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oFrida", "frida").await;
    let question = phone.ask("解绑").await;
    assert!(question.contains("frida") && question.contains("回复“1”确认"), "{question}");
    assert!(phone.ask("取消").await.contains("什么都没有改"));
    phone.ask("解绑").await;
    assert!(phone.ask("确认").await.contains("已解绑"));
    assert!(phone.ask("列表").await.contains("还没有账号"));
    let identities = account::identity::find_own(&app.ctx, id).await.unwrap();
    assert!(identities.is_none());
    // Without a password the user could not sign in again.
    let guest = app.phone("oGuest");
    let secrets = begin_login(&app).await;
    guest.ask(secrets.code()).await;
    guest.ask("1").await;
    assert!(guest.ask("解绑").await.contains("还没有用户名或密码"));
    assert_eq!(guest.say("1").await, None);
}

async fn a_switch_is_for_all_rules_or_for_some(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oGina", "gina").await;
    phone.ask("添加 词=答").await;
    phone.ask("添加 字=复").await;
    assert_eq!(phone.ask("关闭").await, "自动回复已关闭，规则都还在。发送“开启”打开。");
    assert_eq!(phone.say("词").await, None);
    assert!(phone.ask("列表").await.contains("自动回复现在是关闭的"));
    assert!(phone.ask("添加 句=段").await.contains("自动回复现在是关闭的"));
    assert_eq!(phone.ask("开启").await, "自动回复已打开。");
    assert_eq!(phone.ask("词").await, "答");
    assert_eq!(phone.ask("关闭 01 2").await, "已停用规则 01、02。");
    assert_eq!(phone.ask("关闭 01 2").await, "规则 01、02 本来就是停用的。");
    assert_eq!((phone.say("词").await, phone.say("字").await), (None, None));
    assert_eq!(phone.ask("句").await, "段");
    assert!(phone.ask("列表").await.contains("01 词 = 答（停用）"));
    assert_eq!(phone.ask("on 1").await, "Enabled: rule 01.");
    assert_eq!(phone.ask("词").await, "答");
    assert!(phone.ask("开启 09").await.contains("没有规则 09"));
    assert_eq!(rules(&app, id).await.iter().filter(|r| r.is_enabled).count(), 2);
}

async fn a_follower_cannot_touch_the_rules_of_others(database: &Database) {
    let app = App::on(database).await;
    let (anna, id) = registered(&app, "oAnna", "anna").await;
    let (bert, _) = registered(&app, "oBert", "bert").await;
    anna.ask("添加 秘密=只给我").await;
    assert_eq!(bert.say("秘密").await, None);
    for asked in ["查看 01", "修改 01 秘密=被改了", "删除 01", "关闭 01"] {
        assert!(bert.ask(asked).await.contains("没有规则 01"), "{asked}");
    }
    assert!(bert.ask("列表").await.contains("还没有规则"));
    assert!(bert.ask("撤销").await.contains("没有可以撤销的修改"));
    let unregistered = app.phone("oUnregistered");
    for asked in ["列表", "添加 a=b", "删除 01", "开启", "撤销", "解绑"] {
        assert!(unregistered.ask(asked).await.contains("还没有账号"), "{asked}");
    }
    // A follower cannot answer another follower's question.
    anna.ask("删除 01").await;
    assert_eq!(bert.say("1").await, None);
    assert_eq!(rules(&app, id).await.len(), 1);
    // Neither can the asker once the account is disabled.
    let mut tx = app.ctx.store.begin().await.unwrap();
    weida::store::user::update_enabled(&mut tx, id, false, None, app.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(anna.say("1").await, None);
    assert!(anna.ask("添加 a=b").await.contains("已被停用"));
    assert_eq!(anna.say("秘密").await, None, "rules of a disabled account do not answer");
    assert_eq!(rules(&app, id).await.len(), 1);
}

async fn each_page_of_a_list_fits_one_message(database: &Database) {
    let app = App::on(database).await;
    let (phone, id) = registered(&app, "oHans", "hans").await;
    assert!(phone.ask("列表").await.contains("发送“添加 收到=回复”"));
    let editor = Editor { owner_id: id, actor_id: id, ..Editor::default() };
    let wide = |n: usize| Draft {
        is_enabled: n.is_multiple_of(2),
        ..Draft::of_text(
            weida::core::rule::TriggerKind::Keyword,
            &format!("{}{n}", "😀".repeat(50)),
            MatchType::Exact,
            &"😀".repeat(500),
        )
    };
    edit::add_many(&app.ctx, &editor, (0..31).map(wide).collect()).await.unwrap();
    for page in ["列表", "列表 2", "列表3"] {
        let list = phone.ask(page).await;
        assert!(list.len() <= 2048, "{} bytes", list.len());
        assert!(list.contains("共 31 条") && list.contains("/ 3 页"), "{list}");
    }
    assert!(phone.ask("列表").await.ends_with("看下一页：列表 2"));
    assert!(phone.ask("列表 3").await.lines().any(|l| l.starts_with("31 ")));
    assert_eq!(phone.ask("列表 4").await, "没有第 4 页，一共 3 页。");
    assert!(phone.ask("list 999999999").await.contains("There is no page"));
    assert!(phone.ask("查看 01").await.len() <= 2048);
    assert!(phone.ask("删除 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20").await.len() <= 2048);
}

async fn the_operator_names_the_commands(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    std::fs::write(&file, "[chat.commands]\nlist = [\"清单\", \"ls\"]\nundo = []\nunbind = []\n").unwrap();
    let app = App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &file).await;
    let (phone, _) = registered(&app, "oIda", "ida").await;
    assert!(phone.ask("清单").await.contains("还没有规则"));
    assert!(phone.ask("LS").await.contains("no rules"));
    for off in ["列表", "list", "撤销", "undo", "解绑"] {
        assert_eq!(phone.say(off).await, None, "{off}");
    }
    let help = phone.ask("帮助").await;
    assert!(help.contains("清单 — ") && help.contains("添加 — "), "{help}");
    assert!(!help.contains("撤销") && !help.contains("解绑"), "{help}");
    assert!(help.len() <= 2048 && phone.ask("help").await.len() <= 2048);
    phone.ask("添加 列表=我的").await;
    assert_eq!(phone.ask("列表").await, "我的");
    assert!(digits(&phone.ask("验证码").await).is_some());
}

async fn chat_and_web_see_each_others_changes(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (one, other) = (App::with(database, clock.clone(), &[]).await, App::with(database, clock, &[]).await);
    let (phone, id) = registered(&one, "oJana", "jana").await;
    phone.ask("添加 词=答").await;
    assert_eq!(rules(&other, id).await.len(), 1);
    let editor = Editor { owner_id: id, actor_id: id, ..Editor::default() };
    edit::add(&one.ctx, &editor, &says("字", "复")).await.unwrap();
    assert_eq!(phone.ask("字").await, "复");
    // The other instance sees the change within a second.
    let there = other.phone("oJana");
    let soon = std::time::Duration::from_secs(1);
    assert!(crate::rig::eventually(soon, async || there.say("词").await.is_some()).await);
}
