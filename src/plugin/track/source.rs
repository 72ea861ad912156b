//! The audio half: adds the track to what goes into the mastering chain. Audio thread, except where it says otherwise.

use std::sync::Arc;

use nice_plug::prelude::Transport as HostTransport;

use super::board::Board;
use super::transport::Follow;
use crate::control::session::{NoteEvent, PlayMode, TrackControls, Transport};
use crate::track::play::player::Player;

/// Note events of one block that are heard; further ones are lost.
pub const NOTES: usize = 256;

/// The track player of an instance.
pub struct TrackSource {
    player: Player,
    board: Arc<Board>,
    follow: Follow,
    rate_hz: f64,
    /// Both channels of a block for mono layouts.
    mono: [Vec<f32>; 2],
    /// In renders that take their time, blocks wait until the track is ready.
    waits: bool,
}

impl TrackSource {
    /// For a player that has nothing to play yet.
    pub(super) fn new(player: Player, board: Arc<Board>) -> Self {
        Self {
            player,
            board,
            follow: Follow::default(),
            rate_hz: 0.0,
            mono: [Vec::new(), Vec::new()],
            waits: false,
        }
    }

    /// Prepares for a rate and blocks of at most `block_frames`. Main thread; allocates. The track plays on, except in
    /// an offline render: that begins with a clean memory, and waits until levels are exact.
    pub fn activate(
        &mut self,
        rate_hz: f64,
        block_frames: usize,
        is_offline: bool,
        controls: &TrackControls,
    ) {
        if is_offline {
            let stopped = TrackControls { mode: PlayMode::Host, ..*controls };
            self.player.process(&mut [], &mut [], &stopped, Transport::default(), &[]);
            self.player.reset();
        }
        self.player.prepare(rate_hz);
        self.rate_hz = rate_hz;
        self.follow = Follow::default();
        self.mono = [vec![0.0; block_frames], vec![0.0; block_frames]];
        self.waits = is_offline;
        self.board.prepare(rate_hz, is_offline);
        self.wait_if_offline();
    }

    fn wait_if_offline(&self) {
        if self.waits && self.board.is_busy() {
            self.board.wait();
        }
    }

    /// Clears what is about to fade out; the track plays on.
    pub fn reset(&mut self) {
        self.player.reset();
    }

    /// Whether blocks must keep coming: a track that is silent now may sound when the host's transport starts.
    pub fn is_awake(&self) -> bool {
        self.player.is_active() || self.board.has_track()
    }

    /// Adds the track to a block. One channel gets half of the sum of both.
    pub fn add(
        &mut self,
        left: &mut [f32],
        right: Option<&mut [f32]>,
        controls: &TrackControls,
        host: &HostTransport,
        notes: &[NoteEvent],
    ) {
        self.wait_if_offline();
        let transport = self.follow.block(host, left.len());
        self.tell_position(controls, transport);
        // Nothing runs before there is something to run: a track begins at its beginning.
        let controls =
            &TrackControls { is_running: controls.is_running && self.board.has_track(), ..*controls };
        let Some(right) = right else { return self.add_mono(left, controls, transport, notes) };
        self.player.process(left, right, controls, transport, notes);
    }

    fn add_mono(&mut self, out: &mut [f32], controls: &TrackControls, at: Transport, notes: &[NoteEvent]) {
        let [left, right] = &mut self.mono;
        let frames = out.len().min(left.len());
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        left.fill(0.0);
        right.fill(0.0);
        self.player.process(left, right, controls, at, notes);
        for ((out, left), right) in out.iter_mut().zip(left).zip(right) {
            *out += 0.5 * (*left + *right);
        }
    }

    /// What is heard next is measured first.
    fn tell_position(&self, controls: &TrackControls, transport: Transport) {
        if controls.mode == PlayMode::Host
            && let Some(frames) = transport.position_frames
        {
            let offset = (controls.offset_s * self.rate_hz) as i64;
            self.board.set_position((frames - offset).max(0) as u64);
        }
    }
}
