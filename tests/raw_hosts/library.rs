//! The built plugin as a shared object, and what raw hosts hand to it.

#![allow(unsafe_code)] // loading a shared object

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::Library;

/// The shared object that `AURACORE_CLAP` names, or else the one that was built with this test. Every format is in it.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        // A folder that nobody has made: no test may depend on the settings of whoever runs it.
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("raw-home-{}", std::process::id()));
        // SAFETY: before the first plugin of the process; nothing but the standard library, which has a lock, reads the
        // environment yet.
        unsafe { std::env::set_var("XDG_CONFIG_HOME", home) };
        // SAFETY: the plugin's initialisers are those of the Rust runtime.
        unsafe { Library::new(path()) }.unwrap_or_else(|error| panic!("{}: {error}", path().display()))
    })
}

/// Where the shared object is.
pub fn path() -> PathBuf {
    let built = || std::env::current_exe().unwrap().with_file_name("libauracore.so");
    std::env::var_os("AURACORE_CLAP").map_or_else(built, PathBuf::from)
}

/// Channels of one bus as a host passes them, right or wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Bus {
    /// `None` is passed as a null pointer.
    pub channels: Vec<Option<Vec<f32>>>,
    /// Whether there is a list of channels; without, a null pointer stands for it.
    pub is_listed: bool,
}

impl Bus {
    /// Channels of equal content.
    pub fn filled(channels: usize, samples: &[f32]) -> Self {
        Self { channels: vec![Some(samples.to_vec()); channels], is_listed: true }
    }

    /// A bus that a host has switched off.
    pub fn empty() -> Self {
        Self { channels: Vec::new(), is_listed: false }
    }

    /// The same with a null pointer for a channel.
    pub fn without(mut self, channel: usize) -> Self {
        self.channels[channel] = None;
        self
    }

    /// The addresses of the channels, as long as the bus stands.
    pub fn pointers(&mut self) -> Vec<*mut f32> {
        let pointer = |channel: &mut Option<Vec<f32>>| {
            channel.as_mut().map_or(std::ptr::null_mut(), |samples| samples.as_mut_ptr())
        };
        self.channels.iter_mut().map(pointer).collect()
    }

    /// Whether every channel that is there is finite, and none is louder than `limit`.
    pub fn is_within(&self, limit: f32) -> bool {
        self.channels.iter().flatten().flatten().all(|x| x.abs() <= limit)
    }
}
