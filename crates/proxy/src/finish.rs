//! How a run ends: limits charged, one record made, one response given. Each exactly once, and before the last byte leaves.
use crate::bill::{self, Bill, Held};
use crate::call::{Answered, Context, Ending, EndingKind, Refusal};
use crate::catalog::Plan;
use crate::directives::{CUSTOM_COST, TRACE};
use crate::job::Job;
use crate::kept;
use crate::load::Slot;
use crate::recall::Keeping;
use crate::record::{MOST_PAYLOAD, text};
use crate::reject::{JSON, Reject};
use crate::respond;
use crate::run::{Kept, Reply, Run};
use crate::timed::LastCall;
use crate::trace::TRACE_ID;
use crate::{Body, Proxy};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use providers::OnDisconnect;
use route::Done;
use route::ids::GatewayId;
use std::sync::Arc;
use telemetry::{Record, Times};

/// The status recorded for a client that left, as nginx writes it.
pub(crate) const CLIENT_GONE: u16 = 499;
/// `HIT`: the answer was kept. `MISS`: a provider gave it. `BYPASS`: and the caller wanted it so.
const CACHE_STATUS: &str = "cf-aig-cache-status";
/// The cause recorded for it.
pub(crate) const GONE: &str = "client_gone";

impl Run<'_> {
    /// The response: the last success, or an error that tells the way.
    pub(crate) fn finish(mut self, done: Done) -> Result<Response<Body>, Reject> {
        self.ended = true;
        match self.kept.take() {
            Some(kept) if done != Done::Limited => Ok(self.relay(kept)),
            _ => match self.failure.as_mut().and_then(|it| it.refusal.take()) {
                Some(refusal) if done != Done::Limited => Ok(self.pass_back(*refusal)),
                _ => Err(self.fail(done)),
            },
        }
    }

    /// Gives the provider's refusal to the client as it came.
    fn pass_back(&mut self, refusal: Refusal) -> Response<Body> {
        let Refusal { status, mut headers, body } = refusal;
        let mut closing = self.closing(None, 0);
        closing.recorded_as_failed(self.job);
        closing.gives(&headers);
        closing.gave(Some(std::slice::from_ref(&body)), true);
        let slot = closing.slot.clone();
        closing.end(Outcome {
            status: status.as_u16(),
            cause: Some("status"),
            response_size: size(body.len()),
        });
        if let Job::Direct(plan) = self.job {
            self.describe(&mut headers, plan, 0);
            headers.insert(CACHE_STATUS, self.not_recalled());
        }
        let mut response = Response::new(respond::whole(body, Some(slot)));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// Gives the model's reply to the client.
    fn relay(&mut self, kept: Kept<'_>) -> Response<Body> {
        let Kept { step, plan, reply } = kept;
        let mut closing = self.closing(Some(plan), step);
        let mut cache_status = self.not_recalled();
        let (status, mut headers, body) = match reply {
            Reply::Recalled(answer) => {
                cache_status = HeaderValue::from_static("HIT");
                closing.tell_again(&answer)
            }
            Reply::Called(Answered::Plain { status, headers, body, finish, .. }, _) => {
                closing.finished(finish);
                let slot = closing.slot.clone();
                closing.gives(&headers);
                closing.gave(Some(std::slice::from_ref(&body)), true);
                closing.end(Outcome {
                    status: status.as_u16(),
                    cause: None,
                    response_size: size(body.len()),
                });
                (status, headers, respond::whole(body, Some(slot)))
            }
            Reply::Called(Answered::Stream(mut live), keeping) => {
                closing.bill.drop_body();
                let (status, headers) = (live.status, std::mem::take(&mut live.headers));
                let keeping = keeping.map(|it| (it, headers.clone()));
                closing.gives(&headers);
                if closing.keeps_payload() {
                    live = live.keeping(MOST_PAYLOAD);
                }
                if keeping.is_some() {
                    live = live.keeping(cache::MAX_BODY);
                }
                let finish =
                    Box::new(move |ending: Ending| closing.stream_ended(status, ending, keeping));
                (status, headers, live.relay(finish))
            }
        };
        respond::not_buffered(&mut headers);
        self.describe(&mut headers, plan, step);
        headers.insert(CACHE_STATUS, cache_status);
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }

    /// The response headers of design 3.
    fn describe(&self, headers: &mut HeaderMap, plan: &Plan, step: usize) {
        headers.insert("cf-aig-model", respond::text(&plan.model));
        headers.insert("cf-aig-provider", respond::text(&plan.endpoint.slug));
        headers.insert("cf-aig-step", HeaderValue::from(size(step)));
        headers.insert("cf-aig-log-id", respond::text(&self.asked.arrival.id));
        headers.extend(
            self.way().into_iter().map(|(name, it)| (http::HeaderName::from_static(name), it)),
        );
    }

    /// What the answer of a provider is told to be, seen from the cache.
    fn not_recalled(&self) -> HeaderValue {
        HeaderValue::from_static(if self.asked.directives.recall.skip { "BYPASS" } else { "MISS" })
    }

    /// The trace if there is one; route, version and path unless it is a direct call.
    pub(crate) fn way(&self) -> Vec<(&'static str, HeaderValue)> {
        let mut way = Vec::new();
        if let Some(trace) = &self.trace {
            way.push((TRACE_ID, respond::text(&trace.trace_id())));
        }
        if let (Job::Route(live, version), Some(path)) = (self.job, self.trail(false).header()) {
            way.push(("pointsman-route", live.name_header()));
            way.push(("pointsman-version", version.id_header()));
            way.push(("pointsman-path", respond::text(&path)));
        }
        let directives = &self.asked.directives;
        if directives.trace {
            way.extend(self.told());
        }
        let ignored = [(directives.ignored_cost, CUSTOM_COST), (directives.ignored_trace, TRACE)];
        let ignored: Vec<_> =
            ignored.into_iter().filter_map(|(it, name)| it.then_some(name)).collect();
        if !ignored.is_empty() {
            way.push(("pointsman-ignored", respond::text(&ignored.join(", "))));
        }
        way
    }

    /// What a caller is told of its request that may know: the log's id and the way, and where the time to the head of the response went.
    fn told(&self) -> [(&'static str, HeaderValue); 2] {
        let trace = format!("log={}; path={}", self.asked.arrival.id, self.trail(false).told());
        let Times { gateway_us, route_us, upstream_us } = self.notes.times();
        let ms = |us: u64| format!("{}.{:03}", us / 1000, us % 1000);
        let (gateway, route, upstream) = (ms(gateway_us), ms(route_us), ms(upstream_us));
        let timing = format!("gateway;dur={gateway}, route;dur={route}, upstream;dur={upstream}");
        [(TRACE, respond::text(&trace)), ("server-timing", respond::text(&timing))]
    }

    /// No answer: charges what was used, and says why.
    fn fail(&mut self, done: Done) -> Reject {
        let reject = self.verdict(done);
        let cause = match (self.limit(done), &self.failure) {
            (Some(refused), _) => refused.kind().cause(),
            (None, Some(failure)) => failure.cause.kind,
            (None, None) => "no_model",
        };
        let body = reject.body(self.asked.arrival);
        let mut closing = self.closing(None, 0);
        closing.recorded_as_failed(self.job);
        closing.gives_kind(JSON);
        closing.gave(Some(std::slice::from_ref(&body)), true);
        closing.end(Outcome {
            status: reject.status().as_u16(),
            cause: Some(cause),
            response_size: size(body.len()),
        });
        reject
    }

    /// The run was dropped: the client left before there was an answer, or something panicked. What has been sent is charged in full, or
    /// with what is known already if that is more; the rest is given back.
    pub(crate) fn left(&mut self) {
        let (status, cause) =
            if std::thread::panicking() { (500, "panic") } else { (CLIENT_GONE, GONE) };
        self.bill_pending();
        bill::abandon(std::mem::take(&mut self.permits), &self.bill);
        let mut closing = self.closing(None, 0);
        closing.recorded_as_failed(self.job);
        closing.end(Outcome { status, cause: Some(cause), response_size: 0 });
    }

    /// A call that nobody waits for any more costs what a provider bills that goes on to its end.
    fn bill_pending(&mut self) {
        let Some((step, plan)) = self.pending.take() else { return };
        if plan.endpoint.on_disconnect == OnDisconnect::BillsToTheEnd {
            let metrics = &self.proxy.calls.metrics;
            let seen = self.bill.used_by(plan, None, 0, metrics);
            let default_output = self.proxy.settings.default_output_tokens;
            let used = self.bill.abandoned(plan, seen, default_output);
            self.bill.add(step, plan, used, metrics);
        }
    }

    /// Everything that the end of the response needs, owned: the response may outlive this run.
    fn closing(&mut self, plan: Option<&Arc<Plan>>, step: usize) -> Closing {
        let arrival = self.asked.arrival;
        let logged = self.asked.collects_log();
        let record = Box::new(self.record(plan, step));
        self.tell_first_token(plan);
        Closing {
            proxy: Arc::clone(self.proxy),
            gateway: self.asked.gateway.id.clone(),
            plan: plan.cloned(),
            step,
            permits: std::mem::take(&mut self.permits),
            bill: std::mem::take(&mut self.bill),
            record,
            logged,
            at_ms: arrival.at_ms,
            times: self.notes.times(),
            calls: self.tell_calls(),
            slot: arrival.slot.clone(),
            unsaid: match &self.passage {
                Some(_) if self.asked.way.only_counts() => Unsaid::Nothing,
                Some(it) if !it.is_read() => Unsaid::Unknown,
                _ => Unsaid::Estimated,
            },
        }
    }

    /// The head of a streamed answer that somebody was called for is about to go out.
    fn tell_first_token(&self, plan: Option<&Arc<Plan>>) {
        let called = self.made.last().is_some_and(|it| !it.attempts.is_empty());
        if let Some(plan) = plan.filter(|_| called && self.asked.question.head.stream) {
            let Context { clock, metrics, .. } = &self.proxy.calls;
            let ms = clock.now_ms().saturating_sub(self.asked.arrival.at_ms);
            let operation = self.asked.way.operation();
            metrics.first_token(&plan.endpoint.slug, operation, respond::seconds(ms));
        }
    }
}

/// What remains to be done when the response has ended.
#[derive(Debug)]
struct Closing {
    proxy: Arc<Proxy>,
    gateway: GatewayId,
    /// The model that answered.
    plan: Option<Arc<Plan>>,
    /// Its position among the model elements called.
    step: usize,
    permits: Vec<Held>,
    bill: Bill,
    record: Box<Record>,
    /// The record is for the log, too; else it is only counted.
    logged: bool,
    at_ms: u64,
    times: Times,
    /// The last call of a model, if there was one.
    calls: Option<LastCall>,
    slot: Slot,
    unsaid: Unsaid,
}

/// What an answer has used that does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unsaid {
    /// By what was seen of it.
    Estimated,
    /// It is of an API that nobody reads here: there is nothing to estimate from.
    Unknown,
    /// Tokens were counted.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Outcome {
    status: u16,
    cause: Option<&'static str>,
    response_size: u64,
}

