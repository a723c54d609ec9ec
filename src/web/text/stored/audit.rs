//! The details of the audit log as text. They are stored in a fixed form (`normal → vip`), so that a later version can read them; one
//! that this version does not know is shown as it is.

use super::Stored;
use crate::{
    base::beijing::last_date_before,
    core::{
        account::{ProfileColumn, Role},
        audit::Act,
    },
    text::Lang,
    web::text::{Common, fill},
};

crate::texts! {
    /// The details of actions.
    pub struct AuditDetail {
        from_to: "{from} → {to}" / "{from} → {to}",
        level_until: "{change}，到 {date}" / "{change}, until {date}",
        by_code: "{change}，兑换码 …{code}" / "{change}, code …{code}",
        batch: "{codes} 个，每个 {uses} 次：{value}" / "{codes} codes, {uses} uses each: {value}",
        credits: "{n} 积分" / "{n} credits",
        level_days: "{level} {n} 天" / "{level}, {n day|days}",
        empty: "空" / "empty",
        browsers: "{n} 个浏览器" / "Browsers: {n}",
        session: "会话 {id}" / "Session {id}",
        removed: "移除了别人设置的密码" / "A password set by another person was removed",
        balance: "{change}，现有 {n}" / "{change}, balance {n}",
        joined: "并入用户 {id}；等级 {level}；角色 {role}；规则 {rules} 条" / "User {id} merged in; level {level}; role {role}; rules: {rules}",
        deleted: "{n} 位用户" / "Users: {n}",
        account_draft: "{appid}，尚未生效" / "{appid}, not in effect yet",
        account_token: "{appid}，更换 Token" / "{appid}, new token",
        account_key: "{appid}，更换 EncodingAESKey" / "{appid}, new EncodingAESKey",
        account_sandbox: "{appid}，停用沙箱，清理 {n} 位微信用户" / "{appid}, sandbox ended, WeChat users deleted: {n}",
        a_minute: "每分钟 {n} 次" / "{n} a minute",
    }
}

/// The details of an entry.
#[must_use]
pub fn detail(lang: Lang, action: &str, detail: &str) -> String {
    let known = match Act::of(action) {
        Some(Act::Level | Act::LevelEnd) => level(lang, detail),
        Some(Act::BatchCreate) => batch(lang, detail),
        Some(Act::Role) => change(lang, detail, |word| role(lang, word)),
        Some(Act::Disable | Act::Enable) => Some(detail.split_once(": ").map_or("", |(_, reason)| reason).to_owned()),
        Some(Act::SignOut) => count(AuditDetail::of(lang).browsers, detail),
        Some(Act::Clear) => count(AuditDetail::of(lang).deleted, detail),
        Some(Act::SessionEnd) => Some(fill(AuditDetail::of(lang).session, &[("id", detail)])),
        Some(Act::Profile) => profile(lang, detail),
        Some(Act::Password) if detail == "removed" => Some(AuditDetail::of(lang).removed.to_owned()),
        Some(Act::Credits) => credits(lang, detail),
        Some(Act::Unite) => joined(lang, detail),
        Some(Act::AccountConnect | Act::AccountChange) => account(lang, detail),
        Some(Act::CodesSlowed) => {
            detail.strip_suffix(" / min").map(|n| fill(AuditDetail::of(lang).a_minute, &[("n", n)]))
        }
        _ => None,
    };
    known.unwrap_or_else(|| detail.to_owned())
}

/// `from → to` with both words translated.
fn change(lang: Lang, detail: &str, name: impl Fn(&str) -> Option<&'static str>) -> Option<String> {
    let (from, to) = detail.split_once(" → ")?;
    Some(fill(AuditDetail::of(lang).from_to, &[("from", name(from)?), ("to", name(to)?)]))
}

/// `normal → vip`, `normal → vip until 1790000000000`, `normal → vip until 1790000000000: code …ABCD`.
fn level(lang: Lang, detail: &str) -> Option<String> {
    let t = AuditDetail::of(lang);
    let (detail, code) = match detail.split_once(": code …") {
        Some((detail, code)) => (detail, Some(code)),
        None => (detail, None),
    };
    let (detail, until) = match detail.split_once(" until ") {
        Some((detail, until)) => (detail, Some(until.parse().ok()?)),
        None => (detail, None),
    };
    let mut text = change(lang, detail, |word| Common::of(lang).level_of(word))?;
    if let Some(until) = until {
        text = fill(t.level_until, &[("change", &text), ("date", &last_date_before(until))]);
    }
    if let Some(code) = code {
        text = fill(t.by_code, &[("change", &text), ("code", code)]);
    }
    Some(text)
}

