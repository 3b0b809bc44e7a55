//! Servers under load: programs as a user writes them, on net and http alone, and many clients that check every byte they get.
//!
//! The clients are threads of the test with sockets of their own, so that a fault that coil's two ends share does not hide. What is
//! counted is printed (`--nocapture` shows it); only what must hold on every machine is asserted. After the load every server has
//! the descriptors it had before.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

/// A program that listens, and ends with the test.
struct Server {
    child: Child,
    port: u16,
    /// Kept open: a program whose reader leaves ends with EPIPE.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Runs `script` (below the repository's root) and waits until it says `... <port>`.
    fn start(script: &str, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_coil")).arg(root().join(script)).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the server tells its port");
        let port = line.trim().rsplit(' ').next().and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("no port in {line:?}"));
        Self { child, port, _stdout: stdout }
    }

    fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(("127.0.0.1", self.port)).expect("the server accepts");
        // A test that would hang fails instead.
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        socket.set_write_timeout(Some(PATIENCE)).expect("a timeout can be set");
        socket
    }

    /// Open descriptors; `None` where the system does not tell.
    fn descriptors(&self) -> Option<usize> {
        Some(std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).ok()?.count())
    }

    /// What is open after a first connection has come and gone: what is opened once stays.
    fn settled_descriptors(&self) -> Option<usize> {
        drop(self.connect());
        let mut count = self.descriptors()?;
        loop {
            thread::sleep(Duration::from_millis(100));
            let now = self.descriptors()?;
            if now == count {
                return Some(now);
            }
            count = now;
        }
    }

    /// Resident memory in KiB; `None` where the system does not tell.
    fn resident_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Everything that was opened for clients is closed again.
    fn assert_descriptors(&self, before: Option<usize>) {
        let Some(before) = before else { return };
        let begun = Instant::now();
        let mut now = self.descriptors().unwrap_or(before);
        while now != before && begun.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
            now = self.descriptors().unwrap_or(before);
        }
        assert_eq!(now, before, "open descriptors after the load and before it");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long one answer may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The same numbers in every run: xorshift, for sizes and contents.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

#[test]
fn an_echo_server_gives_every_byte_back_in_order_to_100_connections() {
    const CONNECTIONS: u64 = 100;
    const BYTES: usize = 100_000;
    let server = Server::start("tests/load/echo-server.js", &[]);
    let before = server.settled_descriptors();
    let begun = Instant::now();
    thread::scope(|scope| {
        for id in 1..=CONNECTIONS {
            let socket = server.connect();
            scope.spawn(move || {
                let mut numbers = Numbers(id);
                let sent = numbers.bytes(BYTES);
                let mut writer = socket.try_clone().expect("a second handle of the socket");
                let mut received = Vec::with_capacity(BYTES);
                thread::scope(|scope| {
                    scope.spawn(|| {
                        let mut rest = sent.as_slice();
                        while !rest.is_empty() {
                            let len = (1 + numbers.below(8192)).min(rest.len());
                            writer.write_all(&rest[..len]).expect("the server reads");
                            rest = &rest[len..];
                        }
                        writer.shutdown(Shutdown::Write).expect("the end can be sent");
                    });
                    (&socket).read_to_end(&mut received).expect("the server answers");
                });
                assert!(received == sent, "connection {id} got {} bytes of {}, or others", received.len(), sent.len());
            });
        }
    });
    println!("echo: {CONNECTIONS} connections, {} bytes in {:?}", CONNECTIONS as usize * BYTES, begun.elapsed());
    server.assert_descriptors(before);
}

