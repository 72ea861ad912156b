//! The editor window: draws the parameters and meters of one plugin instance and sends changes through the host.
//! Main thread; meters and telemetry arrive through triple buffers.
//!
//! A window costs most by being drawn, so it is drawn only when something in it has moved: the meters, the host or the
//! user say so.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use nice_plug::context::gui::GuiContext;
use nice_plug::editor::SizeConstraints;
use nice_plug::editor::dpi::{LogicalSize, PhysicalSize};
use nice_plug::prelude::*;
use nice_plug_egui::baseview::HandlerError;
use nice_plug_egui::resizable_window::ResizableWindow;
use nice_plug_egui::{
    EguiEditor, EguiEditorState, EguiNiceSettings, Frame, GlConfig, GraphicsConfig, NiceEguiApp,
    RepaintNotifier, create_egui_editor,
};

use crate::state::library::Library;
use crate::state::user_settings::file::SettingsFile;
use crate::state::user_settings::{SCALE_PERCENT, Theme};
use crate::view::EditorLink;

mod desk;
mod file_dialog;
mod footer;
mod hand;
mod header;
mod history;
pub mod layout;
mod pacing;
mod pages;
mod preferences;
mod shelf;
pub mod theme;
mod trouble;
pub mod view;
mod wake;
mod widgets;
mod window_size;

use desk::Desk;
use hand::Hand;
use layout::{MIN_SIZE, Places};
use pacing::Pacing;
use pages::PageStates;
use preferences::Preferences;
use shelf::Shelf;
use theme::Palette;
use view::{Page, View, measured_smoothing};
use wake::Wake;
use window_size::WindowSize;

/// When to draw once more after the user did something.
const AFTER_INPUT: Duration = Duration::from_millis(50);

/// The editor type that both plugin entries name.
pub type Editor = EguiEditor<App>;

/// What is drawn. It outlives its windows.
pub struct App {
    link: EditorLink,
    /// While a window is open.
    gui: Option<GuiContext>,
    wake: Wake,
    view: View,
    pages: PageStates,
    preferences: Preferences,
    pacing: Pacing,
    size: WindowSize,
    /// The theme that the window wears, and whether it wears it without motion.
    worn: Option<(Theme, bool)>,
}

impl App {
    /// For one plugin instance, with the user's own settings and presets.
    pub fn new(link: EditorLink) -> Self {
        Self::with(link, SettingsFile::of_user(), Shelf::new(Library::of_user))
    }

    /// For one plugin instance, with settings and presets in other places, which need not exist.
    pub fn at(link: EditorLink, settings: PathBuf, presets: PathBuf) -> Self {
        let shelf = Shelf::new(move || Library::at(Some(presets.clone())));
        Self::with(link, SettingsFile::at(settings), shelf)
    }

    fn with(link: EditorLink, file: SettingsFile, shelf: Shelf) -> Self {
        let (preferences, settings) = Preferences::load(file);
        let view = View::new(settings, shelf);
        Self {
            link,
            gui: None,
            wake: Wake::default(),
            view,
            pages: PageStates::default(),
            preferences,
            pacing: Pacing::default(),
            size: WindowSize::default(),
            worn: None,
        }
    }

    /// What the window remembers.
    pub fn view(&mut self) -> &mut View {
        &mut self.view
    }

