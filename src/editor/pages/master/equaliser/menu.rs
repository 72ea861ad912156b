//! What a right click on a band offers.

use egui::Ui;
use nice_plug::prelude::*;

use super::flatten::flatten;
use crate::control::{CutSlope, EqKind, EqPlacement};
use crate::editor::widgets::Touch;
use crate::params::EqBandParams;

/// Fills the menu.
pub fn show(ui: &mut Ui, touch: &Touch, params: &EqBandParams) {
    choices::<EqKind>(ui, touch, "Shape", &params.kind);
    choices::<EqPlacement>(ui, touch, "Stereo image", &params.placement);
    if matches!(params.kind.value(), EqKind::LowCut | EqKind::HighCut) {
        choices::<CutSlope>(ui, touch, "Slope", &params.slope);
    }
    ui.separator();
    toggle(ui, touch, "On", &params.on);
    toggle(ui, touch, "Solo", &params.solo);
    ui.separator();
    if ui.button("Flatten").clicked() {
        flatten(touch, params);
        ui.close();
    }
}

fn choices<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    name: &str,
    param: &EnumParam<T>,
) {
    ui.menu_button(name, |ui| {
        let present = param.unmodulated_plain_value().to_index();
        for (index, choice) in T::variants().iter().enumerate() {
            if ui.selectable_label(index == present, *choice).clicked() {
                touch.hand.gesture(param, T::from_index(index));
                ui.close();
            }
        }
    });
}

fn toggle(ui: &mut Ui, touch: &Touch, name: &str, param: &BoolParam) {
    let mut on = param.unmodulated_plain_value();
    if ui.checkbox(&mut on, name).clicked() {
        touch.hand.gesture(param, on);
        ui.close();
    }
}
