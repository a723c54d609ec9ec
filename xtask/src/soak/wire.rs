//! A minimal HTTP/1.1 client that chooses its source address and can send invalid requests.

use crate::shell::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// The time limit for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub fn connect(from: Ipv4Addr, port: u16) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).context("a socket")?;
    // No TIME_WAIT state: ten thousand closed connections would use up the ports.
    socket.set_linger(Some(Duration::ZERO)).context("a socket")?;
    socket.bind(&SocketAddr::from((from, 0)).into()).context("a source address")?;
    let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    socket.connect_timeout(&to.into(), PATIENCE).context("connect")?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).context("connect")?;
    stream.set_write_timeout(Some(PATIENCE)).context("connect")?;
    stream.set_nodelay(true).context("connect")?;
    Ok(stream)
}

/// An answer: its status, and its head and body as received.
pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let start = format!("set-cookie: {name}=");
        let line = self.text.lines().find(|line| line.starts_with(&start))?;
        line[start.len()..].split(';').next().map(str::to_owned)
    }
}

/// Sends a request on a new connection and reads until the server closes it.
pub fn ask(from: Ipv4Addr, port: u16, request: &[u8]) -> Result<Answer> {
    let mut stream = connect(from, port)?;
    stream.write_all(request).context("send")?;
    let mut bytes = Vec::new();
    // A reset after the answer counts as the end.
    let ended = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok());
    match (status, ended) {
        (Some(status), _) => Ok(Answer { status, text }),
        (None, Err(error)) => Err(crate::shell::Failure::new(format!("no answer: {error}"))),
        (None, Ok(_)) => Err(crate::shell::Failure::new("the connection was closed without an answer")),
    }
}

pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: weida.test\r\nconnection: close\r\n{headers}\r\n").into_bytes()
}

/// A form from the site's own page.
pub fn form(path: &str, cookie: &str, body: &str) -> Vec<u8> {
    let mut request = form_head(path, cookie, body.len());
    request.extend_from_slice(body.as_bytes());
    request
}

pub fn form_head(path: &str, cookie: &str, length: usize) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: weida.test\r\nconnection: close\r\nsec-fetch-site: same-origin\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n"
    )
    .into_bytes()
}
