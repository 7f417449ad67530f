//! Splits that keep a key where it is.

use crate::gateway::{Request, route};
use proptest::prelude::*;
use proptest::sample::select;
use route::{Ask, Dice, Route, Walk};
use serde_json::json;

/// A sticky split with the given outputs, each leading to a model.
fn split(outputs: &[(String, &str)]) -> Route {
    let named: Vec<_> =
        outputs.iter().map(|(name, to)| format!(r#""{name}":{{"elementId":"{to}"}}"#)).collect();
    sticky("s", &named.join(","))
}

fn sticky(id: &str, outputs: &str) -> Route {
    let models: String = ["a", "b", "c", "d"]
        .iter()
        .map(|it| {
            format!(
                r#"{{"id":"{it}","type":"model","properties":{{"provider":"openai","model":"{it}"}},"outputs":{{"success":{{"elementId":"out"}}}}}},"#
            )
        })
        .collect();
    route(&format!(
        r#"[{{"id":"in","type":"start","outputs":{{"next":{{"elementId":"{id}"}}}}}},
            {{"id":"{id}","type":"percentage","properties":{{"key":"metadata.user"}},"outputs":{{{outputs}}}}},
            {models}{{"id":"out","type":"end"}}]"#
    ))
}

/// The element a user is sent to.
fn sent(route: &Route, route_id: &str, user: &serde_json::Value) -> String {
    let mut walk = Walk::new(route, route_id);
    match walk.ask(&Request::of(&[("metadata.user", user.clone())]), &mut Dice::seeded(1)) {
        Ask::Call(target) => route.element_id(target.element).to_owned(),
        other => panic!("{other:?}"),
    }
}

fn percent(hundredths: u32) -> String {
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Four shares as names of outputs: labels tell equal ones apart, and in the last one `rest` is what is left.
fn outputs(weights: &[u32; 3], labels: bool, last: &str) -> Vec<(String, &'static str)> {
    let mut outputs: Vec<_> = weights
        .iter()
        .zip(["a", "b", "c"])
        .map(|(it, to)| (if labels { format!("{}:{to}", percent(*it)) } else { percent(*it) }, to))
        .collect();
    let left = 10_000 - weights.iter().sum::<u32>();
    outputs.push((last.replace("rest", &percent(left)), "d"));
    outputs
}

fn weights() -> impl Strategy<Value = [u32; 3]> {
    [0_u32..=3_333, 0_u32..=3_333, 0_u32..=3_333]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn raising_one_share_while_the_others_fall_or_stay_moves_nobody_out_of_it(
        before in weights(), falls in weights(), labels: bool, last in select(vec!["else", "rest:d"]), raised in 0_usize..4,
    ) {
        // the others fall by some of what they have; the raised one takes it all
        let mut after = before;
        for (at, (weight, fall)) in after.iter_mut().zip(falls).enumerate() {
            if at != raised {
                *weight -= fall.min(*weight);
            }
        }
        let freed: u32 = before.iter().zip(after).map(|(before, after)| before - after).sum();
        if let Some(it) = after.get_mut(raised) {
            *it += freed;
        }
        // equal shares without labels are one key, which JSON does not have twice
        prop_assume!(labels || (distinct(&before) && distinct(&after)));
        let target = ["a", "b", "c", "d"][raised];
        let (old, new) = (split(&outputs(&before, labels, last)), split(&outputs(&after, labels, last)));
        for user in 0..200 {
            let user = json!(format!("user-{user}"));
            if sent(&old, "r", &user) == target {
                prop_assert_eq!(sent(&new, "r", &user), target);
            }
        }
    }

    #[test]
    fn the_order_of_keys_does_not_matter(weights in weights(), user in any::<u64>(), turn in 0_usize..4) {
        let mut outputs = outputs(&weights, true, "else");
        let one = split(&outputs);
        outputs.rotate_left(turn);
        outputs.swap(0, 2);
        prop_assert_eq!(sent(&one, "r", &json!(user)), sent(&split(&outputs), "r", &json!(user)));
    }

    #[test]
    fn one_number_is_one_key_however_it_is_written(user in -1_000_000_i32..1_000_000) {
        let split = sticky("s", r#""50%:a":{"elementId":"a"},"50%:b":{"elementId":"b"}"#);
        prop_assert_eq!(sent(&split, "r", &json!(user)), sent(&split, "r", &json!(f64::from(user))));
    }
}

fn distinct(weights: &[u32; 3]) -> bool {
    let [a, b, c] = weights;
    a != b && b != c && a != c
}

/// How many of `users` go to each of `a`, `b` and `d`.
fn counts(route: &Route, users: u32) -> [u32; 3] {
    let mut counts = [0; 3];
    for user in 0..users {
        let to = sent(route, "r", &json!(format!("u{user}")));
        let at = ["a", "b", "d"].iter().position(|it| *it == to).expect("a target");
        counts[at] += 1;
    }
    counts
}

#[test]
fn shares_are_met() {
    let route = sticky(
        "s",
        r#""10%":{"elementId":"a"},"30.5%":{"elementId":"b"},"else":{"elementId":"d"}"#,
    );
    let users = 40_000_u32;
    for (count, share) in counts(&route, users).into_iter().zip([0.1, 0.305, 0.595]) {
        let (expected, deviation) =
            (f64::from(users) * share, (f64::from(users) * share * (1.0 - share)).sqrt());
        // the keys are fixed, so this either always holds or never
        assert!(
            (f64::from(count) - expected).abs() < 4.0 * deviation,
            "{count} instead of {expected}"
        );
    }
}

#[test]
fn shares_that_lead_to_one_element_are_one_share() {
    let route =
        sticky("s", r#""10%":{"elementId":"a"},"20%":{"elementId":"a"},"else":{"elementId":"d"}"#);
    let [a, _, _] = counts(&route, 20_000);
    assert!((5_700..6_300).contains(&a), "{a} of 20000 for 30%");
}

#[test]
fn a_share_of_nothing_is_never_taken() {
    let route = sticky("s", r#""0%":{"elementId":"a"},"100%":{"elementId":"b"}"#);
    assert_eq!(counts(&route, 2_000), [0, 2_000, 0]);
}

#[test]
fn two_splits_are_not_correlated() {
    let outputs = r#""50%:x":{"elementId":"a"},"50%:y":{"elementId":"b"}"#;
    let (one, other) = (sticky("s", outputs), sticky("t", outputs));
    let users = 10_000;
    let together = |a: &dyn Fn(&serde_json::Value) -> String,
                    b: &dyn Fn(&serde_json::Value) -> String| {
        (0..users).filter(|user| a(&json!(user)) == b(&json!(user))).count()
    };
    // two elements of one route, and one element in two routes: half of all users, give or take four deviations of 50
    for same in [
        together(&|it| sent(&one, "r", it), &|it| sent(&other, "r", it)),
        together(&|it| sent(&one, "r", it), &|it| sent(&one, "q", it)),
    ] {
        assert!((4_800..5_200).contains(&same), "{same}");
    }
}

#[test]
fn the_choice_is_the_same_on_every_machine_and_in_every_build() {
    let route = sticky(
        "s",
        r#""25%:a":{"elementId":"a"},"25%:b":{"elementId":"b"},"25%:c":{"elementId":"c"},"else":{"elementId":"d"}"#,
    );
    let users = [
        json!("u1"),
        json!("u2"),
        json!("u3"),
        json!("u4"),
        json!(1),
        json!("1"),
        json!(true),
        json!(null),
        json!([1]),
    ];
    let chosen: Vec<_> = users.iter().map(|it| sent(&route, "0197a1f0", it)).collect();
    insta::assert_snapshot!(chosen.join(" "));
}

#[test]
fn without_a_key_value_chance_decides() {
    let route = sticky("s", r#""50%:a":{"elementId":"a"},"50%:b":{"elementId":"b"}"#);
    let mut dice = Dice::seeded(3);
    let mut seen = [0; 2];
    for _ in 0..1_000 {
        let mut walk = Walk::new(&route, "r");
        let Ask::Call(target) = walk.ask(&Request::of(&[]), &mut dice) else { panic!("no model") };
        seen[usize::from(&*target.model == "b")] += 1;
    }
    assert!(seen.iter().all(|it| (400..600).contains(it)), "{seen:?}");
}
