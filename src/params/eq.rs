//! Parameters of the equaliser.

use nice_plug::prelude::*;

use crate::control::range::{EQ_FREQ_HZ, EQ_GAIN_DB, EQ_Q};
use crate::control::{CutSlope, EQ_BANDS, EqBand, EqControls, EqKind, EqPlacement};
use crate::parameter::{View, Writer, declare};

/// See [`EqControls`]. The bands are fields rather than an array because that is how their ids get the number in
/// front; [`EqParams::bands`] is the array.
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct EqParams {
    #[id = "eq_on"]
    pub on: BoolParam,
    #[nested(id_prefix = "eq1", group = "Band 1")]
    band1: EqBandParams,
    #[nested(id_prefix = "eq2", group = "Band 2")]
    band2: EqBandParams,
    #[nested(id_prefix = "eq3", group = "Band 3")]
    band3: EqBandParams,
    #[nested(id_prefix = "eq4", group = "Band 4")]
    band4: EqBandParams,
    #[nested(id_prefix = "eq5", group = "Band 5")]
    band5: EqBandParams,
    #[nested(id_prefix = "eq6", group = "Band 6")]
    band6: EqBandParams,
    #[nested(id_prefix = "eq7", group = "Band 7")]
    band7: EqBandParams,
    #[nested(id_prefix = "eq8", group = "Band 8")]
    band8: EqBandParams,
}

/// See [`EqBand`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct EqBandParams {
    #[id = "on"]
    pub on: BoolParam,
    #[id = "kind"]
    pub kind: EnumParam<EqKind>,
    #[id = "freq"]
    pub freq: FloatParam,
    #[id = "gain"]
    pub gain: FloatParam,
    #[id = "q"]
    pub q: FloatParam,
    #[id = "slope"]
    pub slope: EnumParam<CutSlope>,
    #[id = "place"]
    pub placement: EnumParam<EqPlacement>,
    #[id = "solo"]
    pub solo: BoolParam,
}

impl EqParams {
    pub(super) fn new(defaults: &EqControls) -> Self {
        let band = |index: usize| EqBandParams::new(index + 1, &defaults.bands[index]);
        Self {
            on: declare::switch("EQ", defaults.on),
            band1: band(0),
            band2: band(1),
            band3: band(2),
            band4: band(3),
            band5: band(4),
            band6: band(5),
            band7: band(6),
            band8: band(7),
        }
    }

    /// The bands in order.
    pub fn bands(&self) -> [&EqBandParams; EQ_BANDS] {
        [
            &self.band1,
            &self.band2,
            &self.band3,
            &self.band4,
            &self.band5,
            &self.band6,
            &self.band7,
            &self.band8,
        ]
    }

    pub(super) fn controls(&self, view: View) -> EqControls {
        EqControls { on: view.of(&self.on), bands: self.bands().map(|band| band.controls(view)) }
    }

    pub(super) fn apply(&self, controls: &EqControls, to: &Writer) {
        to.set(&self.on, controls.on);
        for (band, controls) in self.bands().into_iter().zip(&controls.bands) {
            band.apply(controls, to);
        }
    }

    /// Pages for hardware controllers; the stage switch is on the global page.
    pub(super) fn remote_pages(&self, section: &mut impl RemoteControlsSection) {
        for (index, band) in self.bands().into_iter().enumerate() {
            section.add_page(format!("EQ {}", index + 1), |page| band.remote_page(page));
        }
        section.add_page("EQ gains", |page| {
            self.bands().into_iter().for_each(|band| page.add_param(&band.gain))
        });
    }
}

impl EqBandParams {
    fn new(number: usize, defaults: &EqBand) -> Self {
        let name = |what: &str| format!("EQ {number} {what}");
        Self {
            on: declare::switch(name("on"), defaults.on),
            kind: EnumParam::new(name("kind"), defaults.kind),
            freq: declare::hz(name("frequency"), defaults.freq_hz, EQ_FREQ_HZ),
            gain: declare::db(name("gain"), defaults.gain_db, EQ_GAIN_DB),
            q: declare::quality(name("Q"), defaults.q, EQ_Q),
            slope: EnumParam::new(name("slope"), defaults.slope),
            placement: EnumParam::new(name("placement"), defaults.placement),
            solo: declare::switch(name("solo"), defaults.solo),
        }
    }

    fn controls(&self, view: View) -> EqBand {
        EqBand {
            on: view.of(&self.on),
            solo: view.of(&self.solo),
            kind: view.of(&self.kind),
            placement: view.of(&self.placement),
            slope: view.of(&self.slope),
            freq_hz: view.of(&self.freq),
            gain_db: view.of(&self.gain),
            q: view.of(&self.q),
        }
    }

    fn apply(&self, controls: &EqBand, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.solo, controls.solo);
        to.set(&self.kind, controls.kind);
        to.set(&self.placement, controls.placement);
        to.set(&self.slope, controls.slope);
        to.set(&self.freq, controls.freq_hz);
        to.set(&self.gain, controls.gain_db);
        to.set(&self.q, controls.q);
    }

    fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.freq);
        page.add_param(&self.gain);
        page.add_param(&self.q);
        page.add_param(&self.kind);
        page.add_param(&self.slope);
        page.add_param(&self.placement);
        page.add_param(&self.on);
        page.add_param(&self.solo);
    }
}
