//! What an editor can offer: every synth with its parameters, the noise bed, the clips and the envelopes.
//!
//! Keys and defaults come from the code that compiles a voice: it is run once on an empty voice and says what it asked
//! for. Only what that code cannot know (names, units, sensible ranges) stands in `table`. Main and background
//! threads.

mod build;
mod choices;
mod table;
#[cfg(test)]
mod tests;
mod words;

use crate::track::file::schema::{Object, VoiceType};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Part of a voice that a parameter belongs to, in the order in which an editor shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Carrier and colour.
    Tone,
    /// Beat and pulses.
    Beat,
    /// Loudness.
    Volume,
    /// Place between the ears.
    Pan,
    /// Whatever moves by itself.
    Modulation,
    /// Start phases.
    Phase,
    /// Sweeping and resting notches of a noise.
    Notches,
    /// How a transition runs.
    Transition,
    /// Bursts of noise.
    Glitch,
    /// Flanger.
    Flanger,
    /// Place around the head.
    Space,
    /// Files.
    Source,
}

impl Group {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Tone => "Tone",
            Self::Beat => "Beat",
            Self::Volume => "Volume",
            Self::Pan => "Pan",
            Self::Modulation => "Modulation",
            Self::Phase => "Phase",
            Self::Notches => "Notches",
            Self::Transition => "Transition",
            Self::Glitch => "Glitches",
            Self::Flanger => "Flanger",
            Self::Space => "Space",
            Self::Source => "Source",
        }
    }
}

/// How a parameter is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Control {
    /// A number; the compiler takes any within ±1e9, a slider stays within `low` and `high`.
    Slider {
        /// Left end.
        low: f64,
        /// Right end.
        high: f64,
        /// Whether equal ratios are equal ways.
        is_logarithmic: bool,
    },
    /// Yes or no.
    Switch,
    /// One of some texts or numbers.
    Choice(&'static [Choice]),
    /// A text.
    Text,
    /// A list or an object as it stands in the file.
    Free,
}

/// One of several values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// What the file holds.
    pub value: ChoiceValue,
    /// What the editor shows.
    pub label: &'static str,
}

/// What the file holds for a choice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChoiceValue {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(f64),
}

impl From<ChoiceValue> for Value {
    fn from(value: ChoiceValue) -> Self {
        match value {
            ChoiceValue::Text(text) => text.into(),
            ChoiceValue::Number(number) => number.into(),
        }
    }
}

/// Which of a parameter's values is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// That of a static voice.
    Plain,
    /// That at the start of a transition.
    Start,
    /// That at its end.
    End,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Spellings of its key in static voices, the one that counts first first.
    pub keys: Vec<String>,
    /// Spellings at the start of a transition; empty where it does not move and the plain key counts there too.
    pub start_keys: Vec<String>,
    /// Spellings at the end of a transition; empty where it does not move.
    pub end_keys: Vec<String>,
    /// Name to show.
    pub label: String,
    /// Unit to show; empty where there is none.
    pub unit: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// How it is set.
    pub control: Control,
    /// What counts where no key is there; null where nothing does.
    pub default: Value,
    /// What counts at the start of a transition without a start key; none is the plain value.
    pub start_default: Option<Value>,
    /// What counts at its end without an end key; none is the value at the start.
    pub end_default: Option<Value>,
    /// Whether static voices have it.
    pub in_static: bool,
    /// Whether transitions have it.
    pub in_transition: bool,
}

impl Parameter {
    /// Whether it has values of its own at the end of a transition.
    pub fn moves(&self) -> bool {
        !self.end_keys.is_empty()
    }

    /// The key under which a value is to be written: the spelling that counts in these parameters, else the first one.
    pub fn key(&self, params: &Object, at: At) -> &str {
        let keys = self.keys_at(at);
        let there = keys.iter().find(|key| params.get(*key).is_some_and(|value| !value.is_null()));
        there.or(keys.first()).map_or("", String::as_str)
    }

