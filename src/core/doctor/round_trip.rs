//! The way from the public address to this program: reached, by whom it is answered, and what a proxy makes of it.

use super::{
    Given,
    finding::{Check, Finding, fault, fine, text},
    memory::PushLog,
    probe,
};
use crate::{
    config::Checked,
    core::OfficialCtx,
    wechat::{
        callback::PushSettings,
        round_trip::{self, Answered, Failure},
    },
};
use std::net::IpAddr;

/// How much later than the first part of the answer the second must arrive, as a part of the pause between them.
const STREAM_MIN_PART: u32 = 2;

/// The findings, and the pushes that the program at the public address remembers.
pub async fn examine(ctx: &OfficialCtx, given: &Given) -> (Vec<Finding>, Option<PushLog>) {
    let Some(push) = &given.push else { return (vec![proxy(&ctx.settings, given.undeclared_proxy, None)], None) };
    let nonce = ctx.rng.digits(16);
    let answer = send(ctx, given.push_path, push, &nonce).await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            return (vec![refused(ctx, &failure), proxy(&ctx.settings, given.undeclared_proxy, None)], None);
        }
    };
    let first = answer.text.split("\n\n").find_map(|part| part.lines().find_map(|line| line.strip_prefix("data: ")));
    let seen = first.and_then(|line| serde_json::from_str::<probe::Seen>(line).ok());
    let Some(seen) = seen.filter(|seen| seen.proof == probe::proof(ctx, &nonce)) else {
        return (vec![elsewhere(ctx), proxy(&ctx.settings, given.undeclared_proxy, None)], None);
    };
    let found = text(
        format!("自签的推送从公网地址走了一圈：验签、解密、回答都通过，{} 毫秒", answer.first.as_millis()),
        format!(
            "a push that Weida signed itself went round by the public address in {} ms: signature, key and answer fit",
            answer.first.as_millis()
        ),
    );
    let proxy = proxy(&ctx.settings, given.undeclared_proxy, Some(&seen));
    (vec![fine(Check::PublicUrl, found), proxy, stream(&answer)], Some(seen.pushes))
}

async fn send(ctx: &OfficialCtx, path: &str, push: &PushSettings, nonce: &str) -> Result<Answered, Failure> {
    let mut address = ctx.settings.public_url.clone();
    address.set_path(path);
    let to = ctx.account.original_id.get().unwrap_or_else(|| "gh_doctor".to_owned());
    round_trip::send(&address, push, &to, nonce, ctx.clock.now_secs(), ctx.rng.as_ref()).await
}

fn refused(ctx: &OfficialCtx, failure: &Failure) -> Finding {
    let url = ctx.settings.public_url.as_str().trim_end_matches('/');
    let (found, mend) = match failure {
        Failure::Unreachable(why) => (
            text(format!("打不开公网地址 {url}：{why}"), format!("the public address {url} cannot be reached: {why}")),
            text(
                "检查域名解析、证书、防火墙，反向代理和微答是否在运行；地址变了就改 WEIDA_PUBLIC_URL",
                "check the name's address, the certificate, the firewall, and that proxy and Weida run; if the address is another, change WEIDA_PUBLIC_URL",
            ),
        ),
        Failure::Silent => (
            text(
                format!("公网地址 {url} 接通后没有回答"),
                format!("the public address {url} accepts the connection and does not answer"),
            ),
            text(
                "检查反向代理转发到的地址和端口，以及微答是否在运行",
                "check the address and port that the proxy forwards to, and that Weida runs",
            ),
        ),
        Failure::Redirected(to) => (
            text(
                format!("公网地址 {url} 跳转到 {to}：微信不跟随跳转"),
                format!("the public address {url} redirects to {to}: WeChat does not follow that"),
            ),
            text(
                format!("把 WEIDA_PUBLIC_URL 和公众号后台的服务器地址都改为最终的地址（{to}）"),
                format!("set WEIDA_PUBLIC_URL, and the address in the console, to where it leads ({to})"),
            ),
        ),
        Failure::Status(403) => (
            text(
                format!(
                    "{url} 拒绝了用当前设置签名的推送（403）：正在运行的程序用的是另一套 Token、EncodingAESKey 或加密方式，或者请求没有到达微答"
                ),
                format!(
                    "{url} refuses a push signed with these settings (403): the running program has another Token, EncodingAESKey or mode, or something before it refuses"
                ),
            ),
            text(
                "改过设置之后要重启微答；已经重启过的，检查反向代理、防火墙是否拦截了 POST",
                "restart Weida after a change of the settings; if it was restarted, look for a proxy or firewall that refuses POST requests",
            ),
        ),
        Failure::Status(status) => (
            text(
                format!("{url} 回答了 {status}，不是微答的回答"),
                format!("{url} answers with status {status}, which Weida does not"),
            ),
            text(
                "502、503、504：反向代理连不上微答；404：地址指向了别的网站。检查反向代理的配置",
                "502, 503, 504: the proxy does not reach Weida; 404: the address belongs to another site. Look at the configuration of the proxy",
            ),
        ),
    };
    fault(Check::PublicUrl, found, mend)
}

