//! What must hold for any bytes as an audio file: it is refused, or read within the limits into finite samples.

use auracore::audio_file::{Limits, MAX_CHANNELS, read};

#[path = "scratch.rs"]
mod scratch;

/// As the recordings of a track are read, but shorter ones.
const LIMITS: Limits = Limits { max_duration_s: 20.0, max_samples: 1 << 18 };

/// Tries the bytes as a file; whether it was read.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(file) = scratch::with_file(bytes, |path| read(path, &LIMITS)) else { return false };
    let audio = &file.audio;
    assert!((1..=MAX_CHANNELS).contains(&audio.channels.len()), "{} channels", audio.channels.len());
    assert!(audio.rate_hz > 0);
    assert!(audio.channels.iter().all(|channel| channel.len() == audio.frames()));
    assert!(audio.frames() * audio.channels.len() <= LIMITS.max_samples as usize);
    assert!(audio.channels.iter().flatten().all(|sample| sample.is_finite()));
    true
}
