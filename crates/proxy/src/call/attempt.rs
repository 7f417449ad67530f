//! One attempt: send, and judge what comes back until it is an answer or not.

use super::fault::Fault;
use super::flow::{Flow, Stop};
use super::outgoing::{Outgoing, Translation};
use super::secrets::Secrets;
use super::skim::Skim;
use super::source::Source;
use super::watch::Watch;
use super::{Answered, Call, Context, Live, MAX_BUFFERED, request, resets, wait};
use bytes::{Bytes, BytesMut};
use dialects::TranslatedReply;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, Response, StatusCode};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use providers::{Auth, Key};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;

/// Most bytes of an error's body that are read for its message.
const MAX_ERROR: usize = 64 * 1024;
/// Most characters of an error in plain text that are told.
const MAX_TEXT: usize = 300;
/// An error's status is known; its body is not waited for longer than this.
const ERROR_WAIT: Duration = Duration::from_secs(2);
/// Most bytes of events held before the first meaningful one.
const MAX_PREAMBLE: usize = 64 * 1024;

/// What is the same for all attempts of a call.
#[derive(Debug)]
pub(super) struct Sender<'a> {
    pub(super) cx: &'a Context,
    pub(super) call: &'a Call<'a>,
    /// Prepared once, shared by the attempts. A fault: this provider cannot serve the request.
    outgoing: OnceLock<Result<Outgoing<'a>, Fault>>,
    pub(super) secrets: Secrets,
    /// Attempts before this one.
    pub(super) nth: usize,
}

/// What is known of an attempt so far, should it be cut off.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) status: Option<u16>,
    /// When the response's head came.
    pub(super) head_at: Option<Instant>,
    pub(super) usage: Option<chat::Reported>,
    /// It was refused, and only the words for it are to come.
    pub(super) refused: Option<Fault>,
}

impl Progress {
    /// The head of a response has come.
    pub(super) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status.as_u16());
        self.head_at = Some(Instant::now());
    }
}

impl<'a> Sender<'a> {
    pub(super) fn new(cx: &'a Context, call: &'a Call<'a>) -> Self {
        Self {
            cx,
            call,
            outgoing: OnceLock::new(),
            secrets: Secrets::new(&call.plan.endpoint, None, call.caller_key),
            nth: 0,
        }
    }

    /// Calls with this key from now on; with the caller's own when there is none.
    pub(super) fn hold(&mut self, key: Option<&Arc<Key>>) {
        self.secrets = Secrets::new(&self.call.plan.endpoint, key, self.call.caller_key);
    }

