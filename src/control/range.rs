//! What every continuous control may be set to, and what to do with values outside.
//!
//! The parameters the host sees are declared with these ranges, preset files are checked against them, and the plugin
//! clamps to them before each block: whatever a host or a file says, the engine only meets values in range. Pure; any
//! thread; [`MasterControls::clamped`] does not allocate.

use std::fmt;

use super::MasterControls;

/// Closed interval of plain values, in the unit that the control's name states.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Lowest value.
    pub min: f32,
    /// Highest value.
    pub max: f32,
    /// Unit for messages; empty for plain numbers.
    pub unit: &'static str,
}

impl Range {
    const fn new(min: f32, max: f32, unit: &'static str) -> Self {
        Self { min, max, unit }
    }

    /// The nearest value inside; not-a-number becomes the allowed value nearest to zero.
    pub fn clamp(&self, value: f32) -> f32 {
        if value.is_nan() { 0.0_f32.clamp(self.min, self.max) } else { value.clamp(self.min, self.max) }
    }

    /// Whether the value is finite and inside.
    pub fn contains(&self, value: f32) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.min, self.max)?;
        if self.unit.is_empty() { Ok(()) } else { write!(f, " {}", self.unit) }
    }
}

/// A share of something, 0 to 1.
pub const SHARE: Range = Range::new(0.0, 1.0, "");

/// `global.input_gain_db`
pub const INPUT_GAIN_DB: Range = Range::new(-24.0, 24.0, "dB");
/// `global.output_trim_db`
pub const OUTPUT_TRIM_DB: Range = Range::new(-24.0, 0.0, "dB");

/// `eq.bands[].freq_hz`
pub const EQ_FREQ_HZ: Range = Range::new(10.0, 30_000.0, "Hz");
/// `eq.bands[].gain_db`
pub const EQ_GAIN_DB: Range = Range::new(-24.0, 24.0, "dB");
/// `eq.bands[].q`
pub const EQ_Q: Range = Range::new(0.1, 40.0, "");

/// `compressor.threshold_db`
pub const COMPRESSOR_THRESHOLD_DB: Range = Range::new(-60.0, 0.0, "dB");
/// `compressor.ratio`
pub const COMPRESSOR_RATIO: Range = Range::new(1.0, 20.0, "");
/// `compressor.knee_db`
pub const COMPRESSOR_KNEE_DB: Range = Range::new(0.0, 24.0, "dB");
/// `compressor.attack_ms`
pub const COMPRESSOR_ATTACK_MS: Range = Range::new(0.1, 200.0, "ms");
/// `compressor.release_ms`
pub const COMPRESSOR_RELEASE_MS: Range = Range::new(5.0, 2_000.0, "ms");
/// `compressor.lookahead_ms`
pub const COMPRESSOR_LOOKAHEAD_MS: Range = Range::new(0.0, 10.0, "ms");
/// `compressor.rms_blend`
pub const COMPRESSOR_RMS_BLEND: Range = SHARE;
/// `compressor.sidechain_highpass_hz`; the lowest value switches it off.
pub const COMPRESSOR_HIGHPASS_HZ: Range = Range::new(20.0, 500.0, "Hz");
/// `compressor.stereo_link`
pub const COMPRESSOR_LINK: Range = SHARE;
/// `compressor.mix`
pub const COMPRESSOR_MIX: Range = SHARE;
/// `compressor.makeup_db`
pub const COMPRESSOR_MAKEUP_DB: Range = Range::new(-12.0, 24.0, "dB");

/// `width.width`
pub const WIDTH: Range = Range::new(0.0, 2.0, "");
/// `width.mono_below_hz`; the lowest value switches it off.
pub const WIDTH_MONO_BELOW_HZ: Range = Range::new(20.0, 500.0, "Hz");
/// `width.balance`
pub const WIDTH_BALANCE: Range = Range::new(-1.0, 1.0, "");

/// `clipper.drive_db`
pub const CLIPPER_DRIVE_DB: Range = Range::new(0.0, 18.0, "dB");
/// `clipper.level_db`
pub const CLIPPER_LEVEL_DB: Range = Range::new(-18.0, 0.0, "dB");
/// `clipper.softness`
pub const CLIPPER_SOFTNESS: Range = SHARE;

