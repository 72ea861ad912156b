//! Frames out of whatever a host says about its timeline. Audio thread.
//!
//! Hosts tell samples, seconds or beats. Seconds come rounded, and beats say nothing certain about seconds once the tempo
//! has moved; so while what they say just goes on, frames are counted here, and only a jump is taken over.

use nice_plug::prelude::Transport as HostTransport;

use crate::source::Transport;

/// Frames by which a position that goes on may be off.
const ROUNDING_FRAMES: i64 = 2;
/// Beats by which a timeline that goes on may be off.
const ROUNDING_BEATS: f64 = 1e-3;

/// Remembers the last block.
#[derive(Debug, Default)]
pub struct Follow {
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    seconds: Option<f64>,
    beats: Option<f64>,
    /// Beats that the block was long.
    length_beats: f64,
    /// Position after the block.
    next: i64,
}

impl Follow {
    /// The timeline at the start of a block of `frames`.
    pub fn block(&mut self, host: &HostTransport, frames: usize) -> Transport {
        let told = host.pos_samples();
        let last = self.last.take().filter(|_| host.playing);
        let position = match last {
            Some(last) if last.goes_on(host, told) => Some(last.next),
            _ => told,
        };
        if let Some(position) = position.filter(|_| host.playing) {
            let minutes = frames as f64 / f64::from(host.sample_rate) / 60.0;
            self.last = Some(Last {
                seconds: host.pos_seconds,
                beats: host.pos_beats,
                length_beats: minutes * host.tempo.unwrap_or(0.0),
                next: position + frames as i64,
            });
        }
        let metre = host.time_sig_numerator.zip(host.time_sig_denominator);
        Transport {
            is_playing: host.playing,
            position_frames: position,
            position_beats: host.pos_beats(),
            tempo_bpm: host.tempo,
            metre: metre.and_then(|(beats, value)| Some([beats.try_into().ok()?, value.try_into().ok()?])),
            bar_start_beats: host.bar_start_pos_beats(),
            cycle_beats: host.loop_range_beats().map(|(start, end)| [start, end]),
        }
    }
}

impl Last {
    fn goes_on(&self, host: &HostTransport, told: Option<i64>) -> bool {
        if let Some(told) = host.pos_samples {
            // Some hosts are off by a frame or two now and then; a steady drift is followed once it is more than that.
            return (told - self.next).abs() <= ROUNDING_FRAMES;
        }
        if let Some(seconds) = host.pos_seconds {
            // The framework cuts blocks and may repeat the position of the whole block.
            return self.seconds == Some(seconds)
                || told.is_some_and(|told| (told - self.next).abs() <= ROUNDING_FRAMES);
        }
        match (self.beats, host.pos_beats) {
            (Some(last), Some(beats)) => {
                beats == last || (beats - last - self.length_beats).abs() <= ROUNDING_BEATS
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(change: impl FnOnce(&mut HostTransport)) -> HostTransport {
        let mut host = HostTransport::new(48_000.0);
        host.playing = true;
        change(&mut host);
        host
    }

    #[test]
    fn samples_are_taken_as_they_are() {
        let mut follow = Follow::default();
        for position in [0, 512, 1_024, 1_025, -7] {
            let at = follow.block(&host(|h| h.pos_samples = Some(position)), 512);
            assert_eq!(
                at,
                Transport { is_playing: true, position_frames: Some(position), ..Transport::default() }
            );
        }
    }

    #[test]
    fn jitter_of_two_frames_is_no_jump_and_a_drift_is_followed() {
        let mut follow = Follow::default();
        let mut at = |position: i64| {
            follow.block(&host(|h| h.pos_samples = Some(position)), 512).position_frames.unwrap()
        };
        assert_eq!([at(0), at(514), at(1_022), at(1_537)], [0, 512, 1_024, 1_536]);
        assert_eq!(at(2_051), 2_051, "three frames are a jump");
        // A clock that gains a frame in each block.
        assert_eq!([at(2_564), at(3_077), at(3_590)], [2_563, 3_075, 3_590]);
    }

    #[test]
    fn rounded_seconds_count_on_and_jumps_are_seen() {
        let mut follow = Follow::default();
        let mut at = |seconds: f64| {
            follow.block(&host(|h| h.pos_seconds = Some(seconds)), 512).position_frames.unwrap()
        };
        assert_eq!(at(1.0), 48_000);
        assert_eq!(at((48_512.0 + 1.4) / 48_000.0), 48_512, "rounding");
        assert_eq!(at((48_512.0 + 1.4) / 48_000.0), 49_024, "the rest of a block that was cut");
        assert_eq!(at(10.0), 480_000, "a jump");
        assert_eq!(at(1.0), 48_000, "a jump back");
    }

    #[test]
    fn beats_go_on_through_tempo_changes() {
        let mut follow = Follow::default();
        let mut at = |beats: f64, tempo: f64| {
            let host = host(|h| (h.pos_beats, h.tempo) = (Some(beats), Some(tempo)));
            follow.block(&host, 4_800).position_frames.unwrap()
        };
        assert_eq!(at(2.0, 120.0), 48_000);
        assert_eq!(at(2.2, 90.0), 52_800);
        assert_eq!(at(2.35, 90.0), 57_600);
        assert_eq!(at(8.0, 120.0), 192_000);
    }

    #[test]
    fn a_host_that_tells_nothing_or_stands_still() {
        let mut follow = Follow::default();
        let nothing = Transport { is_playing: true, ..Transport::default() };
        assert_eq!(follow.block(&host(|_| ()), 64), nothing);
        let stopped = host(|h| (h.playing, h.pos_seconds) = (false, Some(1.0)));
        for _ in 0..2 {
            let at = follow.block(&stopped, 64);
            let expected = Transport { position_frames: Some(48_000), ..Transport::default() };
            assert_eq!(at, expected);
        }
    }
}
