//! `page`, `per_page`, `order_by` and the rest of the query string, checked: a bad value is a 400, never a silent default.

use crate::problem::Problem;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

/// Items on a page when the caller does not say.
const DEFAULT_PER_PAGE: u32 = 20;

/// Which page of a list, newest first; at most 100 items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging(pub(crate) store::Page);

/// What a list may be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// From 1; default 1.
    #[param(value_type = Option<u32>, minimum = 1, example = 1)]
    page: Option<String>,
    /// Default 20, at most 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 20)]
    per_page: Option<String>,
    /// Only `created_at`.
    order_by: Option<String>,
    /// Only `desc`.
    order_by_direction: Option<String>,
}

/// A query string as a struct of optional strings.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(it)) => Ok(Self(it)),
            Err(error) => Err(Problem::invalid(&["query"], error.body_text())),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Asked(query) = Asked::<PageQuery>::from_request_parts(parts, state).await?;
        only("order_by_direction", query.order_by_direction.as_deref(), &["desc"])?;
        Ok(Self(query.page(100)?))
    }
}

impl PageQuery {
    fn page(&self, max: u32) -> Result<store::Page, Problem> {
        only("order_by", self.order_by.as_deref(), &["created_at"])?;
        page(self.page.as_deref(), self.per_page.as_deref(), max)
    }
}

/// The page that `page` and `per_page` name, of at most `max` items.
pub(crate) fn page(
    page: Option<&str>,
    per_page: Option<&str>,
    max: u32,
) -> Result<store::Page, Problem> {
    Ok(store::Page {
        page: number("page", page, 1, u32::MAX)?,
        per_page: number("per_page", per_page, DEFAULT_PER_PAGE, max)?,
    })
}

/// A whole number from 1 to `max`.
pub(crate) fn number(
    name: &str,
    text: Option<&str>,
    default: u32,
    max: u32,
) -> Result<u32, Problem> {
    let Some(text) = text else { return Ok(default) };
    match text.parse() {
        Ok(it) if (1..=max).contains(&it) => Ok(it),
        _ => Err(Problem::invalid(
            &["query", name],
            format!("`{name}` is `{text}`; it must be a whole number from 1 to {max}"),
        )),
    }
}

/// A parameter that may have a few values only.
pub(crate) fn only(name: &str, text: Option<&str>, allowed: &[&str]) -> Result<(), Problem> {
    match text {
        Some(it) if !allowed.contains(&it) => Err(Problem::invalid(
            &["query", name],
            format!("`{name}` is `{it}`; it may be `{}`", allowed.join("` or `")),
        )),
        _ => Ok(()),
    }
}

/// `true` or `false`; absent is `None`.
pub(crate) fn flag(name: &str, text: Option<&str>) -> Result<Option<bool>, Problem> {
    only(name, text, &["true", "false"])?;
    Ok(text.map(|it| it == "true"))
}

/// The part of `items` that a page shows, and how many there are; for lists that are filtered here and not in the store.
pub(crate) fn cut<T>(items: Vec<T>, page: store::Page) -> (Vec<T>, u64) {
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let skip = u64::from(page.page - 1) * u64::from(page.per_page);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let take = usize::try_from(page.per_page).unwrap_or(usize::MAX);
    (items.into_iter().skip(skip).take(take).collect(), total)
}

/// `?force=true`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ForceQuery {
    /// Delete it although deployed routes use it.
    #[param(value_type = Option<bool>)]
    force: Option<String>,
}

impl ForceQuery {
    pub(crate) fn force(&self) -> Result<bool, Problem> {
        Ok(flag("force", self.force.as_deref())?.unwrap_or(false))
    }
}
