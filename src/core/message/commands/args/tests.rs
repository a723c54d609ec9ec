use super::*;

fn parsed(message: &str) -> Option<(Command, Args)> {
    Commands::default().read(message).map(|invocation| (invocation.command, invocation.args))
}

fn pair(number: Option<i64>, keyword: &str, reply: &str) -> Args {
    Args::Pair { number, keyword: keyword.to_owned(), reply: reply.to_owned() }
}

#[test]
fn a_keyword_and_its_reply_are_parted_at_the_first_separator() {
    for (typed, keyword, reply) in [
        ("添加 收到=回复", "收到", "回复"),
        ("添加　收到＝回复", "收到", "回复"),
        ("ADD hello : world", "hello", "world"),
        ("添加 收到：回复", "收到", "回复"),
        ("添加 公式=a=b：c", "公式", "a=b：c"),
        ("添加收到=回复", "收到", "回复"),
        ("添加 “a = b”：回复", "a = b", "回复"),
        ("添加 \"早 安\" = 好", "早 安", "好"),
        ("添加 '10:30'=开会", "10:30", "开会"),
        ("添加 12:30=午餐", "12:30", "午餐"),
        ("添加12：30＝午餐", "12：30", "午餐"),
        ("添加 12:30", "12", "30"),
        ("添加 https://a.cn=x", "https://a.cn", "x"),
        ("添加 网址:https://a.cn/?a=b", "网址", "https://a.cn/?a=b"),
        ("添加 「问：」=答", "问：", "答"),
        ("添加 'tis=so", "'tis", "so"),
        ("添加 “说”什么=不知道", "“说”什么", "不知道"),
        ("添加 收到=第一行\n第二行", "收到", "第一行\n第二行"),
        (
            "添加\n收到=<a href=\"https://a.example/?x=1\">这里</a> 😀",
            "收到",
            "<a href=\"https://a.example/?x=1\">这里</a> 😀",
        ),
        ("add x=“带引号”", "x", "“带引号”"),
    ] {
        assert_eq!(parsed(typed), Some((Command::Add, pair(None, keyword, reply))), "{typed}");
    }
}

#[test]
fn a_rule_is_named_by_its_number_in_any_width() {
    for typed in [
        "修改 03 收到=回复",
        "修改 3 收到=回复",
        "修改　０３　收到＝回复",
        "修改03 收到=回复",
        "edit 3 收到: 回复",
        "修改 003收到=回复",
    ] {
        assert_eq!(parsed(typed), Some((Command::Edit, pair(Some(3), "收到", "回复"))), "{typed}");
    }
    for (typed, command, numbers) in [
        ("列表 2", Command::List, vec![2]),
        ("列表2", Command::List, vec![2]),
        ("ＬＩＳＴ ２", Command::List, vec![2]),
        ("查看 03", Command::Show, vec![3]),
        ("查看003。", Command::Show, vec![3]),
        ("查看 03 05", Command::Show, vec![3, 5]),
        ("删除 03、05,7 3", Command::Delete, vec![3, 5, 7]),
        ("开启 12", Command::On, vec![12]),
        ("off 1 2", Command::Off, vec![1, 2]),
    ] {
        assert_eq!(parsed(typed), Some((command, Args::Numbers(numbers))), "{typed}");
    }
}

#[test]
fn alone_a_command_does_what_it_can() {
    for (typed, command) in
        [("列表", Command::List), ("开启", Command::On), ("撤销", Command::Undo), ("解绑", Command::Unbind)]
    {
        assert_eq!(parsed(typed), Some((command, Args::Plain)), "{typed}");
    }
    for (typed, command) in [
        ("添加", Command::Add),
        ("添加 收到", Command::Add),
        ("添加 =回复", Command::Add),
        ("添加 收到=", Command::Add),
        ("修改", Command::Edit),
        ("修改 03", Command::Edit),
        ("修改 03 收到", Command::Edit),
        ("查看", Command::Show),
        ("删除", Command::Delete),
    ] {
        assert_eq!(parsed(typed), Some((command, Args::Unclear)), "{typed}");
    }
}

#[test]
fn an_ordinary_sentence_is_no_command() {
    for sentence in [
        "列表很长",
        "列表 很长",
        "查看日程",
        "查看 日程",
        "查看 03 的天气",
        "添加剂有害吗",
        "添加微信：weida",
        "删除 一切",
        "删除键在哪里=?",
        "修改 密码=123",
        "修改一下",
        "开启新的一天",
        "关闭 窗户",
        "once upon a time",
        "on the way 3",
        "address=here",
        "add2cart",
        "editor=vim",
        "showtime",
        "offline",
        "listen 2",
        "帮助 我",
        "撤销 3",
        "我的 2",
        "1 2",
        "",
        "　",
    ] {
        assert_eq!(parsed(sentence), None, "{sentence}");
    }
}

#[test]
fn numbers_that_no_rule_has_are_no_numbers() {
    for typed in ["查看 -3", "查看 3.5", "查看 三", "列表 ½", "查看 99999999999999999999号"] {
        assert_eq!(parsed(typed), None, "{typed}");
    }
    // Digits only are a number, also if no rule has it.
    for (typed, command, number) in [
        ("查看 0", Command::Show, 0),
        ("查看 00", Command::Show, 0),
        ("查看 1234567890", Command::Show, 1_234_567_890),
        ("删除1234567890123456789", Command::Delete, 1_234_567_890_123_456_789),
        ("列表 9223372036854775806", Command::List, i64::MAX - 1),
        ("开启 00000000000000000000000000003", Command::On, 3),
    ] {
        assert_eq!(parsed(typed), Some((command, Args::Numbers(vec![number]))), "{typed}");
    }
    let nines = "9".repeat(400);
    for (typed, command, number) in [
        ("查看 9999999999999999999", Command::Show, "9999999999999999999"),
        ("查看９９９９９９９９９９９９９９９９９９９", Command::Show, "9999999999999999999"),
        ("列表 99999999999999999999", Command::List, "99999999999999999999"),
        ("删除 3 99999999999999999999", Command::Delete, "99999999999999999999"),
        ("开启 99999999999999999999", Command::On, "99999999999999999999"),
        ("关闭99999999999999999999", Command::Off, "99999999999999999999"),
        ("修改 99999999999999999999 收到=回复", Command::Edit, "99999999999999999999"),
        (&format!("show {nines}"), Command::Show, &format!("{}…", &nines[..24])),
    ] {
        assert_eq!(parsed(typed), Some((command, Args::TooLarge(vec![number.to_owned()]))), "{typed}");
    }
    assert_eq!(parsed("修改 99999999999999999999"), Some((Command::Edit, Args::Unclear)));
    let many = (1..=21).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    // Numbers only are not a sentence: too many of them get the syntax.
    for (typed, command) in [
        (format!("删除 {many}"), Command::Delete),
        ("查看 1 2 3 4 5 6".to_owned(), Command::Show),
        ("列表 1 2".to_owned(), Command::List),
    ] {
        assert_eq!(parsed(&typed), Some((command, Args::Unclear)), "{typed}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_typed_is_read_without_a_fault(message in "(添加|修改|查看|列表|add|edit|[ 　=：:＝\"“”'0-9０-９a-z收到😀\n]){0,24}") {
        if let Some((_, Args::Pair { keyword, reply, .. })) = parsed(&message) {
            proptest::prop_assert!(!keyword.trim().is_empty() && !reply.trim().is_empty());
            proptest::prop_assert!(message.contains(&reply) && message.contains(&keyword));
        }
    }
}
