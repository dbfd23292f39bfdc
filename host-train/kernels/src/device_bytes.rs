//! Pictures that are on the device as bytes, and blocks that are cut out of them.

use burn::tensor::{DType, TensorMetadata};
use burn_cubecl::{BoolElement, CubeRuntime};
use cubecl::prelude::CubeDim;
use nice_decode::BLOCK_SAMPLES;
use nice_encode::codebook::DIMENSIONS;

use crate::cubes;
use crate::cut::{self, SampleLayout};
use crate::tensors::{Floats, Integers, empty_like, of_integers, to_floats};

/// The bytes of pictures, and where blocks are in them.
#[derive(Clone, Debug)]
pub struct DeviceBytes<R: CubeRuntime, BT: BoolElement> {
    /// The bytes, four in a number, the first one lowest, `[numbers]`.
    pub words: Integers<R, BT, 1>,
    /// How samples lie in them.
    pub layout: SampleLayout,
}

impl<R: CubeRuntime, BT: BoolElement> DeviceBytes<R, BT> {
    /// The samples of blocks, in 0..1 and planar, `[blocks, 192]`. A place is the offset of the first pixel, the distance between two
    /// lines, and an orientation, which is not used, `[blocks, 3]`.
    pub fn samples(&self, places: Integers<R, BT, 2>) -> Floats<R, BT, 2> {
        let words = of_integers(self.words.clone());
        let places = of_integers(places);
        let count = places.shape()[0];
        let samples = empty_like(&words, [count, BLOCK_SAMPLES], DType::F32);
        // SAFETY: the tensors have the shapes that the kernel expects, and the places are within the bytes.
        #[allow(unsafe_code)]
        unsafe {
            cut::cut_samples::launch_unchecked(
                &words.client,
                cubes::one_for_each(count, &words),
                CubeDim::new_1d(cut::UNITS),
                words.clone().into_tensor_arg(),
                places.into_tensor_arg(),
                samples.clone().into_tensor_arg(),
                self.layout,
            );
        }
        to_floats(samples)
    }

    /// The coordinates of blocks, `[blocks, 96]`, each in the orientation that its place says, and the squared errors of their fine
    /// chroma, `[blocks]`. For places, see [`samples`](Self::samples).
    pub fn coordinates(&self, places: Integers<R, BT, 2>) -> (Floats<R, BT, 2>, Floats<R, BT, 1>) {
        let words = of_integers(self.words.clone());
        let places = of_integers(places);
        let count = places.shape()[0];
        let coordinates = empty_like(&words, [count, DIMENSIONS], DType::F32);
        let fine_chroma = empty_like(&words, [count], DType::F32);
        // SAFETY: the tensors have the shapes that the kernel expects, and the places are within the bytes.
        #[allow(unsafe_code)]
        unsafe {
            cut::cut_coordinates::launch_unchecked(
                &words.client,
                cubes::one_for_each(count, &words),
                CubeDim::new_1d(cut::UNITS),
                words.clone().into_tensor_arg(),
                places.into_tensor_arg(),
                coordinates.clone().into_tensor_arg(),
                fine_chroma.clone().into_tensor_arg(),
                self.layout,
            );
        }
        (to_floats(coordinates), to_floats(fine_chroma))
    }
}
