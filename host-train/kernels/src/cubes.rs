//! The numbers of cubes of kernels in which a cube has one row of a tensor.

use burn_cubecl::CubeRuntime;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
use cubecl::server::CubeCountSelection;

/// At least one cube for each of a number of rows. GPUs limit the number of cubes along an axis, so they can lie along several axes, and
/// there can be more of them than rows: [`row()`] is the row of a cube, and kernels begin by ending the cubes that have none.
pub(crate) fn one_for_each<R: CubeRuntime>(rows: usize, on: &CubeTensor<R>) -> CubeCount {
    CubeCountSelection::new(&on.client, rows as u32).cube_count()
}

/// The number of the row that this cube has.
#[cube]
pub(crate) fn row() -> usize {
    CUBE_POS
}
