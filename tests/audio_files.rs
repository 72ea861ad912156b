//! Audio files: what is written comes back, every input format is decoded in place, and bad files are refused clearly.

use std::f64::consts::PI;
use std::path::{Path, PathBuf};

use auracore::audio_file::{
    AudioData, AudioFileError, Existing, FileFormat, Limits, SampleBits, SourceDepth, Tags, WriteSpec, read,
    write,
};

#[path = "support/folder.rs"]
mod folder;
use folder::Folder;

const RATE_HZ: u32 = 44_100;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audio").join(name)
}

fn sine(amplitude: f64, freq_hz: f64, frames: usize) -> Vec<f32> {
    let step = 2.0 * PI * freq_hz / f64::from(RATE_HZ);
    (0..frames).map(|n| (amplitude * (step * n as f64).sin()) as f32).collect()
}

/// What the fixtures were encoded from.
fn tone(frames: usize) -> AudioData {
    AudioData { channels: vec![sine(0.5, 440.0, frames), sine(0.25, 660.0, frames)], rate_hz: RATE_HZ }
}

/// Repeatable integers over the whole range of a word length, as the `f32` that stands for each.
fn noise(frames: usize, channels: usize, bits: u32) -> AudioData {
    let mut state = 0x1234_5678_9abc_def0_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 32) as u32 as i32 >> (32 - bits)) as f32 / (1_u32 << (bits - 1)) as f32
    };
    let channels = (0..channels).map(|_| (0..frames).map(|_| next()).collect()).collect();
    AudioData { channels, rate_hz: 48_000 }
}

fn spec(format: FileFormat, bits: SampleBits) -> WriteSpec {
    WriteSpec { format, bits, existing: Existing::Refuse }
}

fn read_error(path: &Path) -> AudioFileError {
    let error = read(path, &Limits::default()).expect_err("the file is bad");
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(error.to_string().contains(name), "{error} does not name {name}");
    assert!(!error.to_string().contains('\n'), "one line: {error}");
    error
}

/// What is left of `found` when the best fitting multiple of `expected` is taken away. Encoders change the level a little.
fn error_db(found: &[f32], expected: &[f32]) -> f64 {
    let product =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let fit = product(found, expected).powi(2) / (product(found, found) * product(expected, expected));
    10.0 * (1.0 - fit).log10()
}

#[test]
fn integers_and_floats_come_back_bit_exact_in_both_formats() {
    let folder = Folder::new();
    for (format, bits) in [
        (FileFormat::Wav, SampleBits::Int16),
        (FileFormat::Wav, SampleBits::Int24),
        (FileFormat::Wav, SampleBits::Float32),
        (FileFormat::Flac, SampleBits::Int16),
        (FileFormat::Flac, SampleBits::Int24),
    ] {
        for channels in [1, 2] {
            for frames in [1, 15, 31, 33, 4_095, 4_096, 4_097, 10_001] {
                let audio = noise(frames, channels, u32::from(bits.count()).min(24));
                let path = folder.file(&format!("{bits}-{channels}-{frames}.{}", format.extension()));
                let written = write(&path, &audio, spec(format, bits), &Tags::default()).unwrap();
                assert_eq!(written.clipped_samples, 0);
                let file = read(&path, &Limits::default()).unwrap();
                assert!(file.audio == audio, "{format:?} {bits}, {channels} channels, {frames} frames");
                assert_eq!(file.notes, [""; 0]);
                let depth = match bits {
                    SampleBits::Float32 => SourceDepth::Float(32),
                    _ => SourceDepth::Integer(u32::from(bits.count())),
                };
                assert_eq!(file.depth, depth);
            }
        }
    }
}

#[test]
fn every_usual_rate_can_be_written() {
    let folder = Folder::new();
    for rate_hz in [44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
        for format in [FileFormat::Wav, FileFormat::Flac] {
            let audio = AudioData { rate_hz, ..noise(5_000, 2, 24) };
            let path = folder.file(&format!("{rate_hz}.{}", format.extension()));
            write(&path, &audio, spec(format, SampleBits::Int24), &Tags::default()).unwrap();
            assert!(read(&path, &Limits::default()).unwrap().audio == audio, "{rate_hz} Hz {format:?}");
        }
    }
}

#[test]
fn silence_and_full_scale_survive_flac() {
    let folder = Folder::new();
    let channels = vec![
        vec![0.0; 9_000],
        (0..9_000).map(|n| if n % 2 == 0 { -1.0 } else { 32_767.0 / 32_768.0 }).collect(),
    ];
    let audio = AudioData { channels, rate_hz: RATE_HZ };
    let path = folder.file("extremes.flac");
    write(&path, &audio, spec(FileFormat::Flac, SampleBits::Int16), &Tags::default()).unwrap();
    assert!(read(&path, &Limits::default()).unwrap().audio == audio);
}

