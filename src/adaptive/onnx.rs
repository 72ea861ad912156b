//! Runs models in the ONNX format: the one that is built in, or one of the user's. For the worker and the command line,
//! never on the audio thread.
//!
//! With the feature `tract` models run in pure Rust. With the feature `onnxruntime` alone they run in an ONNX Runtime
//! library, found by `ORT_DYLIB_PATH` or as the system finds libraries; when it is missing, that is an error and not a
//! panic. With both, `tract` is used: the binding can have one of them in a program.

mod outline;

use ort::environment::Environment;
use ort::session::{Session, builder::GraphOptimizationLevel};
use ort::value::TensorRef;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use super::features::FEATURES;
use super::model::{Description, Model, ModelError, PREDICTED, Verdict};
use outline::{Outline, Port};

#[cfg(not(any(feature = "tract", feature = "onnxruntime")))]
compile_error!("one of the features `tract` and `onnxruntime` is needed to run models");

/// Largest file that is taken for a model, in bytes.
pub const LARGEST_FILE_BYTES: u64 = 64 << 20;

const EMBEDDED: &[u8] = include_bytes!("../../presets/adaptive/balance.onnx");
const EMBEDDED_NAME: &str = "the model that is built in";

const INPUT: &str = "features";
const OUTPUTS: [&str; 2] = ["move_db", "uncertainty_db"];

/// A model that is ready to run.
pub struct OnnxModel {
    session: Session,
    description: Description,
}

impl OnnxModel {
    /// The model that is built in.
    ///
    /// # Errors
    /// [`ModelError::Backend`] without an ONNX Runtime library where one is needed; others would be our mistake.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::from_bytes(EMBEDDED, EMBEDDED_NAME)
    }

    /// Reads a model of the user's, checks that it takes and gives what ours does, and runs it once.
    ///
    /// # Errors
    /// Any [`ModelError`]; all that concern the file name it.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let source_name = path.display().to_string();
        let trouble = |cause: std::io::Error| ModelError::Read {
            source_name: source_name.clone(),
            cause: cause.to_string(),
        };
        let mut file = Vec::new();
        // Not by the length that the system tells, which a device or a growing file has none of.
        let reader = std::fs::File::open(path).map_err(trouble)?;
        reader.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut file).map_err(trouble)?;
        Self::from_bytes(&file, &source_name)
    }

    /// Makes a model of the bytes of a file; `source_name` says in errors which.
    ///
    /// # Errors
    /// Any [`ModelError`] but [`ModelError::Read`].
    pub fn from_bytes(file: &[u8], source_name: &str) -> Result<Self, ModelError> {
        let format = |found: String, expected: String| ModelError::Format {
            source_name: source_name.into(),
            found,
            expected,
        };
        if file.len() as u64 > LARGEST_FILE_BYTES {
            let expected = format!("at most {} MiB", LARGEST_FILE_BYTES >> 20);
            return Err(format(format!("more than {LARGEST_FILE_BYTES} bytes"), expected));
        }
        let outline = outline::read(file).map_err(|refusal| format(refusal.found, refusal.expected))?;
        check_ports(&outline).map_err(|(found, expected)| format(found, expected))?;
        let run =
            |error: ort::Error| ModelError::Run { source_name: source_name.into(), cause: error.to_string() };
        #[cfg(feature = "tract")]
        rehearse(file).map_err(|cause| ModelError::Run { source_name: source_name.into(), cause })?;
        let session = session(file).map_err(|trouble| match trouble {
            Trouble::Backend(cause) => ModelError::Backend { cause },
            Trouble::Model(error) => run(error),
        })?;
        let description = Description {
            source_name: source_name.into(),
            backend: if cfg!(feature = "tract") { "tract" } else { "ONNX Runtime" },
            notes: outline.notes,
        };
        let mut model = Self { session, description };
        model.run(&[0.0; FEATURES])?;
        Ok(model)
    }
}

