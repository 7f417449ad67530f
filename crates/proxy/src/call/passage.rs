//! A call of a provider's own API, passed through both ways: the bytes are not read for what they mean, only looked at for what was
//! used. What is not an answer is given back as it came, too, unless it is tried again.

use super::attempt::{Progress, Read, Sender, media_type, needs_key, read};
use super::fault::Fault;
use super::flow::Flow;
use super::meter::{self, Meter};
use super::skim::Skim;
use super::source::Source;
use super::watch::Watch;
use super::{Answered, Live, MAX_BUFFERED, request, resets, wait};
use bytes::Bytes;
use chat::Format;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, StatusCode};

/// Where a call goes that is passed through; its body is that of the question.
#[derive(Clone, Copy, Debug)]
pub struct Passage<'a> {
    /// The URL, and what is known of it.
    pub native: &'a providers::Native,
    /// The caller's method.
    pub method: &'a Method,
}

impl Passage<'_> {
    /// Whether it may be sent again when nobody knows what became of it: what is asked of a model may, a call that creates something
    /// may not.
    pub(crate) fn may_repeat(&self) -> bool {
        let asks = self.native.speech.is_some() || self.native.model.is_some();
        self.method.is_idempotent() || asks
    }

    /// Whether an answer without usage can be estimated.
    pub(crate) fn is_read(&self) -> bool {
        self.native.speech.is_some()
    }
}

/// A provider's refusal, for the caller as it came, but for secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 400 or more.
    pub status: StatusCode,
    /// Those the client may see.
    pub headers: HeaderMap,
    /// The provider's bytes.
    pub body: Bytes,
}

impl Sender<'_> {
    /// One attempt. An answer is committed at its head.
    pub(super) async fn pass(
        &self,
        passage: &Passage<'_>,
        progress: &mut Progress,
    ) -> Result<Answered, Fault> {
        let (endpoint, key) = (&self.call.plan.endpoint, self.secrets.key());
        if key.is_none() && needs_key(endpoint) {
            return Err(Fault::no_key(&endpoint.slug));
        }
        let body = self.call.question.body.clone();
        let mut request = request::passed(endpoint, passage, self.sent(), body);
        let (client, now_ms) = (&self.cx.client, self.cx.clock.now_ms());
        endpoint.authorize(key, &mut request, client, now_ms).await?;
        let response = client.send(request, endpoint.public_only).await?;
        let (head, source) = response.map(Source::Http).into_parts();
        progress.answered(head.status);
        let allowed = request::passed_back(endpoint, &head.headers);
        if head.status.is_client_error() || head.status.is_server_error() {
            let fault = self.refused(head.status, &head.headers, allowed, source).await;
            return Err(Fault { status: progress.status, ..fault });
        }
        let flow = self.flow(passage, &head.headers, source);
        Ok(Answered::Stream(Live::new(head.status, allowed, flow, &self.cx.room)))
    }

    fn flow(&self, passage: &Passage<'_>, headers: &HeaderMap, source: Source) -> Flow {
        // Usage of an API nobody knows is read as OpenAI's, which many imitate.
        let format = passage.native.speech.unwrap_or(Format::Chat);
        let (idle, secrets) = (self.call.policy.idle, self.secrets.clone());
        let is = |kind: &str| media_type(headers).eq_ignore_ascii_case(kind);
        if is("text/event-stream") {
            let mut flow = Flow::stream(source, Watch::aside(format), secrets);
            flow.commit(idle);
            return flow;
        }
        let meter = if let Some(counted) = meter::counted(headers) {
            Meter::Counted(counted)
        } else if is("application/json") {
            Meter::Json(Box::new(Skim::new(format)))
        } else if is("application/vnd.amazon.eventstream") {
            Meter::frames()
        } else {
            Meter::Blind
        };
        Flow::opaque(source, idle, (meter, secrets))
    }

    /// An answer of 400 or more, kept whole for the caller.
    async fn refused(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        mut allowed: HeaderMap,
        mut source: Source,
    ) -> Fault {
        let body = match read(&mut source, MAX_BUFFERED).await {
            Ok(Read::All(body)) => body,
            Ok(Read::Part(_)) => return Fault::broken_body("its refusal is larger than 8 MiB"),
            Err(why) => return Fault::reset(&why),
        };
        let said = self.secrets.message(&body);
        let body = if self.secrets.are_in(&body) {
            allowed.remove(CONTENT_LENGTH);
            Bytes::from(self.secrets.redact(String::from_utf8_lossy(&body).into_owned()))
        } else {
            body
        };
        let now_ms = self.cx.clock.now_ms();
        Fault {
            retry_after: wait::retry_after(headers, now_ms),
            resets: resets::resets(headers, now_ms),
            refusal: Some(Box::new(Refusal { status, headers: allowed, body })),
            ..Fault::status(status, said.as_deref())
        }
    }
}
