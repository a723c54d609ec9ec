//! `weida serve`

use crate::{
    base::{clock::SystemClock, rng::SystemRng},
    config::Checked,
    sandbox::Phone,
    server, telemetry,
};
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGINT or SIGTERM; a second signal ends the program immediately.
pub async fn run(settings: Checked) -> Result<(), String> {
    telemetry::start(&settings.settings.log)?;
    let running = server::serve::start(settings, Arc::new(SystemClock), Arc::new(SystemRng)).await?;
    let url = running.state.ctx().settings.public_url.clone();
    println!("Weida 微答 {}", url.as_str().trim_end_matches('/'));
    if let Some(phone) = &running.phone {
        println!("沙箱 Sandbox {url}sandbox");
        if !running.address.ip().to_canonical().is_loopback() {
            print_key(phone);
        }
    }
    if !running.state.ctx().account.is_connected() {
        println!("还没有连接公众号 No account is connected yet: {url}admin/connect");
    }
    if let Some(link) = running.setup_link().await.map_err(|e| e.to_string())? {
        println!("创建管理员（仅一次）Make the first admin (once) {link}");
    }
    let stopping = running.state.stopping.clone();
    tokio::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        for signals in 0.. {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if signals > 0 {
                std::process::exit(130);
            }
            stopping.cancel();
        }
    });
    running.serve().await
}

/// Prints what another device needs to open the sandbox, with a QR code for a phone.
fn print_key(phone: &Phone) {
    println!("沙箱密钥（其他设备打开时输入）Sandbox key, for other devices: {}", phone.access.key());
    let Some(link) = phone.access.link() else { return };
    println!("{link}");
    if let Ok(code) = QrCode::with_error_correction_level(&link, EcLevel::L) {
        println!("{}", code.render::<Dense1x2>().build());
    }
}
