//! How values are written for people, and how what people type is read back.
//!
//! Writing and reading agree: what is written reads back to a value that is written the same. Reading is lenient about
//! units, spaces, case and the minus sign, and refuses what it does not understand rather than guessing. Main thread;
//! these allocate.

/// A number with two decimals, never "-0.00". For decibels.
pub fn write_db(value: f32) -> String {
    fixed(value, 2)
}

/// Three significant digits with the unit: "63.2 Hz", "632 Hz", "6.32 kHz".
pub fn write_hz(value: f32) -> String {
    match value {
        v if v < 99.95 => format!("{v:.1} Hz"),
        v if v < 999.5 => format!("{v:.0} Hz"),
        v if v < 9_995.0 => format!("{:.2} kHz", v / 1_000.0),
        v => format!("{:.1} kHz", v / 1_000.0),
    }
}

/// Like [`write_hz`], with "off" for `off_hz` and what reads like it.
pub fn write_hz_or_off(value: f32, off_hz: f32) -> String {
    let text = write_hz(value);
    if value <= off_hz || text == write_hz(off_hz) { "off".to_owned() } else { text }
}

/// Three significant digits, at most two decimals: "0.10", "12.5", "150". For milliseconds, ratios and quality factors.
pub fn write_number(value: f32) -> String {
    match value {
        v if v < 9.995 => fixed(v, 2),
        v if v < 99.95 => fixed(v, 1),
        v => fixed(v, 0),
    }
}

/// A time of up to hours: "0:01.50", "-12:00.00", "1:02:03.45".
pub fn write_time(seconds: f32) -> String {
    let hundredths = (f64::from(seconds.abs()) * 100.0).round() as u64;
    let sign = if seconds < 0.0 && hundredths > 0 { "-" } else { "" };
    let (whole, part) = (hundredths / 100, hundredths % 100);
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    match hours {
        0 => format!("{sign}{minutes}:{seconds:02}.{part:02}"),
        _ => format!("{sign}{hours}:{minutes:02}:{seconds:02}.{part:02}"),
    }
}

/// Like [`write_time`], with "end" for zero.
pub fn write_time_or_end(seconds: f32) -> String {
    if seconds < 0.005 { "end".to_owned() } else { write_time(seconds) }
}

/// "2.00:1".
pub fn write_ratio(value: f32) -> String {
    format!("{}:1", write_number(value))
}

/// A share as per cent with one decimal, without the sign: "50.0".
pub fn write_percent(value: f32) -> String {
    fixed(value * 100.0, 1)
}

/// −1…+1 as "L 50.0", "C" or "R 50.0".
pub fn write_balance(value: f32) -> String {
    let percent = fixed(value.abs() * 100.0, 1);
    match value {
        _ if percent == "0.0" => "C".to_owned(),
        v if v < 0.0 => format!("L {percent}"),
        _ => format!("R {percent}"),
    }
}

/// A loudness in LUFS with "off" for what reads like `off_lufs`.
pub fn write_lufs_or_off(value: f32, off_lufs: f32) -> String {
    if value < off_lufs + 0.05 { "off".to_owned() } else { format!("{value:.1} LUFS") }
}

/// The other way round; the unit may be left out.
pub fn read_lufs_or_off(text: &str, off_lufs: f32) -> Option<f32> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("off") {
        return Some(off_lufs);
    }
    let lower = text.to_ascii_lowercase();
    lower.strip_suffix("lufs").unwrap_or(&lower).trim().parse().ok().filter(|value: &f32| value.is_finite())
}

/// "on" or "off".
pub fn write_switch(value: bool) -> String {
    if value { "on" } else { "off" }.to_owned()
}

/// "-14", "-14 dB", "+3dB", "-1 dBTP".
pub fn read_db(text: &str) -> Option<f32> {
    let (value, unit) = split(text)?;
    matches!(unit.as_str(), "" | "db" | "dbfs" | "dbtp").then_some(value)
}

/// "1200", "1200 Hz", "1.2k", "1.2 kHz".
pub fn read_hz(text: &str) -> Option<f32> {
    let (value, unit) = split(text)?;
    match unit.as_str() {
        "" | "hz" => Some(value),
        "k" | "khz" => Some(value * 1_000.0),
        _ => None,
    }
}

