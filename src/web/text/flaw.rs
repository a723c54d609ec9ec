//! What is wrong with a field, and what to do about it.

use super::fill;
use crate::core::{
    Flaw, Problem,
    reply::edit::{KEYWORD_MAX_CHARS, MOST_KEYWORDS, MOST_RULES},
};
use crate::text::Lang;

crate::texts! {
    /// Flaws of fields.
    pub struct Flaws {
        empty: "请填写{field}" / "Please fill in {field}",
        too_short: "{field}至少 {n} 个字" / "{field} needs at least {n} characters",
        too_long: "{field}最多 {n} 个字" / "{field} may have at most {n} characters",
        too_many_bytes: "{field}最多 {n} 字节，大约 {chars} 个汉字" / "{field} may have at most {n} bytes, about {chars} Chinese characters",
        malformed: "{field}的格式不对" / "{field} does not look right",
        too_common: "密码太常见，换一个别人猜不到的" / "This password is too common. Choose one that nobody guesses",
        taken: "{field}已经有人用了，换一个" / "{field} is taken. Choose another one",
        wrong: "{field}不对" / "{field} is wrong",

        username_form: "用户名只能有文字、数字和 _ - .，不能全是数字" / "A username has letters, digits and _ - . only, and not digits alone",
        nickname_form: "昵称里有看不见的字符，请删掉" / "The nickname has invisible characters. Please remove them",
        email_form: "邮箱的格式不对，应当像 name@example.com" / "This is no e-mail address. It should look like name@example.com",
        phone_form: "手机号的格式不对，只写数字，前面可以有 +" / "This is no phone number. Digits only, perhaps with a + in front",
        code_form: "请填写公众号发给你的数字" / "Please type the digits that the account sent you",
        text_form: "回复内容里有看不见的控制字符，请删掉" / "The reply has control characters. Please remove them",
        keyword_form: "有一个关键词不能用：不能只有标点或看不见的字符，正则表达式要写对" / "One keyword cannot be used: not punctuation or invisible characters alone, and a regular expression must be valid",
        keyword_long: "一个关键词最多 {n} 个字" / "A keyword may have at most {n} characters",
        keyword_many: "一条规则最多 {n} 个关键词" / "A rule may have at most {n} keywords",
        rule_many: "最多 {n} 条规则，请先删掉不用的" / "There may be at most {n} rules. Delete some first",
        keyword_taken: "其中一个关键词已经在别的规则里了" / "Another rule has one of these keywords already",
        cause_taken: "这种规则只能有一条，请修改已有的那条" / "There can be one such rule only. Edit the one there is",
        confirm_wrong: "和你的用户名或编号不一致" / "This is neither your username nor your id",

        f_username: "用户名" / "The username",
        f_password: "密码" / "The password",
        f_new_password: "新密码" / "The new password",
        f_old_password: "旧密码" / "The old password",
        f_code: "验证码" / "The code",
        f_nickname: "昵称" / "The nickname",
        f_email: "邮箱" / "The e-mail address",
        f_phone: "手机号" / "The phone number",
        f_keywords: "关键词" / "The keywords",
        f_text: "回复内容" / "The reply",
        f_other: "这一项" / "This field",
    }
}

/// What is wrong with a field, and what to do about it.
pub fn told(lang: Lang, flaw: &Flaw) -> String {
    let t = Flaws::of(lang);
    let name = name_of(t, flaw.field);
    let say = |template: &str, n: usize| {
        fill(template, &[("field", name), ("n", &n.to_string()), ("chars", &(n / 3).to_string())])
    };
    match flaw.problem {
        Problem::Empty => say(t.empty, 0),
        Problem::TooShort(n) => say(t.too_short, n),
        Problem::TooLong(n) => say(too_long(t, flaw.field, n), n),
        Problem::TooManyBytes(n) => say(t.too_many_bytes, n),
        Problem::Malformed => say(malformed(t, flaw.field), 0),
        Problem::TooCommon => t.too_common.to_owned(),
        Problem::Taken => say(taken(t, flaw.field), 0),
        Problem::Wrong => say(if flaw.field == "confirm" { t.confirm_wrong } else { t.wrong }, 0),
    }
}

fn name_of(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "username" => t.f_username,
        "password" => t.f_password,
        "new_password" => t.f_new_password,
        "old_password" => t.f_old_password,
        "code" => t.f_code,
        "nickname" => t.f_nickname,
        "email" => t.f_email,
        "phone" => t.f_phone,
        "keywords" => t.f_keywords,
        "text" => t.f_text,
        _ => t.f_other,
    }
}

/// A rule's keywords can be too long in three ways, told apart by their limits.
fn too_long(t: &'static Flaws, field: &str, n: usize) -> &'static str {
    match (field, n) {
        ("keywords", MOST_RULES) => t.rule_many,
        ("keywords", MOST_KEYWORDS) => t.keyword_many,
        ("keywords", KEYWORD_MAX_CHARS) => t.keyword_long,
        _ => t.too_long,
    }
}

fn malformed(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "username" => t.username_form,
        "nickname" => t.nickname_form,
        "email" => t.email_form,
        "phone" => t.phone_form,
        "code" => t.code_form,
        "text" => t.text_form,
        "keywords" => t.keyword_form,
        _ => t.malformed,
    }
}

fn taken(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "keywords" => t.keyword_taken,
        "cause" => t.cause_taken,
        _ => t.taken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(field: &'static str, problem: Problem) -> String {
        told(Lang::Zh, &Flaw { field, problem })
    }

    #[test]
    fn a_flaw_says_what_the_field_wants() {
        assert_eq!(at("username", Problem::TooShort(2)), "用户名至少 2 个字");
        assert_eq!(at("new_password", Problem::TooCommon), "密码太常见，换一个别人猜不到的");
        assert_eq!(at("text", Problem::TooManyBytes(2048)), "回复内容最多 2048 字节，大约 682 个汉字");
        assert_eq!(at("username", Problem::Taken), "用户名已经有人用了，换一个");
    }

    #[test]
    fn a_rules_keywords_are_too_long_in_three_ways() {
        assert_eq!(at("keywords", Problem::TooLong(MOST_KEYWORDS)), "一条规则最多 20 个关键词");
        assert_eq!(at("keywords", Problem::TooLong(KEYWORD_MAX_CHARS)), "一个关键词最多 60 个字");
        assert_eq!(at("keywords", Problem::TooLong(MOST_RULES)), "最多 1000 条规则，请先删掉不用的");
    }
}
