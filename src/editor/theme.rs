//! Colours, type and the few egui settings that give the window its look. Main thread.
//!
//! Text stands on [`PANEL`] or darker; every text and accent colour here has a contrast of at least 4.5 to 1 with it
//! (WCAG 2.2, 1.4.3), which a test computes.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Rgba, Stroke, TextStyle, Theme, Visuals, vec2,
};

/// Behind the panels.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x12, 0x14, 0x18);
/// Panels.
pub const PANEL: Color32 = Color32::from_rgb(0x1c, 0x1f, 0x26);
/// Lines around and inside panels.
pub const EDGE: Color32 = Color32::from_rgb(0x2e, 0x33, 0x3d);
/// What lies deeper than its panel: graphs, meters, value fields.
pub const WELL: Color32 = Color32::from_rgb(0x10, 0x12, 0x16);
/// A control that can be grasped.
pub const RAISED: Color32 = Color32::from_rgb(0x2a, 0x2f, 0x39);
/// The same under the pointer.
pub const HOVERED: Color32 = Color32::from_rgb(0x37, 0x3d, 0x4a);
/// Values and titles.
pub const TEXT: Color32 = Color32::from_rgb(0xe8, 0xea, 0xee);
/// Labels and scales.
pub const TEXT_DIM: Color32 = Color32::from_rgb(0x9d, 0xa6, 0xb5);
/// Too loud.
pub const ALARM: Color32 = Color32::from_rgb(0xff, 0x6b, 0x6b);

/// Accent of levels and everything global.
pub const LEVELS: Color32 = Color32::from_rgb(0x7f, 0xc8, 0xc2);
/// Accent of the equaliser.
pub const EQ: Color32 = Color32::from_rgb(0x74, 0xb3, 0xff);
/// Accent of the compressor.
pub const COMPRESSOR: Color32 = Color32::from_rgb(0xf2, 0xb5, 0x5c);
/// Accent of the width stage.
pub const WIDTH: Color32 = Color32::from_rgb(0xb3, 0x9c, 0xff);
/// Accent of the clipper.
pub const CLIPPER: Color32 = Color32::from_rgb(0xff, 0x96, 0x70);
/// Accent of the limiter.
pub const LIMITER: Color32 = Color32::from_rgb(0xff, 0x83, 0xa8);
/// Accent of the dither stage.
pub const DITHER: Color32 = Color32::from_rgb(0x8c, 0xd4, 0x8f);

/// Accent of the track.
pub const TRACK: Color32 = Color32::from_rgb(0xd2, 0xd2, 0x6c);
/// The listener.
pub const ADAPTIVE: Color32 = Color32::from_rgb(0x6f, 0xd6, 0xa8);

/// Corners of panels, in points.
pub const PANEL_ROUNDING: u8 = 7;
/// Corners of controls, in points.
pub const CONTROL_ROUNDING: u8 = 4;

/// Labels, scales and values in tight places.
pub const SMALL: FontId = FontId { size: 11.5, family: FontFamily::Proportional };
/// Everything else.
pub const NORMAL: FontId = FontId { size: 13.0, family: FontFamily::Proportional };
/// The name of the program.
pub const TITLE: FontId = FontId { size: 18.0, family: FontFamily::Proportional };
/// The one number that matters most.
pub const LARGE: FontId = FontId { size: 26.0, family: FontFamily::Proportional };

/// [`BACKGROUND`] as the renderer wants it: it clears to these very numbers, without a curve.
pub fn background() -> Rgba {
    let [r, g, b, _] = BACKGROUND.to_normalized_gamma_f32();
    Rgba::from_rgb(r, g, b)
}

/// Dresses a new window.
pub fn apply(ctx: &Context) {
    ctx.set_theme(Theme::Dark);
    ctx.set_visuals(visuals());
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, SMALL),
            (TextStyle::Body, NORMAL),
            (TextStyle::Button, NORMAL),
            (TextStyle::Heading, TITLE),
            (TextStyle::Monospace, FontId::monospace(12.0)),
        ]
        .into();
        style.spacing.item_spacing = vec2(6.0, 4.0);
        style.spacing.button_padding = vec2(8.0, 3.0);
        style.spacing.default_area_size = vec2(600.0, 1000.0);
        style.spacing.tooltip_width = 280.0;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.6;
    });
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    // The window is cleared to the background.
    visuals.panel_fill = Color32::TRANSPARENT;
    visuals.window_fill = PANEL;
    visuals.window_stroke = Stroke::new(1.0, EDGE);
    visuals.extreme_bg_color = WELL;
    visuals.override_text_color = Some(TEXT);
    visuals.menu_corner_radius = CornerRadius::same(PANEL_ROUNDING);
    visuals.selection.bg_fill = EQ.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, TEXT);
    let widgets = &mut visuals.widgets;
    for (look, fill) in
        [(&mut widgets.inactive, RAISED), (&mut widgets.hovered, HOVERED), (&mut widgets.active, HOVERED)]
    {
        look.bg_fill = fill;
        look.weak_bg_fill = fill;
        look.bg_stroke = Stroke::NONE;
        look.corner_radius = CornerRadius::same(CONTROL_ROUNDING);
        look.expansion = 0.0;
    }
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG defines it.
    fn luminance(colour: Color32) -> f64 {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(a: Color32, b: Color32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read() {
        let accents = [LEVELS, EQ, COMPRESSOR, WIDTH, CLIPPER, LIMITER, DITHER, TRACK];
        for colour in accents.into_iter().chain([TEXT, TEXT_DIM, ALARM]) {
            for ground in [PANEL, WELL, RAISED] {
                assert!(contrast(colour, ground) >= 4.5, "{colour:?} on {ground:?}");
            }
        }
        for accent in accents {
            assert!(contrast(WELL, accent) >= 4.5, "dark text on {accent:?}");
        }
        for font in [SMALL, NORMAL, TITLE, LARGE] {
            assert!(font.size >= 11.0);
        }
    }
}
