//! `weida doctor`: prints the settings in force and checks them.

use crate::{
    config::{Checked, Flags, describe},
    core::{
        Ctx,
        message::{encryption, original_id},
        secret_key::Source,
    },
    file_mode,
    http::proxy,
    server::assemble,
};
use std::collections::BTreeMap;

/// Runs the command.
pub async fn run(settings: Checked, flags: &Flags, environment: &BTreeMap<String, String>) -> Result<(), String> {
    for given in describe(flags, environment).map_err(|e| e.to_string())? {
        println!("{:<32} {:<40} {}", given.key, given.value, given.source);
    }
    println!("public URL                       {}", settings.public_url);
    println!("account                          {}", settings.account.as_ref().map_or("sandbox", |a| a.appid.as_str()));
    let pushes = match &settings.account {
        Some(account) if account.is_plain() => {
            "plain: an attacker who intercepts one push URL can forge messages; admins cannot sign in or confirm by WeChat; set WECHAT_AES_KEY and choose 安全模式"
        }
        _ => "encrypted only",
    };
    println!("pushes                           {pushes}");
    let is_sandbox = settings.account.is_none();
    let ctx = super::open(settings).await?;
    println!("database                         reachable, {:?}", ctx.store.engine());
    println!("secret key                       {}, matches the database", Source::of(&ctx.settings).name());
    let open = file_mode::open_to_others(&assemble::private_files(&ctx));
    for path in &open {
        println!("file mode                        {}: other users may read it; run chmod 600", path.display());
    }
    if open.is_empty() {
        println!("file modes                       for this user only");
    }
    let given = ctx.settings.account.as_ref().and_then(|account| account.original_id.as_ref());
    match (ctx.account.original_id.get(), given) {
        (Some(id), Some(_)) => println!("original id                      {id}, from the settings"),
        (Some(id), None) => println!("original id                      {id}, from an encrypted push"),
        (None, _) => println!(
            "original id                      not known: set WECHAT_ORIGINAL_ID to ignore pushes for other accounts"
        ),
    }
    if let Some((at, to)) = original_id::last_foreign(&ctx).await.map_err(|e| e.to_string())? {
        println!("pushes for another account       ignored; the last one was for {to} at {at} (Unix time)");
    }
    println!("proxy                            {}", proxy_line(&ctx).await?);
    let mut is_fine = open.is_empty();
    if let Some(line) = encryption::refusal(&ctx.store, &ctx.settings).await.map_err(|e| e.to_string())? {
        is_fine = false;
        println!("start                            refused: {line}");
    }
    if !is_sandbox {
        match ctx.account.platform.callback_ips().await {
            Ok(found) => println!("platform                         reachable, {} push addresses", found.len()),
            Err(error) => {
                is_fine = false;
                println!("platform                         {error}");
            }
        }
    }
    ctx.store.close().await;
    if is_fine { Ok(()) } else { Err("some checks failed: see above".to_owned()) }
}

/// Whether the settings declare the proxy that forwards requests.
async fn proxy_line(ctx: &Ctx) -> Result<String, String> {
    let settings = &ctx.settings;
    let seen = proxy::stored(ctx).await.map_err(|e| e.to_string())?;
    Ok(match seen {
        Some(seen) => format!(
            "not declared: requests come through {}, so all visitors share one address; set WEIDA_TRUSTED_PROXIES",
            seen.peer
        ),
        None if settings.is_https && settings.trusted_proxies.is_empty() => {
            "not declared: https needs a proxy in front, so all visitors share one address; set WEIDA_TRUSTED_PROXIES"
                .to_owned()
        }
        None if settings.trusted_proxies.is_empty() => "none declared".to_owned(),
        None => "declared".to_owned(),
    })
}
