//! Refreshes the price list from a file or URL that the operator names. What cannot be read, or is too different to be believed, is not
//! taken: the last good list stays, and the log says why.

use crate::config::{PriceSource, Prices};
use crate::reload::Builder;
use bytes::Bytes;
use http::header::{ACCEPT, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use providers::{Catalogue, Client, Spliced};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// Most bytes of a list.
const MOST: usize = 32 * 1024 * 1024;
/// For the whole of a download.
const PATIENCE: Duration = Duration::from_secs(30);
/// Most of what is wrong that is told.
const TOLD: usize = 5;

/// The task that refreshes.
#[derive(Debug)]
pub(crate) struct Refresher {
    source: PriceSource,
    every: Duration,
    client: Client,
    builder: Arc<Builder>,
    /// Of the list that was read last.
    etag: Option<HeaderValue>,
    last: Bytes,
}

impl Refresher {
    /// `None`: no file or URL is named.
    pub(crate) fn new(prices: &Prices, client: Client, builder: Arc<Builder>) -> Option<Self> {
        let source = prices.source.clone()?;
        let (every, last) = (prices.every, Bytes::new());
        Some(Self { source, every, client, builder, etag: None, last })
    }

    /// Works until it is dropped.
    pub(crate) async fn run(mut self) {
        let mut every = interval(self.every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            if let Err(why) = self.refresh().await {
                let source = self.source.shown();
                tracing::error!(
                    source,
                    why,
                    "the price list was not refreshed; the last good one stays"
                );
            }
        }
    }

    async fn refresh(&mut self) -> Result<(), String> {
        let Some(text) = self.read().await? else { return Ok(()) };
        if text == self.last {
            return Ok(());
        }
        let list = Catalogue::parse(&text).map_err(|problems| {
            let told: Vec<_> = problems.iter().take(TOLD).map(ToString::to_string).collect();
            format!("{} problems: {}", problems.len(), told.join("; "))
        })?;
        let before = self.builder.catalogue().await.map_err(|error| error.to_string())?;
        let jumps: Vec<_> = list.changes(&before).into_iter().filter(|it| it.jumps).collect();
        if !jumps.is_empty() {
            let told = jumps.iter().take(TOLD).map(|it| format!("{}/{}", it.provider, it.model));
            return Err(format!(
                "{} prices change by more than 20 times ({}); look at them with `pointsman prices import` and confirm them there",
                jumps.len(),
                told.collect::<Vec<_>>().join(", ")
            ));
        }
        tracing::info!(version = &**list.version(), "the price list was refreshed");
        self.builder.lists().refresh(list);
        self.last = text;
        Ok(())
    }

    /// `None`: it is what it was.
    async fn read(&mut self) -> Result<Option<Bytes>, String> {
        match &self.source {
            PriceSource::File(path) => {
                let size =
                    tokio::fs::metadata(path).await.map_err(|error| error.to_string())?.len();
                if usize::try_from(size).is_ok_and(|it| it > MOST) {
                    return Err(format!("it is larger than {MOST} bytes"));
                }
                let text = tokio::fs::read(path).await.map_err(|error| error.to_string())?;
                Ok(Some(text.into()))
            }
            PriceSource::Url(url) => {
                let url = url.clone();
                let answer = timeout(PATIENCE, self.download(url)).await;
                answer.map_err(|_| "it took longer than 30 s".to_owned())?
            }
        }
    }

    /// The client follows no redirects: a list comes from where the operator said, or not at all.
    async fn download(&mut self, url: http::Uri) -> Result<Option<Bytes>, String> {
        let mut request = Request::get(url).header(ACCEPT, "application/json");
        if let Some(etag) = &self.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let request = request.body(Spliced::default()).map_err(|error| error.to_string())?;
        let response = self.client.send(request, false).await.map_err(|error| error.to_string())?;
        match response.status() {
            StatusCode::NOT_MODIFIED => return Ok(None),
            status if status.is_success() => {}
            status => return Err(format!("it answered {status}")),
        }
        let etag = response.headers().get(ETAG).cloned();
        let body = Limited::new(response.into_body(), MOST).collect().await;
        let text = body.map_err(|error| error.to_string())?.to_bytes();
        self.etag = etag;
        Ok(Some(text))
    }
}
