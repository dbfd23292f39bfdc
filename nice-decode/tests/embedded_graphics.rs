//! What embedded-graphics draws is what the crate decodes, byte for byte: whole images, sub-images, on displays that are too
//! small, and in the PNG that the simulator writes.

mod formula;

use std::convert::Infallible;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::image::{GetPixel, Image as DrawnImage, ImageDrawable, ImageDrawableExt};
use embedded_graphics::mock_display::MockDisplay;
use embedded_graphics::pixelcolor::raw::ToBytes;
use embedded_graphics::pixelcolor::{Bgr555, Gray8, Rgb565, Rgb888 as Color888};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use embedded_graphics_simulator::{OutputSettings, SimulatorDisplay};
use nice_decode::{
    Deblocker, Decoder, Drawing, Image, Model, Orientation, PixelFormat, Region, Rgb565Be, Rgb888,
    Scale,
};
use proptest::prelude::*;

static MODEL: &[u8] = include_bytes!("data/model.nicem");
static IMAGE: &[u8] = include_bytes!("data/image.nice");

/// The size of the image.
const SIZE: Size = Size::new(45, 19);

/// Calls a function with the decoder of the image.
fn with_decoder(then: impl FnOnce(Decoder<'_, '_>)) {
    let model = Model::from_bytes(MODEL).unwrap();
    let image = Image::from_bytes(IMAGE).unwrap();
    then(Decoder::new(&model, &image).unwrap());
}

/// A region of the image without gaps, as the crate decodes it.
fn decoded<P: PixelFormat>(decoder: &Decoder<'_, '_>, region: Region) -> Vec<u8> {
    let stride = P::line_bytes(region.width as usize);
    let mut pixels = vec![0; stride * region.height as usize];
    decoder.region::<P>(region, &mut pixels, stride).unwrap();
    pixels
}

/// A display that records the areas that it is asked to fill.
struct Counting {
    display: SimulatorDisplay<Color888>,
    areas: Vec<Rectangle>,
}

impl OriginDimensions for Counting {
    fn size(&self) -> Size {
        self.display.size()
    }
}

impl DrawTarget for Counting {
    type Color = Color888;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, _: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Color888>>,
    {
        panic!("pixels are not drawn one by one");
    }

    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Color888>,
    {
        let colors: Vec<Color888> = colors.into_iter().collect();
        assert_eq!(colors.len(), (area.size.width * area.size.height) as usize);
        self.areas.push(*area);
        self.display.fill_contiguous(area, colors)
    }
}

#[test]
fn a_whole_image_is_drawn_as_decoded_in_every_color_type() {
    with_decoder(|decoder| {
        let whole = decoder.image().region();

        let mut display = SimulatorDisplay::<Color888>::new(SIZE);
        Drawing::new(decoder).draw(&mut display).unwrap();
        assert_eq!(display.to_be_bytes(), decoded::<Rgb888>(&decoder, whole));

        let mut display = SimulatorDisplay::<Rgb565>::new(SIZE);
        Drawing::new(decoder).draw(&mut display).unwrap();
        assert_eq!(display.to_be_bytes(), decoded::<Rgb565Be>(&decoder, whole));

        let (mut display, mut gray) = (
            SimulatorDisplay::<Bgr555>::new(SIZE),
            SimulatorDisplay::<Gray8>::new(SIZE),
        );
        Drawing::new(decoder).draw(&mut display).unwrap();
        Drawing::new(decoder).draw(&mut gray).unwrap();
        let pixels = decoded::<Rgb888>(&decoder, whole);
        for (point, &[red, green, blue]) in Rectangle::new(Point::zero(), SIZE)
            .points()
            .zip(pixels.as_chunks().0)
        {
            let color = Color888::new(red, green, blue);
            assert_eq!(display.get_pixel(point), color.into());
            assert_eq!(gray.get_pixel(point), color.into());
        }
    });
}

#[test]
fn pixels_are_drawn_in_areas_of_up_to_a_block() {
    with_decoder(|decoder| {
        let mut target = Counting {
            display: SimulatorDisplay::new(SIZE),
            areas: Vec::new(),
        };
        Drawing::new(decoder).draw(&mut target).unwrap();
        assert_eq!(target.areas.len(), 18, "one for each block");
        let last = Rectangle::new(Point::new(40, 16), Size::new(5, 3));
        assert_eq!(target.areas.last(), Some(&last));
        assert_eq!(
            target.display.to_be_bytes(),
            decoded::<Rgb888>(&decoder, decoder.image().region())
        );
    });
}

