//! Pictures on an SD card, one after another, as `embedded-sdmmc` reads them from a disk image.

mod formula;

use std::cell::Cell;
use std::io::{Cursor, Write};

use embedded_sdmmc::{
    Block, BlockCount, BlockDevice, BlockIdx, Error, Mode, TimeSource, Timestamp, VolumeIdx,
    VolumeManager,
};
use fatfs::{FatType, FileSystem, FormatVolumeOptions, FsOptions};
use nice_decode::{
    Decoder, Image, IoFile, Model, Orientation, Rgb565Be, Scale, StorageError, StoredDecoder,
    StoredImage,
};

/// The blocks of a disk before its only partition, the first of which has the table of partitions.
const BEFORE: usize = 8;

/// An image of a disk with some files in a folder, in a partition with FAT16.
fn disk(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut partition = Cursor::new(vec![0; 5000 * Block::LEN]);
    let options = FormatVolumeOptions::new();
    let options = options.fat_type(FatType::Fat16).bytes_per_cluster(512);
    fatfs::format_volume(&mut partition, options).unwrap();
    let volume = FileSystem::new(&mut partition, FsOptions::new()).unwrap();
    let folder = volume.root_dir().create_dir("PICTURES").unwrap();
    for (name, bytes) in files {
        let mut file = folder.create_file(name).unwrap();
        file.write_all(bytes).unwrap();
    }
    drop(folder);
    volume.unmount().unwrap();
    let partition = partition.into_inner();
    let mut disk = vec![0; BEFORE * Block::LEN];
    let blocks = (partition.len() / Block::LEN) as u32;
    disk[446 + 4] = 0x0E; // FAT16 with numbers of blocks
    disk[446 + 8..446 + 12].copy_from_slice(&(BEFORE as u32).to_le_bytes());
    disk[446 + 12..446 + 16].copy_from_slice(&blocks.to_le_bytes());
    disk[510..512].copy_from_slice(&[0x55, 0xAA]);
    [disk, partition].concat()
}

/// A card in memory, which can be removed.
struct Card<'a> {
    blocks: &'a [[u8; Block::LEN]],
    /// How many blocks can still be read.
    left: &'a Cell<usize>,
}

/// The card has been removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Removed;

impl core::fmt::Display for Removed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the card has been removed")
    }
}

impl core::error::Error for Removed {}

impl BlockDevice for Card<'_> {
    type Error = Removed;

    fn read(&self, blocks: &mut [Block], start: BlockIdx) -> Result<(), Removed> {
        for (block, contents) in blocks.iter_mut().zip(&self.blocks[start.0 as usize..]) {
            self.left
                .set(self.left.get().checked_sub(1).ok_or(Removed)?);
            block.contents = *contents;
        }
        Ok(())
    }

    fn write(&self, _: &[Block], _: BlockIdx) -> Result<(), Removed> {
        unreachable!("pictures are only read")
    }

    fn num_blocks(&self) -> Result<BlockCount, Removed> {
        Ok(BlockCount(self.blocks.len() as u32))
    }
}

/// No clock.
struct NoTime;

impl TimeSource for NoTime {
    fn get_timestamp(&self) -> Timestamp {
        Timestamp::from_fat(0, 0)
    }
}

/// A model, and 20 pictures that were encoded for it.
fn pictures() -> (Vec<u8>, Vec<(String, Vec<u8>)>) {
    let model = formula::codebook::model(formula::codebook::S, 5);
    let id = Model::from_bytes(&model).unwrap().id().get();
    let pictures = (0..20)
        .map(|index| {
            let file = formula::image(200 - 3 * index, 100 + 5 * index, id, index);
            (format!("SLIDE{index:02}.NIC"), file)
        })
        .collect();
    (model, pictures)
}

#[test]
fn twenty_pictures_are_shown_one_after_another_from_a_card() {
    let (model, pictures) = pictures();
    let model = Model::from_bytes(&model).unwrap();
    let disk = disk(&pictures);
    let left = Cell::new(usize::MAX);
    let blocks = disk.as_chunks().0;
    let left = &left;
    let manager = VolumeManager::new(Card { blocks, left }, NoTime);
    let volume = manager.open_volume(VolumeIdx(0)).unwrap();
    let folder = volume.open_root_dir().unwrap();
    let folder = folder.open_dir("PICTURES").unwrap();
    let mut buffer = [0; 512];
    for (index, (name, bytes)) in pictures.iter().enumerate() {
        let file = folder
            .open_file_in_dir(name.as_str(), Mode::ReadOnly)
            .unwrap();
        let mut image = StoredImage::open(IoFile::new(file).unwrap(), &mut buffer).unwrap();
        image.verify().unwrap();
        let (scale, orientation) = (Scale::ALL[index % 4], Orientation::ALL[index % 8]);
        let decoder = StoredDecoder::new(&model, image).unwrap();
        let mut decoder = decoder.reduced(scale).turned(orientation);

        let in_memory = Image::from_bytes(bytes).unwrap();
        let in_memory = Decoder::new(&model, &in_memory).unwrap();
        let in_memory = in_memory.reduced(scale).turned(orientation);
        let stride = 2 * decoder.width() as usize;
        let mut lines = [vec![0; 8 * stride], vec![0; 8 * stride]];
        for row in 0..decoder.rows() {
            let [from_card, expected] = &mut lines;
            decoder.row::<Rgb565Be>(row, from_card, stride).unwrap();
            in_memory.row::<Rgb565Be>(row, expected, stride).unwrap();
            assert_eq!(from_card, expected, "row {row} of {name}");
        }
    }
}

#[test]
fn a_card_that_is_removed_is_an_error_of_the_card() {
    let (model, pictures) = pictures();
    let model = Model::from_bytes(&model).unwrap();
    let disk = disk(&pictures);
    let left = Cell::new(usize::MAX);
    let blocks = disk.as_chunks().0;
    let left = &left;
    let manager = VolumeManager::new(Card { blocks, left }, NoTime);
    let volume = manager.open_volume(VolumeIdx(0)).unwrap();
    let folder = volume.open_root_dir().unwrap();
    let folder = folder.open_dir("PICTURES").unwrap();
    let file = folder
        .open_file_in_dir("SLIDE07.NIC", Mode::ReadOnly)
        .unwrap();
    let mut buffer = [0; 512];
    let image = StoredImage::open(IoFile::new(file).unwrap(), &mut buffer).unwrap();
    let mut decoder = StoredDecoder::new(&model, image).unwrap();
    let mut lines = [0; 8 * 2 * 200];
    decoder.row::<Rgb565Be>(0, &mut lines, 2 * 200).unwrap();
    left.set(0);
    let found = (1..decoder.rows()).find_map(|row| {
        let found = decoder.row::<Rgb565Be>(row, &mut lines, 2 * 200);
        found.err()
    });
    let expected = StorageError::Read(Error::DeviceError(Removed));
    assert_eq!(found.unwrap().to_string(), expected.to_string());
    left.set(usize::MAX);
    decoder.row::<Rgb565Be>(5, &mut lines, 2 * 200).unwrap();
}
