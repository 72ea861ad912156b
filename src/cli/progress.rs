//! Progress bars on standard error while files are worked on; nothing at all where that is no terminal.

use std::path::Path;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Steps of a full bar.
const STEPS: u64 = 1_000;

/// All bars of one run.
pub(super) struct Progress {
    bars: MultiProgress,
    overall: Option<ProgressBar>,
}

/// The bar of one file. It disappears when dropped.
pub(super) struct FileProgress<'a> {
    progress: &'a Progress,
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new(files: usize) -> Self {
        let bars = MultiProgress::new();
        let overall = (files > 1).then(|| {
            let bar =
                ProgressBar::new(files as u64).with_style(style("{pos}/{len} files [{wide_bar}] {elapsed}"));
            bars.add(bar)
        });
        Self { bars, overall }
    }

    pub(super) fn file(&self, path: &Path) -> FileProgress<'_> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bar =
            ProgressBar::new(STEPS).with_style(style("{prefix:30!} [{bar:30}] {msg}")).with_prefix(name);
        FileProgress { progress: self, bar: self.bars.insert(0, bar) }
    }

    /// Runs something that prints, with the bars out of the way.
    pub(super) fn print(&self, print: impl FnOnce()) {
        self.bars.suspend(print);
    }
}

impl FileProgress<'_> {
    /// What is being done, and how much of it, 0 to 1.
    pub(super) fn set(&self, doing: &str, share: f64) {
        self.bar.set_position((share * STEPS as f64) as u64);
        if self.bar.message() != doing {
            self.bar.set_message(doing.to_owned());
        }
    }
}

impl Drop for FileProgress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        self.progress.bars.remove(&self.bar);
        if let Some(overall) = &self.progress.overall {
            overall.inc(1);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
