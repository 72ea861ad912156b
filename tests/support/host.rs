//! A host's side for an editor without a host: carries every change out at once and writes it down.

use std::sync::{Arc, Mutex};

use auracore::params::AuraParams;
use nice_plug::context::PluginApi;
use nice_plug::context::gui::GuiContextInner;
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
    /// For the parameters of one instance.
    pub fn new(params: Arc<AuraParams>) -> Arc<Self> {
        Arc::new(Self { params, told: Mutex::new(Vec::new()) })
    }

    /// What was told since the last call.
    pub fn told(&self) -> Vec<Told> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

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