/// Like [`read_hz`], with "off" for `off_hz`.
pub fn read_hz_or_off(text: &str, off_hz: f32) -> Option<f32> {
    if text.trim().eq_ignore_ascii_case("off") { Some(off_hz) } else { read_hz(text) }
}

/// Milliseconds: "20", "20 ms", "0.5 s", "500 us".
pub fn read_ms(text: &str) -> Option<f32> {
    let (value, unit) = split(text)?;
    match unit.as_str() {
        "" | "ms" => Some(value),
        "s" | "sec" => Some(value * 1_000.0),
        "us" | "µs" | "μs" => Some(value / 1_000.0),
        _ => None,
    }
}

/// Seconds: "90", "90 s", "1.5 min", "2 h", "1:30", "-1:02:03.5".
pub fn read_time(text: &str) -> Option<f32> {
    let text = text.trim().replace(['−', '–'], "-");
    let Some((whole, last)) = text.rsplit_once(':') else {
        let (value, unit) = split(&text)?;
        return match unit.as_str() {
            "" | "s" | "sec" => Some(value),
            "m" | "min" => Some(value * 60.0),
            "h" => Some(value * 3_600.0),
            _ => None,
        };
    };
    let (sign, whole) = whole.strip_prefix('-').map_or((1.0, whole), |rest| (-1.0, rest));
    // Only seconds have a fraction, and only what comes first may be 60 or more.
    let whole_number = |part: &str| {
        part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u32>().ok()).flatten().map(f64::from)
    };
    let (seconds, unit) = split(last).filter(|_| last.starts_with(|c: char| c.is_ascii_digit()))?;
    let (hours, minutes) = match whole.split_once(':') {
        Some((hours, minutes)) => (whole_number(hours)?, whole_number(minutes).filter(|m| *m < 60.0)?),
        None => (0.0, whole_number(whole)?),
    };
    let total = hours * 3_600.0 + minutes * 60.0 + (f64::from(seconds) * 100.0).round() / 100.0;
    (seconds < 60.0 && unit.is_empty()).then_some((sign * total) as f32)
}

/// Like [`read_time`], with "end" for zero.
pub fn read_time_or_end(text: &str) -> Option<f32> {
    if text.trim().eq_ignore_ascii_case("end") { Some(0.0) } else { read_time(text) }
}

/// A ratio to one: "2", "2:1", "2.5 : 1".
pub fn read_ratio(text: &str) -> Option<f32> {
    let (value, unit) = split(text)?;
    matches!(unit.as_str(), "" | ":1" | ":1.0").then_some(value)
}

/// A plain number, or one that repeats the letter it is known by: "0.71", "Q 0.71".
pub fn read_quality(text: &str) -> Option<f32> {
    let text = text.trim();
    let (value, unit) = split(text.strip_prefix(['q', 'Q']).unwrap_or(text))?;
    unit.is_empty().then_some(value)
}

/// Per cent to a share: "50" and "50 %" are 0.5.
pub fn read_percent(text: &str) -> Option<f32> {
    let (value, unit) = split(text)?;
    matches!(unit.as_str(), "" | "%").then_some(value / 100.0)
}

/// "C", "centre", "L 50", "50 R", "-50", "-50 %".
pub fn read_balance(text: &str) -> Option<f32> {
    let text = text.trim().to_ascii_lowercase();
    if matches!(text.as_str(), "c" | "centre" | "center") {
        return Some(0.0);
    }
    let one_side =
        |rest: &str, sign: f32| read_percent(rest).filter(|share| *share >= 0.0).map(|share| share * sign);
    for (side, sign) in [('l', -1.0), ('r', 1.0)] {
        if let Some(rest) = text.strip_prefix(side).or_else(|| text.strip_suffix(side)) {
            return one_side(rest, sign);
        }
    }
    read_percent(&text)
}

