//! Asks the open window for a new picture. Any thread but the audio thread.
//!
//! A window is asked only once it has drawn itself. The framework (baseview 0.4.2 on X11) answers a request that comes
//! before the window is on the screen by waiting for an event that never arrives, and then stays blank for ever. Its own
//! clock would ask sixteen milliseconds after the window was made, and hosts often take longer to show it: it is stopped,
//! and the worker of the meters keeps time instead.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nice_plug_egui::baseview::WindowWaker;

/// Time of the framework's own clock: never.
pub const FRAMEWORK_PERIOD: Duration = Duration::from_secs(1 << 30);

/// The window that is open and has drawn itself, if there is one. Clones share it.
#[derive(Clone, Default)]
pub struct Wake(Arc<Mutex<Option<WindowWaker>>>);

impl Wake {
    /// A new window is being made, which is not to be asked yet.
    pub fn forget(&self) {
        *self.window() = None;
    }

    /// The window draws itself.
    pub fn drawn(&self, waker: impl FnOnce() -> WindowWaker) {
        self.window().get_or_insert_with(waker);
    }

    /// Asks for a new picture.
    pub fn ask(&self) {
        if let Some(window) = &*self.window() {
            window.request_redraw();
        }
    }

    /// Has it look whether the host has changed something.
    pub fn look(&self) {
        if let Some(window) = &*self.window() {
            window.request_poll();
        }
    }

    fn window(&self) -> MutexGuard<'_, Option<WindowWaker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
