//! How a track is played: what the parameters of the sound source say, as plain values.

use serde::{Deserialize, Serialize};

use super::range::Range;

/// `offset_s`
pub const TRACK_OFFSET_S: Range = Range { min: -3_600.0, max: 36_000.0, unit: "s" };
/// `loop_start_s`, `loop_end_s`
pub const TIME_S: Range = Range { min: 0.0, max: 36_000.0, unit: "s" };
/// Gains of the track and its groups, in decibels.
pub const TRACK_GAIN_DB: Range = Range { min: -60.0, max: 12.0, unit: "dB" };
/// [`TRACK_GAIN_DB`] at its highest, linear.
pub const HIGHEST_GAIN: f32 = 3.981_072;

/// What makes the track run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlayMode {
    /// The host's timeline: the track's start lies at the offset.
    #[default]
    Host,
    /// The play switch, from the beginning, whatever the host does.
    Free,
    /// Notes: a note starts the track from the beginning, its release ends it.
    Notes,
}

/// One of the parts that can be listened to alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupControls {
    /// Linear gain, 0 to 4.
    pub gain: f32,
    /// Silent.
    pub mute: bool,
    /// Silences the groups that are not soloed.
    pub solo: bool,
}

impl Default for GroupControls {
    fn default() -> Self {
        Self { gain: 1.0, mute: false, solo: false }
    }
}

/// Settings of the track player.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrackControls {
    /// What makes the track run.
    pub mode: PlayMode,
    /// The play switch of [`PlayMode::Free`].
    pub is_running: bool,
    /// Host time at which the track starts, in seconds; may be negative.
    pub offset_s: f64,
    /// Whether the loop region is repeated where the host does not rule.
    pub is_looping: bool,
    /// Start of the loop region in seconds of the track.
    pub loop_start_s: f64,
    /// End of the loop region; the end of the track where it does not lie behind the start.
    pub loop_end_s: f64,
    /// Tones, noise, clips.
    pub groups: [GroupControls; 3],
}

impl Default for TrackControls {
    fn default() -> Self {
        Self {
            mode: PlayMode::Host,
            is_running: false,
            offset_s: 0.0,
            is_looping: false,
            loop_start_s: 0.0,
            loop_end_s: 0.0,
            groups: [GroupControls::default(); 3],
        }
    }
}

impl TrackControls {
    /// Every value brought into its range, whatever a host or a state says.
    pub fn clamped(mut self) -> Self {
        let gain = |gain: f32| if gain.is_nan() { 0.0 } else { gain.clamp(0.0, HIGHEST_GAIN) };
        self.offset_s =
            f64::clamp(finite(self.offset_s), TRACK_OFFSET_S.min.into(), TRACK_OFFSET_S.max.into());
        for time_s in [&mut self.loop_start_s, &mut self.loop_end_s] {
            *time_s = f64::clamp(finite(*time_s), TIME_S.min.into(), TIME_S.max.into());
        }
        self.groups.iter_mut().for_each(|group| group.gain = gain(group.gain));
        self
    }

    /// Linear gain of each group with mutes and solos.
    pub fn group_gains(&self) -> [f32; 3] {
        let any_solo = self.groups.iter().any(|group| group.solo);
        self.groups.map(|group| {
            let sounds = !group.mute && (group.solo || !any_solo);
            if sounds { group.gain } else { 0.0 }
        })
    }
}

fn finite(value: f64) -> f64 {
    if value.is_nan() { 0.0 } else { value }
}

/// What the player does, for the editor and for hosts that read it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrackTelemetry {
    /// Whether a track is there.
    pub has_track: bool,
    /// Whether it runs.
    pub is_playing: bool,
    /// Position in seconds.
    pub position_s: f64,
    /// Length in seconds.
    pub length_s: f64,
    /// Index of the step that sounds.
    pub step: Option<usize>,
    /// Seconds to the end of the step.
    pub step_remaining_s: f64,
    /// Whether the levels of all steps are measured.
    pub is_settled: bool,
}

impl TrackTelemetry {
    /// Seconds to the end of the track.
    pub fn remaining_s(&self) -> f64 {
        (self.length_s - self.position_s).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_values_come_into_range() {
        let mut wild = TrackControls { offset_s: f64::NAN, loop_end_s: 1e30, ..Default::default() };
        wild.groups[1].gain = f32::INFINITY;
        let tame = wild.clamped();
        assert_eq!((tame.offset_s, tame.loop_end_s, tame.groups[1].gain), (0.0, 36_000.0, HIGHEST_GAIN));
        assert_eq!(TrackControls::default().clamped(), TrackControls::default());
    }

    #[test]
    fn a_solo_silences_the_others_and_mute_wins() {
        let mut controls = TrackControls::default();
        controls.groups[1].gain = 0.5;
        assert_eq!(controls.group_gains(), [1.0, 0.5, 1.0]);
        controls.groups[1].solo = true;
        assert_eq!(controls.group_gains(), [0.0, 0.5, 0.0]);
        controls.groups[1].mute = true;
        assert_eq!(controls.group_gains(), [0.0; 3]);
    }
}
