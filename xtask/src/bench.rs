//! Measures the release build on this machine: start-up, memory, requests per second of some pages, and the reply engine.
//!
//! The load generator is our own, so that nothing must be installed. It shares the machine with the program: compare its numbers
//! only with each other.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    build::{self, Profile},
    shell::{Context, Failure, Result, cargo, run},
};

const CONNECTIONS: usize = 32;
const LASTS: Duration = Duration::from_secs(5);
const PATHS: [&str; 3] = ["/healthz", "/", "/pkg/weida.css"];

/// The argument that runs only the reply engine's benchmark.
const ENGINE: &str = "reply";

pub fn all(paths: &[String]) -> Result {
    if paths == [ENGINE] {
        return engine();
    }
    build::release()?;
    let server = Server::start()?;
    println!("{CONNECTIONS} connections, {} s a path", LASTS.as_secs());
    println!("  start-up {:.0} ms, resident {} MiB", server.start_up.as_secs_f64() * 1e3, server.resident_mib());
    let is_whole = paths.is_empty();
    let paths: Vec<&str> = if is_whole { PATHS.to_vec() } else { paths.iter().map(String::as_str).collect() };
    for path in paths {
        match load(server.port, path) {
            Ok(load) => println!("  {path:<24} {load}"),
            Err(failure) => println!("  {path:<24} {failure}"),
        }
    }
    println!("  afterwards resident {} MiB", server.resident_mib());
    drop(server);
    if is_whole { engine() } else { Ok(()) }
}

/// Runs `benches/reply.rs`, which fails if its limits are exceeded.
fn engine() -> Result {
    run(cargo().args(["bench", "--package", "weida", "--bench", "reply"]))
}

/// The release build with a temporary database.
struct Server {
    child: Child,
    directory: PathBuf,
    port: u16,
    start_up: Duration,
}

impl Server {
    fn start() -> Result<Self> {
        let directory = env::temp_dir().join(format!("weida-bench-{}", std::process::id()));
        fs::create_dir_all(&directory).context(directory.display())?;
        let port =
            TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr()).context("a free port")?.port();
        let address = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let mut program = Command::new(Profile::Release.program());
        program.env("LEPTOS_SITE_ADDR", &address).env("RUST_LOG", "warn");
        program.env("DATABASE_URL", format!("sqlite://{}", directory.join("weida.db").display()));
        let child = program.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the program")?;
        let mut server = Self { child, directory, port, start_up: Duration::ZERO };
        let output = server.child.stdout.take().ok_or_else(|| Failure::new("the program has no output"))?;
        let mut lines = BufReader::new(output).lines().map_while(std::result::Result::ok);
        if !lines.any(|line| line.contains(&address)) {
            return Err(Failure::new("the program ended before it served").fix("cargo xtask run, and read its message"));
        }
        server.start_up = begun.elapsed();
        // A full pipe would block the program.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }

    /// The program's resident memory in MiB; 0 without `/proc`.
    fn resident_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.directory).ok();
    }
}

/// The measurement of one path.
struct Load {
    status: u16,
    size_bytes: usize,
    /// The duration of each request, sorted.
    times: Vec<Duration>,
}

impl std::fmt::Display for Load {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at =
            |part: usize| self.times.get(self.times.len() * part / 1000).map_or(0.0, |time| time.as_secs_f64() * 1e3);
        let rate = self.times.len() as u64 / LASTS.as_secs();
        let Self { status, size_bytes, .. } = self;
        write!(f, "{status}  {size_bytes:>7} B  {rate:>7} req/s  median {:.2} ms  99 % {:.2} ms", at(500), at(990))
    }
}

fn load(port: u16, path: &str) -> Result<Load> {
    let (status, size_bytes) = Connection::open(port)?.get(path)?;
    let results: Vec<Result<Vec<Duration>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| hammer(port, path))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err(Failure::new("panicked")))).collect()
    });
    let mut times = results.into_iter().collect::<Result<Vec<_>>>()?.concat();
    times.sort_unstable();
    Ok(Load { status, size_bytes, times })
}

fn hammer(port: u16, path: &str) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(port)?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < LASTS {
        let asked = Instant::now();
        connection.get(path)?;
        times.push(asked.elapsed());
    }
    Ok(times)
}

/// A keep-alive HTTP/1.1 connection.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).context("connect")?;
        stream.set_nodelay(true).context("connect")?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a request. Returns the status and the size of the body, which is read and discarded.
    fn get(&mut self, path: &str) -> Result<(u16, usize)> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\n\r\n");
        self.0.get_mut().write_all(request.as_bytes()).context(path)?;
        let status = self.line()?.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let (mut length, mut chunked) = (0, false);
        loop {
            let header = self.line()?.to_ascii_lowercase();
            match header.split_once(": ") {
                None => break,
                Some(("content-length", value)) => length = value.parse().context("content-length")?,
                Some(("transfer-encoding", "chunked")) => chunked = true,
                Some(_) => {}
            }
        }
        if !chunked {
            return self.discard(length).map(|()| (status, length));
        }
        let mut size_bytes = 0;
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).context("chunk")?;
            self.discard(size + 2)?;
            size_bytes += size;
            if size == 0 {
                return Ok((status, size_bytes));
            }
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line).context("answer")? {
            0 => Err(Failure::new("the connection was closed")),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn discard(&mut self, length: usize) -> Result {
        std::io::copy(&mut self.0.by_ref().take(length as u64), &mut std::io::sink()).context("body").map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sized_and_chunked_answers_are_read_to_their_end() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut requests = BufReader::new(stream.try_clone().unwrap()).lines();
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\na\r\n0123456789\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
            ] {
                requests.by_ref().map_while(std::result::Result::ok).find(String::is_empty).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let mut connection = Connection::open(port).unwrap();
        let mut answers = (0..3).map(|_| connection.get("/").unwrap());
        assert_eq!(answers.next(), Some((200, 3)));
        assert_eq!(answers.next(), Some((404, 12)));
        assert_eq!(answers.next(), Some((204, 0)));
        server.join().unwrap();
    }
}
