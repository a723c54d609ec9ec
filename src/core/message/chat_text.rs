//! Texts of the account in the chat.

use super::commands::Command;
use crate::{
    base::beijing,
    core::{
        Ctx,
        account::User,
        signin::{
            Fault, Purpose,
            chat_outcome::{ChatOutcome, Question},
        },
    },
    text::{Lang, fill},
    texts,
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

texts! {
    /// Texts of the chat.
    pub struct Chat {
        welcome: "感谢关注！回复“{word}”看看能做什么。" / "Thanks for following! Send “{word}” to see what you can do.",
        welcome_bare: "感谢关注！" / "Thanks for following!",
        code: "你的验证码：{code}\n{minutes} 分钟内有效，只能用一次。请在网页上输入，不要告诉任何人。"
            / "Your code: {code}\nValid once, for {minutes} minutes. Enter it on the web page, and do not share it.",
        code_hint: "要在网页上登录或注册，请输入验证码：{code}（{minutes} 分钟内有效），或直接回复网页上的数字。"
            / "To sign in or register on the web, enter the code {code} (valid for {minutes} minutes), or send the digits shown on the page.",
        reset_code: "重设密码的验证码：{code}\n{minutes} 分钟内有效，只能用一次。请在“忘记密码”页面输入，不要告诉任何人。"
            / "Your code to set a new password: {code}\nValid once, for {minutes} minutes. Enter it on the page “Forgot password”, and do not share it.",
        too_many: "你要得太快了，请过一分钟再发送。" / "Too many requests. Please try again in a minute.",
        no_name: "你还没有用户名，设了密码也无法登录。请在网页上登录后，一起设置用户名和密码：{site}me" / "You have no username, so you could not sign in with a password. Sign in on the web and set both: {site}me",
        me: "编号：{id}\n昵称：{name}\n等级：{level}\n积分：{credits}" / "ID: {id}\nName: {name}\nLevel: {level}\nCredits: {credits}",
        level_until: "{level}（到 {date}）" / "{level} (until {date})",
        level_ended: "你的等级“{level}”已经到期，现在是普通用户。" / "Your level “{level}” has ended. You are a normal user now.",
        wrong_code: "验证码不对，或已过期。请看网页上最新的数字，或发送“{word}”换一个。"
            / "That code is wrong or has expired. Look at the page for the latest digits, or send “{word}” for a new one.",
        wrong_length: "验证码是 {digits} 位数字，你发了 {n} 位。看看网页，再发一次。"
            / "A code has {digits} digits; you sent {n}. Look at the page and send it again.",
        wrong_code_bare: "验证码不对，或已过期。请看网页上最新的数字。"
            / "That code is wrong or has expired. Look at the page for the latest digits.",
        too_many_codes: "验证码错了太多次，请 {seconds} 秒后再发。其他功能照常可用。"
            / "Too many wrong codes. Please send your code again in {seconds} seconds. Everything else works as usual.",
        qr_expired: "二维码已过期，请刷新页面后再扫。" / "This QR code has expired. Reload the page and scan again.",
        qr_taken: "这个二维码已经被别人用了，请刷新页面后再扫。" / "This QR code was already used by another user. Reload the page and scan again.",
        ask_login: "是你在登录吗？" / "Are you signing in?",
        ask_register: "用 {name} 注册吗？" / "Register as {name}?",
        ask_join: "你还没有账号，用这个微信注册吗？" / "You have no account yet. Register with this WeChat?",
        ask_bind: "把这个微信绑定到账号 {name} 吗？" / "Link this WeChat to the account {name}?",
        ask_facts: "网站 {site}\n设备 {browser}\n时间 {time}" / "Site: {site}\nBrowser: {browser}\nTime: {time}",
        ask_from: "来自 {address}" / "From: {address}",
        yes_login: "是我，登录" / "Yes, sign in",
        yes_register: "是我，注册" / "Yes, register",
        yes_bind: "是我，绑定" / "Yes, link",
        no: "不是我，取消" / "Not me, cancel",
        ask_answer: "也可以回复「1」或「取消」" / "You can also reply “1” or “cancel”",
        ask_follow: "你扫的是一个程序的二维码。绑定后，它可以查看和使用 {name} 的积分与用量，不能做管理操作。\n\n网站 {site}\n二维码生成于 {time}"
            / "This QR code belongs to a client program. Once linked, it can see and spend the credits and quota of {name}. It gets no admin rights.\n\nSite: {site}\nQR code created: {time}",
        registered: "注册成功，{name}！网页会自动继续。" / "Welcome, {name}! The page continues automatically.",
        unregister: "不是你本人操作？24 小时内可以{undo}。" / "Wasn’t you? {undo} within 24 hours.",
        unregister_do: "取消注册" / "Cancel registration",
        signed_in: "登录成功，{name}！网页会自动继续。" / "You are signed in, {name}. The page continues automatically.",
        bound: "绑定成功。网页会自动继续。" / "Your WeChat is linked. The page continues automatically.",
        credits: "送你 {credits} 积分。" / "You got {credits} credits.",
        followed: "绑定成功，{name}！请你扫码的程序现在可以用你的积分。\n不是你本人操作？24 小时内可以{undo}，也可以回复「取消」。账号和规则不会动。" / "Linked, {name}. The program that showed you the QR code can now use your credits.\nWasn’t you? {undo} within 24 hours, or reply “cancel”. Your account and rules stay unchanged.",
        followed_undo: "取消绑定" / "Cancel",
        follow_cancelled: "已撤销。那个程序不再是你的，之前发出的令牌也全部失效。" / "Undone. That program is no longer linked, and all earlier tokens are invalid.",
        plain_mode: "为了安全，管理员不能在聊天里做这件事：这个公众号用的是明文模式，看得到推送地址的人可以冒充你发消息。请在网页上用用户名和密码登录后操作。在公众平台改用安全模式并设置 WECHAT_AES_KEY 后，这里就能用了。"
            / "For safety, admins can’t do this in the chat: this account receives messages in plain mode, where anyone who sees a push URL can write as you. Sign in on the website with your username and password instead. It works here again once the account uses encrypted mode and WECHAT_AES_KEY is set.",
        done_before: "已经完成，不用再操作。" / "Already done.",
        refused_login: "好，没让它登录。不是你操作的也不用管，什么都没动过。" / "OK, not signed in. If it wasn’t you, there is nothing to do: nothing was changed.",
        refused_register: "好，没有注册。不是你操作的也不用管，什么都没动过。" / "OK, not registered. If it wasn’t you, there is nothing to do: nothing was changed.",
        refused_bind: "好，没有绑定。不是你操作的也不用管，什么都没动过。" / "OK, not linked. If it wasn’t you, there is nothing to do: nothing was changed.",
        already_registered: "你的微信已经有账号了，没有再注册。请在网页上选“微信登录”，用户名和密码可在个人中心设置。"
            / "Your WeChat already has an account, so nothing was registered. Choose “Sign in with WeChat” on the page; you can set a username and password under “My account”.",
        username_taken: "这个用户名刚刚被别人注册了，请在网页上换一个。" / "This username was just taken. Choose another one on the page.",
        already_bound: "没有绑定：这个微信或这个账号已经绑定过了。" / "Not linked: this WeChat or this account is already linked.",
        disabled: "这个账号已被停用，请联系管理员。" / "This account is disabled. Please contact the administrator.",
        more_hint: "\n（回复“{word}”看下一段）" / "\n(Send “{word}” for the next part)",
        more_first: "共 {n} 条，回复“{word}”看下一条。" / "{n} messages. Send “{word}” for the next one.",
        see_image: "[图片] 点击查看" / "[picture] Tap to view",
        hear_voice: "[语音] 点击收听" / "[voice] Tap to listen",
        see_video: "[视频] 点击观看" / "[video] Tap to watch",
        busy: "系统正忙，请稍后再发一次。" / "The server is busy. Please send it again in a moment.",
        level_normal: "普通用户" / "Normal",
        level_premium: "高级用户" / "Premium",
        level_vip: "VIP 用户" / "VIP",
    }
}

/// A text with a command's word; if the operator has disabled the command, the text without it.
pub fn worded(ctx: &Ctx, lang: Lang, command: Command, template: &str, bare: &str) -> String {
    ctx.live().commands.word(command, lang).map_or_else(|| bare.to_owned(), |word| fill(template, &[("word", word)]))
}

/// The welcome for a new follower, if no rule greets them.
pub fn welcome(ctx: &Ctx, lang: Lang) -> String {
    let t = Chat::of(lang);
    worded(ctx, lang, Command::Help, t.welcome, t.welcome_bare)
}

/// The answer to digits that are not a valid code.
pub fn wrong_code(ctx: &Ctx, lang: Lang) -> String {
    let t = Chat::of(lang);
    worded(ctx, lang, Command::Code, t.wrong_code, t.wrong_code_bare)
}

/// The answer to digits that have one more or one fewer than a code.
pub fn wrong_length(ctx: &Ctx, lang: Lang, sent: usize) -> String {
    let digits = ctx.settings.settings.signin.code_digits.to_string();
    fill(Chat::of(lang).wrong_length, &[("digits", &digits), ("n", &sent.to_string())])
}

/// The answer to digits of a follower who sent too many wrong ones.
pub fn too_many_codes(lang: Lang, seconds: i64) -> String {
    fill(Chat::of(lang).too_many_codes, &[("seconds", &seconds.to_string())])
}

/// The hint after a text that continues; empty if the follower cannot ask for more.
pub fn more_hint(ctx: &Ctx, lang: Lang) -> String {
    worded(ctx, lang, Command::More, Chat::of(lang).more_hint, "")
}

/// The hint before messages without text; `{n}` is their number.
pub fn more_first(ctx: &Ctx, lang: Lang) -> String {
    worded(ctx, lang, Command::More, Chat::of(lang).more_first, "")
}

/// The site's name in the chat: its host.
pub fn site(ctx: &Ctx) -> String {
    let url = &ctx.settings.public_url;
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

/// `11-21 13:05`, Beijing time: that of the account's followers.
pub fn clock_time(ms: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000))
        .ok()
        .and_then(|t| t.to_offset(beijing).format(format_description!("[month]-[day] [hour]:[minute]")).ok())
        .unwrap_or_default()
}

