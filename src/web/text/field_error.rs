//! Error texts of form fields.

use super::{Common, fill};
use crate::core::{
    FieldError, Problem,
    account::ProfileColumn,
    rule::draft::{KEYWORD_MAX_CHARS, REGEX_MAX_CHARS},
};
use crate::text::Lang;

crate::texts! {
    /// Errors of fields.
    pub struct Flaws {
        admin_password_empty: "这个人还没有用户名和密码，不能成为管理员：公众号用的是明文模式，管理员只能用密码登录。请先让对方在个人中心设置用户名和密码，或在公众平台改用安全模式并设置 WECHAT_AES_KEY。" / "This user has no username and password yet, so they can’t be an admin: the account receives messages in plain mode, where admins sign in with a password only. Have them set both first, or switch the account to encrypted mode and set WECHAT_AES_KEY.",
        empty: "请填写{field}" / "Please fill in {field}",
        too_short: "{field}至少 {n} 个字" / "{field} needs at least {n} characters",
        too_long: "{field}最多 {n} 个字" / "{field} can have at most {n} characters",
        too_many_bytes: "{field}最多 {n} 字节，大约 {chars} 个汉字" / "{field} can have at most {n} bytes, about {chars} Chinese characters",
        malformed: "{field}的格式不对" / "{field} has an invalid format",
        too_common: "密码太常见，换一个别人猜不到的" / "This password is too common. Choose one that is hard to guess",
        taken: "{field}已经有人用了，换一个" / "{field} is taken. Choose another one",
        wrong: "{field}不对" / "{field} is wrong",

        username_form: "用户名只能有文字、数字和 _ - .，不能全是数字" / "A username can only have letters, digits and _ - . and cannot be digits alone",
        invisible: "{field}里有看不见的字符，请删掉" / "{field} contains invisible characters. Please remove them",
        email_form: "邮箱的格式不对，应当像 name@example.com" / "Enter a valid email address, like name@example.com",
        phone_form: "手机号的格式不对，只写数字，前面可以有 +" / "Enter a valid phone number: digits only, optionally with a leading +",
        code_form: "请填写公众号发给你的数字" / "Enter the digits that the account sent you",
        text_form: "回复内容里有看不见的控制字符，请删掉" / "The reply contains control characters. Please remove them",
        too_many: "{field}最多 {n} 个" / "{field}: at most {n}",
        out_of_range: "{field}要在 {n} 到 {m} 之间" / "{field} must be between {n} and {m}",
        bad_pattern: "有一个正则表达式写错了，或者太复杂" / "A regular expression is invalid or too complex",
        url_form: "{field}要以 http:// 或 https:// 开头" / "{field} must start with http:// or https://",
        media_form: "{field}只能是公众平台的 media_id 或已上传的文件" / "{field} must be a platform media_id or an uploaded file",
        news_many: "一次只能回复 {n} 篇图文；想放几篇，请选“随机回复一条”" / "A reply can show only {n} article. For several, choose “Reply with one at random”",
        command_words_form: "命令的词要有 1 到 20 个字，不能是数字，也不能和别的命令重复" / "A command’s word has 1 to 20 characters, is not a number, and belongs to no other command",
        day_form: "{field}要写成 2026-11-30 这样，而且还没有过去" / "{field} must be a day like 2026-11-30 that is not over",
        appid_form: "AppID 以 wx 开头，只有字母和数字" / "An AppID begins with wx and has only letters and digits",
        push_token_form: "Token 要有 3 到 32 个字母或数字" / "A token has 3 to 32 letters and digits",
        aes_key_form: "EncodingAESKey 要有 43 个字母或数字" / "An EncodingAESKey has 43 letters and digits",
        own_password_empty: "先在个人中心给自己设一个密码：沙箱停用后不能再扫码登录" / "Set a password for yourself on the account page first: without the sandbox you could no longer sign in by scanning",
        nothing_given: "积分和等级至少填一样" / "Give credits or a level, or both",
        keyword_form: "有一个关键词不能用：不能只有标点或看不见的字符" / "A keyword cannot be only punctuation or invisible characters",
        keyword_long: "一个关键词最多 {n} 个字" / "A keyword can have at most {n} characters",
        keyword_many: "一条规则最多 {n} 个关键词" / "A rule can have at most {n} keywords",
        rule_many: "最多 {n} 条规则，请先删掉不用的" / "You can have at most {n} rules. Delete some first",
        keyword_taken: "其中一个关键词已经在别的规则里了" / "Another rule already has one of these keywords",
        cause_taken: "这种规则只能有一条，请修改已有的那条" / "Only one rule of this kind is allowed. Edit the existing one",
        amount_form: "填大于 0 的整数，最多 10 亿" / "Enter a whole number above 0, up to one billion",
        amount_wrong: "积分不够扣，最多扣到 0" / "Not enough credits to deduct",
        confirm_user_wrong: "和这个用户的用户名或编号不一致" / "This does not match the user’s username or ID",
        confirm_wrong: "和你的用户名或编号不一致" / "This does not match your username or ID",

        f_username: "用户名" / "The username",
        f_password: "密码" / "The password",
        f_new_password: "新密码" / "The new password",
        f_old_password: "旧密码" / "The old password",
        f_code: "验证码" / "The code",
        f_nickname: "昵称" / "The nickname",
        f_email: "邮箱" / "The email address",
        f_phone: "手机号" / "The phone number",
        f_keywords: "关键词" / "The keywords",
        f_text: "回复内容" / "The reply",
        f_name: "规则名称" / "The rule’s name",
        f_priority: "优先级" / "The priority",
        f_contents: "回复内容" / "Contents",
        f_rules: "规则" / "Rules",
        f_long_texts: "长回复" / "Long replies",
        f_expressions: "正则表达式" / "Regular expressions",
        f_media: "素材" / "The media",
        f_title: "标题" / "The title",
        f_description: "描述" / "The description",
        f_url: "链接" / "The link",
        f_hq_url: "高品质链接" / "The high-quality link",
        f_thumb: "缩略图" / "The thumbnail",
        f_picture_url: "封面图链接" / "The picture’s link",
        f_real_name: "姓名" / "The name",
        f_amount: "数量" / "The amount",
        f_reason: "原因" / "The reason",
        f_disable_reason: "停用原因" / "The reason",
        f_level_until: "到期日期" / "The last day",
        f_credits: "积分" / "The credits",
        f_level_days: "等级的天数" / "The days of the level",
        f_codes: "兑换码的数量" / "The number of codes",
        f_uses: "每个可以用的次数" / "The uses of each code",
        f_valid_from: "开始日期" / "The first day",
        f_valid_to: "结束日期" / "The last day",
        f_note: "备注" / "The note",
        f_appid: "AppID" / "The AppID",
        f_app_secret: "AppSecret" / "The AppSecret",
        f_account_name: "名称" / "The name",
        f_account_qr: "二维码的内容" / "The content of the QR code",
        f_other: "这一项" / "This field",
    }
}

