//! The system's dialog for choosing a file. The window goes on while it is open: the dialog is asked for on the main
//! thread and waited for on one of its own.

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// One dialog at a time.
#[derive(Debug, Clone, Default)]
pub struct FileDialog {
    open: Arc<AtomicBool>,
}

impl FileDialog {
    /// Opens the dialog unless it is open; `chosen` is called by another thread if the user chooses a file. Nothing
    /// happens on systems without dialogs.
    pub fn choose(&self, title: &str, extensions: &[&str], chosen: impl FnOnce(PathBuf) + Send + 'static) {
        if self.open.swap(true, Ordering::Relaxed) {
            return;
        }
        let dialog = rfd::AsyncFileDialog::new().set_title(title).add_filter("Tracks", extensions);
        let choice = dialog.add_filter("All files", &["*"]).pick_file();
        let open = self.open.clone();
        let wait = move || {
            if let Some(file) = finished(choice) {
                chosen(file.path().to_owned());
            }
            open.store(false, Ordering::Relaxed);
        };
        if thread::Builder::new().name("auracore dialog".to_owned()).spawn(wait).is_err() {
            self.open.store(false, Ordering::Relaxed);
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Blocks until a future is done.
fn finished<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_what_another_thread_finishes() {
        let mut polls = 0;
        let value = finished(std::future::poll_fn(|context| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(polls);
            }
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        }));
        assert_eq!(value, 3);
    }
}
