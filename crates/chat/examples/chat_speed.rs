//! Prints how long the hot functions take, beside what `serde_json` needs for the same work:
//! `cargo run --release -p chat --example chat_speed`.
#![expect(clippy::print_stdout, reason = "it prints figures")]

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

/// The head as a derived struct, the usual way.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only parsed")]
struct Derived<'b> {
    #[serde(borrow)]
    model: Cow<'b, str>,
    #[serde(borrow)]
    messages: &'b RawValue,
    stream: Option<bool>,
    max_tokens: Option<u64>,
}

fn main() {
    for size in [1_000, 10_000, 100_000, 1_000_000] {
        requests(size, "a prompt of plain words, ", "plain");
        requests(size, "Zeilen\\n\\\"mit\\\" \u{dc}ml\u{e4}uten und 漢字, ", "escapes, non-ASCII");
    }
    let delta = br#"{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}],"usage":null}"#;
    let took = best(delta.len(), || chat::chunk(black_box(delta)).meaningful);
    println!("chunk of {} B: {took:.3} µs", delta.len());
    let event = [b"data: ".as_slice(), delta, b"\n\n"].concat();
    let mut events = chat::Events::default();
    let took = best(event.len(), || {
        let mut count = 0;
        events.push(black_box(&event), &mut |it| count += it.data.len()).map(|()| count)
    });
    println!("event of {} B: {took:.3} µs", event.len());
}

fn requests(size: usize, sentence: &str, what: &str) {
    let text = sentence.repeat(size / sentence.len());
    let body = format!(
        r#"{{"model":"dynamic/support","messages":[{{"role":"system","content":"You are a helpful assistant."}},{{"role":"user","content":"{text}"}}],"temperature":0.7,"max_tokens":256,"stream":true,"user":"u-1"}}"#
    );
    let body = Bytes::from(body);
    let scan = best(body.len(), || chat::scan(black_box(&body)).map(|it| it.message_count));
    let serde = best(body.len(), || {
        serde_json::from_slice::<Derived<'_>>(black_box(&body)).map(|it| it.messages.get().len())
    });
    let model = Bytes::from_static(b"\"gpt-4o-mini\"");
    let both = best(body.len(), || {
        let head = chat::scan(black_box(&body));
        head.map(|it| chat::splice(&body, &it, &model, true).len)
    });
    let len = body.len();
    println!(
        "{len:>8} B {what:<19} scan {scan:>8.2} µs ({:>5.2} GB/s)  scan + splice {both:>8.2} µs  serde_json {serde:>8.2} µs",
        speed(len, scan),
    );
}

#[expect(clippy::cast_precision_loss, reason = "a printed figure")]
fn speed(len: usize, micros: f64) -> f64 {
    len as f64 / micros / 1000.0
}

/// Best of 7 rounds, microseconds a call.
fn best<T>(len: usize, mut call: impl FnMut() -> T) -> f64 {
    let calls = u32::try_from(20_000_000 / len.max(200)).unwrap_or(u32::MAX);
    let mut best = f64::MAX;
    for _ in 0..7 {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        best = best.min(start.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    best
}
