use super::{Held, NoSeat, Seat, StoredKey, order};
use crate::cooldown::Cooldowns;
use proptest::prelude::*;
use route::Dice;

/// Keys `k0`, `k1`, …, with these weights; one may be the default.
fn seats(weights: &[Option<u32>], default: Option<usize>) -> Vec<Seat> {
    let cooldowns = Cooldowns::new(None);
    let keys = weights.iter().enumerate().map(|(position, weight)| {
        let alias = format!("k{position}");
        let secret = alias.clone().into();
        let is_default = default == Some(position);
        let stored =
            StoredKey { alias: alias.into(), secret, weight: *weight, is_default, limit: None };
        Seat { held: Some(Held::stored("openai", stored, &cooldowns)), breaker: None }
    });
    keys.collect()
}

/// How often each seat comes first, of so many requests.
fn firsts(seats: &[Seat], requests: u64) -> Vec<u32> {
    let mut counts = vec![0; seats.len()];
    for seed in 0..requests {
        let order = order(seats, None, Dice::seeded(seed)).expect("a seat");
        counts[order[0]] += 1;
    }
    counts
}

#[test]
fn without_weights_the_default_key_is_used_and_the_others_stand_in() {
    let seats = seats(&[None, None, None], Some(1));
    assert_eq!(firsts(&seats, 100), [0, 100, 0]);
    let order = order(&seats, None, Dice::seeded(1)).expect("a seat");
    assert_eq!(order.len(), 3, "{order:?}");
}

#[test]
fn without_weights_and_default_keys_share_evenly() {
    let counts = firsts(&seats(&[None, None], None), 10_000);
    assert!(counts.iter().all(|it| (4800..5200).contains(it)), "{counts:?}");
}

#[test]
fn weights_share_the_requests_and_a_default_does_not_matter_then() {
    let counts = firsts(&seats(&[Some(3), None, Some(0)], Some(2)), 10_000);
    assert!((7300..7700).contains(&counts[0]) && (2300..2700).contains(&counts[1]), "{counts:?}");
    assert_eq!(counts[2], 0);
}

#[test]
fn a_key_of_weight_0_is_used_only_when_it_is_named() {
    let two = seats(&[Some(1), Some(0)], None);
    assert_eq!(*order(&two, None, Dice::seeded(1)).expect("a seat"), [0]);
    assert_eq!(*order(&two, Some("k1"), Dice::seeded(1)).expect("a seat"), [1]);
    let one = seats(&[Some(0)], None);
    assert_eq!(order(&one, None, Dice::seeded(1)), Err(NoSeat::AllByName));
}

#[test]
fn a_named_key_is_the_only_one_and_an_unknown_name_lists_the_known_ones() {
    let seats = seats(&[None, None], Some(0));
    assert_eq!(*order(&seats, Some("k1"), Dice::seeded(1)).expect("a seat"), [1]);
    let unknown = order(&seats, Some("k2"), Dice::seeded(1));
    assert_eq!(unknown, Err(NoSeat::UnknownAlias(vec!["k0".into(), "k1".into()])));
}

#[test]
fn a_key_that_is_not_stored_has_no_name() {
    let key = providers::Key { alias: "env".into(), secret: "k".into() };
    let held = Some(Held::only("openai", &key, &Cooldowns::new(None)));
    for held in [held, None] {
        let seats = [Seat { held, breaker: None }];
        assert_eq!(*order(&seats, None, Dice::seeded(1)).expect("a seat"), [0]);
        let named = order(&seats, Some("env"), Dice::seeded(1));
        assert_eq!(named, Err(NoSeat::UnknownAlias(vec![])));
    }
}

proptest! {
    #[test]
    fn an_order_has_every_key_with_a_share_once_and_follows_from_the_seed(
        weights in prop::collection::vec(prop::option::of(0_u32..1_000_000), 1..12),
        default in prop::option::of(0..12_usize),
        seed in any::<u64>(),
    ) {
        let seats = seats(&weights, default);
        let drawn = order(&seats, None, Dice::seeded(seed));
        prop_assert_eq!(&drawn, &order(&seats, None, Dice::seeded(seed)));
        let mut found = drawn.map(|it| it.to_vec()).unwrap_or_default();
        found.sort_unstable();
        let shared: Vec<_> = (0..weights.len()).filter(|it| weights[*it] != Some(0)).collect();
        prop_assert_eq!(found, shared);
    }
}
