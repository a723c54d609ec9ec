//! Every stored word has a text in both languages.

use super::{Stored, audit_detail, message_kind, rule_label};
use crate::{
    core::{
        account::{LEVELS, Role},
        audit::Act,
        credit,
        message::{AnsweredBy, trace::Fate},
        rule::{AnswerMode, MatchType, Source, TriggerKind, content::KINDS, history::Action},
    },
    text::Lang,
    web::text::{
        Common,
        replies::{Replies, bench::Bench, history::History, message::Messages},
    },
};

fn is_han(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// A stored word with its Chinese and its English text.
type Named = (&'static str, String, String);

fn named(word: &'static str, say: impl Fn(Lang) -> String) -> Named {
    (word, say(Lang::Zh), say(Lang::En))
}

fn every_word() -> Vec<(&'static str, Vec<Named>)> {
    let replies = |lang| Replies::of(lang);
    vec![
        ("level", LEVELS.map(|w| named(w, |l| Common::of(l).level_name(w).to_owned())).to_vec()),
        ("role", [Role::User, Role::Admin].map(|w| named(w.as_str(), |l| Stored::of(l).role(w).to_owned())).to_vec()),
        ("act", Act::ALL.map(|w| named(w.as_str(), |l| Stored::of(l).act(w.as_str()).to_owned())).to_vec()),
        ("credit", credit::Kind::ALL.map(|w| named(w.as_str(), |l| Stored::of(l).credit(w.as_str(), ""))).to_vec()),
        ("change", Action::ALL.map(|w| named(w.as_str(), |l| History::of(l).action(w).to_owned())).to_vec()),
        ("source", Source::ALL.map(|w| named(w.as_str(), |l| replies(l).door(w).to_owned())).to_vec()),
        ("trigger", TriggerKind::ALL.map(|w| named(w.as_str(), |l| replies(l).cause(w).to_owned())).to_vec()),
        ("match", MatchType::ALL.map(|w| named(w.as_str(), |l| replies(l).matching(w).to_owned())).to_vec()),
        (
            "mode",
            [AnswerMode::All, AnswerMode::Random]
                .map(|w| named(w.as_str(), |l| replies(l).answer(w).to_owned()))
                .to_vec(),
        ),
        (
            "answered by",
            AnsweredBy::ALL.map(|w| named(w.as_str(), |l| Messages::of(l).answered_by(w).to_owned())).to_vec(),
        ),
        ("kind", KINDS.map(|w| named(w, |l| message_kind(l, w).to_owned())).to_vec()),
        (
            "event",
            ["subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION"]
                .map(|w| named(w, |l| message_kind(l, w).to_owned()))
                .to_vec(),
        ),
        (
            "app",
            ["official_account", "mini_program", "web"].map(|w| named(w, |l| Stored::of(l).app(w).to_owned())).to_vec(),
        ),
        ("fate", Fate::ALL.map(|w| named("", |l| Bench::of(l).fate(w).to_owned())).to_vec()),
    ]
}

#[test]
fn every_stored_word_has_its_own_text_in_both_languages() {
    for (kind, words) in every_word() {
        for (word, zh, en) in &words {
            assert!(is_han(zh) && !is_han(en) && !en.is_empty(), "{kind} {word}: {zh} / {en}");
            // Chinese has no part of the stored word; `VIP` is a name in both.
            assert!(word.is_empty() || !zh.contains(word), "{kind} {word}: {zh}");
        }
        for texts in [words.iter().map(|word| &word.1).collect::<Vec<_>>(), words.iter().map(|word| &word.2).collect()]
        {
            let distinct: std::collections::BTreeSet<_> = texts.iter().collect();
            assert_eq!(distinct.len(), texts.len(), "{kind}: two words have one text: {texts:?}");
        }
    }
}

#[test]
fn an_unknown_word_has_a_general_text() {
    assert_eq!(message_kind(Lang::Zh, "TEMPLATESENDJOBFINISH"), "其他事件");
    assert_eq!(message_kind(Lang::Zh, "scancode_waitmsg"), "菜单操作");
    assert_eq!(message_kind(Lang::En, "hologram"), "Other message");
    assert_eq!(Stored::of(Lang::Zh).act("user.teleport"), "其他操作");
    assert_eq!(Stored::of(Lang::Zh).credit("spend", "image_edit"), "使用 · 图片编辑");
    assert_eq!(Stored::of(Lang::Zh).credit("adjust", "活动奖励"), "调整 · 活动奖励");
    assert_eq!(Stored::of(Lang::En).credit("grant", credit::WELCOME), "Following the account");
}

#[test]
fn the_details_of_the_log_are_translated() {
    for (act, stored, zh) in [
        (Act::Level, "normal → vip", "普通用户 → VIP 用户"),
        (
            Act::Level,
            "normal → vip until 1757606400000: code …AB2C",
            "普通用户 → VIP 用户，到 2025-09-11，兑换码 …AB2C",
        ),
        (Act::LevelEnd, "vip → normal", "VIP 用户 → 普通用户"),
        (Act::BatchCreate, "100 × 1: +50, vip 30", "100 个，每个 1 次：+50 积分、VIP 用户 30 天"),
        (Act::Role, "user → admin", "普通用户 → 管理员"),
        (Act::Disable, "enabled → disabled: 广告 → 刷屏", "广告 → 刷屏"),
        (Act::Enable, "disabled → enabled", ""),
        (Act::SignOut, "3 → 0", "3 个浏览器"),
        (Act::Profile, "phone: - → 1…0; nickname: 小…微 → 微", "手机号：空 → 1…0；昵称：小…微 → 微"),
        (Act::Password, "removed", "移除了别人设置的密码"),
        (Act::Credits, "+50 = 150: 活动: 奖励", "+50，现有 150；活动: 奖励"),
        (Act::Clear, "12 → 0", "12 位用户"),
        (Act::CodesSlowed, "60 / min", "每分钟 60 次"),
        (
            Act::Unite,
            "user/1003; level: normal → vip; role: user + admin; rules: 4",
            "并入用户 1003；等级 普通用户 → VIP 用户；角色 普通用户 + 管理员；规则 4 条",
        ),
        // A form of a later version is shown as it is.
        (Act::Level, "vip until 2027", "vip until 2027"),
    ] {
        assert_eq!(audit_detail(Lang::Zh, act.as_str(), stored), zh, "{stored}");
        assert!(!is_han(&audit_detail(Lang::En, act.as_str(), "normal → vip")));
    }
}

#[test]
fn a_rule_without_a_keyword_is_named_by_what_it_answers() {
    let labels = ["价格", "[image]", "[follow]", "[default]", "[x]"].map(|label| rule_label(Lang::Zh, label));
    assert_eq!(labels, ["价格", "图片", "被关注回复", "收到消息回复", "[x]"]);
}