/// `100 × 1: +50, vip 30`.
fn batch(lang: Lang, detail: &str) -> Option<String> {
    let t = AuditDetail::of(lang);
    let (numbers, value) = detail.split_once(": ")?;
    let (codes, uses) = numbers.split_once(" × ")?;
    let part = |part: &str| match part.split_once(' ') {
        None => Some(fill(t.credits, &[("n", part)])),
        Some((level, days)) => Some(fill(t.level_days, &[("level", Common::of(lang).level_of(level)?), ("n", days)])),
    };
    let value: Option<Vec<String>> = value.split(", ").map(part).collect();
    Some(fill(t.batch, &[("codes", codes), ("uses", uses), ("value", &value?.join(lang.list_mark()))]))
}

/// `wx01 draft`, `wx01 token`, `wx01 aes key`, `wx01 sandbox: 3 → 0`.
fn account(lang: Lang, detail: &str) -> Option<String> {
    let t = AuditDetail::of(lang);
    let (appid, what) = detail.split_once(' ')?;
    let (template, n) = match what {
        "draft" => (t.account_draft, ""),
        "token" => (t.account_token, ""),
        "aes key" => (t.account_key, ""),
        other => (t.account_sandbox, other.strip_prefix("sandbox: ")?.strip_suffix(" → 0")?),
    };
    Some(fill(template, &[("appid", appid), ("n", n)]))
}

fn role(lang: Lang, word: &str) -> Option<&'static str> {
    let role = [Role::User, Role::Admin].into_iter().find(|role| role.as_str() == word)?;
    Some(Stored::of(lang).role(role))
}

/// `3 → 0`.
fn count(template: &'static str, detail: &str) -> Option<String> {
    Some(fill(template, &[("n", detail.strip_suffix(" → 0")?)]))
}

/// `phone: - → 1…0; email: a…b → -`.
fn profile(lang: Lang, detail: &str) -> Option<String> {
    let (c, t) = (Common::of(lang), AuditDetail::of(lang));
    let shown = |value: &str| if value == "-" { t.empty.to_owned() } else { value.to_owned() };
    let field = |change: &str| {
        let (name, values) = change.split_once(": ")?;
        let (from, to) = values.split_once(" → ")?;
        let column = ProfileColumn::ALL.iter().find(|column| column.name() == name)?;
        let values = fill(t.from_to, &[("from", &shown(from)), ("to", &shown(to))]);
        Some(format!("{}{}{values}", c.profile_label(*column), lang.colon()))
    };
    let fields: Option<Vec<String>> = detail.split("; ").map(field).collect();
    Some(fields?.join(lang.clause_mark()))
}

/// `+50 = 150: reason`.
fn credits(lang: Lang, detail: &str) -> Option<String> {
    let (numbers, reason) = detail.split_once(": ")?;
    let (change, balance) = numbers.split_once(" = ")?;
    let numbers = fill(AuditDetail::of(lang).balance, &[("change", change), ("n", balance)]);
    Some(format!("{numbers}{}{reason}", lang.clause_mark()))
}

/// `user/1003; level: normal → vip; role: user + admin; rules: 4`.
fn joined(lang: Lang, detail: &str) -> Option<String> {
    let mut parts = detail.split("; ");
    let id = parts.next()?.strip_prefix("user/")?;
    let level = change(lang, parts.next()?.strip_prefix("level: ")?, |word| Common::of(lang).level_of(word))?;
    let (stays, goes) = parts.next()?.strip_prefix("role: ")?.split_once(" + ")?;
    let role = format!("{} + {}", role(lang, stays)?, role(lang, goes)?);
    let rules = parts.next()?.strip_prefix("rules: ")?;
    let values = [("id", id), ("level", &level), ("role", &role), ("rules", rules)];
    Some(fill(AuditDetail::of(lang).joined, &values))
}
