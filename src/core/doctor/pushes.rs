//! The pushes of the platform: when the last one was accepted, and why others were refused.
//!
//! A refusal is stored once in ten seconds and cause, because anyone can send a push with a wrong signature. Accepted pushes need no
//! record: each leaves a delivery. The running program remembers every push besides ([`super::memory`]), so that its page is exact.

use super::{
    finding::{Check, Finding, Text, fault, fine, text, unreachable, warning},
    memory::PushLog,
};
use crate::{
    core::{CoreError, OfficialCtx},
    store::{self, StoreError},
    wechat::callback::{Refusal, WINDOW_SECS},
};
/// Refusals are forgotten after this time.
const MEMORY_MS: i64 = 7 * 24 * 3_600_000;
/// The causes that name a setting. All others are not the platform's doing.
const CAUSES: [(&str, &str); 7] = [
    ("signature", "push-refused-signature"),
    ("stale", "push-refused-stale"),
    ("downgrade", "push-refused-downgrade"),
    ("no_key", "push-refused-no-key"),
    ("msg_signature", "push-refused-msg-signature"),
    ("decrypt", "push-refused-decrypt"),
    ("appid", "push-refused-appid"),
];

/// Stores that a push was refused, in the background.
pub fn record(ctx: &OfficialCtx, refusal: Refusal) {
    let now = ctx.now();
    ctx.account.doctor.refused(refusal.class(), now);
    let Some((class, name)) = CAUSES.iter().find(|(class, _)| *class == refusal.class()) else { return };
    if !ctx.account.refused_pushes.is_due(class, now) {
        return;
    }
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = save(&ctx, name, now).await {
            tracing::warn!(%error, "a refused push could not be stored for weida doctor");
        }
    });
}

async fn save(ctx: &OfficialCtx, name: &'static str, now: i64) -> Result<(), CoreError> {
    let saved = store::transact!(ctx.store, |tx| {
        store::fact::delete_fact(tx, name).await?;
        store::fact::insert_fact(tx, name, &format!("{} {now}", ctx.account.appid)).await
    });
    match saved {
        // Another instance stores the same.
        Err(e) if StoreError::is_retryable(&e) => Ok(()),
        other => Ok(other?),
    }
}

/// The refusals of this account, the newest first: cause and epoch milliseconds.
async fn refused(ctx: &OfficialCtx) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let (mut db, mut found) = (ctx.store.read().await?, Vec::new());
    for (class, name) in CAUSES {
        let fact = store::fact::find_fact(&mut db, name).await?;
        let parts = fact.as_deref().and_then(|fact| fact.split_once(' ')).filter(|(of, _)| *of == ctx.account.appid);
        if let Some(at) = parts.and_then(|(_, at)| at.parse::<i64>().ok())
            && ctx.now() - at < MEMORY_MS
        {
            found.push((class, at));
        }
    }
    Ok(found)
}

