//! Where a user's own files live: settings and presets. Not for the audio thread.
//!
//! Naming the folder does not make it: whoever writes the first file does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Its name inside the system's folder for settings, in the manner of the system.
const NAME: &str = if cfg!(any(windows, target_os = "macos")) { "AuraCore" } else { "auracore" };

/// The user's folder, whether or not it exists; none where neither the environment nor the system names a home.
///
/// `auracore` in `$XDG_CONFIG_HOME` where that is set, else in `~/.config`, on macOS `AuraCore` in `~/Library/Application
/// Support`, on Windows in `%APPDATA%`.
pub fn user_folder() -> Option<PathBuf> {
    found(|name| std::env::var_os(name), std::env::home_dir())
}

/// A path as people write it: what lies in the home folder begins with `~`.
pub fn displayed(path: &Path) -> String {
    shortened(path, std::env::home_dir().as_deref())
}

fn shortened(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => Path::new("~").join(inside).display().to_string(),
        None => path.display().to_string(),
    }
}

fn found(variable: impl Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    // Relative ones would mean another folder in every host.
    let named = |name| variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let of_the_system = || {
        if cfg!(windows) {
            return named("APPDATA");
        }
        let inside = if cfg!(target_os = "macos") { "Library/Application Support" } else { ".config" };
        home.filter(|home| home.is_absolute()).map(|home| home.join(inside))
    };
    Some(named("XDG_CONFIG_HOME").or_else(of_the_system)?.join(NAME))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn with(xdg: Option<&str>, home: Option<&str>) -> Option<PathBuf> {
        let variable = |name: &str| xdg.filter(|_| name == "XDG_CONFIG_HOME").map(OsString::from);
        found(variable, home.map(PathBuf::from))
    }

    #[test]
    fn the_home_folder_is_a_tilde() {
        let home = Some(Path::new("/home/ann"));
        assert_eq!(shortened(Path::new("/home/ann/.config/auracore"), home), "~/.config/auracore");
        assert_eq!(shortened(Path::new("/home/anna/x"), home), "/home/anna/x");
        assert_eq!(shortened(Path::new("/x"), None), "/x");
    }

    #[test]
    fn the_environment_comes_first_and_relative_paths_count_for_nothing() {
        assert_eq!(with(Some("/x"), Some("/home/ann")), Some(PathBuf::from("/x").join(NAME)));
        for ignored in [None, Some(""), Some("somewhere/else")] {
            let folder = with(ignored, Some("/home/ann")).unwrap();
            assert!(folder.starts_with("/home/ann") && folder.ends_with(NAME), "{}", folder.display());
        }
        assert_eq!(with(None, None), None);
        assert_eq!(with(None, Some("relative")), None);
    }
}
