//! `weida doctor`: what is in force, and whether it works.

use crate::config::{Checked, Flags, describe};
use std::collections::BTreeMap;

/// Runs it.
pub async fn run(settings: Checked, flags: &Flags, environment: &BTreeMap<String, String>) -> Result<(), String> {
    for given in describe(flags, environment).map_err(|e| e.to_string())? {
        println!("{:<32} {:<40} {}", given.key, given.value, given.source);
    }
    println!("public URL                       {}", settings.public_url);
    println!("account                          {}", settings.account.as_ref().map_or("sandbox", |a| a.appid.as_str()));
    let pushes = match &settings.account {
        Some(account) if account.aes_key.is_none() => {
            "plain: anybody who sees one URL can forge messages; set WECHAT_AES_KEY and choose 安全模式"
        }
        _ => "encrypted only",
    };
    println!("pushes                           {pushes}");
    let is_sandbox = settings.account.is_none();
    let ctx = super::open(settings).await?;
    println!("database                         reachable, {:?}", ctx.store.engine());
    let mut is_fine = true;
    if !is_sandbox {
        match ctx.platform.callback_ips().await {
            Ok(found) => println!("platform                         reachable, {} push addresses", found.len()),
            Err(error) => {
                is_fine = false;
                println!("platform                         {error}");
            }
        }
    }
    ctx.store.close().await;
    if is_fine { Ok(()) } else { Err("something is not as it should be: see above".to_owned()) }
}
