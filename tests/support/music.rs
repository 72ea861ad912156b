//! Half a minute or less of something like music, the same every time: kick, snare, hat, bass and chords at 120 beats a
//! minute.

use std::f64::consts::TAU;

use auracore::audio_file::AudioData;

/// Stereo, peaks a little under full scale, about −17 LUFS.
pub fn music(seconds: f64, rate_hz: u32) -> AudioData {
    let frames = (seconds * f64::from(rate_hz)) as usize;
    let mut noise = 0x2545_f491_u32;
    let mut channels = vec![Vec::with_capacity(frames), Vec::with_capacity(frames)];
    let mut history = [0.0; 3];
    let mut kick_phase = 0.0;
    for n in 0..frames {
        let t = n as f64 / f64::from(rate_hz);
        let beat = t % 0.5;
        kick_phase += (45.0 + 120.0 * (-beat * 40.0).exp()) / f64::from(rate_hz);
        let kick = 0.3 * (TAU * kick_phase).sin() * (-beat * 12.0).exp();
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        // Averaged, so that little is left at the very top, as in any recording.
        history = [f64::from(noise) / f64::from(u32::MAX) - 0.5, history[0], history[1]];
        let noise = history[0] + 2.0 * history[1] + history[2];
        let hat = 0.06 * noise * (-(t % 0.25) * 45.0).exp();
        let snare = 0.13 * noise * (-((t + 0.5) % 1.0) * 18.0).exp();
        let root_hz = [55.0, 65.406, 48.999, 73.416][(t / 2.0) as usize % 4];
        let bass = 0.11 * ((TAU * root_hz * t).sin() + 0.5 * (TAU * 2.0 * root_hz * t).sin());
        let chord = |spread: f64| -> f64 {
            (4..24)
                .map(|k| {
                    0.3 / f64::from(k)
                        * (TAU * (root_hz * f64::from(k) + spread) * t + f64::from(k * k)).sin()
                })
                .sum()
        };
        // Every other four seconds are quieter, so that there is a loudness range.
        let swell = if t % 8.0 < 4.0 { 1.0 } else { 0.6 };
        channels[0].push((swell * (kick + snare + bass + 1.2 * hat + chord(0.4))) as f32);
        channels[1].push((swell * (kick + snare + bass + 0.8 * hat + chord(-0.4))) as f32);
    }
    AudioData { channels, rate_hz }
}
