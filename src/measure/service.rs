//! What streaming services do to the level of a master.
//!
//! Playback levels as the services and several independent tables give them (2024): Spotify, YouTube, Tidal and Amazon
//! −14 LUFS, Deezer −15, Apple −16; EBU R 128 for broadcast −23. Who turns quiet masters up, and how far, is published by
//! Spotify (to a true peak of −1 dB) and Apple; the others turn down only. Normalisation can be switched off by listeners,
//! and SoundCloud and Bandcamp have none.

use super::Reading;

/// A service with loudness normalisation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Service {
    /// What people call it.
    pub name: &'static str,
    /// Level that it plays at, LUFS.
    pub target_lufs: f64,
    /// True peak up to which quiet masters are turned up, dBTP; `None` where they are left alone.
    pub raises_to_dbtp: Option<f64>,
}

/// A master as a service plays it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Played {
    /// What the service adds, dB.
    pub gain_db: f64,
    /// True peak after that, dBTP.
    pub true_peak_dbtp: f64,
}

/// The services, loudest first.
pub const SERVICES: [Service; 7] = [
    Service { name: "Spotify", target_lufs: -14.0, raises_to_dbtp: Some(-1.0) },
    Service { name: "YouTube", target_lufs: -14.0, raises_to_dbtp: None },
    Service { name: "Tidal", target_lufs: -14.0, raises_to_dbtp: None },
    Service { name: "Amazon Music", target_lufs: -14.0, raises_to_dbtp: None },
    Service { name: "Deezer", target_lufs: -15.0, raises_to_dbtp: None },
    Service { name: "Apple Music", target_lufs: -16.0, raises_to_dbtp: Some(-1.0) },
    Service { name: "EBU R 128", target_lufs: -23.0, raises_to_dbtp: Some(-1.0) },
];

impl Service {
    /// What it makes of a master with these measurements; `None` before there is an integrated loudness.
    pub fn plays(&self, reading: &Reading) -> Option<Played> {
        let (loudness, peak) = (reading.integrated_lufs, reading.true_peak_dbtp);
        if !loudness.is_finite() || !peak.is_finite() {
            return None;
        }
        let wanted_db = self.target_lufs - loudness;
        let gain_db = match self.raises_to_dbtp {
            _ if wanted_db <= 0.0 => wanted_db,
            Some(limit_dbtp) => wanted_db.min((limit_dbtp - peak).max(0.0)),
            None => 0.0,
        };
        Some(Played { gain_db, true_peak_dbtp: peak + gain_db })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(integrated_lufs: f64, true_peak_dbtp: f64) -> Reading {
        let mut meter = super::super::Meter::new(48_000.0, 2).unwrap();
        meter.push(&[&[0.0], &[0.0]]);
        Reading { integrated_lufs, true_peak_dbtp, ..meter.reading() }
    }

    fn plays(name: &str, integrated_lufs: f64, true_peak_dbtp: f64) -> Option<Played> {
        let service = SERVICES.iter().find(|service| service.name == name).unwrap();
        service.plays(&reading(integrated_lufs, true_peak_dbtp))
    }

    #[test]
    fn loud_masters_are_turned_down_everywhere() {
        for service in &SERVICES {
            let played = service.plays(&reading(-8.0, -0.5)).unwrap();
            assert_eq!(played.gain_db, service.target_lufs + 8.0);
            assert_eq!(played.true_peak_dbtp, -0.5 + played.gain_db);
        }
    }

    #[test]
    fn quiet_masters_are_raised_only_by_some_and_only_to_their_limit() {
        assert_eq!(plays("Spotify", -20.0, -9.0).unwrap().gain_db, 6.0);
        assert_eq!(plays("Spotify", -20.0, -3.0).unwrap().gain_db, 2.0);
        assert_eq!(plays("Spotify", -20.0, 0.0).unwrap().gain_db, 0.0);
        assert_eq!(plays("YouTube", -20.0, -9.0).unwrap().gain_db, 0.0);
    }

    #[test]
    fn before_anything_is_measured_nothing_is_said() {
        assert_eq!(plays("Tidal", f64::NEG_INFINITY, -3.0), None);
        assert_eq!(plays("Tidal", -14.0, f64::NEG_INFINITY), None);
    }
}
