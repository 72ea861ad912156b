//! Licences, duplicates, sources and known faults of everything that the product is built with, by cargo-deny and
//! `deny.toml`; for `cargo xtask check`.

use crate::Result;
use crate::steps::{self, command};
use crate::tools;

/// Checks them all. Known faults need the database of advisories from the network; without it they are left out, and said
/// to be.
///
/// # Errors
/// What does not fit.
pub fn check() -> Result {
    let deny = tools::ensure(&tools::DENY)?;
    let deny = deny.to_string_lossy();
    let check = |what: &[&str]| {
        let words =
            [&[deny.as_ref(), "--locked", "--workspace", "check", "--hide-inclusion-graph"], what].concat();
        steps::run(&mut command(&words))
    };
    check(&["bans", "licenses", "sources"])?;
    if !steps::succeeds(&[deny.as_ref(), "fetch", "db"]) {
        println!("left out: advisories, because their database cannot be fetched here");
        return Ok(());
    }
    check(&["advisories"])
}
