//! The options of encoding: what it makes as small as it can, how many bits it uses, and how hard it searches.

/// The effort unless another is requested.
pub const DEFAULT_EFFORT: u32 = 2;

/// The largest effort that makes a difference with a codebook.
pub const MAX_EFFORT: u32 = 4;

/// What the encoder makes as small as it can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tune {
    /// The squared error.
    #[default]
    Psnr,
    /// What people see of the error: with a codebook, blocks are chosen with their neighbors in view. A network encodes as for
    /// [`Psnr`](Self::Psnr).
    Looks,
}

/// How many bits a picture gets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Rate {
    /// 48 bits for every block, in the fixed layout.
    #[default]
    Fixed,
    /// As many bits for each block as it needs, in the adaptive layout: a file with at most this many bits for a pixel, and within
    /// a percent of it, if that can be reached. In very small pictures, where the header would take more than a quarter of the bits, blocks
    /// get three quarters, and the file has more. A network encodes with [`Fixed`](Self::Fixed).
    BitsPerPixel(f64),
    /// As many bits for each block as are worth their cost, in the adaptive layout, from 0, a small file, to 100, a good one. With 10
    /// more, half as much error is worth a bit. A network encodes with [`Fixed`](Self::Fixed).
    Quality(u32),
}

/// The options of encoding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// What the encoder makes as small as it can.
    pub tune: Tune,
    /// How many bits a picture gets.
    pub rate: Rate,
    /// Whether the picture will be shown deblocked, as `nicec decode` shows it: with a codebook and [`Tune::Looks`], blocks are chosen by
    /// their error after deblocking.
    pub deblocked: bool,
    /// The effort of the search: 0 is the fastest, [`MAX_EFFORT`] the best.
    pub effort: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tune: Tune::default(),
            rate: Rate::default(),
            deblocked: true,
            effort: DEFAULT_EFFORT,
        }
    }
}