/// "on", "off", "yes", "no", "true", "false", "1", "0".
pub fn read_switch(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "yes" | "true" | "1" => Some(true),
        "off" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// Fixed decimals without a negative zero.
fn fixed(value: f32, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|c| matches!(c, '0' | '.')) => rest.to_owned(),
        _ => text,
    }
}

/// The number at the start and what follows it, in lower case without spaces. No exponents, finite numbers only.
fn split(text: &str) -> Option<(f32, String)> {
    let text = text.trim().replace(['−', '–'], "-");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(&text)),
    };
    let digits = digits.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(digits.len());
    let (number, unit) = digits.split_at(end);
    let number = decimal_point(number)?;
    // Rejects what the filter lets through, such as an empty string, "." or "1.2.3".
    let value: f32 = number.parse().ok()?;
    let unit = unit.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    value.is_finite().then_some((sign * value, unit))
}

/// Accepts a decimal comma, except where it could as well separate thousands.
fn decimal_point(number: &str) -> Option<String> {
    let Some((whole, fraction)) = number.split_once(',') else { return Some(number.to_owned()) };
    let unambiguous = !fraction.contains([',', '.']) && !whole.contains('.') && fraction.len() != 3;
    unambiguous.then(|| format!("{whole}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GARBAGE: [&str; 17] = [
        "",
        " ",
        "-",
        "+",
        ".",
        "-.",
        "loud",
        "NaN",
        "inf",
        "-inf",
        "1e3",
        "1.2.3",
        "1,200",
        "--3",
        "12 parsecs",
        "3 dB 4",
        "½",
    ];

    #[test]
    fn decibels() {
        for (text, value) in [
            ("-14", -14.0),
            ("-14 dB", -14.0),
            ("−14dB", -14.0),
            ("+3.5 DB", 3.5),
            (".5", 0.5),
            ("-1 dBTP", -1.0),
            ("- 6", -6.0),
            ("1,5", 1.5),
        ] {
            assert_eq!(read_db(text), Some(value), "{text}");
        }
        assert_eq!(read_db("20 ms"), None);
        assert_eq!(write_db(-0.001), "0.00");
        assert_eq!(write_db(-14.0), "-14.00");
    }

    #[test]
    fn frequencies() {
        for (text, value) in [
            ("1200", 1_200.0),
            ("1.2k", 1_200.0),
            ("1.2 kHz", 1_200.0),
            ("1,2 KHZ", 1_200.0),
            ("60 hz", 60.0),
            (" 440Hz ", 440.0),
        ] {
            assert_eq!(read_hz(text), Some(value), "{text}");
        }
        assert_eq!(read_hz("2 s"), None);
        assert_eq!(read_hz_or_off("Off", 20.0), Some(20.0));
        assert_eq!(write_hz_or_off(20.0, 20.0), "off");
        assert_eq!(read_lufs_or_off("-14 LUFS", -40.0), Some(-14.0));
        assert_eq!(read_lufs_or_off("off", -40.0), Some(-40.0));
        assert_eq!(read_lufs_or_off("loud", -40.0), None);
        assert_eq!(
            (write_lufs_or_off(-40.0, -40.0), write_lufs_or_off(-14.0, -40.0)),
            ("off".to_owned(), "-14.0 LUFS".to_owned())
        );
        for (value, text) in [
            (10.0, "10.0 Hz"),
            (99.96, "100 Hz"),
            (999.6, "1.00 kHz"),
            (9_996.0, "10.0 kHz"),
            (1_234.0, "1.23 kHz"),
            (30_000.0, "30.0 kHz"),
        ] {
            assert_eq!(write_hz(value), text);
        }
    }

    #[test]
    fn times() {
        for (text, value) in
            [("20", 20.0), ("20 ms", 20.0), ("0.5 s", 500.0), ("0.5sec", 500.0), ("500 us", 0.5)]
        {
            assert_eq!(read_ms(text), Some(value), "{text}");
        }
        assert_eq!(read_ms("5 min"), None);
    }

    #[test]
    fn times_of_hours() {
        for (text, value) in [
            ("90", 90.0),
            ("90 s", 90.0),
            ("1.5 min", 90.0),
            ("2h", 7_200.0),
            ("1:30", 90.0),
            ("-0:05.5", -5.5),
            ("−1:00", -60.0),
            ("1:02:03.25", 3_723.25),
            ("90:00", 5_400.0),
        ] {
            assert_eq!(read_time(text), Some(value), "{text}");
        }
        for text in ["1:", ":30", "1:60", "1:-3", "1:30 s", "1:2:3:4", "1:61:00", "a:10", "--1:00", "3 dB"] {
            assert_eq!(read_time(text), None, "{text}");
        }
        for (value, text) in [
            (0.0, "0:00.00"),
            (-0.001, "0:00.00"),
            (59.999, "1:00.00"),
            (-75.5, "-1:15.50"),
            (36_000.0, "10:00:00.00"),
        ] {
            assert_eq!(write_time(value), text);
        }
        assert_eq!((write_time_or_end(0.0).as_str(), read_time_or_end("End")), ("end", Some(0.0)));
    }

    #[test]
    fn ratios_and_quality() {
        for (text, value) in [("2", 2.0), ("2:1", 2.0), ("2.5 : 1", 2.5)] {
            assert_eq!(read_ratio(text), Some(value), "{text}");
        }
        assert_eq!(read_ratio("2:2"), None);
        assert_eq!(read_quality("Q 0.71"), Some(0.71));
        assert_eq!(read_quality("0.71 q"), None);
        assert_eq!(write_ratio(2.0), "2.00:1");
    }

    #[test]
    fn shares_and_balance() {
        for (text, value) in [("50%", 0.5), ("50 %", 0.5), ("50", 0.5), ("0", 0.0), ("100.0", 1.0)] {
            assert_eq!(read_percent(text), Some(value), "{text}");
        }
        for (text, value) in [
            ("C", 0.0),
            ("centre", 0.0),
            ("L 50", -0.5),
            ("50L", -0.5),
            ("r25%", 0.25),
            ("-50", -0.5),
            ("100 % R", 1.0),
        ] {
            assert_eq!(read_balance(text), Some(value), "{text}");
        }
        for text in ["L", "L-50", "LR", "left"] {
            assert_eq!(read_balance(text), None, "{text}");
        }
        assert_eq!(write_balance(-0.5), "L 50.0");
        assert_eq!(write_balance(0.0001), "C");
    }

    #[test]
    fn switches() {
        assert_eq!(read_switch(" ON "), Some(true));
        assert_eq!(read_switch("0"), Some(false));
        assert_eq!(read_switch("maybe"), None);
    }

    #[test]
    fn garbage_is_refused() {
        type Reader = fn(&str) -> Option<f32>;
        let readers: [Reader; 8] =
            [read_db, read_hz, read_ms, read_time, read_ratio, read_quality, read_percent, read_balance];
        for text in GARBAGE {
            for (index, read) in readers.iter().enumerate() {
                assert_eq!(read(text), None, "reader {index} took {text:?}");
            }
            assert_eq!(read_switch(text), None, "switch took {text:?}");
        }
        let digits = "9".repeat(60);
        assert_eq!(read_db(&digits), None, "beyond what a float holds");
    }

    #[test]
    fn written_text_reads_back_to_the_same_text() {
        type Pair = (fn(f32) -> String, fn(&str) -> Option<f32>, f32, f32);
        let pairs: [Pair; 7] = [
            (write_time, read_time, -3_600.0, 36_000.0),
            (write_db, read_db, -60.0, 24.0),
            (write_hz, read_hz, 10.0, 30_000.0),
            (write_number, read_ms, 0.1, 2_000.0),
            (write_ratio, read_ratio, 1.0, 20.0),
            (write_percent, read_percent, 0.0, 2.0),
            (write_balance, read_balance, -1.0, 1.0),
        ];
        for (index, (write, read, min, max)) in pairs.into_iter().enumerate() {
            for step in 0..=100_000 {
                let value = min + (max - min) * (step as f32 / 100_000.0);
                let text = write(value);
                let again = write(read(&text).unwrap_or_else(|| panic!("pair {index} cannot read {text}")));
                assert_eq!(again, text, "pair {index} at {value}");
            }
        }
    }
}
