//! What a browser downloads for a page: its HTML and every script and style sheet that it names, compressed.

use super::{
    options::Options,
    table::{Table, kilobytes},
};
use crate::{
    program::{Setup, site},
    shell::{Context, Failure, Result},
};
use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

const PATHS: [&str; 5] = ["/", "/login", "/register", "/me", "/replies"];
const USERNAME: &str = "pages";
const PATIENCE: Duration = Duration::from_secs(10);

pub fn pages(options: &Options, folder: &Path) -> Result<String> {
    if site(&options.program).is_none() {
        return Err(Failure::new("the site that belongs to the program is missing").fix("cargo xtask build"));
    }
    let setup = Setup::new(&options.program, folder, "pages")?;
    let password = setup.create_admin(USERNAME)?;
    let _running = setup.start()?;
    let cookie = sign_in(setup.port, USERNAME, &password)?;
    let mut table = Table::new(&["page", "HTML", "CSS", "JavaScript", "in total"]);
    for path in PATHS {
        let needs_user = ["/me", "/replies"].contains(&path);
        let headers = if needs_user { format!("cookie: {cookie}\r\n") } else { String::new() };
        let plain = fetch(setup.port, path, &headers, false)?;
        if plain.status != 200 {
            return Err(Failure::new(format!("{path} answers {}", plain.status)));
        }
        let html = fetch(setup.port, path, &headers, true)?.body.len();
        let (mut sizes, mut files) = ([0; 2], files(&plain.text()));
        // Scripts name more files, those that they import.
        let mut waiting: Vec<String> = files.iter().cloned().collect();
        while let Some(file) = waiting.pop() {
            let body = fetch(setup.port, &file, "", true)?.body.len();
            let kind = ["css", "js"].iter().position(|end| file.ends_with(&format!(".{end}")));
            if let Some(kind) = kind {
                sizes[kind] += body;
            }
            if kind == Some(1) {
                for more in self::files(&fetch(setup.port, &file, "", false)?.text()) {
                    if files.insert(more.clone()) {
                        waiting.push(more);
                    }
                }
            }
        }
        let total = html + sizes.iter().sum::<usize>();
        let mut cells = vec![format!("`{path}`"), kilobytes(html)];
        cells.extend(sizes.map(kilobytes));
        cells.push(kilobytes(total));
        table.row(cells);
    }
    Ok(table.to_string())
}

/// The addresses of scripts and style sheets in a text.
fn files(text: &str) -> BTreeSet<String> {
    let words = text.split(['"', '\'', '`', '(', ')', ' ', '<', '>', '=']);
    let is_file = |word: &&str| word.starts_with("/pkg/") && [".css", ".js"].iter().any(|end| word.ends_with(end));
    words.filter(is_file).map(str::to_owned).collect()
}

/// The cookie of a signed-in browser.
pub fn sign_in(port: u16, username: &str, password: &str) -> Result<String> {
    let body = format!("username={username}&password={password}");
    let headers = format!(
        "sec-fetch-site: same-origin\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
        body.len()
    );
    let answer = exchange(port, &format!("POST /do/login HTTP/1.1\r\n{headers}"), &body)?;
    let cookies = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookies: Vec<&str> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
    if answer.status == 303 && !cookies.is_empty() {
        return Ok(cookies.join("; "));
    }
    Err(Failure::new(format!("signing in answered {}", answer.status)))
}

struct Fetched {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Fetched {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn fetch(port: u16, path: &str, headers: &str, is_compressed: bool) -> Result<Fetched> {
    let encoding = if is_compressed { "accept-encoding: gzip, br\r\n" } else { "" };
    exchange(
        port,
        &format!("GET {path} HTTP/1.1\r\naccept: text/html,*/*\r\nsec-fetch-site: none\r\n{encoding}{headers}"),
        "",
    )
}

fn exchange(port: u16, head: &str, body: &str) -> Result<Fetched> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("connect")?;
    stream.set_read_timeout(Some(PATIENCE)).context("connect")?;
    let request = format!("{head}host: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).context("send")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).context("answer")?;
    let end =
        bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(|| Failure::new("no HTTP answer"))?;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let body = &bytes[end + 4..];
    let body = if head.contains("transfer-encoding: chunked") { joined(body)? } else { body.to_vec() };
    // Cookies are case-sensitive.
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    Ok(Fetched { status, head, body })
}

/// The content of chunks.
fn joined(mut chunks: &[u8]) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let line = chunks.windows(2).position(|window| window == b"\r\n").ok_or_else(|| Failure::new("a cut chunk"))?;
        let size = std::str::from_utf8(&chunks[..line]).context("a chunk's size")?;
        let size = usize::from_str_radix(size.trim(), 16).context("a chunk's size")?;
        let from = line + 2;
        let chunk = chunks.get(from..from + size).ok_or_else(|| Failure::new("a cut chunk"))?;
        if size == 0 {
            return Ok(content);
        }
        content.extend_from_slice(chunk);
        chunks = chunks.get(from + size + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_page_are_found_once() {
        let page = r#"<link href="/pkg/a.1.css"><script src='/pkg/b.js'></script><img src="/pkg/c.png"><link href="/pkg/a.1.css">
                      import("/pkg/d.js"); const image = new URL('/pkg/e.png')"#;
        let expected = ["/pkg/a.1.css", "/pkg/b.js", "/pkg/d.js"];
        assert_eq!(files(page), BTreeSet::from(expected.map(str::to_owned)));
    }

    #[test]
    fn chunks_are_joined() {
        assert_eq!(joined(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").unwrap(), b"abc");
        assert!(joined(b"5\r\nab").is_err());
    }
}
