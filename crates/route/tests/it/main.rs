//! The route language from outside: one binary, one module a subject.

#[cfg(test)]
mod allocation;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod graphs;
#[cfg(test)]
mod hold;
#[cfg(test)]
mod problems;
mod replay;
#[cfg(test)]
mod sticky;
