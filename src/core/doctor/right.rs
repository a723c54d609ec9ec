//! What the account may do, found by calls that change nothing: never by a menu, a message or a QR code.

use super::finding::{Check, Finding, May, QuotaLeft, Right, RightFound, fine, text, warning};
use crate::wechat::api::{ApiError, CallbackCheck, Client, Quota, Reading};
use futures::future::join_all;

/// A quota of which less is left is worth a word: one in this many.
const LOW_PART: i64 = 10;

/// How a right is found.
struct Probe {
    right: Right,
    /// A call that needs the same right and only reads. Without one, the quota says whether the account may call at all.
    reading: Option<Reading>,
    /// The API whose quota is asked for.
    quota: Option<&'static str>,
}

const PROBES: [Probe; 8] = [
    Probe { right: Right::ReadAutoreply, reading: Some(Reading::Autoreply), quota: None },
    Probe { right: Right::ReadMenu, reading: Some(Reading::Menu), quota: None },
    Probe { right: Right::PublishMenu, reading: Some(Reading::OwnMenu), quota: Some("/cgi-bin/menu/create") },
    Probe { right: Right::QrCode, reading: None, quota: Some("/cgi-bin/qrcode/create") },
    Probe { right: Right::CustomMessage, reading: None, quota: Some("/cgi-bin/message/custom/send") },
    Probe { right: Right::UserInfo, reading: Some(Reading::User), quota: Some("/cgi-bin/user/info") },
    Probe { right: Right::Material, reading: Some(Reading::Material), quota: Some("/cgi-bin/media/upload") },
    Probe {
        right: Right::TemplateMessage,
        reading: Some(Reading::Templates),
        quota: Some("/cgi-bin/message/template/send"),
    },
];

/// All rights. Costs a call or two each, of which an account has thousands a day.
pub async fn probe(client: &Client) -> Vec<RightFound> {
    join_all(PROBES.iter().map(|of| one(client, of))).await
}

/// The same table for an account that cannot be asked.
pub fn unknown() -> Vec<RightFound> {
    PROBES.iter().map(|of| RightFound { right: of.right, may: May::Unknown, quota: None }).collect()
}

async fn one(client: &Client, of: &Probe) -> RightFound {
    let read = async {
        match of.reading {
            Some(reading) => Some(by_reading(&client.try_reading(reading).await)),
            None => None,
        }
    };
    let quota = async {
        match of.quota {
            Some(path) => Some(client.quota(path).await),
            None => None,
        }
    };
    let (read, quota) = tokio::join!(read, quota);
    let may = read.or_else(|| quota.as_ref().map(by_quota)).unwrap_or(May::Unknown);
    let quota = quota.and_then(Result::ok).filter(|quota| quota.daily_limit > 0);
    let quota = quota.map(|q| QuotaLeft { limit: q.daily_limit, used: q.used, left: q.remain });
    RightFound { right: of.right, may, quota: quota.filter(|_| may == May::Yes) }
}

/// The platform checks the right before anything else, so an error about the call itself says that the right is there.
fn by_reading(answer: &Result<(), ApiError>) -> May {
    match answer {
        Ok(()) | Err(ApiError::Platform { code: 46003 | 40003, .. }) => May::Yes,
        Err(ApiError::Platform { code: 48001 | 48004 | 50004, .. }) => May::No,
        Err(_) => May::Unknown,
    }
}

fn by_quota(answer: &Result<Quota, ApiError>) -> May {
    match answer {
        Ok(quota) if quota.daily_limit > 0 => May::Yes,
        Ok(_) | Err(ApiError::Platform { code: 48001 | 48004 | 50004 | 76022, .. }) => May::No,
        Err(_) => May::Unknown,
    }
}

/// The rights and quotas as findings.
pub fn findings(found: &[RightFound]) -> Vec<Finding> {
    let count = |may: May| found.iter().filter(|of| of.may == may).count();
    let (yes, no, unknown) = (count(May::Yes), count(May::No), count(May::Unknown));
    let rights = if unknown == found.len() {
        text("没有查到：先解决与微信的连接", "unknown: mend the connection to WeChat first")
    } else {
        text(
            format!("{yes} 项可用，{no} 项没有权限，{unknown} 项没有查到"),
            format!("{yes} allowed, {no} not allowed, {unknown} unknown"),
        )
    };
    vec![fine(Check::Rights, rights), quota(found)]
}

