//! The limiter through its public face.

mod clock;
mod files;
mod killed;
mod race;
mod restart;
mod rules;
