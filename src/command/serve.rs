//! `weida serve`

use crate::{
    config::Checked,
    core::{chance::SystemChance, clock::SystemClock},
    http, telemetry,
};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGINT or SIGTERM; the second one ends it at once.
pub async fn run(settings: Checked) -> Result<(), String> {
    telemetry::start(&settings.settings.log)?;
    let server = http::serve::start(settings, Arc::new(SystemClock), Arc::new(SystemChance)).await?;
    let url = server.state.ctx.settings.public_url.clone();
    println!("Weida 微答 {}", url.as_str().trim_end_matches('/'));
    if server.state.sandbox.is_some() {
        println!("沙箱 Sandbox {url}sandbox");
    }
    if let Some(link) = server.setup_link().await.map_err(|e| e.to_string())? {
        println!("创建管理员（仅一次）Make the first admin (once) {link}");
    }
    let stopping = server.state.stopping.clone();
    tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        for told in 0.. {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if told > 0 {
                std::process::exit(130);
            }
            stopping.cancel();
        }
    });
    server.serve().await
}