/// `limiter.drive_db`
pub const LIMITER_DRIVE_DB: Range = Range::new(0.0, 24.0, "dB");
/// `limiter.ceiling_db`
pub const LIMITER_CEILING_DB: Range = Range::new(-20.0, 0.0, "dBTP");
/// `limiter.attack_ms`
pub const LIMITER_ATTACK_MS: Range = Range::new(0.1, 5.0, "ms");
/// `limiter.release_ms`
pub const LIMITER_RELEASE_MS: Range = Range::new(1.0, 1_000.0, "ms");
/// `limiter.link_transient`
pub const LIMITER_LINK_TRANSIENT: Range = SHARE;
/// `limiter.link_release`
pub const LIMITER_LINK_RELEASE: Range = SHARE;

/// A control outside its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ControlError {
    /// Not a number, or infinite.
    #[error("{path} is {found}: expected a finite number from {expected}")]
    NotFinite {
        /// JSON path of the control, such as `eq.bands[2].q`.
        path: String,
        /// The value.
        found: f32,
        /// What is allowed.
        expected: Range,
    },
    /// Finite but outside.
    #[error("{path} is {found}: expected {expected}")]
    OutOfRange {
        /// JSON path of the control, such as `eq.bands[2].q`.
        path: String,
        /// The value.
        found: f32,
        /// What is allowed.
        expected: Range,
    },
}

/// Where a control sits in the tree, as a JSON path that is only written out when somebody reads it.
#[derive(Clone, Copy)]
struct Place {
    part: &'static str,
    band: Option<usize>,
    name: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.band {
            Some(band) => write!(f, "{}.bands[{band}].{}", self.part, self.name),
            None => write!(f, "{}.{}", self.part, self.name),
        }
    }
}

