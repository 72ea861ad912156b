//! Crossings between threads. Each is made as a pair by one constructor: one half for each side.
//!
//! Everything here is bounded and lock-free; what happens when a queue is full is written beside it.

pub mod exchange;
pub mod latest;
pub mod tap;
pub mod targets;
pub mod trail;
