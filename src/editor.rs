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

use crate::adaptive::worker::AdaptiveView;
use crate::plugin::{EditorLink, TrackView};

mod file_dialog;
mod layout;
mod sections;
mod theme;
mod widgets;

use layout::{DEFAULT_SIZE, MIN_SIZE, Places};
use sections::Desk;
use sections::header::Loaded;
use sections::track::Shown;

/// When to draw once more after the user did something.
const AFTER_INPUT: Duration = Duration::from_millis(50);

/// The editor type that both plugin entries name.
pub type Editor = EguiEditor<App>;

/// What is drawn. It outlives its windows.
pub struct App {
    link: EditorLink,
    /// While a window is open.
    gui: Option<GuiContext>,
    loaded: Loaded,
    shown: Shown,
    listening: sections::adaptive::Open,
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        gui: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        theme::apply(&egui_ctx);
        frame.set_clear_color(theme::background());
        self.gui = Some(gui);
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut Frame) {
        let Self { link, gui: Some(gui), loaded, shown, listening } = self else { return };
        let setter = gui.param_setter();
        let telemetry = *link.telemetry.read();
        let desk = Desk { params: &link.params, setter: &setter, picture: link.meters.picture(), telemetry };
        let window = ResizableWindow::new("window").min_size(MIN_SIZE);
        let (track, listener) = (&mut link.track, &mut link.adaptive);
        let reset =
            window.show(ui, |ui| draw(ui, &desk, loaded, (track, shown), (listener, listening))).inner;
        // The meters ask for their frames themselves; what the hand has changed may take a moment to come back.
        if ui.input(|input| !input.events.is_empty()) {
            ui.ctx().request_repaint_after(AFTER_INPUT);
        }
        if reset {
            link.meters.reset();
        }
    }

    fn editor_closed(&mut self) {
        self.gui = None;
    }
}

/// Draws all parts; true when the loudness meters are to start over.
fn draw(
    ui: &mut egui::Ui,
    desk: &Desk,
    loaded: &mut Loaded,
    (track, shown): (&mut TrackView, &mut Shown),
    (listener, open): (&mut AdaptiveView, &mut sections::adaptive::Open),
) -> bool {
    let places = Places::of(ui.max_rect());
    sections::header::show(ui, desk, places.header, loaded);
    sections::input::show(ui, desk, places.input);
    sections::track::button(ui, desk, places.track_button, track, shown);
    let was_open = open.is_open;
    sections::adaptive::button(ui, desk, places.adaptive_button, listener, open);
    // One of them at a time, the one that was asked for last.
    if open.is_open && !was_open {
        shown.is_open = false;
    }
    open.is_open &= !shown.is_open;
    if open.is_open {
        sections::adaptive::show(ui, desk, places.eq, listener, open);
    } else if shown.is_open {
        sections::track::show(ui, desk, places.eq, track, shown);
    } else {
        sections::eq::show(ui, desk, places.eq);
    }
    sections::compressor::show(ui, desk, places.compressor);
    sections::width::show(ui, desk, places.width);
    sections::clipper::show(ui, desk, places.clipper);
    sections::limiter::show(ui, desk, places.limiter);
    sections::output::show(ui, desk, places.output);
    sections::loudness::show(ui, desk, places.loudness)
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
    let app = App {
        link,
        gui: None,
        loaded: Loaded::default(),
        shown: Shown::default(),
        listening: Default::default(),
    };
    create_egui_editor(state, notifier, settings, app)
}

/// Only what flat colours need: without a graphics processor the rest costs a good part of each frame.
fn graphics() -> GraphicsConfig {
    let gl_config = GlConfig { depth_bits: 0, stencil_bits: 0, ..GlConfig::default() };
    GraphicsConfig { gl_config, dithering: false, ..GraphicsConfig::default() }
}
