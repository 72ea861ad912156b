//! The audio half: the player, and what it tells the worker. Audio thread, except where it says otherwise.

use std::sync::Arc;

use super::command::Signs;
use super::worker::{TrackLink, ask};
use crate::control::session::{PlayMode, TrackControls};
use crate::dsp::StereoBlock;
use crate::source::{Moment, Source, Spec, Tail, Transport};
use crate::track::play::player::Player;

/// The track player of an instance.
pub struct TrackSource {
    player: Player,
    link: Arc<TrackLink>,
    signs: Arc<Signs>,
    rate_hz: f64,
    /// In renders that take their time, blocks wait until the track is ready.
    waits: bool,
    has_track: bool,
    /// The host's timeline runs, and the track with it sooner or later.
    may_start: bool,
}

impl TrackSource {
    /// For a player that has nothing to play yet.
    pub(super) fn new(player: Player, link: Arc<TrackLink>, signs: Arc<Signs>) -> Self {
        Self { player, link, signs, rate_hz: 0.0, waits: false, has_track: false, may_start: false }
    }

    fn wait_if_offline(&self) {
        if self.waits && self.link.is_busy() {
            self.link.wait();
        }
    }

    /// What is heard next is measured first.
    fn tell_position(&self, controls: &TrackControls, transport: Transport) {
        if controls.mode == PlayMode::Host
            && let Some(frames) = transport.position_frames
        {
            let offset = (controls.offset_s * self.rate_hz) as i64;
            self.signs.set_position((frames - offset).max(0) as u64);
        }
    }
}

impl Source for TrackSource {
    type Controls = TrackControls;

    /// The track plays on, except in an offline render: that begins with a clean memory, and waits until levels are exact.
    fn prepare(&mut self, spec: &Spec) {
        if spec.is_offline {
            self.player.stop();
        }
        self.player.prepare(spec);
        // Hosts activate often, and what is being measured need not start over.
        if spec.is_offline || self.rate_hz != spec.rate_hz {
            ask(&self.link, |commands| {
                commands.rate_hz = Some(spec.rate_hz);
                commands.afresh |= spec.is_offline;
            });
        }
        self.rate_hz = spec.rate_hz;
        self.waits = spec.is_offline;
        self.wait_if_offline();
    }

    fn reset(&mut self) {
        self.player.reset();
    }

    fn advance(&mut self, now: &Moment<'_>, controls: &TrackControls) {
        self.wait_if_offline();
        self.tell_position(controls, now.transport);
        let has_track = self.signs.has_track();
        self.has_track = has_track;
        self.may_start = has_track && controls.mode == PlayMode::Host && now.transport.is_playing;
        // Nothing runs before there is something to run: a track begins at its beginning.
        let controls = TrackControls { is_running: controls.is_running && has_track, ..*controls };
        self.player.advance(now, &controls);
    }

    fn render(&mut self, out: &mut StereoBlock<'_>) {
        self.player.render(out);
    }

    /// Nothing comes while nothing plays: a host that stands still may put the plugin to sleep.
    fn tail(&self) -> Tail {
        match self.player.tail() {
            _ if self.may_start => Tail::Endless,
            // Whoever plays nothing at all plays only the rest of what there was.
            Tail::Endless if !self.has_track => self.player.fading(),
            tail => tail,
        }
    }
}
