//! The mastering chain.