/// The error text: what is wrong and how to fix it.
pub fn message(lang: Lang, flaw: &FieldError) -> String {
    let t = Flaws::of(lang);
    let field = base(flaw.field);
    let name = name_of(lang, t, field);
    let say = |template: &str, n: usize| {
        fill(template, &[("field", name), ("n", &n.to_string()), ("chars", &(n / 3).to_string())])
    };
    match flaw.problem {
        Problem::Empty if field == "admin_password" => t.admin_password_empty.to_owned(),
        Problem::Empty if field == "own_password" => t.own_password_empty.to_owned(),
        Problem::Empty if field == "credits" => t.nothing_given.to_owned(),
        Problem::Empty => say(t.empty, 0),
        Problem::TooShort(n) => say(t.too_short, n),
        Problem::TooLong(n) => say(too_long(t, field, n), n),
        Problem::TooMany(n) => say(too_many(t, field), n),
        Problem::OutOfRange(least, most) => {
            fill(t.out_of_range, &[("field", name), ("n", &least.to_string()), ("m", &most.to_string())])
        }
        Problem::BadPattern => t.bad_pattern.to_owned(),
        Problem::TooManyBytes(n) => say(t.too_many_bytes, n),
        Problem::Malformed => say(malformed(t, field), 0),
        Problem::TooCommon => t.too_common.to_owned(),
        Problem::Taken => say(taken(t, field), 0),
        Problem::Wrong => say(wrong(t, flaw.field), 0),
    }
}

