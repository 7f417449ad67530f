//! Tests of money: exact decimals, costs worked out by hand, rounding up once.

use super::{BadCustomCost, CustomCost, Price, pico};
use chat::Usage;
use proptest::prelude::*;

#[test]
fn decimals_become_pico_dollars_exactly() {
    for (text, expected) in [
        ("0", Some(0)),
        ("0.0", Some(0)),
        ("0e400", Some(0)),
        ("1", Some(1_000_000_000_000)),
        ("1.25e-07", Some(125_000)),
        ("2.5E-6", Some(2_500_000)),
        ("0.00000015", Some(150_000)),
        ("1e-12", Some(1)),
        ("1e-13", Some(1)),
        ("1e-400", Some(1)),
        ("1.0000000000001e-12", Some(2)),
        ("12.5e+1", Some(125_000_000_000_000)),
        ("18446744.073709551615", Some(u64::MAX)),
        ("18446744.073709551616", None),
        ("1e400", None),
        ("-1", None),
        ("+1", None),
        ("", None),
        (".5", None),
        ("1e", None),
        ("1,5", None),
        ("NaN", None),
        ("\"1\"", None),
        ("null", None),
    ] {
        assert_eq!(pico(text), expected, "{text}");
    }
}

/// gpt-4o in November 2026: $2.50 in, $1.25 cached, $10 out a million.
const GPT_4O: Price = Price { cache_read: 1_250_000, ..Price::flat(2_500_000, 10_000_000) };

#[test]
fn costs_are_those_worked_out_by_hand() {
    let usage = |input, cache_read, output| Usage { input, cache_read, output, ..Usage::default() };
    // 1000 × $0.0000025 + 500 × $0.00001 = $0.0025 + $0.005
    assert_eq!(GPT_4O.cost(&usage(1000, 0, 500)), 7_500_000);
    // 1000 × $0.0000025 + 2000 × $0.00000125 + 100 × $0.00001 = $0.0025 + $0.0025 + $0.001
    assert_eq!(GPT_4O.cost(&usage(1000, 2000, 100)), 6_000_000);
    assert_eq!(GPT_4O.cost(&Usage::default()), 0);
    assert_eq!(Price::FREE.cost(&usage(u64::MAX, u64::MAX, u64::MAX)), 0);
}

#[test]
fn every_class_has_its_own_price() {
    let price = Price {
        input: 1000,
        cache_read: 2000,
        cache_write: 3000,
        cache_write_1h: 8000,
        audio_input: 4000,
        image_input: 9000,
        output: 5000,
        reasoning: 6000,
        audio_output: 7000,
        image_output: 1000,
    };
    let usage = Usage {
        input: 1,
        cache_read: 10,
        cache_write: 100,
        audio_input: 1000,
        output: 10_000,
        reasoning: 100_000,
        audio_output: 1_000_000,
        cache_write_1h: 10_000_000,
        image_input: 100_000_000,
        image_output: 1_000_000_000,
    };
    assert_eq!(price.cost(&usage), 1_987_654_321);
}

#[test]
fn a_cost_is_rounded_up_once() {
    let price = Price::flat(1, 1);
    let usage = Usage { input: 1, output: 1, ..Usage::default() };
    assert_eq!(price.cost(&usage), 1, "two pico-dollars, not two nano-dollars");
    let usage = Usage { input: 1000, output: 1, ..Usage::default() };
    assert_eq!(price.cost(&usage), 2);
}

#[test]
fn a_cost_beyond_all_measure_is_the_largest_one() {
    let most =
        Usage { input: u64::MAX, cache_read: u64::MAX, output: u64::MAX, ..Usage::default() };
    assert_eq!(Price::flat(u64::MAX, u64::MAX).cost(&most), u64::MAX);
}