    /// What of the caller goes on, and from which span.
    pub(super) fn sent(&self) -> request::Sent<'a> {
        let trace = self.call.trace;
        request::Sent {
            headers: self.call.headers,
            own_key: self.secrets.is_callers(),
            trace: trace.map(|(it, step)| (it, it.attempt(step, self.nth))),
        }
    }

    /// The name of the key used.
    pub(super) fn key_alias(&self) -> &str {
        self.secrets.key_alias()
    }

    /// The same fault without secrets, should the provider have repeated one.
    pub(super) fn redacted(&self, mut fault: Fault) -> Fault {
        fault.message = self.secrets.redact(fault.message);
        fault
    }

    pub(super) async fn attempt(&self, progress: &mut Progress) -> Result<Answered, Fault> {
        if let Some(passage) = &self.call.passage {
            return self.pass(passage, progress).await;
        }
        let outgoing = self.outgoing().as_ref().map_err(Clone::clone)?;
        let (head, source) = self.respond(outgoing).await?.into_parts();
        progress.answered(head.status);
        let answer = Answer { status: head.status, headers: &head.headers, source };
        let result = self.judge(outgoing, answer, progress).await;
        result.map_err(|fault| Fault { status: progress.status, ..fault })
    }

    /// What is sent, made at the first attempt.
    fn outgoing(&self) -> &Result<Outgoing<'a>, Fault> {
        self.outgoing.get_or_init(|| Outgoing::new(self.call, self.cx.clock.now_ms()))
    }

    /// Gets as far as the response head.
    async fn respond(&self, outgoing: &Outgoing<'_>) -> Result<Response<Source>, Fault> {
        let Call { plan, question, .. } = self.call;
        let (endpoint, stream) = (&plan.endpoint, question.head.stream);
        let Outgoing { way, body, .. } = outgoing;
        if endpoint.built_in {
            let answer = providers::echo::answer(&plan.model, &body.parts.concat(), stream);
            return Ok(answer.map(Source::Echo));
        }
        let key = self.secrets.key();
        if key.is_none() && needs_key(endpoint) {
            return Err(Fault::no_key(&endpoint.slug));
        }
        let uri = if stream { &way.stream } else { &way.plain };
        let mut request = request::build(endpoint, uri, self.sent(), stream, body.clone());
        let now_ms = self.cx.clock.now_ms();
        endpoint.authorize(key, &mut request, &self.cx.client, now_ms).await?;
        let response = self.cx.client.send(request, endpoint.public_only).await?;
        Ok(response.map(Source::Http))
    }

    async fn judge(
        &self,
        outgoing: &Outgoing<'_>,
        Answer { status, headers, source }: Answer<'_>,
        progress: &mut Progress,
    ) -> Result<Answered, Fault> {
        if !status.is_success() {
            let now_ms = self.cx.clock.now_ms();
            let retry_after = wait::retry_after(headers, now_ms);
            let resets = resets::resets(headers, now_ms);
            progress.refused = Some(Fault { retry_after, resets, ..Fault::status(status, None) });
            return Err(Fault {
                retry_after,
                resets,
                ..self.refusal(status, headers, source).await
            });
        }
        identity(headers)?;
        let mut allowed = request::returned(&self.call.plan.endpoint, headers);
        let stream = self.call.question.head.stream;
        outgoing.describe(&mut allowed, stream);
        if stream {
            let flow = self.stream(outgoing, headers, source, progress).await?;
            return Ok(Answered::Stream(Live::new(status, allowed, flow, &self.cx.room)));
        }
        let whole = match &outgoing.translation {
            Some(translation) => self.translated(translation, headers, source).await?,
            None => self.plain(headers, source).await?,
        };
        match whole {
            Whole::Body(body, usage, finish) => {
                Ok(Answered::Plain { status, headers: allowed, body, usage, finish })
            }
            Whole::TooLarge(flow) => {
                Ok(Answered::Stream(Live::new(status, allowed, flow, &self.cx.room)))
            }
        }
    }

    /// A plain reply in the provider's format, complete, judged and translated.
    async fn translated(
        &self,
        translation: &Translation,
        headers: &HeaderMap,
        mut source: Source,
    ) -> Result<Whole, Fault> {
        if is_stream(headers) {
            return Err(Fault::broken_body("a stream came, though none was asked for"));
        }
        let body = match read(&mut source, MAX_BUFFERED).await.map_err(|it| Fault::reset(&it))? {
            Read::All(body) => body,
            Read::Part(_) => {
                return Err(Fault::broken_body("it is larger than 8 MiB, too large to translate"));
            }
        };
        if let chat::Reply::Error { message, .. } = chat::reply_as(translation.provider(), &body) {
            let said = self.secrets.message(&body).unwrap_or(message);
            return Err(Fault::error_in_200(&said));
        }
        let TranslatedReply { body, usage, finish } = translation.reply(&body)?;
        Ok(Whole::Body(Bytes::from(body.to_string()), usage, finish))
    }

    /// A plain reply, complete and judged.
    async fn plain(&self, headers: &HeaderMap, mut source: Source) -> Result<Whole, Fault> {
        if is_stream(headers) {
            return Err(Fault::broken_body("a stream came, though none was asked for"));
        }
        let body = match read(&mut source, MAX_BUFFERED).await.map_err(|it| Fault::reset(&it))? {
            Read::All(body) => body,
            Read::Part(body) => {
                let reader = (Skim::new(self.call.question.head.format), self.secrets.clone());
                let flow = Flow::plain(body, source, self.call.policy.idle, reader);
                return Ok(Whole::TooLarge(flow));
            }
        };
        match chat::reply_as(self.call.question.head.format, &body) {
            chat::Reply::Good { usage, finish } => Ok(Whole::Body(body, usage, finish)),
            chat::Reply::Broken { why } => Err(Fault::broken_body(why)),
            chat::Reply::Error { message, .. } => {
                Err(Fault::error_in_200(&self.secrets.message(&body).unwrap_or(message)))
            }
        }
    }

    /// A stream, read up to its first meaningful event.
    async fn stream(
        &self,
        outgoing: &Outgoing<'_>,
        headers: &HeaderMap,
        mut source: Source,
        progress: &mut Progress,
    ) -> Result<Flow, Fault> {
        if !is_stream(headers) && headers.contains_key(CONTENT_TYPE) {
            return Err(self.not_a_stream(headers, &mut source).await);
        }
        let secrets = self.secrets.clone();
        let mut flow = if let Some(translation) = &outgoing.translation {
            Flow::translated(source, translation.stream(), secrets)
        } else {
            let format = self.call.question.head.format;
            Flow::stream(source, Watch::new(format, outgoing.withhold_usage), secrets)
        };
        loop {
            flow.more().await;
            progress.usage = flow.usage();
            if flow.is_meaningful() {
                flow.commit(self.call.policy.idle);
                return Ok(flow);
            }
            match flow.stopped() {
                None if flow.held() > MAX_PREAMBLE => {
                    return Err(Fault::broken_body("64 KiB of events came without an answer"));
                }
                None => {}
                Some(Stop::Complete) => {
                    return Err(Fault::broken_body("the stream ended without an answer"));
                }
                Some(Stop::Error(said)) => return Err(Fault::error_in_200(said)),
                Some(Stop::Reset(why)) => return Err(Fault::reset(why)),
                Some(Stop::Broken(why)) => return Err(Fault::broken_body(why)),
            }
        }
    }

    /// Something else came instead of a stream: what it says, if it is an error.
    async fn not_a_stream(&self, headers: &HeaderMap, source: &mut Source) -> Fault {
        let kind = media_type(headers);
        let body = self.error_body(source).await;
        match chat::reply_as(self.call.question.head.format, &body) {
            chat::Reply::Error { message, .. } => {
                Fault::error_in_200(&self.secrets.message(&body).unwrap_or(message))
            }
            _ => Fault::broken_body(&format!("`{kind}` came instead of a stream")),
        }
    }

    /// An answer that is not 2xx.
    async fn refusal(&self, status: StatusCode, headers: &HeaderMap, mut source: Source) -> Fault {
        let body = if identity(headers).is_ok() {
            self.error_body(&mut source).await
        } else {
            Bytes::new()
        };
        let said = self.secrets.message(&body).or_else(|| self.text(headers, &body));
        Fault::status(status, said.as_deref())
    }

    /// The beginning of an error in plain text, on one line.
    fn text(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        if !media_type(headers).eq_ignore_ascii_case("text/plain") {
            return None;
        }
        let text = self.secrets.redact(String::from_utf8_lossy(body).into_owned());
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = line.chars().filter(|it| !it.is_control()).take(MAX_TEXT).collect();
        (!line.is_empty()).then_some(line)
    }

    async fn error_body(&self, source: &mut Source) -> Bytes {
        match tokio::time::timeout(ERROR_WAIT, read(source, MAX_ERROR)).await {
            Ok(Ok(Read::All(body) | Read::Part(body))) => body,
            Ok(Err(_)) | Err(_) => Bytes::new(),
        }
    }
}

