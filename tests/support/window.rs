//! The editor without a window: a rig with real audio behind it, driven by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auracore::editor::App;
use auracore::params::AuraParams;
use auracore::plugin::Rig;
use egui_kittest::Harness;
use nice_plug::context::gui::GuiContext;

use crate::host::{Host, Told};
use crate::programme::programme;

/// Windows made so far.
static WINDOWS: AtomicUsize = AtomicUsize::new(0);

/// An editor that is driven by hand.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub params: Arc<AuraParams>,
    pub rig: Rig,
    host: Arc<Host>,
    place: PathBuf,
}

impl Drop for Window {
    fn drop(&mut self) {
        // The editor keeps its settings when it goes, which is after this; an empty folder or none is left.
        _ = std::fs::remove_dir_all(&self.place);
    }
}

impl Window {
    /// At a size in points.
    pub fn new(size: [f32; 2]) -> Self {
        Self::prepared(size, |_, _| {})
    }

    /// The same after something was done to the parameters and to the folder of settings, which is not there yet.
    pub fn prepared(size: [f32; 2], prepare: impl FnOnce(&AuraParams, &Path)) -> Self {
        let (rig, link) = Rig::new(48_000.0);
        let params = link.params.clone();
        let host = Host::new(params.clone());
        // A place of its own: the user's settings and presets are not to be touched, nor those of another test.
        let number = WINDOWS.fetch_add(1, Ordering::Relaxed);
        let nowhere = std::env::temp_dir().join(format!("auracore-window-{}-{number}", std::process::id()));
        prepare(&params, &nowhere);
        let app = App::at(link, nowhere.join("settings.json"), nowhere.join("presets"));
        let harness = Harness::builder()
            .with_size(size)
            .with_step_dt(1.0 / 60.0)
            .build_ui_state(|ui, app: &mut App| app.draw(ui), app);
        let mut window = Self { harness, params, rig, host: host.clone(), place: nowhere };
        let ctx = window.harness.ctx.clone();
        window.harness.state_mut().open(&ctx, GuiContext::new(host));
        window.frames(3);
        window
    }

    /// The window goes and another one comes, as hosts do it without a word.
    #[allow(dead_code)] // not every test does that
    pub fn open_again(&mut self) {
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().open(&ctx, GuiContext::new(self.host.clone()));
    }

    /// Draws some frames.
    pub fn frames(&mut self, count: usize) {
        self.harness.run_steps(count);
    }

    /// Plays a second of something with bass, tones and treble through the chain, and waits until it is shown.
    pub fn play(&mut self, seconds: f32) {
        for mut planes in programme((seconds * 100.0) as usize) {
            let [left, right] = &mut planes;
            self.rig.play(left, right);
            // The workers read at their own pace; the rings are not to overflow.
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        std::thread::sleep(std::time::Duration::from_millis(60));
        self.frames(2);
    }

    /// What the host was told since the last call.
    pub fn told(&self) -> Vec<Told> {
        self.host.told()
    }
}
