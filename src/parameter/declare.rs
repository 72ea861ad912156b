//! Builders: one for each kind of quantity, so that all parameters of a kind behave alike.

use std::sync::Arc;

use nice_plug::prelude::*;

use super::text;
use crate::control::range::Range;

/// Decibels in steps of a hundredth.
pub fn db(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, linear(range))
        .with_step_size(0.01)
        .with_unit(" dB")
        .with_value_to_string(Arc::new(text::write_db))
        .with_string_to_value(Arc::new(text::read_db))
}

/// A frequency, spread so that octaves take similar room.
pub fn hz(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, around_middle(range))
        .with_value_to_string(Arc::new(text::write_hz))
        .with_string_to_value(Arc::new(text::read_hz))
}

/// A frequency whose lowest value switches the function off.
pub fn hz_or_off(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, around_middle(range))
        .with_value_to_string(Arc::new(move |hz| text::write_hz_or_off(hz, range.min)))
        .with_string_to_value(Arc::new(move |typed| text::read_hz_or_off(typed, range.min)))
}

/// A time that spans decades.
pub fn ms(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    written_ms(FloatParam::new(name, default, around_middle(range)))
}

/// A time that may be zero, in steps of a hundredth of a millisecond.
pub fn ms_from_zero(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    written_ms(FloatParam::new(name, default, linear(range)).with_step_size(0.01))
}

fn written_ms(param: FloatParam) -> FloatParam {
    param
        .with_unit(" ms")
        .with_value_to_string(Arc::new(text::write_number))
        .with_string_to_value(Arc::new(text::read_ms))
}

/// A time of hours in steps of a hundredth of a second.
pub fn seconds(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, linear(range))
        .with_step_size(0.01)
        .with_value_to_string(Arc::new(text::write_time))
        .with_string_to_value(Arc::new(text::read_time))
}

/// The same where zero means the end.
pub fn seconds_or_end(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    seconds(name, default, range)
        .with_value_to_string(Arc::new(text::write_time_or_end))
        .with_string_to_value(Arc::new(text::read_time_or_end))
}

/// A loudness in steps of a tenth whose lowest value switches the function off.
pub fn lufs_or_off(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, linear(range))
        .with_step_size(0.1)
        .with_value_to_string(Arc::new(move |lufs| text::write_lufs_or_off(lufs, range.min)))
        .with_string_to_value(Arc::new(move |typed| text::read_lufs_or_off(typed, range.min)))
}

/// A ratio to one.
pub fn ratio(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, around_middle(range))
        .with_value_to_string(Arc::new(text::write_ratio))
        .with_string_to_value(Arc::new(text::read_ratio))
}

/// A quality factor.
pub fn quality(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, around_middle(range))
        .with_value_to_string(Arc::new(text::write_number))
        .with_string_to_value(Arc::new(text::read_quality))
}

/// A share, shown as per cent in steps of a tenth.
pub fn percent(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, linear(range))
        .with_step_size(0.001)
        .with_unit(" %")
        .with_value_to_string(Arc::new(text::write_percent))
        .with_string_to_value(Arc::new(text::read_percent))
}

/// Left to right, in steps of a tenth of a per cent.
pub fn balance(name: impl Into<String>, default: f32, range: Range) -> FloatParam {
    FloatParam::new(name, default, linear(range))
        .with_step_size(0.001)
        .with_value_to_string(Arc::new(text::write_balance))
        .with_string_to_value(Arc::new(text::read_balance))
}

/// On or off.
pub fn switch(name: impl Into<String>, default: bool) -> BoolParam {
    BoolParam::new(name, default)
        .with_value_to_string(Arc::new(text::write_switch))
        .with_string_to_value(Arc::new(text::read_switch))
}

fn linear(range: Range) -> FloatRange {
    FloatRange::Linear { min: range.min, max: range.max }
}

/// A power law with the geometric mean of the ends at half way: the nearest that the framework has to a logarithm.
fn around_middle(range: Range) -> FloatRange {
    let middle = (range.min * range.max).sqrt();
    let factor = 0.5_f32.ln() / ((middle - range.min) / (range.max - range.min)).ln();
    FloatRange::Skewed { min: range.min, max: range.max, factor }
}
