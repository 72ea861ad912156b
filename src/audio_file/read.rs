//! Decodes a whole file into memory. Background threads only.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_MP3, CODEC_ID_PCM_F32BE, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64BE, CODEC_ID_PCM_F64LE,
    CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecoderError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::{AudioData, AudioFileError, MAX_CHANNELS, Tags};

/// A decoded file.
#[derive(Debug, Clone)]
pub struct AudioFile {
    /// The samples, encoder delay and padding removed.
    pub audio: AudioData,
    /// What the samples were stored as.
    pub depth: SourceDepth,
    /// Title, artist, pictures and the like.
    pub tags: Tags,
    /// Things worth telling that did not stop the reading, one sentence each.
    pub notes: Vec<String>,
}

/// How a file stores its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceDepth {
    /// Integers of this many bits.
    Integer(u32),
    /// Floating point of this many bits.
    Float(u32),
    /// A lossy code without a word length.
    Lossy,
}

impl std::fmt::Display for SourceDepth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(bits) => write!(f, "{bits} bit"),
            Self::Float(bits) => write!(f, "{bits} bit float"),
            Self::Lossy => write!(f, "lossy"),
        }
    }
}

/// How much a reader accepts before it refuses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Longest recording in seconds.
    pub max_duration_s: f64,
    /// Most samples over all channels; four bytes each are held in memory.
    pub max_samples: u64,
}

impl Default for Limits {
    /// Six hours, and 2³⁰ samples (4 GiB, a little over three hours of 48 kHz stereo).
    fn default() -> Self {
        Self { max_duration_s: 6.0 * 3600.0, max_samples: 1 << 30 }
    }
}

impl Limits {
    fn frames(&self, rate_hz: u32, channels: usize) -> u64 {
        let by_duration = (self.max_duration_s * f64::from(rate_hz)) as u64;
        by_duration.min(self.max_samples / channels.max(1) as u64)
    }
}

/// Reads WAV, AIFF, FLAC, MP3 or OGG Vorbis.
///
/// Integers become `f32` by division by 2^(bits − 1), exactly up to 24 bits. Non-finite samples become zero and are
/// noted. Lossless files must decode without a single error and to their full promised length; in lossy ones an
/// undecodable packet becomes silence of the same length and is noted, up to one in a hundred.
///
/// # Errors
/// Every variant of [`AudioFileError`] that concerns reading.
pub fn read(path: &Path, limits: &Limits) -> Result<AudioFile, AudioFileError> {
    let head = first_bytes(path)?;
    let unrecognised = |cause: String| AudioFileError::Unrecognised {
        path: path.into(),
        found: format!("\"{}\"", head.escape_ascii()),
        cause: cause.trim_end_matches('.').to_owned(),
    };
    let mut format = probe(path).map_err(|error| match error {
        DecoderError::IoError(error)
            if error.kind() == ErrorKind::UnexpectedEof && has_known_magic(&head) =>
        {
            AudioFileError::Incomplete { path: path.into() }
        }
        DecoderError::Unsupported(_) => unrecognised("no known header".into()),
        error => unrecognised(error.to_string()),
    })?;
    let track = format
        .first_track_known_codec(TrackType::Audio)
        .cloned()
        .ok_or_else(|| unrecognised("no audio stream of a known kind".into()))?;
    let Some(CodecParameters::Audio(parameters)) = track.codec_params.clone() else {
        return Err(unrecognised("no audio parameters".into()));
    };
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default().gapless(true).verify(true))
        .map_err(|error| unrecognised(error.to_string()))?;

    let mut decoding = Decoding::new(path, limits, &track, &parameters, decoder);
    decoding.check_header()?;
    decoding.run(format.as_mut())?;
    let depth = depth_of(&parameters);
    let (audio, mut notes) = decoding.finish()?;
    let tags = Tags::read(path).unwrap_or_else(|cause| {
        notes.push(format!("tags could not be read ({cause})"));
        Tags::default()
    });
    Ok(AudioFile { audio, depth, tags, notes })
}

