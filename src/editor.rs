//! The editor window: draws the parameters and meters of one plugin instance and sends changes through the host.
//! Main thread; meters and telemetry arrive through triple buffers.
//!
//! A window costs most by being drawn, so it is drawn only when something in it has moved: the meters, the host or the
//! user say so.

use std::time::Duration;

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::SizeConstraints;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::prelude::*;
use nice_plug_egui::baseview::HandlerError;
use nice_plug_egui::resizable_window::ResizableWindow;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, GlConfig, GraphicsConfig, NiceEguiApp,
    RepaintNotifier, create_egui_editor,
};

use crate::plugin::EditorLink;

mod file_dialog;
mod footer;
mod hand;
mod header;
mod history;
pub mod layout;
mod pacing;
mod pages;
pub mod theme;
pub mod view;
mod widgets;

use hand::Hand;
use layout::{DEFAULT_SIZE, MIN_SIZE, Places};
use pacing::Pacing;
use pages::Desk;
use theme::Palette;
use view::{Page, View};

/// When to draw once more after the user did something.
const AFTER_INPUT: Duration = Duration::from_millis(50);

/// The editor type that both plugin entries name.
pub type Editor = EguiEditor<App>;

/// What is drawn. It outlives its windows.
pub struct App {
    link: EditorLink,
    /// While a window is open.
    gui: Option<GuiContext>,
    view: View,
    pacing: Pacing,
    colours: &'static Palette,
}

impl App {
    /// For one plugin instance.
    pub fn new(link: EditorLink) -> Self {
        Self { link, gui: None, view: View::default(), pacing: Pacing::default(), colours: &theme::DARK }
    }

    /// What the window remembers.
    pub fn view(&mut self) -> &mut View {
        &mut self.view
    }

    /// The theme of the next window.
    pub fn set_colours(&mut self, colours: &'static Palette) {
        self.colours = colours;
    }

    /// Dresses a new window whose changes go to `gui`.
    pub fn open(&mut self, ctx: &egui::Context, gui: GuiContext) {
        self.colours.apply(ctx, false);
        self.gui = Some(gui);
        self.pacing = Pacing::default();
    }

    /// Draws and runs one frame into all of `ui`.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        let Self { link, gui: Some(gui), view, pacing, colours } = self else { return };
        let now_s = ui.input(|input| input.time);
        let telemetry = *link.telemetry.read();
        let history = std::mem::take(&mut view.history);
        link.meters.wake_at_most(pacing.drawn(now_s));
        link.meters.set_smoothing(view.analyser.smoothing);
        link.meters.hold_peaks(view.analyser.peak_hold);
        let asker = link.adaptive.asker();
        let beats = link.adaptive.beats();
        let reset = {
            let hand = Hand::new(gui.param_setter(), &link.params, &history, now_s);
            let desk = Desk {
                params: &link.params,
                hand: &hand,
                colours,
                picture: link.meters.picture(),
                telemetry,
                listener: link.adaptive.picture(),
            };
            // A host may make a window smaller than it was told; what does not fit is then cut off at its edge.
            let window = ui.ctx().content_rect();
            let places = Places::of(egui::Rect::from_min_size(window.min, window.size().max(MIN_SIZE)));
            header::show(ui, &desk, places.header, &mut view.page, &mut view.loaded);
            footer::show(ui, &desk, places.footer);
            let mut reset = false;
            match view.page {
                Page::Master => reset = pages::master::show(ui, &desk, places.page, view),
                Page::Adaptive => {
                    pages::adaptive::show(ui, &desk, places.page, (&asker, beats), &mut view.adaptive);
                }
                Page::Track => {
                    pages::track::show(ui, &desk, places.page, &mut link.track, &mut view.track);
                }
            }
            reset
        };
        view.history = history;
        if reset {
            link.meters.reset();
        }
        // The meters ask for their frames themselves; what the hand has changed may take a moment to come back.
        if ui.input(|input| !input.events.is_empty()) {
            ui.ctx().request_repaint_after(AFTER_INPUT);
        }
    }
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        gui: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        frame.set_clear_color(self.colours.clear_colour());
        self.open(&egui_ctx, gui);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        ResizableWindow::new("window").min_size(MIN_SIZE).show(ui, |ui| self.draw(ui));
    }

    fn editor_closed(&mut self) {
        self.gui = None;
    }
}

/// The editor for one plugin instance; its windows come and go.
pub fn create(link: EditorLink) -> Option<Editor> {
    let size = |size: egui::Vec2| LogicalSize::new(size.x, size.y);
    let hint = ResizeHint {
        can_resize: true,
        can_resize_horizontally: true,
        can_resize_vertically: true,
        size_constraints: SizeConstraints::Logical { min_size: Some(size(MIN_SIZE)), max_size: None },
        ..ResizeHint::default()
    };
    let state = EguiEditorState::from_size(size(DEFAULT_SIZE), 1.0);
    let settings =
        EguiNiceSettings::new().with_tile("AuraCore").with_resize_hint(hint).with_graphics_config(graphics());
    let notifier = RepaintNotifier::new();
    let meters = notifier.clone();
    link.meters.wake_with(move || meters.request_repaint());
    let track = notifier.clone();
    link.track.wake_with(move || track.request_repaint());
    let listener = notifier.clone();
    link.adaptive.wake_with(move || listener.request_repaint());
    create_egui_editor(state, notifier, settings, App::new(link))
}

/// Only what flat colours need: without a graphics processor the rest costs a good part of each frame.
fn graphics() -> GraphicsConfig {
    let gl_config = GlConfig { depth_bits: 0, stencil_bits: 0, ..GlConfig::default() };
    GraphicsConfig { gl_config, dithering: false, ..GraphicsConfig::default() }
}
