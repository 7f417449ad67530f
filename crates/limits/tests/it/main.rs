//! The limiter through its public face.

mod clock;
mod files;
mod killed;
mod model;
mod race;
mod restart;
mod rules;
mod together;
