//! From moves to the settings of the stages that make them heard.

use crate::control::adaptive::{
    ADAPTIVE_BANDS, ATTACK, BELL_Q, DRIVE, MAKEUP, Moves, RATIO, RELEASE, SHELF_Q, THRESHOLD, WIDTH,
    WIDTH_BORDERS_HZ, band_hz,
};
use crate::control::{CompressorControls, EQ_BANDS, EqBand, EqControls, EqKind, EqPlacement, WidthControls};
use crate::dsp::units::gain_to_db;

/// Knee of the compressor: wide, since it works on whole mixes.
const KNEE_DB: f32 = 8.0;

/// Last band of the adaptive equaliser.
const HIGH_SHELF: usize = ADAPTIVE_BANDS - 1;

/// What the stages of the layer are told.
#[derive(Clone, Copy)]
pub struct Sound {
    pub bells: EqControls,
    /// Low shelf, high shelf, and the same on the side signal.
    pub shelves: EqControls,
    pub compressor: CompressorControls,
    pub width: WidthControls,
    pub drive_db: f32,
}

impl Sound {
    /// Nothing is changed.
    pub fn neutral() -> Self {
        let mut bells = EqControls::default();
        for (i, band) in bells.bands.iter_mut().enumerate() {
            *band = EqBand { freq_hz: band_hz(i + 1), q: BELL_Q, ..EqBand::default() };
        }
        let shelf =
            |kind, placement, freq_hz| EqBand { kind, placement, freq_hz, q: SHELF_Q, ..EqBand::default() };
        let off = EqBand { on: false, ..EqBand::default() };
        let [low_hz, high_hz] = WIDTH_BORDERS_HZ;
        let mut shelves = EqControls { on: true, bands: [off; EQ_BANDS] };
        shelves.bands[..4].copy_from_slice(&[
            shelf(EqKind::LowShelf, EqPlacement::Stereo, band_hz(0)),
            shelf(EqKind::HighShelf, EqPlacement::Stereo, band_hz(HIGH_SHELF)),
            shelf(EqKind::LowShelf, EqPlacement::Side, low_hz),
            shelf(EqKind::HighShelf, EqPlacement::Side, high_hz),
        ]);
        let compressor = CompressorControls {
            on: false,
            ratio: 1.0,
            knee_db: KNEE_DB,
            auto_release: false,
            // Power over ten milliseconds: single peaks are the limiter's business.
            rms_blend: 1.0,
            ..CompressorControls::default()
        };
        Self { bells, shelves, compressor, width: WidthControls::default(), drive_db: 0.0 }
    }

    /// Takes on moves. Only values change, never the structure of an equaliser, so nothing is ever cross-faded.
    pub fn set(&mut self, moves: &Moves) {
        let moves = &moves.0;
        for (i, band) in self.bells.bands.iter_mut().enumerate() {
            band.gain_db = moves[i + 1];
        }
        let [low, middle, high] = [moves[WIDTH], moves[WIDTH + 1], moves[WIDTH + 2]];
        let gains_db = [moves[0], moves[HIGH_SHELF], gain_to_db(low / middle), gain_to_db(high / middle)];
        for (band, gain_db) in self.shelves.bands.iter_mut().zip(gains_db) {
            band.gain_db = gain_db;
        }
        self.width.width = middle;
        let compressor = &mut self.compressor;
        compressor.on = moves[RATIO] > 1.0;
        compressor.ratio = moves[RATIO];
        compressor.threshold_db = moves[THRESHOLD];
        compressor.attack_ms = moves[ATTACK];
        compressor.release_ms = moves[RELEASE];
        compressor.makeup_db = moves[MAKEUP];
        self.drive_db = moves[DRIVE];
    }

    /// Whether no stage has anything to do; the drive is the limiter's.
    pub fn is_neutral(&self) -> bool {
        let flat = |eq: &EqControls| eq.bands.iter().all(|band| band.gain_db == 0.0);
        flat(&self.bells) && flat(&self.shelves) && !self.compressor.on && self.width.width == 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::adaptive::{MOVE_SPECS, MOVES, Module};

    #[test]
    fn every_move_of_a_stage_is_heard() {
        let mut sound = Sound::neutral();
        sound.set(&Moves::NEUTRAL);
        assert!(sound.is_neutral());
        for (i, spec) in MOVE_SPECS.iter().enumerate() {
            let mut moves = Moves::NEUTRAL;
            moves.0[i] = if spec.neutral < spec.max { spec.max } else { spec.min };
            sound.set(&moves);
            let silent = spec.module == Module::Drive || [THRESHOLD, ATTACK, RELEASE, MAKEUP].contains(&i);
            assert_eq!(sound.is_neutral(), silent, "{}", spec.id);
            sound.set(&Moves::NEUTRAL);
            assert!(sound.is_neutral());
        }
        let mut moves = Moves::NEUTRAL;
        moves.0[DRIVE] = -3.0;
        sound.set(&moves);
        assert_eq!(sound.drive_db, -3.0);
    }

    #[test]
    fn structure_never_changes() {
        let structure = |sound: &Sound| {
            let of = |eq: &EqControls| eq.bands.map(|b| (b.on, b.solo, b.kind, b.placement, b.freq_hz, b.q));
            (of(&sound.bells), of(&sound.shelves))
        };
        let mut sound = Sound::neutral();
        let first = structure(&sound);
        for bound in [MOVE_SPECS.map(|spec| spec.min), MOVE_SPECS.map(|spec| spec.max), [1.0; MOVES]] {
            sound.set(&Moves(bound));
            assert!(structure(&sound) == first);
        }
    }
}
