//! An X server without a monitor, and windows of a host on it.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

/// A server of its own; ends with the value.
pub struct Screen {
    server: Child,
    /// What goes into `DISPLAY`.
    pub display: String,
}

impl Screen {
    /// Starts Xvfb; `None` where it is not installed.
    pub fn start() -> Option<Self> {
        let arguments = "-displayfd 1 -screen 0 1280x900x24 +extension GLX -nolisten tcp -noreset";
        let mut command = Command::new("Xvfb");
        command.args(arguments.split(' ')).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().ok()?;
        let mut said = server.stdout.take().unwrap();
        let mut number = String::new();
        let mut byte = [0];
        while said.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            number.push(byte[0] as char);
        }
        assert!(!number.is_empty(), "Xvfb ended at once");
        Some(Self { server, display: format!(":{number}") })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        _ = self.server.kill();
        _ = self.server.wait();
    }
}
