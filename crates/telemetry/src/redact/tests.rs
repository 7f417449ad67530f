use super::Redaction;
use crate::{Payload, Record};

mod leaks;

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

/// What is kept of this request and this answer.
fn kept(paths: &[&str], patterns: &[&str], request: &str, response: &str) -> (String, String) {
    let mut it = record(request, &[response]);
    rules(paths, patterns).apply(&mut it);
    bodies(&it)
}

/// What is kept of a request of this type.
fn kept_of(kind: &str, paths: &[&str], patterns: &[&str], request: &str) -> String {
    let mut it = record(request, &[]);
    it.entry.request_content_type = kind.to_owned();
    rules(paths, patterns).apply(&mut it);
    bodies(&it).0
}

#[test]
fn a_key_that_is_there_twice_is_taken_out_twice() {
    let body = r#"{"ssn":"1","a":{"ssn":"2","ssn":[3]},"ssn":"4","a":{"ssn":"5"},"a":1}"#;
    let wanted = r#"{"ssn":"[redacted]","a":{"ssn":"[redacted]","ssn":"[redacted]"},"ssn":"[redacted]","a":{"ssn":"[redacted]"},"a":1}"#;
    let (request, response) = kept(&["ssn", "a.ssn"], &[], body, body);
    assert_eq!((&*request, &*response), (wanted, wanted));
    let (request, _) = kept(&[], &["[a-z]+@b"], r#"{"m":"ada@b","m":"eve@b","m":"x"}"#, "");
    assert_eq!(request, r#"{"m":"[redacted]","m":"[redacted]","m":"x"}"#);
    let mut it = record("{}", &[]);
    it.metadata = Some(r#"{"user":"Ada","user":"Eve"}"#.to_owned());
    rules(&["*.user"], &[]).apply(&mut it);
    assert_eq!(it.metadata.as_deref(), Some(r#"{"user":"[redacted]","user":"[redacted]"}"#));
}

#[test]
fn an_event_of_several_data_lines_is_read_as_the_one_text_that_it_is() {
    let stream = "id: 7\ndata: {\"ssn\":\n: comment\ndata:   \"1\",\ndata: \"b\":2}\nevent: x\n\ndata: {\"b\":\ndata: 3}\n\n";
    let wanted = "id: 7\ndata: {\"ssn\":\"[redacted]\",\"b\":2}\n: comment\nevent: x\n\ndata: {\"b\":\ndata: 3}\n\n";
    for end in ["\n", "\r\n", "\r"] {
        let (_, response) = kept(&["ssn"], &[], "", &stream.replace('\n', end));
        assert_eq!(response, wanted.replace('\n', end), "{end:?}");
    }
    let split = "data: {\"m\":\"ada\\u0040b\",\ndata: \"n\":\"x\"}\n\n";
    let wanted = "data: {\"m\":\"[redacted]\",\"n\":\"x\"}\n\n";
    assert_eq!(kept(&[], &["[a-z]+@b"], "", split).1, wanted);
    // Events without the empty line between them, of a server that knows no better; and one that was cut off.
    let loose = "data: {\"ssn\":1}\ndata: {\"ssn\":2}\ndata: [DONE]\n\ndata: {\"ssn\":\ndata: 3";
    assert_eq!(
        kept(&["ssn"], &[], "", loose).1,
        "data: {\"ssn\":\"[redacted]\"}\ndata: {\"ssn\":\"[redacted]\"}\ndata: [DONE]\n\ndata: [redacted]\n"
    );
}

#[test]
fn nothing_of_a_stream_hides_outside_of_its_data_lines() {
    let stream = "retry-after: 1\n{\"ssn\":1}\n: {\"ssn\":2}\nnote: {\"ssn\":3}\ndata\ndata: [{\"ssn\":4\n\n";
    let mut it = record("", &[stream]);
    it.entry.response_content_type = "Text/Event-Stream; charset=utf-8".to_owned();
    rules(&["ssn"], &[]).apply(&mut it);
    assert_eq!(
        bodies(&it).1,
        "retry-after: 1\n{\"ssn\":\"[redacted]\"}\n: {\"ssn\":\"[redacted]\"}\nnote: {\"ssn\":\"[redacted]\"}\ndata: \ndata: [redacted]\n\n"
    );
}

#[test]
fn letters_that_are_written_as_escapes_hide_nothing() {
    let body = r#"{"s\u0073n":"1","m":"ada\u0040b \ud800","k\u0040b":1,"\ud83d\ude00":"\u00e9"}"#;
    let wanted =
        r#"{"s\u0073n":"[redacted]","m":"[redacted] ?","[redacted]":1,"\ud83d\ude00":"\u00e9"}"#;
    let request = kept(&["ssn"], &["[a-z]+@b"], body, "").0;
    assert_eq!(request, wanted.replace('?', "\u{fffd}"), "what is kept stays as it was written");
    // In what is no JSON, nobody knows where a text begins and ends.
    for text in [r#"{"m":"ada\u0040b","cut":"of"#, r#"said: "ada\u0040b""#] {
        assert_eq!(kept(&[], &["[a-z]+@b"], text, "").0, "[redacted]", "{text}");
    }
    let harmless = r#"{"m":"a\u00e9","cut":"of"#;
    assert_eq!(kept(&[], &["[a-z]+@b"], harmless, "").0, harmless);
}

#[test]
fn json_in_a_text_is_looked_into() {
    let call =
        r#"{"calls":[{"arguments":"{\"ssn\": \"1\", \"m\":\"ada\\u0040b\"}"},{"arguments":"{}"}]}"#;
    assert_eq!(
        kept(&["calls[*].arguments.ssn"], &[], call, "").0,
        r#"{"calls":[{"arguments":"{\"ssn\":\"[redacted]\",\"m\":\"ada\\u0040b\"}"},{"arguments":"{}"}]}"#
    );
    assert_eq!(
        kept(&[], &["[a-z]+@b"], call, "").0,
        r#"{"calls":[{"arguments":"{\"ssn\":\"1\",\"m\":\"[redacted]\"}"},{"arguments":"{}"}]}"#
    );
    let piece = r#"{"partial":"{\"m\":\"ada\\u0040b","other":"C:\\new"}"#;
    let wanted = r#"{"partial":"[redacted]","other":"C:\\new"}"#;
    assert_eq!(kept(&[], &["[a-z]+@b"], piece, "").0, wanted);
}

#[test]
fn each_of_several_texts_of_json_is_looked_at() {
    let lines = "{\"ssn\": 1}\n\n{\"b\":  2}\r\n[{\"ssn\":3},[{\"ssn\":4}]]\n";
    assert_eq!(
        kept(&["ssn", "[1][0].ssn"], &[], lines, "").0,
        "{\"ssn\":\"[redacted]\"}\n\n{\"b\":  2}\r\n[{\"ssn\":\"[redacted]\"},[{\"ssn\":\"[redacted]\"}]]\n"
    );
    assert_eq!(
        kept(&["ssn"], &[], "{\"b\": 1}\n{\"ssn\":", "").0,
        "{\"b\": 1}\n[redacted]",
        "what was cut off goes, the rest stays"
    );
    let harmless = "{\"a\":  1}\n{\"a\":2}\n";
    assert_eq!(kept(&["b"], &[], harmless, "").0, harmless);
}

#[test]
fn numbers_are_matched_as_they_are_written() {
    let body = r#"{"card":41111111111111111111, "price":12345678.90,"n":12345678}"#;
    assert_eq!(
        kept(&[], &[r"^\d{20}$", r"\d{8}\.90"], body, "").0,
        r#"{"card":"[redacted]","price":"[redacted]","n":12345678}"#
    );
}

#[test]
fn json_that_is_too_deep_to_be_followed_keeps_nothing_that_a_rule_could_mean() {
    let (open, close) = ("[".repeat(5000), "]".repeat(5000));
    let deep = format!("{open}{{\"ssn\":\"ada\\u0040b\"}}{close}");
    for (paths, patterns) in [(&["ssn"][..], &[][..]), (&[], &["[a-z]+@b"])] {
        assert_eq!(kept(paths, patterns, &deep, "").0, "[redacted]");
    }
    assert_eq!(kept(&[], &["nowhere"], &deep, "").0, deep);
}

#[test]
fn of_a_form_nothing_is_kept_once_there_is_a_path() {
    const ENCODED: &str = "application/x-www-form-urlencoded";
    let multipart = "--x\r\ncontent-disposition: form-data; name=\"ssn\"\r\n\r\n1\r\n--x--\r\n";
    for (kind, form) in
        [("multipart/form-data; boundary=x", multipart), ("", multipart), (ENCODED, "ssn=1&b=2")]
    {
        assert_eq!(kept_of(kind, &["ssn"], &[], form), "[redacted]", "{kind}");
    }
    let form = "mail=ada%40b&c=1+2";
    for pattern in ["[a-z]+@b", "1 2"] {
        assert_eq!(kept_of(ENCODED, &[], &[pattern], form), "[redacted]", "{pattern}");
    }
    assert_eq!(kept_of(ENCODED, &[], &["nowhere"], form), form);
}

#[test]
fn percent_signs_in_the_path_called_hide_nothing() {
    let cleaned = |path: &str| {
        let mut it = record("", &[]);
        it.entry.path = path.to_owned();
        rules(&[], &["[a-z]+@b"]).apply(&mut it);
        it.entry.path
    };
    assert_eq!(cleaned("v1/users/ada%40b/files%2Fx"), "v1/users/[redacted]/files/x");
    assert_eq!(cleaned("v1/users/ada@b/files%2Fx"), "v1/users/[redacted]/files%2Fx");
    assert_eq!(cleaned("v1/files%2Fx"), "v1/files%2Fx");
}