impl Model for OnnxModel {
    fn run(&mut self, features: &[f32; FEATURES]) -> Result<Verdict, ModelError> {
        let source_name = &self.description.source_name;
        let failed = |error: ort::Error| ModelError::Run {
            source_name: source_name.clone(),
            cause: error.to_string(),
        };
        let input = TensorRef::from_array_view(([1, FEATURES], &features[..])).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![INPUT => input]).map_err(failed)?;
        let mut rows = [[0.0; PREDICTED]; 2];
        for (row, name) in rows.iter_mut().zip(OUTPUTS) {
            let output = outputs.get(name).map(|output| output.try_extract_tensor::<f32>()).transpose();
            let found = output.map_err(failed)?.map(|(_, values)| values);
            *row = found.and_then(|values| values.try_into().ok()).ok_or_else(|| ModelError::Output {
                source_name: source_name.clone(),
                found: format!("{:?} numbers as {name}", found.map_or(0, <[f32]>::len)),
                expected: PREDICTED.to_string(),
            })?;
        }
        Verdict::checked(source_name, rows[0], rows[1])
    }

    fn description(&self) -> &Description {
        &self.description
    }
}

/// Whether a model takes and gives what ours does: found and expected where not.
fn check_ports(outline: &Outline) -> Result<(), (String, String)> {
    let list = |ports: &[Port]| {
        let ports: Vec<String> = ports.iter().map(Port::to_string).collect();
        if ports.is_empty() { "none".into() } else { ports.join(", ") }
    };
    let fits = |port: &Port, name: &str, width: usize| {
        port.name == name
            && port.is_float
            && matches!(port.shape[..], [None | Some(1), Some(found)] if found == width as u64)
    };
    if !matches!(&outline.inputs[..], [input] if fits(input, INPUT, FEATURES)) {
        return Err((
            format!("inputs {}", list(&outline.inputs)),
            format!("{INPUT:?} float [1 or ?, {FEATURES}] alone"),
        ));
    }
    let all_there =
        OUTPUTS.iter().all(|name| outline.outputs.iter().any(|output| fits(output, name, PREDICTED)));
    if outline.outputs.len() != OUTPUTS.len() || !all_there {
        return Err((
            format!("outputs {}", list(&outline.outputs)),
            format!("{OUTPUTS:?} float [1 or ?, {PREDICTED}] alone"),
        ));
    }
    Ok(())
}

/// Runs a model once in tract itself. It panics on some damaged files, and behind the binding, whose interface is that of C,
/// a panic would end the host.
#[cfg(feature = "tract")]
fn rehearse(mut file: &[u8]) -> Result<(), String> {
    use tract_onnx::prelude::{Framework, InferenceModelExt, IntoRunnable, Tensor, TractResult, tvec};
    let run = move || -> TractResult<()> {
        let model = tract_onnx::onnx().model_for_read(&mut file)?.into_optimized()?.into_runnable()?;
        let row = Tensor::from_shape(&[1, FEATURES], &[0.0f32; FEATURES])?;
        model.run(tvec!(row.into())).map(drop)
    };
    match std::panic::catch_unwind(run) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("its parts do not fit together".into()),
    }
}

enum Trouble {
    Backend(String),
    Model(ort::Error),
}

impl From<ort::Error> for Trouble {
    fn from(error: ort::Error) -> Self {
        Self::Model(error)
    }
}

fn session(file: &[u8]) -> Result<Session, Trouble> {
    let environment = environment().map_err(Trouble::Backend)?;
    let builder = Session::builder(environment)?;
    // Without this tract would run the graph as it is written, at a tenth of the speed.
    let builder =
        builder.with_optimization_level(GraphOptimizationLevel::Level3).unwrap_or_else(|e| e.recover());
    // One small network ten times a second needs no threads of its own.
    let builder = builder.with_intra_threads(1).unwrap_or_else(|e| e.recover());
    let mut builder = builder.with_inter_threads(1).unwrap_or_else(|e| e.recover());
    Ok(builder.commit_from_memory(file)?)
}

/// The one environment that a program may have.
fn environment() -> Result<&'static Environment, String> {
    static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();
    ENVIRONMENT.get_or_init(new_environment).as_ref().map_err(Clone::clone)
}

#[cfg(feature = "tract")]
fn new_environment() -> Result<Environment, String> {
    ort::set_api(ort_tract::api());
    ort::init().with_telemetry(false).build().map_err(|error| error.to_string())
}

#[cfg(all(feature = "onnxruntime", not(feature = "tract")))]
fn new_environment() -> Result<Environment, String> {
    let named = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty());
    let path = named.unwrap_or_else(|| {
        format!("{}onnxruntime{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX).into()
    });
    let builder = ort::init_from(&path).map_err(|error| error.to_string())?;
    builder.with_telemetry(false).build().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
