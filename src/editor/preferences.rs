//! Keeps the user's settings on the disk in step with the window. Main thread.
//!
//! A change is written when it has stood for a second, and when the window goes. What could not be read or written is
//! told until it could.

use crate::state::user_settings::UserSettings;
use crate::state::user_settings::file::{SettingsError, SettingsFile};

/// How long a change has to stand before it is written.
const PAUSE_S: f64 = 1.0;

/// See the module.
#[derive(Debug)]
pub struct Preferences {
    file: SettingsFile,
    /// What the file was last known to say.
    saved: UserSettings,
    waiting: Waiting,
    problem: Option<String>,
}

impl Preferences {
    /// Reads the settings.
    pub fn load(file: SettingsFile) -> (Self, UserSettings) {
        let (settings, problem) = file.load();
        let problem = problem.map(|error| told(&error));
        let waiting = Waiting::new(settings.clone());
        (Self { file, saved: settings.clone(), waiting, problem }, settings)
    }

    /// Takes over what other instances have written, but for the page and the module that are shown here.
    pub fn refresh(&mut self, settings: &mut UserSettings) {
        self.keep(settings);
        let (there, problem) = self.file.load();
        if let Some(error) = problem {
            self.problem = Some(told(&error));
            return;
        }
        let (page, module) = (settings.page, settings.module);
        self.saved = there.clone();
        *settings = UserSettings { page, module, ..there };
        self.waiting = Waiting::new(settings.clone());
    }

    /// What is wrong with the file, if anything is.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Writes what has stood for long enough at `now_s`. Returns in how many seconds to look again, where something
    /// waits.
    pub fn follow(&mut self, settings: &UserSettings, now_s: f64) -> Option<f64> {
        match self.waiting.look(settings, now_s) {
            Look::Nothing => None,
            Look::Again(in_s) => Some(in_s),
            Look::Due => {
                self.keep(settings);
                None
            }
        }
    }

    /// Writes what is not written yet.
    pub fn keep(&mut self, settings: &UserSettings) {
        if *settings == self.saved {
            return;
        }
        match self.file.save(&self.saved, settings) {
            Ok(saved) => {
                self.saved = settings.clone();
                self.problem = saved
                    .kept
                    .map(|kept| format!("The settings could not be read and are kept as {}", kept.display()));
            }
            Err(error) => self.problem = Some(told(&error)),
        }
        self.waiting = Waiting::new(settings.clone());
    }
}

fn told(error: &SettingsError) -> String {
    format!("Settings: {error}")
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Look {
    /// Nothing has changed.
    Nothing,
    /// Something has changed; it is due in so many seconds.
    Again(f64),
    /// Something has changed and stood for long enough. Told once.
    Due,
}

/// Waits for changes to end.
#[derive(Debug)]
struct Waiting {
    seen: UserSettings,
    since_s: Option<f64>,
}

impl Waiting {
    fn new(seen: UserSettings) -> Self {
        Self { seen, since_s: None }
    }

    fn look(&mut self, settings: &UserSettings, now_s: f64) -> Look {
        if *settings != self.seen {
            self.seen.clone_from(settings);
            self.since_s = Some(now_s);
        }
        let Some(since_s) = self.since_s else { return Look::Nothing };
        let left_s = since_s + PAUSE_S - now_s;
        if left_s > 0.0 {
            // The clock of a new window begins at zero.
            return Look::Again(left_s.min(PAUSE_S));
        }
        self.since_s = None;
        Look::Due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::user_settings::Theme;

    #[test]
    fn a_change_is_due_once_when_it_has_stood_for_a_second() {
        let mut settings = UserSettings::default();
        let mut waiting = Waiting::new(settings.clone());
        assert_eq!(waiting.look(&settings, 0.0), Look::Nothing);
        settings.theme = Theme::Light;
        assert_eq!(waiting.look(&settings, 5.0), Look::Again(1.0));
        assert_eq!(waiting.look(&settings, 5.75), Look::Again(0.25));
        settings.scale_percent = 110;
        assert_eq!(waiting.look(&settings, 5.9), Look::Again(1.0));
        assert_eq!(waiting.look(&settings, 6.5), Look::Again(5.9 + 1.0 - 6.5));
        assert_eq!(waiting.look(&settings, 7.0), Look::Due);
        assert_eq!(waiting.look(&settings, 7.1), Look::Nothing);
    }

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("auracore-{name}-{}", std::process::id()));
        _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn writes_only_what_changed_and_takes_over_what_others_wrote() {
        let folder = folder("preferences");
        let file = SettingsFile::at(folder.join("settings.json"));
        let (mut here, mut settings) = Preferences::load(file.clone());
        let (mut there, mut others) = Preferences::load(file.clone());
        assert_eq!(here.follow(&settings, 0.0), None);
        assert!(!folder.join("settings.json").exists());

        settings.scale_percent = 125;
        assert_eq!(here.follow(&settings, 1.0), Some(1.0));
        assert!(!folder.join("settings.json").exists());
        assert_eq!(here.follow(&settings, 2.0), None);
        others.theme = Theme::Light;
        there.keep(&others);
        let written = file.load().0;
        assert_eq!((written.scale_percent, written.theme), (125, Theme::Light));

        settings.page = crate::state::user_settings::Page::Presets;
        here.refresh(&mut settings);
        assert_eq!(settings.theme, Theme::Light);
        assert_eq!(settings.page, crate::state::user_settings::Page::Presets);
        assert_eq!(here.problem(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_unreadable_file_is_told_and_kept() {
        let folder = folder("preferences-broken");
        let path = folder.join("settings.json");
        std::fs::write(&path, "broken").unwrap();
        let (mut preferences, mut settings) = Preferences::load(SettingsFile::at(path));
        assert!(preferences.problem().unwrap().contains("settings.json"));
        settings.reduced_motion = true;
        preferences.keep(&settings);
        assert!(preferences.problem().unwrap().contains("unreadable-1"));
        settings.reduced_motion = false;
        preferences.keep(&settings);
        assert_eq!(preferences.problem(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
