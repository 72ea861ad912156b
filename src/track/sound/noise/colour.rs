//! Noise colours: how loud each frequency is, by name or by an object of exponents and cuts.
//!
//! Only the shape counts; the chain sets the level. Reference: the file format's sections on noise; pink is P. Kellett's
//! filter without its white term, as the original uses it, and falls by 3.5 dB an octave rather than 3.

use super::recipe::forward;
use crate::track::file::fields::{Fields, shown};
use serde_json::{Map, Value};
use std::f64::consts::PI;

/// Poles and gains of the pink filter.
const PINK: [[f64; 2]; 6] = [
    [0.998_86, 0.055_517_9],
    [0.993_32, 0.075_075_9],
    [0.969, 0.153_852],
    [0.866_5, 0.310_485_6],
    [0.55, 0.532_952_2],
    [-0.761_6, -0.016_898],
];
/// Level of the pink filter.
const PINK_GAIN: f64 = 0.11;

/// Exponents beyond this change nothing that can be heard.
const MOST_EXPONENT: f64 = 20.0;

/// How the amplitude follows from the frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// The pink filter.
    Pink,
    /// A running sum of white noise.
    RunningSum,
    /// `f^(−e/2)`, where e goes from `low` at the lowest frequency to `high` at the highest along the logarithm of the
    /// frequency, raised to `curve`.
    Power {
        /// Exponent at the lowest frequency.
        low: f64,
        /// Exponent at the highest.
        high: f64,
        /// Bend of the way between.
        curve: f64,
    },
}

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour {
    /// Slope.
    pub law: Law,
    /// Corner of the low cut in Hz.
    pub low_cut_hz: Option<f64>,
    /// Corner of the high cut in Hz.
    pub high_cut_hz: Option<f64>,
}

/// A colour as a file asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The colour.
    pub colour: Colour,
    /// Seed of the random numbers: `None` leaves it to the place of the voice.
    pub seed: Option<u64>,
    /// An amplitude of zero; any other has no effect, since the chain sets the level.
    pub is_silent: bool,
}

impl Colour {
    /// White noise.
    pub const WHITE: Self = Self::power(0.0, 0.0);

    const fn power(low: f64, high: f64) -> Self {
        Self { law: Law::Power { low, high, curve: 1.0 }, low_cut_hz: None, high_cut_hz: None }
    }

    /// What a plain name stands for.
    pub fn named(name: &str) -> Option<Self> {
        Some(match plain(name).as_str() {
            "pink" => Self { law: Law::Pink, ..Self::WHITE },
            "brown" | "red" => Self { law: Law::RunningSum, ..Self::WHITE },
            "deep brown" => Self::power(3.0, 3.0),
            "blue" => Self::power(-1.0, -1.0),
            "purple" => Self::power(-2.0, -2.0),
            "green" => Self { low_cut_hz: Some(100.0), high_cut_hz: Some(1_000.0), ..Self::power(1.0, 1.0) },
            "white" => Self::WHITE,
            _ => return None,
        })
    }

    /// What the name of an object with exponents stands for, where it leaves them out.
    fn preset(name: &str) -> Self {
        match plain(name).as_str() {
            "brown" => Self::power(2.0, 2.0),
            "green" => Self { low_cut_hz: Some(100.0), high_cut_hz: Some(8_000.0), ..Self::power(0.0, 0.0) },
            "blue" => Self::power(-1.0, -1.0),
            "purple" => Self::power(-2.0, -2.0),
            "red" => Self::power(2.0, 1.5),
            "deep brown" => Self::power(2.5, 2.0),
            "white" => Self::WHITE,
            _ => Self::power(1.0, 1.0),
        }
    }

    /// Exponents at both ends, as far as the colour is a power law.
    fn exponents(&self) -> (f64, f64) {
        match self.law {
            Law::Power { low, high, .. } => (low, high),
            Law::Pink => (1.0, 1.0),
            Law::RunningSum => (2.0, 2.0),
        }
    }

