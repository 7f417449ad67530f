//! Exact decimal text of integer money: never a float.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// Nano-dollars, written as a JSON number of dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dollars(pub u64);

impl std::fmt::Display for Dollars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&decimal(self.0, 9))
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        dollars_from_nano(self.0).serialize(serializer)
    }
}

impl PartialSchema for Dollars {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Number).description(Some("US dollars")).into()
    }
}

impl ToSchema for Dollars {}

/// Pico-dollars per token as dollars per token: `0.00000015`.
pub(crate) fn dollars_from_pico(pico: u64) -> String {
    decimal(pico, 12)
}

/// Nano-dollars as a JSON number of dollars.
pub(crate) fn dollars_from_nano(nano: u64) -> Option<Box<RawValue>> {
    RawValue::from_string(decimal(nano, 9)).ok()
}

/// `units` of 10^-`digits`, without trailing zeros.
fn decimal(units: u64, digits: usize) -> String {
    let text = format!("{units:0>width$}", width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::{dollars_from_nano, dollars_from_pico};

    #[test]
    fn money_is_written_exactly() {
        for (pico, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (150_000, "0.00000015"),
            (1_000_000_000_000, "1"),
            (12_500_000_000_000, "12.5"),
            (u64::MAX, "18446744.073709551615"),
        ] {
            assert_eq!(dollars_from_pico(pico), text);
        }
        assert_eq!(dollars_from_nano(1_230_000).unwrap().get(), "0.00123");
    }
}
