//! The mastering chain.
pub mod limiter;
