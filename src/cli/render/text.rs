//! The report of one rendered track, for people.

use super::track::TrackReport;
use super::values::clock;
use crate::track::file::problem::Severity;

/// `elapsed_s` is the time it took.
pub(super) fn report(report: &TrackReport, elapsed_s: f64) -> String {
    let mut lines = vec![
        format!("{} -> {}", report.input, report.output.display()),
        line(
            "length",
            format!(
                "{} from {} at {} Hz, {}",
                clock(report.duration_s),
                clock(report.start_s),
                report.rate_hz,
                report.bits
            ),
        ),
        line("level", level(report)),
    ];
    if let (Some(preset), Some(limiter)) = (&report.preset, &report.limiter) {
        lines.push(line(
            "mastering",
            format!(
                "{preset}, limiter {:.1} dB at most, {:.1} dB on average",
                limiter.max_db, limiter.average_db
            ),
        ));
    }
    lines.extend(report.stems.iter().map(|stem| line("stem", stem.clone())));
    let speed = report.duration_s / elapsed_s.max(1e-3);
    lines.push(line("speed", format!("{speed:.0} times real time ({elapsed_s:.1} s)")));
    lines.extend(report.notes.iter().map(|note| line("note", note.clone())));
    let refused = report.problems.iter().filter(|problem| problem.severity == Severity::Refused);
    lines.extend(refused.map(|problem| line("silent", format!("{}: {}", problem.path, problem.message))));
    let others = report.problems.iter().filter(|problem| problem.severity != Severity::Refused).count();
    if others > 0 {
        let what = if others == 1 { "1 finding".to_owned() } else { format!("{others} findings") };
        lines.push(line("note", format!("{what} in the file; auracore check lists them")));
    }
    lines.join("\n")
}

fn level(report: &TrackReport) -> String {
    let peak_db = 20.0 * f64::from(report.peak).log10();
    let mut text = format!("peak {:.3} ({peak_db:.1} dBFS)", report.peak);
    if let (Some(lufs), Some(peak_dbtp)) = (report.integrated_lufs, report.true_peak_dbtp) {
        text += &format!(", {lufs:.1} LUFS, {peak_dbtp:.1} dBTP");
    }
    if let Some(gain_db) = report.gain_db {
        text += &format!(", gain {gain_db:+.1} dB");
    }
    text
}

fn line(label: &str, text: String) -> String {
    format!("  {label:<12}{text}")
}