#[test]
fn a_server_holds_10000_idle_connections() {
    let server = Server::start("tests/load/echo-server.js", &[]);
    let before = (server.settled_descriptors(), server.resident_kib());
    // The clients need descriptors as the server does, and both some for themselves.
    let count = descriptor_limit().saturating_sub(100).min(10_000);
    let mut clients = Command::new(env!("CARGO_BIN_EXE_coil"))
        .arg(root().join("tests/load/idle-clients.js"))
        .args([server.port.to_string(), count.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut line = String::new();
    BufReader::new(clients.stdout.take().expect("piped")).read_line(&mut line).expect("the clients tell");
    assert_eq!(line, format!("open {count}\n"));
    // One more works as the first did.
    let mut socket = server.connect();
    socket.write_all(b"still there?").expect("the server reads");
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).expect("the server answers");
    assert_eq!(&answer, b"still there?");
    drop(socket);
    if let (Some(before), Some(now)) = (before.1, server.resident_kib()) {
        let per_connection = (now.saturating_sub(before)) as f64 / count as f64;
        println!("idle: {count} connections, {per_connection:.2} KiB resident for each");
        assert!(per_connection < 16.0, "{per_connection} KiB for an idle connection");
    }
    drop(clients.stdin.take());
    assert!(clients.wait().expect("the clients end").success());
    server.assert_descriptors(before.0);
}

/// How many descriptors a program may have that raises its limit as far as it can, as Node does.
fn descriptor_limit() -> usize {
    let limit = Command::new("sh").args(["-c", "ulimit -Hn"]).output().ok();
    let limit = limit.and_then(|output| String::from_utf8(output.stdout).ok()).unwrap_or_default();
    // `unlimited` is no number.
    limit.trim().parse().unwrap_or(usize::MAX)
}

#[test]
fn a_chat_server_delivers_every_line_once_and_in_order() {
    const CLIENTS: usize = 25;
    const LINES: usize = 40;
    let server = Server::start("tests/load/chat-server.js", &[]);
    let before = server.settled_descriptors();
    let begun = Instant::now();
    let joined = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        for id in 0..CLIENTS {
            let (server, joined) = (&server, &joined);
            scope.spawn(move || {
                let mut socket = server.connect();
                let mut lines = BufReader::new(socket.try_clone().expect("a second handle of the socket")).lines();
                let mut line = || lines.next().expect("the server answers").expect("the server answers");
                writeln!(socket, "client{id}").expect("the server reads");
                assert_eq!(line(), format!("welcome client{id}"));
                joined.wait();
                for number in 0..LINES {
                    writeln!(socket, "line {number} of {id} {}", "é".repeat(number)).expect("the server reads");
                }
                let mut next = [0; CLIENTS];
                for _ in 0..(CLIENTS - 1) * LINES {
                    let line = line();
                    let sender: usize = line.strip_prefix("client").and_then(|rest| rest.split(':').next()?.parse().ok()).expect("a line begins with its sender");
                    let number = next[sender];
                    assert_eq!(line, format!("client{sender}: line {number} of {sender} {}", "é".repeat(number)));
                    next[sender] += 1;
                }
                assert!(next.iter().enumerate().all(|(sender, count)| *count == if sender == id { 0 } else { LINES }));
                joined.wait();
                writeln!(socket, "/who").expect("the server reads");
                let mut names: Vec<String> = (0..CLIENTS).map(|id| format!("client{id}")).collect();
                names.sort();
                assert_eq!(line(), names.join(" "));
                joined.wait();
            });
        }
    });
    println!("chat: {CLIENTS} clients, {} lines delivered in {:?}", CLIENTS * (CLIENTS - 1) * LINES, begun.elapsed());
    server.assert_descriptors(before);
}

