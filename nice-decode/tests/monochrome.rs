//! The bytes of one-bit formats are those that the drivers of displays keep in their buffers: electronic paper and OLEDs.

mod formula;

use display_interface::{DataFormat, DisplayError, WriteOnlyDataCommand};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::*;
use epd_waveshare::color::Color;
use epd_waveshare::graphics::VarDisplay;
use nice_decode::{
    Decoder, Dithered, Gray1Lsb, Gray1Msb, Gray8, Image, Model, Orientation, PixelFormat, Region,
    Scale,
};
use ssd1306::prelude::*;
use ssd1306::{Ssd1306, size::DisplaySize128x64};

/// Calls a function with the decoder of an image of a codebook.
fn with_decoder((width, height): (u32, u32), then: impl FnOnce(Decoder<'_, '_>)) {
    let model = formula::codebook::model(formula::codebook::S, 5);
    let model = Model::from_bytes(&model).unwrap();
    let file = formula::image(width, height, model.id().get(), 9);
    let image = Image::from_bytes(&file).unwrap();
    then(Decoder::new(&model, &image).unwrap());
}

/// Whether each pixel of the picture is white: dithered as FORMAT.md says, from its gray, with Bayer's matrix.
fn white(decoder: &Decoder<'_, '_>) -> Vec<Vec<bool>> {
    let bounds = decoder.bounds();
    let stride = Gray8::line_bytes(bounds.width as usize);
    let mut gray = vec![0; stride * bounds.height as usize];
    decoder.region::<Gray8>(bounds, &mut gray, stride).unwrap();
    let is_white = |x: usize, y: usize, gray: u8| {
        let bayer = (0..3).fold(0, |bayer, bit| {
            4 * bayer + 2 * ((x ^ y) >> bit & 1) + (y >> bit & 1)
        });
        usize::from(gray) + 4 * bayer + 1 >= 255
    };
    let lines = gray.chunks(stride).enumerate();
    lines
        .map(|(y, line)| {
            let pixels = line.iter().enumerate();
            pixels.map(|(x, &gray)| is_white(x, y, gray)).collect()
        })
        .collect()
}

#[test]
fn a_line_is_that_of_electronic_paper() {
    for (size, scale) in [
        ((200, 96), Scale::Full),
        ((122, 50), Scale::Full),
        ((250, 99), Scale::Half),
    ] {
        with_decoder(size, |decoder| {
            let decoder = decoder.reduced(scale);
            let (width, height) = (decoder.width(), decoder.height());
            let stride = Gray1Msb::line_bytes(width as usize);
            let mut buffer = vec![0; stride * height as usize];
            let mut display = VarDisplay::<Color>::new(width, height, &mut buffer, false).unwrap();
            for (y, line) in white(&decoder).into_iter().enumerate() {
                for (x, white) in line.into_iter().enumerate() {
                    let color = if white { Color::White } else { Color::Black };
                    let at = Point::new(x as i32, y as i32);
                    display.set_pixel(Pixel(at, color));
                }
            }
            let mut found = vec![0; stride * height as usize];
            decoder
                .region::<Dithered<Gray1Msb>>(decoder.bounds(), &mut found, stride)
                .unwrap();
            assert_eq!(found, display.buffer());
            assert!(found.iter().any(|byte| !matches!(byte, 0 | 0xFF)));
        });
    }
}

/// Keeps what is sent to a display.
#[derive(Clone, Default)]
struct Sent(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl WriteOnlyDataCommand for Sent {
    fn send_commands(&mut self, _: DataFormat<'_>) -> Result<(), DisplayError> {
        Ok(())
    }

    fn send_data(&mut self, data: DataFormat<'_>) -> Result<(), DisplayError> {
        match data {
            DataFormat::U8(bytes) => self.0.borrow_mut().extend(bytes),
            DataFormat::U8Iter(bytes) => self.0.borrow_mut().extend(bytes),
            _ => return Err(DisplayError::DataFormatNotImplemented),
        }
        Ok(())
    }
}

#[test]
fn eight_columns_of_a_transposed_picture_are_a_page_of_an_ssd1306() {
    with_decoder((128, 64), |decoder| {
        // A byte of a page is a column of eight pixels, the upper one in the least significant bit. So eight columns of the
        // transposed picture, with a stride of one byte, are a page.
        let transposed = decoder.turned(Orientation::TRANSPOSE);
        let mut found = vec![0; 128 * 8];
        for (page, bytes) in found.chunks_mut(128).enumerate() {
            let region = Region {
                x: 8 * page as u32,
                y: 0,
                width: 8,
                height: 128,
            };
            transposed
                .region::<Dithered<Gray1Lsb>>(region, bytes, 1)
                .unwrap();
        }

        let sent = Sent::default();
        let mut display = Ssd1306::new(sent.clone(), DisplaySize128x64, DisplayRotation::Rotate0)
            .into_buffered_graphics_mode();
        display.init().unwrap();
        let pixels = white(&transposed).into_iter().enumerate();
        let pixels = pixels.flat_map(|(x, column)| {
            let column = column.into_iter().enumerate();
            column.map(move |(y, white)| {
                let color = if white {
                    BinaryColor::On
                } else {
                    BinaryColor::Off
                };
                Pixel(Point::new(x as i32, y as i32), color)
            })
        });
        display.draw_iter(pixels).unwrap();
        sent.0.borrow_mut().clear();
        display.flush().unwrap();
        assert_eq!(found, *sent.0.borrow());
    });
}