/// The text for a step of a sign-in.
pub fn outcome(ctx: &Ctx, lang: Lang, outcome: &ChatOutcome) -> String {
    let t = Chat::of(lang);
    match outcome {
        ChatOutcome::Expired => t.qr_expired.to_owned(),
        ChatOutcome::TakenByOther => t.qr_taken.to_owned(),
        ChatOutcome::Ask { question, browser_label, address, asked_at } => {
            ask(ctx, lang, question, browser_label, address, *asked_at)
        }
        ChatOutcome::AskFollow { name, asked_at } => {
            let (site, time) = (site(ctx), clock_time(*asked_at));
            answerable(t, &fill(t.ask_follow, &[("name", name), ("site", &site), ("time", &time)]), t.yes_bind)
        }
        ChatOutcome::Done { purpose, is_new, credits, name } => {
            let template = match purpose {
                Purpose::Bind => t.bound,
                _ if *is_new => t.registered,
                _ => t.signed_in,
            };
            let text = with_credits(t, fill(template, &[("name", name)]), *credits);
            if *is_new { format!("{text}\n\n{}", unregister(t)) } else { text }
        }
        ChatOutcome::Followed { credits, name } => {
            let undo = tap(if lang == Lang::Zh { "取消" } else { "cancel" }, "no", t.followed_undo);
            with_credits(t, fill(t.followed, &[("name", name), ("undo", &undo)]), *credits)
        }
        ChatOutcome::Cancelled => t.follow_cancelled.to_owned(),
        ChatOutcome::DoneBefore => t.done_before.to_owned(),
        ChatOutcome::PlainMode => t.plain_mode.to_owned(),
        ChatOutcome::Refused(purpose) => match purpose {
            Purpose::Register => t.refused_register,
            Purpose::Bind => t.refused_bind,
            Purpose::Login | Purpose::Reset => t.refused_login,
        }
        .to_owned(),
        ChatOutcome::Failed(fault) => match fault {
            Fault::AlreadyRegistered => t.already_registered,
            Fault::UsernameTaken => t.username_taken,
            Fault::AlreadyBound => t.already_bound,
            Fault::Disabled => t.disabled,
            Fault::Guesses => t.qr_expired,
        }
        .to_owned(),
    }
}

