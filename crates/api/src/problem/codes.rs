//! Every error code of the management API, in one table; `docs/errors.md` lists the same rows and a test compares them.

use http::StatusCode;

/// A stable number, the status it travels with, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) number: u32,
    pub(crate) status: StatusCode,
    pub(crate) meaning: &'static str,
}

macro_rules! codes { ($($name:ident = $number:literal, $status:ident, $meaning:literal;)*) => {
    $(pub(crate) const $name: Code = Code { number: $number, status: StatusCode::$status, meaning: $meaning };)*
    /// All codes, in the order of the documentation.
    #[cfg(test)]
    pub(crate) const TABLE: &[Code] = &[$($name),*];
} }

// Cloudflare's numbers where it has one (spec A.6); 7000 + status where it has none.
codes! {
    INVALID = 7001, BAD_REQUEST, "the input is not valid, or a gateway or provider config of that name already exists";
    NOT_FOUND = 7002, NOT_FOUND, "no such gateway, provider config, token, price or log";
    NO_SUCH_PATH = 7003, NOT_FOUND, "no such API path, or another account's";
    ROUTE_NOT_FOUND = 7005, NOT_FOUND, "no such route, version or draft";
    ROUTE_EXISTS = 7005, BAD_REQUEST, "a route of that name already exists in this gateway";
    PROVIDER_INVALID = 1002, BAD_REQUEST, "the custom provider is not valid";
    PROVIDER_NOT_FOUND = 1003, NOT_FOUND, "no such custom provider";
    PROVIDER_EXISTS = 1004, BAD_REQUEST, "a custom provider of that slug already exists";
    UNAUTHENTICATED = 10000, UNAUTHORIZED, "the token is missing, unknown or expired";
    FORBIDDEN = 9109, FORBIDDEN, "the token may not do this";
    FOREIGN = 7403, FORBIDDEN, "the request names another host or comes from a foreign web page";
    IN_USE = 7400, BAD_REQUEST, "deployed routes use it; `force=true` deletes it all the same";
    WRONG_METHOD = 7405, METHOD_NOT_ALLOWED, "the path exists, the method does not";
    STALE = 7412, PRECONDITION_FAILED, "`If-Match` names an older state, or `If-None-Match: *` meets something; the reply's `ETag` is the current one";
    TOO_LARGE = 7413, PAYLOAD_TOO_LARGE, "the body is larger than 4 MiB";
    NOT_JSON = 7415, UNSUPPORTED_MEDIA_TYPE, "the body is not `application/json`, or is compressed";
    INTERNAL = 7500, INTERNAL_SERVER_ERROR, "a fault of this server; its log says more";
    AWAY = 7503, SERVICE_UNAVAILABLE, "the database cannot be reached; try again";
    COUNTERS_AWAY = 7513, SERVICE_UNAVAILABLE, "the server of shared limits does not answer; try again";
    FULL = 7507, INSUFFICIENT_STORAGE, "the disk of the database is full; nothing was changed, free space there and try again";
}
