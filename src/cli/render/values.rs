//! Times and levels on the command line, and times for people.

/// Longest time that is understood, in seconds.
const LONGEST_S: f64 = 1e7;

/// Reads seconds, minutes:seconds or hours:minutes:seconds, each with a decimal fraction at the end.
///
/// # Errors
/// What was expected.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let expected = || "expected a time such as 90, 1:30 or 1:01:30.5".to_owned();
    let parts: Vec<&str> = text.trim().split(':').collect();
    let (last, first) = parts.split_last().ok_or_else(expected)?;
    if first.len() > 2 {
        return Err(expected());
    }
    let mut whole_s = 0.0;
    for (place, part) in first.iter().enumerate() {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let number: f64 = part.parse().ok().filter(|_| digits).ok_or_else(expected)?;
        if place > 0 && number >= 60.0 {
            return Err(expected());
        }
        whole_s = (whole_s + number) * 60.0;
    }
    let plain = last.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let last: f64 = last.parse().ok().filter(|_| plain).ok_or_else(expected)?;
    if !first.is_empty() && last >= 60.0 || whole_s + last > LONGEST_S {
        return Err(expected());
    }
    Ok(whole_s + last)
}

/// Reads a peak: linear above 0 to 1, or decibels of full scale with their unit.
///
/// # Errors
/// What was expected.
pub(super) fn peak(text: &str) -> Result<f32, String> {
    let expected = || "expected a peak above 0 up to 1, or from -90dB to 0dB".to_owned();
    let text = text.trim().replace('\u{2212}', "-").to_ascii_lowercase();
    let decibels = text.strip_suffix("dbfs").or_else(|| text.strip_suffix("db"));
    let number: f64 = decibels.unwrap_or(&text).trim().parse().map_err(|_| expected())?;
    let peak = match decibels {
        Some(_) if (-90.0..=0.0).contains(&number) => 10f64.powf(number / 20.0),
        None if number > 0.0 && number <= 1.0 => number,
        _ => return Err(expected()),
    };
    Ok(peak as f32)
}

/// A time as m:ss or h:mm:ss, with a fraction where it has one that matters.
pub(in crate::cli) fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    let (minutes, tenths) = (tenths / 600, tenths % 600);
    let fraction = if tenths.is_multiple_of(10) { String::new() } else { format!(".{}", tenths % 10) };
    let (seconds, hours, minutes) = (tenths / 10, minutes / 60, minutes % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}{fraction}")
    } else {
        format!("{minutes}:{seconds:02}{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_understood_in_three_ways() {
        for (text, expected) in [
            ("0", 0.0),
            ("90", 90.0),
            ("90.25", 90.25),
            ("1:30", 90.0),
            ("61:00", 3660.0),
            ("1:01:01.5", 3661.5),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in
            ["", ":", "-1", "1:60", "1:60:00", "1:2:3:4", "nan", "inf", "1e3", "1:", "+5", "1:+5", "99999999"]
        {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn peaks_are_linear_or_decibels() {
        assert_eq!(peak("0.25"), Ok(0.25));
        assert_eq!(peak("1"), Ok(1.0));
        assert!((peak("-12dB").unwrap() - 0.251_188_6).abs() < 1e-6);
        assert!((peak("\u{2212}6.0206 dBFS").unwrap() - 0.5).abs() < 1e-5);
        for text in ["0", "-1", "1.1", "nan", "3dB", "-12", "dB", "loud"] {
            assert!(peak(text).is_err(), "{text}");
        }
    }

    #[test]
    fn clocks_read_as_people_write_them() {
        let clocks = [0.0, 59.96, 61.0, 90.5, 3_599.96, 36_610.0].map(clock);
        assert_eq!(clocks, ["0:00", "1:00", "1:01", "1:30.5", "1:00:00", "10:10:10"]);
    }
}
