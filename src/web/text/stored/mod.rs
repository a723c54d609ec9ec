//! Stored words as texts: every page that shows one translates it here, or by the functions of [`Replies`](super::replies::Replies)
//! and [`History`](super::replies::history::History) for rules. No page shows the stored word itself.

mod audit;
#[cfg(test)]
mod tests;

pub use audit::detail as audit_detail;

use super::replies::Replies;
use crate::{
    core::{
        account::Role,
        audit::Act,
        rule::{TriggerKind, content::KINDS},
    },
    text::Lang,
};

crate::texts! {
    /// Names of stored words.
    pub struct Stored {
        role_user: "普通用户" / "user",
        role_admin: "管理员" / "administrator",

        app_official: "公众号" / "Official Account",
        app_mini: "小程序" / "Mini-program",
        app_web: "网页登录" / "Web login",

        event_subscribe: "关注" / "Followed",
        event_unsubscribe: "取消关注" / "Unfollowed",
        event_scan: "扫码" / "Scanned a code",
        event_click: "点菜单" / "Tapped a menu item",
        event_view: "打开菜单链接" / "Opened a menu link",
        event_location: "上报位置" / "Reported a position",
        event_menu: "菜单操作" / "Used a menu item",
        event_other: "其他事件" / "Other event",
        kind_text: "文字" / "Text",

        credit_grant: "发放" / "Granted",
        credit_spend: "使用" / "Spent",
        credit_refund: "退回" / "Refunded",
        credit_adjust: "调整" / "Adjusted",
        credit_welcome: "关注公众号" / "Following the account",
        credit_redeem: "兑换码" / "Redemption code",
        credit_check_in: "签到" / "Check-in",
        credit_image: "图片编辑" / "Image editing",
        credit_united: "合并账号" / "Accounts merged",

        act_level: "修改等级" / "Level changed",
        act_level_end: "等级到期" / "Level ended",
        act_role: "修改角色" / "Role changed",
        act_credits: "调整积分" / "Credits adjusted",
        act_disable: "停用账号" / "Disabled",
        act_enable: "启用账号" / "Enabled",
        act_sign_out: "退出所有登录" / "Signed out everywhere",
        act_session_end: "退出一个浏览器" / "Signed out in one browser",
        act_profile: "修改资料" / "Profile changed",
        act_password: "修改密码" / "Password changed",
        act_unbind: "解绑微信" / "WeChat unlinked",
        act_create: "创建管理员" / "Created as admin",
        act_follow_cancel: "在聊天中取消登录" / "Sign-in revoked in the chat",
        act_unite: "合并了同一个人的另一个账号" / "Another account of the same user merged in",
        act_delete: "删除账号" / "Deleted",
        act_clear: "删除所有用户" / "All users deleted",
        act_codes_slowed: "错误验证码过多，已限速" / "Too many wrong codes: rate limited",
        act_batch_create: "创建一批兑换码" / "Redemption codes created",
        act_batch_stop: "停用一批兑换码" / "Redemption codes stopped",
        act_account_connect: "连接公众号" / "Account connected",
        act_account_change: "修改公众号的连接" / "Account connection changed",
        act_account_disconnect: "断开公众号" / "Account disconnected",
        act_other: "其他操作" / "Other action",
    }
}

impl Stored {
    /// The name of a role.
    #[must_use]
    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::User => self.role_user,
            Role::Admin => self.role_admin,
        }
    }

    /// The name of the kind of app that an identity belongs to.
    #[must_use]
    pub fn app(&self, app: &str) -> &'static str {
        match app {
            "mini_program" => self.app_mini,
            "web" => self.app_web,
            _ => self.app_official,
        }
    }

    /// The name of an action in the audit log; one of a later version has a general name.
    #[must_use]
    pub fn act(&self, action: &str) -> &'static str {
        let Some(act) = Act::of(action) else { return self.act_other };
        match act {
            Act::Create => self.act_create,
            Act::Level => self.act_level,
            Act::LevelEnd => self.act_level_end,
            Act::Role => self.act_role,
            Act::Credits => self.act_credits,
            Act::Disable => self.act_disable,
            Act::Enable => self.act_enable,
            Act::SignOut => self.act_sign_out,
            Act::SessionEnd => self.act_session_end,
            Act::Profile => self.act_profile,
            Act::Password => self.act_password,
            Act::Unbind => self.act_unbind,
            Act::FollowCancel => self.act_follow_cancel,
            Act::Unite => self.act_unite,
            Act::Delete => self.act_delete,
            Act::Clear => self.act_clear,
            Act::CodesSlowed => self.act_codes_slowed,
            Act::BatchCreate => self.act_batch_create,
            Act::BatchStop => self.act_batch_stop,
            Act::AccountConnect => self.act_account_connect,
            Act::AccountChange => self.act_account_change,
            Act::AccountDisconnect => self.act_account_disconnect,
        }
    }

    /// An entry of the ledger: its kind, and the reason. A reason that an admin wrote is shown as it is.
    #[must_use]
    pub fn credit(&self, kind: &str, reason: &str) -> String {
        let kind = match kind {
            "spend" => self.credit_spend,
            "refund" => self.credit_refund,
            "adjust" => self.credit_adjust,
            _ => self.credit_grant,
        };
        let reason = match reason {
            "welcome" => return self.credit_welcome.to_owned(),
            "redeem" => return self.credit_redeem.to_owned(),
            "check_in" => return self.credit_check_in.to_owned(),
            "" => return kind.to_owned(),
            "image_edit" => self.credit_image,
            "united" => self.credit_united,
            written => written,
        };
        format!("{kind} · {reason}")
    }
}

/// The name of a message's kind or of an event, from the platform's name; unknown ones have a general name.
#[must_use]
pub fn message_kind(lang: Lang, kind: &str) -> &'static str {
    let t = Stored::of(lang);
    if KINDS.contains(&kind) {
        return Replies::of(lang).kind(kind);
    }
    let name = kind.to_ascii_lowercase();
    match name.as_str() {
        "text" => t.kind_text,
        "subscribe" => t.event_subscribe,
        "unsubscribe" => t.event_unsubscribe,
        "scan" => t.event_scan,
        "click" => t.event_click,
        "view" | "view_miniprogram" => t.event_view,
        "location" => t.event_location,
        "location_select" => t.event_menu,
        _ if name.starts_with("scancode_") || name.starts_with("pic_") => t.event_menu,
        // Names of events have several words, names of messages have one.
        _ if name == "event" || name.contains('_') || name.len() > KIND_MAX_CHARS => t.event_other,
        _ => Replies::of(lang).kind_other,
    }
}

/// The longest name of a kind of message; that of an event may be longer.
const KIND_MAX_CHARS: usize = 15;

/// A rule in the summary of a change: its name or keyword as it is, else what it answers.
#[must_use]
pub fn rule_label(lang: Lang, label: &str) -> String {
    let t = Replies::of(lang);
    let Some(word) = label.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return label.to_owned() };
    if KINDS.contains(&word) {
        return t.kind(word).to_owned();
    }
    let cause = TriggerKind::ALL.into_iter().find(|cause| cause.as_str() == word);
    cause.map_or_else(|| label.to_owned(), |cause| t.cause(cause).to_owned())
}
