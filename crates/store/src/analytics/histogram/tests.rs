use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

fn of(values: &[u64]) -> Histogram {
    let mut it = Histogram::default();
    values.iter().for_each(|value| it.record(*value));
    it
}

fn values() -> impl Strategy<Value = Vec<u64>> {
    let value = prop_oneof![0..100_u64, 0..100_000_u64, any::<u64>()];
    vec(value, 1..200)
}

proptest! {
    #[test]
    fn a_percentile_is_within_the_stated_bound(mut values in values(), percent in 1..=100_u8) {
        let found = of(&values).percentile(percent).unwrap();
        values.sort_unstable();
        let exact = values[(values.len() * usize::from(percent)).div_ceil(100) - 1];
        prop_assert!(found.abs_diff(exact) <= exact / PERCENTILE_ERROR, "{found} for {exact}");
    }

    #[test]
    fn parts_add_up_to_the_whole_and_are_taken_away_again(one in values(), two in values()) {
        let mut sum = of(&one);
        sum.add(&of(&two));
        let all: Vec<_> = one.iter().chain(&two).copied().collect();
        prop_assert_eq!(&sum, &of(&all));
        sum.subtract(&of(&two));
        prop_assert_eq!(sum, of(&one));
    }

    #[test]
    fn what_is_written_is_read_again(values in values(), other in values()) {
        let mut bytes = Vec::new();
        of(&values).write(&mut bytes);
        of(&other).write(&mut bytes);
        let mut rest = &bytes[..];
        prop_assert_eq!(Histogram::read(&mut rest), Some(of(&values)));
        prop_assert_eq!(Histogram::read(&mut rest), Some(of(&other)));
        prop_assert!(rest.is_empty());
    }

    #[test]
    fn foreign_bytes_are_no_panic(bytes in vec(any::<u8>(), 0..64)) {
        let _ = Histogram::read(&mut &bytes[..]);
    }
}

#[test]
fn nothing_counted_has_no_percentile() {
    assert_eq!(Histogram::default().percentile(50), None);
}
