//! A short piece of music, synthesised, for `cargo xtask demo` where nobody brings a song of their own.
//!
//! Twelve bars in A minor (intro, verse, chorus, ending) mixed the way a mix arrives at mastering: about −19 LUFS, peaks
//! under −3 dBFS, nothing compressed or clipped. The same samples every time: all randomness is seeded.

mod drums;
mod parts;
mod score;
mod signal;
mod space;

use std::path::Path;

use signal::Stereo;

/// Sample rate of the piece.
pub const RATE_HZ: u32 = 44_100;
/// Where the mix peaks: room left over, as a mastering engineer asks for.
const PEAK_DBFS: f32 = -4.5;
/// Silence after the last bar for the reverberation to die away in.
const TAIL_S: f64 = 2.4;
const FADE_S: f32 = 1.2;
/// Where the chorus begins, in bars.
const CHORUS_BAR: f64 = 6.0;
/// 24-bit full scale.
const FULL_SCALE: f32 = 8_388_607.0;

/// Renders the piece and writes it as a 24-bit WAV file.
///
/// # Errors
/// What the file system or the WAV writer says.
pub fn write(path: &Path) -> Result<(), hound::Error> {
    write_mix(path, &render())
}

/// The same, but from the chorus on, with what comes before at the end: loud at once.
///
/// # Errors
/// As [`write()`].
pub fn write_from_chorus(path: &Path) -> Result<(), hound::Error> {
    let mut mix = render();
    let start = signal::frames(CHORUS_BAR * score::BAR_S);
    mix.left.rotate_left(start);
    mix.right.rotate_left(start);
    write_mix(path, &mix)
}

fn write_mix(path: &Path, mix: &Stereo) -> Result<(), hound::Error> {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 24,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec)?;
    for (left, right) in mix.left.iter().zip(&mix.right) {
        file.write_sample((left * FULL_SCALE).round() as i32)?;
        file.write_sample((right * FULL_SCALE).round() as i32)?;
    }
    file.finalize()
}

/// The whole mix: dry parts, a shared room and an echo for what sings.
fn render() -> Stereo {
    let frames = ((score::BARS as f64 * score::BAR_S + TAIL_S) * f64::from(RATE_HZ)) as usize;
    let mut dry = Stereo::silence(frames);
    let mut room = Stereo::silence(frames);
    let mut echo = Stereo::silence(frames);

    let kicks = score::drum_hits(drums::Piece::Kick);
    let mut part = drums::render(frames);
    part.high_pass(28.0);
    dry.add(&part, 1.0);
    room.add(&part, 0.07);

    let mut part = parts::bass(frames);
    part.duck(&kicks, 0.35);
    dry.add(&part, 0.52);

    let mut part = parts::pad(frames);
    part.duck(&kicks, 0.22);
    dry.add(&part, 0.50);
    room.add(&part, 0.22);

    let part = parts::keys(frames);
    dry.add(&part, 0.62);
    room.add(&part, 0.16);

    let part = parts::pluck(frames);
    dry.add(&part, 0.52);
    echo.add(&part, 0.20);
    room.add(&part, 0.12);

    let part = parts::lead(frames);
    dry.add(&part, 0.72);
    echo.add(&part, 0.16);
    room.add(&part, 0.20);

    let echo = space::echo(&echo, score::BEAT_S * 0.75);
    room.add(&echo, 0.3);
    dry.add(&echo, 1.0);
    dry.add(&space::reverb(&room), 1.0);

    dry.high_pass(24.0);
    dry.band_limit();
    dry.fade_out(FADE_S);
    dry.normalise(PEAK_DBFS);
    dry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
    }

    #[test]
    fn the_piece_is_an_unmastered_stereo_mix_with_a_form() {
        let mix = render();
        let peak = mix.left.iter().chain(&mix.right).fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert!((20.0 * peak.log10() - PEAK_DBFS).abs() < 0.01);
        let rms_db = 10.0 * power(&mix.left).log10();
        assert!((-24.0..-18.0).contains(&rms_db), "{rms_db}");
        let side: Vec<f32> =
            mix.left.iter().zip(&mix.right).map(|(left, right)| 0.5 * (left - right)).collect();
        assert!((0.05..0.5).contains(&(power(&side) / power(&mix.left))));
        let bar = signal::frames(score::BAR_S);
        assert!(
            power(&mix.left[6 * bar..10 * bar]) > 2.0 * power(&mix.left[..2 * bar]),
            "the chorus lifts off"
        );
        assert!(mix.left.last().is_some_and(|x| x.abs() < 1e-4), "it dies away");
    }
}
