//! Counts the instructions and the stack that decoding takes: a picture with the models m and s in every format of
//! pixels, a block, a texel, and the multiply-adds of a network.
//!
//! The picture is the project's own demo, `tools/pictures/demo.png`, made with `nice encode tools/pictures/demo.png -m m
//! -o firmware-example/count-m.nice`, and the same for s. The counts are those of QEMU with `-icount shift=0`.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{Peripherals, SYST};
use firmware_example::{CODE, MODEL, cost, entry, failure, log, success};
use nice_decode::{
    Bgr555Le, Bgr888, Decoder, Dithered, Image, Picture, Pixel, Rgb565Be, Rgb565Le, Rgb888,
    Xrgb8888, models,
};

/// The picture, once with each of the models.
static PICTURE_M: &[u8] = include_bytes!("../../count-m.nice");
static PICTURE_S: &[u8] = include_bytes!("../../count-s.nice");

/// The width of the picture, which the buffer of lines is made for.
const WIDTH: usize = 768;

/// The instructions to one tick of the timer, in QEMU with `-icount shift=0`: an instruction takes
/// one nanosecond, and the timer runs at 25 MHz.
const INSTRUCTIONS_PER_TICK: u64 = 40;

#[entry]
fn main() -> ! {
    let counted = with("m", models::M, PICTURE_M).and_then(|()| with("s", models::S, PICTURE_S));
    if counted.is_none() || network().is_none() {
        log!("a file is not what it should be");
        failure()
    }
    success()
}

/// Counts what takes how much with a codebook.
#[inline(never)]
fn with(name: &str, model: &[u8], file: &[u8]) -> Option<()> {
    let decoder = Decoder::from_bytes(black_box(model)).ok()?;
    let image = Image::from_bytes(black_box(file)).ok()?;
    let picture = decoder.open(&image).ok()?;
    rows::<Rgb888>(name, "Rgb888", &picture)?;
    rows::<Rgb565Le>(name, "Rgb565Le", &picture)?;
    rows::<Rgb565Be>(name, "Rgb565Be", &picture)?;
    rows::<Bgr555Le>(name, "Bgr555Le", &picture)?;
    rows::<Bgr888>(name, "Bgr888", &picture)?;
    rows::<Xrgb8888>(name, "Xrgb8888", &picture)?;
    rows::<Dithered<Rgb565Le>>(name, "Dithered<Rgb565Le>", &picture)?;
    rows::<Dithered<Rgb565Be>>(name, "Dithered<Rgb565Be>", &picture)?;
    rows::<Dithered<Bgr555Le>>(name, "Dithered<Bgr555Le>", &picture)?;

    let mut block = [0; 192];
    let instructions = count(|| {
        for latent in image.latents() {
            decoder.block(black_box(latent), &mut block);
            black_box(&block);
        }
    });
    report(
        instructions,
        64 * image.blocks(),
        format_args!("instructions a pixel, model {name}, block"),
    );
    let latent = image.latent(1000)?;
    log!(
        "measured: {} bytes of stack, model {}, block",
        cost(|| decoder.block(black_box(&latent), &mut block)).stack,
        name
    );

    // All texels of the blocks in the middle of each row of blocks.
    let mut texels = 0;
    let instructions = count(|| {
        for y in 0..image.height() {
            for x in 380..388 {
                texels += usize::from(black_box(picture.texel(black_box(x), y)).is_ok());
            }
        }
    });
    report(
        instructions,
        texels,
        format_args!("instructions a texel, model {name}"),
    );
    let texel = cost(|| assert!(black_box(picture.texel(380, black_box(77))).is_ok()));
    log!(
        "measured: {} bytes of stack, model {}, texel",
        texel.stack,
        name
    );
    Some(())
}

/// Counts what the rows of a picture take in one format.
#[inline(never)]
fn rows<P: Pixel>(name: &str, format: &str, picture: &Picture<'_, '_>) -> Option<()> {
    let mut lines = [0_u32; WIDTH * 8];
    // SAFETY: any bytes will do, and they are as many.
    let lines: &mut [u8] =
        unsafe { core::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), size_of_val(&lines)) };
    let stride = WIDTH * P::BYTES;
    let image = picture.image();
    let mut done = Ok(());
    let instructions = count(|| {
        for row in 0..image.blocks_high() {
            done = done.and(picture.row::<P>(row, lines, stride));
            black_box(&lines);
        }
    });
    done.ok()?;
    let pixels = image.width() as usize * image.height() as usize;
    report(
        instructions,
        pixels,
        format_args!("instructions a pixel, model {name}, {format}"),
    );
    let row = cost(|| assert!(black_box(picture.row::<P>(black_box(5), lines, stride)).is_ok()));
    log!(
        "measured: {} bytes of stack, model {}, {}",
        row.stack,
        name,
        format
    );
    Some(())
}

/// Counts what a multiply-add of a network takes, all that decoding a block takes counted as such.
#[inline(never)]
fn network() -> Option<()> {
    let decoder = Decoder::from_bytes(black_box(MODEL)).ok()?;
    let hidden = decoder.hidden()?;
    let mut block = [0; 192];
    let instructions = count(|| {
        for _ in 0..16 {
            decoder.block(black_box(&CODE), &mut block);
            black_box(&block);
        }
    });
    report(
        instructions,
        16 * 192 * hidden,
        format_args!("instructions a multiply-add, network of {hidden} hidden units"),
    );
    Some(())
}

/// Logs a count for each of so many, to a tenth.
fn report(instructions: u64, of: usize, what: core::fmt::Arguments<'_>) {
    let tenths = (instructions * 100 / of as u64 + 5) / 10;
    log!("measured: {}.{} {}", tenths / 10, tenths % 10, what);
}

/// Counts instructions.
fn count(code: impl FnOnce()) -> u64 {
    // SAFETY: nothing else in these programs uses the peripherals.
    let mut timer = unsafe { Peripherals::steal() }.SYST;
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(0x00FF_FFFF);
    timer.clear_current();
    timer.enable_counter();
    let before = SYST::get_current();
    code();
    let ticks = before.wrapping_sub(SYST::get_current()) & 0x00FF_FFFF;
    u64::from(ticks) * INSTRUCTIONS_PER_TICK
}
