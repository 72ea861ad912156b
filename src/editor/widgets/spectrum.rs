//! The spectrum of what is heard, behind an equaliser's curve.

use egui::{Pos2, pos2};

use super::axes::Axes;
use super::plot::{STEP, places};

/// Highest level on the graph, dB of a full-scale sine.
const TOP_DB: f32 = 0.0;
/// The tilt turns around this frequency.
const PIVOT_HZ: f32 = 1_000.0;

/// How levels are mapped to the graph's height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumScale {
    /// What is added per octave above 1 kHz and taken away below, dB: music falls by about 4.5 and then looks level.
    pub tilt_db_per_octave: f32,
    /// Levels from the top of the graph to its bottom, dB.
    pub range_db: f32,
}

/// The spectrum's line from left to right; `bins_db` are equally spaced from 0 Hz by `bin_hz`. Empty without bins.
pub fn outline(axes: &Axes, bins_db: &[f32], bin_hz: f32, scale: SpectrumScale) -> Vec<Pos2> {
    if bins_db.len() < 2 || bin_hz <= 0.0 {
        return Vec::new();
    }
    let floor_db = TOP_DB - scale.range_db;
    let top_at = |x: f32| {
        let level_db = level_at(bins_db, [x - 0.5 * STEP, x + 0.5 * STEP].map(|x| axes.hz(x) / bin_hz));
        let tilted_db = level_db + scale.tilt_db_per_octave * (axes.hz(x) / PIVOT_HZ).log2();
        axes.rect.bottom() - axes.rect.height() * ((tilted_db - floor_db) / scale.range_db).clamp(0.0, 1.0)
    };
    places(axes.rect).map(|x| pos2(x, top_at(x))).collect()
}

/// Levels of the scale and their places, from the top of the graph to its bottom; of a spectrum without a tilt, or at 1 kHz.
pub fn scale_marks(axes: &Axes, scale: SpectrumScale) -> impl Iterator<Item = (f32, f32)> {
    let step_db = if scale.range_db > 60.0 { 20.0 } else { 10.0 };
    let (rect, range_db) = (axes.rect, scale.range_db);
    let count = ((range_db - 1.0) / step_db) as i32;
    (1..=count).map(move |index| {
        let below_db = index as f32 * step_db;
        (TOP_DB - below_db, rect.top() + rect.height() * below_db / range_db)
    })
}

/// The highest bin of a stretch, or the level between two bins where none lies in it.
fn level_at(bins_db: &[f32], [from, to]: [f32; 2]) -> f32 {
    let last = bins_db.len() - 1;
    let (first, end) = (from.ceil() as usize, to.floor() as usize);
    if first <= end {
        return bins_db[first.min(last)..=end.min(last)].iter().copied().fold(f32::MIN, f32::max);
    }
    let at = 0.5 * (from + to);
    let below = (at as usize).min(last - 1);
    // A curve through four bins, so that the few bins of the bass do not look like a fence.
    let bin = |offset: isize| bins_db[below.saturating_add_signed(offset).min(last)].max(-150.0);
    let share = (at - below as f32).clamp(0.0, 1.0);
    let (a, b, c, d) = (bin(-1), bin(0), bin(1), bin(2));
    let slope = [0.5 * (c - a), 0.5 * (d - b)];
    let (s2, s3) = (share * share, share * share * share);
    b * (2.0 * s3 - 3.0 * s2 + 1.0)
        + c * (3.0 * s2 - 2.0 * s3)
        + slope[0] * (s3 - 2.0 * s2 + share)
        + slope[1] * (s3 - s2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Rect, vec2};

    const SCALE: SpectrumScale = SpectrumScale { tilt_db_per_octave: 0.0, range_db: 90.0 };

    fn axes() -> Axes {
        Axes { rect: Rect::from_min_size(Pos2::ZERO, vec2(900.0, 300.0)), span_db: 18.0 }
    }

    #[test]
    fn a_tone_stands_at_its_frequency_and_level() {
        let bin_hz = 12.0;
        let mut bins_db = vec![-150.0; 2_049];
        bins_db[(1_200.0 / bin_hz) as usize] = -30.0;
        let outline = outline(&axes(), &bins_db, bin_hz, SCALE);
        let top = outline.iter().copied().min_by(|a, b| a.y.total_cmp(&b.y)).unwrap();
        assert!((top.x - axes().x(1_200.0)).abs() <= STEP, "{top:?}");
        assert!((top.y - 100.0).abs() < 0.5, "30 of 90 dB below the top: {top:?}");
    }

    #[test]
    fn a_tilt_makes_a_falling_spectrum_level() {
        let bin_hz = 3.0;
        let bins_db: Vec<f32> =
            (0..8_193).map(|bin| -40.0 - 4.5 * (bin.max(1) as f32 * bin_hz / 1_000.0).log2()).collect();
        let scale = SpectrumScale { tilt_db_per_octave: 4.5, ..SCALE };
        let outline = outline(&axes(), &bins_db, bin_hz, scale);
        let middle = outline[outline.len() / 2].y;
        assert!(outline.iter().all(|point| (point.y - middle).abs() < 4.0), "{outline:?}");
    }

    #[test]
    fn nothing_measured_is_nothing_drawn() {
        assert!(outline(&axes(), &[], 12.0, SCALE).is_empty());
        assert!(outline(&axes(), &[0.0; 9], 0.0, SCALE).is_empty());
    }
}