/// A custom provider may do without a key; it will say so when it does not.
pub(super) fn needs_key(endpoint: &providers::Endpoint) -> bool {
    let none_at_all = endpoint.auth == Auth::None || endpoint.auth.is_ambient();
    !none_at_all && providers::find(&endpoint.slug).is_some_and(|it| !it.keyless)
}

/// Refuses a compressed body: we asked for none, and could neither judge it nor read its usage.
fn identity(headers: &HeaderMap) -> Result<(), Fault> {
    match headers.get(CONTENT_ENCODING).map(|it| it.to_str().unwrap_or("unknown")) {
        None | Some("" | "identity") => Ok(()),
        Some(encoding) => Err(Fault::broken_body(&format!(
            "it is compressed (`{encoding}`), though `accept-encoding: identity` was asked for"
        ))),
    }
}

/// The content type without its parameters; empty when absent.
pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}

/// Whether it is a stream in any of the framings that providers use.
fn is_stream(headers: &HeaderMap) -> bool {
    let kind = media_type(headers);
    ["text/event-stream", "application/vnd.amazon.eventstream"]
        .iter()
        .any(|it| kind.eq_ignore_ascii_case(it))
}

/// What came back.
#[derive(Debug)]
struct Answer<'r> {
    status: StatusCode,
    headers: &'r HeaderMap,
    source: Source,
}

/// A plain reply.
#[derive(Debug)]
enum Whole {
    Body(Bytes, Option<chat::Reported>, Option<chat::FinishReason>),
    /// Larger than what is buffered: to be sent on as it comes.
    TooLarge(Flow),
}

#[derive(Debug)]
pub(super) enum Read {
    All(Bytes),
    /// More than was asked for; the rest is still to come.
    Part(Bytes),
}

/// Reads a body, until it is larger than `most`. A body of one piece is not copied.
pub(super) async fn read(source: &mut Source, most: usize) -> Result<Read, String> {
    let Some(first) = data(source).await? else { return Ok(Read::All(Bytes::new())) };
    let Some(second) = data(source).await? else { return Ok(Read::All(first)) };
    let rest = usize::try_from(source.size_hint().lower()).unwrap_or(most);
    let mut all = BytesMut::with_capacity((first.len() + second.len() + rest).min(most));
    all.extend_from_slice(&first);
    all.extend_from_slice(&second);
    while all.len() <= most {
        match data(source).await? {
            Some(more) => all.extend_from_slice(&more),
            None => return Ok(Read::All(all.freeze())),
        }
    }
    Ok(Read::Part(all.freeze()))
}

/// The next bytes; `None` at the end. Trailers are of no use here.
async fn data(source: &mut Source) -> Result<Option<Bytes>, String> {
    while let Some(frame) = source.frame().await {
        if let Ok(bytes) = frame?.into_data()
            && !bytes.is_empty()
        {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
