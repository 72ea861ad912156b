//! Names and meanings of the synths.

use crate::track::file::schema::VoiceType;

/// What a synth is called and what it is.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Name in files.
    pub name: &'static str,
    /// Name to show.
    pub title: &'static str,
    /// A sentence.
    pub about: &'static str,
    /// The bus that it belongs on.
    pub voice_type: VoiceType,
}

const fn tones(name: &'static str, title: &'static str, about: &'static str) -> Words {
    Words { name, title, about, voice_type: VoiceType::Tonal }
}

const fn noise(name: &'static str, title: &'static str, about: &'static str) -> Words {
    Words { name, title, about, voice_type: VoiceType::Noise }
}

/// Every synth, in the order of menus.
pub const SYNTHS: &[Words] = &[
    tones("binaural_beat", "Binaural beat", "One tone per ear, a few hertz apart; needs headphones."),
    tones("isochronic_tone", "Isochronic tone", "A tone switched on and off at the beat rate."),
    tones(
        "monaural_beat_stereo_amps",
        "Monaural beat",
        "Two tones that beat in the air; works on loudspeakers.",
    ),
    tones(
        "dual_pulse_binaural",
        "Pulsed binaural beat",
        "A binaural beat with pulses of its own in each ear.",
    ),
    tones("qam_beat", "QAM beat", "A carrier in each ear under two amplitude modulations."),
    tones(
        "hybrid_qam_monaural_beat",
        "Hybrid QAM",
        "A modulated carrier on the left, a monaural beat on the right.",
    ),
    tones("rhythmic_waveshaping", "Rhythmic waveshaping", "A sine whose tremolo changes its colour."),
    tones(
        "stereo_am_independent",
        "Stereo tremolo",
        "A sine a little apart in both ears, each with its own tremolo.",
    ),
    tones(
        "wave_shape_stereo_am",
        "Shaped stereo tremolo",
        "A saturated sine with a tremolo of its own in each ear.",
    ),
    tones("spatial_angle_modulation", "Turning tone", "A tone that moves around the head."),
    tones(
        "spatial_angle_modulation_sam2",
        "Spatial angle modulation",
        "A tone whose angle wanders along an arc or a path.",
    ),
    tones(
        "spatial_angle_modulation_monaural_beat",
        "Monaural beat with tremolo",
        "A monaural beat in the middle under a second tremolo.",
    ),
    tones("subliminal_encode", "Subliminal", "Recordings moved up to a carrier near the end of hearing."),
    noise("noise_swept_notch", "Swept noise", "Coloured noise that deep notches sweep through."),
    noise("noise", "Noise", "The same under its short name."),
    noise(
        "noise_generator",
        "Noise generator",
        "Swept noise with a level for each ear and a place in space.",
    ),
];
