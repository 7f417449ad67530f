//! Why an attempt failed, whose fault it was, and what follows from that: asked in many places,
//! decided here.

use super::{Cause, Failure, Refusal};
use http::StatusCode;
use std::time::Duration;

/// Why one attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    /// For people.
    pub(super) message: String,
    /// Of the response, when there was one.
    pub(super) status: Option<u16>,
    /// How long the provider, or the breaker, asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// When the quota that is used up is whole again, where the provider tells it apart from that.
    pub(super) resets: Option<Duration>,
    /// The answer itself, of a call that is passed through.
    pub(super) refusal: Option<Box<Refusal>>,
}

/// The kinds of causes: a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing meaningful in time.
    Timeout,
    Dns,
    Connect,
    Tls,
    /// The address is one this provider may not point at.
    Private,
    /// The connection broke.
    Reset,
    /// An answer that is not 2xx.
    Status(u16),
    /// 2xx, and the body is not an answer.
    BrokenBody,
    /// 2xx, and the body says that it is an error.
    ErrorIn200,
    /// Skipped: the breaker is open.
    Breaker,
    /// Skipped: every key rests, or is at its limit.
    Cooldown {
        limited: bool,
    },
    /// Not called: there is no usable key for it.
    NoKey,
    /// Not called: no key has the alias that the request names.
    NoAlias,
    /// Not called: it has nothing that this request could be sent to.
    Unsupported,
}

/// Why a key is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// The provider refused it a moment ago.
    Refused,
    /// The provider said a moment ago that its quota is used up.
    UsedUp,
    /// It has been used as often as it may be.
    AtLimit,
}

/// What a failure says about the provider, for its breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Up,
    Down,
    /// Too busy for us, or not asked: neither up nor down.
    Unknown,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Private => "private",
            Self::Reset => "reset",
            Self::Status(_) => "status",
            Self::BrokenBody => "broken_body",
            Self::ErrorIn200 => "error_in_200",
            Self::Breaker => "breaker",
            Self::Cooldown { .. } => "cooldown",
            Self::NoKey => "no_key",
            Self::NoAlias => "no_alias",
            Self::Unsupported => "unsupported",
        }
    }

    /// Whether the same request may well succeed a moment later. What is not retried falls back.
    pub(super) fn is_retried(self) -> bool {
        match self {
            Self::Timeout | Self::Dns | Self::Connect | Self::Tls | Self::Reset => true,
            Self::BrokenBody | Self::ErrorIn200 => true,
            Self::Status(status) => matches!(status, 408 | 409 | 425 | 429 | 500..=599),
            Self::Private | Self::Breaker | Self::Cooldown { .. } => false,
            Self::NoKey | Self::NoAlias | Self::Unsupported => false,
        }
    }

    /// Timeouts, 5xx and connection errors open a breaker; any other answer shows a live provider.
    pub(super) fn health(self) -> Health {
        match self {
            Self::Timeout | Self::Dns | Self::Connect | Self::Tls | Self::Reset => Health::Down,
            Self::Status(408 | 500..=599) => Health::Down,
            Self::Status(409 | 425 | 429) => Health::Unknown,
            Self::Status(400..=499) => Health::Up,
            Self::Status(_) | Self::BrokenBody | Self::ErrorIn200 => Health::Unknown,
            Self::Private | Self::Breaker | Self::Cooldown { .. } => Health::Unknown,
            Self::NoKey | Self::NoAlias | Self::Unsupported => Health::Unknown,
        }
    }

    /// Whether the request may have reached the provider.
    fn is_sent(self) -> bool {
        !matches!(
            self,
            Self::Dns
                | Self::Connect
                | Self::Tls
                | Self::Private
                | Self::Breaker
                | Self::Cooldown { .. }
                | Self::NoKey
                | Self::NoAlias
                | Self::Unsupported
        )
    }
}

impl Fault {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message, status: None, retry_after: None, resets: None, refusal: None }
    }

    pub(super) fn timeout(time: Duration, status: Option<u16>) -> Self {
        let ms = time.as_millis();
        let message = match status {
            None => format!("the provider did not answer within {ms} ms"),
            Some(status) => {
                format!(
                    "the provider answered {status}, but no complete answer came within {ms} ms"
                )
            }
        };
        Self { status, ..Self::new(Kind::Timeout, message) }
    }

    /// An answer that is not 2xx, and what its body says.
    pub(super) fn status(status: StatusCode, said: Option<&str>) -> Self {
        let reason = status.canonical_reason().map_or(String::new(), |it| format!(" ({it})"));
        let said = match said {
            Some(said) => format!(": {said}"),
            None if status.is_redirection() => ": redirects are not followed".to_owned(),
            None => String::new(),
        };
        let code = status.as_u16();
        let message = format!("the provider answered {code}{reason}{said}");
        Self { status: Some(code), ..Self::new(Kind::Status(code), message) }
    }

    /// A 2xx whose body is not an answer.
    pub(super) fn broken_body(why: &str) -> Self {
        Self::new(Kind::BrokenBody, format!("the provider's answer is broken: {why}"))
    }

    pub(super) fn error_in_200(said: &str) -> Self {
        Self::new(Kind::ErrorIn200, format!("the provider answered 200 with an error: {said}"))
    }

    pub(super) fn reset(why: &str) -> Self {
        Self::new(Kind::Reset, format!("the connection to the provider broke: {why}"))
    }

    pub(super) fn breaker(wait: Duration) -> Self {
        let message =
            "skipped: breaker: this provider, model and key failed several times in a row";
        let retry_after = (!wait.is_zero()).then_some(wait);
        Self { retry_after, ..Self::new(Kind::Breaker, message) }
    }

    /// No key may be used; why the one that may be again first, in `wait`, may not.
    pub(super) fn cooldown(slug: &str, wait: Duration, why: Passed) -> Self {
        let said = match why {
            Passed::Refused => "was refused and rests",
            Passed::UsedUp => "has used up its quota and rests",
            Passed::AtLimit => "is at its limit of requests in this gateway, or rests",
        };
        let ms = wait.as_millis();
        let message = format!(
            "skipped: every key for `{slug}` {said}; the first of them for another {ms} ms"
        );
        let limited = why != Passed::Refused;
        Self { retry_after: Some(wait), ..Self::new(Kind::Cooldown { limited }, message) }
    }

    pub(super) fn no_key(slug: &str) -> Self {
        let message =
            format!("there is no key for `{slug}`: store one, or set it in the environment");
        Self::new(Kind::NoKey, message)
    }

    pub(super) fn cause(&self) -> Cause {
        Cause { kind: self.kind.as_str(), message: self.message.clone(), sent: self.kind.is_sent() }
    }

    pub(super) fn into_failure(self) -> Failure {
        Failure {
            status: self.status,
            timeout: self.kind == Kind::Timeout,
            limited: matches!(self.kind, Kind::Status(429) | Kind::Cooldown { limited: true }),
            cause: self.cause(),
            retry_after: self.retry_after,
            refusal: self.refusal,
        }
    }
}

impl From<providers::Error> for Fault {
    fn from(error: providers::Error) -> Self {
        let kind = match &error {
            providers::Error::Dns(_) => Kind::Dns,
            providers::Error::Connect(_) => Kind::Connect,
            providers::Error::Tls(_) => Kind::Tls,
            providers::Error::Private => Kind::Private,
            providers::Error::Credentials(_) => Kind::NoKey,
            providers::Error::Broken(_) => Kind::Reset,
        };
        Self::new(kind, error.to_string())
    }
}
