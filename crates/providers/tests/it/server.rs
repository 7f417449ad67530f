//! Upstreams that are as simple as can be: they read one request after the other and say what
//! they are told to say.

use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Reads one request with a `content-length`; `None` when the client has closed.
pub(crate) async fn read_request(io: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = io.read(&mut piece).await.unwrap_or_default();
        if count == 0 {
            return None;
        }
        text.extend_from_slice(piece.get(..count).unwrap_or_default());
        let request = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
            let length = length.map_or(0, |it| it.parse().expect("a number"));
            if body.len() >= length {
                return Some(request);
            }
        }
    }
}

/// Answers every request on a connection, until the client closes it; the requests it has read.
pub(crate) async fn answer_all(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    response: &str,
) -> Vec<String> {
    let mut requests = Vec::new();
    while let Some(request) = read_request(&mut io).await {
        requests.push(request);
        io.write_all(response.as_bytes()).await.expect("the client reads");
    }
    requests
}

/// A listener on a free port of this machine.
pub(crate) async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}
