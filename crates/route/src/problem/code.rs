//! The table of codes. `docs/problems.md` explains each; a test holds the two in step.

use super::Severity;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// Stable names of the kinds of problems, for programs to match on. Explained one by one in `docs/problems.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name on the wire, `snake_case`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Whether problems of this kind refuse the graph.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)*
                }
            }
        }
    };
}

codes! {
    /// The text is not JSON.
    InvalidJson = "invalid_json", Error;
    /// JSON nested deeper than the bound.
    TooDeep = "too_deep", Error;
    /// A key stands twice in one object.
    DuplicateKey = "duplicate_key", Error;
    /// A type that is none of the six.
    UnknownType = "unknown_type", Error;
    /// Something that must be there is not.
    Required = "required", Error;
    /// A value of the wrong JSON type.
    WrongType = "wrong_type", Error;
    /// Two names of one property with different values.
    ConflictingProperties = "conflicting_properties", Error;
    /// A text that is not one of the texts allowed, or empty.
    InvalidValue = "invalid_value", Error;
    /// A number outside its bounds, or more exact than its unit.
    OutOfRange = "out_of_range", Error;
    /// More elements than a route may have.
    TooManyElements = "too_many_elements", Error;
    /// No start element.
    NoStart = "no_start", Error;
    /// A second start element.
    SeveralStarts = "several_starts", Error;
    /// No end element.
    NoEnd = "no_end", Error;
    /// An id that is the empty string.
    EmptyId = "empty_id", Error;
    /// An id longer than the bound.
    LongId = "long_id", Error;
    /// An id that an earlier element has.
    DuplicateId = "duplicate_id", Error;
    /// An output that this type must have is not there.
    MissingOutput = "missing_output", Error;
    /// An output that this type does not have.
    UnknownOutput = "unknown_output", Error;
    /// An output that leads to no element.
    DanglingOutput = "dangling_output", Error;
    /// An output that leads back.
    Cycle = "cycle", Error;
    /// An output of a percentage element whose name is not a share.
    BadShare = "bad_share", Error;
    /// More shares than a percentage element may have.
    TooManyShares = "too_many_shares", Error;
    /// Shares with the wrong total.
    SharesTotal = "shares_total", Error;
    /// Two shares with one label.
    DuplicateLabel = "duplicate_label", Error;
    /// A field that nobody can read.
    BadField = "bad_field", Error;
    /// A field that would read a credential.
    CredentialField = "credential_field", Error;
    /// A conditional element without conditions, or an empty group in them.
    EmptyCondition = "empty_condition", Error;
    /// An operator that does not exist, or not in this place.
    UnknownOperator = "unknown_operator", Error;
    /// An operand of the wrong type for its operator.
    BadOperand = "bad_operand", Error;
    /// A pattern that is not one, or too costly.
    BadPattern = "bad_pattern", Error;
    /// Conditions beyond the bounds.
    LargeCondition = "large_condition", Error;
    /// A provider that the gateway does not have.
    UnknownProvider = "unknown_provider", Error;
    /// A provider that cannot be called yet.
    UnsupportedProvider = "unsupported_provider", Error;
    /// The list of problems was cut.
    MoreProblems = "more_problems", Error;
    /// An element that no path from the start reaches.
    Unreachable = "unreachable", Warning;
    /// No path from the start reaches a model.
    NoModel = "no_model", Warning;
    /// A model that the price catalogue has never heard of.
    UnknownModel = "unknown_model", Warning;
    /// A cost limit whose money may be spent on a model without price.
    BudgetWithoutPrice = "budget_without_price", Warning;
    /// Requests of a kind that no model on any path can serve.
    CannotServe = "cannot_serve", Warning;
    /// A provider without a key.
    NoKey = "no_key", Warning;
    /// A branch that no request can take.
    NeverTaken = "never_taken", Warning;
    /// A model without `fallback`.
    NoFallback = "no_fallback", Warning;
    /// A path that may keep the caller waiting too long.
    SlowPath = "slow_path", Warning;
}
