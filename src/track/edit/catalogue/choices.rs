//! The values of parameters that are one of several, with words for each.

use super::{Choice, ChoiceValue, Control};

const fn text(value: &'static str, label: &'static str) -> Choice {
    Choice { value: ChoiceValue::Text(value), label }
}

const fn code(value: f64, label: &'static str) -> Choice {
    Choice { value: ChoiceValue::Number(value), label }
}

/// Courses of a slow oscillator.
pub const WAVES: Control = Control::Choice(&[text("sine", "Sine"), text("triangle", "Triangle")]);
/// Courses of a pan.
pub const PAN_TYPES: Control = Control::Choice(&[
    text("linear", "To and fro"),
    text("inward", "Sides to middle"),
    text("outward", "Middle to sides"),
]);
/// Shapes of a pulse.
pub const PULSES: Control = Control::Choice(&[
    text("trapezoid", "Trapezoid"),
    text("square", "Square"),
    text("raised_cosine", "Raised cosine"),
]);
/// Paths around the head.
pub const PATHS: Control = Control::Choice(&[
    text("circle", "Circle"),
    text("square", "Square"),
    text("diamond", "Diamond"),
    text("linear", "Front and back"),
    text("arc", "Arc"),
    text("oscillating_arc", "Even arc"),
]);
/// Ways to go along a path.
pub const PATH_TYPES: Control =
    Control::Choice(&[text("open", "Open"), text("closed", "Closed"), text("discontinuous", "In steps")]);
/// Courses of an angle.
pub const ROUTE_SHAPES: Control = Control::Choice(&[
    text("", "As the path"),
    text("sinusoidal", "Sine"),
    text("triangle", "Triangle"),
    text("ramp", "Ramp"),
    text("square", "Square"),
]);
/// Senses of rotation.
pub const TURNS: Control = Control::Choice(&[text("cw", "Clockwise"), text("ccw", "Anticlockwise")]);
/// Which ear is ahead.
pub const POLARITIES: Control = Control::Choice(&[
    text("left_minus_right_plus", "Left −, right +"),
    text("left_plus_right_minus", "Left +, right −"),
    text("left_plus_right_plus", "Both +"),
]);
/// Colours of noise.
pub const COLOURS: Control = Control::Choice(&[
    text("pink", "Pink"),
    text("brown", "Brown"),
    text("deep brown", "Deep brown"),
    text("green", "Green"),
    text("white", "White"),
    text("blue", "Blue"),
    text("purple", "Purple"),
]);
/// Orders of recordings.
pub const MODES: Control =
    Control::Choice(&[text("sequence", "One after the other"), text("stack", "All at once")]);
/// How a delay follows its oscillator.
pub const LAWS: Control =
    Control::Choice(&[code(0.0, "Delay"), code(1.0, "Reciprocal"), code(2.0, "Exponential")]);
/// What is flanged.
pub const TARGETS: Control =
    Control::Choice(&[code(0.0, "Both ears"), code(2.0, "Middle"), code(3.0, "Sides")]);
/// How a delay line is read.
pub const READERS: Control = Control::Choice(&[code(0.0, "Linear"), code(1.0, "Cubic")]);
/// Whether loudness is kept.
pub const LOUDNESS: Control = Control::Choice(&[code(0.0, "As it comes"), code(1.0, "Kept")]);
/// How a position becomes two ears.
pub const DECODERS: Control = Control::Choice(&[text("itd_head", "Head"), text("foa_cardioid", "Cardioids")]);