#[test]
fn loud_blocks_of_24_bit_survive_flac() {
    // Between noise, which is stored as it is, and tones, which are predicted: here the encoder's own arithmetic overflows.
    let folder = Folder::new();
    let noise = noise(4_096, 2, 24);
    for step in 0..40 {
        let mut audio = tone(4_096);
        for (channel, noise) in audio.channels.iter_mut().zip(&noise.channels) {
            for (sample, noise) in channel.iter_mut().zip(noise) {
                let mixed = *sample + 0.01 * step as f32 * noise;
                *sample = (mixed * 8_388_608.0).round() / 8_388_608.0;
            }
        }
        let path = folder.file(&format!("{step}.flac"));
        write(&path, &audio, spec(FileFormat::Flac, SampleBits::Int24), &Tags::default()).unwrap();
        let bytes = std::fs::metadata(&path).unwrap().len();
        assert!(bytes < 4_096 * 6 + 300, "{bytes} bytes at step {step}");
        assert!(read(&path, &Limits::default()).unwrap().audio.channels == audio.channels, "step {step}");
    }
}

#[test]
fn samples_beyond_full_scale_clip_and_are_counted() {
    let folder = Folder::new();
    let audio = AudioData { channels: vec![vec![0.5, 1.0, -1.0, -1.25, 2.0]], rate_hz: RATE_HZ };
    let path = folder.file("hot.wav");
    let written = write(&path, &audio, spec(FileFormat::Wav, SampleBits::Int16), &Tags::default()).unwrap();
    assert_eq!(written.clipped_samples, 3);
    let top = 32_767.0 / 32_768.0;
    assert_eq!(read(&path, &Limits::default()).unwrap().audio.channels, [[0.5, top, -1.0, -1.0, top]]);

    let path = folder.file("hot float.wav");
    let written = write(&path, &audio, spec(FileFormat::Wav, SampleBits::Float32), &Tags::default()).unwrap();
    assert_eq!(written.clipped_samples, 0);
    assert_eq!(read(&path, &Limits::default()).unwrap().audio, audio);
}

#[test]
fn lossless_fixtures_decode_exactly() {
    for (name, frames, depth, tolerance) in [
        ("tone.aiff", 8_820, SourceDepth::Integer(16), 1.0 / 32_768.0),
        ("tone.flac", 8_820, SourceDepth::Integer(24), 1.0 / 8_388_608.0),
    ] {
        let file = read(&fixture(name), &Limits::default()).unwrap();
        assert_eq!((file.audio.rate_hz, file.audio.frames(), file.depth), (RATE_HZ, frames, depth), "{name}");
        for (found, expected) in file.audio.channels.iter().zip(&tone(frames).channels) {
            let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst <= tolerance, "{name}: {worst}");
        }
    }
}

#[test]
fn lossy_fixtures_lose_no_sample_and_are_not_shifted() {
    // One sample of shift at 660 Hz would already leave an error of -20 dB.
    for name in ["tone.mp3", "tone.ogg"] {
        let file = read(&fixture(name), &Limits::default()).unwrap();
        assert_eq!((file.audio.frames(), file.depth), (22_050, SourceDepth::Lossy), "{name}");
        assert_eq!(file.notes, [""; 0], "{name}");
        for (found, expected) in file.audio.channels.iter().zip(&tone(22_050).channels) {
            // The very ends carry the encoders' own transients.
            let error = error_db(&found[2_000..20_000], &expected[2_000..20_000]);
            assert!(error < -30.0, "{name}: {error:.1} dB");
        }
    }
}

#[test]
fn tags_of_every_input_reach_both_outputs() {
    let folder = Folder::new();
    for name in ["tone.mp3", "tone.ogg", "tone.aiff", "tone.flac", "info.wav"] {
        let tags = read(&fixture(name), &Limits::default()).unwrap().tags;
        for format in [FileFormat::Wav, FileFormat::Flac] {
            let path = folder.file(&format!("{name}.{}", format.extension()));
            write(&path, &tone(500), spec(format, SampleBits::Int16), &tags).unwrap();
            let found = read(&path, &Limits::default()).unwrap();
            let found = (found.tags.title(), found.tags.artist(), found.tags.album());
            let album = (name != "info.wav").then_some("Tones");
            assert_eq!(found, (Some("Prelude"), Some("Example"), album), "{name} to {format:?}");
        }
    }
}

