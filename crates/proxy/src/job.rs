//! What the `model` of a request names: a version of a route, or one model.
use crate::Proxy;
use crate::caller::Caller;
use crate::catalog::{Gateway, LiveRoute, Plan, Version};
use crate::reject::{self, Reject};
use route::ids::{RouteId, VersionId};
use std::sync::Arc;

/// Longest model name, bytes. Breakers and the log keep names that callers make up.
pub(crate) const LONGEST: usize = 512;

/// What is to be run.
#[derive(Debug)]
pub(crate) enum Job {
    /// `dynamic/<route>`, with or without a pin.
    Route(Arc<LiveRoute>, Arc<Version>),
    /// `<provider>/<model>`: called like the only element of a route.
    Direct(Arc<Plan>),
}

impl Job {
    /// For the record: id and name of the route, and id of the version; nothing on a direct call.
    pub(crate) fn route(&self) -> (Option<(RouteId, String)>, Option<VersionId>) {
        match self {
            Self::Route(live, version) => {
                (Some((live.id.clone(), live.name.to_string())), Some(version.id.clone()))
            }
            Self::Direct(_) => (None, None),
        }
    }

    /// What is run of a route.
    pub(crate) fn version(&self) -> Option<&Version> {
        if let Self::Route(_, version) = self { Some(version) } else { None }
    }
}

/// A model name, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name<'n> {
    Route { name: &'n str, pin: Option<&'n str> },
    Model { provider: &'n str, model: &'n str },
}

impl<'n> Name<'n> {
    fn parse(text: &'n str) -> Option<Self> {
        let (provider, model) = text.split_once('/')?;
        if provider.is_empty() || model.is_empty() {
            return None;
        }
        if provider != "dynamic" {
            return Some(Self::Model { provider, model });
        }
        Some(match model.split_once('@') {
            Some((name, pin)) => Self::Route { name, pin: Some(pin) },
            None => Self::Route { name: model, pin: None },
        })
    }
}

/// Finds what the caller means, if it may have it.
pub(crate) async fn resolve(
    proxy: &Proxy,
    gateway: &Gateway,
    caller: &Caller<'_>,
    model: &str,
) -> Result<Job, Reject> {
    if model.len() > LONGEST {
        let message = format!("`model` is longer than {LONGEST} bytes, which no model name is");
        return Err(Reject::malformed(message, Some("model")));
    }
    match Name::parse(model) {
        Some(Name::Route { name, pin }) => {
            let live = gateway.routes.get(name).ok_or_else(|| no_route(gateway, name))?;
            caller.check_route(live)?;
            let version = match pin {
                None => live.deployed.clone().ok_or_else(|| never_deployed(name))?,
                Some(pin) => pinned(proxy, gateway, caller, (live, pin)).await?,
            };
            Ok(Job::Route(Arc::clone(live), version))
        }
        Some(Name::Model { provider, model }) => direct(gateway, caller, provider, model),
        None => {
            let message = format!(
                "`{model}` is not a model name here; use `dynamic/<route>` or `<provider>/<model>`, such as `openai/gpt-5`"
            );
            Err(Reject::malformed(message, Some("model")))
        }
    }
}

async fn pinned(
    proxy: &Proxy,
    gateway: &Gateway,
    caller: &Caller<'_>,
    (live, pin): (&LiveRoute, &str),
) -> Result<Arc<Version>, Reject> {
    if !caller.pins() {
        let message =
            "this token may not choose a version; it lacks the permission `AI Gateway Pin`";
        return Err(Reject::new(reject::FORBIDDEN, message).at("model"));
    }
    let held = match pin {
        "latest" => live.latest.as_ref(),
        _ => [&live.deployed, &live.latest].into_iter().flatten().find(|it| it.id.as_str() == pin),
    };
    let version = match held {
        Some(version) => Some(Arc::clone(version)),
        None if pin == "latest" => None,
        None => proxy.pins.get(&gateway.id, &live.id, pin).await,
    };
    version.ok_or_else(|| {
        let message = format!("the route `{}` has no version `{pin}` that can run", live.name);
        Reject::new(reject::NO_ROUTE, message).at("model")
    })
}

fn direct(
    gateway: &Gateway,
    caller: &Caller<'_>,
    provider: &str,
    model: &str,
) -> Result<Job, Reject> {
    if !caller.calls_models() {
        let message = "this token is for some routes only; call `dynamic/<route>`, not a model";
        return Err(Reject::new(reject::FORBIDDEN, message).at("model"));
    }
    let plan = gateway.plan(provider, model).ok_or_else(|| {
        let message = format!("`{provider}` is not a provider of the gateway `{}`", gateway.id);
        Reject::new(reject::NO_PROVIDER, message).at("model")
    })?;
    if plan.ways.is_empty() {
        let why = &plan.endpoint.not_in_routes;
        let message =
            format!("the provider `{provider}` has no models that can be called by name: {why}");
        return Err(Reject::new(reject::NO_PROVIDER, message).at("model"));
    }
    Ok(Job::Direct(Arc::new(plan)))
}

fn no_route(gateway: &Gateway, name: &str) -> Reject {
    let message = format!(
        "there is no route `{name}` in the gateway `{}`; names are case-sensitive",
        gateway.id
    );
    Reject::new(reject::NO_ROUTE, message).at("model")
}

fn never_deployed(name: &str) -> Reject {
    let message =
        format!("the route `{name}` has no deployed version; deploy one of its versions first");
    Reject::new(reject::NO_ROUTE, message).at("model")
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn model_names_are_routes_pins_or_models_of_providers() {
        let route = |name, pin| Some(Name::Route { name, pin });
        let model = |provider, model| Some(Name::Model { provider, model });
        for (text, expected) in [
            ("dynamic/support", route("support", None)),
            ("dynamic/support@latest", route("support", Some("latest"))),
            ("dynamic/a.b-c_d@0192", route("a.b-c_d", Some("0192"))),
            ("openai/gpt-5", model("openai", "gpt-5")),
            ("openrouter/meta/llama@2", model("openrouter", "meta/llama@2")),
            ("gpt-5", None),
            ("/gpt-5", None),
            ("openai/", None),
            ("dynamic/", None),
            ("", None),
        ] {
            assert_eq!(Name::parse(text), expected, "{text}");
        }
    }
}