    /// The value that counts in these parameters of a voice; in the end the default.
    pub fn value(&self, params: &Object, at: At) -> Value {
        let there = |keys: &[String]| {
            keys.iter().find_map(|key| params.get(key).filter(|value| !value.is_null())).cloned()
        };
        let plain = || there(&self.keys).unwrap_or_else(|| self.default.clone());
        let start = || {
            let own = there(&self.start_keys).or_else(|| self.start_default.clone());
            own.unwrap_or_else(plain)
        };
        match at {
            At::Plain => plain(),
            At::Start => start(),
            At::End => there(&self.end_keys).or_else(|| self.end_default.clone()).unwrap_or_else(start),
        }
    }

    fn keys_at(&self, at: At) -> &[String] {
        match at {
            At::Start if !self.start_keys.is_empty() => &self.start_keys,
            At::End if !self.end_keys.is_empty() => &self.end_keys,
            At::End if !self.start_keys.is_empty() => &self.start_keys,
            _ => &self.keys,
        }
    }

    /// Whether the key is one of its spellings anywhere.
    pub fn has_key(&self, key: &str) -> bool {
        [&self.keys, &self.start_keys, &self.end_keys].into_iter().flatten().any(|own| own == key)
    }
}

/// A synth.
#[derive(Debug, Clone, PartialEq)]
pub struct Synth {
    /// Its name in files.
    pub name: &'static str,
    /// Its name to show.
    pub title: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// The bus that it belongs on.
    pub voice_type: VoiceType,
    /// Whether its parameters can move.
    pub has_transition: bool,
    /// Its parameters by group, each group in a sensible order.
    pub parameters: Vec<Parameter>,
}

impl Synth {
    /// The parameter that a key belongs to.
    pub fn parameter(&self, key: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.has_key(key))
    }
}

/// Every synth, in the order of menus.
pub fn synths() -> &'static [Synth] {
    static SYNTHS: OnceLock<Vec<Synth>> = OnceLock::new();
    SYNTHS.get_or_init(build::synths)
}

/// The synth that a name in a file means, with or without its ending for transitions.
pub fn synth(name: &str) -> Option<&'static Synth> {
    let base = name.strip_suffix(crate::track::sound::voice::layer::TRANSITION).unwrap_or(name);
    synths().iter().find(|synth| synth.name == base)
}

/// Parameters of the noise bed itself: where and how loud it plays.
pub fn noise_bed() -> &'static [Parameter] {
    static PARAMETERS: OnceLock<Vec<Parameter>> = OnceLock::new();
    PARAMETERS.get_or_init(build::noise_bed)
}

/// Parameters of the noise that a bed plays: the keys of its `params`.
pub fn noise() -> &'static [Parameter] {
    static PARAMETERS: OnceLock<Vec<Parameter>> = OnceLock::new();
    PARAMETERS.get_or_init(build::noise)
}

/// Parameters of a clip.
pub fn clip() -> &'static [Parameter] {
    static PARAMETERS: OnceLock<Vec<Parameter>> = OnceLock::new();
    PARAMETERS.get_or_init(build::clip)
}

/// An envelope that a voice may have.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvelopeKind {
    /// Its `type` in files.
    pub name: &'static str,
    /// Its name to show.
    pub title: &'static str,
    /// The keys of its `params`.
    pub parameters: Vec<Parameter>,
}

impl EnvelopeKind {
    /// The object of a new envelope of this kind, every key at its default.
    pub fn object(&self) -> Object {
        let params: Object = self.parameters.iter().map(|x| (x.keys[0].clone(), x.default.clone())).collect();
        Object::from_iter([("type".to_owned(), json!(self.name)), ("params".to_owned(), params.into())])
    }
}

/// Every envelope.
pub fn envelopes() -> &'static [EnvelopeKind] {
    static KINDS: OnceLock<Vec<EnvelopeKind>> = OnceLock::new();
    KINDS.get_or_init(build::envelopes)
}
