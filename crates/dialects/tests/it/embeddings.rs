//! Embeddings at providers with a format of their own.

use chat::Format;
use dialects::{About, OnUnsupported, Target, decode_request, translate_reply, translate_request};
use serde_json::{Value, json};

const TARGET: Target<'_> = Target {
    model: "embed-x",
    max_output_tokens: None,
    include_usage: true,
    as_openai: None,
    given_back: chat::GivenBack::Any,
};

fn sent(to: Format, body: &Value, on: OnUnsupported) -> Result<dialects::Encoded, String> {
    let body = body.to_string();
    translate_request((Format::Embeddings, to), body.as_bytes(), &TARGET, on)
        .map_err(|it| it.to_string())
}

fn received(from: Format, asked: &Value, reply: &Value) -> (Value, Option<chat::Usage>) {
    let request = decode_request(Format::Embeddings, asked.to_string().as_bytes());
    let about = About {
        id: String::new(),
        created: 0,
        model: "embed-x".to_owned(),
        request: request.expect("a request"),
    };
    let reply = reply.to_string();
    let reply =
        translate_reply((from, Format::Embeddings), reply.as_bytes(), &about).expect("a reply");
    (reply.body, reply.usage.map(|it| it.usage))
}

/// The example of <https://ai.google.dev/api/embeddings#method:-models.batchembedcontents>.
#[test]
fn gemini_gets_a_request_for_each_text_in_one_batch() {
    let body = json!({
        "model": "dynamic/x", "input": ["What is the meaning of life?", "How much wood?"],
        "dimensions": 256, "encoding_format": "base64", "user": "u", "task_type": "RETRIEVAL_QUERY",
    });
    let sent = sent(Format::GeminiEmbeddings, &body, OnUnsupported::Refuse).expect("translated");
    let one = |text: &str| {
        json!({
            "model": "models/embed-x", "content": { "parts": [{ "text": text }] },
            "taskType": "RETRIEVAL_QUERY", "outputDimensionality": 256,
        })
    };
    let all = [one("What is the meaning of life?"), one("How much wood?")];
    assert_eq!(sent.body, json!({ "requests": all }));
    assert_eq!(sent.dropped, ["user"]);
}

#[test]
fn cohere_gets_all_texts_and_its_own_options() {
    let body =
        json!({ "model": "x", "input": "hello", "dimensions": 512, "encoding_format": null });
    let plain = sent(Format::CohereEmbeddings, &body, OnUnsupported::Refuse).expect("translated");
    let expected = json!({
        "model": "embed-x", "texts": ["hello"], "input_type": "search_document",
        "embedding_types": ["float"], "output_dimension": 512,
    });
    assert_eq!(plain.body, expected);

    let body = json!({ "model": "x", "input": "hello", "input_type": "classification" });
    let own = sent(Format::CohereEmbeddings, &body, OnUnsupported::Refuse).expect("translated");
    assert_eq!(own.body["input_type"], "classification");
}

#[test]
fn what_a_provider_does_not_take_is_refused_by_name() {
    let tokens = json!({ "model": "x", "input": [[1, 2], [3]] });
    for to in [Format::GeminiEmbeddings, Format::CohereEmbeddings] {
        let why = sent(to, &tokens, OnUnsupported::Drop).expect_err("token numbers");
        assert!(why.starts_with("`input` is made of token numbers"), "{why}");
        let many = json!({ "model": "x", "input": vec!["a"; 101] });
        let why = sent(to, &many, OnUnsupported::Refuse).expect_err("too many");
        assert!(why.starts_with("`input` has 101 texts"), "{why}");
        let strange = json!({ "model": "x", "input": "a", "strange": 1 });
        let why = sent(to, &strange, OnUnsupported::Refuse).expect_err("unknown");
        assert!(why.starts_with("`strange` is not something"), "{why}");
        let dropped = sent(to, &strange, OnUnsupported::Drop).expect("dropped").dropped;
        assert_eq!(dropped, ["strange"]);
    }
    let format = json!({ "model": "x", "input": "a", "encoding_format": "int8" });
    let why = sent(Format::CohereEmbeddings, &format, OnUnsupported::Drop).expect_err("a format");
    assert_eq!(why, "`encoding_format` is neither `float` nor `base64`");
}

#[test]
fn vectors_come_back_as_numbers_or_as_base64_of_32_bit_floats() {
    let gemini = json!({
        "embeddings": [{ "values": [0.5, -1.25] }, { "values": [3.0, 0.1] }],
        "usageMetadata": { "promptTokenCount": 9 },
    });
    let cohere = json!({
        "id": "c", "embeddings": { "float": [[0.5, -1.25], [3.0, 0.1]] }, "texts": ["a", "b"],
        "meta": { "api_version": { "version": "2" }, "billed_units": { "input_tokens": 9 } },
    });
    for (from, reply) in [(Format::GeminiEmbeddings, gemini), (Format::CohereEmbeddings, cohere)] {
        let asked = json!({ "model": "x", "input": ["a", "b"] });
        let (body, usage) = received(from, &asked, &reply);
        let expected = json!({
            "object": "list",
            "data": [
                { "object": "embedding", "index": 0, "embedding": [0.5, -1.25] },
                { "object": "embedding", "index": 1, "embedding": [3.0, 0.1] },
            ],
            "model": "embed-x",
            "usage": { "prompt_tokens": 9, "total_tokens": 9 },
        });
        assert_eq!(body, expected);
        assert_eq!(usage.map(|it| it.input), Some(9));

        let asked = json!({ "model": "x", "input": ["a", "b"], "encoding_format": "base64" });
        let (body, _) = received(from, &asked, &reply);
        assert_eq!(body["data"][0]["embedding"], "AAAAPwAAoL8=");
        let again = dialects::decode_reply(Format::Embeddings, body.to_string().as_bytes());
        let numbers = Value::Array(vec![json!(0.5), json!(-1.25)]);
        let part = dialects::Content::Other("embedding".to_owned(), numbers);
        assert_eq!(again.expect("our own reply").parts.first(), Some(&part));
    }
}

#[test]
fn usage_that_was_not_reported_is_not_made_up() {
    let reply = json!({ "embeddings": [{ "values": [0.5] }] });
    let asked = json!({ "model": "x", "input": "a" });
    let (body, usage) = received(Format::GeminiEmbeddings, &asked, &reply);
    assert_eq!((body.get("usage"), usage), (None, None));
}
