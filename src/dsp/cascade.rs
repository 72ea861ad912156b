//! Many second-order sections in series on a stereo signal, four sections at a time.
//!
//! Sections of a series depend on one another sample by sample, which leaves a vector unit idle. Here lane `k` of a
//! group works on the sample that section `k` will need one step later than section `k − 1`: a wavefront. All lanes
//! then advance in one vector operation, and the first and last three steps of a block run with some lanes at rest.

use super::svf::{SvfCoeffs, settled};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f64x4};

/// Sections that advance together.
pub const GROUP: usize = 4;

/// Lanes of a group: left and right of each section, side by side.
const LANES: usize = 2 * GROUP;

type Lanes = [f64; LANES];

/// Memory of one section: both integrators of both channels.
pub type SectionState = [[f64; 2]; 2];

/// What part of the stereo image a section filters, as its input matrix: `u = own·x + other·x_of_the_other_channel`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Routing {
    /// Share of the channel itself.
    pub own: f64,
    /// Share of the other channel.
    pub other: f64,
}

impl Routing {
    /// Left and right each by itself.
    pub const STEREO: Self = Self { own: 1.0, other: 0.0 };
    /// Only the sum of both.
    pub const MID: Self = Self { own: 0.5, other: 0.5 };
    /// Only their difference.
    pub const SIDE: Self = Self { own: 0.5, other: -0.5 };
}

/// Coefficients of a group and how they move per sample.
#[derive(Debug, Clone, Copy)]
struct GroupCoeffs {
    rows: [Lanes; 9],
    own: Lanes,
    other: Lanes,
}

impl GroupCoeffs {
    const IDENTITY: Self = {
        let mut rows = [[0.0; LANES]; 9];
        rows[8] = [1.0; LANES];
        Self { rows, own: [1.0; LANES], other: [0.0; LANES] }
    };

    fn set(&mut self, section: usize, k: &SvfCoeffs, routing: Routing) {
        let values = [k.a[0], k.a[1], k.b[0], k.a[2], k.a[3], k.b[1], k.c[0], k.c[1], k.d];
        for lane in [2 * section, 2 * section + 1] {
            for (row, value) in self.rows.iter_mut().zip(values) {
                row[lane] = value;
            }
            self.own[lane] = routing.own;
            self.other[lane] = routing.other;
        }
    }
}

/// Four sections in series for two channels.
#[derive(Debug, Clone)]
pub struct Group {
    now: GroupCoeffs,
    target: GroupCoeffs,
    state: [Lanes; 2],
    moving: bool,
    all_stereo: bool,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            now: GroupCoeffs::IDENTITY,
            target: GroupCoeffs::IDENTITY,
            state: [[0.0; LANES]; 2],
            moving: false,
            all_stereo: true,
        }
    }
}

impl Group {
    /// Clears the signal memory.
    pub fn reset(&mut self) {
        self.state = [[0.0; LANES]; 2];
    }

    /// Sets one section at once; a glide of it is forgotten.
    pub fn set(&mut self, section: usize, coeffs: &SvfCoeffs, routing: Routing) {
        self.target.set(section, coeffs, routing);
        self.now.set(section, coeffs, routing);
        self.all_stereo = self.now.own == [1.0; LANES] && self.now.other == [0.0; LANES];
    }

    /// Lets one section glide to new coefficients over the next call of [`Self::process`].
    pub fn glide(&mut self, section: usize, coeffs: &SvfCoeffs, routing: Routing) {
        self.target.set(section, coeffs, routing);
        self.moving = true;
    }

    /// Whether a glide is under way.
    pub fn is_moving(&self) -> bool {
        self.moving
    }

    /// Memory of one section, both integrators of both channels.
    pub fn section_state(&self, section: usize) -> SectionState {
        self.state.map(|s| [s[2 * section], s[2 * section + 1]])
    }

    /// Restores what [`Self::section_state`] gave.
    pub fn set_section_state(&mut self, section: usize, state: SectionState) {
        for (lanes, pair) in self.state.iter_mut().zip(state) {
            lanes[2 * section..2 * section + 2].copy_from_slice(&pair);
        }
    }

    /// Filters interleaved frames in place. A glide set before is finished when `glide_frames` have passed.
    pub fn process(&mut self, level: Level, frames: &mut [[f64; 2]], glide_frames: usize) {
        if self.moving {
            self.process_moving(level, frames, glide_frames);
        } else if self.all_stereo {
            dispatch!(level, simd => wavefront::<_, false>(simd, &self.now, &mut self.state, frames));
        } else {
            dispatch!(level, simd => wavefront::<_, true>(simd, &self.now, &mut self.state, frames));
        }
        for s in self.state.as_flattened_mut() {
            *s = settled(*s);
        }
    }

