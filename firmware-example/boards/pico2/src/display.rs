//! The display, an ILI9341 on SPI.

use core::convert::Infallible;

use embedded_graphics::pixelcolor::Rgb565;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use embedded_hal::delay::DelayNs;
use embedded_hal::spi::MODE_0;
use embedded_hal_bus::spi::ExclusiveDevice;
use mipidsi::Builder;
use mipidsi::interface::SpiInterface;
use mipidsi::models::ILI9341Rgb565;
use mipidsi::options::{ColorOrder, Orientation, Rotation};
use rp235x_hal::clocks::{Clock, init_clocks_and_plls};
use rp235x_hal::fugit::RateExtU32;
use rp235x_hal::gpio::bank0::{Gpio17, Gpio18, Gpio19, Gpio20, Gpio21};
use rp235x_hal::gpio::{FunctionSio, FunctionSpi, Pin, Pins, PullDown, SioOutput};
use rp235x_hal::spi::{Enabled, Spi};
use rp235x_hal::timer::{CopyableTimer0, Timer};
use rp235x_hal::{Sio, Watchdog, pac};
use static_cell::StaticCell;

use crate::exit::exit;

/// The width of the display in pixels.
pub const WIDTH: usize = 320;

/// The height of the display in pixels.
pub const HEIGHT: usize = 240;

/// The crystal oscillator of the board, in hertz.
const CRYSTAL_FREQUENCY: u32 = 12_000_000;

/// The SPI clock, in hertz.
const SPI_FREQUENCY: u32 = 62_500_000;

/// The milliseconds that a frame stays on the display.
const FRAME_MS: u32 = 3000;

type OutputPin<I> = Pin<I, FunctionSio<SioOutput>, PullDown>;
type SpiPins = (
    Pin<Gpio19, FunctionSpi, PullDown>,
    Pin<Gpio18, FunctionSpi, PullDown>,
);
type Timer0 = Timer<CopyableTimer0>;
type SpiDevice = ExclusiveDevice<Spi<Enabled, pac::SPI0, SpiPins>, OutputPin<Gpio17>, Timer0>;
type Panel = mipidsi::Display<
    SpiInterface<'static, SpiDevice, OutputPin<Gpio20>>,
    ILI9341Rgb565,
    OutputPin<Gpio21>,
>;

/// The display on SPI.
pub struct Display {
    panel: Panel,
    timer: Timer0,
}

/// The transmit buffer of the display.
static BUFFER: StaticCell<[u8; 512]> = StaticCell::new();

static DISPLAY: StaticCell<Display> = StaticCell::new();

/// Takes the display. Ends the program if it was taken before or does not respond.
pub fn display() -> &'static mut Display {
    let Some(mut peripherals) = pac::Peripherals::take() else {
        exit(false)
    };
    let mut watchdog = Watchdog::new(peripherals.WATCHDOG);
    let clocks = init_clocks_and_plls(
        CRYSTAL_FREQUENCY,
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
    let spi_pins = (pins.gpio19.into_function(), pins.gpio18.into_function());
    let spi = Spi::<_, _, _, 8>::new(peripherals.SPI0, spi_pins).init(
        &mut peripherals.RESETS,
        clocks.peripheral_clock.freq(),
        SPI_FREQUENCY.Hz(),
        MODE_0,
    );
    let Ok(device) = ExclusiveDevice::new(spi, pins.gpio17.into_push_pull_output(), timer);
    let interface = SpiInterface::new(
        device,
        pins.gpio20.into_push_pull_output(),
        BUFFER.init([0; 512]),
    );
    let panel = Builder::new(ILI9341Rgb565, interface)
        .reset_pin(pins.gpio21.into_push_pull_output())
        .color_order(ColorOrder::Bgr)
        .orientation(Orientation::new().rotate(Rotation::Deg90))
        .init(&mut timer);
    let Ok(panel) = panel else {
        defmt::println!("the display does not respond; check its wiring");
        exit(false)
    };
    DISPLAY.init(Display { panel, timer })
}

impl Display {
    /// Ends a frame: logs its name, and leaves time to look at it.
    pub fn present(&mut self, name: &str) {
        defmt::println!("{=str} is on the display", name);
        self.timer.delay_ms(FRAME_MS);
    }
}

impl OriginDimensions for Display {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, HEIGHT as u32)
    }
}

impl DrawTarget for Display {
    type Color = Rgb565;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Rgb565>>,
    {
        infallible(self.panel.draw_iter(pixels))
    }

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Rgb565>,
    {
        infallible(self.panel.fill_contiguous(area, colors))
    }

    fn fill_solid(&mut self, area: &Rectangle, color: Rgb565) -> Result<(), Infallible> {
        infallible(self.panel.fill_solid(area, color))
    }
}

/// Pins and SPI of this board cannot fail, but the types of the display driver do not say so.
fn infallible<E>(result: Result<(), E>) -> Result<(), Infallible> {
    if result.is_err() {
        exit(false)
    }
    Ok(())
}
