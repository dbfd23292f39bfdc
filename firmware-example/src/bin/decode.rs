//! Decodes one code with the embedded model, and logs the checksum of the block and what it cost.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware_example::{CODE, MODEL, PICTURE, cost, entry, failure, log, success};
use nice_decode::{Decoder, Image, Rgb565Be, crc32};

// The model's tables stay in flash; what decoding keeps in memory is this small.
const _: () = assert!(size_of::<Decoder<'_>>() < 64);

#[entry]
fn main() -> ! {
    let decoder = match Decoder::from_bytes(MODEL) {
        Ok(decoder) => decoder,
        Err(error) => {
            log!("{}", error);
            failure()
        }
    };
    log!("{}", decoder);

    let mut block = [0; 192];
    decoder.block(&CODE, &mut block);
    log!("code {:02x?}", CODE);
    log!("first line {:?}", &block[..24]);
    log!("checksum {:08x}", crc32(&block));

    let block_cost = cost(|| decoder.block(&CODE, &mut block));
    log!(
        "measured: {} instructions for a block",
        block_cost.instructions
    );
    if let Some(hidden) = decoder.hidden() {
        let products = (192 * hidden) as u32;
        log!(
            "measured: {} for a hundred multiply-adds",
            block_cost.instructions * 100 / products
        );
    }
    log!("measured: {} bytes of stack for a block", block_cost.stack);

    let image = match Image::from_bytes(PICTURE) {
        Ok(image) => image,
        Err(error) => {
            log!("{}", error);
            failure()
        }
    };
    log!("{}", image);
    let picture = match decoder.open(&image) {
        Ok(picture) => picture,
        Err(error) => {
            log!("{}", error);
            failure()
        }
    };
    let mut lines = [0; 2 * 45 * 8];
    let mut lines_of_row = || picture.row::<Rgb565Be>(0, &mut lines, 2 * 45);
    let row = cost(|| assert!(black_box(lines_of_row()).is_ok()));
    log!("measured: {} bytes of stack for a row", row.stack);
    success()
}
