//! Command line and standalone.
fn main() {}
