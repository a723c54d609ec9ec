//! Error texts of the APIs, in Chinese, for users of other programs: what was wrong and how to fix it. Each dialect puts them into its
//! own envelope.

use super::{Refusal, RequestError};
use crate::{
    core::{CoreError, FieldError, PlatformFault, Problem, TokenFault},
    wechat::api::ErrorClass,
};

/// One sentence about a failure, without internals.
#[must_use]
pub fn describe(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Core(error) => of_core(error),
        Refusal::Request(what) => of_request(what),
    }
}

fn of_core(error: &CoreError) -> String {
    let text = match error {
        CoreError::Invalid(flaws) => return flaws.iter().map(of_flaw).collect::<Vec<_>>().join("；"),
        CoreError::Platform(fault) => return of_platform(*fault),
        CoreError::TooMany(secs) => return format!("请求过于频繁，请 {secs} 秒后再试"),
        CoreError::NotConfigured(what) => return format!("管理员还没有配置这项功能（{what}）"),
        CoreError::BadToken(fault) => of_token(*fault),
        CoreError::WrongCredentials => "用户名或密码不对",
        CoreError::WrongCode => "验证码不对、已过期或已用过",
        CoreError::SessionOver => "这次登录已过期或已失效，请重新开始",
        CoreError::AlreadyRegistered => "这个微信已经有账号了",
        CoreError::AlreadyBound => "这个微信或这个账号已经绑定过了",
        CoreError::Disabled => "账号已被停用，请联系管理员",
        CoreError::NotSignedIn => "缺少登录凭证，请先登录",
        CoreError::Forbidden => "权限不足",
        CoreError::LastAdmin => "这是唯一的管理员，先让别人成为管理员",
        CoreError::KeyReused => "这个 Idempotency-Key 已经用于另一个请求",
        CoreError::OutOfCredits => "积分不够",
        CoreError::OverQuota => "已达到当前等级的用量上限",
        CoreError::NotFound => "没有找到",
        CoreError::Conflict => "内容刚刚在别处改过，请重新读取后再试",
        CoreError::Collided => "刚好有人同时操作，请再试一次",
        CoreError::Busy => "现在请求太多，请过几秒再试",
        CoreError::Unavailable => "服务暂时不可用，请稍后再试",
        CoreError::Fault(_) => "服务出错了，请稍后再试",
    };
    text.to_owned()
}

fn of_token(fault: TokenFault) -> &'static str {
    match fault {
        TokenFault::Malformed => "Token 无效",
        TokenFault::Expired => "Token 已过期，请重新登录",
        TokenFault::Revoked => "Token 已失效，请重新登录",
        TokenFault::Gone => "用户不存在",
        TokenFault::Fresh => "Token 还有一天以上的有效期，不需要刷新",
        TokenFault::Final => "试用的 Token 不能刷新，请重新登录",
    }
}

/// Includes the platform's error code: developers of mini-programs look it up.
fn of_platform(fault: PlatformFault) -> String {
    match fault {
        PlatformFault::CodeInvalid => "code 无效或已过期，请重新获取（40029）".to_owned(),
        PlatformFault::CodeExpired => "code 已过期，请重新获取（42003）".to_owned(),
        PlatformFault::CodeUsed => "code 已使用，请重新获取（40163）".to_owned(),
        PlatformFault::TooOften => "请求过于频繁，请稍后再试（45011）".to_owned(),
        PlatformFault::AppidWrong => "AppID 无效，请联系管理员检查配置（40013）".to_owned(),
        PlatformFault::SecretWrong => "AppSecret 无效，请联系管理员检查配置（40125）".to_owned(),
        PlatformFault::CredentialWrong => {
            "AppSecret 无效，或 access_token 已失效，请联系管理员检查配置（40001）".to_owned()
        }
        PlatformFault::RiskyPerson => "高风险用户，微信拒绝了登录（40226）".to_owned(),
        PlatformFault::SnapshotVisitor => "这是微信页面快照里的访客，不能登录，请点“使用完整服务”后重试".to_owned(),
        PlatformFault::Busy(code) => format!("微信系统繁忙，请稍后再试（{code}）"),
        PlatformFault::Unreachable => "微信没有及时回应，请稍后再试".to_owned(),
        PlatformFault::Other(code) => {
            let what = match (code, ErrorClass::of(code)) {
                (40164, _) => "服务器 IP 不在微信后台的 IP 白名单里，请联系管理员",
                (48001, _) => "没有这个接口的权限（公众号要是认证的服务号），请联系管理员",
                (40014 | 42001, _) => "access_token 已失效，请稍后再试",
                (40243, _) => "AppSecret 已被冻结，请联系管理员",
                (42007, _) => "用户改过密码，授权已失效，请重新授权",
                (43004, _) => "用户要先关注公众号",
                (43019, _) => "用户在公众号的黑名单里",
                (45009, _) => "今天的调用次数已用完，请明天再试",
                (45015, _) => "用户 48 小时内没有发过消息，现在不能主动发消息",
                (45047, _) => "主动发消息的条数已用完，用户再发一条消息后才能继续",
                (48004, _) => "公众号的这个接口已被封禁，请联系管理员",
                (48006, _) => "本月清零调用次数的机会已用完",
                (50001, _) => "用户没有授权",
                (50002, _) => "用户受限，微信拒绝了请求",
                (50005, _) => "用户没有关注公众号",
                (50007, _) => "公众号已被冻结，请联系管理员",
                (89503 | 89506 | 89507, _) => "服务器 IP 要由公众号的管理员在微信里确认，请联系管理员",
                (_, ErrorClass::Quota) => "调用太频繁，请一分钟后再试",
                (_, ErrorClass::Permission) => "没有这个权限或配置有误，请联系管理员",
                (_, ErrorClass::User) => "微信拒绝了这个用户的请求",
                (_, ErrorClass::Token | ErrorClass::Retry | ErrorClass::Caller) => "微信拒绝了请求",
            };
            format!("{what}（{code}）")
        }
    }
}

