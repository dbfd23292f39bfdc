//! Encodes the pictures in `slides`, which can be replaced by any others, for large and for small boards, and makes the image of a card with
//! 20 pictures.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs};

use fatfs::{FatType, FileSystem, FormatVolumeOptions, FsOptions};
use nice_build::{Pictures, Rate, Resize};

/// The bytes of a block of the card.
const BLOCK: usize = 512;

/// The blocks of the card before its only partition, the first of which has the table of partitions.
const BEFORE: usize = 8;

/// The blocks of the partition: about as few as FAT16 can have.
const BLOCKS: usize = 4200;

/// The pictures on the card.
const CARD_PICTURES: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    // The boards have no time for deblocking.
    let slides = Pictures::new("slides").deblocked(false).effort(4);
    let large = slides.clone().module("large").model("m");
    large.resize(Resize::Within(320, 240)).generate()?;
    // In pictures this small, the index of the adaptive layout would take many of the bits.
    let small = slides.clone().module("small").model("s").rate(Rate::Fixed);
    small.resize(Resize::Within(96, 64)).generate()?;

    // On the card, the same pictures in several sizes, most of them in the adaptive layout.
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let mut files = Vec::new();
    for size in 0..CARD_PICTURES {
        if files.len() >= CARD_PICTURES {
            break;
        }
        let module = format!("card{size:02}");
        let width = 320_u32.saturating_sub(40 * (size as u32 % 7)).max(16);
        let resize = Resize::Within(width, width * 3 / 4);
        let card = slides.clone().effort(1).model("m").resize(resize);
        let card = if size % 4 == 3 {
            card.rate(Rate::Fixed)
        } else {
            card
        };
        card.module(&module).generate()?;
        files.extend(encoded(&out.join("nice").join(&module))?);
    }
    files.truncate(CARD_PICTURES);
    let mut list = String::from("pub static ALL: &[(&str, &[u8])] = &[\n");
    for (number, file) in files.iter().enumerate() {
        writeln!(list, "    ({:?}, include_bytes!({file:?})),", name(number))?;
    }
    list.push_str("];\n");
    fs::write(out.join("card.rs"), list)?;
    fs::write(out.join("card.img"), card(&files)?)?;
    Ok(())
}

/// The name of a file on the card.
fn name(number: usize) -> String {
    format!("CARD{number:02}.NIC")
}

/// The encoded pictures in a folder, sorted.
fn encoded(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "nice")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The image of a card, a disk with a partition in FAT16, up to the last block that is not zero.
fn card(files: &[PathBuf]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut partition = Cursor::new(vec![0; BLOCKS * BLOCK]);
    let options = FormatVolumeOptions::new();
    let options = options
        .fat_type(FatType::Fat16)
        .bytes_per_cluster(BLOCK as u32);
    fatfs::format_volume(&mut partition, options)?;
    let volume = FileSystem::new(&mut partition, FsOptions::new())?;
    for (number, file) in files.iter().enumerate() {
        let mut on_card = volume.root_dir().create_file(&name(number))?;
        on_card.write_all(&fs::read(file)?)?;
    }
    volume.unmount()?;
    let mut disk = vec![0; BEFORE * BLOCK];
    disk[446 + 4] = 0x0E; // FAT16 with numbers of blocks
    disk[446 + 8..446 + 12].copy_from_slice(&(BEFORE as u32).to_le_bytes());
    disk[446 + 12..446 + 16].copy_from_slice(&(BLOCKS as u32).to_le_bytes());
    disk[510..512].copy_from_slice(&[0x55, 0xAA]);
    disk.extend(partition.into_inner());
    let used = disk.iter().rposition(|&byte| byte != 0).unwrap_or_default();
    disk.truncate((used + 1).next_multiple_of(BLOCK));
    Ok(disk)
}
