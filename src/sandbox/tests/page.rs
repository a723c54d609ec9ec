//! What the page of the sandbox shows: a user from the start, open codes by their names, silence with its reason, the menu.

use super::*;
use crate::core::signin::{
    Purpose,
    begin::{self, Asker},
};

fn asker(browser_label: &str) -> Asker {
    Asker { browser_label: browser_label.to_owned(), address: "198.51.100.7".parse().unwrap(), next_path: None }
}

fn openid(program: &Program) -> String {
    program.phone.as_ref().unwrap().platform.people()[0].openid.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_is_there_from_the_start_and_only_one() {
    let program = Program::start(&[]).await;
    let page = program.page("/sandbox").await;
    assert!(page.contains("演示用户") && page.contains("关注公众号"), "{page}");
    assert_eq!(program.phone.as_ref().unwrap().platform.people().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_codes_are_named_and_used_ones_are_gone() {
    let program = Program::start(&[]).await;
    let ctx = &program.state.ctx();
    begin::register(ctx, "小红", "correct horse", asker("Safari · iPhone")).await.unwrap();
    begin::login(ctx, Purpose::Login, asker("Chrome · Windows 10")).await.unwrap();
    let shown = program.page("/sandbox").await;
    let names = ["注册 · 小红 · Safari · iPhone", "登录 · Chrome · Windows 10"];
    for name in names {
        assert!(shown.contains(&format!("aria-label=\"关注并扫描：{name}\"")), "{name}: {shown}");
    }
    // The newest first.
    assert!(shown.find(names[1]) < shown.find(names[0]));
    let code = |at: usize| {
        let (_, rest) = shown.split_once(&format!(" {}", names[at])).or_else(|| shown.split_once(names[at])).unwrap();
        rest.split("name=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let person = openid(&program);
    program.press("scan", &[("person", &person), ("code", &code(0)), ("follow", "1")]).await;
    let after = program.page("/sandbox").await;
    assert!(!after.contains(names[0]) && after.contains(names[1]), "{after}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_has_a_reason_and_the_menu_is_what_rules_answer() {
    let program = Program::start(&[]).await;
    let person = openid(&program);
    let press = async |path: &str, name: &str, value: &str| {
        program.press(path, &[("person", person.as_str()), (name, value)]).await;
        program.page("/sandbox").await
    };
    assert!(press("follow", "", "").await.contains("感谢关注"));
    assert!(press("say", "text", "在吗").await.contains("（没有回复）没有匹配的规则，也没有默认回复"));
    assert!(press("send", "kind", "sticker").await.contains("（没有回复）没有规则回答这类消息"));
    let page = press("click", "key", "V1001").await;
    assert!(page.contains("（没有回复）没有规则回答这个菜单") && page.contains("还没有菜单规则"), "{page}");
    let draft = Draft {
        name: "今日推荐".to_owned(),
        ..Draft::of_text(TriggerKind::Menu, "V1001", MatchType::Exact, "豆芽书店的新书")
    };
    edit::add(&program.state.ctx(), &Editor::default(), &draft).await.unwrap();
    let page = program.page("/sandbox").await;
    assert!(page.contains("<button name=\"key\" value=\"V1001\">今日推荐<"), "{page}");
    assert!(press("click", "key", "V1001").await.contains("豆芽书店的新书"));
}
