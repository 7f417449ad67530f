use super::{Native, Operation, Place, shape};
use crate::shape::Shape;
use chat::Format;
use http::Method;

fn find<'u>(method: &Method, path: &'u str) -> Option<Operation<'u>> {
    Place::find(method, path).ok()?.operation.ok()
}

#[test]
fn every_way_in_answers_below_compat_with_and_without_a_version_and_on_the_management_base() {
    for base in ["/v1/acc/gw/compat", "/v1/acc/gw/compat/v1", "/client/v4/accounts/acc/ai/v1"] {
        for (end, operation) in [
            ("chat/completions", Operation::Ask(Format::Chat)),
            ("responses", Operation::Ask(Format::Responses)),
            ("messages", Operation::Ask(Format::Messages)),
            ("messages/count_tokens", Operation::CountTokens),
            ("embeddings", Operation::Ask(Format::Embeddings)),
        ] {
            let path = format!("{base}/{end}");
            assert_eq!(find(&Method::POST, &path), Some(operation), "{path}");
            assert_eq!(find(&Method::GET, &path), None, "{path}");
        }
        assert_eq!(find(&Method::GET, &format!("{base}/models")), Some(Operation::Models));
        let path = format!("{base}/models/dynamic/a");
        assert_eq!(find(&Method::GET, &path), Some(Operation::Model("dynamic/a")));
    }
}

#[test]
fn other_paths_are_a_providers_own_or_nothing() {
    let native = |provider, path| Some(Operation::Native(Native { provider, path }));
    for (path, expected) in [
        ("/v1/acc/gw/openai/chat/completions", native("openai", "chat/completions")),
        ("/v1/acc/gw/custom-x/a/b", native("custom-x", "a/b")),
        ("/v1/acc/gw", Some(Operation::Universal)),
        ("/v1/acc/gw/", Some(Operation::Universal)),
        ("/v1/acc/gw/openai", None),
        ("/v1/acc/gw/openai/", None),
        ("/v1/acc/gw//x", None),
        ("/v1/acc//", None),
        ("/v1/acc", None),
        ("/v1/acc/gw/compat", None),
        ("/v1/acc/gw/compat/modelsx", None),
        ("/v1/acc/gw/compat/models/", None),
        ("/client/v4/accounts/acc/ai/run", None),
    ] {
        assert_eq!(find(&Method::POST, path), expected, "{path}");
    }
}

#[test]
fn a_route_may_be_called_where_a_coding_agent_expects_its_provider() {
    let way = |provider, path| Native { provider, path }.way_in();
    assert_eq!(way("openai", "responses"), Some(Operation::Ask(Format::Responses)));
    assert_eq!(way("openai", "v1/chat/completions"), Some(Operation::Ask(Format::Chat)));
    assert_eq!(way("anthropic", "v1/messages"), Some(Operation::Ask(Format::Messages)));
    assert_eq!(way("anthropic", "v1/messages/count_tokens"), Some(Operation::CountTokens));
    assert_eq!(way("openai", "messages"), None);
    assert_eq!(way("openai", "responses/resp_1"), None);
    assert_eq!(way("groq", "chat/completions"), None);
}

#[test]
fn errors_are_written_as_the_clients_of_a_path_read_them() {
    for (path, expected) in [
        ("/v1/acc/gw/compat/chat/completions", Shape::OpenAi),
        ("/v1/acc/gw/compat/v1/messages", Shape::Anthropic),
        ("/client/v4/accounts/acc/ai/v1/messages/count_tokens", Shape::Anthropic),
        ("/v1/acc/gw/anthropic/v1/messages", Shape::Anthropic),
        ("/v1/acc/gw/google-ai-studio/v1beta/models/m:generateContent", Shape::Google),
        ("/v1/acc/gw/aws-bedrock/model/m/converse", Shape::Aws),
        ("/v1/acc/gw/groq/chat/completions", Shape::OpenAi),
        ("/v1/acc/gw", Shape::Array),
        ("/nowhere", Shape::OpenAi),
    ] {
        assert_eq!(shape(path), expected, "{path}");
    }
}
