//! Names of things, as opaque strings. Each is a newtype over `Arc<str>`: cheap to clone, serialised as a plain string.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(it: &str) -> Self {
                Self(it.into())
            }
        }
        impl From<String> for $name {
            fn from(it: String) -> Self {
                Self(it.into())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <String as Deserialize>::deserialize(d).map(Self::from)
            }
        }
    )*};
}

ids!(
    /// The account served.
    AccountId,
    /// A gateway's slug, chosen by its owner, 1–64 characters.
    GatewayId,
    /// A route; stays when the route is renamed.
    RouteId,
    /// One immutable version of a route's graph.
    VersionId,
    /// One act of making a version live.
    DeploymentId,
    /// An API token (not its secret).
    TokenId,
);