/// The contents of a rule are numbered: `text_2` is a `text`.
fn base(field: &str) -> &str {
    field.strip_suffix(['2', '3', '4', '5']).and_then(|field| field.strip_suffix('_')).unwrap_or(field)
}

fn name_of(lang: Lang, t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "username" => t.f_username,
        "password" => t.f_password,
        "new_password" => t.f_new_password,
        "old_password" => t.f_old_password,
        "code" => t.f_code,
        "nickname" => t.f_nickname,
        "email" => t.f_email,
        "phone" => t.f_phone,
        "real_name" => t.f_real_name,
        "amount" => t.f_amount,
        "reason" => t.f_reason,
        "disable_reason" => t.f_disable_reason,
        "keywords" => t.f_keywords,
        "text" => t.f_text,
        "name" => t.f_name,
        "priority" => t.f_priority,
        "contents" => t.f_contents,
        "rules" => t.f_rules,
        "long_texts" => t.f_long_texts,
        "expressions" => t.f_expressions,
        "media" => t.f_media,
        "title" => t.f_title,
        "description" => t.f_description,
        "url" => t.f_url,
        "hq_url" => t.f_hq_url,
        "thumb" => t.f_thumb,
        "picture_url" => t.f_picture_url,
        "level_until" => t.f_level_until,
        "credits" => t.f_credits,
        "level_days" => t.f_level_days,
        "codes" => t.f_codes,
        "uses" => t.f_uses,
        "valid_from" => t.f_valid_from,
        "valid_to" => t.f_valid_to,
        "note" => t.f_note,
        "appid" => t.f_appid,
        "app_secret" => t.f_app_secret,
        "account_name" => t.f_account_name,
        "account_qr" => t.f_account_qr,
        _ => match ProfileColumn::ALL.iter().find(|column| column.name() == field) {
            Some(column) => Common::of(lang).profile_label(*column),
            None => t.f_other,
        },
    }
}

fn too_long(t: &'static Flaws, field: &str, n: usize) -> &'static str {
    match (field, n) {
        ("keywords", KEYWORD_MAX_CHARS | REGEX_MAX_CHARS) => t.keyword_long,
        _ => t.too_long,
    }
}

fn too_many(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "keywords" => t.keyword_many,
        "rules" => t.rule_many,
        "news" => t.news_many,
        _ => t.too_many,
    }
}

fn malformed(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "username" => t.username_form,
        "nickname" | "real_name" => t.invisible,
        "amount" => t.amount_form,
        "email" => t.email_form,
        "phone" => t.phone_form,
        "code" => t.code_form,
        "text" => t.text_form,
        "keywords" => t.keyword_form,
        "command_words" => t.command_words_form,
        "level_until" | "valid_from" | "valid_to" => t.day_form,
        "url" | "hq_url" | "picture_url" | "account_qr" => t.url_form,
        "appid" => t.appid_form,
        "push_token" => t.push_token_form,
        "aes_key" => t.aes_key_form,
        "media" | "thumb" => t.media_form,
        _ => t.malformed,
    }
}

fn wrong(t: &'static Flaws, field: &str) -> &'static str {
    match field {
        "confirm" => t.confirm_wrong,
        "confirm_user" => t.confirm_user_wrong,
        "amount" => t.amount_wrong,
        _ => t.wrong,
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
        message(Lang::Zh, &FieldError { field, problem })
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
        assert_eq!(at("keywords", Problem::TooMany(20)), "一条规则最多 20 个关键词");
        assert_eq!(at("keywords", Problem::TooLong(KEYWORD_MAX_CHARS)), "一个关键词最多 60 个字");
        assert_eq!(at("rules", Problem::TooMany(10_000)), "最多 10000 条规则，请先删掉不用的");
    }

    #[test]
    fn the_fields_of_later_contents_are_called_alike() {
        assert_eq!(at("text_2", Problem::TooManyBytes(2048)), "回复内容最多 2048 字节，大约 682 个汉字");
        assert_eq!(at("url_5", Problem::Malformed), "链接要以 http:// 或 https:// 开头");
        assert_eq!(at("priority", Problem::OutOfRange(-999, 999)), "优先级要在 -999 到 999 之间");
    }
}
