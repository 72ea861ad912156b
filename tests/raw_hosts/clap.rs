//! A small CLAP host that passes on what a test hands it, however wrong.

#![allow(unsafe_code)] // calls through the format's pointers

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use clap_sys::version::CLAP_VERSION;

use super::library::{Bus, library, path};

/// One instance.
pub struct Clap {
    plugin: *const clap_plugin,
    _host: Box<clap_host>,
}

impl Clap {
    /// Makes and initialises an instance.
    pub fn new(id: &CStr) -> Self {
        let host = Box::new(clap_host {
            clap_version: CLAP_VERSION,
            host_data: null_mut(),
            name: c"Raw host".as_ptr(),
            vendor: c"".as_ptr(),
            url: c"".as_ptr(),
            version: c"1".as_ptr(),
            get_extension: Some(no_extension),
            request_restart: Some(ignore),
            request_process: Some(ignore),
            request_callback: Some(ignore),
        });
        // SAFETY: the functions are those that the format prescribes; the host lives as long as the plugin.
        let plugin = unsafe {
            let entry: *const clap_plugin_entry =
                *library().get::<*const clap_plugin_entry>(b"clap_entry").unwrap();
            let path = CString::new(path().to_str().unwrap()).unwrap();
            assert!((*entry).init.unwrap()(path.as_ptr()));
            let factory: *const clap_plugin_factory =
                (*entry).get_factory.unwrap()(CLAP_PLUGIN_FACTORY_ID.as_ptr()).cast();
            let plugin = (*factory).create_plugin.unwrap()(factory, &*host, id.as_ptr());
            assert!((*plugin).init.unwrap()(plugin));
            plugin
        };
        Self { plugin, _host: host }
    }

    pub fn activate(&self, rate_hz: f64, max_frames: u32) -> bool {
        // SAFETY: the plugin lives.
        unsafe { (*self.plugin).activate.unwrap()(self.plugin, rate_hz, 1, max_frames) }
    }

    pub fn deactivate(&self) {
        // SAFETY: the plugin lives.
        unsafe { (*self.plugin).deactivate.unwrap()(self.plugin) }
    }

    pub fn start(&self) -> bool {
        // SAFETY: the plugin lives.
        unsafe { (*self.plugin).start_processing.unwrap()(self.plugin) }
    }

    pub fn stop(&self) {
        // SAFETY: the plugin lives.
        unsafe { (*self.plugin).stop_processing.unwrap()(self.plugin) }
    }

    pub fn process(&self, frames: u32, inputs: &mut [Bus], outputs: &mut [Bus]) -> clap_process_status {
        let counts = [inputs.len() as u32, outputs.len() as u32];
        let mut lists: Vec<Vec<Vec<*mut f32>>> = Vec::new();
        let [inputs, mut outputs] = [inputs, outputs].map(|buses| {
            let mut pointers: Vec<Vec<*mut f32>> = buses.iter_mut().map(Bus::pointers).collect();
            let listed = buses.iter().map(|bus| bus.is_listed);
            let mut buffers: Vec<clap_audio_buffer> = pointers
                .iter_mut()
                .zip(listed)
                .map(|(pointers, listed)| {
                    buffer(pointers.len(), if listed { pointers.as_mut_ptr() } else { null_mut() })
                })
                .collect();
            // Whoever reads further than the host says dies of it.
            buffers.push(buffer(2, std::ptr::without_provenance_mut(8)));
            lists.push(pointers);
            buffers
        });
        let process = clap_process {
            steady_time: -1,
            frames_count: frames,
            transport: null(),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: counts[0],
            audio_outputs_count: counts[1],
            in_events: null(),
            out_events: null(),
        };
        // SAFETY: everything lives until the call returns, but for what is wrong on purpose.
        unsafe { (*self.plugin).process.unwrap()(self.plugin, &process) }
    }
}

impl Drop for Clap {
    fn drop(&mut self) {
        // SAFETY: nothing uses the plugin any more.
        unsafe { (*self.plugin).destroy.unwrap()(self.plugin) };
    }
}

fn buffer(channels: usize, list: *mut *mut f32) -> clap_audio_buffer {
    clap_audio_buffer {
        data32: list,
        data64: null_mut(),
        channel_count: channels as u32,
        latency: 0,
        constant_mask: 0,
    }
}

unsafe extern "C" fn no_extension(_host: *const clap_host, _id: *const c_char) -> *const c_void {
    null()
}

unsafe extern "C" fn ignore(_host: *const clap_host) {}
