//! What people are told when something was not done: every refusal of the domain, in words that help. Fields have their own: `flaw`.

use super::fill;
use crate::text::Lang;
use crate::{core::CoreError, web::part::Tone};

crate::texts! {
    /// Refusals.
    pub struct Problems {
        invalid: "有几处需要修改" / "Some fields need a change",
        cut: "内容太长，只保留了开头的部分" / "That was too long to keep: only its beginning is left",
        wrong_credentials: "用户名或密码不对" / "Wrong username or password",
        wrong_code: "验证码不对、已过期或已用过" / "The code is wrong, has expired, or was used",
        session_over: "这次操作已过期或已失效，请重新开始" / "This has expired or is over. Please start again",
        already_registered: "这个微信已经有账号了，请用微信登录" / "This WeChat has an account already. Sign in with WeChat",
        already_bound: "没有绑定：这个微信或这个账号已经绑定过了" / "Not linked: this WeChat or this account is linked already",
        disabled: "这个账号已被停用，请联系管理员" / "This account is disabled. Please ask the administrator",
        not_signed_in: "请先登录" / "Please sign in first",
        bad_token: "登录凭证无效或已过期，请重新登录" / "This token is not valid any more. Please sign in again",
        forbidden: "你没有权限这样做" / "You may not do this",
        not_found: "它已经不在了，可能刚刚被删除" / "It is not there any more; perhaps it was just deleted",
        conflict: "没有保存：内容刚刚在别处改过。你的修改还在下面，核对后再保存一次" / "Not saved: it was just changed elsewhere. What you typed is still below; check it and save again",
        last_admin: "这是唯一的管理员，先让别人成为管理员" / "This is the only administrator. Make somebody else one first",
        key_reused: "这个请求编号已经用于另一个请求" / "This request key was used for another request",
        out_of_credits: "积分不够" / "There are not enough credits",
        over_quota: "已达到当前等级的用量上限" / "The limit of this level is reached",
        not_configured: "管理员还没有配置这项功能" / "The administrator has not set this up yet",
        platform: "微信没有正常回应，请稍后再试" / "WeChat did not answer as it should. Please try again later",
        too_many: "操作太频繁，请 {n} 秒后再试" / "Too many tries. Please try again in {n} seconds",
        collided: "刚好有人同时操作，请再试一次" / "Somebody did the same at this moment. Please try again",
        busy: "现在人太多，请过几秒再试" / "We are busy just now. Please try again in a few seconds",
        unavailable: "暂时无法保存或读取，请稍后再试" / "Nothing can be saved or read just now. Please try again later",
        fault: "服务出错了，没有保存任何东西。请稍后再试" / "Something went wrong here, and nothing was saved. Please try again later",
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
        CoreError::BadToken(_) => (Tone::Info, t.bad_token),
        CoreError::Forbidden => (Tone::Danger, t.forbidden),
        CoreError::LastAdmin => (Tone::Warning, t.last_admin),
        CoreError::KeyReused => (Tone::Warning, t.key_reused),
        CoreError::OutOfCredits => (Tone::Warning, t.out_of_credits),
        CoreError::OverQuota => (Tone::Warning, t.over_quota),
        CoreError::NotConfigured(_) => (Tone::Warning, t.not_configured),
        CoreError::Platform(_) => (Tone::Warning, t.platform),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_fault_is_told_but_that_it_was_one() {
        let (tone, text) = line(Lang::En, &CoreError::Fault("password=hunter2".to_owned()));
        assert_eq!(tone, Tone::Danger);
        assert!(!text.contains("hunter2"));
        assert_eq!(line(Lang::Zh, &CoreError::TooMany(7)).1, "操作太频繁，请 7 秒后再试");
    }
}