#[test]
fn custom_costs_are_read_exactly() {
    let parsed = CustomCost::parse(r#"{"per_token_in":0.000001,"per_token_out":2e-6}"#);
    assert_eq!(parsed, Ok(CustomCost::PerToken(Price::flat(1_000_000, 2_000_000))));
    let parsed = CustomCost::parse(
        r#"{"per_token_in":1e-6,"per_token_out":2e-6,"per_cache_read_token":1e-7,"per_cache_write_token":3e-6}"#,
    );
    let price = Price {
        cache_read: 100_000,
        cache_write: 3_000_000,
        cache_write_1h: 3_000_000,
        ..Price::flat(1_000_000, 2_000_000)
    };
    assert_eq!(parsed, Ok(CustomCost::PerToken(price)));
    let total = CustomCost::parse(r#"{"total_cost": 0.05}"#).expect("a cost");
    assert_eq!(total, CustomCost::Total(50_000_000));
    assert_eq!(total.cost(&Usage { input: 9, ..Usage::default() }), 50_000_000);
    assert_eq!(CustomCost::parse(r#"{"total_cost":1e-10}"#), Ok(CustomCost::Total(1)));
}

#[test]
fn bad_custom_costs_are_refused_by_name() {
    let both = r#"{"total_cost":1,"per_cache_read_token":1}"#;
    assert_eq!(CustomCost::parse(both), Err(BadCustomCost::Both));
    for text in [
        "",
        "[]",
        "5",
        "{}",
        r#"{"total_cost":1,"x":1}"#,
        r#"{"per_token_in":1}"#,
        r#"{"per_token_out":1}"#,
        "{",
    ] {
        assert_eq!(CustomCost::parse(text), Err(BadCustomCost::Shape), "{text}");
    }
    for (text, name) in [
        (r#"{"total_cost":-1}"#, "total_cost"),
        (r#"{"total_cost":"1"}"#, "total_cost"),
        (r#"{"per_token_in":true,"per_token_out":1}"#, "per_token_in"),
        (r#"{"per_token_in":1,"per_token_out":1e99}"#, "per_token_out"),
        (
            r#"{"per_token_in":1,"per_token_out":1,"per_cache_read_token":[]}"#,
            "per_cache_read_token",
        ),
    ] {
        assert_eq!(CustomCost::parse(text), Err(BadCustomCost::Amount(name)), "{text}");
    }
}

proptest! {
    #[test]
    fn written_pico_dollars_are_read_back(value in any::<u64>(), zeros in 0_usize..5) {
        let (dollars, rest) = (value / 1_000_000_000_000, value % 1_000_000_000_000);
        let zeros = "0".repeat(zeros);
        prop_assert_eq!(pico(&format!("{dollars}.{rest:012}{zeros}")), Some(value));
        prop_assert_eq!(pico(&format!("{value}e-12")), Some(value));
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "[0-9.eE+-]{0,40}") {
        let _ = pico(&text);
    }

    #[test]
    fn a_cost_is_the_exact_sum_rounded_up(prices in any::<[u32; 2]>(), tokens in any::<[u32; 2]>()) {
        let price = Price::flat(prices[0].into(), prices[1].into());
        let usage = Usage { input: tokens[0].into(), reasoning: tokens[1].into(), ..Usage::default() };
        let pico: u128 = (0..2).map(|it| u128::from(prices[it]) * u128::from(tokens[it])).sum();
        let nano = u128::from(price.cost(&usage));
        prop_assert!(nano * 1000 >= pico && nano * 1000 < pico + 1000);
    }
}

#[test]
fn a_price_stored_before_a_class_existed_has_the_price_of_its_side() {
    let old = r#"{"input":3,"cache_read":1,"cache_write":4,"audio_input":3,"output":9,"reasoning":9,"audio_output":9}"#;
    let price = Price { cache_read: 1, cache_write: 4, cache_write_1h: 4, ..Price::flat(3, 9) };
    assert_eq!(serde_json::from_str::<Price>(old).expect("read"), price);
    let flat: Price = serde_json::from_str(r#"{"input":3,"output":9}"#).expect("read");
    assert_eq!(flat, Price::flat(3, 9));
    let again = serde_json::to_string(&price).expect("written");
    assert_eq!(serde_json::from_str::<Price>(&again).expect("read"), price);
}

proptest! {
    #[test]
    fn the_parts_of_a_cost_are_all_of_it_but_for_rounding(
        prices in proptest::array::uniform10(0_u64..10_000_000), counts in proptest::array::uniform10(0_u64..1_000_000)
    ) {
        let [input, cache_read, cache_write, cache_write_1h, audio_input, image_input, output, reasoning, audio_output, image_output] = prices;
        let price = Price { input, cache_read, cache_write, cache_write_1h, audio_input, image_input, output, reasoning, audio_output, image_output };
        let [input, cache_read, cache_write, cache_write_1h, audio_input, image_input, output, reasoning, audio_output, image_output] = counts;
        let usage = Usage { input, cache_read, cache_write, cache_write_1h, audio_input, image_input, output, reasoning, audio_output, image_output };
        let rest = price.cost(&usage) - price.parts(&usage).iter().sum::<u64>();
        prop_assert!(rest <= 4, "{rest}");
        let only = Usage { cache_read, ..Usage::default() };
        prop_assert_eq!(price.parts(&only), [0, price.cache_read * cache_read / 1000, 0, 0]);
    }
}
