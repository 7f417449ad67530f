//! The binary: configuration, wiring, reload, shutdown, command line. What it starts is decided elsewhere.

mod cli;
mod clock;
mod config;
mod counting;
mod entropy;
mod first_start;
mod keeping;
mod logs;
mod refresh;
mod rehearsal;
mod reload;
mod serve;
mod tallies;
mod wire;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run().into()
}
