//! `auracore master --adaptive`: what it is told, and what it tells.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use crate::adaptive::advice::Advice;
use crate::adaptive::curve::Target;
use crate::adaptive::model::Model;
use crate::adaptive::onnx::OnnxModel;
use crate::adaptive::reference::Reference;
use crate::adaptive::survey::{SurveyError, survey};
use crate::adaptive::taste::Taste;
use crate::audio_file::AudioData;
use crate::cli::number::within;
use crate::control::adaptive::{Adaptation, AdaptiveAmounts, Character, DRIVE, MOVE_SPECS, Pace};

/// Arguments of `--adaptive`.
#[derive(Debug, Args)]
pub struct AdaptiveArgs {
    /// Listen first, and let EQ, dynamics and width follow what is heard, within tight bounds.
    #[arg(long)]
    adaptive: bool,
    /// How much of what is proposed is done, 0 to 100 %.
    #[arg(long, value_name = "PERCENT", default_value = "100", requires = "adaptive", value_parser = |text: &str| within(text, 0.0..=100.0, "%"))]
    amount: f64,
    /// The kind of master to aim for.
    #[arg(long, default_value = "neutral", requires = "adaptive", value_parser = characters())]
    character: Character,
    /// Aim for the spectrum, width, dynamics and loudness of this file instead, or for the mean of several.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "adaptive", conflicts_with = "character")]
    reference: Vec<PathBuf>,
    /// The model that is asked: "default", "none" (the rule alone) or an ONNX file. A reference needs none.
    #[arg(long, value_name = "default|none|FILE", default_value = "default", requires = "adaptive")]
    model: ModelArg,
    /// Corrections learned elsewhere, as the plugin exports them.
    #[arg(long, value_name = "FILE", requires = "adaptive")]
    taste: Option<PathBuf>,
    /// Tell what was measured, what was expected, and why each move was made.
    #[arg(long, requires = "adaptive")]
    explain: bool,
}

/// Reads a character by its name.
fn characters() -> impl TypedValueParser<Value = Character> {
    let named = |id: String| Character::ALL.into_iter().find(|character| character.id() == id);
    PossibleValuesParser::new(Character::ALL.map(Character::id)).map(move |id| named(id).unwrap_or_default())
}

#[derive(Debug, Clone, PartialEq)]
enum ModelArg {
    Default,
    None,
    File(PathBuf),
}

impl FromStr for ModelArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "default" => Self::Default,
            "none" => Self::None,
            file => Self::File(file.into()),
        })
    }
}

/// How each file is listened to.
#[derive(Debug, Clone)]
pub struct Listening {
    amount: f32,
    target: Target,
    taste: Taste,
    model: ModelArg,
    explain: bool,
    aim: String,
}

/// What was heard in a file and what was made of it.
#[derive(Debug, Clone, Serialize)]
pub struct Heard {
    /// Character or reference.
    pub aim: String,
    /// The model that was asked; none where the rule was alone.
    pub model: Option<String>,
    /// Share of the proposal that was done, 0…1.
    pub amount: f32,
    /// The proposal with its reasons.
    pub advice: Advice,
    /// Whether people asked for the reasons.
    #[serde(skip)]
    pub explain: bool,
}

impl AdaptiveArgs {
    /// Reads what is named, once for all files.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub(super) fn listening(&self) -> Result<Option<Listening>, String> {
        if !self.adaptive {
            return Ok(None);
        }
        let (target, aim) = if self.reference.is_empty() {
            (Target::of(self.character), self.character.id().to_owned())
        } else {
            let reference = Reference::from_files(&self.reference).map_err(|error| error.to_string())?;
            let names: Vec<String> = self.reference.iter().map(|path| path.display().to_string()).collect();
            (reference.target(), names.join(", "))
        };
        let taste = self.taste.as_deref().map_or(Ok(Taste::default()), Taste::load);
        let taste = taste.map_err(|error| error.to_string())?;
        let listening = Listening {
            amount: self.amount as f32 / 100.0,
            target,
            taste,
            model: self.model.clone(),
            explain: self.explain,
            aim,
        };
        listening.model()?; // a model that cannot be used is found before anything is touched
        Ok(Some(listening))
    }
}

impl Listening {
    /// Loudness of the references, if there are any, LUFS.
    pub(super) fn loudness_lufs(&self) -> Option<f64> {
        self.target.loudness_lufs.map(|lufs| f64::from(lufs).clamp(-60.0, -3.0))
    }

    fn model(&self) -> Result<Option<OnnxModel>, String> {
        let model = match &self.model {
            _ if self.target.is_reference => return Ok(None),
            ModelArg::None => return Ok(None),
            ModelArg::Default => OnnxModel::embedded(),
            ModelArg::File(path) => OnnxModel::load(path),
        };
        model.map(Some).map_err(|error| error.to_string())
    }

    /// Hears a file and says what the chain shall do.
    ///
    /// # Errors
    /// Why there is no advice.
    pub(super) fn hear(&self, audio: &AudioData) -> Result<(Adaptation, Heard), SurveyError> {
        // It could be made when the arguments were read.
        let mut model = self.model().unwrap_or_default();
        let speaking = model.as_mut().map(|model| model as &mut dyn Model);
        let advice = survey(audio, &self.target, speaking, &self.taste)?;
        let mut moves = advice.moves;
        moves.0[DRIVE] = MOVE_SPECS[DRIVE].neutral; // the search for the target is more exact
        let amounts = AdaptiveAmounts { overall: self.amount, ..AdaptiveAmounts::ALL };
        let heard = Heard {
            aim: self.aim.clone(),
            model: model.map(|model| model.description().to_string()),
            amount: self.amount,
            advice,
            explain: self.explain,
        };
        Ok((Adaptation { moves, amounts, pace: Pace::AtOnce }, heard))
    }
}
