//! Eight bands as one cascade of sections, packed four to a group. Bands that change nothing take no section.

use super::band::{MAX_SECTIONS, Position, is_identity, section_count, sections};
use crate::control::{EQ_BANDS, EqBand, EqPlacement};
use crate::dsp::cascade::{GROUP, Group, Routing, SectionState};
use crate::dsp::svf::SvfCoeffs;
use fearless_simd::Level;

const MAX_GROUPS: usize = EQ_BANDS * MAX_SECTIONS / GROUP;

type BandStates = [[SectionState; MAX_SECTIONS]; EQ_BANDS];

/// A set of bands of fixed structure whose positions glide.
#[derive(Clone)]
pub struct Bands {
    sample_rate_hz: f64,
    /// Share of the way that is left after one control interval.
    rest: f64,
    bands: [EqBand; EQ_BANDS],
    now: [Position; EQ_BANDS],
    target: [Position; EQ_BANDS],
    /// First section of each band in the cascade and their number; none for bands that change nothing.
    layout: [(usize, usize); EQ_BANDS],
    groups: [Group; MAX_GROUPS],
    active_groups: usize,
}

impl Bands {
    pub fn new(sample_rate_hz: f64, rest: f64) -> Self {
        let off = EqBand { on: false, ..EqBand::default() };
        let position = Position::of(&off);
        Self {
            sample_rate_hz,
            rest,
            bands: [off; EQ_BANDS],
            now: [position; EQ_BANDS],
            target: [position; EQ_BANDS],
            layout: [(0, 0); EQ_BANDS],
            groups: std::array::from_fn(|_| Group::default()),
            active_groups: 0,
        }
    }

    /// Whether `bands` sound like these but for frequency, gain and Q.
    pub fn has_structure_of(&self, bands: &[EqBand; EQ_BANDS]) -> bool {
        self.bands.iter().zip(bands).zip(&self.now).all(|((a, b), now)| {
            let same =
                (a.on, a.solo, a.kind, a.placement, a.slope) == (b.on, b.solo, b.kind, b.placement, b.slope);
            // While a flat band changes its kind, place or switch, nothing can be heard.
            same || (is_identity(a, now) && is_identity(b, now))
        })
    }

    /// Takes on settings at once and starts from silence.
    pub fn jump_to(&mut self, bands: &[EqBand; EQ_BANDS]) {
        self.bands = *bands;
        self.target = bands.each_ref().map(Position::of);
        self.now = self.target;
        self.lay_out(&BandStates::default());
    }

    /// Takes on new settings beside `old`; bands that are as before sound on as before.
    pub fn take_over(&mut self, old: &Self, bands: &[EqBand; EQ_BANDS]) {
        let mut states = old.states();
        self.bands = *bands;
        self.target = bands.each_ref().map(Position::of);
        for i in 0..EQ_BANDS {
            let continues = old.bands[i].on == bands[i].on && old.bands[i].kind == bands[i].kind;
            self.now[i] = if continues { old.now[i] } else { self.target[i] };
            if !continues || section_count(&old.bands[i]) != section_count(&bands[i]) {
                states[i] = Default::default();
            }
        }
        self.lay_out(&states);
    }

    /// Where the bands glide to, from the next step of the control grid on.
    pub fn set_targets(&mut self, bands: &[EqBand; EQ_BANDS]) {
        if *bands != self.bands {
            self.bands = *bands;
            self.target = bands.each_ref().map(Position::of);
        }
    }

    /// Clears the signal memory.
    pub fn clear(&mut self) {
        self.groups.iter_mut().for_each(Group::reset);
    }

    /// Whether coefficients are on their way or sections are due to come or go.
    pub fn is_moving(&self) -> bool {
        self.now != self.target
            || self.groups[..self.active_groups].iter().any(Group::is_moving)
            || (0..EQ_BANDS).any(|i| self.needed_sections(i) != self.layout[i].1)
    }

    /// Whether the signal passes unchanged, now and for good.
    pub fn is_identity(&self) -> bool {
        self.active_groups == 0 && !self.is_moving()
    }

    /// One step on the control grid; the coefficients reach it at the next.
    pub fn glide(&mut self) {
        if (0..EQ_BANDS).any(|i| self.needed_sections(i) != self.layout[i].1) {
            let states = self.states();
            self.lay_out(&states);
        }
        for i in 0..EQ_BANDS {
            if self.now[i] != self.target[i] {
                self.now[i].step_towards(&self.target[i], self.rest);
                self.write_band(i, |group, section, coeffs, routing| group.glide(section, coeffs, routing));
            }
        }
    }

    /// Filters frames in place. `to_grid` frames are left until the next control step.
    pub fn process(&mut self, level: Level, frames: &mut [[f64; 2]], to_grid: usize) {
        for group in &mut self.groups[..self.active_groups] {
            group.process(level, frames, to_grid);
        }
    }

    fn needed_sections(&self, i: usize) -> usize {
        let band = &self.bands[i];
        let silent = is_identity(band, &self.now[i]) && is_identity(band, &self.target[i]);
        if silent { 0 } else { section_count(band) }
    }

    fn states(&self) -> BandStates {
        let mut states = BandStates::default();
        for (states, (first, count)) in states.iter_mut().zip(self.layout) {
            for (k, state) in states[..count].iter_mut().enumerate() {
                *state = self.groups[(first + k) / GROUP].section_state((first + k) % GROUP);
            }
        }
        states
    }

    /// Packs the sections of all bands that change something, each with its memory.
    fn lay_out(&mut self, states: &BandStates) {
        let mut total = 0;
        for i in 0..EQ_BANDS {
            let count = self.needed_sections(i);
            self.layout[i] = (total, count);
            for (k, state) in states[i][..count].iter().enumerate() {
                self.groups[(total + k) / GROUP].set_section_state((total + k) % GROUP, *state);
            }
            self.write_band(i, |group, section, coeffs, routing| group.set(section, coeffs, routing));
            total += count;
        }
        self.active_groups = total.div_ceil(GROUP);
        for section in total..self.active_groups * GROUP {
            let group = &mut self.groups[section / GROUP];
            group.set(section % GROUP, &SvfCoeffs::IDENTITY, Routing::STEREO);
            group.set_section_state(section % GROUP, SectionState::default());
        }
    }

    fn write_band(&mut self, i: usize, write: impl Fn(&mut Group, usize, &SvfCoeffs, Routing)) {
        let band = &self.bands[i];
        let routing = match band.placement {
            EqPlacement::Stereo => Routing::STEREO,
            EqPlacement::Mid => Routing::MID,
            EqPlacement::Side => Routing::SIDE,
        };
        let (first, count) = self.layout[i];
        if count == 0 {
            return;
        }
        let biquads = sections(band, &self.now[i], self.sample_rate_hz);
        for (k, biquad) in biquads[..count].iter().enumerate() {
            let section = first + k;
            write(&mut self.groups[section / GROUP], section % GROUP, &SvfCoeffs::from(*biquad), routing);
        }
    }
}
