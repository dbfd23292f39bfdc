//! Draws a floor that is covered with a NICE picture, seen by a camera that looks around. Texels come out of a small cache
//! of decoded blocks.
#![no_std]
#![no_main]

use board::{CACHE, HEIGHT, SHOWN, UNIT, WIDTH, display, entry};
use defmt::println;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::RawU16;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use firmware_example::{count, or_exit};
use floor::{Camera, Line, rgb565};
use nice_decode::{BlockCache, Decoder, Image};

/// The floor, as a texture.
type Texture = BlockCache<'static, 'static, { CACHE.0 }, { CACHE.1 }>;

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let decoder = or_exit(Decoder::from_bytes(SHOWN.model));
    let image = or_exit(Image::from_bytes(SHOWN.floor));
    println!("{}", image);
    let mut texture = Texture::new(or_exit(decoder.open(&image)));
    println!("a cache of {=usize} bytes", size_of::<Texture>());
    let display = display();
    let names = [c"floor-0", c"floor-1", c"floor-2", c"floor-3"];
    for (name, camera) in names.into_iter().zip(floor::tour(WIDTH, HEIGHT)) {
        texture.reset_counts();
        let counted = count(|| draw(&camera, &mut texture, display));
        display.shown(name);
        let (hits, misses) = (u64::from(texture.hits()), u64::from(texture.misses()));
        let tenths = hits * 1000 / (hits + misses);
        println!(
            "{=u64} texels, {=u64}.{=u64} % of them in the cache",
            hits + misses,
            tenths / 10,
            tenths % 10
        );
        println!(
            "measured: {=u32} {=str} a pixel",
            counted / (WIDTH * HEIGHT) as u32,
            UNIT
        );
    }
    board::exit(true)
}

/// Draws what a camera sees.
fn draw(camera: &Camera, texture: &mut Texture, display: &mut board::Screen) {
    for y in 0..HEIGHT {
        let line = Rectangle::new(Point::new(0, y as i32), Size::new(WIDTH as u32, 1));
        let drawn = match camera.line(y) {
            Line::Sky(colour) => display.fill_solid(&line, on_display(colour)),
            Line::Floor(mut floor) => {
                let pixels = (0..WIDTH).map(|_| {
                    let texel = floor.next().map(|[x, y]| texture.repeated(x, y));
                    on_display(floor.seen(texel))
                });
                display.fill_contiguous(&line, pixels)
            }
        };
        if drawn.is_err() {
            println!("the display does not answer");
            board::exit(false)
        }
    }
}

/// A colour as the display has it.
fn on_display(colour: [u8; 3]) -> Rgb565 {
    RawU16::new(rgb565(colour)).into()
}
