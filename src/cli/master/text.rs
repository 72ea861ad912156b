//! The report of one mastered file, for people.

use super::{FileReport, Levels};
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
