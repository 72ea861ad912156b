//! Parameters of the track player.

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::control::session::{
    GroupControls, HIGHEST_GAIN, PlayMode, TIME_S, TRACK_GAIN_DB, TRACK_OFFSET_S, TrackControls,
};
use crate::parameter::{Embedded, View, declare};
use crate::sources::MuteSolo;
use crate::state::track::SavedTrack;

/// Everything of the track player that a project holds.
#[derive(Params)]
pub struct TrackSourceParams {
    /// Its place in the mix; the level is [`TrackParams::gain`].
    #[nested(id_prefix = "track", group = "Mix")]
    pub strip: MuteSolo,
    /// The others, declared where they stood before there was a mix.
    pub player: Arc<TrackParams>,
}

impl Default for TrackSourceParams {
    fn default() -> Self {
        let player = TrackParams::new(&super::initial_controls());
        Self { strip: MuteSolo::new("Track"), player: Arc::new(player) }
    }
}

/// See [`TrackControls`]. Gains are in decibels here.
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct TrackParams {
    #[id = "track_mode"]
    pub mode: EnumParam<PlayMode>,
    #[id = "track_run"]
    pub run: BoolParam,
    #[id = "track_offset"]
    pub offset: FloatParam,
    #[id = "track_loop"]
    pub repeat: BoolParam,
    #[id = "track_loop_a"]
    pub loop_start: FloatParam,
    #[id = "track_loop_b"]
    pub loop_end: FloatParam,
    #[id = "track_gain"]
    pub gain: FloatParam,
    #[nested(id_prefix = "tones", group = "Tones")]
    tones: GroupParams,
    #[nested(id_prefix = "noise", group = "Noise")]
    noise: GroupParams,
    #[nested(id_prefix = "clips", group = "Clips")]
    clips: GroupParams,
    /// The track.
    #[persist = "track"]
    pub embedded: Embedded<SavedTrack>,
}

/// See [`GroupControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct GroupParams {
    #[id = "gain"]
    pub gain: FloatParam,
    #[id = "mute"]
    pub mute: BoolParam,
    #[id = "solo"]
    pub solo: BoolParam,
}

impl TrackParams {
    pub(super) fn new(defaults: &TrackControls) -> Self {
        let group = |name, index: usize| GroupParams::new(name, &defaults.groups[index]);
        Self {
            mode: EnumParam::new("Track mode", defaults.mode),
            run: declare::switch("Track run", defaults.is_running),
            offset: declare::seconds("Track offset", defaults.offset_s as f32, TRACK_OFFSET_S),
            repeat: declare::switch("Track loop", defaults.is_looping),
            loop_start: declare::seconds("Track loop start", defaults.loop_start_s as f32, TIME_S),
            loop_end: declare::seconds_or_end("Track loop end", defaults.loop_end_s as f32, TIME_S),
            gain: declare::db("Track gain", 0.0, TRACK_GAIN_DB),
            tones: group("Tones", 0),
            noise: group("Noise", 1),
            clips: group("Clips", 2),
            embedded: Embedded::default(),
        }
    }

    /// Tones, noise, clips.
    pub fn groups(&self) -> [&GroupParams; 3] {
        [&self.tones, &self.noise, &self.clips]
    }

    /// How the track is played, the host's modulation included. Any thread: atomic loads only.
    pub fn controls(&self) -> TrackControls {
        let view = View::Playing;
        TrackControls {
            mode: view.of(&self.mode),
            is_running: view.of(&self.run),
            offset_s: hundredths(view.of(&self.offset)),
            is_looping: view.of(&self.repeat),
            loop_start_s: hundredths(view.of(&self.loop_start)),
            loop_end_s: hundredths(view.of(&self.loop_end)),
            groups: self.groups().map(|group| group.controls(view)),
        }
        .clamped()
    }

    /// Linear gain of everything.
    pub fn gain(&self) -> f32 {
        gain(View::Playing.of(&self.gain)).clamp(0.0, HIGHEST_GAIN)
    }

    /// Pages for hardware controllers, with the track's place in the mix.
    pub fn remote_pages(&self, mix: &MuteSolo, section: &mut impl RemoteControlsSection) {
        section.add_page("Track", |page| {
            page.add_param(&self.run);
            page.add_param(&self.mode);
            page.add_param(&self.gain);
            page.add_param(&self.offset);
            page.add_param(&self.repeat);
            page.add_param(&self.loop_start);
            page.add_param(&self.loop_end);
        });
        section.add_page("Track gains", |page| {
            self.groups().into_iter().for_each(|group| page.add_param(&group.gain));
        });
        section.add_page("Track mutes", |page| {
            self.groups().into_iter().for_each(|group| page.add_param(&group.mute));
            self.groups().into_iter().for_each(|group| page.add_param(&group.solo));
            page.add_param(&mix.mute);
            page.add_param(&mix.solo);
        });
    }
}

impl GroupParams {
    fn new(name: &str, defaults: &GroupControls) -> Self {
        Self {
            gain: declare::db(format!("{name} gain"), db(defaults.gain), TRACK_GAIN_DB),
            mute: declare::switch(format!("{name} mute"), defaults.mute),
            solo: declare::switch(format!("{name} solo"), defaults.solo),
        }
    }

    fn controls(&self, view: View) -> GroupControls {
        GroupControls {
            gain: gain(view.of(&self.gain)),
            mute: view.of(&self.mute),
            solo: view.of(&self.solo),
        }
    }
}

fn gain(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

fn db(gain: f32) -> f32 {
    20.0 * gain.log10()
}

/// The time that is shown: a 32-bit number is that of a hundredth of a second only nearly.
fn hundredths(time_s: f32) -> f64 {
    (f64::from(time_s) * 100.0).round() / 100.0
}
