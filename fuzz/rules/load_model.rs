//! What must hold for any bytes as a model: it is refused with words, or runs.

use auracore::adaptive::features::FEATURES;
use auracore::adaptive::model::Model as _;
use auracore::adaptive::onnx::OnnxModel;

/// Tries the bytes as an ONNX file. Without tract only the outline is read: what it lets through is not run then. Whether it was
/// let through.
pub fn check(bytes: &[u8]) -> bool {
    match OnnxModel::from_bytes(bytes, "some.onnx") {
        Ok(mut model) => {
            _ = model.run(&[1.0; FEATURES]);
            true
        }
        Err(error) => {
            assert!((1..10_000).contains(&error.to_string().len()), "{error}");
            false
        }
    }
}
