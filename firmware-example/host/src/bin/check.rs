//! Checks the programs on every board in QEMU: the log must match the log file beside the program, and the frames of the display
//! must be identical to those computed on the host. Prints a table row for every board.
//!
//! `check [--update] FOLDER`: the programs are in FOLDER/TARGET/release. `--update` writes the log files instead of comparing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use firmware_host::demonstration::{self, Outcome};
use firmware_host::expected;
use firmware_host::frame::Frame;
use firmware_host::machine::{MACHINES, Machine};
use object::{Object, ObjectSection, SectionFlags};

/// Decoding with a codebook must take fewer bytes of stack than this.
const STACK_LIMIT: u32 = 1024;

/// Deblocking, and decoding at a reduced size, must take fewer bytes of stack than this: 1.2 KiB.
const LARGER_STACK_LIMIT: u32 = 1229;

/// Decoding with a network, whose hidden units are on the stack, must take fewer bytes of stack than this.
const NETWORK_STACK_LIMIT: u32 = 1792;

/// The programs that measure flash, and succeed if everything could be decoded.
const SMALLEST: [&str; 5] = [
    "smallest",
    "smallest_row",
    "smallest_region",
    "smallest_xs",
    "smallest_xs_row",
];

fn main() -> ExitCode {
    match check() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn check() -> Result<()> {
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    let update = arguments.first().is_some_and(|first| first == "--update");
    if update {
        arguments.remove(0);
    }
    let [folder] = arguments.as_slice() else {
        bail!("usage: check [--update] FOLDER");
    };
    for machine in MACHINES {
        let board = Board {
            machine,
            programs: Path::new(folder).join(machine.target).join("release"),
        };
        let row = board
            .check(update)
            .with_context(|| machine.name.to_owned())?;
        println!("{row}");
    }
    Ok(())
}

/// A board and its programs.
struct Board {
    machine: Machine,
    /// The folder of the programs.
    programs: PathBuf,
}

impl Board {
    /// Checks all programs, and returns a table row.
    fn check(&self, update: bool) -> Result<String> {
        self.check_demonstrations(update)?;
        for name in SMALLEST {
            self.run(name)?;
        }
        self.check_dsp()?;
        self.measured()
    }

    /// Runs a program, which must succeed.
    fn run(&self, name: &str) -> Result<Outcome> {
        let outcome = demonstration::run(self.machine, &self.programs.join(name), |_| Ok(()))
            .with_context(|| name.to_owned())?;
        ensure!(outcome.success, "{name} failed: {}", outcome.log);
        Ok(outcome)
    }

    /// Checks the logs and the frames of the demonstrations.
    fn check_demonstrations(&self, update: bool) -> Result<()> {
        let run = |name: &str| -> Result<Outcome> {
            let outcome = self.run(name)?;
            compare_log_file(self.machine, name, &outcome.log, update)?;
            Ok(outcome)
        };
        let assets = expected::assets(&self.machine);
        let [fixed, adaptive] = expected::demo_checksums(&assets)?;
        let log = run("decode")?.log;
        for line in [
            format!("checksum of all blocks: {fixed:08x}"),
            format!("checksum in the adaptive layout: {adaptive:08x}"),
        ] {
            require_line("decode", &log, &line)?;
        }

        let renderer = run("renderer")?;
        let (_, first) = renderer
            .frames
            .first()
            .context("the renderer has written no frame")?;
        let (width, height) = (first.width, first.height);
        let frames = expected::renderer(&self.machine, width, height)?;
        compare_frames(&renderer.frames, &frames)?;
        if !self.machine.small {
            let [with, without] = expected::flicker(&self.machine, width, height)?;
            let changes = format!(
                "{}: when the camera goes on by a texel, a sample of the far floor changes by {with:.2} with mip levels, by {without:.2} without",
                self.machine.name
            );
            ensure!(2.0 * with < without, "the far floor shimmers: {changes}");
            eprintln!("{changes}");
        }

        let slideshow = self.run("slideshow")?;
        let expected = expected::slideshow(&assets, width, height)?;
        compare_logs("slideshow", &slideshow.log, &expected.log)?;
        compare_frames(&slideshow.frames, &expected.frames)?;

        let card = self.run("card")?;
        let expected = expected::card(&assets, width, height)?;
        compare_logs("card", &card.log, &expected.log)?;
        compare_frames(&card.frames, &expected.frames)
    }

    /// Checks that the DSP instructions are used where the processor has them, that they agree with their portable
    /// definitions, and that a network decodes to the same blocks as on the host.
    fn check_dsp(&self) -> Result<()> {
        let outcome = self.run("compare_dsp")?;
        let (blocks, checksum) = expected::network_checksum()?;
        for line in [
            format!("DSP instructions available: {}", self.machine.dsp),
            format!("{blocks} blocks of a network, checksum {checksum:08x}"),
        ] {
            require_line("compare_dsp", &outcome.log, &line)?;
        }
        Ok(())
    }

    /// Checks the stack usage that `count` measures, and returns a table row with its measurements.
    fn measured(&self) -> Result<String> {
        let count = self.run("count")?;
        let measurements = || {
            let lines = count.log.lines();
            lines.filter_map(|line| line.strip_prefix("measured: "))
        };
        for stack in measurements().filter(|line| line.contains(" bytes of stack, ")) {
            let bytes = stack.split(' ').next().and_then(|bytes| bytes.parse().ok());
            let limit = if stack.ends_with("of a network") {
                NETWORK_STACK_LIMIT
            } else if stack.ends_with("deblocked") || stack.contains(" at 1/") {
                LARGER_STACK_LIMIT
            } else {
                STACK_LIMIT
            };
            ensure!(
                bytes.is_some_and(|bytes: u32| (1..limit).contains(&bytes)),
                "count measures {stack}; it must be at least 1 and less than {limit}"
            );
        }
        let costs = |what: &str| -> Vec<&str> {
            let found = measurements().filter(|line| line.ends_with(what));
            found.filter_map(|line| line.split(' ').next()).collect()
        };
        // The first model is the one that the board's demonstrations use.
        let cost = |what: &str| -> Result<&str> {
            let first = costs(what).first().copied();
            first.with_context(|| format!("count does not log {what}"))
        };
        let model = if self.machine.small { "s" } else { "m" };
        let (flash, _) = sizes(&self.programs.join("smallest_row"))?;
        let (_, ram) = sizes(&self.programs.join("slideshow"))?;
        Ok(format!(
            "| {} ({}) | yes | yes | yes | {} / {}, texel {} (model {model}), network {} per multiply-add | stack {} for a row; {ram} with the display | {flash} |",
            self.machine.name,
            self.machine.target,
            cost("instructions per pixel, rows of Rgb888")?,
            cost("instructions per pixel, rows of Rgb565Le")?,
            cost("instructions per texel")?,
            costs("instructions per multiply-add").join(" / "),
            cost("bytes of stack, rows of Rgb565Le")?,
        ))
    }
}

/// Checks that a log has a line.
fn require_line(name: &str, log: &str, line: &str) -> Result<()> {
    ensure!(
        log.lines().any(|found| found == line),
        "{name} must log \"{line}\", but logs\n{log}"
    );
    Ok(())
}

/// Compares a log, except for measurements, with the log file beside the program, or writes that file.
fn compare_log_file(machine: Machine, name: &str, log: &str, update: bool) -> Result<()> {
    let size = if machine.small { ".small" } else { "" };
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../src/bin"].iter().collect();
    let file = file.join(format!("{name}{size}.log"));
    if update {
        return fs::write(&file, without_measurements(log))
            .with_context(|| file.display().to_string());
    }
    let expected = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    compare_logs(name, log, &expected).with_context(|| file.display().to_string())
}

/// Compares a log, except for measurements, with what is expected.
fn compare_logs(name: &str, log: &str, expected: &str) -> Result<()> {
    let found = without_measurements(log);
    ensure!(
        found == expected,
        "{name} logs\n{found}\nbut it should log\n{expected}"
    );
    Ok(())
}

/// A log without the lines that differ from machine to machine.
fn without_measurements(log: &str) -> String {
    log.lines()
        .filter(|line| !line.starts_with("measured: "))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Compares frames and their names.
fn compare_frames(found: &[(String, Frame)], expected: &[(String, Frame)]) -> Result<()> {
    let names = |frames: &[(String, Frame)]| -> Vec<String> {
        frames.iter().map(|(name, _)| name.clone()).collect()
    };
    ensure!(
        names(found) == names(expected),
        "the frames are {:?} instead of {:?}",
        names(found),
        names(expected)
    );
    for ((name, found), (_, expected)) in found.iter().zip(expected) {
        let pixels = found.pixels.iter().zip(&expected.pixels);
        let different = pixels.filter(|(found, expected)| found != expected).count();
        ensure!(
            found == expected,
            "{name}: {different} pixels differ from those computed on the host"
        );
    }
    Ok(())
}

/// The bytes of flash and of RAM that a program takes, not counting its stack.
fn sizes(program: &Path) -> Result<(u64, u64)> {
    let elf = fs::read(program).with_context(|| program.display().to_string())?;
    let elf = object::File::parse(&*elf)?;
    let (mut flash, mut ram) = (0, 0);
    for section in elf.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            continue;
        };
        // Only sections that are in memory when the program runs. Initialized data counts twice: it is copied from flash to
        // RAM.
        let reserved = matches!(section.name(), Ok(".stack" | ".heap"));
        if reserved || sh_flags & u64::from(object::elf::SHF_ALLOC) == 0 {
            continue;
        }
        let in_file = section.file_range().is_some();
        if in_file {
            flash += section.size();
        }
        if sh_flags & u64::from(object::elf::SHF_WRITE) != 0 {
            ram += section.size();
        }
    }
    Ok((flash, ram))
}
