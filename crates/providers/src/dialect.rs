//! What a custom provider may speak, by name: each is a row without a name and a base URL of its own.

use crate::auth::Auth;
use crate::provider::{Provider, find};
use crate::speech::Speech;
use crate::table::OPENAI_SHAPED;
use std::sync::LazyLock;

/// Names of the dialects of custom providers, the one that is meant when none is named first.
pub const DIALECTS: [&str; 6] =
    ["openai", "responses", "anthropic", "gemini", "cohere", "converse"];

static OPENAI: Provider = Provider { speaks: &[Speech::CHAT, Speech::EMBEDDINGS], ..OPENAI_SHAPED };

static RESPONSES: Provider = Provider { speaks: &[Speech::RESPONSES], ..OPENAI_SHAPED };

static ANTHROPIC: LazyLock<Provider> = LazyLock::new(|| of("anthropic"));
static GEMINI: LazyLock<Provider> = LazyLock::new(|| of("google-ai-studio"));
static COHERE: LazyLock<Provider> = LazyLock::new(|| of("cohere"));
/// With Bedrock's bearer keys: credentials of the surroundings sign for AWS's own hosts only.
static CONVERSE: LazyLock<Provider> =
    LazyLock::new(|| Provider { auth: Auth::Bearer, ..of("aws-bedrock") });

/// What is shared with the row of this slug: formats, paths, headers, and where the key goes.
fn of(slug: &str) -> Provider {
    let row = find(slug).unwrap_or(&OPENAI);
    let Provider { speaks, auth, forwards, wants, returns, .. } = *row;
    Provider { speaks, auth, forwards, wants, returns, ..OPENAI_SHAPED }
}

/// The dialect of this name: a row for [`crate::Endpoint::speaking`].
#[must_use]
pub fn dialect(name: &str) -> Option<&'static Provider> {
    Some(match name {
        "openai" => &OPENAI,
        "responses" => &RESPONSES,
        "anthropic" => &ANTHROPIC,
        "gemini" => &GEMINI,
        "cohere" => &COHERE,
        "converse" => &CONVERSE,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{DIALECTS, dialect};
    use crate::{Auth, Endpoint};
    use chat::Format;

    #[test]
    fn every_dialect_is_the_format_and_the_key_place_of_its_provider() {
        use Format::{Chat, Cohere, Converse, Gemini, Messages, Responses};
        let expected = [
            (Chat, Auth::Bearer, "/v1/chat/completions"),
            (Responses, Auth::Bearer, "/v1/responses"),
            (Messages, Auth::Header("x-api-key"), "/v1/v1/messages"),
            (Gemini, Auth::Header("x-goog-api-key"), "/v1/v1beta/models/m:generateContent"),
            (Cohere, Auth::Bearer, "/v1/v2/chat"),
            (Converse, Auth::Bearer, "/v1/model/m/converse"),
        ];
        for (name, (format, auth, path)) in DIALECTS.into_iter().zip(expected) {
            let row = dialect(name).expect("a dialect");
            let endpoint = Endpoint::speaking(row, "custom-x", "http://h.test/v1", true);
            let endpoint = endpoint.expect("an endpoint");
            let way = &endpoint.ways("m")[0];
            assert_eq!(
                (way.format, endpoint.auth, way.plain.path()),
                (format, auth, path),
                "{name}"
            );
            assert!(endpoint.public_only && !endpoint.auth.is_ambient(), "{name}");
            assert_eq!(endpoint.wants.is_empty(), name != "anthropic");
        }
        assert!(dialect("echo").is_none() && dialect("").is_none());
    }
}
