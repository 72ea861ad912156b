//! Tracks to files: a compiled track becomes a stream of stretches, made on all cores, heard in order, in bounded memory.
//!
//! Background threads only. Stretches lie on a fixed grid of the track and each begins with a seek, so that neither the
//! number of cores nor the part that is asked for changes a single bit.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::track::play::plan::Plan;
use crate::track::play::program::{Buses, Program};
use crate::track::sound::span::{QUANTUM, Quantum};

mod export;
mod finish;
mod hearing;

pub use export::{Export, ExportError, Exported, Level, export};
pub use hearing::{Figures, Heard};

/// Grid of the stretches, in frames of the track.
const STRETCH_FRAMES: u64 = 1 << 16;
/// Fewest and most stretches that are made side by side.
const STRETCHES_AT_ONCE: Range<usize> = 2..16;

/// Stereo sound, left and right of the same length.
pub type Planes = [Vec<f32>; 2];

/// A stretch of a track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stretch {
    /// Sum of all buses; what is not a number is silence.
    pub mix: Planes,
    /// Tones, noise and clips by themselves, where they were asked for.
    pub buses: Option<[Planes; 3]>,
}

/// A compiled track that is rendered as often as it takes.
pub struct Session {
    plan: Arc<Plan>,
    /// Programs at rest, with the frame that each would continue at.
    idle: Mutex<Vec<(u64, Program)>>,
}

impl Session {
    /// For a plan whose levels are settled.
    pub fn new(plan: Arc<Plan>) -> Self {
        Self { plan, idle: Mutex::default() }
    }

    /// What is rendered.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Gives the frames of `range` to `hear`, stretch by stretch. The next ones are made while it listens.
    ///
    /// # Errors
    /// The first error of `hear`, which ends the rendering.
    pub fn play<E: Send>(
        &self,
        range: Range<u64>,
        with_buses: bool,
        hear: &mut (dyn FnMut(&Stretch) -> Result<(), E> + Send),
    ) -> Result<(), E> {
        let at_once =
            rayon::current_num_threads().clamp(STRETCHES_AT_ONCE.start, STRETCHES_AT_ONCE.end) as u64;
        let batch = |begin: u64| -> Vec<Stretch> {
            let grid = begin / STRETCH_FRAMES;
            let stretches = (grid..grid + at_once).into_par_iter();
            let cut = |stretch: u64| {
                let first = stretch * STRETCH_FRAMES;
                range.start.max(first)..range.end.min(first + STRETCH_FRAMES)
            };
            stretches
                .map(cut)
                .filter(|cut| !cut.is_empty())
                .map(|cut| self.stretch(cut, with_buses))
                .collect()
        };
        let next_begin = |begin: u64| (begin / STRETCH_FRAMES + at_once) * STRETCH_FRAMES;
        let (mut begin, mut ready) = (next_begin(range.start), batch(range.start));
        while !ready.is_empty() {
            let listen = || ready.iter().try_for_each(&mut *hear);
            let (heard, next) = rayon::join(listen, || batch(begin));
            heard?;
            ready = next;
            begin = next_begin(begin);
        }
        Ok(())
    }

    /// Renders frames that lie within one stretch of the grid.
    fn stretch(&self, cut: Range<u64>, with_buses: bool) -> Stretch {
        // From the grid on, wherever the cut begins: what a voice remembers is then always the same.
        let first = cut.start - cut.start % STRETCH_FRAMES;
        let mut program = self.program(first);
        let mut stretch = Stretch { buses: with_buses.then(Default::default), ..Stretch::default() };
        let mut buses = Buses::SILENT;
        for at in (first..cut.end).step_by(QUANTUM) {
            let frames = QUANTUM.min((cut.end - at) as usize);
            program.render(at, frames, &mut buses);
            let skipped = cut.start.saturating_sub(at) as usize;
            if skipped < frames {
                stretch.append(&buses, skipped..frames);
            }
        }
        self.idle().push((cut.end, program));
        stretch
    }

    /// A program for which a beginning at `first` is a seek.
    fn program(&self, first: u64) -> Program {
        let mut idle = self.idle();
        let at_rest = idle.iter().position(|(next, _)| *next != first);
        let at_rest = at_rest.map(|index| idle.swap_remove(index).1);
        drop(idle);
        at_rest.unwrap_or_else(|| Program::new(Arc::clone(&self.plan)))
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(u64, Program)>> {
        // The list stays valid whatever a panicking thread was doing with it.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stretch {
    /// Length in frames.
    pub fn frames(&self) -> usize {
        self.mix[0].len()
    }

    fn append(&mut self, buses: &Buses, range: Range<usize>) {
        let parts = [&buses.tones, &buses.noise, &buses.clips];
        let [left, right]: [fn(&Quantum) -> &[f32; QUANTUM]; 2] = [|part| &part.left, |part| &part.right];
        for (mix, side) in self.mix.iter_mut().zip([left, right]) {
            let [tones, noise, clips] = parts.map(|part| &side(part)[range.clone()]);
            let sums = tones.iter().zip(noise).zip(clips).map(|((tone, noise), clip)| tone + noise + clip);
            mix.extend(sums.map(|sum| if sum.is_finite() { sum } else { 0.0 }));
        }
        if let Some(planes) = &mut self.buses {
            for (planes, part) in planes.iter_mut().zip(parts) {
                planes[0].extend_from_slice(&part.left[range.clone()]);
                planes[1].extend_from_slice(&part.right[range.clone()]);
            }
        }
    }
}
