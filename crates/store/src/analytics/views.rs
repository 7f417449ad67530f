//! The views: by what the key of a row tells requests apart.

use super::cells::Bucket;

/// By what a row's key tells requests apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum View {
    /// `[route, version, element, provider, model]`
    All,
    /// `[token]`
    Token,
    /// `[name, value]`; the rest of a name is `[name, null]`, that of rare names `[null, null]`.
    Metadata,
    /// `[route, version, element, outcome]`: one for each element that a request came through.
    Edge,
    /// `[]`
    Total,
    /// `[route]`
    Route,
    /// `[provider, model]`
    Model,
    /// `[route, version, element]`
    Element,
    /// `[route, provider, model]`
    RouteModel,
    /// `[token, route, provider, model]`; the rest of a token is `[token, null, null, null]`, that of rare tokens has no token.
    TokenModel,
    /// `[name, value, route, provider, model]`; the rest of a name has nulls after it, that of rare names is all nulls.
    MetadataModel,
    /// `[route, version, element, outcome, provider, model]`: one for each model element that called, and for each direct call, with what its own
    /// calls took and were charged.
    Calls,
    /// `[]`, of all calls.
    CallsTotal,
    /// `[provider, model]`, of the calls.
    CallsModel,
    /// `[route, version, element]`, of the calls.
    CallsElement,
    /// `[route, provider, model]`, of the calls.
    CallsRouteModel,
}

/// What a part of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Route,
    Version,
    Element,
    Provider,
    Model,
    Token,
    /// A key of metadata.
    Name,
    /// Its value.
    Value,
    Outcome,
}

impl View {
    /// Those that questions about requests are answered from; those before have fewer rows than those after them that can answer the same.
    pub(super) const ASKED: [Self; 10] = [
        Self::Total,
        Self::Route,
        Self::Model,
        Self::Element,
        Self::RouteModel,
        Self::All,
        Self::Token,
        Self::TokenModel,
        Self::Metadata,
        Self::MetadataModel,
    ];
    /// The same for questions about calls.
    pub(super) const ASKED_OF_CALLS: [Self; 5] = [
        Self::CallsTotal,
        Self::CallsModel,
        Self::CallsElement,
        Self::CallsRouteModel,
        Self::Calls,
    ];

    /// In the database. 12 has been used: it is of rows that nobody reads any more.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::All => 1,
            Self::Token => 2,
            Self::Metadata => 3,
            Self::Edge => 4,
            Self::Total => 5,
            Self::Route => 6,
            Self::Model => 7,
            Self::Element => 8,
            Self::RouteModel => 9,
            Self::TokenModel => 10,
            Self::MetadataModel => 11,
            Self::Calls => 13,
            Self::CallsTotal => 14,
            Self::CallsModel => 15,
            Self::CallsElement => 16,
            Self::CallsRouteModel => 17,
        }
    }

    /// What its keys consist of.
    pub(super) fn parts(self) -> &'static [Part] {
        use Part::{Element, Model, Name, Outcome, Provider, Route, Token, Value, Version};
        match self {
            Self::All => &[Route, Version, Element, Provider, Model],
            Self::Token => &[Token],
            Self::Metadata => &[Name, Value],
            Self::Edge => &[Route, Version, Element, Outcome],
            Self::Calls => &[Route, Version, Element, Outcome, Provider, Model],
            Self::Total | Self::CallsTotal => &[],
            Self::Route => &[Route],
            Self::Model | Self::CallsModel => &[Provider, Model],
            Self::Element | Self::CallsElement => &[Route, Version, Element],
            Self::RouteModel | Self::CallsRouteModel => &[Route, Provider, Model],
            Self::TokenModel => &[Token, Route, Provider, Model],
            Self::MetadataModel => &[Name, Value, Route, Provider, Model],
        }
    }

    /// Whether what is rare is folded. The last part of a key is absent in a rest, and only there.
    pub(super) fn is_bounded(self) -> bool {
        matches!(self, Self::Metadata | Self::TokenModel | Self::MetadataModel)
    }

    /// Whether there are rows of it for such a time. Minutes are few, and what has many rows answers for what has few; so are weeks, except of
    /// what has many.
    pub(super) fn is_of(self, bucket: Bucket) -> bool {
        let has_many = matches!(
            self,
            Self::Element | Self::RouteModel | Self::CallsElement | Self::CallsRouteModel
        );
        match bucket {
            Bucket::Minute => !(self.is_bounded() || has_many || self == Self::CallsModel),
            Bucket::Hour | Bucket::Day => true,
            Bucket::Week => has_many || matches!(self, Self::All | Self::Calls),
        }
    }
}