#[test]
fn with_lines_for_a_row_of_blocks_it_is_drawn_at_once() {
    with_decoder(|decoder| {
        let whole = decoded::<Rgb888>(&decoder, decoder.bounds());
        for (pixels, areas) in [(48, 3), (24, 6), (31, 6), (8, 18), (500, 3)] {
            let mut lines = vec![0; 8 * 3 * pixels];
            let drawing = Drawing::new(decoder).with_lines(&mut lines);
            for _ in 0..2 {
                let mut target = Counting {
                    display: SimulatorDisplay::new(SIZE),
                    areas: Vec::new(),
                };
                drawing.draw(&mut target).unwrap();
                assert_eq!(target.areas.len(), areas, "lines of {pixels} pixels");
                assert_eq!(target.display.to_be_bytes(), whole);
            }
        }
    });
}

#[test]
fn a_picture_that_is_turned_and_reduced_is_drawn_as_decoded() {
    with_decoder(|decoder| {
        for orientation in Orientation::ALL {
            for scale in Scale::ALL {
                let decoder = decoder.turned(orientation).reduced(scale);
                let mut lines = [0; 8 * 2 * 16];
                let drawing = Drawing::new(decoder).with_lines(&mut lines);
                assert_eq!(drawing.size(), Size::new(decoder.width(), decoder.height()));
                let mut display = SimulatorDisplay::<Rgb565>::new(drawing.size());
                drawing.draw(&mut display).unwrap();
                let expected = decoded::<Rgb565Be>(&decoder, decoder.bounds());
                assert_eq!(display.to_be_bytes(), expected);
            }
        }
    });
}

#[test]
fn a_deblocked_picture_is_drawn_as_the_deblocker_decodes_it() {
    let model = formula::codebook::model(formula::codebook::S, 5);
    let model = Model::from_bytes(&model).unwrap();
    assert!(model.has_deblocking());
    let file = formula::image(45, 19, model.id().get(), 9);
    let image = Image::from_bytes(&file).unwrap();
    let decoder = Decoder::new(&model, &image).unwrap();
    let region = Region {
        x: 3,
        y: 2,
        width: 40,
        height: 17,
    };
    let mut memory = vec![0; Deblocker::memory_bytes(&decoder, region)];
    let mut deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
    let mut expected = vec![0; 3 * 40 * 17];
    deblocker
        .region::<Rgb888>(region, &mut expected, 3 * 40)
        .unwrap();
    assert_ne!(expected, decoded::<Rgb888>(&decoder, region));
    let mut lines = [0; 8 * 3 * 40];
    for room in [0, 8 * 3 * 16, lines.len()] {
        let deblocker = Deblocker::new(&decoder, region, &mut memory).unwrap();
        let drawing = Drawing::<Color888, _>::deblocked(deblocker);
        let drawing = drawing.with_lines(&mut lines[..room]);
        assert_eq!(drawing.size(), Size::new(40, 17));
        let mut display = SimulatorDisplay::<Color888>::new(drawing.size());
        drawing.draw(&mut display).unwrap();
        assert_eq!(display.to_be_bytes(), expected);
        let part = drawing.sub_image(&Rectangle::new(Point::new(9, 3), Size::new(12, 9)));
        let mut small = SimulatorDisplay::<Color888>::new(Size::new(12, 9));
        DrawnImage::new(&part, Point::zero())
            .draw(&mut small)
            .unwrap();
        for point in Rectangle::new(Point::zero(), small.size()).points() {
            let color = display.get_pixel(point + Point::new(9, 3));
            assert_eq!(small.get_pixel(point), color);
            assert_eq!(drawing.pixel(point + Point::new(9, 3)), Some(color));
        }
        assert_eq!(drawing.pixel(Point::new(40, 0)), None);
    }
}

