//! A keep-alive HTTP/1.1 connection that reads answers into one buffer.

use std::{io, net::SocketAddr, ops::Range, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The platform's own limit for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
const BUFFER: usize = 16 * 1024;

/// Status and body of the last answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    body: Range<usize>,
}

/// A connection, opened when it is first needed and again after a failure or the server's `Connection: close`.
#[derive(Debug)]
pub struct Wire {
    to: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    filled: usize,
}

impl Wire {
    pub fn new(to: SocketAddr) -> Self {
        Self { to, stream: None, buffer: vec![0; BUFFER], filled: 0 }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The connection failed, no answer came in five seconds, or the answer is not HTTP.
    pub async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let asked = tokio::time::timeout(PATIENCE, self.exchange(request)).await;
        let answer = asked.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    pub fn body(&self, answer: &Answer) -> &[u8] {
        &self.buffer[answer.body.clone()]
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.to).await?,
        };
        stream.set_nodelay(true)?;
        stream.write_all(request).await?;
        self.filled = 0;
        let head = loop {
            self.fill(&mut stream).await?;
            if let Some(end) = find(&self.buffer[..self.filled], b"\r\n\r\n") {
                break Head::parse(&self.buffer[..end], end + 4)?;
            }
        };
        let body = match head.length {
            Length::Known(length) => {
                while self.filled < head.end + length {
                    self.fill(&mut stream).await?;
                }
                head.end..head.end + length
            }
            Length::Chunked => self.read_chunks(&mut stream, head.end).await?,
            Length::ToTheEnd => {
                while self.fill(&mut stream).await.is_ok() {}
                head.end..self.filled
            }
        };
        if head.is_kept {
            self.stream = Some(stream);
        }
        Ok(Answer { status: head.status, body })
    }

    async fn fill(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.filled * 2, 0);
        }
        match stream.read(&mut self.buffer[self.filled..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }

    /// Reads chunks until the last one, and moves their content together.
    async fn read_chunks(&mut self, stream: &mut TcpStream, start: usize) -> io::Result<Range<usize>> {
        let (mut content, mut at) = (start, start);
        loop {
            let line = loop {
                if let Some(length) = find(&self.buffer[at..self.filled], b"\r\n") {
                    break at..at + length;
                }
                self.fill(stream).await?;
            };
            let size = std::str::from_utf8(&self.buffer[line.clone()]).ok();
            let size = size.and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
            let size = size.ok_or(io::ErrorKind::InvalidData)?;
            let from = line.end + 2;
            while self.filled < from + size + 2 {
                self.fill(stream).await?;
            }
            self.buffer.copy_within(from..from + size, content);
            content += size;
            at = from + size + 2;
            if size == 0 {
                return Ok(start..content);
            }
        }
    }
}

enum Length {
    Known(usize),
    Chunked,
    ToTheEnd,
}

struct Head {
    status: u16,
    length: Length,
    /// True if the server leaves the connection open.
    is_kept: bool,
    /// Where the body begins.
    end: usize,
}

impl Head {
    fn parse(bytes: &[u8], end: usize) -> io::Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let mut head = Self { status, length: Length::ToTheEnd, is_kept: true, end };
        if status == 204 || status == 304 {
            head.length = Length::Known(0);
        }
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Length::Known(value.parse().map_err(|_| io::ErrorKind::InvalidData)?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.length = Length::Chunked;
            } else if name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close") {
                head.is_kept = false;
            }
        }
        head.is_kept &= !matches!(head.length, Length::ToTheEnd);
        Ok(head)
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers each request on one connection with the next of these texts, in two pieces.
    async fn server(answers: Vec<&'static str>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut request = [0; 1024];
                if stream.read(&mut request).await.unwrap() == 0 {
                    return;
                }
                let (one, two) = answer.split_at(answer.len() / 2);
                stream.write_all(one.as_bytes()).await.unwrap();
                tokio::task::yield_now().await;
                stream.write_all(two.as_bytes()).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn sized_chunked_and_closed_answers_are_read_to_their_end() {
        let address = server(vec![
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\na\r\n0123456789\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end",
        ])
        .await;
        let mut wire = Wire::new(address);
        for (status, body) in [(200, "abc"), (404, "ab0123456789"), (204, ""), (200, "to the end")] {
            let answer = wire.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
            assert_eq!((answer.status, wire.body(&answer)), (status, body.as_bytes()));
        }
        assert!(wire.stream.is_none());
    }

    #[tokio::test]
    async fn an_answer_that_ends_early_is_a_failure() {
        let address = server(vec!["HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\nabc"]).await;
        assert!(Wire::new(address).ask(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