impl Closing {
    /// Ends a request whose answer was kept: what it used is for the log only.
    fn tell_again(mut self, answer: &cache::Answer) -> (StatusCode, HeaderMap, Body) {
        self.record.cached = true;
        self.record.usage = answer.usage;
        self.finished(answer.finish);
        self.gives(&answer.headers);
        self.gave(Some(&answer.frames), true);
        let (status, headers, slot) = (answer.status, answer.headers.clone(), self.slot.clone());
        let response_size = size(answer.size());
        self.end(Outcome { status: status.as_u16(), cause: None, response_size });
        let body = match &answer.frames[..] {
            [whole] if !respond::is_events(&headers) => respond::whole(whole.clone(), Some(slot)),
            frames => respond::pieces(frames.to_vec(), slot),
        };
        (status, headers, body)
    }

    /// Bills a stream with what it used, or, when it did not say, by what was seen of it.
    fn stream_ended(
        mut self,
        status: StatusCode,
        ending: Ending,
        keeping: Option<(Keeping, HeaderMap)>,
    ) {
        let mut usage = None;
        if ending.usage.is_none() && self.unsaid != Unsaid::Estimated {
            if self.unsaid == Unsaid::Unknown {
                self.bill.add_unknown();
            }
        } else if let Some(plan) = self.plan.take() {
            let metrics = &self.proxy.calls.metrics;
            let bytes = ending.content_bytes;
            let mut used = self.bill.used_by(&plan, ending.usage.as_ref(), bytes, metrics);
            if ending.kind == EndingKind::ClientGone {
                let default_output = self.proxy.settings.default_output_tokens;
                used = self.bill.abandoned(&plan, used, default_output);
            }
            self.bill.add(self.step, &plan, used, metrics);
            usage = Some(used.usage);
        }
        self.finished(ending.finish);
        self.gave(ending.body.as_deref(), ending.kind == EndingKind::Complete);
        if let Some((keeping, headers)) = keeping.filter(|_| ending.kind == EndingKind::Complete) {
            let finish = ending.finish;
            let answer = |frames| cache::Answer { status, headers, frames, usage, finish };
            keeping.keep(&self.proxy, ending.body.map(answer));
        }
        let cause = match ending.kind {
            EndingKind::Complete => None,
            EndingKind::Broken(_) => Some("stream_broken"),
            EndingKind::ClientGone => Some(GONE),
        };
        let status =
            if ending.kind == EndingKind::ClientGone { CLIENT_GONE } else { status.as_u16() };
        self.end(Outcome { status, cause, response_size: ending.bytes });
    }

