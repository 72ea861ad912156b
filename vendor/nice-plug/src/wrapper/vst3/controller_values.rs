//! AuraCore: Parameter values on their way from the controller's half of a plugin to the processor's.
//!
//! A host tells the controller, on its main thread, of every value that its user sets or its automation
//! plays, and sends the same values to `process()` with their timing. To take the controller's values
//! over while the transport runs would play late copies into the automation. To drop them, as the
//! published wrapper does, means that a host between two blocks, or with an idle engine, neither reads
//! back nor saves what it set, although it was told that all is well.
//!
//! So values that are set while the transport runs wait here. Reading and saving see them, and the next
//! process call takes them over, unless the host sends values of the same parameter along, or has
//! done so since the transport was started. At all other times values are stored at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Stands for no value; a NaN, which is never set.
const NONE: u32 = u32::MAX;

/// The values that wait, by the hash of the parameter. Used by the main and the audio thread, without
/// locks or allocations.
pub(crate) struct ControllerValues {
    by_hash: HashMap<u32, ControllerValue>,
    is_any_waiting: AtomicBool,
    /// Whether the transport ran in the last process call that said so.
    is_playing: AtomicBool,
}

struct ControllerValue {
    /// The bits of the normalized value, or `NONE`.
    waiting: AtomicU32,
    /// Whether the host has sent values to `process()` since the transport was started.
    is_automated: AtomicBool,
}

impl ControllerValues {
    pub fn new(hashes: impl Iterator<Item = u32>) -> Self {
        let value = || ControllerValue {
            waiting: AtomicU32::new(NONE),
            is_automated: AtomicBool::new(false),
        };
        Self {
            by_hash: hashes.map(|hash| (hash, value())).collect(),
            is_any_waiting: AtomicBool::new(false),
            is_playing: AtomicBool::new(false),
        }
    }

    pub fn is_playing(&self) -> bool {
        self.is_playing.load(Ordering::SeqCst)
    }

    /// Before the parameter changes of a process call, and where processing starts or stops.
    pub fn set_playing(&self, is_playing: bool) {
        if self.is_playing.swap(is_playing, Ordering::SeqCst) != is_playing {
            for value in self.by_hash.values() {
                value.is_automated.store(false, Ordering::SeqCst);
            }
        }
    }

    /// Lets a finite value wait. Main thread.
    pub fn wait(&self, hash: u32, normalized_value: f32) {
        if let Some(value) = self.by_hash.get(&hash) {
            value.waiting.store(normalized_value.to_bits(), Ordering::SeqCst);
            self.is_any_waiting.store(true, Ordering::SeqCst);
        }
    }

    /// The value that waits, if there is one. Any thread.
    pub fn waiting(&self, hash: u32) -> Option<f32> {
        let bits = self.by_hash.get(&hash)?.waiting.load(Ordering::SeqCst);
        (bits != NONE).then(|| f32::from_bits(bits))
    }

    /// Drops the value that waits, if there is one: a later one was stored. Any thread.
    pub fn drop_waiting(&self, hash: u32) {
        if let Some(value) = self.by_hash.get(&hash) {
            value.waiting.store(NONE, Ordering::SeqCst);
        }
    }

    /// The host has sent a value to `process()`; it is newer than one that waits. Audio thread.
    pub fn sent_to_process(&self, hash: u32) {
        if let Some(value) = self.by_hash.get(&hash) {
            value.waiting.store(NONE, Ordering::SeqCst);
            if self.is_playing() {
                value.is_automated.store(true, Ordering::SeqCst);
            }
        }
    }

    /// Hands all values that wait to `store`, but those of parameters that the host automates. Audio
    /// thread, behind the parameter changes of a process call.
    pub fn take_unless_automated(&self, store: impl FnMut(u32, f32)) {
        self.take_where(|value| !value.is_automated.load(Ordering::SeqCst), store);
    }

    /// Hands all values that wait to `store`. Main thread, where no process call comes in time.
    pub fn take(&self, store: impl FnMut(u32, f32)) {
        self.take_where(|_| true, store);
    }

    /// Drops all values that wait: a state was loaded. Any thread.
    pub fn drop_all(&self) {
        self.take_where(|_| false, |_, _| ());
    }

    fn take_where(
        &self,
        is_wanted: impl Fn(&ControllerValue) -> bool,
        mut store: impl FnMut(u32, f32),
    ) {
        if !self.is_any_waiting.swap(false, Ordering::SeqCst) {
            return;
        }
        for (hash, value) in &self.by_hash {
            let bits = value.waiting.swap(NONE, Ordering::SeqCst);
            if bits != NONE && is_wanted(value) {
                store(*hash, f32::from_bits(bits));
            }
        }
    }
}
