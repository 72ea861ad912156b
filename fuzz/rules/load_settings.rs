//! What must hold for any bytes as `settings.json`: whatever is there, settings come of it that can be saved and read again.

use auracore::state::user_settings::UserSettings;
use auracore::state::user_settings::file::SettingsFile;

#[path = "scratch.rs"]
mod scratch;

/// Tries the bytes as the file; whether it was read.
pub fn check(bytes: &[u8]) -> bool {
    let (settings, error) = scratch::with_file(bytes, |path| SettingsFile::at(path.to_path_buf()).load());
    if error.is_some() {
        return false;
    }
    scratch::with_file(b"{}", |path| {
        let empty = path.with_file_name("again");
        let file = SettingsFile::at(empty.clone());
        file.save(&UserSettings::default(), &settings).expect("saved");
        let (again, error) = file.load();
        assert!(error.is_none(), "{}", error.expect("one"));
        assert_eq!(again, settings);
        std::fs::remove_file(empty).expect("removed");
    });
    true
}
