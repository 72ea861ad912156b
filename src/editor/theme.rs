//! Colours, type and the few egui settings that give the window its look. Main thread.
//!
//! A [`Palette`] is one theme. In each, text, scales and accents have a contrast of at least 4.5 to 1 with everything they
//! are drawn on (WCAG 2.2, 1.4.3), which a test computes.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Rgba, Stroke, TextStyle, Theme, Visuals, vec2,
};

use crate::state::user_settings;

/// Every colour of a theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Whether light text stands on dark ground.
    pub is_dark: bool,
    /// Behind the panels.
    pub background: Color32,
    /// Panels.
    pub panel: Color32,
    /// Lines around and inside panels.
    pub edge: Color32,
    /// What lies deeper than its panel: graphs, meters, value fields.
    pub well: Color32,
    /// Lines inside graphs.
    pub grid: Color32,
    /// A control that can be grasped.
    pub raised: Color32,
    /// The same under the pointer.
    pub hovered: Color32,
    /// Values and titles.
    pub text: Color32,
    /// Labels and scales.
    pub text_dim: Color32,
    /// Text on an accent.
    pub on_accent: Color32,
    /// Too loud; gone wrong.
    pub alarm: Color32,
    /// Deserves a look: what is heard is not the master.
    pub caution: Color32,
    /// Accent of levels and everything global.
    pub levels: Color32,
    /// Accent of the equaliser.
    pub eq: Color32,
    /// Accent of the compressor.
    pub compressor: Color32,
    /// Accent of the width stage.
    pub width: Color32,
    /// Accent of the clipper.
    pub clipper: Color32,
    /// Accent of the limiter.
    pub limiter: Color32,
    /// Accent of the output and its dither.
    pub output: Color32,
    /// Accent of the track.
    pub track: Color32,
    /// Accent of the listener.
    pub adaptive: Color32,
}

const fn rgb(code: u32) -> Color32 {
    Color32::from_rgb((code >> 16) as u8, (code >> 8) as u8, code as u8)
}

/// Light on dark, for long sessions.
pub const DARK: Palette = Palette {
    is_dark: true,
    background: rgb(0x0f1115),
    panel: rgb(0x191c22),
    edge: rgb(0x2b303a),
    well: rgb(0x0d0f13),
    grid: rgb(0x1e222a),
    raised: rgb(0x272c35),
    hovered: rgb(0x343a46),
    text: rgb(0xeceef2),
    text_dim: rgb(0x9da6b5),
    on_accent: rgb(0x0d0f13),
    alarm: rgb(0xff7070),
    caution: rgb(0xf4c95d),
    levels: rgb(0x7fc8c2),
    eq: rgb(0x74b3ff),
    compressor: rgb(0xf2b55c),
    width: rgb(0xb3a0ff),
    clipper: rgb(0xff9670),
    limiter: rgb(0xff83a8),
    output: rgb(0x8cd48f),
    track: rgb(0xd2d26c),
    adaptive: rgb(0x6fd6a8),
};

/// Dark on light, for bright rooms.
pub const LIGHT: Palette = Palette {
    is_dark: false,
    background: rgb(0xd9dde3),
    panel: rgb(0xf3f5f8),
    edge: rgb(0xbfc6d0),
    well: rgb(0xffffff),
    grid: rgb(0xe7eaef),
    raised: rgb(0xe4e8ee),
    hovered: rgb(0xd3d9e2),
    text: rgb(0x171a20),
    text_dim: rgb(0x4d5766),
    on_accent: rgb(0xffffff),
    alarm: rgb(0xb3261e),
    caution: rgb(0x805000),
    levels: rgb(0x0e6661),
    eq: rgb(0x1357b0),
    compressor: rgb(0x824d00),
    width: rgb(0x5b3fb5),
    clipper: rgb(0x9f3812),
    limiter: rgb(0xaa1c56),
    output: rgb(0x2a692e),
    track: rgb(0x655b00),
    adaptive: rgb(0x0b6848),
};