fn of_request(what: &RequestError) -> String {
    match what {
        RequestError::NotJson => "请求体不是有效的 JSON 对象".to_owned(),
        RequestError::Missing { field } => format!("缺少参数 {field}"),
        RequestError::IllTyped { field } => format!("参数 {field} 的类型或取值不对"),
        RequestError::TooLarge(most) if *most >= 1024 * 1024 => format!("请求体不能超过 {} MiB", most / 1024 / 1024),
        RequestError::TooLarge(most) => format!("请求体不能超过 {} KiB", most / 1024),
        RequestError::Foreign => "请求来自其他网站，已拒绝".to_owned(),
        RequestError::NoSuchCall => "接口不存在".to_owned(),
        RequestError::Method => "不支持这个请求方法".to_owned(),
        RequestError::TimedOut => "处理超时，请稍后再试".to_owned(),
        RequestError::Broke => "服务出错了，请稍后再试".to_owned(),
    }
}

fn of_flaw(flaw: &FieldError) -> String {
    let field = flaw.field;
    match flaw.problem {
        Problem::Empty => format!("缺少参数 {field}"),
        Problem::TooShort(n) => format!("参数 {field} 至少 {n} 个字"),
        Problem::TooLong(n) => format!("参数 {field} 最多 {n} 个字"),
        Problem::TooMany(n) => format!("参数 {field} 最多 {n} 个"),
        Problem::OutOfRange(least, most) => format!("参数 {field} 要在 {least} 到 {most} 之间"),
        Problem::BadPattern => format!("参数 {field} 里的正则表达式不能用"),
        Problem::TooManyBytes(n) => format!("参数 {field} 最多 {n} 字节"),
        Problem::Malformed => format!("参数 {field} 的格式不对"),
        Problem::TooCommon => format!("参数 {field} 太常见，换一个别人猜不到的"),
        Problem::Taken => format!("参数 {field} 已被占用"),
        Problem::Wrong => format!("参数 {field} 不对"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::api::ApiError;

    #[test]
    fn a_fault_is_told_without_what_it_was() {
        let text = describe(&Refusal::Core(CoreError::Fault("password=hunter2".to_owned())));
        assert!(!text.contains("hunter2"));
        let two = CoreError::Invalid(vec![
            FieldError { field: "amount", problem: Problem::Malformed },
            FieldError { field: "feature", problem: Problem::Empty },
        ]);
        assert_eq!(describe(&Refusal::Core(two)), "参数 amount 的格式不对；缺少参数 feature");
    }

    #[test]
    fn what_helps_against_a_code_of_the_platform_stands_beside_it() {
        for (code, help) in [
            (40164, "白名单"),
            (48001, "认证的服务号"),
            (45009, "明天再试"),
            (48006, "本月"),
            (50004, "联系管理员"),
            (50002, "用户受限"),
            (43101, "这个用户"),
            (41002, "微信拒绝了请求"),
            (42001, "access_token"),
            (40097, "微信拒绝了请求"),
        ] {
            let text = describe(&Refusal::Core(CoreError::Platform(PlatformFault::Other(code))));
            assert!(text.contains(help) && text.ends_with(&format!("（{code}）")), "{text}");
        }
    }

    /// No text names another code than the platform's, and no two codes of a sign-in share a text.
    #[test]
    fn every_code_of_the_platform_has_its_own_text() {
        let text_of = |code: i64| {
            let error = ApiError::Platform { code, class: ErrorClass::of(code), message: String::new() };
            describe(&Refusal::Core(CoreError::from(error)))
        };
        let codes =
            (40_000..51_000).chain(61_000..62_000).chain([-1, 65_301, 70_000, 89_503, 268_487_001, 268_487_002]);
        for code in codes {
            let text = text_of(code);
            assert!(text.ends_with(&format!("（{code}）")), "{code}: {text}");
        }
        let words = |code: i64| text_of(code).replace(&format!("（{code}）"), "");
        let signin = [40001, 40013, 40029, 40125, 40163, 40226, 42003, 45011, -1];
        for (at, one) in signin.iter().enumerate() {
            for other in &signin[at + 1..] {
                assert_ne!(words(*one), words(*other), "{one}, {other}");
            }
        }
        let snapshot = describe(&Refusal::Core(CoreError::Platform(PlatformFault::SnapshotVisitor)));
        assert!(snapshot.contains("快照") && !snapshot.contains("code"), "{snapshot}");
    }
}
