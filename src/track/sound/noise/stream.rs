//! Noise made frame by frame in the frequency domain: any position at once, in the same memory for any length.
//!
//! Frame b lies around the sample b·hop, a window of two hops whose squares add up to one with those of its neighbours.
//! Its spectrum is random, or that of a recording under the same window; it is shaped by the colour, by the notches as
//! they stand at the frame's centre, and transformed back. Planned off the audio thread, played on it. Reference: J. O.
//! Smith, "Spectral Audio Signal Processing", ch. 8 (overlap-add).

use super::chain::PEAK;
use super::level;
use super::looped::Looped;
use super::motion::{GRID, Motion};
use super::recipe::{Recipe, Source};
use super::shape::shape;
use super::spectrum::{Axis, Spectrum};
use crate::track::sound::span::{QUANTUM, Quantum, Span};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::f64::consts::PI;
use std::sync::Arc;

/// Rate up to which a frame has two hops of [`GRID`]; each doubling doubles the frame, so that a frame lasts about as
/// long at any rate and low notes stay within its resolution.
const BASE_RATE_HZ: f64 = 50_000.0;

/// What the frames are filled with.
#[derive(Debug, Clone)]
pub(super) enum Fuel {
    /// Random numbers of a stream.
    Random(u64),
    /// A recording, going round.
    Recording(Looped),
}

/// Everything about a noise that does not change while it plays.
pub(super) struct Plan {
    pub span: Span,
    pub motion: Motion,
    pub fuel: Fuel,
    pub axis: Axis,
    /// Amplitude of each frequency without sweeps.
    pub amplitude: Vec<f32>,
    /// Part of [`Self::amplitude`] that the static notches are.
    pub resting: Vec<f32>,
    /// Samples from one frame to the next.
    pub hop: usize,
    /// Level of each ear.
    pub gains: [f32; 2],
    window: Vec<f32>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    forward: Arc<dyn RealToComplex<f32>>,
}

impl Plan {
    fn new(recipe: Recipe) -> Option<Self> {
        let Recipe { source, motion, static_notches, span, .. } = recipe;
        let doublings = (span.rate_hz / BASE_RATE_HZ).log2().ceil().clamp(0.0, 4.0);
        let hop = (GRID as usize) << doublings as u32;
        let mut planner = RealFftPlanner::new();
        let window = (0..2 * hop).map(|i| (PI * (i as f64 + 0.5) / (2 * hop) as f64).sin() as f32);
        let (colour, fuel) = match source {
            Source::Silence => return None,
            Source::Colour { colour, stream } => (Some(colour), Fuel::Random(stream)),
            Source::File(recording) => (None, Fuel::Recording(Looped::new(recording, span))),
        };
        let (amplitude, resting) = shape(colour.as_ref(), &static_notches, span, 2 * hop);
        Some(Self {
            motion,
            fuel,
            axis: Axis::new(2 * hop, span.rate_hz),
            amplitude,
            resting,
            hop,
            gains: [1.0; 2],
            window: window.collect(),
            inverse: planner.plan_fft_inverse(2 * hop),
            forward: planner.plan_fft_forward(2 * hop),
            span,
        })
    }

    /// Channels that differ.
    pub fn channels(&self) -> usize {
        if self.motion.is_mono() { 1 } else { 2 }
    }

    /// Frames that have a share in the step.
    pub fn frames(&self) -> u64 {
        self.span.frames.div_ceil(self.hop as u64) + 1
    }

    /// Multiplies a frame's spectrum by the sweeping notches of an ear.
    pub fn sweep(&self, frame: u64, ear: usize, x: &mut Spectrum) {
        for pass in 0..self.motion.passes() {
            for sweep in 0..self.motion.sweeps() {
                self.axis.apply(&self.motion.notch(frame * self.hop as u64, ear, pass, sweep), x);
            }
        }
    }

    /// The spectrum of a frame before the sweeps.
    pub fn fill(&self, frame: u64, work: &mut Work) {
        match &self.fuel {
            Fuel::Random(stream) => {
                let position = frame * (2 * work.source.re.len()) as u64;
                self.axis.fill_random(*stream, position, &self.amplitude, &mut work.source);
            }
            Fuel::Recording(looped) => {
                let first = frame as i64 * self.hop as i64 - self.hop as i64;
                looped.read(first, &mut work.time);
                work.time.iter_mut().zip(&self.window).for_each(|(x, window)| *x *= window);
                let Work { time, bins, fft, source, .. } = work;
                // The lengths come from the same plan, so the transform cannot fail.
                let _ = self.forward.process_with_scratch(time, bins, fft);
                let scale = 1.0 / (2 * self.hop) as f32;
                let parts = source.re.iter_mut().zip(&mut source.im);
                for (((re, im), bin), amplitude) in parts.zip(bins.iter()).zip(&self.amplitude) {
                    (*re, *im) = (bin.re * amplitude * scale, bin.im * amplitude * scale);
                }
            }
        }
    }

