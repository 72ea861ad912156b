//! Numbers on the command line, with a range that the error names.

use std::ops::RangeInclusive;

/// Reads a finite number inside a range. A typographic minus sign, as text programs put it, is understood.
///
/// # Errors
/// What was expected, for clap to show beside what was found.
pub(super) fn within(text: &str, range: RangeInclusive<f64>, unit: &str) -> Result<f64, String> {
    let expected = || format!("expected a number from {} to {} {unit}", range.start(), range.end());
    let number: f64 = text.trim().replace('\u{2212}', "-").parse().map_err(|_| expected())?;
    if range.contains(&number) { Ok(number) } else { Err(expected()) }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn numbers_in_range_pass_and_nothing_else() {
        let lufs = |text| within(text, -60.0..=-3.0, "LUFS");
        assert_eq!(lufs("-14"), Ok(-14.0));
        assert_eq!(lufs("\u{2212}14.5"), Ok(-14.5));
        for text in ["", "loud", "NaN", "-inf", "-2.9", "-61", "14"] {
            assert_eq!(lufs(text), Err("expected a number from -60 to -3 LUFS".into()), "{text}");
        }
    }
}