/// What the database says, and what this process or the running program remembers.
fn merged(
    (accepted, refused): (Option<i64>, Vec<(&'static str, i64)>),
    log: Option<&PushLog>,
) -> (Option<i64>, Vec<(&'static str, i64)>) {
    let Some(log) = log else { return (accepted, newest_first(refused)) };
    let accepted = accepted.max(log.last.back().map(|seen| seen.at));
    let remembered = CAUSES.iter().filter_map(|(class, _)| Some((*class, log.refused.get(*class)?.last_at)));
    let mut all = refused;
    for (class, at) in remembered {
        match all.iter_mut().find(|(known, _)| *known == class) {
            Some((_, known)) => *known = at.max(*known),
            None => all.push((class, at)),
        }
    }
    (accepted, newest_first(all))
}

fn newest_first(mut refused: Vec<(&'static str, i64)>) -> Vec<(&'static str, i64)> {
    refused.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    refused
}

/// Whether the last pushes were accepted, and if not, which setting does not fit.
pub async fn examine(ctx: &OfficialCtx, log: Option<&PushLog>) -> Finding {
    let found = async {
        let accepted = store::delivery::find_last_received(&mut ctx.store.read().await?).await?;
        Ok::<_, StoreError>((accepted, refused(ctx).await?))
    };
    let (accepted, refused) = match found.await {
        Ok(found) => merged(found, log),
        Err(e) => return unreachable(Check::Pushes, &e),
    };
    let ago = |at: i64| (ctx.now() - at).max(0) / 1000;
    let Some((class, at)) = refused.first().copied() else {
        return fine(
            Check::Pushes,
            match accepted {
                Some(at) => text(
                    format!("最近一条推送在 {} 秒前，签名、密钥和加密方式都对", ago(at)),
                    format!("the last push came {} s ago: signature, key and mode fit", ago(at)),
                ),
                None => text("最近一天没有收到推送", "no push came within the last day"),
            },
        );
    };
    let (what, mend) = cause(class);
    let found = text(
        format!("{}（最近一次在 {} 秒前）", what.zh, ago(at)),
        format!("{} (the last one {} s ago)", what.en, ago(at)),
    );
    if accepted.is_some_and(|accepted| accepted > at) {
        // Another push was accepted since: it is over, or was a forgery.
        return warning(
            Check::Pushes,
            text(format!("{}；之后的推送正常", found.zh), format!("{}; later ones were accepted", found.en)),
            text(format!("若再出现：{}", mend.zh), format!("if it happens again: {}", mend.en)),
        );
    }
    fault(Check::Pushes, found, mend)
}

/// What a refusal of this class means, and how to mend it.
fn cause(class: &str) -> (Text, Text) {
    match class {
        "downgrade" => (
            text(
                "收到明文的推送，而这里设置了 EncodingAESKey：一律拒绝",
                "pushes arrive unencrypted, and a key is set here: they are refused",
            ),
            text(
                "在公众号后台把消息加解密方式改为「安全模式」；确实要用明文时，删除 WECHAT_AES_KEY 再重启",
                "choose 安全模式 as 消息加解密方式 in the console; to use plain mode, remove WECHAT_AES_KEY and restart",
            ),
        ),
        "no_key" => (
            text(
                "收到加密的推送，而这里没有 EncodingAESKey：解不开",
                "pushes arrive encrypted, and no key is set here",
            ),
            text(
                "把 WECHAT_AES_KEY 设为公众号后台的 EncodingAESKey，再重启",
                "set WECHAT_AES_KEY to the EncodingAESKey of the console, and restart",
            ),
        ),
        "decrypt" => (
            text(
                "推送的签名正确，但用这里的 EncodingAESKey 解不开",
                "the signature of pushes is right, but the EncodingAESKey set here does not decrypt them",
            ),
            text(
                "把 WECHAT_AES_KEY 设为公众号后台现在的 EncodingAESKey（刚换过的，旧的放到 WECHAT_PREVIOUS_AES_KEY），再重启",
                "set WECHAT_AES_KEY to the present EncodingAESKey of the console (after a change, the old one to WECHAT_PREVIOUS_AES_KEY), and restart",
            ),
        ),
        "appid" => (
            text("推送解密后属于另一个 AppID", "pushes decrypt to another AppID"),
            text(
                "核对 WECHAT_APPID；这个地址可能填到了另一个公众号的后台",
                "compare WECHAT_APPID; another account's console may have this address",
            ),
        ),
        "stale" => (
            text(
                format!("推送的时间与这台服务器相差超过 {WINDOW_SECS} 秒"),
                format!("the time of pushes is more than {WINDOW_SECS} s away from this server's clock"),
            ),
            text("同步时钟：timedatectl set-ntp true", "set the clock: timedatectl set-ntp true"),
        ),
        _ => (
            text("推送的签名与这里的 Token 不符", "the signature of pushes does not fit the Token set here"),
            text(
                "把 WECHAT_TOKEN 设为公众号后台的令牌(Token)，再重启；后台没有报错的话，可能是别人在发伪造的推送",
                "set WECHAT_TOKEN to 令牌(Token) of the console, and restart; if the console reports no failure, others are sending forged pushes",
            ),
        ),
    }
}
