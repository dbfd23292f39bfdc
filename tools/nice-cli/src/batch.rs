//! Work on one file or on many: which input becomes which output, and what is told about those that fail.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use nice_data::folder::{Listing, Unreadable};
use nice_data::{message, progress};
use nice_encode::files;
use rayon::prelude::*;

use crate::output::{self, ForceArgs, Inputs, Kind, is_standard};

/// The options of commands that work on several files.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct BatchArgs {
    /// The number of threads; all cores by default
    #[arg(short, long, value_name = "N", value_parser = threads)]
    pub(crate) jobs: Option<usize>,

    /// Print nothing but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    force: ForceArgs,
}

/// Parses a number of threads.
fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(threads @ 1..=1024) => Ok(threads),
        _ => Err("the number of threads is 1 to 1024".to_owned()),
    }
}

/// Inputs with their outputs.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Each input with its output.
    pub(crate) jobs: Vec<Job>,
    /// Whether it is a single file, with an output of that name.
    is_single: bool,
    /// What could not be searched for inputs.
    unreadable: Vec<Unreadable>,
}

/// An input and its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Job {
    /// The file to read, or `-`.
    pub(crate) input: PathBuf,
    /// The file to write, or `-`.
    pub(crate) output: PathBuf,
}

impl Batch {
    /// What the inputs become. A single file becomes `output`, unless that is a folder. Several files, and those in folders, which
    /// `list` finds, go to the folder `output` with another `ending`; those in a folder keep their place in it.
    pub(crate) fn new(
        inputs: &[PathBuf],
        output: &Path,
        ending: &str,
        list: impl Fn(&Path) -> Result<Listing>,
    ) -> Result<Self> {
        if let [input] = inputs
            && !input.is_dir()
            && !output.is_dir()
            && !ends_in_separator(output)
        {
            return Ok(Self {
                jobs: vec![Job {
                    input: input.clone(),
                    output: output.to_path_buf(),
                }],
                is_single: true,
                unreadable: Vec::new(),
            });
        }
        ensure!(
            !is_standard(output) && !inputs.iter().any(|input| is_standard(input)),
            "several files need a folder for the output, and cannot come from standard input"
        );
        ensure!(
            !output.exists() || output.is_dir(),
            "{} is not a folder, which several files need; give the name of one with -o",
            output.display()
        );
        let mut found: Vec<(PathBuf, PathBuf)> = Vec::new();
        let mut unreadable = Vec::new();
        for input in inputs {
            if input.is_dir() {
                let listing = list(input)?;
                unreadable.extend(listing.unreadable);
                let within = |path: &Path| path.strip_prefix(input).unwrap_or(path).to_path_buf();
                found.extend(
                    listing
                        .pictures
                        .into_iter()
                        .map(|path| (within(&path), path)),
                );
            } else {
                let name = input.file_name().context("an input has no name")?;
                found.push((name.into(), input.clone()));
            }
        }
        // Files that differ only in their endings keep them.
        let mut names: BTreeMap<PathBuf, usize> = BTreeMap::new();
        for (name, _) in &found {
            *names.entry(name.with_extension("")).or_default() += 1;
        }
        let mut jobs: Vec<Job> = Vec::new();
        for (name, input) in found {
            let name = if names[&name.with_extension("")] == 1 {
                name.with_extension(ending)
            } else {
                let mut name = name.into_os_string();
                name.push(".");
                name.push(ending);
                name.into()
            };
            jobs.push(Job {
                input,
                output: output.join(name),
            });
        }
        let mut outputs: Vec<&Path> = jobs.iter().map(|job| job.output.as_path()).collect();
        outputs.sort_unstable();
        if let Some(twice) = outputs.windows(2).find(|pair| pair[0] == pair[1]) {
            bail!(
                "two of the inputs would become {}; give them one after the other, with another folder",
                twice[0].display()
            );
        }
        Ok(Self {
            jobs,
            is_single: false,
            unreadable,
        })
    }

    /// Makes the contents of each output, with a report, on the requested threads, and writes them to files of a kind. A single one may
    /// go to standard output, which is `out`.
    ///
    /// # Errors
    ///
    /// That of a single file; those of several are among the results.
    pub(crate) fn write<T: Send>(
        &self,
        task: &'static str,
        (kind, inputs, args): (Kind, &Inputs, &BatchArgs),
        out: &mut dyn Write,
        make: impl Fn(&Job) -> Result<(T, Vec<u8>)> + Sync,
    ) -> Result<Results<T>> {
        let make = |job: &Job| {
            inputs.check(&job.output, kind, args.force)?;
            make(job)
        };
        let Some(job) = self.single() else {
            return on_threads(args.jobs, || {
                self.run(task, |job| {
                    let (report, bytes) = make(job)?;
                    files::write_atomically(&job.output, &bytes)?;
                    Ok(report)
                })
            });
        };
        let (report, bytes) = on_threads(args.jobs, || make(job))??;
        output::write(&job.output, &bytes, out)?;
        Ok(Results {
            done: vec![report],
            failed: Vec::new(),
            of: 1,
        })
    }

    /// The single file, if there is only one and it has an output of that name.
    pub(crate) fn single(&self) -> Option<&Job> {
        self.jobs.first().filter(|_| self.is_single)
    }

