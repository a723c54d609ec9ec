//! What the account says in the chat.

use super::commands::Command;
use crate::{
    core::{
        Ctx,
        account::User,
        signin::{Fault, Purpose, chat::Heard},
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
            / "Your code: {code}\nValid for {minutes} minutes, once. Type it into the web page; tell it to nobody.",
        code_hint: "要在网页上登录或注册，请输入验证码：{code}（{minutes} 分钟内有效），或直接回复网页上的数字。"
            / "To sign in or register on the web, type the code {code} (valid for {minutes} minutes), or send the digits that the page shows.",
        reset_code: "重设密码的验证码：{code}\n{minutes} 分钟内有效，只能用一次。请在“忘记密码”页面输入，不要告诉任何人。"
            / "Your code to set a new password: {code}\nValid for {minutes} minutes, once. Type it into the page “Forgotten password”; tell it to nobody.",
        too_many: "你要得太快了，请过一分钟再发送。" / "That was too fast. Please try again in a minute.",
        no_name: "你还没有用户名，设了密码也无法登录。请在网页上登录后，一起设置用户名和密码：{site}me" / "You have no username, so a password would open nothing. Sign in on the web and choose both: {site}me",
        me: "编号：{id}\n昵称：{name}\n等级：{level}\n积分：{credits}" / "Id: {id}\nName: {name}\nLevel: {level}\nCredits: {credits}",
        wrong_code: "验证码不对，或已过期。请看网页上最新的数字，或发送“{word}”换一个。"
            / "That code is wrong or has expired. Look at the page for the latest digits, or send “{word}” for a new one.",
        wrong_code_bare: "验证码不对，或已过期。请看网页上最新的数字。"
            / "That code is wrong or has expired. Look at the page for the latest digits.",
        qr_expired: "二维码已过期，请刷新页面后再扫。" / "This QR code has expired. Reload the page and scan again.",
        qr_taken: "这个二维码已经被别人用了，请刷新页面后再扫。" / "Somebody else has used this QR code. Reload the page and scan again.",
        ask_login: "有人请求登录你的账号：\n网站：{site}\n浏览器：{browser}\n来自：{address}\n时间：{time}\n\n是你本人吗？\n{yes}　{no}\n也可以回复“1”确认，回复“取消”拒绝。"
            / "Somebody asks to sign in as you:\nSite: {site}\nBrowser: {browser}\nFrom: {address}\nTime: {time}\n\nIs it you?\n{yes}  {no}\nYou can also answer “1” to confirm or “cancel” to refuse.",
        ask_bind: "有人请求把你的微信绑定到一个账号：\n网站：{site}\n浏览器：{browser}\n来自：{address}\n时间：{time}\n\n是你本人吗？\n{yes}　{no}\n也可以回复“1”确认，回复“取消”拒绝。"
            / "Somebody asks to tie your WeChat to an account:\nSite: {site}\nBrowser: {browser}\nFrom: {address}\nTime: {time}\n\nIs it you?\n{yes}  {no}\nYou can also answer “1” to confirm or “cancel” to refuse.",
        yes: "是我，确认" / "Yes, confirm",
        no: "不是我，拒绝" / "No, refuse",
        registered: "注册成功，{name}！网页会自动继续。" / "Welcome, {name}! The page goes on by itself.",
        signed_in: "登录成功，{name}！网页会自动继续。" / "You are signed in, {name}. The page goes on by itself.",
        bound: "绑定成功。网页会自动继续。" / "Your WeChat is tied to the account. The page goes on by itself.",
        credits: "送你 {credits} 积分。" / "You got {credits} credits.",
        followed: "绑定成功，{name}！请你扫码的程序现在可以用你的积分。\n不是你本人操作？24 小时内回复“取消”即可撤销。" / "Done, {name}. The program that showed you the QR may use your credits now.\nWas it not you? Answer “cancel” within 24 hours to take it back.",
        follow_cancelled: "已撤销。那个程序不再是你的，之前发出的令牌也全部失效。" / "Taken back. That program is not yours any more, and all tokens given out before are void.",
        done_before: "已经完成，不用再操作。" / "That is done already.",
        refused: "已拒绝，网页不会登录。如果不是你本人操作，可以放心，什么都没有发生。" / "Refused. The page was not let in; nothing happened.",
        already_registered: "你的微信已经有账号了，没有再注册。请在网页上选“微信登录”，用户名和密码可在个人中心设置。"
            / "Your WeChat has an account already, so nothing was registered. Choose “Sign in with WeChat” on the page; name and password can be set in the personal centre.",
        username_taken: "这个用户名刚刚被别人注册了，请在网页上换一个。" / "Somebody has just taken this username. Choose another one on the page.",
        already_bound: "没有绑定：这个微信或这个账号已经绑定过了。" / "Not tied: this WeChat or this account is tied already.",
        disabled: "这个账号已被停用，请联系管理员。" / "This account is disabled. Please ask the administrator.",
        more_hint: "\n（回复“{word}”看下一段）" / "\n(Send “{word}” for the next part)",
        more_first: "共 {n} 条，回复“{word}”看下一条。" / "{n} messages. Send “{word}” for the next one.",
        see_image: "[图片] 点击查看" / "[picture] Tap to see it",
        hear_voice: "[语音] 点击收听" / "[voice] Tap to hear it",
        see_video: "[视频] 点击观看" / "[video] Tap to watch it",
        busy: "系统正忙，请稍后再发一次。" / "We are busy just now. Please send it again in a moment.",
        level_normal: "普通用户" / "Normal",
        level_premium: "高级用户" / "Premium",
        level_vip: "VIP 用户" / "VIP",
    }
}

