//! The phone of the home page: the reply engine answers visitors, with the account's rules that the operator shows there, or with
//! examples about signing in while there are none. Nothing is logged or counted, and nothing of other rules is said.

use super::{
    decide::{self, Input},
    split,
};
use crate::{
    core::{
        CoreError, OfficialCtx,
        rule::{self, ACCOUNT, Content, Keyword, MatchType, Rule, TriggerKind, rule_set::RuleSet},
    },
    text::{Lang, cut},
    texts,
};
use std::sync::{Arc, OnceLock};

/// The most characters of a question.
pub const QUESTION_MAX_CHARS: usize = 60;
/// The most questions that are suggested.
const SUGGESTED: usize = 6;

texts! {
    /// The examples: a question to suggest, the keywords, one per line, and the answer.
    pub struct Examples {
        register: "怎么注册" / "How do I sign up?",
        register_words: "注册\n开户\n手机号" / "sign up\nregister\nphone number",
        register_answer: "微信扫网页上的二维码，点「关注」，再点一下确认，账号就有了。"
            / "Scan the QR code on the page with WeChat, tap Follow, then confirm. That is your account.",
        sign_in: "怎么登录" / "How do I sign in?",
        sign_in_words: "登录\n登陆\n扫码\n扫不了" / "sign in\nlog in\nlogin\nscan",
        sign_in_answer: "网页上有二维码，微信扫一下，在聊天里点「是我，登录」。扫不了？把网页上的数字发给我也行。"
            / "Scan the QR code on the page and confirm in the chat. Can’t scan? Send me the digits on the page instead.",
        own: "能设自己的回复吗" / "Can I add my own replies?",
        own_words: "回复\n关键词\n规则" / "repl\nkeyword\nrule",
        own_answer: "能。登录后写一条：收到「Wi-Fi」，就回密码。以后你发 Wi-Fi，我就答你，别人看不到。"
            / "Yes. Sign in and write one: for “wifi”, answer with the password. From then on I answer you, and no one else sees it.",
        password: "忘了密码怎么办" / "I forgot my password",
        password_words: "密码\n改密\n忘了" / "password\nforgot",
        password_answer: "在微信里给我发「改密」，我回你一个验证码，填到网页上就能设新密码。"
            / "Send me “password” in WeChat. I reply with a code; enter it on the page and set a new one.",
        data: "我的数据安全吗" / "Is my data safe?",
        data_words: "数据\n隐私\n安全\n注销\n删除" / "data\nprivacy\nsafe\ndelete",
        data_answer: "每次登录都要你在微信里点头，登录过的浏览器随时能退。数据能下载，账号能注销。"
            / "Every sign-in needs your OK in WeChat, and you can sign any browser out. Download your data or delete your account at any time.",
        hello_words: "你好\n在吗\nhi\nhello" / "hi\nhello\nhey",
        hello_answer: "在的，请说。" / "Hello! How can I help?",
    }
}

/// What the account answers a visitor's question; empty if none of the shown rules does.
///
/// # Errors
/// The database cannot be reached.
pub async fn answer(ctx: &OfficialCtx, lang: Lang, question: &str) -> Result<Vec<Content>, CoreError> {
    let input = Input::Text(cut::chars(question, QUESTION_MAX_CHARS).to_owned());
    let (on, folded) = input.folded();
    let rule_set = shown(ctx, lang).await?;
    let is_own = !rule_set.is_examples;
    let hit = rule_set.rules.answer(on, &folded).filter(|hit| !is_own || hit.rule.is_on_home);
    let Some(hit) = hit else { return Ok(Vec::new()) };
    let contents = decide::contents_of(ctx, &hit, None, &input);
    Ok(split::pieces(&decide::pick(ctx, hit.rule, contents)))
}

/// Questions to suggest: the first keyword of each shown rule that a whole message may be, the most important first.
///
/// # Errors
/// The database cannot be reached.
pub async fn suggested(ctx: &OfficialCtx, lang: Lang) -> Result<Vec<String>, CoreError> {
    let rule_set = shown(ctx, lang).await?;
    if rule_set.is_examples {
        let t = Examples::of(lang);
        return Ok([t.register, t.sign_in, t.own, t.password, t.data].map(str::to_owned).to_vec());
    }
    let shown = rule_set.rules.rules().iter().filter(|rule| can_be_asked(rule));
    let question =
        |rule: &Arc<Rule>| rule.keywords.iter().find(|k| k.matching != MatchType::Regex).map(|k| k.text.clone());
    Ok(shown.filter_map(question).take(SUGGESTED).collect())
}

struct Shown {
    rules: Arc<RuleSet>,
    is_examples: bool,
}

/// The account's rules if some are shown on the home page, else the examples. All rules take part in the match: a rule that is not
/// shown and would answer in the chat leaves the question unanswered here.
async fn shown(ctx: &OfficialCtx, lang: Lang) -> Result<Shown, CoreError> {
    let rules = rule::cache::load(ctx, ACCOUNT).await?;
    if rules.rules().iter().any(|rule| can_be_asked(rule)) {
        return Ok(Shown { rules, is_examples: false });
    }
    Ok(Shown { rules: examples(lang), is_examples: true })
}

fn can_be_asked(rule: &Rule) -> bool {
    rule.is_on_home && rule.cause == TriggerKind::Keyword
}

fn examples(lang: Lang) -> Arc<RuleSet> {
    static BUILT: [OnceLock<Arc<RuleSet>>; 2] = [OnceLock::new(), OnceLock::new()];
    let [zh, en] = &BUILT;
    let built = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let rule_set = || {
        let t = Examples::of(lang);
        let examples = [
            (MatchType::Contains, t.register_words, t.register_answer),
            (MatchType::Contains, t.own_words, t.own_answer),
            (MatchType::Contains, t.password_words, t.password_answer),
            (MatchType::Contains, t.data_words, t.data_answer),
            (MatchType::Contains, t.sign_in_words, t.sign_in_answer),
            (MatchType::Exact, t.hello_words, t.hello_answer),
        ];
        let rules = examples.into_iter().zip(1..);
        Arc::new(RuleSet::new(rules.map(|((how, words, text), id)| example(id, how, words, text)).collect()))
    };
    Arc::clone(built.get_or_init(rule_set))
}

fn example(id: i64, matching: MatchType, words: &str, text: &str) -> Rule {
    Rule {
        id,
        number: id,
        name: String::new(),
        cause: TriggerKind::Keyword,
        keywords: Keyword::lines(words, matching),
        contents: vec![Content::text(text)],
        answer: rule::AnswerMode::All,
        priority: -id,
        is_enabled: true,
        hits: 0,
        last_hit_at: None,
        created_at: 0,
        updated_at: 0,
        updated_by: None,
        updated_door: rule::Source::Web,
        is_on_home: true,
        revision: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folded;

    #[test]
    fn each_suggested_example_is_answered_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            let (t, rules) = (Examples::of(lang), examples(lang));
            for (question, answer) in [
                (t.register, t.register_answer),
                (t.sign_in, t.sign_in_answer),
                (t.own, t.own_answer),
                (t.password, t.password_answer),
                (t.data, t.data_answer),
            ] {
                let folded = Folded::new(question);
                let hit = rules.answer(rule::rule_set::Occasion::Said, &folded).expect(question);
                assert_eq!(hit.rule.text(), answer, "{question}");
            }
        }
    }
}