/// The strongest contrast: white on black with lines that can be seen.
pub const HIGH_CONTRAST: Palette = Palette {
    is_dark: true,
    background: rgb(0x000000),
    panel: rgb(0x000000),
    edge: rgb(0x9a9a9a),
    well: rgb(0x000000),
    grid: rgb(0x4a4a4a),
    raised: rgb(0x262626),
    hovered: rgb(0x484848),
    text: rgb(0xffffff),
    text_dim: rgb(0xe2e2e2),
    on_accent: rgb(0x000000),
    alarm: rgb(0xff8a8a),
    caution: rgb(0xffe066),
    levels: rgb(0x8ff5ec),
    eq: rgb(0x8fc6ff),
    compressor: rgb(0xffc65e),
    width: rgb(0xcabdff),
    clipper: rgb(0xffaf91),
    limiter: rgb(0xffa0be),
    output: rgb(0xa4f0a8),
    track: rgb(0xf0f07a),
    adaptive: rgb(0x7ff0bd),
};

/// Corners of panels, in points.
pub const PANEL_ROUNDING: u8 = 7;
/// Corners of controls, in points.
pub const CONTROL_ROUNDING: u8 = 4;

/// Labels, scales and values in tight places.
pub const SMALL: FontId = FontId { size: 11.5, family: FontFamily::Proportional };
/// Everything else.
pub const NORMAL: FontId = FontId { size: 13.0, family: FontFamily::Proportional };
/// Names of pages and the program.
pub const TITLE: FontId = FontId { size: 17.0, family: FontFamily::Proportional };
/// The one number that matters most.
pub const LARGE: FontId = FontId { size: 26.0, family: FontFamily::Proportional };

impl Palette {
    /// The colours of a theme.
    pub fn of(theme: user_settings::Theme) -> &'static Self {
        match theme {
            user_settings::Theme::Dark => &DARK,
            user_settings::Theme::Light => &LIGHT,
            user_settings::Theme::HighContrast => &HIGH_CONTRAST,
        }
    }

    /// The background as the renderer wants it: it clears to these very numbers, without a curve.
    pub fn clear_colour(&self) -> Rgba {
        let [r, g, b, _] = self.background.to_normalized_gamma_f32();
        Rgba::from_rgb(r, g, b)
    }

    /// Dresses a window. Without motion nothing fades or slides.
    pub fn apply(&self, ctx: &Context, reduced_motion: bool) {
        ctx.set_theme(if self.is_dark { Theme::Dark } else { Theme::Light });
        ctx.all_styles_mut(|style| {
            style.visuals = self.visuals();
            style.animation_time = if reduced_motion { 0.0 } else { 0.08 };
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

    fn visuals(&self) -> Visuals {
        let mut visuals = if self.is_dark { Visuals::dark() } else { Visuals::light() };
        // The window is cleared to the background.
        visuals.panel_fill = Color32::TRANSPARENT;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.edge);
        visuals.extreme_bg_color = self.well;
        visuals.override_text_color = Some(self.text);
        visuals.menu_corner_radius = CornerRadius::same(PANEL_ROUNDING);
        visuals.selection.bg_fill = self.eq.gamma_multiply(0.35);
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        let widgets = &mut visuals.widgets;
        for (look, fill) in [
            (&mut widgets.inactive, self.raised),
            (&mut widgets.hovered, self.hovered),
            (&mut widgets.active, self.hovered),
            (&mut widgets.open, self.hovered),
        ] {
            look.bg_fill = fill;
            look.weak_bg_fill = fill;
            look.bg_stroke = Stroke::NONE;
            look.fg_stroke = Stroke::new(1.0, self.text);
            look.corner_radius = CornerRadius::same(CONTROL_ROUNDING);
            look.expansion = 0.0;
        }
        visuals
    }
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
    fn text_can_be_read_in_every_theme() {
        for (name, p) in [("dark", DARK), ("light", LIGHT), ("high contrast", HIGH_CONTRAST)] {
            let accents = [
                p.levels,
                p.eq,
                p.compressor,
                p.width,
                p.clipper,
                p.limiter,
                p.output,
                p.track,
                p.adaptive,
                p.alarm,
                p.caution,
            ];
            for colour in accents.into_iter().chain([p.text, p.text_dim]) {
                for ground in [p.background, p.panel, p.well, p.raised] {
                    let contrast = contrast(colour, ground);
                    assert!(contrast >= 4.5, "{name}: {colour:?} on {ground:?} is {contrast:.2}");
                }
            }
            assert!(contrast(p.text, p.hovered) >= 4.5, "{name}: text under the pointer");
            for accent in accents {
                assert!(contrast(p.on_accent, accent) >= 4.5, "{name}: text on {accent:?}");
            }
        }
    }

    #[test]
    fn no_text_is_smaller_than_eleven_points() {
        for font in [SMALL, NORMAL, TITLE, LARGE] {
            assert!(font.size >= 11.0);
        }
    }
}
