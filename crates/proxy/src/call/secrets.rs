//! What a provider says, without what it must not repeat: some put the key of a request into the
//! message of its refusal.

use providers::{Auth, Endpoint, Key};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// A fixed header of a custom provider may carry a credential. Shorter values are words.
const MIN_HEADER: usize = 12;

/// The secrets of a call.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    endpoint: Arc<Endpoint>,
    key: Option<Arc<Key>>,
    /// It is the caller's own.
    callers: bool,
}

impl Secrets {
    /// The gateway's key, else the caller's own.
    pub(super) fn new(
        endpoint: &Arc<Endpoint>,
        key: Option<&Arc<Key>>,
        caller_key: Option<&str>,
    ) -> Self {
        let own = |it: &str| Arc::new(Key { alias: "caller".into(), secret: it.into() });
        let callers = key.is_none() && caller_key.is_some();
        let key = key.cloned().or_else(|| caller_key.map(own));
        Self { endpoint: Arc::clone(endpoint), key, callers }
    }

    /// Whether the key to call with is the caller's own.
    pub(super) fn is_callers(&self) -> bool {
        self.callers
    }

    /// The key to call with.
    pub(super) fn key(&self) -> Option<&Key> {
        self.key.as_deref()
    }

    /// The name of that key in logs.
    pub(super) fn key_alias(&self) -> &str {
        self.key().map_or("none", |it| &it.alias)
    }

    /// The text without them.
    pub(super) fn redact(&self, mut text: String) -> String {
        let key = self.key().map(|it| it.secret.expose_secret());
        let headers = self.endpoint.headers.iter().filter_map(|(_, it)| it.to_str().ok());
        for secret in key.into_iter().chain(headers.filter(|it| it.len() >= MIN_HEADER)) {
            if !secret.is_empty() && text.contains(secret) {
                text = text.replace(secret, "[redacted]");
            }
        }
        match self.endpoint.auth {
            Auth::SigV4 { .. } => without_session_token(text),
            Auth::Google => without_access_tokens(text),
            _ => text,
        }
    }

    /// Whether one of them is in there.
    pub(super) fn are_in(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.redact(text.clone()) != text
    }

    /// The message of an error in JSON. They are taken out before it is shortened, so that no cut
    /// leaves a part of one; and after, should JSON have escaped them.
    pub(super) fn message(&self, error: &[u8]) -> Option<String> {
        let text = self.redact(String::from_utf8_lossy(error).into_owned());
        chat::error_message(text.as_bytes()).map(|it| self.redact(it))
    }
}

/// What AWS says of a wrong signature repeats what should have been signed, and with it a session token, which is fetched and known to nobody
/// here.
fn without_session_token(text: String) -> String {
    const NAME: &str = "x-amz-security-token:";
    let Some((before, rest)) = text.split_once(NAME) else { return text };
    let end = rest.find(|it: char| it.is_whitespace() || "\\\"".contains(it)).unwrap_or(rest.len());
    let (_, after) = rest.split_at(end);
    format!("{before}{NAME}[redacted]{after}")
}

/// Google's access tokens are fetched as well; all of them begin alike.
fn without_access_tokens(mut text: String) -> String {
    const BEGIN: &str = "ya29.";
    let is_part = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    while let Some((before, rest)) = text.split_once(BEGIN) {
        let after = rest.trim_start_matches(is_part);
        text = format!("{before}[redacted]{after}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{without_access_tokens, without_session_token};

    #[test]
    fn access_tokens_are_taken_out_of_what_google_says() {
        let said = "bad token ya29.a0Af_B-c.d, not ya29.x".to_owned();
        assert_eq!(without_access_tokens(said), "bad token [redacted], not [redacted]");
    }

    #[test]
    fn a_session_token_is_taken_out_of_what_aws_would_have_signed() {
        for (text, expected) in [
            (
                r#"{"message":"... 'POST\nhost:h\nx-amz-security-token:IQoJ+/=\n\ncontent-type'"}"#,
                r#"{"message":"... 'POST\nhost:h\nx-amz-security-token:[redacted]\n\ncontent-type'"}"#,
            ),
            ("x-amz-security-token:abc", "x-amz-security-token:[redacted]"),
            ("host;x-amz-security-token, Signature", "host;x-amz-security-token, Signature"),
        ] {
            assert_eq!(without_session_token(text.to_owned()), expected);
        }
    }
}