    /// The head of the response is this.
    fn gives(&mut self, headers: &HeaderMap) {
        let content_type = text(headers, &CONTENT_TYPE).unwrap_or_default();
        self.record.entry.response_content_type = content_type;
    }

    /// The body of the response is of this type.
    fn gives_kind(&mut self, kind: &str) {
        self.record.entry.response_content_type = kind.to_owned();
    }

    /// The model stopped for this reason.
    fn finished(&mut self, why: Option<chat::FinishReason>) {
        self.record.finish = why.map(|it| it.as_str().to_owned());
    }

    fn keeps_payload(&self) -> bool {
        self.record.payload.is_some()
    }

    /// The caller was given this; `None`: more than anybody wanted to keep.
    fn gave(&mut self, body: Option<&[Bytes]>, whole: bool) {
        let payload = self.record.payload.as_mut();
        let (Some(payload), Some(body)) = (payload, body) else { return };
        if body.iter().map(Bytes::len).sum::<usize>() <= MOST_PAYLOAD {
            payload.response = kept::join(body);
            payload.response_complete = whole;
        }
    }

    /// Nobody answered: the log names the route instead of a model, as the original's does.
    fn recorded_as_failed(&mut self, job: &Job) {
        let record = &mut self.record;
        (record.provider, record.model) = match job {
            Job::Route(live, _) => ("unknown".to_owned(), format!("dynamic/{}", live.name)),
            Job::Direct(plan) => (plan.endpoint.slug.to_string(), plan.model.to_string()),
        };
    }

