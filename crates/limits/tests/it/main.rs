//! The limiter through its public face.

mod clock;
mod race;
mod rules;
