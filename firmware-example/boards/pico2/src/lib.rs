//! Raspberry Pi Pico 2 with a display of 320 x 240 pixels, an ILI9341 on SPI.
//!
//! | display | Pico 2 | pin |
//! | --- | --- | --- |
//! | VCC | 3V3(OUT) | 36 |
//! | GND | GND | 38 |
//! | CS | GP17 | 22 |
//! | RESET | GP21 | 27 |
//! | DC (or RS) | GP20 | 26 |
//! | SDI (or MOSI) | GP19 | 25 |
//! | SCK | GP18 | 24 |
//! | LED | 3V3(OUT) | 36 |
//!
//! A debug probe on the three DEBUG pins flashes the program and shows its log:
//! `cargo run --release --target thumbv8m.main-none-eabihf --bin slideshow`. For an ST7789, replace the ILI9341 in
//! `display.rs`.
#![no_std]

mod assets;
mod boot;
mod counter;
mod display;
mod exit;

pub use assets::{ALL_ASSETS, ASSETS, CACHE_SETS, CACHE_WAYS};
pub use boot::IMAGE_DEF;
pub use cortex_m_rt::entry;
pub use counter::{COUNTER_UNIT, read_counter, stack_pointer, start_counter};
pub use display::{Display, HEIGHT, WIDTH, display};
pub use exit::exit;
pub use pictures::Assets;
