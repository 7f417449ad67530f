//! Prints what the catalogue costs at first use and afterwards, and how many calls a second the
//! client makes to a trivial upstream in the same process:
//! `cargo run --release -p providers --example client_speed`.
#![expect(clippy::print_stdout, reason = "it prints figures")]

use bytes::Bytes;
use chat::Usage;
use http_body_util::BodyExt;
use providers::{Client, ClientOptions, Spliced};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const TASKS: usize = 32;
const TIME: Duration = Duration::from_secs(3);

fn main() {
    catalogue();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(calls()),
        Err(error) => println!("no runtime: {error}"),
    }
}

fn catalogue() {
    let start = Instant::now();
    let catalogue = providers::Catalogue::shipped();
    black_box(catalogue.model("openai", "gpt-4o"));
    println!("catalogue, first use: {:?}", start.elapsed());
    let start = Instant::now();
    for _ in 0..1_000_000 {
        black_box(catalogue.model(black_box("openai"), black_box("gpt-4o-2031-01-31")));
    }
    println!("catalogue, look-up without the date: {:?}", start.elapsed() / 1_000_000);
    let model = catalogue.model("openai", "gpt-5.6");
    let usage = Usage { input: 1000, cache_read: 200, output: 300, ..Usage::default() };
    let start = Instant::now();
    for _ in 0..1_000_000 {
        black_box(black_box(model).and_then(|it| it.cost(black_box(&usage))));
    }
    println!("cost of a call: {:?}", start.elapsed() / 1_000_000);
}

/// One thread for client and upstream, so that a second is a second of CPU.
async fn calls() {
    let Ok(listener) = TcpListener::bind("127.0.0.1:0").await else { return };
    let Ok(address) = listener.local_addr() else { return };
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((io, _)) = listener.accept().await {
            connections.spawn(serve(io));
        }
        0
    });
    let Ok(client) = Client::new(&ClientOptions::default()) else { return };
    let body = Bytes::from(vec![b' '; 2048]);
    let start = Instant::now();
    for _ in 0..TASKS {
        let (client, body) = (client.clone(), body.clone());
        let uri = format!("http://{address}/v1/chat/completions");
        tasks.spawn(async move {
            let mut count = 0_u32;
            while start.elapsed() < TIME {
                let request = http::Request::post(&uri).body(Spliced::from(body.clone()));
                let Ok(request) = request else { break };
                let Ok(response) = client.send(request, false).await else { break };
                if response.into_body().collect().await.is_err() {
                    break;
                }
                count += 1;
            }
            count
        });
    }
    let mut total = 0;
    for _ in 0..TASKS {
        total += tasks.join_next().await.and_then(Result::ok).unwrap_or_default();
    }
    let took = start.elapsed();
    println!(
        "client and upstream on one thread: {:.0} calls/s, {:?} a call",
        f64::from(total) / took.as_secs_f64(),
        took / total.max(1)
    );
}

async fn serve(mut io: TcpStream) {
    let reply =
        [b"HTTP/1.1 200 OK\r\ncontent-length: 1024\r\n\r\n".as_slice(), &[b'x'; 1024]].concat();
    let mut buffer = vec![0; 16 * 1024];
    let mut got = 0;
    while let Ok(count @ 1..) = io.read(&mut buffer).await {
        got += count;
        if got > 2048 {
            got = 0;
            if io.write_all(&reply).await.is_err() {
                return;
            }
        }
    }
}
