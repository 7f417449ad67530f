use super::calls;

#[test]
fn a_model_elements_provider_is_seen_and_nothing_else() {
    let check = |elements: &str, expected| {
        assert_eq!(calls(elements, &["openai", "oai"]), expected, "{elements}");
    };
    check(r#"[{"id":"m","type":"model","properties":{"provider":"openai","model":"x"}}]"#, true);
    check(r#"[{"id":"s","type":"start"},{"type":"model","properties":{"provider":"oai"}}]"#, true);
    check(r#"[{"type":"model","properties":{"provider":"open\u0061i"}}]"#, true);
    check(r#"[{"type":"model","properties":{"provider":"openai2"}}]"#, false);
    check(r#"[{"type":"rate","properties":{"provider":"openai"}}]"#, false);
    check(r#"[{"type":"model","properties":{"model":"openai"}}]"#, false);
    check(r#"[{"type":"model","properties":null}]"#, false);
    check(r#"[{"type":"model","properties":{"provider":1}}]"#, false);
    check("[]", false);
    check("nonsense", false);
}
