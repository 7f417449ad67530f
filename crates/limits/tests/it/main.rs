//! The limiter through its public face.

mod clock;
mod files;
mod killed;
mod model;
mod race;
mod reset;
mod restart;
mod rules;
mod survey;
mod together;
