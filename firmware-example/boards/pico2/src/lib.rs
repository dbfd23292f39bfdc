//! The Raspberry Pi Pico 2 with a display of 320 x 240 pixels, an ILI9341 at its SPI.
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
//! A debug probe at the three pins of the port DEBUG flashes the program and shows its log:
//! `cargo run --release --target thumbv8m.main-none-eabihf --bin slideshow`. For an ST7789, put its name where `display`
//! names the ILI9341.
#![no_std]

pub use cortex_m_rt::entry;
pub use pictures::Shown;

use core::convert::Infallible;
use core::ffi::CStr;

use cortex_m::Peripherals;
use cortex_m::peripheral::DWT;
use defmt_rtt as _;
use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use embedded_hal::delay::DelayNs;
use embedded_hal::spi::MODE_0;
use embedded_hal_bus::spi::ExclusiveDevice;
use hal::clocks::{Clock, init_clocks_and_plls};
use hal::fugit::RateExtU32;
use hal::gpio::bank0::{Gpio17, Gpio18, Gpio19, Gpio20, Gpio21};
use hal::gpio::{FunctionSio, FunctionSpi, Pin, Pins, PullDown, SioOutput};
use hal::spi::{Enabled, Spi};
use hal::timer::{CopyableTimer0, Timer};
use hal::{Sio, Watchdog, pac};
use mipidsi::interface::SpiInterface;
use mipidsi::models::ILI9341Rgb565;
use mipidsi::options::{ColorOrder, Orientation, Rotation};
use mipidsi::{Builder, Display};
use nice_decode::models;
use rp235x_hal as hal;
use static_cell::StaticCell;

/// Tells the boot ROM that this is a program.
#[unsafe(link_section = ".start_block")]
#[used]
pub static IMAGE_DEF: hal::block::ImageDef = hal::block::ImageDef::secure_exe();

/// The models that there is flash for, with pictures made with them.
pub const MODELS: &[Shown] = &[pictures::large(models::M)];

/// What the demonstrations show: the best of them.
pub const SHOWN: Shown = MODELS[0];

/// What [`counted`] counts.
pub const UNIT: &str = "cycles";

/// Sets and ways of a cache of blocks that there is memory for.
pub const CACHE: (usize, usize) = (32, 2);

/// Columns of the display.
pub const WIDTH: usize = 320;

/// Lines of the display.
pub const HEIGHT: usize = 240;

/// The quartz of the board.
const QUARTZ: u32 = 12_000_000;

/// How fast the display is written to, in bits a second.
const DISPLAY_RATE: u32 = 62_500_000;

/// How long a picture is looked at.
const LOOKED_AT_MS: u32 = 3000;

/// Starts to count.
pub fn start() {
    // SAFETY: nothing else in these programs uses the counter.
    let mut peripherals = unsafe { Peripherals::steal() };
    peripherals.DCB.enable_trace();
    peripherals.DWT.set_cycle_count(0);
    peripherals.DWT.enable_cycle_counter();
}

/// How many cycles have passed since [`start`].
pub fn counted() -> u32 {
    DWT::cycle_count()
}

/// Where the stack ends for now.
pub fn stack_pointer() -> usize {
    cortex_m::register::msp::read() as usize
}

/// Ends the program: in front of the last picture, or where the debugger sees that it failed.
pub fn exit(success: bool) -> ! {
    if !success {
        cortex_m::asm::udf();
    }
    loop {
        cortex_m::asm::wfi();
    }
}

type Output<I> = Pin<I, FunctionSio<SioOutput>, PullDown>;
type Wires = (
    Pin<Gpio19, FunctionSpi, PullDown>,
    Pin<Gpio18, FunctionSpi, PullDown>,
);
type Clocked = Timer<CopyableTimer0>;
type Bus = ExclusiveDevice<Spi<Enabled, pac::SPI0, Wires>, Output<Gpio17>, Clocked>;
type Wired = Display<SpiInterface<'static, Bus, Output<Gpio20>>, ILI9341Rgb565, Output<Gpio21>>;

/// The display at the SPI.
pub struct Screen {
    display: Wired,
    timer: Clocked,
}

/// What is on its way to the display.
static BUFFER: StaticCell<[u8; 512]> = StaticCell::new();

static DISPLAY: StaticCell<Screen> = StaticCell::new();

/// The display. It can be had once.
pub fn display() -> &'static mut Screen {
    let Some(mut peripherals) = pac::Peripherals::take() else {
        exit(false)
    };
    let mut watchdog = Watchdog::new(peripherals.WATCHDOG);
    let clocks = init_clocks_and_plls(
        QUARTZ,
        peripherals.XOSC,
        peripherals.CLOCKS,
        peripherals.PLL_SYS,
        peripherals.PLL_USB,
        &mut peripherals.RESETS,
        &mut watchdog,
    );
    let Ok(clocks) = clocks else { exit(false) };
    let mut timer = Timer::new_timer0(peripherals.TIMER0, &mut peripherals.RESETS, &clocks);
    let sio = Sio::new(peripherals.SIO);
    let pins = Pins::new(
        peripherals.IO_BANK0,
        peripherals.PADS_BANK0,
        sio.gpio_bank0,
        &mut peripherals.RESETS,
    );
    let wires = (pins.gpio19.into_function(), pins.gpio18.into_function());
    let spi = Spi::<_, _, _, 8>::new(peripherals.SPI0, wires).init(
        &mut peripherals.RESETS,
        clocks.peripheral_clock.freq(),
        DISPLAY_RATE.Hz(),
        MODE_0,
    );
    let Ok(bus) = ExclusiveDevice::new(spi, pins.gpio17.into_push_pull_output(), timer);
    let wired = SpiInterface::new(
        bus,
        pins.gpio20.into_push_pull_output(),
        BUFFER.init([0; 512]),
    );
    let display = Builder::new(ILI9341Rgb565, wired)
        .reset_pin(pins.gpio21.into_push_pull_output())
        .color_order(ColorOrder::Bgr)
        .orientation(Orientation::new().rotate(Rotation::Deg90))
        .init(&mut timer);
    let Ok(display) = display else {
        defmt::println!("the display does not answer");
        exit(false)
    };
    DISPLAY.init(Screen { display, timer })
}

impl Screen {
    /// Says that something is complete on the display, and leaves time to look at it.
    pub fn shown(&mut self, name: &CStr) {
        defmt::println!(
            "{=str} is on the display",
            name.to_str().unwrap_or_default()
        );
        self.timer.delay_ms(LOOKED_AT_MS);
    }
}

impl OriginDimensions for Screen {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, HEIGHT as u32)
    }
}

impl DrawTarget for Screen {
    type Color = Rgb565;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb565>>,
    {
        or_exit(self.display.draw_iter(pixels))
    }

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colours: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Rgb565>,
    {
        or_exit(self.display.fill_contiguous(area, colours))
    }

    fn fill_solid(&mut self, area: &Rectangle, colour: Rgb565) -> Result<(), Infallible> {
        or_exit(self.display.fill_solid(area, colour))
    }
}

/// Pins and SPI of this board cannot fail, but the display's driver cannot know.
fn or_exit<E>(result: Result<(), E>) -> Result<(), Infallible> {
    if result.is_err() {
        exit(false)
    }
    Ok(())
}
