//! Plain numbers with a range: where they stand on a slider, how they are written, and what may be typed. Pure.

/// A range, straight or by ratios.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Left end.
    pub low: f64,
    /// Right end.
    pub high: f64,
    /// Whether equal ratios are equal ways.
    pub is_logarithmic: bool,
}

/// Figures that a dragged number keeps.
const FIGURES: f64 = 3.0;

impl Scale {
    /// A straight range.
    pub const fn linear(low: f64, high: f64) -> Self {
        Self { low, high, is_logarithmic: false }
    }

    /// The same range, wide enough for a value that a file has beyond it.
    pub fn holding(self, value: f64) -> Self {
        match self.is_logarithmic && value <= 0.0 {
            true => self,
            false => Self { low: self.low.min(value), high: self.high.max(value), ..self },
        }
    }

    /// Place of a value, 0…1.
    pub fn share(&self, value: f64) -> f64 {
        let share = match self.is_logarithmic {
            true => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Value at a place, with as many figures as a hand can set.
    pub fn value(&self, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        let (exact, size) = match self.is_logarithmic {
            true => {
                let value = self.low * (self.high / self.low).powf(share);
                (value, value)
            }
            false => (self.low + (self.high - self.low) * share, self.high - self.low),
        };
        rounded(exact, 10f64.powf(size.abs().log10().floor() - FIGURES)).clamp(self.low, self.high)
    }
}

/// The nearest multiple of a power of ten.
pub fn rounded(value: f64, step: f64) -> f64 {
    if !(step.is_finite() && step > 0.0) {
        return value;
    }
    // Dividing by a whole number gives the decimal fraction that a file shows.
    let value = if step < 1.0 {
        let parts = (1.0 / step).round();
        (value * parts).round() / parts
    } else {
        (value / step).round() * step
    };
    value + 0.0
}

/// A number without needless figures: at most four behind the point.
pub fn written(value: f64) -> String {
    let places = match value.abs() {
        size if size >= 1_000.0 => 1,
        size if size >= 10.0 => 2,
        size if size >= 0.01 || size == 0.0 => 3,
        _ => 6,
    };
    let text = format!("{value:.places$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A number with its unit.
pub fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "" => written(value),
        "°" => format!("{}°", written(value)),
        unit => format!("{} {unit}", written(value)),
    }
}

/// Reads what was typed: a number, with a comma or a point, with or without its unit, thousands as `k`, milliseconds
/// where seconds are meant, shares as `%`, times as `minutes:seconds`. None is anything else.
pub fn read(text: &str, unit: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".").replace('−', "-");
    if unit == "s" && text.contains(':') {
        return clock(&text);
    }
    let at = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(text.len());
    let (number, rest) = text.split_at(at);
    let number: f64 = number.parse().ok()?;
    let rest = rest.trim();
    let factor = match (rest, unit) {
        ("", _) => 1.0,
        (rest, unit) if rest.eq_ignore_ascii_case(unit) => 1.0,
        ("k" | "K", _) | ("kHz" | "khz", "Hz") => 1_000.0,
        ("ms", "s") | ("mHz", "Hz") => 0.001,
        ("min" | "m", "s") => 60.0,
        ("s", "ms") => 1_000.0,
        ("h", "s") => 3_600.0,
        ("%", "") => 0.01,
        _ => return None,
    };
    let value = number * factor;
    value.is_finite().then_some(value)
}

/// `1:30` or `1:02:03` in seconds.
fn clock(text: &str) -> Option<f64> {
    let mut total = 0.0;
    for part in text.split(':') {
        let part: f64 = part.trim().parse().ok().filter(|part: &f64| *part >= 0.0)?;
        total = total * 60.0 + part;
    }
    total.is_finite().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_values_agree() {
        let carrier = Scale { low: 20.0, high: 2_000.0, is_logarithmic: true };
        for scale in [carrier, Scale::linear(-1.0, 1.0), Scale::linear(0.0, 3_600.0)] {
            for i in 0..=20 {
                let share = f64::from(i) / 20.0;
                assert!((scale.share(scale.value(share)) - share).abs() < 1e-3, "{scale:?} {share}");
            }
            assert_eq!((scale.value(-3.0), scale.value(9.0)), (scale.low, scale.high));
        }
        assert_eq!(carrier.value(0.5), 200.0);
        assert_eq!(carrier.share(0.0), 0.0, "no number of the scale, but in files");
    }

    #[test]
    fn what_a_file_has_beyond_the_range_stays_where_it_is() {
        let scale = Scale::linear(0.0, 1.0).holding(4.0);
        assert_eq!((scale.share(4.0), scale.value(1.0)), (1.0, 4.0));
        let carrier = Scale { low: 20.0, high: 2_000.0, is_logarithmic: true };
        assert_eq!(carrier.holding(0.0), carrier);
        assert_eq!(carrier.holding(5.0).low, 5.0);
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        let shown = [(200.0, "200"), (4.5, "4.5"), (0.125, "0.125"), (-0.5, "-0.5"), (12_345.67, "12345.7")];
        for (value, text) in shown {
            assert_eq!(written(value), text);
            assert!((read(text, "").unwrap() - value).abs() < 0.05);
        }
        assert_eq!((with_unit(90.0, "°"), with_unit(4.5, "Hz")), ("90°".to_owned(), "4.5 Hz".to_owned()));
    }

    #[test]
    fn units_may_be_typed() {
        let typed = [
            ("200", "Hz", 200.0),
            (" 4,5 Hz", "Hz", 4.5),
            ("1.2 kHz", "Hz", 1_200.0),
            ("1k", "Hz", 1_000.0),
            ("250 ms", "s", 0.25),
            ("2 min", "s", 120.0),
            ("1:30", "s", 90.0),
            ("1:00:01.5", "s", 3_601.5),
            ("50 %", "", 0.5),
            ("−3", "", -3.0),
            ("90°", "°", 90.0),
        ];
        for (text, unit, value) in typed {
            assert_eq!(read(text, unit), Some(value), "{text}");
        }
        for text in ["", "loud", "4 s", "1:x", "--2", "1:-2", "1e999"] {
            assert_eq!(read(text, "Hz"), None, "{text}");
            assert_eq!(read(text, "").filter(|_| text != "4 s"), None, "{text}");
        }
    }
}