#[test]
fn what_is_outside_of_the_display_is_not_drawn() {
    with_decoder(|decoder| {
        let drawing = Drawing::new(decoder);
        let mut target = Counting {
            display: SimulatorDisplay::new(Size::new(10, 9)),
            areas: Vec::new(),
        };
        DrawnImage::new(&drawing, Point::new(-16, -4))
            .draw(&mut target)
            .unwrap();
        let seen = Region {
            x: 16,
            y: 4,
            width: 10,
            height: 9,
        };
        assert_eq!(
            target.display.to_be_bytes(),
            decoded::<Rgb888>(&decoder, seen)
        );
        assert_eq!(target.areas.len(), 4, "two blocks in each of two rows");
        for far in [
            Point::new(i32::MAX, 0),
            Point::new(0, i32::MIN),
            Point::new(10, 0),
            Point::new(-45, 0),
        ] {
            target.areas.clear();
            DrawnImage::new(&drawing, far).draw(&mut target).unwrap();
            assert_eq!(target.areas, []);
        }
    });
}

#[test]
fn a_mock_display_sees_a_part_where_it_belongs() {
    with_decoder(|decoder| {
        let drawing = Drawing::<Rgb565>::new(decoder);
        let part = drawing.sub_image(&Rectangle::new(Point::new(30, 5), Size::new(12, 9)));
        let mut display = MockDisplay::new(); // it panics if a pixel is drawn twice or outside
        DrawnImage::new(&part, Point::new(3, 50))
            .draw(&mut display)
            .unwrap();
        assert_eq!(
            display.affected_area(),
            Rectangle::new(Point::new(3, 50), Size::new(12, 9))
        );
        let pixels = decoded::<Rgb565Be>(
            &decoder,
            Region {
                x: 30,
                y: 5,
                width: 12,
                height: 9,
            },
        );
        for (index, bytes) in pixels.as_chunks::<2>().0.iter().enumerate() {
            let point = Point::new(3 + index as i32 % 12, 50 + index as i32 / 12);
            assert_eq!(display.get_pixel(point).unwrap().to_be_bytes(), *bytes);
        }
    });
}

#[test]
fn a_pixel_is_that_which_is_drawn_and_none_outside() {
    with_decoder(|decoder| {
        let drawing = Drawing::<Color888>::new(decoder);
        let mut display = SimulatorDisplay::<Color888>::new(SIZE);
        drawing.draw(&mut display).unwrap();
        for point in Rectangle::new(Point::zero(), SIZE).points() {
            assert_eq!(drawing.pixel(point), Some(display.get_pixel(point)));
        }
        for (x, y) in [
            (-1, 0),
            (0, -1),
            (45, 0),
            (0, 19),
            (i32::MIN, 3),
            (3, i32::MAX),
        ] {
            assert_eq!(drawing.pixel(Point::new(x, y)), None);
        }
    });
}

#[test]
fn the_simulator_writes_the_decoded_image() {
    with_decoder(|decoder| {
        let mut display = SimulatorDisplay::<Color888>::new(SIZE);
        Drawing::new(decoder).draw(&mut display).unwrap();
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/drawn.png");
        let output = display.to_rgb_output_image(&OutputSettings::default());
        output.save_png(path).unwrap();
        let read = SimulatorDisplay::<Color888>::load_png(path).unwrap();
        assert_eq!(read.size(), SIZE);
        let whole = decoder.image().region();
        assert_eq!(read.to_be_bytes(), decoded::<Rgb888>(&decoder, whole));
    });
}

#[test]
fn its_description_is_short() {
    with_decoder(|decoder| {
        let drawing = Drawing::<Rgb565>::new(decoder);
        let debug = format!("{drawing:?}");
        assert!(
            debug.starts_with("Drawing(Decoder") && debug.len() < 300,
            "{debug}"
        );
        assert_eq!(drawing.size(), SIZE);
        assert_eq!(drawing.decoder().image(), decoder.image());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_part_of_any_area_that_is_within_the_image_is_drawn(
        (x, y) in (-20..60_i32, -20..60_i32),
        (width, height) in (0..60_u32, 0..60_u32),
        far in any::<bool>(),
    ) {
        let size = if far { Size::new(u32::MAX, u32::MAX) } else { Size::new(width, height) };
        let area = Rectangle::new(Point::new(x, y), size);
        with_decoder(|decoder| {
            let drawing = Drawing::<Color888>::new(decoder);
            let mut display = MockDisplay::<Color888>::new();
            display.set_allow_out_of_bounds_drawing(true);
            drawing.draw_sub_image(&mut display, &area).unwrap();
            for at in display.bounding_box().points() {
                let inside = at.x < size.width.min(64) as i32 && at.y < size.height.min(64) as i32;
                let expected = if inside { drawing.pixel(at + area.top_left) } else { None };
                assert_eq!(display.get_pixel(at), expected, "{at}");
            }
        });
    }
}
