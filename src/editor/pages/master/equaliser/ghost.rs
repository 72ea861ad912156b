//! What the listener does and would do, behind the user's own curve: where it is, where it wants to go, and the corridor
//! in which everything is right to it.

use egui::{Align2, Painter, Pos2, Shape, Stroke, pos2};

use crate::adaptive::advice::Explanation;
use crate::adaptive::response::band_db;
use crate::control::adaptive::{ADAPTIVE_BANDS, AdaptiveMode, Moves, band_hz};
use crate::editor::desk::Desk;
use crate::editor::theme;
use crate::editor::widgets::axes::Axes;
use crate::editor::widgets::{label, plot};

/// Gains below this look like none, in dB.
const VISIBLE_DB: f32 = 0.05;
/// Corridors are drawn as far as this, in dB.
const MOST_DB: f32 = 40.0;

/// Draws the ghost where there is something to show.
pub fn show(painter: &Painter, desk: &Desk, axes: &Axes) {
    if desk.params.adaptive.mode.value() == AdaptiveMode::Off {
        return;
    }
    let colour = desk.colours.adaptive;
    if let Some(advice) = &desk.listener.advice {
        let strength = 0.05 + 0.13 * advice.confidence.clamp(0.0, 1.0);
        corridor(painter, axes, &advice.explanations, colour.gamma_multiply(strength));
        let at = pos2(axes.rect.left() + 30.0, axes.rect.top() + 5.0);
        let text = format!("listener {:.0} % sure", 100.0 * advice.confidence);
        label(painter, at, Align2::LEFT_TOP, text, theme::SMALL, colour);
        if moves_something(&advice.moves) {
            let wanted = curve(axes, &advice.moves);
            painter.extend(Shape::dashed_line(&wanted, Stroke::new(1.5, colour), 5.0, 4.0));
        }
    }
    if moves_something(&desk.listener.present) {
        plot::curve(painter, curve(axes, &desk.listener.present), 1.5, colour);
    }
}

fn moves_something(moves: &Moves) -> bool {
    moves.0[..ADAPTIVE_BANDS].iter().any(|gain_db| gain_db.abs() > VISIBLE_DB)
}

fn curve(axes: &Axes, moves: &Moves) -> Vec<Pos2> {
    let db = |hz: f32| {
        let gains = moves.0[..ADAPTIVE_BANDS].iter().enumerate();
        gains.map(|(band, gain_db)| band_db(band, *gain_db, f64::from(hz))).sum::<f64>() as f32
    };
    plot::places(axes.rect).map(|x| pos2(x, axes.y(db(axes.hz(x))))).collect()
}

/// The gains that would bring each band into its corridor, from the lowest to the highest.
fn corridor(painter: &Painter, axes: &Axes, explanations: &[Explanation], colour: egui::Color32) {
    let mut corners: Vec<(f32, f32, f32)> = explanations
        .iter()
        .take(ADAPTIVE_BANDS)
        .enumerate()
        .filter(|(_, e)| e.measured.is_finite() && e.low.is_finite() && e.high.is_finite())
        .map(|(band, e)| (band_hz(band), e.low - e.measured, e.high - e.measured))
        .collect();
    corners.sort_by(|a, b| a.0.total_cmp(&b.0));
    let clamp = |db: f32| axes.y(db.clamp(-MOST_DB, MOST_DB));
    let pairs = plot::places(axes.rect).filter_map(|x| {
        let (low_db, high_db) = between(&corners, axes.hz(x))?;
        Some((pos2(x, clamp(high_db)), pos2(x, clamp(low_db))))
    });
    plot::between(painter, pairs, colour);
}

/// A smooth way from corner to corner over the logarithm of frequency, level beyond the ends.
fn between(corners: &[(f32, f32, f32)], hz: f32) -> Option<(f32, f32)> {
    let (first, last) = (corners.first()?, corners.last()?);
    let above = corners.partition_point(|corner| corner.0 <= hz);
    let from = if above == 0 { first } else { &corners[above - 1] };
    let to = corners.get(above).unwrap_or(last);
    let share = if to.0 > from.0 { (hz / from.0).ln() / (to.0 / from.0).ln() } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    let eased = share * share * (3.0 - 2.0 * share);
    let mix = |a: f32, b: f32| a + (b - a) * eased;
    Some((mix(from.1, to.1), mix(from.2, to.2)))
}
