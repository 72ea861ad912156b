//! A small model of random weights is loaded and run; what is not a model of ours is told from it.

use super::*;

const TINY: &[u8] = include_bytes!("../../../tests/golden/adaptive/tiny.onnx");

/// The model with each of some bytes replaced by others of the same length.
fn patched(from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut file = TINY.to_vec();
    let places: Vec<usize> =
        (0..=file.len() - from.len()).filter(|&at| file[at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    places.into_iter().for_each(|at| file[at..at + to.len()].copy_from_slice(to));
    file
}

fn refused(file: &[u8]) -> String {
    let error = OnnxModel::from_bytes(file, "song.onnx").err().expect("refused");
    assert!(matches!(error, ModelError::Format { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn a_model_runs_and_tells_of_itself() {
    let mut model = OnnxModel::from_bytes(TINY, "tiny").expect("a model");
    assert_eq!(model.description().notes["recipe"], "random weights for tests");
    assert_eq!(model.description().notes["seed"], "1");
    let verdict = model.run(&[1.0; FEATURES]).expect("runs");
    // What the reference implementation of the format says.
    for (found, want) in [
        (verdict.move_db[0], -0.137_845_67),
        (verdict.move_db[12], 0.304_224_6),
        (verdict.uncertainty_db[0], 1.053_361_2),
        (verdict.uncertainty_db[12], 1.012_780_5),
    ] {
        assert!((found - want).abs() < 1e-5, "{found} {want}");
    }
    let far = model.run(&[1e6; FEATURES]).expect("runs");
    assert!(far.uncertainty_db.iter().all(|&deviation| deviation > 1e4));
    assert_eq!(model.run(&[1.0; FEATURES]).expect("runs"), verdict);
    let error = model.run(&[f32::NAN; FEATURES]).expect_err("no number").to_string();
    assert!(error.starts_with("tiny said "), "{error}");
}

#[test]
fn models_move_between_threads() {
    let mut model: Box<dyn Model> = Box::new(OnnxModel::from_bytes(TINY, "tiny").expect("a model"));
    let here = model.run(&[0.5; FEATURES]).expect("runs");
    let there = std::thread::spawn(move || model.run(&[0.5; FEATURES])).join().expect("no panic");
    assert_eq!(there.expect("runs"), here);
}

#[test]
fn the_model_that_is_built_in_runs() {
    let mut model = OnnxModel::embedded().expect("it was tested");
    let verdict = model.run(&[0.0; FEATURES]).expect("runs");
    assert!(verdict.move_db.iter().all(|gain_db| gain_db.abs() < 12.0), "{verdict:?}");
    assert!(model.description().notes.contains_key("recipe"));
}

#[test]
fn other_files_are_refused_with_what_was_found() {
    let error = refused(&patched(b"features", b"feetures"));
    assert!(error.contains("song.onnx: found inputs \"feetures\" float [1, 134]"), "{error}");
    let error = refused(&patched(b"uncertainty_db", b"uncertainty_dB"));
    assert!(error.contains("uncertainty_dB") && error.contains("expected [\"move_db\""), "{error}");
    // A dimension of 134 in a port is written as 08 86 01 inside 0a 03.
    let error = refused(&patched(b"\x0a\x03\x08\x86\x01", b"\x0a\x03\x08\x87\x01"));
    assert!(error.contains("[1, 135]") && error.contains("[1 or ?, 134]"), "{error}");
    let error = refused(&patched(b"\x22\x04Relu", b"\x22\x04Loop"));
    assert!(error.contains("operator \"Loop\""), "{error}");
    // A weight of 134 x 6 that says to be 134 x 7.
    let error = refused(&patched(b"\x08\x86\x01\x08\x06", b"\x08\x86\x01\x08\x07"));
    assert!(error.contains("804 elements") && error.contains("938"), "{error}");
    let error = refused(&patched(b"tiny", b"ti\0y"));
    assert!(error.contains("a text that is none"), "{error}");
    for garbage in [&b""[..], b"RIFF\0\0\0\0WAVE", &[0xff; 1_000], &TINY[..TINY.len() / 2], &TINY[1..]] {
        assert!(!refused(garbage).is_empty());
    }
    let error = refused(&vec![0; LARGEST_FILE_BYTES as usize + 1]);
    assert!(error.contains("64 MiB"), "{error}");
}

#[test]
fn nothing_hides_in_a_model() {
    // A field of bytes, short enough for a length of one byte.
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8][..], bytes].concat();
    let graph = |part: Vec<u8>| outline::read(&field(7, &part)).map(drop).map_err(|refusal| refusal.found);
    let node = |more: &[u8]| graph(field(1, &[&field(4, b"Relu"), more].concat()));
    assert_eq!(node(&[]), Ok(()));
    for (more, found) in [
        (field(7, b"com.maker"), "operators of another maker"),
        (field(5, &field(6, &[])), "graphs or sparse tensors"),
        (field(5, &field(5, &[1 << 3, 9, 2 << 3, 1])), "a tensor of 0 elements"),
        (field(1, &[0xff, 0xfe]), "a text that is none"),
        (field(3, b"two\nlines"), "a name that is none"),
    ] {
        let error = node(&more).expect_err(found);
        assert!(error.contains(found), "{error}");
    }
    // Two floats: one after the other, packed, raw, short of one, of no kind, and in another file.
    let tensor = |more: &[u8]| graph(field(5, &[&[1 << 3, 2][..], more].concat()));
    assert_eq!(tensor(&[2 << 3, 1, 4 << 3 | 5, 0, 0, 0, 0, 4 << 3 | 5, 0, 0, 0, 0]), Ok(()));
    assert_eq!(tensor(&[&[2 << 3, 1][..], &field(4, &[0; 8])].concat()), Ok(()));
    assert_eq!(tensor(&[&[2 << 3, 1][..], &field(9, &[0; 8])].concat()), Ok(()));
    assert!(tensor(&[&[2 << 3, 1][..], &field(9, &[0; 4])].concat()).is_err());
    assert!(tensor(&[&[2 << 3, 99][..], &field(9, &[0; 8])].concat()).is_err());
    assert!(tensor(&[&[2 << 3, 1, 14 << 3, 1][..], &field(9, &[0; 8])].concat()).is_err());
    assert!(tensor(&[&[2 << 3, 1][..], &field(13, b"/etc/passwd")].concat()).is_err());
    // More elements than any file has.
    let vast = [&[1 << 3][..], &[0xff; 9], &[1]].concat();
    assert!(tensor(&[&vast[..], &[2 << 3, 1]].concat()).is_err());
    assert!(outline::read(&field(20, &[])).is_err() && outline::read(&[]).is_err());
}

#[test]
fn files_are_read_and_missing_ones_named() {
    let path = std::env::temp_dir().join(format!("auracore-model-{}.onnx", std::process::id()));
    let error = OnnxModel::load(&path).err().expect("not there yet");
    assert!(matches!(error, ModelError::Read { .. }) && error.to_string().contains("auracore-model-"));
    std::fs::write(&path, TINY).expect("written");
    let model = OnnxModel::load(&path);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(model.expect("a model").description().source_name, path.display().to_string());
}

#[test]
fn what_makes_the_backend_panic_is_an_error() {
    // An output that no operator makes.
    let error =
        OnnxModel::from_bytes(&patched(b"\x12\x0euncertainty_db", b"\x12\x0euncertainty_dB"), "song.onnx")
            .err();
    let Some(ModelError::Run { source_name, cause }) = error else { panic!("{error:?}") };
    assert!(source_name == "song.onnx" && !cause.is_empty());
}

#[test]
fn damaged_files_do_no_harm() {
    let mut state = 1u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    let mut refused = 0;
    for _ in 0..400 {
        let mut file = TINY.to_vec();
        for _ in 0..=random(3) {
            let at = random(file.len());
            file[at] = random(256) as u8;
        }
        if random(4) == 0 {
            file.truncate(random(TINY.len()));
        }
        match OnnxModel::from_bytes(&file, "damaged") {
            Ok(mut model) => drop(model.run(&[1.0; FEATURES])),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 50, "{refused}");
}
