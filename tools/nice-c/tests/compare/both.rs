//! Decodes with both decoders and compares everything that they give.

use nice_c::{Format, OpenDeblocker, OpenImage, OpenModel, Region};
use nice_decode::{
    Bgr555Le, Bgr888, Deblocker, Decoder, Dithered, Gray1Lsb, Gray1Msb, Gray2Lsb, Gray2Msb,
    Gray4Lsb, Gray4Msb, Gray8, Image, Model, Orientation, PixelFormat, Rgb565Be, Rgb565Le, Rgb888,
    Scale, Xrgb8888,
};

/// An image and its model, opened by both decoders.
pub struct Both<'f> {
    pub rust: Decoder<'f, 'f>,
    pub c: OpenImage<'f>,
}

/// Evaluates an expression for every format: `$P` is its type, `$format` its number.
macro_rules! for_each_format {
    ($P:ident, $format:ident => $body:expr) => {
        for_each_format!($P, $format => $body,
            Rgb888 = Rgb888, Bgr888 = Bgr888, Xrgb8888 = Xrgb8888, Rgb565Le = Rgb565Le, Rgb565Be = Rgb565Be,
            Bgr555Le = Bgr555Le, DitheredRgb565Le = Dithered<Rgb565Le>, DitheredRgb565Be = Dithered<Rgb565Be>,
            DitheredBgr555Le = Dithered<Bgr555Le>, Gray8 = Gray8, Gray4Msb = Gray4Msb, Gray4Lsb = Gray4Lsb,
            Gray2Msb = Gray2Msb, Gray2Lsb = Gray2Lsb, Gray1Msb = Gray1Msb, Gray1Lsb = Gray1Lsb,
            DitheredGray4Msb = Dithered<Gray4Msb>, DitheredGray4Lsb = Dithered<Gray4Lsb>,
            DitheredGray2Msb = Dithered<Gray2Msb>, DitheredGray2Lsb = Dithered<Gray2Lsb>,
            DitheredGray1Msb = Dithered<Gray1Msb>, DitheredGray1Lsb = Dithered<Gray1Lsb>);
    };
    ($P:ident, $format:ident => $body:expr, $($name:ident = $type:ty),*) => { $( {
        type $P = $type;
        let $format = Format::$name;
        $body
    } )* };
}
pub(crate) use for_each_format;

impl<'f> Both<'f> {
    /// Opens files that are valid.
    pub fn new(model: &'f [u8], image: &'f [u8]) -> Self {
        let rust = Decoder::new(
            &Model::from_bytes(model).unwrap(),
            &Image::from_bytes(image).unwrap(),
        );
        Self {
            rust: rust.unwrap(),
            c: OpenImage::new(&OpenModel::new(model).unwrap(), image).unwrap(),
        }
    }

    /// Reduces and turns the picture in both decoders.
    pub fn transform(&mut self, scale: Scale, orientation: Orientation) {
        self.rust = self.rust.reduced(scale).turned(orientation);
        self.c
            .transform(scale.divisor().ilog2(), orientation.bits().into())
            .unwrap();
    }

    /// [`compare_everything`](Self::compare_everything) at every scale, in every orientation.
    pub fn compare_transformed(&mut self) {
        for scale in Scale::ALL {
            for orientation in Orientation::ALL {
                self.transform(scale, orientation);
                self.compare_everything();
            }
        }
        self.transform(Scale::Full, Orientation::IDENTITY);
    }

    /// Compares the whole picture in every format, deblocked and not, its strips, and all blocks and texels.
    pub fn compare_everything(&self) {
        let whole = self.c.whole();
        assert_eq!(nice_decode::Region::from(whole), self.rust.bounds());
        self.compare_strips(whole);
        for_each_format!(P, format => {
            self.compare_region::<P>(format, whole, 0);
            self.compare_rows::<P>(format);
            self.compare_deblocked::<P>(format, whole, &[whole], 0);
        });
        self.compare_blocks();
        self.compare_texels();
    }

    /// Compares the strips of a region.
    pub fn compare_strips(&self, region: Region) {
        let expected = self.rust.strips(region.into()).map(Region::from);
        assert_eq!(self.c.strips(region), expected.collect::<Vec<_>>());
    }

    /// Compares a region in a format, with gaps between its lines.
    pub fn compare_region<P: PixelFormat>(&self, format: Format, region: Region, gap: usize) {
        let stride = P::line_bytes(region.width as usize) + gap;
        let mut expected = vec![0xAA; stride * region.height as usize + 5];
        let mut found = expected.clone();
        self.rust
            .region::<P>(region.into(), &mut expected, stride)
            .unwrap();
        self.c.region(region, format, &mut found, stride).unwrap();
        assert!(found == expected, "{format:?}, {region:?}");
    }

    /// Compares all rows in a format.
    fn compare_rows<P: PixelFormat>(&self, format: Format) {
        let stride = P::line_bytes(self.c.whole().width as usize);
        for row in 0..self.rust.rows() {
            let (mut expected, mut found) = (vec![0xAA; 8 * stride], vec![0xAA; 8 * stride]);
            self.rust.row::<P>(row, &mut expected, stride).unwrap();
            self.c.row(row, format, &mut found, stride).unwrap();
            assert!(found == expected, "{format:?}, row {row}");
        }
    }

    /// Compares parts of a region, deblocked one after the other.
    pub fn compare_deblocked<P: PixelFormat>(
        &self,
        format: Format,
        bounds: Region,
        parts: &[Region],
        gap: usize,
    ) {
        let bytes = Deblocker::memory_bytes(&self.rust, bounds.into());
        assert_eq!(self.c.deblock_bytes(bounds), bytes);
        let (mut rust_memory, mut c_memory) = (vec![0xAA; bytes], vec![0xAA; bytes]);
        let mut rust = Deblocker::new(&self.rust, bounds.into(), &mut rust_memory).unwrap();
        let mut c = OpenDeblocker::new(&self.c, bounds, &mut c_memory).unwrap();
        for &part in parts {
            let stride = P::line_bytes(part.width as usize) + gap;
            let mut expected = vec![0xAA; stride * part.height as usize + 5];
            let mut found = expected.clone();
            rust.region::<P>(part.into(), &mut expected, stride)
                .unwrap();
            c.region(part, format, &mut found, stride).unwrap();
            assert!(found == expected, "{format:?}, {part:?} of {bounds:?}");
        }
    }

    /// Compares all blocks.
    fn compare_blocks(&self) {
        assert_eq!(self.c.blocks() as usize, self.rust.image().blocks());
        for index in 0..self.c.blocks() {
            let (mut expected, mut found) = ([0; 192], [0; 192]);
            self.rust.block(index as usize, &mut expected).unwrap();
            self.c.block(index, &mut found).unwrap();
            assert_eq!(found, expected, "block {index}");
        }
    }

    /// Compares up to a thousand texels.
    fn compare_texels(&self) {
        let Region { width, height, .. } = self.c.whole();
        let step = (width * height / 1000).max(1) as usize;
        for at in (0..width * height).step_by(step) {
            let (x, y) = (at % width, at / width);
            assert_eq!(
                self.c.texel(x, y),
                Ok(self.rust.texel(x, y).unwrap()),
                "({x}, {y})"
            );
        }
    }
}
