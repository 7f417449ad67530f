//! The collectors that gateways have of their own, as the exporter of spans asks for them.

use http::{HeaderName, HeaderValue, header};
use otlp::{Encoding, Target};
use route::ids::GatewayId;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// By gateway; those without are absent.
#[derive(Debug, Default)]
pub(crate) struct Collectors(RwLock<HashMap<GatewayId, Targets>>);

type Targets = Arc<[Arc<Target>]>;

impl Collectors {
    /// Those of a gateway now.
    pub(crate) fn of(&self, gateway: &GatewayId) -> Targets {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.get(gateway).cloned().unwrap_or_default()
    }

    /// A gateway has these from now on.
    pub(super) fn put(&self, gateway: &GatewayId, targets: Vec<Arc<Target>>) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if targets.is_empty() {
            all.remove(gateway);
        } else {
            all.insert(gateway.clone(), targets.into());
        }
    }

    /// Forgets those of gateways that are gone.
    pub(super) fn keep(&self, is_there: impl Fn(&GatewayId) -> bool) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|gateway, _| is_there(gateway));
    }
}

/// As the API keeps one.
#[derive(Deserialize)]
struct Stored {
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    authorization: Option<String>,
    content_type: Option<String>,
}

/// What was checked when it was stored; what cannot be used since is told, and left out.
pub(super) fn read(
    stored: &SecretString,
    gateway: &GatewayId,
    public_only: bool,
) -> Vec<Arc<Target>> {
    let Ok(all) = serde_json::from_str::<Vec<Stored>>(stored.expose_secret()) else {
        tracing::error!(%gateway, "the collectors of this gateway cannot be read");
        return Vec::new();
    };
    let target = |it: Stored| {
        let target = target(it, public_only);
        if target.is_none() {
            tracing::error!(%gateway, "a collector of this gateway cannot be used");
        }
        target.map(Arc::new)
    };
    all.into_iter().filter_map(target).collect()
}

fn target(stored: Stored, public_only: bool) -> Option<Target> {
    let secret = |value: String| {
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        Some(value)
    };
    let mut headers = Vec::new();
    for (name, value) in stored.headers {
        headers.push((HeaderName::try_from(name).ok()?, secret(value)?));
    }
    if let Some(value) = stored.authorization {
        headers.push((header::AUTHORIZATION, secret(value)?));
    }
    let encoding = match stored.content_type.as_deref() {
        Some("protobuf") => Encoding::Protobuf,
        _ => Encoding::Json,
    };
    Some(Target { url: stored.url.parse().ok()?, headers, encoding, public_only })
}