/// The question about a sign-in, with its facts: site, browser and time (epoch milliseconds), the address last. Each answer has empty
/// lines around it, so that it is easy to tap.
pub fn ask(ctx: &Ctx, lang: Lang, question: &Question, browser_label: &str, address: &str, asked_at: i64) -> String {
    let t = Chat::of(lang);
    let (site, time) = (site(ctx), clock_time(asked_at));
    let facts = fill(t.ask_facts, &[("site", &site), ("browser", browser_label), ("time", &time)]);
    let (head, yes) = match question {
        Question::Register(Some(name)) => (fill(t.ask_register, &[("name", name)]), t.yes_register),
        Question::Register(None) => (t.ask_join.to_owned(), t.yes_register),
        Question::Login => (t.ask_login.to_owned(), t.yes_login),
        Question::Bind(name) => (fill(t.ask_bind, &[("name", name)]), t.yes_bind),
    };
    let asked = answerable(t, &format!("{head}\n\n{facts}"), yes);
    format!("{asked}\n{}", fill(t.ask_from, &[("address", address)]))
}

/// The words of the chat that agree to a sign-in session of this purpose, and those that refuse it.
#[must_use]
pub fn answers_of(purpose: Purpose) -> (&'static str, &'static str) {
    let t = Chat::of(Lang::Zh);
    let yes = match purpose {
        Purpose::Register => t.yes_register,
        Purpose::Bind => t.yes_bind,
        Purpose::Login | Purpose::Reset => t.yes_login,
    };
    (yes, t.no)
}

