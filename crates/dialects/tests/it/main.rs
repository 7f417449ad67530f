//! Golden cases, coverage and properties of the translations.

mod cases;
mod embeddings;
mod gemini;
mod properties;
mod replies;
mod requests;