#[test]
fn a_file_server_gives_every_file_whole_to_many_clients() {
    const CLIENTS: u64 = 16;
    const REQUESTS: usize = 40;
    let folder = std::env::temp_dir().join(format!("coil-load-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("sub")).expect("a folder can be made");
    let mut numbers = Numbers(7);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, len) in [("empty.txt", 0), ("one.bin", 1), ("page.html", 1_000), ("sub/block.bin", 65_536), ("sub/large.bin", 300_001)] {
        let content = numbers.bytes(len);
        std::fs::write(folder.join(name), &content).expect("a file can be written");
        files.push((name.to_owned(), content));
    }
    let server = Server::start("examples/file-server.js", &[&folder.to_string_lossy(), "0"]);
    let before = server.settled_descriptors();
    let begun = Instant::now();
    thread::scope(|scope| {
        for id in 1..=CLIENTS {
            let (server, files) = (&server, &files);
            scope.spawn(move || {
                let mut numbers = Numbers(id * 77);
                let mut client = Client::new(server);
                for _ in 0..REQUESTS {
                    match numbers.below(files.len() + 3) {
                        0 => assert_eq!(client.get("/none"), (404, b"not found\n".to_vec())),
                        // Normalised, it stays inside.
                        1 => assert_eq!(client.get("/..%2f..%2fetc/passwd"), (404, b"not found\n".to_vec())),
                        2 => assert_eq!(client.get("/"), (200, b"empty.txt\none.bin\npage.html\nsub\n".to_vec())),
                        n => {
                            let (name, content) = &files[n - 3];
                            let (status, body) = client.get(&format!("/{name}"));
                            assert!(status == 200 && body == *content, "{name}: status {status}, {} bytes", body.len());
                        }
                    }
                    if numbers.below(8) == 0 {
                        client = Client::new(server);
                    }
                }
            });
        }
    });
    println!("files: {} requests in {:?}", CLIENTS as usize * REQUESTS, begun.elapsed());
    server.assert_descriptors(before);
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn an_http_server_answers_each_of_many_clients_what_it_asked() {
    const CLIENTS: u64 = 30;
    const REQUESTS: u64 = 20;
    let server = Server::start("tests/load/json-server.js", &[]);
    let before = server.settled_descriptors();
    let begun = Instant::now();
    thread::scope(|scope| {
        for id in 1..=CLIENTS {
            let server = &server;
            scope.spawn(move || {
                let mut client = Client::new(server);
                for number in 0..REQUESTS {
                    let list: Vec<u64> = (0..number * 3).map(|n| n * id).collect();
                    let body = format!("{list:?}");
                    let sum = format!("{{\"count\":{},\"sum\":{}}}", list.len(), list.iter().sum::<u64>());
                    assert_eq!(client.ask("POST", "/sum", body.as_bytes()), (200, sum.into_bytes()));
                    let text = format!("text {id} {number} ").repeat(1 + number as usize * 300);
                    assert_eq!(client.ask_chunked("/upper", text.as_bytes()), (200, text.to_uppercase().into_bytes()));
                }
                assert_eq!(client.ask("POST", "/sum", b"[1, 2"), (400, b"SyntaxError\n".to_vec()));
                // Four requests at once on one connection: answers in the order of the requests.
                let asked: String = (0..4).map(|n| format!("GET /slow?id={id}.{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
                client.socket.get_mut().write_all(asked.as_bytes()).expect("the server reads");
                for n in 0..4 {
                    assert_eq!(client.answer(), (200, format!("waited {id}.{n}\n").into_bytes()));
                }
            });
        }
    });
    println!("http: {} requests in {:?}", CLIENTS * (REQUESTS * 2 + 5), begun.elapsed());
    server.assert_descriptors(before);
}

/// A client of HTTP/1.1 that keeps its connection.
struct Client {
    socket: BufReader<TcpStream>,
}

impl Client {
    fn new(server: &Server) -> Self {
        Self { socket: BufReader::new(server.connect()) }
    }

    fn get(&mut self, path: &str) -> (u16, Vec<u8>) {
        write!(self.socket.get_mut(), "GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").expect("the server reads");
        self.answer()
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut message = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        message.extend_from_slice(body);
        self.socket.get_mut().write_all(&message).expect("the server reads");
        self.answer()
    }

    /// Sends the body in chunks of growing size, each in a write of its own.
    fn ask_chunked(&mut self, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let socket = self.socket.get_mut();
        write!(socket, "POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").expect("the server reads");
        let (mut rest, mut len) = (body, 1);
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(len.min(rest.len()));
            let mut message = format!("{:x}\r\n", chunk.len()).into_bytes();
            message.extend_from_slice(chunk);
            message.extend_from_slice(b"\r\n");
            socket.write_all(&message).expect("the server reads");
            rest = after;
            len *= 3;
        }
        socket.write_all(b"0\r\n\r\n").expect("the server reads");
        self.answer()
    }

    /// One response: status and body.
    fn answer(&mut self) -> (u16, Vec<u8>) {
        let status = self.line().split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
        let (mut len, mut chunked) = (None, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length: ") {
                len = value.parse().ok();
            }
            chunked |= line == "transfer-encoding: chunked";
        }
        let mut body = Vec::new();
        if !chunked {
            self.read(len.expect("a length or chunks"), &mut body);
            return (status, body);
        }
        loop {
            let len = usize::from_str_radix(&self.line(), 16).expect("a chunk's length");
            self.read(len, &mut body);
            assert_eq!(self.line(), "");
            if len == 0 {
                return (status, body);
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.socket.read_line(&mut line).expect("the server answers");
        line.strip_suffix("\r\n").expect("lines end with CRLF").to_owned()
    }

    fn read(&mut self, len: usize, body: &mut Vec<u8>) {
        let begun = body.len();
        body.resize(begun + len, 0);
        self.socket.read_exact(&mut body[begun..]).expect("the body is whole");
    }
}
