//! The report of one mastered file, for people.

use super::adaptive::Heard;
use super::{FileReport, Levels};
use crate::control::adaptive::MOVE_SPECS;
use crate::render::Reduction;

pub(super) fn report(report: &FileReport) -> String {
    let mut lines = vec![
        format!("{} -> {}", report.input.display(), report.output.display()),
        format!("  {:<12}{:>8}{:>8}{:>8}{:>8}", "", "LUFS-I", "LRA", "dBTP", "PLR"),
        levels("before", &report.before),
        levels("after", &report.after),
        reduction("limiter", &report.limiter),
    ];
    lines.extend(report.compressor.iter().map(|compressor| reduction("compressor", compressor)));
    let target = report.target_lufs.map_or("no target".into(), |target| format!("target {target:.1} LUFS"));
    lines.push(format!(
        "  {:<12}{}, {target}, ceiling {:.1} dBTP, input {:+.1} dB, drive {:+.1} dB, {} at {} Hz, {} rendering{}",
        "settings",
        report.preset,
        report.ceiling_dbtp,
        report.input_gain_db,
        report.drive_db,
        report.bits,
        report.rate_hz,
        report.passes, if report.passes == 1 { "" } else { "s" },
    ));
    lines.extend(report.adaptive.iter().flat_map(adaptive));
    lines.extend(report.notes.iter().map(|note| format!("  {:<12}{note}", "note")));
    lines.join("\n")
}

fn levels(label: &str, levels: &Levels) -> String {
    let plr = levels.plr_lu.map_or("-".into(), |plr| format!("{plr:.1}"));
    format!(
        "  {label:<12}{:>8.1}{:>8.1}{:>8.1}{plr:>8}",
        levels.integrated_lufs, levels.range_lu, levels.true_peak_dbtp
    )
}

fn reduction(label: &str, reduction: &Reduction) -> String {
    format!(
        "  {label:<12}{:.1} dB at most, {:.1} dB on average, {:.1} dB over the hardest 3 s",
        reduction.max_db, reduction.average_db, reduction.hardest_3s_db
    )
}

/// What was heard and done; every move with its reasons where people asked for them.
fn adaptive(heard: &Heard) -> Vec<String> {
    let model = heard.model.as_deref().unwrap_or("the rule alone");
    let mut lines = vec![format!(
        "  {:<12}aim {}, {model}, {:.0} % of it, {:.0} % sure",
        "adaptive",
        heard.aim,
        100.0 * heard.amount,
        100.0 * heard.advice.confidence
    )];
    if !heard.explain {
        let moved = heard.advice.explanations.iter().zip(&MOVE_SPECS);
        let moved: Vec<String> = moved
            .filter(|(one, spec)| (one.proposed - spec.neutral).abs() >= 0.05)
            .map(|(one, spec)| format!("{} {}", spec.name, value(one.proposed, spec.unit)))
            .collect();
        let moved = if moved.is_empty() { "nothing to move".to_owned() } else { moved.join(", ") };
        lines.push(format!("  {:<12}{moved}", ""));
        return lines;
    }
    lines.push(format!(
        "  {:<20}{:>11}{:>18}{:>10}{:>8}{:>8}{:>8}{:>7}  why",
        "", "measured", "right is", "proposed", "rule", "model", "taste", "sure"
    ));
    for (one, spec) in heard.advice.explanations.iter().zip(&MOVE_SPECS) {
        lines.push(format!(
            "  {:<20}{:>11}{:>18}{:>10}{:>+8.2}{:>+8.2}{:>+8.2}{:>5.0} %  {}",
            spec.name,
            format!("{:.1} {}", one.measured, one.measured_unit),
            format!("{:.1} to {:.1}", one.low, one.high),
            value(one.proposed, spec.unit),
            one.from_rule,
            one.from_model,
            one.from_taste,
            100.0 * one.confidence,
            one.reason
        ));
    }
    lines
}

fn value(value: f32, unit: &str) -> String {
    match unit {
        "dB" => format!("{value:+.1} dB"),
        "" => format!("{value:.2}"),
        unit => format!("{value:.0} {unit}"),
    }
}