fn elsewhere(ctx: &OfficialCtx) -> Finding {
    let url = ctx.settings.public_url.as_str().trim_end_matches('/');
    fault(
        Check::PublicUrl,
        text(
            format!("{url} 有回答，但回答的不是使用这个数据库的微答"),
            format!("{url} answers, but it is not a Weida with this database"),
        ),
        text(
            "WEIDA_PUBLIC_URL 指向了别的网站、旧版本或另一个微答：检查域名解析和反向代理",
            "WEIDA_PUBLIC_URL leads to another site, an earlier version, or another Weida: check the name's address and the proxy",
        ),
    )
}

/// Whether the proxy's word about callers' addresses counts. `sighted`: an undeclared proxy that sent requests.
pub fn proxy(settings: &Checked, sighted: Option<IpAddr>, seen: Option<&probe::Seen>) -> Finding {
    let undeclared = |peer: Option<IpAddr>| {
        let address = peer.map_or_else(|| "127.0.0.1".to_owned(), |ip| ip.to_string());
        fault(
            Check::Proxy,
            match peer {
                Some(_) => text(
                    format!("请求经过没有声明的反向代理 {address}：所有访客算作同一个地址，共用限额"),
                    format!("not declared: requests come through {address}, so all visitors share one address"),
                ),
                None => text(
                    "没有声明反向代理，而 https 一定要经过它：所有访客会算作同一个地址，共用限额",
                    "not declared: https needs a proxy in front, so all visitors share one address",
                ),
            },
            text(
                format!("设置 WEIDA_TRUSTED_PROXIES={address}，再重启"),
                format!("set WEIDA_TRUSTED_PROXIES={address}, and restart"),
            ),
        )
        .copying(format!("WEIDA_TRUSTED_PROXIES={address}"))
    };
    match (seen, sighted) {
        (Some(seen), _) if seen.is_forwarded && !seen.is_trusted => undeclared(Some(seen.peer)),
        (None, Some(peer)) => undeclared(Some(peer)),
        (Some(seen), _) if seen.is_trusted && !seen.is_forwarded => fault(
            Check::Proxy,
            text(
                format!("反向代理 {} 没有转发访客的地址", seen.peer),
                format!("the proxy {} does not pass on the address of visitors", seen.peer),
            ),
            text(
                "nginx：proxy_set_header X-Forwarded-For $remote_addr; Caddy 默认就有",
                "nginx: proxy_set_header X-Forwarded-For $remote_addr; Caddy does so by itself",
            ),
        )
        .copying("proxy_set_header X-Forwarded-For $remote_addr;"),
        (None, None) if settings.is_https && settings.trusted_proxies.is_empty() => undeclared(None),
        _ if settings.trusted_proxies.is_empty() => fine(Check::Proxy, text("没有反向代理", "none declared")),
        _ => fine(Check::Proxy, text("只相信声明过的反向代理", "declared")),
    }
}

/// The program pauses in the middle of its answer. A stream that is passed on at once arrives in two parts.
fn stream(answer: &Answered) -> Finding {
    let gap = answer.last.saturating_sub(answer.first);
    if gap * STREAM_MIN_PART >= probe::PAUSE {
        return fine(Check::EventStream, text("事件流随到随发", "event streams arrive at once"));
    }
    fault(
        Check::EventStream,
        text(
            "反向代理攒着事件流不发：扫码之后，等待的网页要过几秒才动",
            "a proxy holds event streams back: pages that wait for a scan go on seconds later",
        ),
        text(
            "nginx：在 location 里加 proxy_buffering off; 并对 text/event-stream 关闭压缩和缓存；然后 nginx -s reload",
            "nginx: add proxy_buffering off; to the location, and no compression or cache for text/event-stream; then nginx -s reload",
        ),
    )
    .copying("proxy_buffering off;")
}
