//! One request, read and let in: what the walk may know about it.
use crate::call::Question;
use crate::caller::Caller;
use crate::catalog::Gateway;
use crate::directives::Directives;
use crate::entry::WayIn;
use crate::metadata::Metadata;
use crate::prompt::Prompt;
use crate::serve::Arrival;
use http::HeaderMap;
use std::sync::Arc;
use telemetry::Trace;

/// Everything about a request that does not change while it is served. Borrowed: nothing is copied for conditions.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) caller: &'a Caller<'a>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) directives: Directives,
    pub(crate) metadata: Metadata<'a>,
    pub(crate) question: Question<'a>,
    /// How many tokens it is.
    pub(crate) prompt: Arc<Prompt>,
    pub(crate) arrival: &'a Arrival,
    pub(crate) way: WayIn<'a>,
}

impl Asked<'_> {
    /// Whether this request is recorded: the header says, else the gateway.
    pub(crate) fn collects_log(&self) -> bool {
        self.directives.collect_log.unwrap_or(self.gateway.collect_logs)
    }

    /// Whether anybody will read how it was served: a log, or a collector that gets its trace.
    pub(crate) fn is_told(&self, trace: Option<&Trace>) -> bool {
        self.collects_log() || trace.is_some_and(|it| it.sampled)
    }
}