    /// Where messages go: to standard error if the result goes to standard output.
    pub(crate) fn messages<'a>(&self, out: &'a mut dyn Write) -> Box<dyn Write + 'a> {
        match self.single() {
            Some(job) => output::messages(&job.output, out),
            None => Box::new(out),
        }
    }

    /// Does the work for each file on all threads, and shows the progress; each result comes with its number.
    fn run<T: Send>(
        &self,
        task: &'static str,
        each: impl Fn(&Job) -> Result<T> + Sync,
    ) -> Results<T> {
        let bar = progress::bar(self.jobs.len() as u64, task);
        let done: Vec<Result<T>> = self
            .jobs
            .par_iter()
            .with_max_len(1)
            .map(|job| {
                if let Some(folder) = job.output.parent() {
                    fs::create_dir_all(folder).with_context(|| {
                        format!("cannot create the folder {}", folder.display())
                    })?;
                }
                let result = each(job);
                bar.inc(1);
                result
            })
            .collect();
        bar.finish_and_clear();
        let mut results = Results {
            done: Vec::new(),
            failed: self.unreadable.iter().map(ToString::to_string).collect(),
            of: self.jobs.len() + self.unreadable.len(),
        };
        for result in done {
            match result {
                Ok(result) => results.done.push(result),
                Err(error) => results.failed.push(message::of_error(&error)),
            }
        }
        results
    }
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Results<T> {
    /// The results of the files that were done, in their order.
    pub(crate) done: Vec<T>,
    /// Messages about the others.
    pub(crate) failed: Vec<String>,
    /// How many there are together.
    of: usize,
}

impl<T> Results<T> {
    /// An error if a file failed.
    pub(crate) fn check(&self) -> Result<()> {
        /// The number of messages that are shown.
        const SHOWN: usize = 20;
        if self.failed.is_empty() {
            return Ok(());
        }
        let mut text = format!("{} of {} files failed", self.failed.len(), self.of);
        for failed in self.failed.iter().take(SHOWN) {
            text.push_str("; ");
            text.push_str(failed);
        }
        if let Some(more) = self.failed.len().checked_sub(SHOWN + 1) {
            text.push_str(&format!("; and {} more", more + 1));
        }
        bail!(text)
    }
}

/// Runs `work` on so many threads; on all cores if none are given.
fn on_threads<T: Send>(jobs: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0));
    Ok(pool.build().context("cannot start threads")?.install(work))
}

/// Whether a path is written as that of a folder.
fn ends_in_separator(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes
        .last()
        .is_some_and(|&byte| std::path::is_separator(byte.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(path: &Path) -> Result<Listing> {
        bail!("there is no folder {}", path.display())
    }

    fn outputs(inputs: &[&str], output: &str) -> Vec<String> {
        let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
        let batch = Batch::new(&inputs, Path::new(output), "nice", listing).unwrap();
        batch
            .jobs
            .iter()
            .map(|job| job.output.display().to_string())
            .collect()
    }

    #[test]
    fn a_single_file_becomes_the_output_and_several_go_to_a_folder() {
        assert_eq!(outputs(&["no/a.png"], "b.nice"), ["b.nice"]);
        assert_eq!(outputs(&["-"], "-"), ["-"]);
        assert_eq!(outputs(&["no/a.png"], "out/"), ["out/a.nice"]);
        assert_eq!(
            outputs(&["no/a.png", "no/c.jpg"], "out"),
            ["out/a.nice", "out/c.nice"]
        );
        assert_eq!(
            outputs(&["no/a.png", "no/a.jpg"], "out"),
            ["out/a.png.nice", "out/a.jpg.nice"]
        );
    }

    #[test]
    fn two_inputs_never_become_one_output() {
        let inputs = ["x/a.png", "y/a.png"].map(PathBuf::from);
        let error = Batch::new(&inputs, Path::new("out"), "nice", listing).unwrap_err();
        assert!(error.to_string().contains("two of the inputs"), "{error}");
        let inputs = ["-", "y/a.png"].map(PathBuf::from);
        assert!(Batch::new(&inputs, Path::new("out"), "nice", listing).is_err());
    }

    #[test]
    fn the_files_of_a_folder_keep_their_place_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = [folder.path().to_path_buf()];
        let list = |path: &Path| {
            Ok(Listing {
                pictures: ["a.png", "sub/b.jpg", "sub/b.png"]
                    .map(|name| path.join(name))
                    .to_vec(),
                unreadable: Vec::new(),
            })
        };
        let batch = Batch::new(&inputs, Path::new("out"), "nice", list).unwrap();
        let outputs: Vec<&Path> = batch.jobs.iter().map(|job| job.output.as_path()).collect();
        let expected = ["out/a.nice", "out/sub/b.jpg.nice", "out/sub/b.png.nice"].map(Path::new);
        assert_eq!(outputs, expected);
    }

    #[test]
    fn one_file_that_fails_does_not_stop_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = ["x/a.png", "x/b.png", "x/c.png"].map(PathBuf::from);
        let batch = Batch::new(&inputs, folder.path(), "nice", listing).unwrap();
        let results = batch.run("testing", |job| {
            ensure!(!job.input.ends_with("b.png"), "b is bad");
            Ok(job.input.clone())
        });
        assert_eq!(results.done, ["x/a.png", "x/c.png"].map(PathBuf::from));
        let error = results.check().unwrap_err().to_string();
        assert_eq!(error, "1 of 3 files failed; b is bad");
    }
}
