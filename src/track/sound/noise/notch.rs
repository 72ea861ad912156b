//! The notch that every sweep and every static notch is made of, as a recursive section and as a frequency response.
//!
//! Reference: S. J. Orfanidis, "Introduction to Signal Processing", ch. 11 (notch filters by their 3 dB width).

use super::recipe::forward;
use crate::dsp::biquad::Biquad;
use crate::track::file::fields::{Fields, number_of, shown};
use serde_json::Value;
use std::f64::consts::PI;

/// Notches at or above this share of the rate have no effect.
const HIGHEST: f64 = 0.49;

/// Most stages in series; more could not be told apart.
pub const MOST_STAGES: u32 = 64;

/// Most static notches that are read.
const MOST_STATIC: usize = 10;

/// Narrowest and widest notch that is made.
const QS: std::ops::RangeInclusive<f64> = 1e-2..=1e5;

/// Equal notches in series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Notch {
    /// Centre in Hz.
    pub freq_hz: f64,
    /// Centre over 3 dB width of one stage.
    pub q: f64,
    /// Number of stages, 1…[`MOST_STAGES`].
    pub stages: u32,
}

impl Notch {
    /// Whether the notch lies where it has an effect.
    pub fn is_audible(&self, rate_hz: f64) -> bool {
        self.freq_hz > 0.0 && self.freq_hz < HIGHEST * rate_hz
    }

    /// One stage as a recursive section.
    pub fn section(&self, rate_hz: f64) -> Biquad {
        let gain = 1.0 / (1.0 + self.width(rate_hz));
        let cosine = (2.0 * PI * self.freq_hz / rate_hz).cos();
        Biquad { b: [gain, -2.0 * cosine * gain, gain], a: [-2.0 * gain * cosine, 2.0 * gain - 1.0] }
    }

    /// Tangent of a quarter of the 3 dB width in radians per frame: one stage passes
    /// `d / (d + j·width·sin ω)` with `d = cos ω − cos ω0`.
    pub fn width(&self, rate_hz: f64) -> f64 {
        // The argument stays below π/2, where the section would turn unstable.
        (PI * self.freq_hz / (rate_hz * self.q.clamp(*QS.start(), *QS.end()))).min(1.5).tan()
    }

    /// Magnitude of one stage at a frequency.
    pub fn magnitude(&self, freq_hz: f64, rate_hz: f64) -> f64 {
        let (sine, cosine) = (2.0 * PI * freq_hz / rate_hz).sin_cos();
        let distance = cosine - (2.0 * PI * self.freq_hz / rate_hz).cos();
        distance.abs() / distance.hypot(self.width(rate_hz) * sine).max(f64::MIN_POSITIVE)
    }
}

/// Reads `static_notches`: objects with `freq|frequency|hz`, `q|quality`, `cascade|count`, or `[freq, q, count]`.
pub fn read_static(fields: &Fields<'_>) -> Vec<Notch> {
    let entries = match fields.value("static_notches") {
        None => return Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            fields.refuse("static_notches", format!("found {}, expected an array", shown(other)));
            return Vec::new();
        }
    };
    if entries.len() > MOST_STATIC {
        let message = format!("found {} notches, only the first {MOST_STATIC} are used", entries.len());
        fields.ignore("static_notches", message);
    }
    entries
        .iter()
        .take(MOST_STATIC)
        .enumerate()
        .filter_map(|(i, entry)| one_static(fields, i, entry))
        .collect()
}

fn one_static(fields: &Fields<'_>, i: usize, entry: &Value) -> Option<Notch> {
    let key = format!("static_notches[{i}]");
    let [freq_hz, q, stages] = match entry {
        Value::Object(map) => {
            let entry = Fields::new(map, "");
            let numbers = [
                entry.number_of(&["freq", "frequency", "hz"], 1_000.0),
                entry.number_of(&["q", "quality"], 25.0),
                entry.number_of(&["cascade", "count"], 1.0),
            ];
            forward(fields, &key, entry);
            numbers
        }
        Value::Array(numbers) => {
            let at = |i: usize, default: f64| numbers.get(i).and_then(number_of).unwrap_or(default);
            [at(0, 1_000.0), at(1, 25.0), at(2, 1.0)]
        }
        other => {
            fields.refuse(&key, format!("found {}, expected an object or an array", shown(other)));
            return None;
        }
    };
    Some(Notch { freq_hz, q, stages: stages.round().clamp(1.0, f64::from(MOST_STAGES)) as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_response_is_the_sections() {
        for (freq_hz, q) in [(1_000.0, 25.0), (60.0, 5.0), (15_000.0, 0.7)] {
            let notch = Notch { freq_hz, q, stages: 1 };
            let section = notch.section(48_000.0);
            assert!(section.is_stable());
            for probe_hz in [20.0, 59.0, 990.0, 1_030.0, 9_000.0, 20_000.0] {
                let (found, expected) =
                    (notch.magnitude(probe_hz, 48_000.0), section.magnitude(probe_hz, 48_000.0));
                assert!((found - expected).abs() < 1e-6, "{freq_hz} {q} {probe_hz}: {found} {expected}");
            }
            assert!(notch.magnitude(freq_hz, 48_000.0) < 1e-9);
        }
    }

    #[test]
    fn static_notches_are_read_in_every_spelling() {
        let object =
            json!({"static_notches": [{"hz": 300, "quality": 4}, [4000, 10, 3], {}, 5, {"freq": "x"}]});
        let fields = Fields::new(object.as_object().unwrap(), "p");
        let notches = read_static(&fields);
        assert_eq!(notches[0], Notch { freq_hz: 300.0, q: 4.0, stages: 1 });
        assert_eq!(notches[1], Notch { freq_hz: 4_000.0, q: 10.0, stages: 3 });
        assert_eq!(notches[2], Notch { freq_hz: 1_000.0, q: 25.0, stages: 1 });
        let places: Vec<String> = fields.into_problems().into_iter().map(|problem| problem.path).collect();
        assert_eq!(places, ["p.static_notches[3]", "p.static_notches[4].freq"]);
    }

    #[test]
    fn absurd_notches_stay_stable() {
        for (freq_hz, q) in [(1e-9, 1e9), (20_000.0, 0.0), (20_000.0, -3.0), (10.0, 1e-9)] {
            let section = Notch { freq_hz, q, stages: 1 }.section(44_100.0);
            assert!(section.a[1].abs() <= 1.0 && section.b.iter().all(|b| b.is_finite()), "{section:?}");
        }
    }
}
