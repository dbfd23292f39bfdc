//! Images that are read to be written again, changed without being decoded.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use nice_data::message;
use nice_decode::format::Stage;
use nice_encode::container::file_type::FileType;
use nice_encode::lossless::BlockGrid;
use nice_encode::{container, pretrained};

use crate::output::{self, ForceArgs, Inputs};

/// Reads the latents of an image.
pub(crate) fn read(input: &Path) -> Result<BlockGrid> {
    let name = output::shown(input);
    let bytes = FileType::Image.check(output::read(input)?, Path::new(&name))?;
    let image = container::image::parse(&bytes, Path::new(&name))?;
    Ok(BlockGrid::new(&image))
}

/// The stages of the model of an image: the requested one, or the pretrained one with its id.
pub(crate) fn stages(input: &Path, grid: &BlockGrid, model: Option<&Path>) -> Result<Vec<Stage>> {
    let name = output::shown(input);
    let file = pretrained::read_for(grid.model(), model)
        .with_context(|| format!("cannot read the model of {name}"))?;
    let model = container::model::parse(&file, model.unwrap_or(Path::new(pretrained::DEFAULT)))?;
    anyhow::ensure!(
        model.id() == grid.model(),
        "{name} was encoded for the model {}, not for {}",
        grid.model(),
        model.id()
    );
    let stages: Vec<Stage> = model.stages().collect();
    anyhow::ensure!(
        !stages.is_empty(),
        "{name} is for a network, whose latents cannot be turned; only those of a codebook can"
    );
    Ok(stages)
}

/// Writes an image, and says what it is.
pub(crate) fn write(
    grid: &BlockGrid,
    path: &Path,
    inputs: &Inputs,
    force: ForceArgs,
    out: &mut dyn Write,
) -> Result<()> {
    inputs.check(path, output::IMAGE, force)?;
    let bytes = grid
        .to_bytes()
        .with_context(|| format!("cannot write {}", path.display()))?;
    output::write(path, &bytes, out)?;
    let line = format!(
        "{}: {} x {}, {} bytes",
        path.display(),
        grid.width(),
        grid.height(),
        bytes.len()
    );
    writeln!(output::messages(path, out), "{}", message::one_line(&line))?;
    Ok(())
}
