//! A request that has been let in: who asks what of which gateway, and the way from its body to its answer.
use crate::asked::Asked;
use crate::call::Question;
use crate::caller::Caller;
use crate::catalog::Gateway;
use crate::directives::Directives;
use crate::entry::WayIn;
use crate::metadata::Metadata;
use crate::prompt::Prompt;
use crate::reject::Reject;
use crate::run::Run;
use crate::serve::Arrival;
use crate::{Body, Proxy, body, job};
use bytes::Bytes;
use chat::{Format, Head};
use http::{HeaderMap, Response};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// A request that has been let in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) proxy: &'a Arc<Proxy>,
    pub(crate) gateway: &'a Gateway,
    pub(crate) caller: &'a Caller<'a>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) arrival: &'a Arrival,
    /// The gateway's limit of requests has counted this request. Shared by the steps of a universal request, which are one request.
    pub(crate) counted: &'a AtomicBool,
    /// Its body, once it has been read: for the record, should the request be refused.
    pub(crate) body: &'a OnceLock<Bytes>,
}

/// What its headers ask for besides an answer.
#[derive(Debug)]
pub(crate) struct Wishes<'a> {
    pub(crate) directives: Directives,
    pub(crate) metadata: Metadata<'a>,
}

impl<'a> Visit<'a> {
    /// Reads what the headers ask for.
    pub(crate) fn wishes(&self) -> Result<Wishes<'a>, Reject> {
        let trusted = self.proxy.settings.loopback && !self.gateway.authentication;
        Ok(Wishes {
            directives: Directives::read(self.headers, self.caller, trusted)?,
            metadata: Metadata::read(self.headers, self.caller.token.as_ref())?,
        })
    }

    /// Reads a body whole.
    pub(crate) async fn read<B>(&self, body: B) -> Result<Bytes, Reject>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: std::fmt::Display,
    {
        let body = body::read(self.headers, body, &self.proxy.settings).await?;
        Ok(self.body.get_or_init(|| body).clone())
    }

    /// A request for a model: read, resolve, walk, answer.
    pub(crate) async fn ask<B>(&self, format: Format, body: B) -> Result<Response<Body>, Reject>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: std::fmt::Display,
    {
        body::check(self.headers, self.proxy.settings.max_body)?;
        let wishes = self.wishes()?;
        let body = self.read(body).await?;
        self.answer(format, &body, wishes).await
    }

    /// The same of a body that is there.
    pub(crate) async fn answer(
        &self,
        format: Format,
        body: &Bytes,
        Wishes { directives, metadata }: Wishes<'a>,
    ) -> Result<Response<Body>, Reject> {
        let head = scan(format, body)?;
        let Self { proxy, gateway, caller, headers, arrival, counted, .. } = *self;
        let job = job::resolve(proxy, gateway, caller, &head.model).await?;
        let prompt = Arc::new(Prompt::new(body, &head));
        let question = Question::new(body, &head, directives.on_unsupported);
        let way = WayIn::of(format);
        let asked = Asked {
            gateway,
            caller,
            headers,
            directives,
            metadata,
            question,
            prompt,
            arrival,
            way,
        };
        Run::new(proxy, &asked, &job, counted).answer().await
    }
}

/// What a body asks, or why it is no request.
pub(crate) fn scan(format: Format, body: &Bytes) -> Result<Head<'_>, Reject> {
    chat::scan_as(format, body).map_err(|it| Reject::malformed(it.message, it.param))
}