    /// Amplitude at `freq_hz`, which lies between `lowest_hz` and half the rate, the ends of an object's exponents.
    pub fn amplitude(&self, freq_hz: f64, lowest_hz: f64, rate_hz: f64) -> f64 {
        let w = 2.0 * PI * freq_hz / rate_hz;
        let slope = match self.law {
            Law::Pink => pink(w),
            Law::RunningSum => 0.5 / (0.5 * w).sin(),
            Law::Power { low, high, curve } => {
                let way = (freq_hz / lowest_hz).ln() / (0.5 * rate_hz / lowest_hz).ln();
                let exponent = low + (high - low) * way.clamp(0.0, 1.0).powf(curve);
                freq_hz.powf(-0.5 * exponent)
            }
        };
        slope * self.cut(freq_hz, rate_hz)
    }

    /// Fourth-order Butterworth cuts, or a band-pass of the same order from both.
    fn cut(&self, freq_hz: f64, rate_hz: f64) -> f64 {
        let warped = |hz: f64| (PI * (hz / rate_hz).clamp(1e-6, 0.499_9)).tan();
        let x = warped(freq_hz);
        let ratio = match (self.low_cut_hz.map(warped), self.high_cut_hz.map(warped)) {
            (None, None) => return 1.0,
            (Some(low), None) => low / x,
            (None, Some(high)) => x / high,
            (Some(low), Some(high)) => (x * x - low * high) / (x * (high - low)),
        };
        (1.0 + ratio.powi(8)).sqrt().recip()
    }
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace(['_', '-'], " ")
}

/// Magnitude of the pink filter at `w` radians per frame.
fn pink(w: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for [pole, gain] in PINK {
        let (below_re, below_im) = (1.0 - pole * w.cos(), pole * w.sin());
        let square = below_re * below_re + below_im * below_im;
        re += gain * below_re / square;
        im -= gain * below_im / square;
    }
    PINK_GAIN * re.hypot(im)
}

/// Reads the colour under `key`. `is_filled` says that an object without exponents means its name's preset, as in noise
/// files, rather than what the plain name means. An unknown name is white, and noted.
pub fn read(fields: &Fields<'_>, key: &str, is_filled: bool) -> Choice {
    let choice = |colour| Choice { colour, seed: None, is_silent: false };
    match fields.value(key) {
        None => choice(if is_filled {
            Colour::preset("pink")
        } else {
            Colour { law: Law::Pink, ..Colour::WHITE }
        }),
        Some(Value::String(name)) if is_filled && Colour::named(name).is_some() => {
            Choice { seed: Some(1), ..choice(Colour::preset(name)) }
        }
        Some(Value::String(name)) => choice(by_name(fields, key, name)),
        Some(Value::Object(map)) => by_object(fields, key, map, is_filled),
        Some(other) => {
            fields.refuse(key, format!("found {}, expected the name of a colour or an object", shown(other)));
            choice(Colour::WHITE)
        }
    }
}

fn by_name(fields: &Fields<'_>, key: &str, name: &str) -> Colour {
    Colour::named(name).unwrap_or_else(|| {
        let message = format!("found the unknown colour {name:?}, expected a built-in one; taken as white");
        fields.repair(key, message);
        Colour::WHITE
    })
}