/// A question with its two answers as links.
fn answerable(t: &Chat, question: &str, yes: &str) -> String {
    let (yes, no) = (tap(yes, "yes", yes), tap(t.no, "no", t.no));
    format!("{question}\n\n✅ {yes}\n\n❌ {no}\n\n{}", t.ask_answer)
}

/// How to undo a registration.
fn unregister(t: &Chat) -> String {
    fill(t.unregister, &[("undo", &tap(t.unregister_do, "undo", t.unregister_do))])
}

/// Appends the number of credits, if there are any.
fn with_credits(t: &Chat, text: String, credits: i64) -> String {
    if credits == 0 {
        return text;
    }
    format!("{text}\n{}", fill(t.credits, &[("credits", &credits.to_string())]))
}

/// A link that sends `content` as if the follower had typed it (docs/WECHAT.md, 3: `weixin://bizmsgmenu`).
pub(super) fn tap(content: &str, id: &str, label: &str) -> String {
    let content: String = url::form_urlencoded::byte_serialize(content.as_bytes()).collect();
    // In a URL a space is `%20`, not `+`.
    let content = content.replace('+', "%20");
    format!("<a href=\"weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={id}\">{label}</a>")
}

/// A level's name.
pub fn level(t: &'static Chat, level: &str) -> &'static str {
    match level {
        "vip" => t.level_vip,
        "premium" => t.level_premium,
        _ => t.level_normal,
    }
}

/// The answer to “me”.
pub fn me(lang: Lang, user: &User) -> String {
    let t = Chat::of(lang);
    let level = match user.level_until {
        Some(end) => {
            let date = beijing::last_date_before(end);
            fill(t.level_until, &[("level", level(t, &user.level)), ("date", &date)])
        }
        None => level(t, &user.level).to_owned(),
    };
    fill(
        t.me,
        &[
            ("id", &user.id.to_string()),
            ("name", &user.nickname),
            ("level", &level),
            ("credits", &user.credits.to_string()),
        ],
    )
}
