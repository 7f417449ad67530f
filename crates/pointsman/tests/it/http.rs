//! A small blocking HTTP/1.1 client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Lines of the head, lower case names.
    pub(crate) head: Vec<String>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|it| it.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A connection under way: for streams, and for what is not quite HTTP.
pub(crate) struct Connection(pub(crate) BufReader<TcpStream>);

impl Connection {
    /// To `host:port`; fails like the socket does.
    pub(crate) fn open(address: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(BufReader::new(stream)))
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).expect("the server reads");
    }

    pub(crate) fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) {
        let mut head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "host") {
            head.push_str("host: localhost\r\n");
        }
        if !body.is_empty() {
            head.push_str("content-type: application/json\r\n");
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        self.send(format!("{head}\r\n{body}").as_bytes());
    }

    /// The next line, without its end; `None` when the connection has ended.
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Everything until the connection ends, however it does.
    pub(crate) fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let _ = self.0.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn head(&mut self) -> (u16, Vec<String>) {
        let status = self.line().expect("a status line");
        let status = status.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a status");
        let mut head = Vec::new();
        while let Some(line) = self.line().filter(|it| !it.is_empty()) {
            let (name, value) = line.split_once(": ").unwrap_or((&line, ""));
            head.push(format!("{}: {value}", name.to_lowercase()));
        }
        (status, head)
    }

    pub(crate) fn reply(&mut self) -> Reply {
        let (status, head) = self.head();
        let mut reply = Reply { status, head, body: String::new() };
        if let Some(length) = reply.header("content-length") {
            let mut bytes = vec![0; length.parse().expect("a length")];
            self.0.read_exact(&mut bytes).expect("the whole body");
            reply.body = String::from_utf8(bytes).expect("text");
        } else if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = self.chunks();
        }
        reply
    }

    fn chunks(&mut self) -> String {
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(&self.line().expect("a chunk size"), 16).expect("hex");
            let mut chunk = vec![0; size];
            self.0.read_exact(&mut chunk).expect("the whole chunk");
            self.line();
            if size == 0 {
                return String::from_utf8(body).expect("text");
            }
            body.extend(chunk);
        }
    }
}

/// One request on a connection of its own.
pub(crate) fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut connection = Connection::open(address).expect("the server listens");
    connection.request(method, path, headers, body);
    connection.reply()
}
