//! Which track goes to which files, and why some wishes are refused before any work begins.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::source::Input;
use crate::audio_file::FileFormat;

/// What the files of the three buses are called behind the name of the track.
const STEMS: [&str; 3] = ["-tones", "-noise", "-clips"];

/// One track to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) input: Input,
    pub(super) output: PathBuf,
    pub(super) format: FileFormat,
    /// Files for tones, noise and clips.
    pub(super) stems: Option<[PathBuf; 3]>,
}

/// Finds every output, and refuses outputs that are inputs or that are wanted twice.
pub(super) fn plan(
    inputs: Vec<Input>,
    output: &Path,
    format: Option<FileFormat>,
    stems: Option<&Path>,
) -> Result<Vec<Job>, String> {
    let into_folder = is_folder(inputs.len(), output);
    if into_folder && output.exists() && !output.is_dir() {
        return Err(format!("{}: is a file; {} tracks need a folder", output.display(), inputs.len()));
    }
    let mut jobs = Vec::with_capacity(inputs.len());
    for input in inputs {
        let (output, format) = if into_folder {
            let format = format.unwrap_or(FileFormat::Wav);
            (output.join(named(input.stem(), "", format)), format)
        } else {
            (output.to_owned(), format_of(output, format)?)
        };
        let stem = output.file_stem().unwrap_or_default().to_owned();
        let stems = stems.map(|folder| STEMS.map(|bus| folder.join(named(stem.clone(), bus, format))));
        jobs.push(Job { input, output, format, stems });
    }
    refuse_clashes(&jobs)?;
    Ok(jobs)
}

impl Job {
    /// Every file that it makes.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        std::iter::once(&self.output).chain(self.stems.iter().flatten())
    }
}

fn named(mut stem: OsString, suffix: &str, format: FileFormat) -> OsString {
    stem.push(suffix);
    stem.push(".");
    stem.push(format.extension());
    stem
}

fn is_folder(inputs: usize, output: &Path) -> bool {
    let text = output.as_os_str().to_string_lossy();
    inputs > 1 || output.is_dir() || text.ends_with(std::path::is_separator) || output.extension().is_none()
}

fn format_of(output: &Path, format: Option<FileFormat>) -> Result<FileFormat, String> {
    let by_name = FileFormat::of(output).ok_or_else(|| {
        format!(
            "{}: cannot be written; expected a name ending in .wav or .flac, or a folder",
            output.display()
        )
    })?;
    match format {
        Some(format) if format != by_name => Err(format!(
            "{}: the name asks for another format than --format {}",
            output.display(),
            format.extension()
        )),
        _ => Ok(by_name),
    }
}

fn refuse_clashes(jobs: &[Job]) -> Result<(), String> {
    let inputs: Vec<PathBuf> = jobs.iter().filter_map(|job| job.input.path()?.canonicalize().ok()).collect();
    let mut wanted_by = HashMap::new();
    for job in jobs {
        for file in job.files() {
            let place = place(file);
            if inputs.contains(&place) {
                return Err(format!("{}: is an input and is not overwritten", file.display()));
            }
            if let Some(first) = wanted_by.insert(place, &job.input) {
                let (second, file) = (&job.input, file.display());
                return Err(format!(
                    "{first} and {second} would both become {file}; render them one at a time"
                ));
            }
        }
    }
    Ok(())
}

/// Where a path leads, whether there is a file yet or not.
fn place(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
        let folder = absolute.parent().and_then(|folder| folder.canonicalize().ok());
        folder.zip(absolute.file_name()).map_or(absolute.clone(), |(folder, name)| folder.join(name))
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn outputs(inputs: &[&str], output: &str, stems: Option<&str>) -> Result<Vec<String>, String> {
        let inputs = inputs.iter().map(|input| Input::of(OsStr::new(input))).collect::<Result<_, _>>()?;
        let jobs = plan(inputs, Path::new(output), None, stems.map(Path::new))?;
        Ok(jobs.iter().flat_map(Job::files).map(|file| file.display().to_string()).collect())
    }

    #[test]
    fn names_follow_the_output() {
        assert_eq!(outputs(&["a.json"], "b.flac", None).unwrap(), ["b.flac"]);
        assert_eq!(outputs(&["x/a.b.json"], "no such/", None).unwrap(), ["no such/a.b.wav"]);
        assert_eq!(outputs(&["a.json", "preset:Focus"], "o", None).unwrap(), ["o/a.wav", "o/focus.wav"]);
        assert_eq!(
            outputs(&["a.json"], "b.flac", Some("s")).unwrap(),
            ["b.flac", "s/b-tones.flac", "s/b-noise.flac", "s/b-clips.flac"]
        );
    }

    #[test]
    fn contradictions_are_refused() {
        for (inputs, output, stems, word) in [
            (&["a.json"][..], "b.mp3", None, "expected a name"),
            (&["a.json", "x/a.json"], "out", None, "both become"),
            (&["a.json", "a-tones.json"], "out", Some("out"), "both become"),
            (&["preset:none such"], "out", None, "\"none such\""),
        ] {
            let error = outputs(inputs, output, stems).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
