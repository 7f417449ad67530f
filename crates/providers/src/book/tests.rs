//! Tests of who prices a model: the order of precedence, and what each answer is called.

use super::{CostRule, ModelRule, Override, Overrides, PriceBook};
use crate::{Catalogue, Price};

fn priced(name: &str, amount: u64) -> Override {
    Override { price: Price::flat(amount, amount), version: name.into() }
}

fn overrides(provider: &str, model: &str, price: Override) -> Overrides {
    [((provider.to_owned(), model.to_owned()), price)].into()
}

fn rule(rule: ModelRule, model: &str, price: Override) -> CostRule {
    CostRule { provider: "custom-lab".into(), rule, model: model.into(), price }
}

#[test]
fn the_gateway_wins_over_the_account_and_the_account_over_the_catalogue() {
    let mut book = PriceBook::default();
    let quote = book.quote("openai", "gpt-4o");
    assert_eq!(&quote.version, Catalogue::shipped().version());
    assert!(!quote.is_override && quote.price.is_some());
    book.account = overrides("openai", "gpt-4o", priced("account", 2)).into();
    let quote = book.quote("openai", "gpt-4o");
    assert_eq!((&*quote.version, quote.price), ("account", Some(Price::flat(2, 2))));
    assert_eq!(quote.max_output_tokens, Some(16_384), "still the catalogue's");
    book.gateway = overrides("openai", "gpt-4o", priced("gateway", 1)).into();
    let quote = book.quote("openai", "gpt-4o");
    assert_eq!((&*quote.version, quote.is_override), ("gateway", true));
}

#[test]
fn an_override_by_slug_holds_for_the_alias() {
    let book = PriceBook {
        gateway: overrides("grok", "m", priced("gateway", 1)).into(),
        ..PriceBook::default()
    };
    assert!(book.quote("xai", "m").is_override && book.knows("xai", "m"));
}

#[test]
fn the_narrowest_cost_of_a_custom_provider_wins() {
    let rules = vec![
        rule(ModelRule::Contains, "turbo-large", priced("contains", 1)),
        rule(ModelRule::StartsWith, "lab-", priced("short", 2)),
        rule(ModelRule::StartsWith, "lab-turbo", priced("long", 3)),
        rule(ModelRule::Equals, "lab-turbo-large", priced("equals", 4)),
    ];
    let book = PriceBook { custom: rules.into(), ..PriceBook::default() };
    for (model, expected) in [
        ("lab-turbo-large", "equals"),
        ("lab-turbo-small", "long"),
        ("lab-mini", "short"),
        ("x-turbo-large", "contains"),
    ] {
        assert_eq!(&*book.quote("custom-lab", model).version, expected, "{model}");
    }
    assert_eq!(book.quote("custom-lab", "other").price, None);
    assert_eq!(book.quote("custom-other", "lab-mini").price, None);
    let book = PriceBook {
        account: overrides("custom-lab", "lab-mini", priced("account", 9)).into(),
        ..book
    };
    assert_eq!(&*book.quote("custom-lab", "lab-mini").version, "account");
}

#[test]
fn echo_is_free_and_what_nobody_knows_has_no_price() {
    let book = PriceBook::default();
    let echo = book.quote("echo", "echo");
    assert_eq!((echo.price, &*echo.version), (Some(Price::FREE), "built-in"));
    assert_eq!(book.quote("ollama", "llama3.2").price, None);
    assert!(!book.knows("ollama", "llama3.2"));
}
