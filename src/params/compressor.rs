//! Parameters of the compressor.

use nice_plug::prelude::*;

use crate::control::CompressorControls;
use crate::control::range::*;
use crate::parameter::{View, Writer, declare};

/// See [`CompressorControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct CompressorParams {
    #[id = "comp_on"]
    pub on: BoolParam,
    #[id = "comp_thresh"]
    pub threshold: FloatParam,
    #[id = "comp_ratio"]
    pub ratio: FloatParam,
    #[id = "comp_knee"]
    pub knee: FloatParam,
    #[id = "comp_attack"]
    pub attack: FloatParam,
    #[id = "comp_release"]
    pub release: FloatParam,
    #[id = "comp_auto_rel"]
    pub auto_release: BoolParam,
    #[id = "comp_look"]
    pub lookahead: FloatParam,
    #[id = "comp_rms"]
    pub rms_blend: FloatParam,
    #[id = "comp_hpf"]
    pub sidechain_highpass: FloatParam,
    #[id = "comp_ext"]
    pub external_sidechain: BoolParam,
    #[id = "comp_link"]
    pub stereo_link: FloatParam,
    #[id = "comp_mix"]
    pub mix: FloatParam,
    #[id = "comp_makeup"]
    pub makeup: FloatParam,
    #[id = "comp_auto_mk"]
    pub auto_makeup: BoolParam,
}

impl CompressorParams {
    pub(super) fn new(defaults: &CompressorControls) -> Self {
        Self {
            on: declare::switch("Comp", defaults.on),
            threshold: declare::db("Comp threshold", defaults.threshold_db, COMPRESSOR_THRESHOLD_DB),
            ratio: declare::ratio("Comp ratio", defaults.ratio, COMPRESSOR_RATIO),
            knee: declare::db("Comp knee", defaults.knee_db, COMPRESSOR_KNEE_DB),
            attack: declare::ms("Comp attack", defaults.attack_ms, COMPRESSOR_ATTACK_MS),
            release: declare::ms("Comp release", defaults.release_ms, COMPRESSOR_RELEASE_MS),
            auto_release: declare::switch("Comp auto release", defaults.auto_release),
            lookahead: declare::ms_from_zero(
                "Comp look-ahead",
                defaults.lookahead_ms,
                COMPRESSOR_LOOKAHEAD_MS,
            ),
            rms_blend: declare::percent("Comp peak to RMS", defaults.rms_blend, COMPRESSOR_RMS_BLEND),
            sidechain_highpass: declare::hz_or_off(
                "Comp side-chain high-pass",
                defaults.sidechain_highpass_hz,
                COMPRESSOR_HIGHPASS_HZ,
            ),
            external_sidechain: declare::switch("Comp external side-chain", defaults.external_sidechain),
            stereo_link: declare::percent("Comp stereo link", defaults.stereo_link, COMPRESSOR_LINK),
            mix: declare::percent("Comp mix", defaults.mix, COMPRESSOR_MIX),
            makeup: declare::db("Comp make-up", defaults.makeup_db, COMPRESSOR_MAKEUP_DB),
            auto_makeup: declare::switch("Comp auto make-up", defaults.auto_makeup),
        }
    }

    pub(super) fn controls(&self, view: View) -> CompressorControls {
        CompressorControls {
            on: view.of(&self.on),
            threshold_db: view.of(&self.threshold),
            ratio: view.of(&self.ratio),
            knee_db: view.of(&self.knee),
            attack_ms: view.of(&self.attack),
            release_ms: view.of(&self.release),
            auto_release: view.of(&self.auto_release),
            lookahead_ms: view.of(&self.lookahead),
            rms_blend: view.of(&self.rms_blend),
            sidechain_highpass_hz: view.of(&self.sidechain_highpass),
            external_sidechain: view.of(&self.external_sidechain),
            stereo_link: view.of(&self.stereo_link),
            mix: view.of(&self.mix),
            makeup_db: view.of(&self.makeup),
            auto_makeup: view.of(&self.auto_makeup),
        }
    }

    pub(super) fn apply(&self, controls: &CompressorControls, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.threshold, controls.threshold_db);
        to.set(&self.ratio, controls.ratio);
        to.set(&self.knee, controls.knee_db);
        to.set(&self.attack, controls.attack_ms);
        to.set(&self.release, controls.release_ms);
        to.set(&self.auto_release, controls.auto_release);
        to.set(&self.lookahead, controls.lookahead_ms);
        to.set(&self.rms_blend, controls.rms_blend);
        to.set(&self.sidechain_highpass, controls.sidechain_highpass_hz);
        to.set(&self.external_sidechain, controls.external_sidechain);
        to.set(&self.stereo_link, controls.stereo_link);
        to.set(&self.mix, controls.mix);
        to.set(&self.makeup, controls.makeup_db);
        to.set(&self.auto_makeup, controls.auto_makeup);
    }

    pub(super) fn remote_pages(&self, section: &mut impl RemoteControlsSection) {
        section.add_page("Compressor", |page| {
            page.add_param(&self.threshold);
            page.add_param(&self.ratio);
            page.add_param(&self.attack);
            page.add_param(&self.release);
            page.add_param(&self.knee);
            page.add_param(&self.mix);
            page.add_param(&self.makeup);
            page.add_param(&self.on);
        });
        section.add_page("Compressor detector", |page| {
            page.add_param(&self.lookahead);
            page.add_param(&self.rms_blend);
            page.add_param(&self.sidechain_highpass);
            page.add_param(&self.stereo_link);
            page.add_param(&self.external_sidechain);
            page.add_param(&self.auto_release);
            page.add_param(&self.auto_makeup);
        });
    }
}
