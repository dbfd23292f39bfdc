//! Tensors of burn as arguments of kernels, and the other way around.

use burn::tensor::{DType, Int, Shape, Tensor, TensorPrimitive};
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{BoolElement, CubeBackend, CubeRuntime, kernel};

/// The backends that the kernels run on, which have 32-bit floats and integers.
pub type Gpu<R, BT> = CubeBackend<R, f32, i32, BT>;

/// A tensor of floats.
pub type Floats<R, BT, const D: usize> = Tensor<Gpu<R, BT>, D>;

/// A tensor of integers.
pub type Integers<R, BT, const D: usize> = Tensor<Gpu<R, BT>, D, Int>;

/// The buffer of a tensor, in the order of its elements.
pub(crate) fn of_floats<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Floats<R, BT, D>,
) -> CubeTensor<R> {
    kernel::into_contiguous(tensor.into_primitive().tensor())
}

/// The buffer of a tensor of integers, in the order of its elements.
pub(crate) fn of_integers<R: CubeRuntime, BT: BoolElement, const D: usize>(
    tensor: Integers<R, BT, D>,
) -> CubeTensor<R> {
    kernel::into_contiguous(tensor.into_primitive())
}

/// A tensor with the elements of a buffer.
pub(crate) fn to_floats<R: CubeRuntime, BT: BoolElement, const D: usize>(
    buffer: CubeTensor<R>,
) -> Floats<R, BT, D> {
    Tensor::from_primitive(TensorPrimitive::Float(buffer))
}

/// A tensor of integers with the elements of a buffer.
pub(crate) fn to_integers<R: CubeRuntime, BT: BoolElement, const D: usize>(
    buffer: CubeTensor<R>,
) -> Integers<R, BT, D> {
    Tensor::from_primitive(buffer)
}

/// A buffer on the device of another one, whose elements are not initialized.
pub(crate) fn empty_like<R: CubeRuntime, const D: usize>(
    other: &CubeTensor<R>,
    shape: [usize; D],
    dtype: DType,
) -> CubeTensor<R> {
    let (client, device) = (other.client.clone(), other.device.clone());
    empty_device_contiguous_dtype(client, device, Shape::from(shape), dtype)
}
