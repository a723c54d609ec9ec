//! Notices about refused actions: every error of the core as text. Errors of fields are in `field_error`.

use super::fill;
use crate::text::Lang;
use crate::{core::CoreError, web::component::Tone};

crate::texts! {
    /// Error notices.
    pub struct Problems {
        invalid: "有几处需要修改" / "Please correct the fields below",
        cut: "内容太长，只保留了开头的部分" / "The text was too long, so only the beginning was kept",
        wrong_credentials: "用户名或密码不对" / "Wrong username or password",
        wrong_code: "验证码不对、已过期或已用过" / "The code is wrong, has expired, or was already used",
        session_over: "这次操作已过期或已失效，请重新开始" / "This has expired or is no longer valid. Please start again",
        already_registered: "这个微信已经有账号了，请用微信登录" / "This WeChat already has an account. Sign in with WeChat",
        already_bound: "没有绑定：这个微信或这个账号已经绑定过了" / "Not linked: this WeChat or this account is already linked",
        disabled: "这个账号已被停用，请联系管理员" / "This account is disabled. Please contact the administrator",
        not_signed_in: "请先登录" / "Please sign in first",
        bad_token: "登录凭证无效或已过期，请重新登录" / "This token is invalid or has expired. Please sign in again",
        forbidden: "你没有权限这样做" / "You don’t have permission to do this",
        not_found: "它已经不在了，可能刚刚被删除" / "Not found. It may have just been deleted",
        conflict: "没有保存：内容刚刚在别处改过。你的修改还在下面，核对后再保存一次" / "Not saved: this was just changed elsewhere. Your changes are still below; check them and save again",
        last_admin: "这是唯一的管理员，先让别人成为管理员" / "This is the only administrator. Make another user an administrator first",
        key_reused: "这个请求编号已经用于另一个请求" / "This idempotency key was already used for another request",
        out_of_credits: "积分不够" / "Not enough credits",
        over_quota: "已达到当前等级的用量上限" / "You have reached the limit of your level",
        not_configured: "管理员还没有配置这项功能" / "This feature has not been set up by the administrator yet",
        platform: "微信没有正常回应，请稍后再试" / "WeChat did not respond properly. Please try again later",
        too_many: "操作太频繁，请 {n} 秒后再试" / "Too many requests. Please try again in {n} seconds",
        collided: "刚好有人同时操作，请再试一次" / "Another change was made at the same time. Please try again",
        busy: "现在人太多，请过几秒再试" / "The server is busy. Please try again in a few seconds",
        unavailable: "暂时无法保存或读取，请稍后再试" / "The service is temporarily unavailable. Please try again later",
        fault: "服务出错了，没有保存任何东西。请稍后再试" / "Something went wrong and nothing was saved. Please try again later",
    }
}

/// The notice of an error.
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
