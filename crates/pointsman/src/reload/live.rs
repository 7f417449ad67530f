//! What the running process offers to the management API and to the data plane.

use super::known::Having;
use super::{Builder, Collectors, Job, limits, offer};
use crate::clock::SystemClock;
use crate::counting::Counting;
use crate::rehearsal;
use api::{BucketInUse, Change, CountersAway, LimitsAsked, LimitsInUse, Offer};
use api::{Simulate, Simulated, Trial, Tried, Unsound};
use proxy::Proxy;
use proxy::breaker::Breakers;
use proxy::catalog::{Gateway, Version};
use proxy::simulation::{Ground, Keys};
use route::ids::{GatewayId, RouteId, VersionId};
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use tokio::sync::{mpsc, oneshot};

/// The management API's side of the reloader.
#[derive(Debug)]
pub(crate) struct Publisher {
    builder: Arc<Builder>,
    proxy: Arc<Proxy>,
    counting: Counting,
    older: limits::Older,
    jobs: mpsc::Sender<Job>,
}

impl Publisher {
    /// Hands changes to the reloader at the other end of `jobs`.
    pub(crate) fn new(
        builder: &Arc<Builder>,
        proxy: &Arc<Proxy>,
        counting: &Counting,
        jobs: mpsc::Sender<Job>,
    ) -> Self {
        let (builder, proxy) = (Arc::clone(builder), Arc::clone(proxy));
        Self { builder, proxy, counting: counting.clone(), older: limits::Older::default(), jobs }
    }
}

impl Publisher {
    fn limits(&self) -> limits::Ground<'_> {
        limits::Ground {
            counting: &self.counting,
            builder: &self.builder,
            older: &self.older,
            catalog: self.proxy.catalog(),
        }
    }
}

impl api::Live for Publisher {
    fn known(&self, gateway: &GatewayId) -> Arc<dyn route::Known + Send + Sync> {
        let catalog = self.proxy.catalog();
        let found = catalog.gateways.get(gateway).map(Arc::clone);
        Arc::new(Having(found.unwrap_or_else(|| Arc::new(self.builder.bare(gateway)))))
    }

    fn publish(
        &self,
        change: Change,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(async move {
            const STOPPING: &str =
                "the server is stopping; it serves the change after its next start";
            let (done, applied) = oneshot::channel();
            self.jobs.send(Job { change, done }).await.map_err(|_| STOPPING.to_owned())?;
            applied.await.unwrap_or_else(|_| Err(STOPPING.to_owned()))
        })
    }

    fn tokens(&self) -> Arc<access::Tokens> {
        Arc::clone(&self.proxy.catalog().tokens)
    }

    fn now_ms(&self) -> u64 {
        SystemClock::now_ms()
    }

    fn try_model(
        &self,
        trial: Trial,
    ) -> Pin<Box<dyn Future<Output = Result<Tried, String>> + Send + '_>> {
        Box::pin(async move {
            let Trial { gateway, provider, model } = trial;
            let attempt = self.proxy.try_model(&gateway, &provider, &model).await;
            let attempt = attempt.ok_or_else(|| {
                format!("the gateway `{gateway}` cannot call `{provider}`: is it switched on?")
            })?;
            Ok(Tried {
                status: attempt.status,
                ms: attempt.ms,
                key_alias: attempt.key_alias.into(),
                cause: attempt.cause.map(|it| (it.kind, it.message)),
            })
        })
    }

    fn simulate(
        &self,
        simulate: Simulate,
    ) -> Pin<Box<dyn Future<Output = Result<Simulated, Unsound>> + Send + '_>> {
        let proxy = Arc::clone(&self.proxy);
        let builder = Arc::clone(&self.builder);
        Box::pin(async move {
            let walked = tokio::task::spawn_blocking(move || walk(&proxy, &builder, simulate));
            match walked.await {
                Ok(walked) => walked,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        })
    }

    fn offer(&self, gateway: &GatewayId) -> Offer {
        let found = self.proxy.catalog().gateways.get(gateway).map(Arc::clone);
        offer::of(&found.unwrap_or_else(|| Arc::new(self.builder.bare(gateway))))
    }

    fn limits_in_use(
        &self,
        asked: LimitsAsked,
    ) -> Pin<Box<dyn Future<Output = Result<LimitsInUse, CountersAway>> + Send + '_>> {
        Box::pin(async move { self.limits().in_use(asked).await })
    }

    fn reset_limit<'a>(
        &'a self,
        gateway: &'a GatewayId,
        bucket: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Option<BucketInUse>, CountersAway>> + Send + 'a>> {
        Box::pin(async move { self.limits().reset(gateway, bucket).await })
    }
}

/// Simulates with what the gateway has now.
fn walk(proxy: &Proxy, builder: &Builder, simulate: Simulate) -> Result<Simulated, Unsound> {
    let Simulate { gateway, route, name, graph, sample, assumed } = simulate;
    let catalog = proxy.catalog();
    let found = catalog.gateways.get(&gateway).map(Arc::clone);
    let gateway = found.unwrap_or_else(|| Arc::new(builder.bare(&gateway)));
    // Breakers that no traffic has are not to be kept for a graph that may never serve any.
    let apart = Gateway { breakers: Breakers::new(None), ..gateway.as_ref().clone() };
    let version = Version::new(VersionId::from(""), graph, &route, &apart);
    let ground = Ground {
        gateway: &apart,
        version: &version,
        name: &name,
        route: &route,
        default_output_tokens: proxy.settings().default_output_tokens,
        loopback: proxy.settings().loopback,
        keys: Keys::Known,
    };
    rehearsal::run(&ground, sample, &assumed)
}

/// Loads pinned versions for the data plane, which is made after it and then named to it.
#[derive(Debug)]
pub(crate) struct Pinned {
    builder: Arc<Builder>,
    proxy: OnceLock<Weak<Proxy>>,
}

impl Pinned {
    /// Finds nothing until [`Pinned::serve`] names the data plane.
    pub(crate) fn new(builder: Arc<Builder>) -> Arc<Self> {
        Arc::new(Self { builder, proxy: OnceLock::new() })
    }

    /// Where the spans of gateways go.
    pub(crate) fn collectors(&self) -> Arc<Collectors> {
        Arc::clone(self.builder.collectors())
    }

    /// Versions are planned with what this data plane's catalog has.
    pub(crate) fn serve(&self, proxy: &Arc<Proxy>) {
        self.proxy.get_or_init(|| Arc::downgrade(proxy));
    }
}

impl proxy::PinnedVersions for Pinned {
    fn load<'a>(
        &'a self,
        gateway: &'a GatewayId,
        route: &'a RouteId,
        version: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<Arc<Version>>> + Send + 'a>> {
        Box::pin(async move {
            let catalog = self.proxy.get()?.upgrade()?.catalog();
            let gateway = catalog.gateways.get(gateway)?;
            self.builder.pinned(gateway, route, &VersionId::from(version)).await
        })
    }
}
