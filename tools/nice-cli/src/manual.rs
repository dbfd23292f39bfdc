//! `nicec manual`, for those who package the program: writes its man pages and the completions of its arguments for shells.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Command, ValueEnum};
use clap_complete::{Generator, Shell};
use nice_encode::files;

/// The arguments of `nicec manual`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder to write to: man pages to man1, and completions for bash, zsh, fish, elvish and PowerShell to completions
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Runs `nicec manual` for a command line.
pub(crate) fn run(args: &Args, mut command: Command, out: &mut dyn Write) -> Result<()> {
    let [completions, man] = ["completions", "man1"].map(|name| args.output.join(name));
    for folder in [&completions, &man] {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    let name = command.get_name().to_owned();
    let mut written = 0;
    for &shell in Shell::value_variants() {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, &name, &mut script);
        files::write_atomically(&completions.join(shell.file_name(&name)), &script)?;
        written += 1;
    }
    command.build();
    let mut pages = vec![command];
    while let Some(command) = pages.pop() {
        pages.extend(
            command
                .get_subcommands()
                .filter(|one| !one.is_hide_set())
                .cloned(),
        );
        let page = clap_mangen::Man::new(command);
        let mut text = Vec::new();
        page.render(&mut text)?;
        files::write_atomically(&man.join(page.get_filename()), &text)?;
        written += 1;
    }
    writeln!(out, "{}: {written} files", args.output.display())?;
    Ok(())
}
