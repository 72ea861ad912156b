//! System packages: which are needed for what, which are missing, and getting them.

use crate::Result;
use crate::steps::{self, command, headline, output, run};

/// To compile and link the plugin and the standalone.
pub const BUILD: &[&str] = &[
    "gcc",
    "libc6-dev",
    "pkg-config",
    "libasound2-dev",
    "libjack-jackd2-dev",
    "libx11-dev",
    "libx11-xcb-dev",
    "libxcb1-dev",
    "libxcb-icccm4-dev",
    "libxcb-dri2-0-dev",
    "libxcursor-dev",
    "libxkbcommon-dev",
    "libxkbcommon-x11-dev",
    "libgl-dev",
];

/// To run the host, standalone and editor tests without a screen or a sound card; the libraries are what the hosts need.
pub const TEST: &[&str] = &[
    "xvfb",
    "openbox",
    "x11-utils",
    "xdotool",
    "imagemagick",
    "libgl1-mesa-dri",
    "jackd2",
    "libatomic1",
    "libstdc++6",
    "libxext6",
    "libxinerama1",
    "libxrandr2",
];

/// For the virtual environment of the host tests, where the python3 at hand cannot make one.
pub const PYTHON: &[&str] = &["python3", "python3-venv"];

/// For counting instructions, and the peers to compare with.
pub const BENCH: &[&str] = &["valgrind", "lsp-plugins-ladspa", "libatomic1", "libstdc++6"];

/// Makes sure that all `wanted` packages are there: installs the missing ones where that needs no password.
///
/// On systems without dpkg it only says what is needed.
///
/// # Errors
/// When packages are missing and cannot be installed; the message holds the line to type.
pub fn ensure(wanted: &[&str]) -> Result {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    headline("system packages");
    let Some(missing) = missing(wanted) else {
        println!(
            "this is not a Debian-like system; what is needed, by its Debian names: {}",
            wanted.join(" ")
        );
        return Ok(());
    };
    if missing.is_empty() {
        println!("all {} there", wanted.len());
        return Ok(());
    }
    println!("missing: {}", missing.join(" "));
    let install = [&["apt-get", "install", "-y", "--no-install-recommends"], &missing[..]].concat();
    let Some(prefix) = privilege() else {
        return Err(
            format!("packages are missing; install them with\n\n  sudo {}\n", install.join(" ")).into()
        );
    };
    // A fresh container has no package lists, a machine without network has good enough ones.
    if let Err(error) = run(&mut command(&[prefix, &["apt-get", "update", "-qq"]].concat())) {
        println!("going on with the package lists at hand: {error}");
    }
    run(&mut command(&[prefix, &install].concat()))
}

/// The packages that are not installed, or nothing where dpkg is not the package system.
fn missing<'a>(wanted: &[&'a str]) -> Option<Vec<&'a str>> {
    steps::output(&["dpkg-query", "--version"])?;
    let installed = |package: &str| {
        output(&["dpkg-query", "--show", "--showformat=${db:Status-Status}", package])
            .is_some_and(|status| status.contains("installed") && !status.contains("not-installed"))
    };
    Some(wanted.iter().copied().filter(|package| !installed(package)).collect())
}

/// What to put in front of a command that changes the system; nothing where a password would be asked for.
fn privilege() -> Option<&'static [&'static str]> {
    const ASK_NOTHING: &[&str] = &["env", "DEBIAN_FRONTEND=noninteractive"];
    const WITH_SUDO: &[&str] = &["sudo", "--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive"];
    if output(&["id", "--user"]).is_some_and(|id| id.trim() == "0") {
        Some(ASK_NOTHING)
    } else if steps::succeeds(&["sudo", "--non-interactive", "true"]) {
        Some(WITH_SUDO)
    } else {
        None
    }
}
