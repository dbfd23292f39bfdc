//! Renders a floor that is tiled with a NICE image, as seen by a camera that looks around. Texels come from a small cache of
//! decoded blocks; far away, they are those of the image at 1/2, 1/4 and 1/8 of its size, if the cache has room for enough of them.
#![no_std]
#![no_main]

use board::{
    ASSETS, CACHE_SETS, CACHE_WAYS, COUNTER_UNIT, Display, HEIGHT, WIDTH, display, entry, exit,
};
use defmt::println;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::pixelcolor::raw::RawU16;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use firmware_example::{cost, or_exit};
use floor::{Camera, Line, rgb565};
use nice_decode::{BlockCache, Decoder, Image, Model, Scale};

/// The texture of the floor.
type Texture = BlockCache<'static, 'static, CACHE_SETS, CACHE_WAYS>;

/// Whether there are mip levels: at 1/8 of its size, the texture has 16 blocks, all of which are seen at once.
const MIP_LEVELS: bool = CACHE_SETS * CACHE_WAYS >= 16;

/// Runs the demonstration.
#[entry]
fn main() -> ! {
    let model = or_exit(Model::from_bytes(ASSETS.model));
    let image = or_exit(Image::from_bytes(ASSETS.floor));
    println!("{}", image);
    let mut texture = Texture::new(or_exit(Decoder::new(&model, &image)));
    println!("cache of {=usize} bytes", size_of::<Texture>());
    let display = display();
    let names = ["floor-0", "floor-1", "floor-2", "floor-3"];
    for (name, camera) in names.into_iter().zip(floor::cameras(WIDTH, HEIGHT)) {
        let camera = if MIP_LEVELS {
            camera.with_mip_levels()
        } else {
            camera
        };
        texture.reset_counts();
        let total = cost(|| render(&camera, &mut texture, display));
        display.present(name);
        let (hits, misses) = (u64::from(texture.hits()), u64::from(texture.misses()));
        let per_mille = hits * 1000 / (hits + misses);
        println!(
            "{=u64} texels, {=u64}.{=u64} % cache hits",
            hits + misses,
            per_mille / 10,
            per_mille % 10
        );
        println!(
            "measured: {=u32} {=str} per pixel",
            total / (WIDTH * HEIGHT) as u32,
            COUNTER_UNIT
        );
    }
    exit(true)
}

/// Renders what a camera sees.
fn render(camera: &Camera, texture: &mut Texture, display: &mut Display) {
    for y in 0..HEIGHT {
        let line = Rectangle::new(Point::new(0, y as i32), Size::new(WIDTH as u32, 1));
        let drawn = match camera.line(y) {
            Line::Sky(color) => display.fill_solid(&line, display_color(color)),
            Line::Floor(mut floor) => {
                // The level changes a few times in a frame, from far to near.
                let scale = Scale::ALL[floor.level()];
                if MIP_LEVELS && texture.decoder().scale() != scale {
                    texture.replace(texture.decoder().reduced(scale));
                }
                let pixels = (0..WIDTH).map(|_| {
                    let texel = floor.next_texel().map(|[x, y]| texture.repeated(x, y));
                    display_color(floor.with_fog(texel))
                });
                display.fill_contiguous(&line, pixels)
            }
        };
        let Ok(()) = drawn;
    }
}

/// A color in the format of the display.
fn display_color(color: [u8; 3]) -> Rgb565 {
    RawU16::new(rgb565(color)).into()
}
