use super::Redaction;
use crate::{Payload, Record};

fn rules(paths: &[&str], patterns: &[&str]) -> Redaction {
    let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    Redaction::new(&owned(paths), &owned(patterns)).unwrap()
}

fn record(request: &str, response: &[&str]) -> Record {
    let response = response.iter().map(|it| it.to_string().into()).collect();
    let payload = Payload { request: request.to_owned().into(), response, ..Payload::default() };
    Record {
        provider: "openai".into(),
        model: "m".into(),
        status: 200,
        success: true,
        metadata: Some(r#"{"user":"Ada","card":4111111111111111}"#.into()),
        duration_ms: 1,
        user_agent: Some("curl ada@example.com".into()),
        decision: Some(
            r#"{"seed":"1","inputs":[{"field":"metadata.user","value":"Ada"},{"field":"body.messages[0].content","value":"hi"},{"field":"header.x-api-key","value":"sk-1"},{"field":"header.accept","value":"*/*"},{"field":"body.model","absent":true}],"answers":[]}"#
                .into(),
        ),
        payload: Some(payload.into()),
        ..Record::new("l".into(), "default".into(), 1)
    }
}

fn bodies(it: &Record) -> (String, String) {
    let payload = it.payload.as_ref().unwrap();
    let text = |it: &[u8]| String::from_utf8(it.to_vec()).unwrap();
    (text(&payload.request), text(&payload.response.concat()))
}

const REQUEST: &str =
    r#"{ "model": "m",  "messages": [{"role": "user", "content": "I am ada@example.com"}] }"#;

#[test]
fn without_rules_bodies_stay_to_the_byte_and_credentials_go() {
    let mut it = record(REQUEST, &["{\"a\"", ": 1 }"]);
    rules(&[], &[]).apply(&mut it);
    assert_eq!(bodies(&it), (REQUEST.to_owned(), "{\"a\": 1 }".to_owned()));
    let decision = it.decision.unwrap();
    assert!(!decision.contains("sk-1") && decision.contains("*/*") && decision.contains("Ada"));
}

#[test]
fn a_rule_that_finds_nothing_changes_nothing() {
    let mut it = record(REQUEST, &["data: {\"a\":  1}\r\n\r\n"]);
    let before = it.metadata.clone();
    rules(&["nowhere[*].a", "model.b"], &["[0-9]{40}"]).apply(&mut it);
    assert_eq!(bodies(&it), (REQUEST.to_owned(), "data: {\"a\":  1}\r\n\r\n".to_owned()));
    assert_eq!(it.metadata, before);
}

#[test]
fn paths_are_followed_in_bodies_metadata_and_inputs() {
    let answer = r#"{"choices":[{"message":{"content":"secret"}},{"message":{"content":null}}]}"#;
    for rule in ["messages[*].content", "$.messages[0].content", "messages.*['content']"] {
        let mut it = record(REQUEST, &[answer]);
        rules(&[rule, "choices[*].message.content", "metadata.user"], &[]).apply(&mut it);
        let (request, response) = bodies(&it);
        assert_eq!(
            request, r#"{"model":"m","messages":[{"role":"user","content":"[redacted]"}]}"#,
            "{rule}"
        );
        assert_eq!(
            response,
            r#"{"choices":[{"message":{"content":"[redacted]"}},{"message":{"content":null}}]}"#
        );
        assert_eq!(it.metadata.unwrap(), r#"{"user":"[redacted]","card":4111111111111111}"#);
        let decision = it.decision.unwrap();
        assert!(!decision.contains("Ada") && !decision.contains("\"hi\""), "{decision}");
        assert!(decision.contains("\"absent\":true"), "{decision}");
    }
    let mut it = record(REQUEST, &[]);
    rules(&["messages"], &[]).apply(&mut it);
    assert!(!it.decision.unwrap().contains("\"hi\""), "a part of what is taken out goes too");
}

#[test]
fn patterns_are_found_in_every_text_and_number() {
    let mut it = record(REQUEST, &["plain ada@example.com"]);
    rules(&[], &["[a-z]+@[a-z.]+", r"\b\d{16}\b"]).apply(&mut it);
    let (request, response) = bodies(&it);
    assert_eq!(
        request,
        r#"{"model":"m","messages":[{"role":"user","content":"I am [redacted]"}]}"#
    );
    assert_eq!(response, "plain [redacted]");
    assert_eq!(it.metadata.unwrap(), r#"{"user":"Ada","card":"[redacted]"}"#);
    assert_eq!(it.user_agent.unwrap(), "curl [redacted]");
}

#[test]
fn each_data_line_of_a_stream_is_looked_at() {
    let lines = "event: a\ndata: {\"delta\": {\"content\": \"x 12345678\"}}\n\ndata:{\"other\": 1}\r\n\r\ndata: [DONE]\n\n";
    let mut it = record("", &lines.split_inclusive(' ').collect::<Vec<_>>());
    rules(&["delta.role"], &["[0-9]{8}"]).apply(&mut it);
    let wanted = "event: a\ndata: {\"delta\":{\"content\":\"x [redacted]\"}}\n\ndata:{\"other\": 1}\r\n\r\ndata: [DONE]\n\n";
    assert_eq!(bodies(&it).1, wanted);
    let mut it = record("", &[lines]);
    rules(&[], &["[0-9]{8}"]).apply(&mut it);
    assert_eq!(bodies(&it).1, wanted);
}

#[test]
fn json_that_was_cut_off_keeps_nothing_that_a_path_could_mean() {
    let cut = r#"{"messages":[{"content":"ada@exam"#;
    let mut it = record(cut, &[]);
    rules(&["messages[*].content"], &[]).apply(&mut it);
    assert_eq!(bodies(&it).0, "[redacted]");
    let mut it = record(cut, &[]);
    rules(&[], &["ada@[a-z]+"]).apply(&mut it);
    assert_eq!(bodies(&it).0, r#"{"messages":[{"content":"[redacted]"#);
}

/// Bytes that are no text, with a part that is.
fn bytes(record: &mut Record, request: &[u8], response: &[u8]) {
    let payload = record.payload.as_mut().unwrap();
    payload.request = request.to_vec().into();
    payload.response = vec![response.to_vec().into()];
}

#[test]
fn of_a_body_that_is_no_text_nothing_is_kept_once_there_is_a_rule() {
    let form: &[u8] = b"--x\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\nada@example.com\r\n--x\r\n\r\n\xff\xd8\xff\r\n--x--";
    let events: &[u8] = b"\x00\x00\x00\x20{\"delta\":\"ada@example.com\"}\x9f";
    let wide: &[u8] = b"a\0d\0a\0@\0e\0x\0.\0c\0o\0";
    for (paths, patterns) in [(&["messages"][..], &[][..]), (&[], &["[a-z]+@[a-z.]+"])] {
        for body in [form, events, wide] {
            let mut it = record("", &[]);
            bytes(&mut it, body, body);
            rules(paths, patterns).apply(&mut it);
            assert_eq!(bodies(&it), ("[redacted]".to_owned(), "[redacted]".to_owned()));
        }
    }
    let mut it = record("", &[]);
    bytes(&mut it, form, events);
    rules(&[], &[]).apply(&mut it);
    let payload = it.payload.unwrap();
    assert_eq!((&payload.request[..], payload.response.concat()), (form, events.to_vec()));
}

#[test]
fn a_byte_order_mark_hides_nothing() {
    let marked = format!("\u{feff}{REQUEST}");
    let mut it = record(&marked, &["\u{feff}data: {\"messages\":[{\"content\":\"hidden\"}]}\n\n"]);
    rules(&["messages[*].content"], &[]).apply(&mut it);
    let (request, response) = bodies(&it);
    assert_eq!(request, r#"{"model":"m","messages":[{"role":"user","content":"[redacted]"}]}"#);
    assert_eq!(response, "data: {\"messages\":[{\"content\":\"[redacted]\"}]}\n\n");
    let mut it = record(&marked, &[]);
    rules(&["nowhere"], &[]).apply(&mut it);
    assert_eq!(bodies(&it).0, marked);
}

#[test]
fn patterns_are_found_in_everything_that_a_caller_may_have_written() {
    let mut it = record(r#"{"tools":{"ada@a.b":1,"ada@c.d":2,"[redacted]":3,"x":4}}"#, &[]);
    it.metadata = Some(r#"{"mail of ada@a.b":"x"}"#.to_owned());
    it.model = "tuned:ada@a.b".to_owned();
    it.charges = vec![crate::Charge {
        step: 0,
        provider: "openai".into(),
        model: "tuned:ada@a.b".into(),
        usage: chat::Usage::default(),
        cost: None,
    }];
    it.cause = Some("status ada@a.b".to_owned());
    it.path = r#"[{"element":"model","attempts":[{"provider":"openai","model":"tuned:ada@a.b","us":12}]}]"#.to_owned();
    let mut trace = crate::Trace::of(&it.id, 7, None, crate::Sampling::DEFAULT);
    trace.state = Some("vendor=ada@a.b".into());
    it.trace = Some(trace);
    it.entry = crate::Entry {
        path: "v1/users/ada@a.b/files".to_owned(),
        event_id: Some("of ada@a.b".to_owned()),
        request_content_type: "text/plain; from=ada@a.b".to_owned(),
        ..crate::Entry::default()
    };
    rules(&[], &["[a-z]+@[a-z.]+"]).apply(&mut it);
    assert_eq!(
        bodies(&it).0,
        r#"{"tools":{"[redacted]":1,"[redacted] 2":2,"[redacted] 3":3,"x":4}}"#,
        "no two keys become one"
    );
    assert_eq!(it.metadata.as_deref(), Some(r#"{"mail of [redacted]":"x"}"#));
    assert_eq!(it.entry.path, "v1/users/[redacted]/files");
    assert!(it.path.contains(r#""model":"tuned:[redacted]","us":12"#), "{}", it.path);
    assert_eq!(&*it.charges[0].model, "tuned:[redacted]", "sums are made of it");
    let told = format!("{it:?}");
    assert!(!told.contains("ada@"), "{told}");
}

#[test]
fn a_rule_that_cannot_be_read_is_named() {
    for path in ["", "a..b", "a[", "a[x]", "[\"a", "a.", "a[0]b"] {
        let bad = Redaction::new(&[path.to_owned()], &[]).unwrap_err();
        assert_eq!(bad.rule, path);
    }
    for pattern in ["(", "a*", "(?=x)y", "[0-9]{1,100000}{1,100}"] {
        let bad = Redaction::new(&[], &[pattern.to_owned()]).unwrap_err();
        assert!(bad.rule == pattern && !bad.why.contains('\n'), "{bad:?}");
    }
}