fn first_bytes(path: &Path) -> Result<Vec<u8>, AudioFileError> {
    let open_error = |source| AudioFileError::Open { path: path.into(), source };
    let metadata = std::fs::metadata(path).map_err(open_error)?;
    if !metadata.is_file() {
        return Err(AudioFileError::NotAFile { path: path.into() });
    }
    if metadata.len() == 0 {
        return Err(AudioFileError::Empty { path: path.into() });
    }
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(12).read_to_end(&mut head)).map_err(open_error)?;
    Ok(head)
}

fn has_known_magic(head: &[u8]) -> bool {
    [&b"RIFF"[..], b"FORM", b"fLaC", b"OggS", b"ID3"].iter().any(|magic| head.starts_with(magic))
}

fn probe(path: &Path) -> Result<Box<dyn FormatReader>, DecoderError> {
    let stream = MediaSourceStream::new(Box::new(File::open(path)?), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(extension);
    }
    symphonia::default::get_probe().probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
}

fn is_lossy(parameters: &AudioCodecParameters) -> bool {
    [CODEC_ID_MP3, CODEC_ID_VORBIS].contains(&parameters.codec)
}

fn depth_of(parameters: &AudioCodecParameters) -> SourceDepth {
    match parameters.codec {
        CODEC_ID_PCM_F32LE | CODEC_ID_PCM_F32BE => SourceDepth::Float(32),
        CODEC_ID_PCM_F64LE | CODEC_ID_PCM_F64BE => SourceDepth::Float(64),
        CODEC_ID_MP3 | CODEC_ID_VORBIS => SourceDepth::Lossy,
        // The logarithmic and adaptive codes of telephony state no word length either.
        _ => parameters.bits_per_sample.map_or(SourceDepth::Lossy, SourceDepth::Integer),
    }
}

/// State of one decoding run.
struct Decoding<'a> {
    path: &'a Path,
    limits: &'a Limits,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    lossy: bool,
    /// Frames that the file promises, where that promise is exact.
    promised: Option<u64>,
    audio: AudioData,
    packets: u64,
    damaged_packets: u64,
    cut_packet: bool,
}

impl<'a> Decoding<'a> {
    fn new(
        path: &'a Path,
        limits: &'a Limits,
        track: &Track,
        parameters: &AudioCodecParameters,
        decoder: Box<dyn AudioDecoder>,
    ) -> Self {
        let lossy = is_lossy(parameters);
        // Without an encoder's own header the length of an MP3 is only estimated.
        let exact = !lossy || track.delay.is_some();
        Self {
            path,
            limits,
            decoder,
            track_id: track.id,
            lossy,
            promised: track.num_frames.filter(|_| exact),
            audio: AudioData {
                channels: vec![
                    Vec::new();
                    parameters.channels.as_ref().map_or(0, |channels| channels.count())
                ],
                rate_hz: parameters.sample_rate.unwrap_or(0),
            },
            packets: 0,
            damaged_packets: 0,
            cut_packet: false,
        }
    }

    /// Refuses by the header alone what would be refused later anyway.
    fn check_header(&self) -> Result<(), AudioFileError> {
        if self.audio.channels.len() > MAX_CHANNELS {
            return Err(self.channels_error(self.audio.channels.len()));
        }
        if self.audio.rate_hz > 0 && !self.audio.channels.is_empty() {
            self.check_length(self.promised.unwrap_or(0))?;
        }
        Ok(())
    }

