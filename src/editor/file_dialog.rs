//! The system's dialog for choosing files. The window goes on while it is open: the dialog is asked for on the main
//! thread and waited for on one of its own.

use std::future::Future;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// One dialog at a time.
#[derive(Debug, Clone, Default)]
pub struct FileDialog {
    open: Arc<AtomicBool>,
}

/// What the user is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Title of the dialog.
    pub title: &'static str,
    /// What files of this kind are called…
    pub kind: &'static str,
    /// …and how their names end.
    pub extensions: &'static [&'static str],
    /// How many there may be.
    pub pick: Pick,
}

/// How many files are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Pick {
    /// One that is there.
    One,
    /// Any that are there.
    Several,
    /// A new one, with a name to begin with.
    New(&'static str),
}

impl FileDialog {
    /// Opens the dialog unless it is open; `chosen` is called by another thread if the user chooses anything. Nothing
    /// happens on systems without dialogs.
    pub fn ask(&self, question: &Question, chosen: impl FnOnce(Vec<PathBuf>) + Send + 'static) {
        if self.open.swap(true, Ordering::Relaxed) {
            return;
        }
        let dialog = rfd::AsyncFileDialog::new().set_title(question.title);
        let dialog = dialog.add_filter(question.kind, question.extensions).add_filter("All files", &["*"]);
        // Asked for here, on the main thread, and waited for elsewhere.
        type Choice = Pin<Box<dyn Future<Output = Option<Vec<rfd::FileHandle>>> + Send>>;
        let one = |file: Option<rfd::FileHandle>| file.map(|file| vec![file]);
        let choice: Choice = match question.pick {
            Pick::One => {
                let file = dialog.pick_file();
                Box::pin(async move { one(file.await) })
            }
            Pick::Several => Box::pin(dialog.pick_files()),
            Pick::New(name) => {
                let file = dialog.set_file_name(name).save_file();
                Box::pin(async move { one(file.await) })
            }
        };
        let open = self.open.clone();
        let wait = move || {
            if let Some(files) = finished(choice) {
                chosen(files.iter().map(|file| file.path().to_owned()).collect());
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