impl MasterControls {
    /// A copy with every value inside its range.
    pub fn clamped(mut self) -> Self {
        self.each(&mut |_, value, range| *value = range.clamp(*value));
        self
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first control that is outside its range or not finite.
    pub fn validate(&self) -> Result<(), ControlError> {
        let mut first = None;
        // A copy, so that one walk serves reading and writing.
        let mut controls = *self;
        controls.each(&mut |place, value, range| {
            if first.is_none() && !range.contains(*value) {
                first = Some((place, *value, range));
            }
        });
        let Some((place, found, expected)) = first else { return Ok(()) };
        let path = place.to_string();
        Err(if found.is_finite() {
            ControlError::OutOfRange { path, found, expected }
        } else {
            ControlError::NotFinite { path, found, expected }
        })
    }

    /// Visits every continuous control in file order.
    fn each(&mut self, visit: &mut impl FnMut(Place, &mut f32, Range)) {
        let mut part = |part, fields: &mut [(&'static str, &mut f32, Range)]| {
            for (name, value, range) in fields {
                visit(Place { part, band: None, name }, value, *range);
            }
        };
        let g = &mut self.global;
        part(
            "global",
            &mut [
                ("input_gain_db", &mut g.input_gain_db, INPUT_GAIN_DB),
                ("output_trim_db", &mut g.output_trim_db, OUTPUT_TRIM_DB),
            ],
        );
        let c = &mut self.compressor;
        part(
            "compressor",
            &mut [
                ("threshold_db", &mut c.threshold_db, COMPRESSOR_THRESHOLD_DB),
                ("ratio", &mut c.ratio, COMPRESSOR_RATIO),
                ("knee_db", &mut c.knee_db, COMPRESSOR_KNEE_DB),
                ("attack_ms", &mut c.attack_ms, COMPRESSOR_ATTACK_MS),
                ("release_ms", &mut c.release_ms, COMPRESSOR_RELEASE_MS),
                ("lookahead_ms", &mut c.lookahead_ms, COMPRESSOR_LOOKAHEAD_MS),
                ("rms_blend", &mut c.rms_blend, COMPRESSOR_RMS_BLEND),
                ("sidechain_highpass_hz", &mut c.sidechain_highpass_hz, COMPRESSOR_HIGHPASS_HZ),
                ("stereo_link", &mut c.stereo_link, COMPRESSOR_LINK),
                ("mix", &mut c.mix, COMPRESSOR_MIX),
                ("makeup_db", &mut c.makeup_db, COMPRESSOR_MAKEUP_DB),
            ],
        );
        let w = &mut self.width;
        part(
            "width",
            &mut [
                ("width", &mut w.width, WIDTH),
                ("mono_below_hz", &mut w.mono_below_hz, WIDTH_MONO_BELOW_HZ),
                ("balance", &mut w.balance, WIDTH_BALANCE),
            ],
        );
        let k = &mut self.clipper;
        part(
            "clipper",
            &mut [
                ("drive_db", &mut k.drive_db, CLIPPER_DRIVE_DB),
                ("level_db", &mut k.level_db, CLIPPER_LEVEL_DB),
                ("softness", &mut k.softness, CLIPPER_SOFTNESS),
            ],
        );
        let l = &mut self.limiter;
        part(
            "limiter",
            &mut [
                ("drive_db", &mut l.drive_db, LIMITER_DRIVE_DB),
                ("ceiling_db", &mut l.ceiling_db, LIMITER_CEILING_DB),
                ("attack_ms", &mut l.attack_ms, LIMITER_ATTACK_MS),
                ("release_ms", &mut l.release_ms, LIMITER_RELEASE_MS),
                ("link_transient", &mut l.link_transient, LIMITER_LINK_TRANSIENT),
                ("link_release", &mut l.link_release, LIMITER_LINK_RELEASE),
            ],
        );
        for (band, b) in self.eq.bands.iter_mut().enumerate() {
            let place = |name| Place { part: "eq", band: Some(band), name };
            visit(place("freq_hz"), &mut b.freq_hz, EQ_FREQ_HZ);
            visit(place("gain_db"), &mut b.gain_db, EQ_GAIN_DB);
            visit(place("q"), &mut b.q, EQ_Q);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_in_range() {
        assert_eq!(MasterControls::default().validate(), Ok(()));
        assert_eq!(MasterControls::default().clamped(), MasterControls::default());
    }

    #[test]
    fn every_number_of_the_tree_is_visited() {
        // Serialised, the tree tells how many fractional numbers it holds; whole numbers and switches are other types.
        fn count(value: &serde_json::Value) -> usize {
            match value {
                serde_json::Value::Number(_) => 1,
                serde_json::Value::Array(items) => items.iter().map(count).sum(),
                serde_json::Value::Object(fields) => fields.values().map(count).sum(),
                _ => 0,
            }
        }
        let numbers = count(&serde_json::to_value(MasterControls::default()).unwrap());
        let mut visited = 0;
        MasterControls::default().each(&mut |_, _, _| visited += 1);
        assert_eq!(visited, numbers);
    }

    #[test]
    fn paths_name_real_fields() {
        let tree = serde_json::to_value(MasterControls::default()).unwrap();
        MasterControls::default().each(&mut |place, value, _| {
            let pointer = format!("/{}", place.to_string().replace(['.', '['], "/").replace(']', ""));
            let found = tree.pointer(&pointer).unwrap_or_else(|| panic!("no field at {pointer}"));
            assert_eq!(found.as_f64().map(|v| v as f32), Some(*value), "{pointer}");
        });
    }

    #[test]
    fn errors_name_the_control() {
        let mut controls = MasterControls::default();
        controls.eq.bands[2].q = 41.0;
        let error = controls.validate().unwrap_err();
        assert_eq!(error.to_string(), "eq.bands[2].q is 41: expected 0.1 to 40");
        assert_eq!(controls.clamped().eq.bands[2].q, 40.0);

        controls.limiter.ceiling_db = f32::NAN;
        assert!(
            matches!(controls.validate(), Err(ControlError::NotFinite { path, .. }) if path == "limiter.ceiling_db")
        );
        assert_eq!(controls.clamped().limiter.ceiling_db, 0.0);
        controls.limiter.release_ms = f32::NAN;
        assert_eq!(controls.clamped().limiter.release_ms, 1.0);
        controls.compressor.ratio = f32::INFINITY;
        assert_eq!(controls.clamped().validate(), Ok(()));
    }
}