    /// Dresses a new window whose changes go to `gui`.
    pub fn open(&mut self, ctx: &egui::Context, gui: GuiContext) {
        // The scale is a setting of its own.
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            // What was typed is taken before a click elsewhere changes the page.
            options.input_options.surrender_focus_on = egui::SurrenderFocusOn::Presses;
        });
        self.preferences.refresh(&mut self.view.settings);
        self.view.shelf.refresh();
        if self.link.params.take_new()
            && let Some(choice) = &self.view.settings.default_preset
        {
            self.view.shelf.start_with(choice, &self.link.params, &gui.param_setter());
        }
        self.view.shelf.recognise(self.view.settings.default_preset.as_ref(), &self.link.params);
        // What the last window held when it went, nobody holds any more.
        let present = self.link.params.expected();
        for history in &mut self.view.histories {
            let held = history.get_mut().let_go(&present);
            self.link.params.end_gestures(&held, &gui.param_setter());
        }
        self.gui = Some(gui);
        self.pacing = Pacing::default();
        self.worn = None;
        self.size = WindowSize::default();
        self.dress(ctx);
    }

    fn colours(&self) -> &'static Palette {
        Palette::of(self.view.settings.theme)
    }

    /// Puts on the theme of the settings where it is not worn yet.
    fn dress(&mut self, ctx: &egui::Context) {
        let wanted = (self.view.settings.theme, self.view.settings.reduced_motion);
        if self.worn != Some(wanted) {
            self.colours().apply(ctx, wanted.1);
            self.worn = Some(wanted);
        }
    }

    /// Draws and runs one frame into all of `ui`.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        self.dress(ui.ctx());
        let now_s = ui.input(|input| input.time);
        let colours = self.colours();
        let Self { link, gui: Some(gui), view, pages, preferences, pacing, .. } = self else { return };
        let telemetry = *link.telemetry.read();
        let history = std::mem::take(&mut view.histories);
        let serial = link.meters.picture().serial;
        link.meters.wake_at_most(pacing.drawn(now_s, serial));
        link.meters.set_smoothing(measured_smoothing(view.settings.analyser.smoothing));
        link.meters.hold_peaks(view.settings.analyser.peak_hold);
        let asker = link.adaptive.asker();
        let beats = link.adaptive.beats();
        let trouble = trouble::of(link);
        let problem = trouble.as_deref().or_else(|| preferences.problem());
        let mix = *link.mix.read();
        let reset = {
            let hand = Hand::new(gui.param_setter(), &link.params, &history, now_s);
            let desk = Desk {
                params: &link.params,
                hand: &hand,
                colours,
                picture: link.meters.picture(),
                telemetry,
                mix,
                listener: link.adaptive.picture(),
            };
            let places = Places::of(at_least(ui.ctx().content_rect(), MIN_SIZE));
            let page = view.settings.page;
            let is_edited = page == Page::Track && pages.track.editing.track().is_some();
            let edited = is_edited.then_some(&mut pages.track.editing);
            header::show(ui, &desk, places.header, &mut view.settings.page, &mut view.shelf, edited);
            footer::show(ui, &desk, places.footer, problem);
            if page != view.settings.page && view.settings.page == Page::Presets {
                view.shelf.refresh();
            }
            let mut reset = false;
            match view.settings.page {
                Page::Master => reset = pages::master::show(ui, &desk, places.page, view),
                Page::Adaptive => {
                    pages::adaptive::show(ui, &desk, places.page, (&asker, beats), &mut pages.adaptive);
                }
                Page::Track => {
                    pages::track::show(ui, &desk, places.page, &mut link.sources.track, &mut pages.track);
                }
                Page::Presets => {
                    pages::presets::show(ui, &desk, places.page, view, &mut pages.presets);
                }
                Page::Settings => {
                    let told = (gui.plugin_api(), problem);
                    pages::settings::show(ui, &desk, places.page, view, &mut pages.licences, told);
                }
            }
            reset
        };
        view.histories = history;
        if reset {
            link.meters.reset();
        }
        // The meters ask for their frames themselves; what the hand has changed may take a moment to come back.
        if ui.input(|input| !input.events.is_empty()) {
            ui.ctx().request_repaint_after(AFTER_INPUT);
        }
        if let Some(in_s) = preferences.follow(&view.settings, now_s) {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(in_s));
        }
    }

    /// Holds the window to its scale and size.
    fn keep_size(&mut self, ctx: &egui::Context) {
        let settings = &mut self.view.settings;
        let zoom = f32::from(settings.scale_percent) / 100.0;
        if ctx.zoom_factor() != zoom {
            ctx.set_zoom_factor(zoom);
            ctx.request_repaint();
            return;
        }
        let now_s = ctx.input(|input| input.time);
        let now = ctx.content_rect().size();
        let outcome = self.size.follow(now, settings.window_size_points, settings.scale_percent, now_s);
        if let Some(size) = outcome.ask {
            ctx.send_viewport_cmd(egui::ViewportCommand::InnerSize(size));
        }
        if let Some(size) = outcome.remember {
            settings.window_size_points = size;
        }
        if outcome.is_waiting {
            ctx.request_repaint_after(AFTER_INPUT);
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.preferences.keep(&self.view.settings);
    }
}

