//! Checks the demonstrations on every board in QEMU: that they log what the files beside them say, and that what was on the
//! display is to the bit what the host decodes. Prints a row of a table for every board.
//!
//! `check [--update] FOLDER`: the programs are in FOLDER/TARGET/release; with `--update` the files are written anew.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use firmware_host::demonstration::{self, Outcome};
use firmware_host::expected;
use firmware_host::frame::Frame;
use firmware_host::machine::{MACHINES, Machine};
use object::{Object, ObjectSection, SectionFlags};

/// Decoding with a codebook has to take fewer bytes of stack than this.
const STACK_LIMIT: u32 = 1024;

/// Decoding with a network, whose hidden units are on the stack, has to take fewer than this.
const NETWORK_STACK_LIMIT: u32 = 1640;

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
        let row = check_board(machine, Path::new(folder), update)
            .with_context(|| machine.name.to_owned())?;
        println!("{row}");
    }
    Ok(())
}

/// Checks a board; what is found is a row of the table.
fn check_board(machine: Machine, folder: &Path, update: bool) -> Result<String> {
    let folder = folder.join(machine.target).join("release");
    let run = |name: &str| -> Result<Outcome> {
        let outcome = demonstration::run(machine, &folder.join(name), |_| Ok(()))
            .with_context(|| name.to_owned())?;
        ensure!(outcome.success, "{name} failed: {}", outcome.log);
        compare_log(machine, name, &outcome.log, update)?;
        Ok(outcome)
    };
    let shown = expected::shown(&machine);
    let decode = run("decode")?;
    let checksum = format!("checksum of all blocks {:08x}", expected::checksum(&shown)?);
    ensure!(
        decode.log.lines().any(|line| line == checksum),
        "decode does not find the host's {checksum}"
    );
    let slideshow = run("slideshow")?;
    compare(&slideshow.frames, &expected::slideshow(&shown)?)?;
    let renderer = run("renderer")?;
    let (_, first) = renderer.frames.first().context("nothing was rendered")?;
    compare(
        &renderer.frames,
        &expected::renderer(&shown, first.width, first.height)?,
    )?;
    for name in ["smallest", "smallest_row", "smallest_region"] {
        let outcome = demonstration::run(machine, &folder.join(name), |_| Ok(()))?;
        ensure!(outcome.success, "{name} failed");
    }

    let same = demonstration::run(machine, &folder.join("same"), |_| Ok(()))?;
    ensure!(same.success, "same failed: {}", same.log);
    let (blocks, checksum) = expected::network()?;
    let line = format!("{blocks} blocks of a network, checksum {checksum:08x}");
    ensure!(
        same.log.lines().any(|found| found == line),
        "same does not log {line}, but {}",
        same.log
    );

    let count = demonstration::run(machine, &folder.join("count"), |_| Ok(()))?;
    ensure!(count.success, "count failed: {}", count.log);
    for stack in count
        .log
        .lines()
        .filter(|line| line.contains(" bytes of stack, "))
    {
        let bytes = stack.split(' ').nth(1).and_then(|bytes| bytes.parse().ok());
        let limit = match stack.ends_with("of a network") {
            true => NETWORK_STACK_LIMIT,
            false => STACK_LIMIT,
        };
        ensure!(
            bytes.is_some_and(|bytes: u32| (1..limit).contains(&bytes)),
            "too much, or none: {stack}"
        );
    }
    // The first of them are those of the model that the board shows.
    let costs = |what: &str| -> Vec<&str> {
        let lines = count.log.lines();
        let lines = lines.filter_map(|line| line.strip_prefix("measured: "));
        let found = lines.filter(|line| line.ends_with(what));
        found.filter_map(|line| line.split(' ').next()).collect()
    };
    let cost = |what: &str| -> Result<&str> {
        let first = costs(what).first().copied();
        first.with_context(|| format!("count does not log {what}"))
    };
    let model = if machine.small { "s" } else { "m" };
    let (flash, _) = sizes(&folder.join("smallest_row"))?;
    let (_, ram) = sizes(&folder.join("slideshow"))?;
    Ok(format!(
        "| {} ({}) | yes | yes | yes | {} / {}, texel {} (model {model}), network {} a multiply-add | stack {} for a row; {ram} with the display | {flash} |",
        machine.name,
        machine.target,
        cost("instructions a pixel, rows of Rgb888")?,
        cost("instructions a pixel, rows of Rgb565Le")?,
        cost("instructions a texel")?,
        costs("instructions a multiply-add").join(" / "),
        cost("of stack, a pixel, rows of Rgb565Le")?,
    ))
}

/// Compares a log with the file beside the program, measurements aside, or writes that file.
fn compare_log(machine: Machine, name: &str, log: &str, update: bool) -> Result<()> {
    let stable: String = log
        .lines()
        .filter(|line| !line.starts_with("measured: "))
        .flat_map(|line| [line, "\n"])
        .collect();
    let size = if machine.small { ".small" } else { "" };
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../src/bin"].iter().collect();
    let file = file.join(format!("{name}{size}.log"));
    if update {
        return fs::write(&file, stable).with_context(|| file.display().to_string());
    }
    let expected = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    ensure!(
        stable == expected,
        "{name} logs\n{stable}\nbut {} has\n{expected}",
        file.display()
    );
    Ok(())
}

/// Compares what was on the display with what has to be there.
fn compare(found: &[(String, Frame)], expected: &[(String, Frame)]) -> Result<()> {
    let names = |frames: &[(String, Frame)]| -> Vec<String> {
        frames.iter().map(|(name, _)| name.clone()).collect()
    };
    ensure!(
        names(found) == names(expected),
        "there are {:?}, not {:?}",
        names(found),
        names(expected)
    );
    for ((name, found), (_, expected)) in found.iter().zip(expected) {
        let wrong = found
            .pixels
            .iter()
            .zip(&expected.pixels)
            .filter(|(a, b)| a != b);
        ensure!(
            found == expected,
            "{name}: {} pixels are not what the host has",
            wrong.count()
        );
    }
    Ok(())
}

/// How many bytes of flash a program takes and how many of memory, its stack aside.
fn sizes(program: &Path) -> Result<(u64, u64)> {
    let elf = fs::read(program).with_context(|| program.display().to_string())?;
    let elf = object::File::parse(&*elf)?;
    let (mut flash, mut ram) = (0, 0);
    for section in elf.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            continue;
        };
        // Only what is in memory when it runs; what can be written is there twice, unless it is zero at first.
        let room = matches!(section.name(), Ok(".stack" | ".heap"));
        if room || sh_flags & u64::from(object::elf::SHF_ALLOC) == 0 {
            continue;
        }
        let filled = section.file_range().is_some();
        if filled {
            flash += section.size();
        }
        if sh_flags & u64::from(object::elf::SHF_WRITE) != 0 {
            ram += section.size();
        }
    }
    Ok((flash, ram))
}
