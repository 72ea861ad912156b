//! An X server without a monitor, on which one window at a time has its picture taken.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::scene::Dressed;
use crate::Result;
use crate::steps::command;

/// Room for the largest window and, outside of it, for the pointer.
const SCREEN: &str = "1700x1100x24";
const POINTER: [&str; 2] = ["1690", "1090"];
/// How long a window may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);
/// Colours of a picture; a table of so many makes a file a third the size, and nobody sees it.
const COLOURS: &str = "240";
/// A picture with fewer is of an empty window.
const FEWEST_COLOURS: usize = 50;

/// The server; ends with the value.
pub struct Stage {
    server: Child,
    display: String,
}

impl Stage {
    /// Starts a server.
    ///
    /// # Errors
    /// When Xvfb does not start.
    pub fn build() -> Result<Self> {
        let words =
            // It is not to start over whenever its last window goes: the next one may be on its way.
            ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "+extension", "GLX", "-nolisten", "tcp", "-noreset"];
        let mut server = command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut number = String::new();
        if let Some(mut said) = server.stdout.take() {
            let mut byte = [0];
            while said.read(&mut byte)? == 1 && byte[0] != b'\n' {
                number.push(byte[0].into());
            }
        }
        let stage = Self { server, display: format!(":{number}") };
        if number.is_empty() { Err("Xvfb did not start".into()) } else { Ok(stage) }
    }

    /// Opens the program's window, lets music play, and writes the picture.
    ///
    /// # Errors
    /// When no window appears, it has another size or stays empty, or a tool fails.
    pub fn take(
        &self,
        program: &Path,
        dressed: &Dressed,
        size: [u32; 2],
        warm_up_s: u64,
        path: &Path,
    ) -> Result {
        let log_path = dressed.home.join("log");
        let log = File::create(&log_path)?;
        let mut play = self.on_stage(&[&program.to_string_lossy(), "play", "--backend", "dummy", "--track"]);
        play.arg(&dressed.track).env("HOME", &dressed.home).env_remove("XDG_CONFIG_HOME");
        play.stdout(log.try_clone()?).stderr(log);
        let mut window = Window(play.spawn()?);
        let id = self.wait_for(&mut window).map_err(|error| {
            window.interrupt();
            format!("{error}: {}", fs::read_to_string(&log_path).unwrap_or_default().trim())
        })?;
        self.said(&[&["xdotool", "mousemove"], &POINTER[..]].concat())?;
        sleep(Duration::from_secs(warm_up_s));
        self.check_size(&id, size)?;
        let path_text = path.to_string_lossy();
        self.said(&["import", "-window", &id, &path_text])?;
        let found = self.said(&["identify", "-format", "%k", &path_text])?;
        if found.trim().parse().unwrap_or(0) < FEWEST_COLOURS {
            return Err("the window is empty".into());
        }
        let table = ["+dither", "-colors", COLOURS, "-strip", "-define", "png:compression-level=9"];
        self.said(&[&["mogrify"], &table[..], &[&*path_text]].concat())?;
        Ok(())
    }

    /// The number of the program's window once it is there.
    fn wait_for(&self, window: &mut Window) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = window.0.try_wait()? {
                return Err(format!("the program ended, {status}").into());
            }
            let found = self.said(&["xdotool", "search", "--onlyvisible", "--name", "AuraCore"]);
            if let Some(id) = found.unwrap_or_default().lines().next() {
                return Ok(id.to_owned());
            }
            sleep(Duration::from_millis(200));
        }
        Err(format!("no window within {} s", PATIENCE.as_secs()).into())
    }

    fn check_size(&self, id: &str, [width, height]: [u32; 2]) -> Result {
        let said = self.said(&["xdotool", "getwindowgeometry", "--shell", id])?;
        let expected = [format!("WIDTH={width}"), format!("HEIGHT={height}")];
        if expected.iter().all(|line| said.lines().any(|found| found == line)) {
            return Ok(());
        }
        Err(format!("the window is not {width}x{height}: {}", said.replace('\n', " ")).into())
    }

    fn on_stage(&self, words: &[&str]) -> Command {
        let mut command = command(words);
        command.env("DISPLAY", &self.display).env("LIBGL_ALWAYS_SOFTWARE", "1").env_remove("WAYLAND_DISPLAY");
        command
    }

    fn said(&self, words: &[&str]) -> Result<String> {
        let output = self.on_stage(words).output()?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(format!("`{}` failed: {}", words.join(" "), complaint.trim()).into());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}

/// The program; ends with the value.
struct Window(Child);

impl Window {
    /// Asks it to end: only then does it say why it has no window.
    fn interrupt(&mut self) {
        _ = command(&["kill", "-INT", &self.0.id().to_string()]).status();
        sleep(Duration::from_secs(2));
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