fn by_object(fields: &Fields<'_>, key: &str, map: &Map<String, Value>, is_filled: bool) -> Choice {
    let object = Fields::new(map, "");
    let name = object.text("name", "pink");
    let is_shaped =
        ["exponent", "high_exponent", "distribution_curve", "lowcut", "highcut", "amplitude", "seed"]
            .iter()
            .any(|key| object.has(key));
    if !is_shaped && !is_filled {
        forward(fields, key, object);
        let key = format!("{key}.name");
        return Choice { colour: by_name(fields, &key, name), seed: None, is_silent: false };
    }
    let preset = Colour::preset(name);
    let (low, high) = preset.exponents();
    let written = object.maybe_number("exponent");
    let low = written.unwrap_or(low).clamp(-MOST_EXPONENT, MOST_EXPONENT);
    let high = object.number("high_exponent", written.unwrap_or(high)).clamp(-MOST_EXPONENT, MOST_EXPONENT);
    let curve = object.number("distribution_curve", 1.0).clamp(1e-3, 1e3);
    let cuts_named = written.is_none();
    let cut = |key: &str, preset: Option<f64>| match object.value(key) {
        None => preset.filter(|_| cuts_named),
        Some(_) => Some(object.number(key, 0.0)).filter(|hz| *hz > 0.0),
    };
    let (mut low_cut_hz, mut high_cut_hz) =
        (cut("lowcut", preset.low_cut_hz), cut("highcut", preset.high_cut_hz));
    if low_cut_hz.zip(high_cut_hz).is_some_and(|(low, high)| low >= high) {
        object.repair("lowcut", "found a low cut above the high cut, expected it below; both are left out");
        (low_cut_hz, high_cut_hz) = (None, None);
    }
    let is_silent = object.number("amplitude", 1.0) == 0.0;
    let seed = Some(object.number("seed", 1.0) as i64 as u64);
    forward(fields, key, object);
    Choice {
        colour: Colour { law: Law::Power { low, high, curve }, low_cut_hz, high_cut_hz },
        seed,
        is_silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn db(colour: &Colour, freq_hz: f64) -> f64 {
        20.0 * colour.amplitude(freq_hz, 1.0, 44_100.0).log10()
    }

    #[test]
    fn slopes_in_decibels_per_octave() {
        for (name, expected) in
            [("pink", -3.5), ("brown", -6.0), ("deep brown", -9.0), ("blue", 3.0), ("Purple", 6.0)]
        {
            let colour = Colour::named(name).unwrap();
            let slope = (db(&colour, 4_000.0) - db(&colour, 125.0)) / 5.0;
            assert!((slope - expected).abs() < 0.15, "{name}: {slope}");
        }
        let green = Colour::named("green").unwrap();
        assert!((db(&green, 100.0) + 20.0 + 3.0103).abs() < 0.01 && db(&green, 4_000.0) < -80.0);
    }

    #[test]
    fn objects_fill_in_what_they_leave_out() {
        let object = json!({
            "a": {"name": "red"}, "b": {"exponent": 2}, "c": {"exponent": 0, "lowcut": 100, "highcut": null, "seed": 7},
            "d": "no such", "e": {"lowcut": 500, "highcut": 200}, "f": {"name": "pink"}, "g": {"amplitude": 0},
            "h": {"name": "green", "amplitude": 0.5}
        });
        let fields = Fields::new(object.as_object().unwrap(), "");
        let power = |low, high| Law::Power { low, high, curve: 1.0 };
        assert_eq!(read(&fields, "a", true).colour.law, power(2.0, 1.5));
        assert_eq!(read(&fields, "b", true).colour.law, power(2.0, 2.0));
        let c = read(&fields, "c", false);
        assert_eq!((c.colour.law, c.colour.low_cut_hz, c.seed), (power(0.0, 0.0), Some(100.0), Some(7)));
        assert_eq!(
            (read(&fields, "d", false).colour, read(&fields, "e", true).colour.low_cut_hz),
            (Colour::WHITE, None)
        );
        assert_eq!(read(&fields, "f", false).colour.law, Law::Pink);
        assert_eq!(read(&fields, "f", true).colour.law, power(1.0, 1.0));
        assert!(read(&fields, "g", false).is_silent);
        assert_eq!(read(&fields, "h", false).colour.high_cut_hz, Some(8_000.0));
        let places: Vec<String> = fields.into_problems().into_iter().map(|problem| problem.path).collect();
        assert_eq!(places, ["d", "e.lowcut"]);
    }
}