/// An area that is no smaller than `size`, whatever a host makes of the window.
fn at_least(area: egui::Rect, size: egui::Vec2) -> egui::Rect {
    egui::Rect::from_min_size(area.min, area.size().max(size))
}

impl NiceEguiApp for App {
    fn build(
        &mut self,
        egui_ctx: egui::Context,
        gui: GuiContext,
        frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        self.wake.forget();
        self.open(&egui_ctx, gui);
        frame.set_clear_color(self.colours().clear_colour());
        Ok(())
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut Frame) {
        self.wake.drawn(|| frame.baseview_window().waker());
        frame.set_clear_color(self.colours().clear_colour());
        self.keep_size(ui.ctx());
        // The first frame of a window at another scale than 100 % knows no size yet.
        if ui.ctx().cumulative_frame_nr() == 0 && ui.ctx().zoom_factor() != 1.0 {
            return ui.ctx().request_repaint();
        }
        ResizableWindow::new("window").min_size(MIN_SIZE).show(ui, |ui| self.draw(ui));
    }

    fn editor_closed(&mut self) {
        self.pages.track.editing.give_last(&self.link.sources.track.opener());
        self.preferences.keep(&self.view.settings);
        self.gui = None;
    }
}

/// The editor for one plugin instance; its windows come and go.
pub fn create(link: EditorLink) -> Option<Editor> {
    // The smallest window at the smallest scale; at larger ones the window itself keeps to more.
    let smallest = MIN_SIZE * f32::from(*SCALE_PERCENT.start()) / 100.0;
    let min_size = Some(LogicalSize::new(smallest.x, smallest.y));
    let hint = ResizeHint {
        can_resize: true,
        can_resize_horizontally: true,
        can_resize_vertically: true,
        size_constraints: SizeConstraints::Logical { min_size, max_size: None },
        ..ResizeHint::default()
    };
    let settings = EguiNiceSettings::new()
        .with_tile("AuraCore")
        .with_resize_hint(hint)
        .with_graphics_config(graphics())
        .with_repaint_poll_interval(wake::FRAMEWORK_PERIOD);
    let app = App::new(link);
    let wake = || {
        let wake = app.wake.clone();
        move || wake.ask()
    };
    app.link.meters.wake_with(wake());
    let clock = app.wake.clone();
    app.link.meters.tick_with(move || clock.look());
    app.link.sources.track.wake_with(wake());
    app.link.adaptive.wake_with(wake());
    create_egui_editor(window_state(&app), RepaintNotifier::new(), settings, app)
}

/// The size that hosts are told before there is a window, in pixels. As long as it is one in pixels, a window that is
/// opened again has the very size that it had, whatever the scale.
fn window_state(app: &App) -> Arc<EguiEditorState> {
    let settings = &app.view.settings;
    let zoom = f32::from(settings.scale_percent) / 100.0;
    let [width, height] = settings.window_size_points.map(|points| (points as f32 * zoom).round() as u32);
    EguiEditorState::from_size(PhysicalSize::new(width, height), zoom)
}

/// Only what flat colours need: without a graphics processor the rest costs a good part of each frame.
fn graphics() -> GraphicsConfig {
    let gl_config = GlConfig { depth_bits: 0, stencil_bits: 0, ..GlConfig::default() };
    GraphicsConfig { gl_config, dithering: false, ..GraphicsConfig::default() }
}
