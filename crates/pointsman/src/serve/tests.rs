use super::is_twin;

#[test]
fn the_twin_is_found_below_any_account_and_nowhere_else() {
    let check = |path: &str, twin: bool| assert_eq!(is_twin(path), twin, "{path}");
    check("/client/v4/accounts/default/ai/v1/chat/completions", true);
    check("/client/v4/accounts/a/ai/v1/models", true);
    check("/client/v4/accounts/default/ai-gateway/gateways", false);
    check("/client/v4/accounts/default/x/ai/v1/chat/completions", false);
    check("/client/v4/accounts/ai/v1/chat/completions", false);
    check("/client/v4/accounts/default/ai/v1", false);
    check("/v1/default/default/compat/chat/completions", false);
}