    /// Makes a frame: the sound of each ear that differs goes to `work.ears`.
    fn make(&self, frame: u64, work: &mut Work) {
        self.fill(frame, work);
        for ear in 0..self.channels() {
            work.swept.copy_from(&work.source);
            self.sweep(frame, ear, &mut work.swept);
            let last = work.bins.len() - 1;
            let parts = work.swept.re.iter().zip(&work.swept.im);
            work.bins.iter_mut().zip(parts).for_each(|(bin, (re, im))| *bin = Complex { re: *re, im: *im });
            // The ends of the spectrum are real; nothing is to be heard there.
            work.bins[0] = Complex::default();
            work.bins[last] = Complex::default();
            let _ = self.inverse.process_with_scratch(&mut work.bins, &mut work.ears[ear], &mut work.fft);
            let gain = self.gains[ear];
            work.ears[ear].iter_mut().zip(&self.window).for_each(|(x, window)| *x *= window * gain);
        }
    }
}

/// Memory that making a frame needs.
pub(super) struct Work {
    pub source: Spectrum,
    pub swept: Spectrum,
    pub bins: Vec<Complex<f32>>,
    pub time: Vec<f32>,
    fft: Vec<Complex<f32>>,
    ears: [Vec<f32>; 2],
}

impl Work {
    pub fn new(plan: &Plan) -> Self {
        let bins = plan.hop + 1;
        let scratch = plan.inverse.get_scratch_len().max(plan.forward.get_scratch_len());
        Self {
            source: Spectrum::silent(bins),
            swept: Spectrum::silent(bins),
            bins: vec![Complex::default(); bins],
            time: vec![0.0; 2 * plan.hop],
            fft: vec![Complex::default(); scratch],
            ears: [0, 1].map(|_| vec![0.0; 2 * plan.hop]),
        }
    }
}

/// A noise that plays.
pub struct Stream {
    plan: Arc<Plan>,
    work: Work,
    /// The stretch between two frames' centres that is ready.
    ready: Option<u64>,
    sound: [Vec<f32>; 2],
    /// The second half of the frame at the end of that stretch.
    tails: [Vec<f32>; 2],
}

impl Stream {
    /// Plans a noise and finds its level. `None` for silence. Off the audio thread: takes up to a few hundredths of a
    /// second.
    pub fn new(recipe: Recipe) -> Option<Self> {
        let mut plan = Plan::new(recipe)?;
        plan.gains = level::balance(&plan);
        let mut stream = Self::of(Arc::new(plan));
        let peak = level::peak(&mut stream);
        let scale = if peak > 0.0 && peak.is_finite() { PEAK / peak } else { 0.0 };
        let mut plan = Arc::into_inner(stream.plan)?;
        plan.gains = plan.gains.map(|gain| gain * scale);
        Some(Self::of(Arc::new(plan)))
    }

    fn of(plan: Arc<Plan>) -> Self {
        let half = || [0, 1].map(|_| vec![0.0; plan.hop]);
        Self { work: Work::new(&plan), sound: half(), tails: half(), ready: None, plan }
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Another player of the same noise.
    pub fn fork(&self) -> Self {
        Self::of(Arc::clone(&self.plan))
    }

    /// The frames from `first` on, which need not lie on any grid, hard-limited to the peak.
    pub fn read(&mut self, first: u64, out: &mut Quantum) {
        self.read_unlimited(first, out);
        for x in out.left.iter_mut().chain(&mut out.right) {
            *x = x.clamp(-PEAK, PEAK);
        }
    }

    pub(super) fn read_unlimited(&mut self, first: u64, out: &mut Quantum) {
        let hop = self.plan.hop as u64;
        let second = self.plan.channels() - 1;
        let mut done = 0;
        while done < QUANTUM {
            let at = first + done as u64;
            self.prepare(at / hop);
            let offset = (at % hop) as usize;
            let n = (QUANTUM - done).min(self.plan.hop - offset);
            out.left[done..done + n].copy_from_slice(&self.sound[0][offset..offset + n]);
            out.right[done..done + n].copy_from_slice(&self.sound[second][offset..offset + n]);
            done += n;
        }
    }

    /// Makes the stretch after the centre of frame `stretch` ready: one frame if it follows the last one, else two.
    fn prepare(&mut self, stretch: u64) {
        if self.ready == Some(stretch) {
            return;
        }
        let hop = self.plan.hop;
        if stretch.checked_sub(1).is_none_or(|before| self.ready != Some(before)) {
            self.plan.make(stretch, &mut self.work);
            self.keep_tails();
        }
        self.plan.make(stretch + 1, &mut self.work);
        for ear in 0..self.plan.channels() {
            let parts = self.tails[ear].iter().zip(&self.work.ears[ear][..hop]);
            self.sound[ear].iter_mut().zip(parts).for_each(|(sound, (tail, head))| *sound = tail + head);
        }
        self.keep_tails();
        self.ready = Some(stretch);
    }

    fn keep_tails(&mut self) {
        for ear in 0..self.plan.channels() {
            self.tails[ear].copy_from_slice(&self.work.ears[ear][self.plan.hop..]);
        }
    }
}