    fn run(&mut self, format: &mut dyn FormatReader) -> Result<(), AudioFileError> {
        loop {
            let packet = match format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track_id => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return Ok(()),
                Err(DecoderError::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                    self.cut_packet = true;
                    return Ok(());
                }
                Err(DecoderError::ResetRequired) => {
                    return Err(self.damaged("several streams follow one another, expected one".into()));
                }
                Err(error) => return Err(self.damaged(error.to_string())),
            };
            self.packets += 1;
            match self.decoder.decode(&packet) {
                Ok(_) => self.append_decoded()?,
                Err(DecoderError::DecodeError(_) | DecoderError::IoError(_)) if self.lossy => {
                    self.damaged_packets += 1;
                    let frames = packet.dur.get() as usize;
                    self.audio
                        .channels
                        .iter_mut()
                        .for_each(|channel| channel.resize(channel.len() + frames, 0.0));
                }
                Err(error) => return Err(self.damaged(error.to_string())),
            }
        }
    }

    fn append_decoded(&mut self) -> Result<(), AudioFileError> {
        let buffer = self.decoder.last_decoded();
        let (found, rate_hz) = (buffer.spec().channels().count(), buffer.spec().rate());
        if self.audio.frames() == 0 {
            // Some headers do not know what the first packet tells.
            self.audio.channels.resize(found, Vec::new());
            self.audio.rate_hz = rate_hz;
        }
        if found == 0 || found > MAX_CHANNELS {
            return Err(self.channels_error(found));
        }
        if found != self.audio.channels.len() || rate_hz != self.audio.rate_hz || rate_hz == 0 {
            let cause = format!(
                "the format changes from {} channels at {} Hz to {found} at {rate_hz} Hz",
                self.audio.channels.len(),
                self.audio.rate_hz
            );
            return Err(self.damaged(cause));
        }
        let start = self.audio.frames();
        let end = start + buffer.frames();
        self.audio.channels.iter_mut().for_each(|channel| channel.resize(end, 0.0));
        let mut planes: Vec<&mut [f32]> =
            self.audio.channels.iter_mut().map(|channel| &mut channel[start..]).collect();
        buffer.copy_to_slice_planar(&mut planes);
        self.check_length(end as u64)
    }

    fn finish(mut self) -> Result<(AudioData, Vec<String>), AudioFileError> {
        let found = self.audio.frames() as u64;
        if let Some(expected) = self.promised.filter(|expected| found < *expected) {
            return Err(AudioFileError::Truncated { path: self.path.into(), found, expected });
        }
        if found == 0 {
            return Err(AudioFileError::NoAudio { path: self.path.into() });
        }
        if self.damaged_packets * 100 > self.packets {
            let cause = format!("{} of {} packets cannot be decoded", self.damaged_packets, self.packets);
            return Err(self.damaged(cause));
        }
        if self.decoder.finalize().verify_ok == Some(false) {
            return Err(AudioFileError::Checksum { path: self.path.into() });
        }
        let notes = self.notes();
        Ok((self.audio, notes))
    }

    fn notes(&mut self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut replaced = 0_u64;
        for sample in self.audio.channels.iter_mut().flatten().filter(|sample| !sample.is_finite()) {
            *sample = 0.0;
            replaced += 1;
        }
        if replaced > 0 {
            notes.push(format!("{replaced} samples were not numbers and became silence"));
        }
        if self.damaged_packets > 0 {
            notes.push(format!("{} damaged packets became silence", self.damaged_packets));
        }
        if self.cut_packet && self.promised.is_none() {
            notes.push(
                "the file gives no length and ends inside a packet; up to 30 ms at its end may be missing"
                    .into(),
            );
        }
        notes
    }

    fn check_length(&self, frames: u64) -> Result<(), AudioFileError> {
        let rate_hz = self.audio.rate_hz;
        let most = self.limits.frames(rate_hz, self.audio.channels.len());
        if frames <= most {
            return Ok(());
        }
        let seconds = |frames: u64| frames as f64 / f64::from(rate_hz);
        Err(AudioFileError::TooLong {
            path: self.path.into(),
            found_s: seconds(frames),
            rate_hz,
            limit_s: seconds(most),
        })
    }

    fn channels_error(&self, found: usize) -> AudioFileError {
        AudioFileError::Channels { path: self.path.into(), found }
    }

    fn damaged(&self, cause: String) -> AudioFileError {
        AudioFileError::Damaged { path: self.path.into(), at_s: self.audio.duration_s(), cause }
    }
}
