//! The data plane against scripted upstreams, under virtual time.

#[cfg(test)]
mod call;