/// A text with a command's word in it; where the operator has switched the command off, the text that does without.
pub fn worded(ctx: &Ctx, lang: Lang, command: Command, template: &str, bare: &str) -> String {
    ctx.commands.word(command, lang).map_or_else(|| bare.to_owned(), |word| fill(template, &[("word", word)]))
}

/// To a new follower whom no rule greets.
pub fn welcome(ctx: &Ctx, lang: Lang) -> String {
    let t = Chat::of(lang);
    worded(ctx, lang, Command::Help, t.welcome, t.welcome_bare)
}

/// To digits that no page shows.
pub fn wrong_code(ctx: &Ctx, lang: Lang) -> String {
    let t = Chat::of(lang);
    worded(ctx, lang, Command::Code, t.wrong_code, t.wrong_code_bare)
}

/// What stands behind a text that goes on; empty where nobody can ask for more.
pub fn more_hint(ctx: &Ctx, lang: Lang) -> String {
    worded(ctx, lang, Command::More, Chat::of(lang).more_hint, "")
}

/// What stands in front of messages without words, `{n}` for how many there are.
pub fn more_first(ctx: &Ctx, lang: Lang) -> String {
    worded(ctx, lang, Command::More, Chat::of(lang).more_first, "")
}

/// How the site is called in the chat: its host.
pub fn site(ctx: &Ctx) -> String {
    let url = &ctx.settings.public_url;
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => String::new(),
    }
}

/// `11-21 13:05`, Beijing time: where the account's readers are.
pub fn clock_time(ms: i64) -> String {
    let beijing = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000))
        .ok()
        .and_then(|t| t.to_offset(beijing).format(format_description!("[month]-[day] [hour]:[minute]")).ok())
        .unwrap_or_default()
}

/// What the chat says about a step of a sign-in.
pub fn heard(ctx: &Ctx, lang: Lang, heard: &Heard) -> String {
    let t = Chat::of(lang);
    match heard {
        Heard::Expired => t.qr_expired.to_owned(),
        Heard::TakenByOther => t.qr_taken.to_owned(),
        Heard::Ask { purpose, browser_label, address, asked_at } => {
            let template = if *purpose == Purpose::Bind { t.ask_bind } else { t.ask_login };
            let (site, time) = (site(ctx), clock_time(*asked_at));
            let (yes, no) = (tap("1", "yes", t.yes), tap(if lang == Lang::Zh { "取消" } else { "cancel" }, "no", t.no));
            fill(
                template,
                &[
                    ("site", &site),
                    ("browser", browser_label),
                    ("address", address),
                    ("time", &time),
                    ("yes", &yes),
                    ("no", &no),
                ],
            )
        }
        Heard::Done { purpose, is_new, credits, name } => {
            let template = match purpose {
                Purpose::Bind => t.bound,
                _ if *is_new => t.registered,
                _ => t.signed_in,
            };
            with_credits(t, fill(template, &[("name", name)]), *credits)
        }
        Heard::Followed { credits, name } => with_credits(t, fill(t.followed, &[("name", name)]), *credits),
        Heard::Cancelled => t.follow_cancelled.to_owned(),
        Heard::DoneBefore => t.done_before.to_owned(),
        Heard::Refused => t.refused.to_owned(),
        Heard::Failed(fault) => match fault {
            Fault::AlreadyRegistered => t.already_registered,
            Fault::UsernameTaken => t.username_taken,
            Fault::AlreadyBound => t.already_bound,
            Fault::Disabled => t.disabled,
            Fault::Guesses => t.qr_expired,
        }
        .to_owned(),
    }
}

/// Says how many credits there were, too, where there were some.
fn with_credits(t: &Chat, text: String, credits: i64) -> String {
    if credits == 0 {
        return text;
    }
    format!("{text}\n{}", fill(t.credits, &[("credits", &credits.to_string())]))
}

/// A link that sends `content` as if the person had typed it (docs/WECHAT.md, 3: `weixin://bizmsgmenu`).
fn tap(content: &str, id: &str, label: &str) -> String {
    let content: String = url::form_urlencoded::byte_serialize(content.as_bytes()).collect();
    format!("<a href=\"weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={id}\">{label}</a>")
}

/// The answer to “me”.
pub fn me(lang: Lang, user: &User) -> String {
    let t = Chat::of(lang);
    let level = match user.level.as_str() {
        "vip" => t.level_vip,
        "premium" => t.level_premium,
        _ => t.level_normal,
    };
    fill(
        t.me,
        &[
            ("id", &user.id.to_string()),
            ("name", &user.nickname),
            ("level", level),
            ("credits", &user.credits.to_string()),
        ],
    )
}
