//! Two-stage release: short peaks recover fast, sustained reduction slowly.

use crate::control::LimiterControls;
use crate::dsp::units::one_pole;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK};

/// How much slower the second stage recovers than the first.
const SLOW_RATIO: f64 = 10.0;

/// How much slower the second stage builds up than the first recovers.
const BUILD_UP_RATIO: f64 = 4.0;

/// Range of the first stage in auto mode, as factors of the user's time: sparse peaks … dense material.
const AUTO_RANGE: [f64; 2] = [0.4, 2.5];

/// Reductions below this many octaves (0.00006 dB) count as none.
const NEGLIGIBLE: f32 = 1e-5;

/// Envelope of the reduction in octaves, for two channels.
pub struct TwoStageRelease {
    step_s: f64,
    release_s: f64,
    auto: bool,
    fast: [f32; 2],
    build_up: f32,
    slow: f32,
    sustained: [f32; 2],
    envelope: [f32; 2],
    grid: usize,
    decay: [f32; 2],
}

impl TwoStageRelease {
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            step_s: 1.0 / sample_rate_hz,
            release_s: 0.0,
            auto: false,
            fast: [0.0; 2],
            build_up: 0.0,
            slow: 0.0,
            sustained: [0.0; 2],
            envelope: [0.0; 2],
            grid: 0,
            decay: [0.0; 2],
        }
    }

    pub fn reset(&mut self) {
        self.sustained = [0.0; 2];
        self.envelope = [0.0; 2];
        self.grid = 0;
        self.set_decay();
    }

    pub fn set(&mut self, controls: &LimiterControls) {
        let release_s = f64::from(controls.release_ms) * 1e-3;
        if release_s == self.release_s && controls.auto_release == self.auto {
            return;
        }
        (self.release_s, self.auto) = (release_s, controls.auto_release);
        let range = if self.auto { AUTO_RANGE } else { [1.0; 2] };
        self.fast = range.map(|factor| one_pole(release_s * factor, self.step_s));
        self.build_up = one_pole(release_s * BUILD_UP_RATIO, self.step_s);
        self.slow = one_pole(release_s * SLOW_RATIO, self.step_s);
        self.set_decay();
    }

    pub fn is_idle(&self) -> bool {
        self.envelope == [0.0; 2] && self.sustained == [0.0; 2]
    }

    /// Lets time pass while idle.
    pub fn skip(&mut self, frames: usize) {
        self.grid = (self.grid + frames) % CONTROL_INTERVAL;
    }

    /// Turns held needs into the reduction to apply, in place: never less than the need.
    pub fn process(&mut self, held: &mut [[f32; MAX_BLOCK]; 2], frames: usize, link: f32) {
        let [left, right] = held;
        for i in 0..frames {
            if self.grid == 0 {
                self.settle();
                self.set_decay();
            }
            self.grid = (self.grid + 1) % CONTROL_INTERVAL;
            let need = [left[i], right[i]];
            let most = if need[0] > need[1] { need[0] } else { need[1] };
            for c in 0..2 {
                let linked = need[c] + link * (most - need[c]);
                let sustained = self.sustained[c];
                // Of building up fast and falling slowly the larger is always the one that applies, without a question.
                let rising = linked * (1.0 - self.build_up) + self.build_up * sustained;
                let lingering = linked * (1.0 - self.slow) + self.slow * sustained;
                self.sustained[c] = if rising > lingering { rising } else { lingering };
                // The fast stage falls towards what has been needed for long, not towards zero.
                let falling = sustained * (1.0 - self.decay[c]) + self.decay[c] * self.envelope[c];
                self.envelope[c] = if need[c] > falling { need[c] } else { falling };
            }
            (left[i], right[i]) = (self.envelope[0], self.envelope[1]);
        }
    }

    /// Brings what can no longer be heard to exact zero.
    fn settle(&mut self) {
        if self.envelope.iter().chain(&self.sustained).all(|x| *x < NEGLIGIBLE) {
            self.envelope = [0.0; 2];
            self.sustained = [0.0; 2];
        }
    }

    /// The denser the reduction, the slower the fast stage.
    fn set_decay(&mut self) {
        for c in 0..2 {
            let density = (self.sustained[c] / self.envelope[c].max(NEGLIGIBLE)).clamp(0.0, 1.0);
            self.decay[c] = self.fast[0] + (self.fast[1] - self.fast[0]) * density;
        }
    }
}
