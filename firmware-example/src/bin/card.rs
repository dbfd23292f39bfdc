//! Shows the pictures on a card, one after another: `embedded-sdmmc` reads the files from a disk image in flash, and `nice-decode` the latents
//! of a row of blocks from a file. Boards whose flash has no room for the disk image show nothing.
#![no_std]
#![no_main]

use core::convert::Infallible;

use board::{ASSETS, COUNTER_UNIT, Display, HEIGHT, WIDTH, display, entry};
use defmt::println;
use embedded_graphics::image::{Image as DrawnImage, ImageRawLE};
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_sdmmc::{
    Block, BlockCount, BlockDevice, BlockIdx, Mode, TimeSource, Timestamp, VolumeIdx, VolumeManager,
};
use firmware_example::{cost, or_exit};
use nice_decode::{IoFile, Model, ReadAt, Rgb565Le, StoredDecoder, StoredImage};

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let model = or_exit(Model::from_bytes(ASSETS.model));
    if let Some(card) = ASSETS.card {
        show_all(&model, card);
    }
    board::exit(true)
}

/// Shows all files of a card.
fn show_all(model: &Model<'_>, card: &'static [u8]) {
    let display = display();
    let manager = VolumeManager::new(Card(card.as_chunks().0), NoClock);
    let volume = some(manager.open_volume(VolumeIdx(0)).ok());
    let folder = some(volume.open_root_dir().ok());
    let mut buffer = [0; Block::LEN];
    for number in 0..100_u8 {
        let [tens, units] = [number / 10, number % 10].map(|digit| b'0' + digit);
        let name = [b'C', b'A', b'R', b'D', tens, units, b'.', b'N', b'I', b'C'];
        let name = some(str::from_utf8(&name).ok());
        let Ok(file) = folder.open_file_in_dir(name, Mode::ReadOnly) else {
            break;
        };
        let file = some(IoFile::new(file).ok());
        let mut image = some(StoredImage::open(file, &mut buffer).ok());
        println!("{}", image);
        some(image.verify().ok());
        show(or_exit(StoredDecoder::new(model, image)), display);
        display.present(name);
    }
}

/// Shows a picture in the middle of the display.
fn show(mut decoder: StoredDecoder<'_, '_, impl ReadAt>, display: &mut Display) {
    let Ok(()) = display.clear(Rgb565::BLACK);
    let (width, height) = (decoder.width() as usize, decoder.height() as usize);
    let left = (WIDTH.saturating_sub(width) / 2) as i32;
    let top = (HEIGHT.saturating_sub(height) / 2) as i32;
    let mut lines = [0; 2 * 8 * WIDTH];
    let mut total = 0;
    for strip in decoder.strips(decoder.bounds()) {
        total += cost(|| {
            let decoded = decoder.region::<Rgb565Le>(strip, &mut lines, 2 * width);
            some(decoded.ok());
        });
        let bytes = 2 * width * strip.height as usize;
        let pixels = ImageRawLE::<Rgb565>::new(&lines[..bytes], strip.width);
        let position = Point::new(left, top + strip.y as i32);
        let Ok(()) = DrawnImage::new(&pixels, position).draw(display);
    }
    println!(
        "measured: {=u32} {=str} per pixel, reading and decoding",
        total / (width * height) as u32,
        COUNTER_UNIT
    );
}

/// What there must be.
fn some<T>(value: Option<T>) -> T {
    value.unwrap_or_else(|| {
        println!("the card cannot be read");
        board::exit(false)
    })
}

/// A card in flash. Its last blocks, which are zero, are left out.
struct Card(&'static [[u8; Block::LEN]]);

impl BlockDevice for Card {
    type Error = Infallible;

    fn read(&self, blocks: &mut [Block], start: BlockIdx) -> Result<(), Infallible> {
        for (block, index) in blocks.iter_mut().zip(start.0 as usize..) {
            block.contents = self.0.get(index).copied().unwrap_or([0; Block::LEN]);
        }
        Ok(())
    }

    fn write(&self, _: &[Block], _: BlockIdx) -> Result<(), Infallible> {
        Ok(())
    }

    fn num_blocks(&self) -> Result<BlockCount, Infallible> {
        Ok(BlockCount(u32::MAX))
    }
}

/// There is no clock.
struct NoClock;

impl TimeSource for NoClock {
    fn get_timestamp(&self) -> Timestamp {
        Timestamp::from_fat(0, 0)
    }
}