    /// Charges, records, counts; then the request is no longer under way.
    fn end(self, outcome: Outcome) {
        bill::settle(self.permits, &self.bill);
        let duration_ms = self.proxy.calls.clock.now_ms().saturating_sub(self.at_ms);
        let metrics = &self.proxy.calls.metrics;
        let seconds = respond::seconds(duration_ms);
        metrics.request(self.gateway.as_str(), outcome.status, seconds);
        metrics.times(&self.times);
        if let Some(last) = &self.calls {
            last.tell(metrics, outcome.cause, duration_ms);
        }
        let record = *self.record;
        let record = Arc::new(Record {
            status: outcome.status,
            success: outcome.cause.is_none(),
            cause: outcome.cause.map(str::to_owned),
            usage: plus(self.bill.used(), record.usage),
            cost: self.bill.cost(),
            costs: self.bill.parts(),
            price_version: self.bill.price_version(),
            charges: self.bill.into_charges(),
            duration_ms,
            response_size: outcome.response_size,
            ..record
        });
        self.proxy.tell_spans(&record);
        if self.logged {
            self.proxy.recorder.push(record);
        } else {
            self.proxy.recorder.count(record);
        }
    }
}

/// What was billed, and what an answer that was kept had used.
fn plus(billed: Option<chat::Usage>, kept: Option<chat::Usage>) -> Option<chat::Usage> {
    match (billed, kept) {
        (Some(billed), Some(kept)) => Some(billed.plus(&kept)),
        (billed, kept) => billed.or(kept),
    }
}

pub(crate) fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
