//! The envelopes of success. Three shapes, because the reference has three: `result`, `data`, and `route` (in [`crate::routes`]).

use crate::logs::MetaView;
use crate::problem::{Entry, Problem};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

/// `{success, errors, messages, result}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Success<T> {
    /// Always `true`.
    pub(crate) success: bool,
    pub(crate) errors: Vec<Entry>,
    /// Warnings of the route compiler and other things worth knowing.
    pub(crate) messages: Vec<Entry>,
    pub(crate) result: T,
}

/// `{success, errors, messages, result: […], result_info}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listing<T> {
    /// Always `true`.
    success: bool,
    errors: Vec<Entry>,
    messages: Vec<Entry>,
    result: Vec<T>,
    result_info: ResultInfo,
}

/// Where in a list one is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResultInfo {
    page: u32,
    per_page: u32,
    /// Items on this page.
    count: usize,
    total_count: u64,
    total_pages: u64,
    /// Of request logs, when asked for with `meta_info`.
    #[serde(flatten)]
    #[schema(value_type = Option<MetaView>)]
    meta: Option<MetaView>,
}

/// `{success, errors, messages, data}`: the three lists of dynamic routing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DataListing<T> {
    /// Always `true`.
    success: bool,
    errors: Vec<Entry>,
    messages: Vec<Entry>,
    data: T,
}

/// A body and the `ETag` that goes with it.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    body: T,
    etag: Option<String>,
}

/// What handlers return.
pub(crate) type Answer<T> = Result<Reply<T>, Problem>;

impl<T> Reply<Success<T>> {
    pub(crate) fn result(result: T) -> Self {
        Self::noting(result, Vec::new())
    }

    /// A result and what its caller should know about it.
    pub(crate) fn noting(result: T, messages: Vec<Entry>) -> Self {
        Self::of(Success { success: true, errors: Vec::new(), messages, result })
    }
}

impl<T> Reply<Listing<T>> {
    pub(crate) fn list(result: Vec<T>, page: store::Page, total: u64) -> Self {
        let result_info = ResultInfo {
            page: page.page,
            per_page: page.per_page,
            count: result.len(),
            total_count: total,
            total_pages: total.div_ceil(u64::from(page.per_page)),
            meta: None,
        };
        Self::of(Listing {
            success: true,
            errors: Vec::new(),
            messages: Vec::new(),
            result,
            result_info,
        })
    }
}

impl<T> Reply<Listing<T>> {
    /// With the extent of what was listed.
    pub(crate) fn with_meta(mut self, meta: MetaView) -> Self {
        self.body.result_info.meta = Some(meta);
        self
    }
}

impl<T> Reply<DataListing<T>> {
    pub(crate) fn data(data: T) -> Self {
        Self::of(DataListing { success: true, errors: Vec::new(), messages: Vec::new(), data })
    }
}

impl<T> Reply<T> {
    pub(crate) fn of(body: T) -> Self {
        Self { body, etag: None }
    }

    pub(crate) fn etag(mut self, etag: &str) -> Self {
        self.etag = Some(etag.to_owned());
        self
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        if let Some(etag) = self.etag.and_then(|it| HeaderValue::try_from(it).ok()) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}