#[test]
fn pictures_are_carried() {
    let folder = Folder::new();
    let tags = read(&fixture("tone.mp3"), &Limits::default()).unwrap().tags;
    assert_eq!(tags.picture_count(), 1);
    for format in [FileFormat::Wav, FileFormat::Flac] {
        let path = folder.file(&format!("cover.{}", format.extension()));
        write(&path, &tone(500), spec(format, SampleBits::Int24), &tags).unwrap();
        let file = read(&path, &Limits::default()).unwrap();
        assert_eq!(file.tags.picture_count(), 1, "{format:?}");
        assert_eq!(file.audio.frames(), 500);
    }
}

#[test]
fn wav_with_tags_has_a_true_riff_size() {
    let folder = Folder::new();
    let path = folder.file("odd.wav");
    let audio = AudioData { channels: vec![vec![0.25; 7]], rate_hz: RATE_HZ };
    // 7 mono frames of 24 bit are an odd number of bytes, so that the chunk behind them needs padding.
    write(&path, &audio, spec(FileFormat::Wav, SampleBits::Int24), &Tags::titled("T", "A", "")).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let riff_bytes = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    assert_eq!(riff_bytes as usize, bytes.len() - 8);
    let file = read(&path, &Limits::default()).unwrap();
    assert_eq!(file.audio, audio);
    assert_eq!((file.tags.title(), file.tags.artist(), file.tags.album()), (Some("T"), Some("A"), None));
}

#[test]
fn not_a_number_becomes_silence_and_is_noted() {
    let folder = Folder::new();
    let path = folder.file("nan.wav");
    let audio = AudioData { channels: vec![vec![0.5, f32::NAN, f32::INFINITY, -0.5]], rate_hz: RATE_HZ };
    write(&path, &audio, spec(FileFormat::Wav, SampleBits::Float32), &Tags::default()).unwrap();
    let file = read(&path, &Limits::default()).unwrap();
    assert_eq!(file.audio.channels, [[0.5, 0.0, 0.0, -0.5]]);
    assert_eq!(file.notes, ["2 samples were not numbers and became silence"]);
}

#[test]
fn files_that_are_not_audio_are_refused_with_a_reason() {
    let folder = Folder::new();
    let missing = folder.file("missing.wav");
    assert!(matches!(read_error(&missing), AudioFileError::Open { .. }));
    assert!(matches!(read_error(folder.path()), AudioFileError::NotAFile { .. }));

    let empty = folder.file("empty.wav");
    std::fs::write(&empty, b"").unwrap();
    assert!(matches!(read_error(&empty), AudioFileError::Empty { .. }));

    let text = folder.file("text.flac");
    std::fs::write(&text, "These are words and no music at all. ".repeat(200)).unwrap();
    let error = read_error(&text);
    assert!(matches!(error, AudioFileError::Unrecognised { .. }), "{error}");
    assert!(
        error.to_string().contains("\"These are wo\"") && error.to_string().contains("expected WAV"),
        "{error}"
    );

    let garbage = folder.file("garbage.mp3");
    let bytes: Vec<u8> =
        noise(40_000, 1, 16).channels[0].iter().map(|value| (value * 32_768.0) as i32 as u8).collect();
    std::fs::write(&garbage, bytes).unwrap();
    read_error(&garbage);

    let header = folder.file("header.wav");
    write(&header, &tone(1), spec(FileFormat::Wav, SampleBits::Int16), &Tags::default()).unwrap();
    let bytes = std::fs::read(&header).unwrap();
    std::fs::write(&header, &bytes[..30]).unwrap();
    assert!(matches!(read_error(&header), AudioFileError::Incomplete { .. }));
}

#[test]
fn a_file_without_frames_is_refused() {
    let folder = Folder::new();
    let path = folder.file("nothing.wav");
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    hound::WavWriter::create(&path, spec).unwrap().finalize().unwrap();
    assert!(matches!(read_error(&path), AudioFileError::NoAudio { .. }));
}

#[test]
fn files_that_are_cut_short_are_refused() {
    let folder = Folder::new();
    for (format, bits) in [(FileFormat::Wav, SampleBits::Int16), (FileFormat::Flac, SampleBits::Int24)] {
        let path = folder.file(&format!("cut.{}", format.extension()));
        write(&path, &tone(20_000), spec(format, bits), &Tags::default()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = read_error(&path);
        assert!(matches!(error, AudioFileError::Truncated { expected: 20_000, .. }), "{error}");
    }
    let path = folder.file("cut.aiff");
    let bytes = std::fs::read(fixture("tone.aiff")).unwrap();
    std::fs::write(&path, &bytes[..20_000]).unwrap();
    let error = read_error(&path);
    assert!(matches!(error, AudioFileError::Incomplete { .. }), "{error}");
}

#[test]
fn a_flipped_bit_in_flac_is_noticed() {
    let folder = Folder::new();
    let path = folder.file("flipped.flac");
    write(&path, &tone(20_000), spec(FileFormat::Flac, SampleBits::Int16), &Tags::default()).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&path, bytes).unwrap();
    read_error(&path);
}

