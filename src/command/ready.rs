//! `weida ready`: asks the running program on this machine whether it is ready. For the health checks of containers, which have no `curl`.

use crate::config::Checked;
use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// How long connecting and answering may take, each.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the command.
pub fn run(settings: &Checked) -> Result<(), String> {
    let address = reached_at(settings.settings.leptos.site_addr);
    let line = status(address).map_err(|e| format!("no program answers at {address}: {e}"))?;
    if line.split(' ').nth(1) == Some("200") { Ok(()) } else { Err(format!("the program is not ready: {line}")) }
}

/// The first line of the answer.
fn status(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut text = String::new();
    stream.take(4096).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// A program that listens on all addresses is reached at loopback.
fn reached_at(listened: SocketAddr) -> SocketAddr {
    let ip = match listened.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listened.port())
}
