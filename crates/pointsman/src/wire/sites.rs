//! What is served on which address, and to whom.

use super::{Bound, Plane, is_public};
use crate::config::{Config, Net};
use crate::reload::Publisher;
use crate::serve::{Health, Listeners, Plain, Site};
use access::WebGuard;
use route::ids::AccountId;
use std::net::SocketAddr;
use std::sync::Arc;
use store::Store;

/// Of the data plane, and of management if that is elsewhere.
pub(super) type Addresses = (SocketAddr, Option<SocketAddr>);

/// `protected`: nothing here answers without a token, so on a public address any name will do.
pub(super) fn guard(net: &Net, addresses: Addresses, protected: bool) -> WebGuard {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
    hosts.extend(std::iter::once(addresses.0).chain(addresses.1).map(|it| it.to_string()));
    hosts.extend(net.hosts.iter().cloned());
    let authority = net.public_url.as_ref().and_then(|it| it.split_once("://"));
    hosts.extend(authority.map(|(_, it)| it.to_owned()));
    let public = is_public(addresses.0) || addresses.1.is_some_and(is_public);
    WebGuard { hosts, cors_origins: net.cors_origins.clone(), any_host: protected && public }
}

/// What is served where.
pub(super) struct Sites<'a> {
    pub(super) config: &'a Config,
    pub(super) plane: &'a Plane,
    pub(super) store: &'a Store,
    pub(super) health: &'a Arc<Health>,
    pub(super) publisher: Arc<Publisher>,
}

impl Sites<'_> {
    /// Begins to serve on the bound sockets.
    pub(super) fn open(self, data: Bound, admin: Option<Bound>) -> Listeners {
        let listeners = Listeners::new(self.config.bounds.max_connections);
        let addresses = (data.1, admin.as_ref().map(|(_, address)| *address));
        let guard = guard(&self.config.net, addresses, true);
        match admin {
            None => {
                let router = self.management(&guard).merge(self.plain(&guard, data.1, true));
                listeners.serve(data.0, self.site(router, true));
            }
            Some(admin) => {
                let router = self.management(&guard).merge(self.plain(&guard, admin.1, true));
                listeners.serve(admin.0, self.site(router, false));
                let router = self.plain(&guard, data.1, false);
                listeners.serve(data.0, self.site(router, true));
            }
        }
        listeners
    }

    fn site(&self, router: axum::Router, data: bool) -> Site {
        let (proxy, health) = (Arc::clone(&self.plane.proxy), Arc::clone(self.health));
        Site { proxy, router, data, health }
    }

    fn plain(&self, guard: &WebGuard, address: SocketAddr, management: bool) -> axum::Router {
        let plain = Plain {
            health: Arc::clone(self.health),
            metrics: Arc::clone(&self.plane.metrics),
            proxy: Arc::clone(&self.plane.proxy),
            guard: guard.clone(),
            public: is_public(address),
        };
        plain.router(management)
    }

    fn management(&self, guard: &WebGuard) -> axum::Router {
        api::router(api::State {
            store: self.store.clone(),
            live: Arc::clone(&self.publisher) as Arc<dyn api::Live>,
            account: AccountId::from(self.config.account.as_str()),
            dialect: self.config.api_dialect,
            guard: guard.clone(),
            public_url: self.config.net.public_url.clone(),
            allow_private_upstreams: self.config.calls.allow_private_upstreams,
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}
