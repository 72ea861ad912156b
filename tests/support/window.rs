//! The editor without a window and without a host: a rig with real audio behind it, and a host's side that carries every
//! change out at once and writes it down.

use std::sync::{Arc, Mutex};

use auracore::editor::App;
use auracore::params::AuraParams;
use auracore::plugin::Rig;
use egui_kittest::Harness;
use nice_plug::context::PluginApi;
use nice_plug::context::gui::{GuiContext, GuiContextInner};
use nice_plug::params::internals::ParamPtr;
use nice_plug::plugin::PluginState;
use nice_plug::prelude::*;

/// What the host is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Begin(String),
    Set(String, f32),
    End(String),
}

/// The host's side.
pub struct Host {
    params: Arc<AuraParams>,
    told: Mutex<Vec<Told>>,
}

impl Host {
    fn id(&self, param: ParamPtr) -> String {
        let map = self.params.param_map();
        map.into_iter().find(|(_, known, _)| *known == param).expect("a parameter of the plugin").0
    }

    fn tell(&self, told: Told) {
        self.told.lock().unwrap().push(told);
    }
}

// The trait is of unsafe functions because hosts may hand in any pointer; here they are those of `params`, which lives.
#[allow(unsafe_code)]
impl GuiContextInner for Host {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        self.tell(Told::Begin(self.id(param)));
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        self.tell(Told::Set(self.id(param), normalized));
        unsafe { param._internal_set_normalized_value(normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        self.tell(Told::End(self.id(param)));
    }

    fn get_state(&self) -> PluginState {
        unimplemented!("the editor never asks for it")
    }

    fn set_state(&self, _state: PluginState) {
        unimplemented!("the editor never sets it")
    }

    fn request_restart(&self) {}
}

/// An editor that is driven by hand.
pub struct Window {
    pub harness: Harness<'static, App>,
    pub params: Arc<AuraParams>,
    pub rig: Rig,
    host: Arc<Host>,
}

impl Window {
    /// At a size in points.
    pub fn new(size: [f32; 2]) -> Self {
        let (rig, link) = Rig::new(48_000.0);
        let params = link.params.clone();
        let host = Arc::new(Host { params: params.clone(), told: Mutex::new(Vec::new()) });
        let harness = Harness::builder()
            .with_size(size)
            .with_step_dt(1.0 / 60.0)
            .build_ui_state(|ui, app: &mut App| app.draw(ui), App::new(link));
        let mut window = Self { harness, params, rig, host: host.clone() };
        let ctx = window.harness.ctx.clone();
        window.harness.state_mut().open(&ctx, GuiContext::new(host));
        window.frames(3);
        window
    }

    /// Draws some frames.
    pub fn frames(&mut self, count: usize) {
        self.harness.run_steps(count);
    }

    /// Plays a second of something with bass, tones and treble through the chain, and waits until it is shown.
    pub fn play(&mut self, seconds: f32) {
        let mut noise = 1u32;
        for block in 0..(seconds * 48_000.0 / 480.0) as usize {
            let mut planes = [[0.0f32; 480]; 2];
            for n in 0..480 {
                let t = (block * 480 + n) as f32 / 48_000.0;
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let hiss = (noise >> 8) as f32 / (1 << 23) as f32 - 1.0;
                let beat = (-8.0 * (t * 2.0).fract()).exp();
                let tone = (t * 440.0 * std::f32::consts::TAU).sin();
                let bass = (t * 55.0 * std::f32::consts::TAU).sin();
                planes[0][n] = 0.5 * bass * beat + 0.2 * tone + 0.05 * hiss;
                planes[1][n] = 0.5 * bass * beat + 0.15 * tone - 0.05 * hiss;
            }
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
        std::mem::take(&mut *self.host.told.lock().unwrap())
    }
}
