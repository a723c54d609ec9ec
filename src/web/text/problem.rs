//! What people are told when something was not done: every refusal of the domain, in words that help.

use super::fill;
use crate::{
    core::{
        CoreError, Flaw, Problem,
        reply::edit::{KEYWORD_MAX_CHARS, MOST_KEYWORDS, MOST_RULES},
    },
    web::{lang::Lang, part::Tone},
};

crate::texts! {
    /// Refusals.
    pub struct Problems {
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
        cut: "内容太长，只保留了开头的部分" / "That was too long to keep: only its beginning is left",
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

        invalid: "有几处需要修改" / "Some fields need a change",
        wrong_credentials: "用户名或密码不对" / "Wrong username or password",
        wrong_code: "验证码不对、已过期或已用过" / "The code is wrong, has expired, or was used",
        session_over: "这次操作已过期或已失效，请重新开始" / "This has expired or is over. Please start again",
        already_registered: "这个微信已经有账号了，请用微信登录" / "This WeChat has an account already. Sign in with WeChat",
        already_bound: "没有绑定：这个微信或这个账号已经绑定过了" / "Not linked: this WeChat or this account is linked already",
        disabled: "这个账号已被停用，请联系管理员" / "This account is disabled. Please ask the administrator",
        not_signed_in: "请先登录" / "Please sign in first",
        forbidden: "你没有权限这样做" / "You may not do this",
        not_found: "它已经不在了，可能刚刚被删除" / "It is not there any more; perhaps it was just deleted",
        conflict: "没有保存：内容刚刚在别处改过。你的修改还在下面，核对后再保存一次" / "Not saved: it was just changed elsewhere. What you typed is still below; check it and save again",
        too_many: "操作太频繁，请 {n} 秒后再试" / "Too many tries. Please try again in {n} seconds",
        collided: "刚好有人同时操作，请再试一次" / "Somebody did the same at this moment. Please try again",
        busy: "现在人太多，请过几秒再试" / "We are busy just now. Please try again in a few seconds",
        unavailable: "暂时无法保存或读取，请稍后再试" / "Nothing can be saved or read just now. Please try again later",
        fault: "服务出错了，没有保存任何东西。请稍后再试" / "Something went wrong here, and nothing was saved. Please try again later",
    }
}

/// What is wrong with a field, and what to do about it.
pub fn flaw(lang: Lang, flaw: &Flaw) -> String {
    let t = Problems::of(lang);
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

/// A line about what was not done.
pub fn line(lang: Lang, error: &CoreError) -> (Tone, String) {
    let t = Problems::of(lang);
    let (tone, text) = match error {
        CoreError::Invalid(_) => (Tone::Danger, t.invalid),
        CoreError::WrongCredentials => (Tone::Danger, t.wrong_credentials),
        CoreError::WrongCode => (Tone::Danger, t.wrong_code),
        CoreError::SessionOver => (Tone::Warning, t.session_over),
        CoreError::AlreadyRegistered => (Tone::Warning, t.already_registered),
        CoreError::AlreadyBound => (Tone::Warning, t.already_bound),
        CoreError::Disabled => (Tone::Danger, t.disabled),
        CoreError::NotSignedIn => (Tone::Info, t.not_signed_in),
        CoreError::Forbidden => (Tone::Danger, t.forbidden),
        CoreError::NotFound => (Tone::Warning, t.not_found),
        CoreError::Conflict => (Tone::Warning, t.conflict),
        CoreError::TooMany(secs) => return (Tone::Warning, fill(t.too_many, &[("n", &secs.to_string())])),
        CoreError::Collided => (Tone::Warning, t.collided),
        CoreError::Busy => (Tone::Warning, t.busy),
        CoreError::Unavailable => (Tone::Danger, t.unavailable),
        CoreError::Fault(_) => (Tone::Danger, t.fault),
    };
    (tone, text.to_owned())
}

fn name_of(t: &'static Problems, field: &str) -> &'static str {
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
fn too_long(t: &'static Problems, field: &str, n: usize) -> &'static str {
    match (field, n) {
        ("keywords", MOST_RULES) => t.rule_many,
        ("keywords", MOST_KEYWORDS) => t.keyword_many,
        ("keywords", KEYWORD_MAX_CHARS) => t.keyword_long,
        _ => t.too_long,
    }
}

fn malformed(t: &'static Problems, field: &str) -> &'static str {
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

fn taken(t: &'static Problems, field: &str) -> &'static str {
    match field {
        "keywords" => t.keyword_taken,
        "cause" => t.cause_taken,
        _ => t.taken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(field: &'static str, problem: Problem) -> String {
        flaw(Lang::Zh, &Flaw { field, problem })
    }

    #[test]
    fn a_flaw_says_what_the_field_wants() {
        assert_eq!(told("username", Problem::TooShort(2)), "用户名至少 2 个字");
        assert_eq!(told("new_password", Problem::TooCommon), "密码太常见，换一个别人猜不到的");
        assert_eq!(told("text", Problem::TooManyBytes(2048)), "回复内容最多 2048 字节，大约 682 个汉字");
        assert_eq!(told("username", Problem::Taken), "用户名已经有人用了，换一个");
    }

    #[test]
    fn a_rules_keywords_are_too_long_in_three_ways() {
        assert_eq!(told("keywords", Problem::TooLong(MOST_KEYWORDS)), "一条规则最多 20 个关键词");
        assert_eq!(told("keywords", Problem::TooLong(KEYWORD_MAX_CHARS)), "一个关键词最多 60 个字");
        assert_eq!(told("keywords", Problem::TooLong(MOST_RULES)), "最多 1000 条规则，请先删掉不用的");
    }

    #[test]
    fn nothing_of_a_fault_is_told_but_that_it_was_one() {
        let (tone, text) = line(Lang::En, &CoreError::Fault("password=hunter2".to_owned()));
        assert_eq!(tone, Tone::Danger);
        assert!(!text.contains("hunter2"));
        assert_eq!(line(Lang::Zh, &CoreError::TooMany(7)).1, "操作太频繁，请 7 秒后再试");
    }
}