fn quota(found: &[RightFound]) -> Finding {
    let known = found.iter().filter_map(|of| Some((of.right, of.quota?)));
    let Some((right, least)) = known.min_by_key(|(_, quota)| quota.left * 1_000 / quota.limit.max(1)) else {
        return fine(Check::Quota, text("没有查到今天的额度", "the quotas of today are unknown"));
    };
    let (name, QuotaLeft { limit, used, left }) = (right.name(), least);
    let state = text(
        format!("用得最多的是「{}」：今天 {used} / {limit}，还剩 {left}", name.zh),
        format!("{} are used most: {used} of {limit} today, {left} left", name.en),
    );
    if left > limit / LOW_PART {
        return fine(Check::Quota, state);
    }
    warning(
        Check::Quota,
        state,
        text(
            "额度在北京时间零点恢复；急用时可在公众号后台清零（每月 10 次）",
            "quotas are renewed at midnight in Beijing; the console can reset them before that (10 times a month)",
        ),
    )
}

/// What the platform found at the public URL; `None` if it did not say.
pub fn reachability(answer: Result<CallbackCheck, ApiError>) -> Option<Finding> {
    let found = answer.ok()?;
    if found.dns.is_empty() && found.ping.is_empty() {
        return None;
    }
    let times: Vec<String> = found.ping.iter().map(|ping| format!("{} {}", ping.from_operator, ping.time)).collect();
    let lost = found.ping.iter().filter(|ping| ping.package_loss.trim() == "100%").count();
    if found.dns.is_empty() {
        return Some(warning(
            Check::CallbackCheck,
            text("微信解析不了公网地址的域名", "WeChat cannot resolve the name of the public address"),
            text(
                "检查域名解析：它要在中国大陆也能解析",
                "check the name's records: it must resolve in mainland China, too",
            ),
        ));
    }
    if lost == found.ping.len() && lost > 0 {
        return Some(warning(
            Check::CallbackCheck,
            text(
                "微信 ping 不通公网地址；服务器不回应 ping 时也会这样",
                "WeChat's pings of the public address are all lost; a server that answers no pings looks the same",
            ),
            text(
                "推送收得到就不用管；收不到时，检查安全组和防火墙是否放行 80、443 端口",
                "nothing, if pushes arrive; else see that the firewall and the cloud's security group pass ports 80 and 443",
            ),
        ));
    }
    let addresses: Vec<&str> = found.dns.iter().map(|dns| dns.ip.as_str()).collect();
    Some(fine(
        Check::CallbackCheck,
        text(
            format!("微信解析到 {}；{}", addresses.join("、"), times.join("，")),
            format!("WeChat resolves {}; {}", addresses.join(", "), times.join(", ")),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::doctor::finding::Level, wechat::api::ErrorClass};

    fn refused<T>(code: i64) -> Result<T, ApiError> {
        Err(ApiError::Platform { code, class: ErrorClass::of(code), message: String::new() })
    }

    #[test]
    fn an_error_about_the_call_itself_says_that_the_right_is_there() {
        assert_eq!([by_reading(&Ok(())), by_reading(&refused(46003)), by_reading(&refused(40003))], [May::Yes; 3]);
        assert_eq!(by_reading(&refused(48001)), May::No);
        assert_eq!([by_reading(&refused(40066)), by_reading(&Err(ApiError::Timeout))], [May::Unknown; 2]);
        let quota = |daily_limit| Ok(Quota { daily_limit, used: 0, remain: daily_limit });
        assert_eq!([by_quota(&quota(5)), by_quota(&quota(0)), by_quota(&refused(76022))], [May::Yes, May::No, May::No]);
        assert_eq!(by_quota(&Err(ApiError::Malformed)), May::Unknown);
    }

    #[test]
    fn a_quota_that_is_nearly_used_is_named() {
        let of = |left| RightFound {
            right: Right::QrCode,
            may: May::Yes,
            quota: Some(QuotaLeft { limit: 100, used: 100 - left, left }),
        };
        assert_eq!(quota(&[of(60)]).level, Level::Fine);
        let low = quota(&[of(60), of(4)]);
        assert!(low.level == Level::Warning && low.found.zh.contains("二维码") && low.found.en.contains("4 left"));
        assert_eq!(quota(&unknown()).level, Level::Fine);
    }

    #[test]
    fn what_the_platform_sees_is_shown_as_it_says() {
        let check = |text: &str| reachability(Ok(serde_json::from_str(text).unwrap()));
        let seen = r#"{"dns":[{"ip":"203.0.113.9","real_operator":"UNICOM"}],"ping":[{"ip":"203.0.113.9","from_operator":"CAP","package_loss":"0%","time":"23.079ms"}]}"#;
        let fine = check(seen).unwrap();
        assert!(
            fine.level == Level::Fine
                && fine.found.zh.contains("203.0.113.9")
                && fine.found.en.contains("CAP 23.079ms")
        );
        assert_eq!(check(&seen.replace("\"0%\"", "\"100%\"")).unwrap().level, Level::Warning);
        assert_eq!(check(r#"{"ping":[{"package_loss":"100%"}]}"#).unwrap().level, Level::Warning);
        assert!(check(r#"{"errcode":0}"#).is_none() && reachability(refused(48001)).is_none());
    }
}
