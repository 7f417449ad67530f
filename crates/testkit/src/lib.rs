//! For tests only: a scripted upstream that speaks the OpenAI wire format and breaks on demand.
