//! Golden cases, coverage and properties of the translations.

mod cases;
mod properties;
mod replies;
mod requests;
