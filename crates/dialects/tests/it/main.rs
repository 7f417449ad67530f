//! Golden cases, coverage and properties of the translations.

mod assembled;
mod cases;
mod gemini;
mod properties;
mod replies;
mod requests;