/// Broken input must end in audio or in an error, never in a panic or in samples that are not numbers.
#[test]
fn damaged_bytes_anywhere_do_no_harm() {
    let folder = Folder::new();
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for name in ["tone.mp3", "tone.ogg", "tone.aiff", "tone.flac", "info.wav"] {
        let intact = std::fs::read(fixture(name)).unwrap();
        let path = folder.file(name);
        let mut errors = 0;
        for round in 0..150 {
            let mut bytes = intact.clone();
            // Headers are short, so that every other round stays within the first bytes.
            let reach = if round % 2 == 0 { 200 } else { bytes.len() };
            (0..1 + random(4)).for_each(|_| bytes[random(reach)] = random(256) as u8);
            if round % 5 == 0 {
                bytes.truncate(random(intact.len()));
            }
            std::fs::write(&path, bytes).unwrap();
            match read(&path, &Limits::default()) {
                Ok(file) => assert!(file.audio.channels.iter().flatten().all(|sample| sample.is_finite())),
                Err(error) => {
                    errors += 1;
                    assert!(error.to_string().contains(name), "{error}");
                }
            }
        }
        assert!(errors > 20, "{name}: only {errors} of 150 were noticed");
    }
}

#[test]
fn more_than_two_channels_are_refused() {
    let folder = Folder::new();
    let path = folder.file("surround.wav");
    let spec = hound::WavSpec {
        channels: 6,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    (0..600).for_each(|n| writer.write_sample(n as i16).unwrap());
    writer.finalize().unwrap();
    assert!(matches!(read_error(&path), AudioFileError::Channels { found: 6, .. }));
}

#[test]
fn limits_are_checked_against_the_header_and_the_audio() {
    for name in ["tone.flac", "tone.mp3"] {
        let short = Limits { max_duration_s: 0.1, ..Limits::default() };
        let error = read(&fixture(name), &short).unwrap_err();
        assert!(matches!(error, AudioFileError::TooLong { .. }), "{error}");
        let small = Limits { max_samples: 1_000, ..Limits::default() };
        assert!(matches!(read(&fixture(name), &small), Err(AudioFileError::TooLong { .. })));
        let enough = Limits { max_samples: 44_100, max_duration_s: 0.5 };
        assert!(read(&fixture(name), &enough).is_ok());
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_touched() {
    let folder = Folder::new();
    let flac = folder.file("float.flac");
    let error =
        write(&flac, &tone(10), spec(FileFormat::Flac, SampleBits::Float32), &Tags::default()).unwrap_err();
    assert!(matches!(error, AudioFileError::FloatFlac { .. }));

    let existing = folder.file("existing.wav");
    std::fs::write(&existing, "precious").unwrap();
    let refuse = spec(FileFormat::Wav, SampleBits::Int16);
    let error = write(&existing, &tone(10), refuse, &Tags::default()).unwrap_err();
    assert!(matches!(error, AudioFileError::Exists { .. }));
    assert_eq!(std::fs::read_to_string(&existing).unwrap(), "precious");

    let lost = folder.file("no such folder").join("a.wav");
    assert!(matches!(write(&lost, &tone(10), refuse, &Tags::default()), Err(AudioFileError::Write { .. })));
    assert_eq!(folder.names(), ["existing.wav"]);

    write(&existing, &tone(10), WriteSpec { existing: Existing::Replace, ..refuse }, &Tags::default())
        .unwrap();
    assert_eq!(read(&existing, &Limits::default()).unwrap().audio.frames(), 10);
    assert_eq!(folder.names(), ["existing.wav"]);
}

#[test]
fn a_failing_write_leaves_the_old_file_and_no_temporary() {
    let folder = Folder::new();
    let path = folder.file("kept.flac");
    std::fs::write(&path, "precious").unwrap();
    // FLAC has no such sample rate, which is noticed after the temporary was made.
    let audio = AudioData { rate_hz: 3_000_000, ..tone(10_000) };
    let replace = WriteSpec { existing: Existing::Replace, ..spec(FileFormat::Flac, SampleBits::Int16) };
    let error = write(&path, &audio, replace, &Tags::default()).unwrap_err();
    assert!(matches!(error, AudioFileError::Write { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    assert_eq!(folder.names(), ["kept.flac"]);
}
