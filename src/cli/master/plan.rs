//! Which input goes to which output, and why some wishes are refused before any work begins.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::audio_file::FileFormat;

/// One file to master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) input: PathBuf,
    pub(super) output: PathBuf,
    pub(super) format: FileFormat,
}

/// Finds every output, and refuses outputs that are inputs or that two inputs share.
pub(super) fn plan(
    inputs: &[PathBuf],
    output: &Path,
    format: Option<FileFormat>,
) -> Result<Vec<Job>, String> {
    let jobs = if is_folder(inputs.len(), output) {
        if output.exists() && !output.is_dir() {
            return Err(format!("{}: is a file; {} inputs need a folder", output.display(), inputs.len()));
        }
        inputs.iter().map(|input| into_folder(input, output, format.unwrap_or(FileFormat::Wav))).collect()
    } else {
        vec![into_file(&inputs[0], output, format)?]
    };
    refuse_inputs_as_outputs(&jobs)?;
    refuse_shared_outputs(&jobs)?;
    Ok(jobs)
}

fn is_folder(inputs: usize, output: &Path) -> bool {
    let text = output.as_os_str().to_string_lossy();
    inputs > 1 || output.is_dir() || text.ends_with(std::path::is_separator) || output.extension().is_none()
}

fn into_folder(input: &Path, folder: &Path, format: FileFormat) -> Job {
    let mut name = input.file_stem().unwrap_or(OsStr::new("master")).to_owned();
    name.push(".");
    name.push(format.extension());
    Job { input: input.into(), output: folder.join(name), format }
}

fn into_file(input: &Path, output: &Path, format: Option<FileFormat>) -> Result<Job, String> {
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
        _ => Ok(Job { input: input.into(), output: output.into(), format: by_name }),
    }
}

fn refuse_inputs_as_outputs(jobs: &[Job]) -> Result<(), String> {
    let inputs: Vec<Identity> = jobs.iter().filter_map(|job| Identity::of_existing(&job.input)).collect();
    let clash = jobs
        .iter()
        .find(|job| Identity::of_existing(&job.output).is_some_and(|output| inputs.contains(&output)));
    match clash {
        Some(job) => Err(format!(
            "{}: is an input and is not overwritten; choose another output",
            job.output.display()
        )),
        None => Ok(()),
    }
}

fn refuse_shared_outputs(jobs: &[Job]) -> Result<(), String> {
    let mut first_inputs = HashMap::new();
    for job in jobs {
        if let Some(first) = first_inputs.insert(Identity::of_future(&job.output), &job.input) {
            let (first, second, output) = (first.display(), job.input.display(), job.output.display());
            return Err(format!(
                "{first} and {second} would both become {output}; master them one at a time"
            ));
        }
    }
    Ok(())
}

/// What makes two paths the same file, however they are spelled.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Identity {
    /// Device and number of an existing file: also equal for hard links.
    #[cfg(unix)]
    Inode(u64, u64),
    /// Where the path leads.
    Path(PathBuf),
}

impl Identity {
    #[cfg(unix)]
    fn of_existing(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self::Inode(metadata.dev(), metadata.ino()))
    }

    #[cfg(not(unix))]
    fn of_existing(path: &Path) -> Option<Self> {
        path.canonicalize().ok().map(Self::Path)
    }

    /// Of a file that need not exist yet.
    fn of_future(path: &Path) -> Self {
        Self::of_existing(path).unwrap_or_else(|| {
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.into());
            let folder = absolute.parent().and_then(|folder| folder.canonicalize().ok());
            match folder.zip(absolute.file_name()) {
                Some((folder, name)) => Self::Path(folder.join(name)),
                None => Self::Path(absolute),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(inputs: &[&str], output: &str, format: Option<FileFormat>) -> Result<Vec<String>, String> {
        let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
        let jobs = plan(&inputs, Path::new(output), format)?;
        Ok(jobs.iter().map(|job| job.output.display().to_string()).collect())
    }

    #[test]
    fn names_follow_the_output() {
        assert_eq!(outputs(&["a.mp3"], "b.wav", None), Ok(vec!["b.wav".into()]));
        assert_eq!(outputs(&["a.mp3"], "b.flac", Some(FileFormat::Flac)), Ok(vec!["b.flac".into()]));
        assert_eq!(outputs(&["x/a.b.mp3"], "no such/", None), Ok(vec!["no such/a.b.wav".into()]));
        assert_eq!(outputs(&["a.mp3"], "no such", Some(FileFormat::Flac)), Ok(vec!["no such/a.flac".into()]));
        assert_eq!(
            outputs(&["a.mp3", "b.wav"], "out.d", None),
            Ok(vec!["out.d/a.wav".into(), "out.d/b.wav".into()])
        );
    }

    #[test]
    fn contradictions_are_refused() {
        for (inputs, output, format, word) in [
            (&["a.wav"][..], "b.mp3", None, "expected a name"),
            (&["a.wav"], "b.wav", Some(FileFormat::Flac), "another format"),
            (&["a.wav", "a.flac"], "out", None, "both become"),
            (&["a.wav", "./a.wav"], "out", None, "both become"),
        ] {
            let error = outputs(inputs, output, format).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