    /// Moves the coefficients a little with every frame.
    fn process_moving(&mut self, level: Level, frames: &mut [[f64; 2]], glide_frames: usize) {
        for i in 0..frames.len() {
            let share = 1.0 / (glide_frames - i) as f64;
            let (now, target) = (self.now.rows.as_flattened_mut(), self.target.rows.as_flattened());
            now.iter_mut().zip(target).for_each(|(now, target)| *now += (target - *now) * share);
            let frame = &mut frames[i..=i];
            dispatch!(level, simd => wavefront::<_, true>(simd, &self.now, &mut self.state, frame));
        }
        if frames.len() == glide_frames {
            self.now = self.target;
            self.moving = false;
        }
    }
}

/// The moving parts of a wavefront, two sections to a vector: both integrators and what each lane put out last.
#[derive(Clone, Copy)]
struct Front<S: Simd> {
    s1: [f64x4<S>; 2],
    s2: [f64x4<S>; 2],
    y: [f64x4<S>; 2],
}

impl<S: Simd> Front<S> {
    /// Every lane takes what its neighbour made one step ago, the first the next frame, which comes in the upper half of
    /// `input`. Returns the next integrator states, for the lanes that have a sample to work on.
    #[inline(always)]
    fn step<const ROUTED: bool>(&mut self, k: &[[f64x4<S>; 2]; 11], input: f64x4<S>) -> [[f64x4<S>; 2]; 2] {
        let x = [input.slide::<2>(self.y[0]), self.y[0].slide::<2>(self.y[1])];
        let mut next = [self.s1, self.s2];
        for v in 0..2 {
            let (s1, s2) = (self.s1[v], self.s2[v]);
            let u = if ROUTED { k[9][v] * x[v] + k[10][v] * swap_channels(x[v]) } else { x[v] };
            // What depends on the state alone comes first: the input arrives last.
            next[0][v] = k[2][v].mul_add(u, k[1][v].mul_add(s2, k[0][v] * s1));
            next[1][v] = k[5][v].mul_add(u, k[4][v].mul_add(s2, k[3][v] * s1));
            let y = k[8][v].mul_add(u, k[7][v].mul_add(s2, k[6][v] * s1));
            self.y[v] = if ROUTED { x[v] + (y - u) } else { y };
        }
        next
    }
}

/// Left and right exchanged in each pair.
#[inline(always)]
fn swap_channels<S: Simd>(x: f64x4<S>) -> f64x4<S> {
    x.slide_within_blocks::<1>(x)
}

/// Runs the wavefront over interleaved frames. `ROUTED` is false when every section is plain stereo.
#[inline(always)]
fn wavefront<S: Simd, const ROUTED: bool>(
    simd: S,
    k: &GroupCoeffs,
    state: &mut [Lanes; 2],
    frames: &mut [[f64; 2]],
) {
    const LAG: usize = GROUP - 1;
    let load = |lanes: &Lanes| [f64x4::from_slice(simd, &lanes[..4]), f64x4::from_slice(simd, &lanes[4..])];
    let coeffs: [[f64x4<S>; 2]; 11] = std::array::from_fn(|i| match i {
        9 => load(&k.own),
        10 => load(&k.other),
        row => load(&k.rows[row]),
    });
    let zero = f64x4::splat(simd, 0.0);
    let section = load(&[0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
    let mut front = Front { s1: load(&state[0]), s2: load(&state[1]), y: [zero; 2] };
    let count = frames.len();
    for step in 0..count + LAG {
        let input = if step < count {
            let [l, r] = frames[step];
            f64x4::simd_from(simd, [0.0, 0.0, l, r])
        } else {
            zero
        };
        let next = front.step::<ROUTED>(&coeffs, input);
        if step >= LAG && step < count {
            [front.s1, front.s2] = next;
        } else {
            // While the front enters and leaves, lanes without a sample keep their state.
            for v in 0..2 {
                let active = section[v].simd_le(step as f64) & section[v].simd_gt(step as f64 - count as f64);
                front.s1[v] = active.select(next[0][v], front.s1[v]);
                front.s2[v] = active.select(next[1][v], front.s2[v]);
            }
        }
        if step >= LAG {
            frames[step - LAG] = [front.y[1][2], front.y[1][3]];
        }
    }
    for (lanes, s) in state.iter_mut().zip([front.s1, front.s2]) {
        lanes[..4].copy_from_slice(s[0].as_slice());
        lanes[4..].copy_from_slice(s[1].as_slice());
    }
}
