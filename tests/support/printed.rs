//! What the manual prints is what is measured: a figure may be off by a tenth, a level by 3 dB, up or down.
//!
//! A test that fails here because something became better wants the manual to say so.
#![allow(dead_code)] // each test executable uses its own part

/// Fails unless a figure is within a tenth of the printed one.
#[track_caller]
pub fn assert_printed(found: f64, printed: f64, what: &str) {
    println!("{what}: {found}, printed {printed}");
    assert!((found - printed).abs() <= 0.1 * printed.abs(), "{what}: {found}, the manual prints {printed}");
}

/// Fails unless a level is within 3 dB of the printed one.
#[track_caller]
pub fn assert_printed_db(found_db: f64, printed_db: f64, what: &str) {
    println!("{what}: {found_db} dB, printed {printed_db} dB");
    let is_near = (found_db - printed_db).abs() <= 3.0;
    assert!(is_near, "{what}: {found_db} dB, the manual prints {printed_db} dB");
}
